"""RSGI, as the HTTP server speaks it: the types of its two sides, and what is to know about its headers and bodies.

The server hands an application a scope, which describes the request, and a protocol, which reads the body and answers.
Both are made by compiled code that comes without usable types, so that what we rely on is written down here.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final, Protocol

from granian._granian import RSGIProtocolClosed

BodyBrokenOff = RSGIProtocolClosed
"""The client went away, or its framing broke, before the body was complete. Also raised by what sends to nobody."""

UNREADABLE: Final = "\N{REPLACEMENT CHARACTER}"
"""Stands for a header's value that is not plain ASCII. No rule of ours takes it."""

Fields = list[tuple[str, str]]


class Headers(Protocol):
    """The headers of a request, their names in lower case, one name's values together."""

    def keys(self) -> list[str]:
        """Every name, once."""
        ...

    def items(self) -> Fields:
        """Every value that is plain ASCII, with its name; a value that is not is left out."""
        ...

    def __len__(self) -> int:
        """How many names there are."""
        ...


class Scope(Protocol):
    """What is known of a request before its body."""

    @property
    def headers(self) -> Headers:
        """Its headers; each look makes a copy."""
        ...

    @property
    def method(self) -> str:
        """The method, as sent."""
        ...

    @property
    def path(self) -> str:
        """The path, its escapes resolved; bytes that are not UTF-8 have become replacement characters."""
        ...

    @property
    def query_string(self) -> str:
        """What follows the question mark, as sent."""
        ...

    @property
    def http_version(self) -> str:
        """``1`` (which is 1.0), ``1.1`` or ``2``."""
        ...

    @property
    def scheme(self) -> str:
        """``http`` or ``https``."""
        ...

    @property
    def server(self) -> str:
        """Our address and port, parted by a colon."""
        ...

    @property
    def client(self) -> str:
        """The other side's address and port, parted by a colon."""
        ...

    @property
    def authority(self) -> str | None:
        """The host asked for, where the version of HTTP has no header for it."""
        ...


class Transport(Protocol):
    """An answer's body on its way, piece by piece. It ends when nobody holds it any more."""

    def send_bytes(self, data: bytes) -> Awaitable[None]:
        """Send a piece. Raises ``BodyBrokenOff`` when nobody is there to read it."""
        ...


class Incoming(Protocol):
    """A request's body. It is read once: whole by calling, or in pieces by iterating."""

    def __call__(self) -> Awaitable[bytes]:
        """The whole body, whatever its size. Raises ``BodyBrokenOff``."""
        ...

    def __aiter__(self) -> AsyncIterator[bytes]:
        """Its pieces; see ``read_pieces``."""
        ...


class Exchange(Incoming, Protocol):
    """The body of one request, and the answer to it, which is given once."""

    def client_disconnect(self) -> Awaitable[None]:
        """Wait until the client has gone."""
        ...

    def response_empty(self, status: int, headers: Fields) -> None:
        """Answer without a body."""
        ...

    def response_bytes(self, status: int, headers: Fields, body: bytes) -> None:
        """Answer with a body."""
        ...

    def response_file(self, status: int, headers: Fields, file: str) -> None:
        """Answer with a file of this machine."""
        ...

    def response_stream(self, status: int, headers: Fields) -> Transport:
        """Answer with a body that comes in pieces."""
        ...


Application = Callable[[Scope, Exchange], Awaitable[Any]]


def read_headers(headers: Headers) -> dict[str, str]:
    """The last value of each header, ``UNREADABLE`` where none is plain ASCII."""
    found = dict(headers.items())
    if len(found) != len(headers):
        for name in headers.keys():  # noqa: SIM118 - the server's own type, which promises no iteration
            found.setdefault(name, UNREADABLE)
    return found


async def read_pieces(body: Incoming) -> AsyncIterator[bytes]:
    """The pieces of a body, none of them empty. Raises ``BodyBrokenOff`` at the end of one that is not complete.

    The server marks the end by one empty piece, and tells of a fault by another one. It also does the latter for
    trailers, which are therefore refused: nobody here could read them.
    """
    empty = 0
    async for piece in body:
        if piece:
            yield piece
        else:
            empty += 1
    if empty != 1:
        raise BodyBrokenOff("the body ended before it was complete")
