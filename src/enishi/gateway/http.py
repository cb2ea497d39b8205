"""HTTP as the gateway needs it: a request, a response, reading a body within limits, problems.

Invariant: a body is read whole or refused, never cut; every answer says how long it is and is not to be cached.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final, Literal
from urllib.parse import parse_qsl

import msgspec

from enishi.access import ApiKey
from enishi.gateway.model import (
    BodyTimeout,
    BodyTooLarge,
    MalformedBody,
    Unauthenticated,
    UnexpectedBody,
    UnsupportedMediaType,
)
from enishi.gateway.patience import Patience
from enishi.kit.errors import InvalidRequest, Refusal
from enishi.kit.rsgi import BodyBrokenOff, Incoming, read_pieces

Locale = Literal["ja", "en"]
Header = tuple[str, str]

BODY_LIMIT: Final = 1024 * 1024
"""Bytes of a body, unless a route says otherwise."""

JSON: Final = "application/json"
PROBLEM_JSON: Final = "application/problem+json"
_NO_STORE: Final[Header] = ("cache-control", "no-store")
_NO_SNIFF: Final[Header] = ("x-content-type-options", "nosniff")

encode_json: Final = msgspec.json.Encoder().encode


class Request:
    """A request whose route is known and whose caller has been admitted."""

    __slots__ = ("_body", "_patience", "headers", "key", "params", "query", "request_id")

    def __init__(
        self,
        body: Incoming,
        patience: Patience,
        *,
        headers: dict[str, str],
        params: dict[str, str],
        query: str,
        request_id: str,
    ) -> None:
        self._body = body
        self._patience = patience
        self.headers = headers
        self.params = params
        self.query = query
        self.request_id = request_id
        self.key: ApiKey | None = None

    @property
    def locale(self) -> Locale:
        """The language for generated sentences."""
        accepted = self.headers.get("accept-language")
        return "ja" if accepted is None else choose_locale(accepted)

    async def read_json(self, limit: int = BODY_LIMIT) -> bytes:
        """The body, declared as JSON. Refusals: 415, 413, 408, and 400 when it breaks off."""
        headers = self.headers
        _require_json(headers)
        declared = headers.get("content-length", "")
        is_declared = declared.isascii() and declared.isdigit()
        if is_declared and int(declared) > limit:
            raise _too_large(limit)
        try:
            if is_declared and "transfer-encoding" not in headers:
                # The server takes no more than was declared, so that all of it can be asked for in one go.
                return await self._patience.limit(self._body())
            return await self._patience.limit(self._read(limit))
        except BodyBrokenOff:
            # The client hung up, or its framing was broken; in the latter case it still hears this.
            raise MalformedBody(
                "The body ended before it was complete; nothing was recorded.", remedy="Send it again."
            ) from None

    async def refuse_body(self) -> None:
        """Refuse any body, for a path that reads none: what nobody looks at should not seem to have been understood.

        An empty one passes, however it is sent. Refusals: ``UnexpectedBody``, and 408 when it does not arrive.
        """
        headers = self.headers
        if "transfer-encoding" not in headers and headers.get("content-length", "0") == "0":
            return
        try:
            found = await self._patience.limit(self._begins())
        except BodyBrokenOff:
            found = True
        if found:
            raise UnexpectedBody(
                "This path reads no body; nothing was done.", remedy="Send the request without a body."
            )

    async def _begins(self) -> bool:
        """Whether a body has anything in it; the rest is left where it is."""
        async for piece in read_pieces(self._body):
            if piece:
                return True
        return False

    async def _read(self, limit: int) -> bytes:
        pieces: list[bytes] = []
        size = 0
        async for piece in read_pieces(self._body):
            size += len(piece)
            if size > limit:
                raise _too_large(limit)
            pieces.append(piece)
        return b"".join(pieces)

    def read_query(self, allowed: tuple[str, ...]) -> dict[str, str]:
        """The query's parameters. One that is not known, or comes twice, is refused and named."""
        found: dict[str, str] = {}
        try:
            self.query.encode("ascii")
            pairs = parse_qsl(self.query, keep_blank_values=True, errors="strict", max_num_fields=len(allowed) + 8)
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
    """An answer, ready to be sent, but for the id of its request."""

    __slots__ = ("body", "code", "headers", "status")

    def __init__(
        self,
        status: int,
        body: bytes,
        content_type: str = JSON,
        headers: tuple[Header, ...] = (),
        code: str = "",
    ) -> None:
        self.status = status
        self.body = body
        self.code = code
        self.headers: list[Header] = [
            ("content-type", content_type),
            ("content-length", str(len(body))),
            _NO_STORE,
            _NO_SNIFF,
            *headers,
        ]


def answer(status: int, value: Any) -> Response:
    """An answer in JSON."""
    return Response(status, encode_json(value))


def refuse(refusal: Refusal) -> Response:
    """A refusal as RFC 9457 problem details, with the headers that its status asks for."""
    headers: list[Header] = []
    document = refusal.problem()
    if refusal.status in {429, 503}:
        headers.append(("retry-after", str(document.setdefault("retry_after_seconds", 1))))
    elif refusal.status == Unauthenticated.status:
        headers.append(("www-authenticate", 'Bearer realm="enishi"'))
    elif "scope" in document:
        challenge = f'Bearer realm="enishi", error="insufficient_scope", scope="{document["scope"]}"'
        headers.append(("www-authenticate", challenge))
    elif "allow" in document:
        headers.append(("allow", ", ".join(document["allow"])))
    if refusal.status in {BodyTimeout.status, BodyTooLarge.status, 503} or refusal.code == UnexpectedBody.code:
        # The rest of the body is not read, and a process that drains should be left: either way the connection ends.
        headers.append(("connection", "close"))
    return Response(refusal.status, encode_json(document), PROBLEM_JSON, tuple(headers), refusal.code)


@lru_cache(maxsize=256)
def choose_locale(accept_language: str) -> Locale:
    """Japanese or English, whichever ``Accept-Language`` prefers; Japanese when it names neither."""
    best: Locale = "ja"
    weight = 0.0
    for part in accept_language.lower().split(","):
        tag, _, quality = part.strip().partition(";")
        name = tag.strip().split("-")[0]
        found = re.fullmatch(r"\s*q\s*=\s*([01](?:\.[0-9]{0,3})?)\s*", quality)
        q = float(found[1]) if found else 1.0 if not quality else 0.0
        if name in {"ja", "en"} and q > weight:
            best, weight = ("ja" if name == "ja" else "en"), q
    return best


@lru_cache(maxsize=256)
def _is_json(content_type: str) -> bool:
    media, _, parameters = content_type.lower().partition(";")
    charset = re.search(r"charset\s*=\s*\"?([^\";\s]+)", parameters)
    return media.strip() == "application/json" and (charset is None or charset[1] in {"utf-8", "utf8"})


def _require_json(headers: dict[str, str]) -> None:
    encoding = headers.get("content-encoding", "identity")
    if _is_json(headers.get("content-type", "")) and encoding.lower() == "identity":
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
