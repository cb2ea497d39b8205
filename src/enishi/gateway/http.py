"""HTTP as the gateway needs it, on plain ASGI: a request, a response, reading a body within limits, problems.

Invariant: a body is read whole or refused, never cut; every answer says how long it is and is not to be cached.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, MutableMapping
from functools import lru_cache
from typing import Any, Final, Literal
from urllib.parse import parse_qsl

import msgspec

from enishi.access import ApiKey
from enishi.gateway.model import BodyTimeout, BodyTooLarge, MalformedBody, Unauthenticated, UnsupportedMediaType
from enishi.gateway.patience import Patience
from enishi.kit.errors import InvalidRequest, Refusal

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Scope = MutableMapping[str, Any]
Locale = Literal["ja", "en"]
Header = tuple[bytes, bytes]

BODY_LIMIT: Final = 1024 * 1024
"""Bytes of a body, unless a route says otherwise."""

JSON: Final = b"application/json"
PROBLEM_JSON: Final = b"application/problem+json"
_ALWAYS: Final[tuple[Header, ...]] = ((b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff"))

encode_json: Final = msgspec.json.Encoder().encode


class Request:
    """A request whose route is known and whose caller has been admitted."""

    __slots__ = ("_patience", "_receive", "headers", "key", "params", "query", "request_id")

    def __init__(
        self,
        receive: Receive,
        patience: Patience,
        *,
        headers: dict[bytes, bytes],
        params: dict[str, str],
        query: bytes,
        request_id: str,
    ) -> None:
        self._receive = receive
        self._patience = patience
        self.headers = headers
        self.params = params
        self.query = query
        self.request_id = request_id
        self.key: ApiKey | None = None

    @property
    def locale(self) -> Locale:
        """The language for generated sentences."""
        accepted = self.headers.get(b"accept-language")
        return "ja" if accepted is None else choose_locale(accepted)

    async def read_json(self, limit: int = BODY_LIMIT) -> bytes:
        """The body, declared as JSON. Refusals: 415, 413, 408, and 400 when it breaks off."""
        _require_json(self.headers)
        declared = self.headers.get(b"content-length", b"")
        if declared.isdigit() and int(declared) > limit:
            raise _too_large(limit)
        return await self._patience.limit(self._read(limit))

    async def _read(self, limit: int) -> bytes:
        chunks: list[bytes] = []
        size = 0
        while True:
            message = await self._receive()
            if message["type"] != "http.request":
                # The client hung up, or its framing was broken; in the latter case it still hears this.
                raise MalformedBody(
                    "The body ended before it was complete; nothing was recorded.", remedy="Send it again."
                )
            chunk: bytes = message.get("body", b"")
            size += len(chunk)
            if size > limit:
                raise _too_large(limit)
            if not message.get("more_body", False):
                return b"".join([*chunks, chunk]) if chunks else bytes(chunk)
            chunks.append(chunk)

    def read_query(self, allowed: tuple[str, ...]) -> dict[str, str]:
        """The query's parameters. One that is not known, or comes twice, is refused and named."""
        found: dict[str, str] = {}
        try:
            pairs = parse_qsl(
                self.query.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=len(allowed) + 8
            )
        except ValueError:
            raise InvalidRequest("The query is not valid.", remedy="Encode it as UTF-8 in percent notation.") from None
        for name, value in pairs:
            if name not in allowed or name in found:
                raise InvalidRequest(
                    "The query has a parameter that is not known here or comes twice.",
                    remedy=f"Send each of these at most once: {', '.join(allowed) or 'none'}.",
                )
            found[name] = value
        return found


class Response:
    """An answer, ready to be sent."""

    __slots__ = ("body", "code", "headers", "status")

    def __init__(
        self,
        status: int,
        body: bytes,
        content_type: bytes = JSON,
        headers: tuple[Header, ...] = (),
        code: str = "",
    ) -> None:
        self.status = status
        self.body = body
        self.code = code
        self.headers: list[Header] = [
            (b"content-type", content_type),
            (b"content-length", b"%d" % len(body)),
            *_ALWAYS,
            *headers,
        ]

    async def send(self, send: Send, request_id: str, *, with_body: bool = True) -> None:
        """Send it; without its body in answer to HEAD."""
        self.headers.append((b"x-request-id", request_id.encode("ascii")))
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": self.body if with_body else b""})


def answer(status: int, value: Any) -> Response:
    """An answer in JSON."""
    return Response(status, encode_json(value))


def refuse(refusal: Refusal) -> Response:
    """A refusal as RFC 9457 problem details, with the headers that its status asks for."""
    headers: list[Header] = []
    document = refusal.problem()
    if refusal.status in {429, 503}:
        headers.append((b"retry-after", b"%d" % document.setdefault("retry_after_seconds", 1)))
    elif refusal.status == Unauthenticated.status:
        headers.append((b"www-authenticate", b'Bearer realm="enishi"'))
    elif "scope" in document:
        challenge = f'Bearer realm="enishi", error="insufficient_scope", scope="{document["scope"]}"'
        headers.append((b"www-authenticate", challenge.encode("ascii")))
    elif "allow" in document:
        headers.append((b"allow", ", ".join(document["allow"]).encode("ascii")))
    if refusal.status in {BodyTimeout.status, BodyTooLarge.status, 503}:
        # The rest of the body is not read, and a process that drains should be left: either way the connection ends.
        headers.append((b"connection", b"close"))
    return Response(refusal.status, encode_json(document), PROBLEM_JSON, tuple(headers), refusal.code)


@lru_cache(maxsize=256)
def choose_locale(accept_language: bytes) -> Locale:
    """Japanese or English, whichever ``Accept-Language`` prefers; Japanese when it names neither."""
    best: Locale = "ja"
    weight = 0.0
    for part in accept_language.decode("latin-1").lower().split(","):
        tag, _, quality = part.strip().partition(";")
        name = tag.strip().split("-")[0]
        found = re.fullmatch(r"\s*q\s*=\s*([01](?:\.[0-9]{0,3})?)\s*", quality)
        q = float(found[1]) if found else 1.0 if not quality else 0.0
        if name in {"ja", "en"} and q > weight:
            best, weight = ("ja" if name == "ja" else "en"), q
    return best


@lru_cache(maxsize=256)
def _is_json(content_type: bytes) -> bool:
    media, _, parameters = content_type.decode("latin-1").lower().partition(";")
    charset = re.search(r"charset\s*=\s*\"?([^\";\s]+)", parameters)
    return media.strip() == "application/json" and (charset is None or charset[1] in {"utf-8", "utf8"})


def _require_json(headers: dict[bytes, bytes]) -> None:
    encoding = headers.get(b"content-encoding", b"identity")
    if _is_json(headers.get(b"content-type", b"")) and encoding.lower() == b"identity":
        return
    raise UnsupportedMediaType(
        "The body is not declared as JSON in UTF-8, or is compressed.",
        remedy="Send Content-Type: application/json, and no Content-Encoding.",
    )


def _too_large(limit: int) -> BodyTooLarge:
    return BodyTooLarge(
        f"The body is larger than {limit // 1024:,} KiB; nothing was recorded.",
        remedy="Send less at once.",
        limit_bytes=limit,
    )
