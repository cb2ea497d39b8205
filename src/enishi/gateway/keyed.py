"""Bodies with an idempotency key: ``external_id`` in the body, or the header ``Idempotency-Key`` in its place."""

from __future__ import annotations

import re
from typing import Final, Protocol, TypeVar

import msgspec

from enishi.gateway.bodies import BodyDecoder
from enishi.gateway.http import encode_json
from enishi.gateway.model import IdempotencyKeyMismatch
from enishi.kit.errors import InvalidRequest

_decode_members: Final = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_IDEMPOTENCY_KEY: Final = re.compile(r'"([\x20-\x21\x23-\x7e]{1,128})"|([\x20-\x21\x23-\x7e]{1,128})')


class Keyed(Protocol):
    """A body that carries its own key."""

    @property
    def external_id(self) -> str:
        """The sender's own number."""
        ...


T = TypeVar("T", bound=Keyed)


def read_idempotency_key(header: str | None) -> str | None:
    """The key in an ``Idempotency-Key`` header, with or without quotation marks; None where there is none.

    Refuses ``InvalidRequest``.
    """
    if header is None:
        return None
    found = _IDEMPOTENCY_KEY.fullmatch(header)
    if found is None:
        raise InvalidRequest(
            "The header Idempotency-Key is empty, too long, or not plain ASCII.",
            field="Idempotency-Key",
            remedy="Send 1 to 128 printable characters.",
        )
    return found[1] or found[2]


def decode_keyed(decoder: BodyDecoder[T], body: bytes, idempotency_key: str | None) -> T:
    """The value in a body, under the key that ``Idempotency-Key`` names when the body itself names none.

    Refuses ``IdempotencyKeyMismatch`` when both name one and differ, and whatever ``BodyDecoder.decode`` refuses.
    """
    key = read_idempotency_key(idempotency_key)
    if key is None:
        return decoder.decode(body)
    try:
        value = decoder.decode(body)
    except InvalidRequest as refusal:
        if refusal.field != "external_id":
            raise
        members = _decode_members(body)
        if "external_id" in members:
            raise
        members["external_id"] = msgspec.Raw(encode_json(key))
        return decoder.decode(encode_json(members))
    if value.external_id != key:
        raise IdempotencyKeyMismatch(
            "The header Idempotency-Key is not the body's external_id; nothing was recorded.",
            field="external_id",
            remedy="Send the same in both, or leave one of them out.",
        )
    return value
