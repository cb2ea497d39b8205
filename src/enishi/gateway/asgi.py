"""The gateway's requests and answers in ASGI's messages, for whoever calls it in process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from typing import Any

from enishi.gateway.http import Response
from enishi.kit.rsgi import BodyBrokenOff

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Scope = MutableMapping[str, Any]


class AsgiBody:
    """A request's body, read as an ``Incoming`` is: an empty piece is its end."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive

    async def __call__(self) -> bytes:
        """The whole body. Raises ``BodyBrokenOff``."""
        return b"".join([piece async for piece in self])

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Its pieces. Raises ``BodyBrokenOff``."""
        more = True
        while more:
            message = await self._receive()
            if message["type"] != "http.request":
                raise BodyBrokenOff("the client has gone")
            more = message.get("more_body", False)
            piece: bytes = message.get("body", b"")
            if piece:
                yield piece
        yield b""


async def send_response(send: Send, response: Response, *, with_body: bool) -> None:
    """Send an answer; without its body in answer to HEAD."""
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in response.headers]
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": response.body if with_body else b""})
