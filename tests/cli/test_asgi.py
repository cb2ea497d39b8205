"""An ASGI application behind the real HTTP server: nothing of its requests and answers is lost on the way."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import FileResponse, StreamingResponse
from tests.kit.rsgi_server import Address, converse, serving

from enishi.cli.asgi import AsgiScope, Receive, Send, over_rsgi

Handler = Callable[[AsgiScope, Receive, Send], Awaitable[None]]

heard: list[Any] = []
handlers: dict[str, Handler] = {}


def handler(function: Handler) -> Handler:
    handlers["/" + function.__name__] = function
    return function


async def application(scope: AsgiScope, receive: Receive, send: Send) -> None:
    await handlers[scope["path"].split(":")[0]](scope, receive, send)


@pytest.fixture(scope="module")
def address() -> Iterator[Address]:
    with serving(over_rsgi(application)) as place:
        yield place


@pytest.fixture(autouse=True)
def _forget() -> None:
    heard.clear()


async def start(send: Send, *headers: tuple[bytes, bytes], status: int = 200) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})


async def body(send: Send, piece: bytes, *, more: bool = False) -> None:
    await send({"type": "http.response.body", "body": piece, "more_body": more})


def request(method: str, target: str, headers: bytes = b"", sent: bytes = b"") -> bytes:
    return f"{method} {target} HTTP/1.1\r\nHost: here\r\nConnection: close\r\n".encode() + headers + b"\r\n" + sent


def split(answered: bytes) -> tuple[int, list[bytes], bytes]:
    head, _, rest = answered.partition(b"\r\n\r\n")
    first, *headers = head.split(b"\r\n")
    return int(first.split()[1]), headers, rest


def wait_for(count: int) -> None:
    deadline = time.monotonic() + 5
    while len(heard) < count and time.monotonic() < deadline:
        time.sleep(0.02)


@handler
async def scope(scope: AsgiScope, receive: Receive, send: Send) -> None:
    del receive
    heard.append(scope)
    await start(send)
    await body(send, b"")


@handler
async def echo(scope: AsgiScope, receive: Receive, send: Send) -> None:
    del scope
    for _ in range(10):
        message = await receive()
        heard.append((message["type"], message.get("body"), message.get("more_body")))
        if not message.get("more_body"):
            break
    await start(send)
    await body(send, b"read")
    heard.append((await receive())["type"])


@handler
async def cookies(scope: AsgiScope, receive: Receive, send: Send) -> None:
    del scope, receive
    await start(send, (b"set-cookie", b"a=1"), (b"Set-Cookie", b"b=2"), (b"x-name", "名".encode()), status=201)
    await body(send, b"\x00\xffbytes")


@handler
async def pieces(scope: AsgiScope, receive: Receive, send: Send) -> None:
    del scope, receive
    await start(send)
    await body(send, b"one,", more=True)
    await asyncio.sleep(0.2)
    await body(send, b"", more=True)
    await body(send, b"two", more=True)
    await body(send, b"")


@handler
async def fails_at_once(scope: AsgiScope, receive: Receive, send: Send) -> None:
    raise ValueError("at once")


@handler
async def fails_after_start(scope: AsgiScope, receive: Receive, send: Send) -> None:
    del scope, receive
    await start(send)
    raise ValueError("after start")


@handler
async def fails_in_the_middle(scope: AsgiScope, receive: Receive, send: Send) -> None:
    del scope, receive
    await start(send, (b"content-length", b"100"))
    await body(send, b"cut", more=True)
    raise ValueError("in the middle")


@handler
async def says_nothing(scope: AsgiScope, receive: Receive, send: Send) -> None:
    del scope, receive, send


@handler
async def out_of_turn(scope: AsgiScope, receive: Receive, send: Send) -> None:
    del scope, receive
    with contextlib.suppress(RuntimeError):
        await body(send, b"before the start")
    await start(send)
    with contextlib.suppress(RuntimeError):
        await start(send, status=201)
    await body(send, b"once")
    with contextlib.suppress(RuntimeError):
        await body(send, b"twice")
    heard.append("ended")


@handler
async def impatient(scope: AsgiScope, receive: Receive, send: Send) -> None:
    """Stops waiting for each message again and again, as whoever asks whether the client is still there does."""
    found: list[bytes] = []
    while True:
        try:
            message = await asyncio.wait_for(receive(), 0.01)
        except TimeoutError:
            continue
        found.append(message["body"])
        if not message["more_body"]:
            break
    heard.append(await Request(scope, receive).is_disconnected())
    await start(send)
    await body(send, b"".join(found))


@handler
async def waits(scope: AsgiScope, receive: Receive, send: Send) -> None:
    del scope, send
    await receive()
    heard.append((await receive())["type"])


@handler
async def streams(scope: AsgiScope, receive: Receive, send: Send) -> None:
    async def drops() -> Any:
        try:
            while True:
                yield b"drop" * 1_000
                await asyncio.sleep(0.02)
        finally:
            heard.append("stopped")

    await StreamingResponse(drops())(scope, receive, send)


@handler
async def file(scope: AsgiScope, receive: Receive, send: Send) -> None:
    await FileResponse(Path(__file__))(scope, receive, send)


def test_the_scope_says_what_was_asked(address: Address) -> None:
    assert split(converse(address, request("GET", "/scope:%E5%BA%97?a=%41&b", b"X-Two: 1\r\nX-One: x\r\nX-two: 2\r\n")))
    (asked,) = heard
    assert asked["type"] == "http"
    assert asked["asgi"]["version"] == "3.0"
    assert (asked["method"], asked["scheme"], asked["http_version"]) == ("GET", "http", "1.1")
    assert (asked["path"], asked["query_string"], asked["root_path"]) == ("/scope:店", b"a=%41&b", "")
    assert "raw_path" not in asked
    assert asked["headers"] == [
        (b"host", b"here"), (b"connection", b"close"), (b"x-two", b"1"), (b"x-two", b"2"), (b"x-one", b"x"),
    ]  # fmt: skip
    assert asked["server"] == address
    assert asked["client"][0] == "127.0.0.1"
    assert isinstance(asked["client"][1], int)


def test_an_older_client_is_told_apart(address: Address) -> None:
    assert split(converse(address, b"GET /scope HTTP/1.0\r\n\r\n"))[0] == 200
    assert heard[0]["http_version"] == "1.0"


def test_the_body_comes_as_it_comes_and_after_the_answer_there_is_nobody(address: Address) -> None:
    sent = request("POST", "/echo", b"Content-Length: 6\r\n")
    assert split(converse(address, sent, b"abc", b"def", pause_seconds=0.1))[2] == b"read"
    assert heard == [
        ("http.request", b"abc", True), ("http.request", b"def", True), ("http.request", b"", False), "http.disconnect",
    ]  # fmt: skip


def test_a_body_that_breaks_off_ends_in_a_disconnect(address: Address) -> None:
    with socket.create_connection(address) as connection:
        connection.sendall(request("POST", "/echo", b"Content-Length: 6\r\n", b"abc"))
        time.sleep(0.1)
    wait_for(2)
    assert heard[:2] == [("http.request", b"abc", True), ("http.disconnect", None, None)]


def test_whoever_stops_waiting_for_the_body_loses_nothing_of_it(address: Address) -> None:
    text = b"0123456789" * 10
    sent = request("POST", "/impatient", b"Content-Length: 100\r\n")
    drops = [text[first : first + 7] for first in range(0, 100, 7)]
    assert split(converse(address, sent, *drops, pause_seconds=0.02))[2] == text
    assert heard == [False]


def test_who_waits_for_the_client_to_go_hears_of_it(address: Address) -> None:
    with socket.create_connection(address) as connection:
        connection.sendall(request("GET", "/waits"))
        time.sleep(0.1)
        assert heard == []
    wait_for(1)
    assert heard == ["http.disconnect"]


def test_a_stream_that_nobody_reads_any_more_is_stopped(address: Address) -> None:
    with socket.create_connection(address) as connection:
        connection.sendall(request("GET", "/streams"))
        assert connection.recv(10) == b"HTTP/1.1 2"
    wait_for(1)
    assert heard == ["stopped"]


def test_an_answer_keeps_its_status_its_bytes_and_every_header(address: Address) -> None:
    status, headers, rest = split(converse(address, request("GET", "/cookies")))
    assert (status, rest) == (201, b"\x00\xffbytes")
    assert [line for line in headers if line.startswith(b"set-cookie")] == [b"set-cookie: a=1", b"set-cookie: b=2"]
    assert b"x-name: " + "名".encode() in headers
    assert b"content-length: 7" in headers


def test_an_answer_in_pieces_is_sent_as_they_come(address: Address) -> None:
    status, headers, rest = split(converse(address, request("GET", "/pieces")))
    assert (status, rest) == (200, b"4\r\none,\r\n3\r\ntwo\r\n0\r\n\r\n")
    assert b"transfer-encoding: chunked" in headers


@pytest.mark.parametrize("path", ["/cookies", "/pieces", "/file"])
def test_head_is_answered_without_a_body(address: Address, path: str) -> None:
    status, _, rest = split(converse(address, request("HEAD", path)))
    assert (status, rest) == (201 if path == "/cookies" else 200, b"")


def test_a_file_is_sent_whole_with_its_length(address: Address) -> None:
    status, headers, rest = split(converse(address, request("GET", "/file")))
    assert (status, rest) == (200, Path(__file__).read_bytes())
    assert b"content-length: %d" % len(rest) in headers


@pytest.mark.parametrize("path", ["/fails_at_once", "/fails_after_start", "/says_nothing"])
def test_a_failure_before_anything_was_sent_is_an_answer_of_500(address: Address, path: str) -> None:
    status, _, rest = split(converse(address, request("GET", path)))
    assert (status, rest) == (500, b"")


def test_a_failure_in_the_middle_shows_as_an_answer_that_is_too_short(address: Address) -> None:
    status, headers, rest = split(converse(address, request("GET", "/fails_in_the_middle")))
    assert (status, rest) == (200, b"cut")
    assert b"content-length: 100" in headers


def test_messages_out_of_turn_are_refused_and_change_nothing(address: Address) -> None:
    status, _, rest = split(converse(address, request("GET", "/out_of_turn")))
    assert (status, rest, heard) == (200, b"once", ["ended"])


def test_cookies_that_can_not_be_read_are_refused_and_other_such_headers_left_out(address: Address) -> None:
    status, _, rest = split(converse(address, request("GET", "/scope", b"Cookie: session=1; name=\xe5\xba\x97\r\n")))
    assert (status, json.loads(rest)["code"]) == (400, "unreadable-cookies")
    assert heard == []
    status, _, _ = split(converse(address, request("GET", "/scope", b"X-City: S\xe3o Paulo\r\nCookie: session=1\r\n")))
    assert status == 200
    assert heard[0]["headers"] == [(b"host", b"here"), (b"connection", b"close"), (b"cookie", b"session=1")]
