"""An ASGI application served over RSGI, for the pages and their API, whose framework speaks ASGI.

What it promises: headers in order, as bytes, repeated ones kept, both ways; the body as it comes, and a disconnect
instead of its end when it breaks off; one answer, given at once when it is one piece; a failure before anything was
sent is an answer of 500. What RSGI can not give: the path before its escapes were resolved (``raw_path`` is left out,
as ASGI allows) and header values that are not plain ASCII. Such a header is left out as well, but for cookies: nobody
would understand why they are signed out, so that request is refused.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

import msgspec

from enishi.kit.errors import Refusal
from enishi.kit.rsgi import (
    UNREADABLE,
    Application,
    BodyBrokenOff,
    Exchange,
    Fields,
    Scope,
    Transport,
    read_headers,
    read_pieces,
)

Message = MutableMapping[str, Any]
AsgiScope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
AsgiApplication = Callable[[AsgiScope, Receive, Send], Awaitable[None]]

_HTTP_VERSIONS: Final = {"1": "1.0"}


class UnreadableCookies(Refusal):
    """A cookie is not plain ASCII, and with it all cookies are lost."""

    code = "unreadable-cookies"
    status = 400
    title = "Unreadable cookies"


def over_rsgi(application: AsgiApplication) -> Application:
    """The application as the RSGI server calls it. What it raises is raised, and the server answers 500 if it can."""

    async def serve(scope: Scope, exchange: Exchange) -> None:
        if read_headers(scope.headers).get("cookie") == UNREADABLE:
            _refuse_cookies(exchange)
            return
        dialogue = _Dialogue(exchange, is_head=scope.method == "HEAD")
        try:
            await application(describe(scope), dialogue.receive, dialogue.send)
        finally:
            dialogue.end()

    return serve


def describe(scope: Scope) -> AsgiScope:
    """The ASGI scope of a request."""
    headers = [(name.encode("ascii"), value.encode("ascii")) for name, value in scope.headers.items()]
    if scope.authority is not None and "host" not in scope.headers.keys():  # noqa: SIM118 - the server's own type
        headers.insert(0, (b"host", scope.authority.encode("ascii")))
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": _HTTP_VERSIONS.get(scope.http_version, scope.http_version),
        "scheme": scope.scheme,
        "method": scope.method,
        "root_path": "",
        "path": scope.path,
        "query_string": scope.query_string.encode(),
        "headers": headers,
        "client": _address(scope.client),
        "server": _address(scope.server),
        "extensions": {"http.response.pathsend": {}},
    }


class _Dialogue:
    """The messages of one request and its answer."""

    def __init__(self, exchange: Exchange, *, is_head: bool) -> None:
        self._exchange = exchange
        self._is_head = is_head
        self._pieces = read_pieces(exchange)
        self._body_ended = False
        self._arrival: asyncio.Task[Message] | None = None
        self._start: tuple[int, Fields] | None = None
        self._transport: Transport | None = None
        self._answered = False

    async def receive(self) -> Message:
        """The next message of the client. Whoever stops waiting for it loses nothing: the next caller gets it."""
        if self._arrival is None:
            self._arrival = asyncio.create_task(self._arrive())
        message = await asyncio.shield(self._arrival)
        self._arrival = None
        return message

    async def _arrive(self) -> Message:
        if not self._body_ended:
            try:
                piece = await anext(self._pieces, b"")
            except BodyBrokenOff:
                self._body_ended = True
                return {"type": "http.disconnect"}
            self._body_ended = not piece
            return {"type": "http.request", "body": piece, "more_body": not self._body_ended}
        if not self._answered:
            await self._exchange.client_disconnect()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        """The next message to the client. Raises ``RuntimeError`` for one that is out of turn."""
        kind = message["type"]
        if kind == "http.response.start" and self._start is None:
            fields = [(_text(name), _text(value)) for name, value in message.get("headers", ())]
            self._start = (message["status"], fields)
        elif kind == "http.response.body" and self._start is not None and not self._answered:
            await self._send_body(*self._start, bytes(message.get("body", b"")), more=message.get("more_body", False))
        elif kind == "http.response.pathsend" and self._start is not None and not self._answered:
            self._answered = True
            self._exchange.response_file(*self._start, message["path"])
        else:
            raise RuntimeError(f"the application sent {kind} out of turn")

    async def _send_body(self, status: int, fields: Fields, piece: bytes, *, more: bool) -> None:
        self._answered = not more
        if self._is_head:
            if not more:
                self._exchange.response_empty(status, fields)
            return
        if self._transport is None:
            if not more:
                self._exchange.response_bytes(status, fields, piece)
                return
            self._transport = self._exchange.response_stream(status, fields)
        if piece:
            try:
                await self._transport.send_bytes(piece)
            except BodyBrokenOff:
                # ASGI of this version has sending to nobody do nothing; who wants to know listens for the disconnect.
                return

    def end(self) -> None:
        """Stop listening. A body of declared length that is cut here ends the connection, so that it shows."""
        self._transport = None
        if self._arrival is not None:
            self._arrival.cancel()


def _refuse_cookies(exchange: Exchange) -> None:
    refusal = UnreadableCookies(
        "The browser sent a cookie that is not plain ASCII, so none of the cookies can be read.",
        field="Cookie",
        remedy="Delete the cookies of this site and its parent domain, and sign in again.",
    )
    headers = [("content-type", "application/problem+json"), ("cache-control", "no-store")]
    exchange.response_bytes(refusal.status, headers, msgspec.json.encode(refusal.problem()))


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    return host.strip("[]"), int(port)


def _text(value: bytes) -> str:
    """A header's text such that the server, which writes UTF-8, sends the same bytes wherever they are UTF-8."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")
