"""What no client library would send, over a socket to the real HTTP server: it ends in an answer, not in a mess."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Iterator

import psycopg
import pytest
from tests.gateway.client import Api, Till
from tests.gateway.conftest import MakeGateway
from tests.kit.rsgi_server import Address, converse, serving

from enishi.gateway import Gateway, Limits
from enishi.gateway.http import BODY_LIMIT


@pytest.fixture(scope="module")
def served(make_gateway: MakeGateway) -> Gateway:
    return make_gateway(Limits(body_seconds=1.0))


@pytest.fixture(scope="module")
def address(served: Gateway) -> Iterator[Address]:
    """The address of a server over a gateway."""
    with serving(served.__rsgi__) as place:
        yield place
    asyncio.run(served.drain())


def request(method: str, path: str, key: str = "", body: bytes = b"", *headers: str) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: till", "Connection: close", *headers]
    if key:
        lines.append(f"Authorization: Bearer {key}")
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def status(answered: bytes) -> int:
    return int(answered.split(b" ", 2)[1])


def assert_still_serving(address: Address) -> None:
    assert status(converse(address, request("GET", "/healthz"))) == 200


def test_a_purchase_is_recorded(address: Address, key: str, till: Till) -> None:
    receipt = till.receipt(card=till.new_card())
    answered = converse(address, request("POST", "/v1/purchases", key, json.dumps(receipt).encode()))
    assert status(answered) == 201
    assert b"x-request-id: " in answered.lower()
    assert len(till.recorded(receipt)) == 1


def test_a_body_that_comes_in_drops_is_taken(address: Address, key: str, till: Till) -> None:
    receipt = till.receipt()
    sent = request("POST", "/v1/purchases", key, json.dumps(receipt).encode())
    drops = [sent[first : first + 40] for first in range(0, len(sent), 40)]
    assert status(converse(address, *drops, pause_seconds=0.01)) == 201


def chunked(*parts: bytes) -> bytes:
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts)


def chunked_head(key: str, *headers: str) -> bytes:
    return request(
        "POST", "/v1/purchases", key, b"", "Content-Type: application/json", "Transfer-Encoding: chunked", *headers
    )


def test_a_body_in_chunks_is_taken(address: Address, key: str, till: Till) -> None:
    body = json.dumps(till.receipt()).encode()
    chunks = chunked(body[:50], body[50:]) + b"0\r\n\r\n"
    assert status(converse(address, chunked_head(key), chunks)) == 201


@pytest.mark.parametrize("end", [b"zz\r\n", b"0\r\nX: y\r\n\r\n"], ids=["nonsense", "trailers"])
def test_chunks_that_do_not_end_as_they_should_are_refused_although_the_json_is_whole(
    address: Address, key: str, till: Till, end: bytes
) -> None:
    receipt = till.receipt()
    answered = converse(address, chunked_head(key), chunked(json.dumps(receipt).encode()), end, pause_seconds=0.1)
    assert status(answered) == 400
    assert b"The body ended before it was complete" in answered
    assert till.recorded(receipt) == []
    assert_still_serving(address)


def test_chunks_that_do_not_go_on_are_given_up(address: Address, key: str, till: Till) -> None:
    receipt = till.receipt()
    answered = converse(address, chunked_head(key), chunked(json.dumps(receipt).encode()))
    assert status(answered) == 408
    assert till.recorded(receipt) == []


@pytest.mark.parametrize("headers", [(), ("Content-Length: 5",)], ids=["no length", "a length that lies"])
def test_chunks_beyond_the_limit_are_refused_while_they_come(
    address: Address, key: str, headers: tuple[str, ...]
) -> None:
    answered = converse(address, chunked_head(key, *headers), *[chunked(b" " * (BODY_LIMIT // 4))] * 5)
    assert b"413" in answered[:12] or b"400" in answered[:12], answered[:200]
    assert headers or b'"code":"body-too-large"' in answered
    assert_still_serving(address)


def test_a_caller_who_hangs_up_while_a_purchase_is_recorded_does_not_stop_it(
    address: Address, key: str, till: Till, conn: psycopg.Connection
) -> None:
    card = till.new_card()
    till.ring_up(till.receipt(card=card))
    receipt = till.receipt(card=card)
    with conn.transaction():
        # The purchase waits for the member's account, so that the caller is gone before it is recorded.
        conn.execute("select from ledger.accounts for update")
        with socket.create_connection(address, timeout=5) as connection:
            connection.sendall(request("POST", "/v1/purchases", key, json.dumps(receipt).encode()))
            time.sleep(0.3)
        time.sleep(0.3)
    deadline = time.monotonic() + 5
    while not till.recorded(receipt) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(till.recorded(receipt)) == 1
    assert_still_serving(address)


def test_an_idempotency_key_that_is_not_ascii_is_refused_and_not_overlooked(
    address: Address, key: str, till: Till
) -> None:
    receipt = till.receipt()
    sent = request("POST", "/v1/purchases", key, json.dumps(receipt).encode(), "Idempotency-Key: caf\xe9")
    answered = converse(address, sent)
    assert status(answered) == 422
    assert b'"field":"Idempotency-Key"' in answered
    assert till.recorded(receipt) == []


def test_head_says_how_long_the_answer_would_be(address: Address) -> None:
    answered = converse(address, request("HEAD", "/healthz"))
    assert status(answered) == 200
    assert b"content-length: 15\r\n" in answered
    assert answered.endswith(b"\r\n\r\n")


def test_a_body_that_does_not_come_is_given_up_and_nothing_is_recorded(address: Address, key: str, till: Till) -> None:
    receipt = till.receipt()
    sent = request("POST", "/v1/purchases", key, json.dumps(receipt).encode())
    answered = converse(address, sent[:-10])
    assert status(answered) == 408
    assert b'"code":"body-timeout"' in answered
    assert till.recorded(receipt) == []
    assert_still_serving(address)


def test_a_caller_who_hangs_up_in_the_middle_records_nothing(address: Address, key: str, till: Till) -> None:
    receipt = till.receipt()
    sent = request("POST", "/v1/purchases", key, json.dumps(receipt).encode())
    with socket.create_connection(address, timeout=5) as connection:
        connection.sendall(sent[:-10])
    time.sleep(0.3)
    assert till.recorded(receipt) == []
    assert_still_serving(address)


def test_a_declared_length_beyond_the_limit_is_refused_before_the_body_comes(address: Address, key: str) -> None:
    head = request("POST", "/v1/purchases", key, b"", "Content-Type: application/json", "Content-Length: 99999999999")
    assert status(converse(address, head)) == 413
    assert_still_serving(address)


@pytest.mark.parametrize(
    "headers",
    [
        ("Content-Length: -1",),
        ("Content-Length: 1e3",),
        ("Content-Length: 5", "Content-Length: 6"),
        ("Content-Length: 5", "Transfer-Encoding: chunked"),
        ("Transfer-Encoding: gzip, chunked",),
        ("X-Long: " + "x" * 1_000_000,),
        *[("X: y",) * 5_000],
        ("Authorization: Bearer enk_\x00",),
    ],
    ids=["negative", "exponent", "two lengths", "length and chunks", "gzip", "long", "many", "control"],
)
def test_a_head_that_lies_gets_a_refusal_or_a_closed_door(
    address: Address, key: str, till: Till, headers: tuple[str, ...]
) -> None:
    before = till.contents()
    sent = request("POST", "/v1/purchases", key, b"", "Content-Type: application/json", *headers) + b"{}{}{"
    answered = converse(address, sent)
    assert answered == b"" or 400 <= status(answered) < 500, answered[:200]
    assert till.contents() == before
    assert_still_serving(address)


@pytest.mark.parametrize("method", ["BREW", "get", "PURCHASE", "CONNECT", "TRACE", "X" * 300])
def test_an_odd_method_is_refused(address: Address, key: str, method: str) -> None:
    answered = converse(address, request(method, "/v1/purchases", key))
    assert answered == b"" or 400 <= status(answered) < 500, answered[:200]
    assert_still_serving(address)


@pytest.mark.parametrize(
    "path",
    [
        "/v1/../../etc/passwd", "/v1/customers/../../../etc/passwd/points", "/v1/./purchases", "/v1/%2e%2e/healthz",
        "/v1/purchases%00.json", "/v1/purchases;a=b", "/v1/\\..\\purchases", "/v1/%ff%fe", "/v1/\xff", "*",
        "/v1/customers/%2e%2e/points", "/" + "x" * 60_000, "http://elsewhere/v1/nowhere",
    ],
)  # fmt: skip
def test_a_path_with_tricks_leads_nowhere(address: Address, key: str, path: str) -> None:
    answered = converse(address, request("GET", path, key))
    assert answered == b"" or 400 <= status(answered) < 500, answered[:200]
    assert b"root:" not in answered
    assert_still_serving(address)


def test_requests_that_are_piped_are_each_answered_in_order(address: Address) -> None:
    first = request("GET", "/healthz").replace(b"Connection: close\r\n", b"")
    answered = converse(address, first + request("GET", "/nowhere"))
    assert answered.index(b"200 OK") < answered.index(b"404 Not Found")


def test_what_is_no_http_at_all_is_turned_away(address: Address) -> None:
    for noise in (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc", b"\x00" * 1_000, b"hello\r\n\r\n", b"GET\r\n\r\n"):
        answered = converse(address, noise)
        assert answered == b"" or status(answered) == 400
    assert_still_serving(address)


def test_a_large_batch_does_not_hold_up_a_single_sale(address: Address, key: str, api: Api, till: Till) -> None:
    lines = [{"sku": "x" * 100, "quantity": 1, "unit_price_yen": 1}] * 80
    body = json.dumps({"purchases": [till.receipt(lines=lines) for _ in range(1_000)]}).encode()
    bulk = threading.Thread(target=converse, args=(address, request("POST", "/v1/purchases:batch", key, body)))
    bulk.start()
    slowest = 0.0
    while bulk.is_alive():
        began = time.monotonic()
        answered = converse(address, request("POST", "/v1/purchases", key, json.dumps(till.receipt()).encode()))
        slowest = max(slowest, time.monotonic() - began)
        assert status(answered) == 201
    bulk.join()
    assert slowest < 5
    assert api.get("/healthz").status_code == 200
