"""Cursors of lists: where the page before ended, in a form that says nothing and can only be handed back."""

from __future__ import annotations

import base64
import binascii
from typing import TypeVar

import msgspec

from enishi.kit.errors import InvalidRequest

T = TypeVar("T")


def make_cursor(position: object) -> str:
    """The cursor that asks for what comes after a position."""
    return base64.urlsafe_b64encode(msgspec.json.encode(position)).decode().rstrip("=")


def open_cursor(cursor: str | None, kind: type[T]) -> T | None:
    """The position in a cursor; None for none. Raises ``InvalidRequest`` for one that this list did not give out."""
    if cursor is None:
        return None
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        return msgspec.json.decode(raw, type=kind)
    except (binascii.Error, ValueError, msgspec.MsgspecError):
        raise InvalidRequest(
            "The cursor is not one that this list gave out.", field="cursor", remedy="Start without a cursor."
        ) from None
