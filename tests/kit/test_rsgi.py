"""What is relied on of RSGI, asked of the HTTP server itself, so that a version of it that differs is found out."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from tests.kit.rsgi_server import Address, converse, serving

from enishi.kit.rsgi import UNREADABLE, BodyBrokenOff, Exchange, Scope, read_headers, read_pieces

CHUNKED = b"Transfer-Encoding: chunked\r\n"


async def answer(scope: Scope, exchange: Exchange) -> None:
    """Answers with the headers, or with what came of reading the body whole or in pieces."""
    found: object = None
    try:
        if scope.path == "/headers":
            found = read_headers(scope.headers)
        elif scope.path == "/whole":
            found = (await exchange()).decode()
        else:
            found = [piece.decode() async for piece in read_pieces(exchange)]
    except BodyBrokenOff:
        found = "broken off"
    exchange.response_bytes(200, [], json.dumps(found).encode())


@pytest.fixture(scope="module")
def address() -> Iterator[Address]:
    with serving(answer) as place:
        yield place


def ask(address: Address, path: bytes, headers: bytes, *body: bytes) -> object:
    head = b"POST " + path + b" HTTP/1.1\r\nHost: here\r\nConnection: close\r\n" + headers + b"\r\n"
    return json.loads(converse(address, head, *body, pause_seconds=0.1).partition(b"\r\n\r\n")[2])


def test_the_last_value_of_a_header_counts_and_one_that_is_not_ascii_is_known_to_be_there(address: Address) -> None:
    assert ask(address, b"/headers", b"X-Two: 1\r\nX-Odd: \xff\r\nX-TWO: 2\r\n") == {
        "host": "here", "connection": "close", "x-two": "2", "x-odd": UNREADABLE,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("headers", "body", "whole", "pieces"),
    [
        (b"", (), "", []),
        (b"Content-Length: 5\r\n", (b"abc", b"de"), "abcde", ["abc", "de"]),
        (CHUNKED, (b"3\r\nabc\r\n", b"2\r\nde\r\n0\r\n\r\n"), "abcde", ["abc", "de"]),
        (CHUNKED, (b"3\r\nabc\r\n", b"nonsense\r\n"), "broken off", "broken off"),
        (CHUNKED, (b"3\r\nabc\r\n", b"0\r\nX: y\r\n\r\n"), "abc", "broken off"),
    ],
    ids=["none", "of a length", "in chunks", "nonsense", "trailers"],
)
def test_a_body_is_read_whole_or_in_pieces_or_known_to_have_broken_off(
    address: Address, headers: bytes, body: tuple[bytes, ...], whole: object, pieces: object
) -> None:
    assert ask(address, b"/whole", headers, *body) == whole
    assert ask(address, b"/pieces", headers, *body) == pieces


def test_what_comes_beyond_the_declared_length_is_not_part_of_the_body(address: Address) -> None:
    assert ask(address, b"/whole", b"Content-Length: 3\r\n", b"abcdef") == "abc"


def test_where_a_body_is_in_chunks_a_declared_length_does_not_count(address: Address) -> None:
    for headers in (CHUNKED + b"Content-Length: 3\r\n", b"Content-Length: 3\r\n" + CHUNKED):
        assert ask(address, b"/pieces", headers, b"5\r\nabcde\r\n0\r\n\r\n") == ["abcde"]
