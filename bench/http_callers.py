"""The callers of the gateway: bare sockets and requests prepared beforehand, so that the load costs little itself.

A process of its own that imports nothing of the product. Orders come as JSON on standard input, the result goes as
JSON to standard output.
"""

from __future__ import annotations

import json
import random
import select
import socket
import sys
import time
from datetime import datetime, timedelta, timezone

_JST = timezone(timedelta(hours=9))
_CREATED = b"HTTP/1.1 201"
_BODY = (
    '{"source":"bench","external_id":"%s","channel":"pos","store":"S1","terminal":"T1","occurred_at":"%s",'
    '"identifiers":[{"kind":"card","value":"BENCH%010d"}],"lines":['
    '{"sku":"4901234567894","quantity":1,"unit_price_yen":%d,"tax_rate_percent":8,"category":"GROCERY"},'
    '{"sku":"4909876543210","quantity":2,"unit_price_yen":150,"tax_rate_percent":8,"category":"PRODUCE"},'
    '{"sku":"4901111111116","quantity":1,"unit_price_yen":980,"tax_rate_percent":10,"discount_yen":100,'
    '"category":"DRUG GM"}],"payments":[{"method":"cash","amount_yen":1000}]}'
)
_HEAD = (
    "POST /v1/purchases HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\n"
    "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n"
)


class Caller:
    """One connection: what it has sent and what has arrived of the answer."""

    __slots__ = ("began", "number", "received", "sent", "sock")

    def __init__(self, number: int, port: int) -> None:
        self.number = number
        self.sent = 0
        self.began = 0.0
        self.received = b""
        self.sock = socket.create_connection(("127.0.0.1", port))
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def main() -> None:
    """Carry out the orders."""
    orders = json.load(sys.stdin)
    callers = [Caller(number, orders["port"]) for number in range(orders["callers"])]
    key, run = orders["key"], orders["run"]
    latencies: list[float] = []
    epoll = select.epoll()
    by_descriptor = {caller.sock.fileno(): caller for caller in callers}
    for descriptor in by_descriptor:
        epoll.register(descriptor, select.EPOLLIN)
    began = time.perf_counter()
    until = began + orders["seconds"]

    def send(caller: Caller) -> None:
        caller.sent += 1
        body = _make_body(run, caller, random.randrange(orders["customers"]))
        request = (_HEAD % (key, len(body)) + body).encode()
        caller.began = time.perf_counter()
        caller.sock.send(request)

    for caller in callers:
        send(caller)
    waiting = len(callers)
    while waiting:
        for descriptor, _ in epoll.poll():
            caller = by_descriptor[descriptor]
            if not _take_answer(caller):
                continue
            now = time.perf_counter()
            latencies.append(now - caller.began)
            if now < until:
                send(caller)
            else:
                waiting -= 1
    json.dump({"elapsed": time.perf_counter() - began, "latencies": latencies}, sys.stdout)


def _make_body(run: int, caller: Caller, customer: int) -> str:
    """A receipt, in characters of one byte each."""
    number = f"H{run:04}-{caller.number:03}-{caller.sent:06}"
    return _BODY % (number, datetime.now(_JST).isoformat(), customer, random.randint(100, 3_000))


def _take_answer(caller: Caller) -> bool:
    """Read what has arrived; whether that completes the answer, which must be 201."""
    arrived = caller.sock.recv(65_536)
    if not arrived:
        raise SystemExit("The gateway closed a connection.")
    caller.received += arrived
    head, separator, body = caller.received.partition(b"\r\n\r\n")
    if not separator:
        return False
    if not head.startswith(_CREATED):
        raise SystemExit(f"The gateway answered {caller.received[:600]!r}.")
    place = head.lower().index(b"content-length:") + 15
    if len(body) < int(head[place:].split(b"\r\n", 1)[0]):
        return False
    caller.received = b""
    return True


if __name__ == "__main__":
    main()
