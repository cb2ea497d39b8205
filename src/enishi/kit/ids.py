"""Identifiers of our own: UUIDv7 (RFC 9562), so that keys grow with time and indexes stay dense."""

from __future__ import annotations

import secrets
import time
from hashlib import blake2b
from uuid import UUID

_VERSION_7 = 0x7 << 76
_VARIANT = 0b10 << 62
_LOW_62 = (1 << 62) - 1


def _uuid7(milliseconds: int, random_74: int) -> UUID:
    high = (milliseconds & ((1 << 48) - 1)) << 80
    return UUID(int=high | _VERSION_7 | ((random_74 >> 62) & 0xFFF) << 64 | _VARIANT | (random_74 & _LOW_62))


def new_id() -> UUID:
    """A fresh UUIDv7 for now."""
    return _uuid7(time.time_ns() // 1_000_000, secrets.randbits(74))


def derived_id(milliseconds: int, *parts: str) -> UUID:
    """The UUIDv7 that belongs to these parts at this instant: the same input gives the same key.

    ``milliseconds`` counts from the Unix epoch. The 74 free bits are a BLAKE2b digest of the parts, so two different
    receipts of one millisecond collide with probability 2⁻⁷⁴.
    """
    digest = blake2b("\x1f".join(parts).encode(), digest_size=10).digest()
    return _uuid7(milliseconds, int.from_bytes(digest, "big") >> 6)


def least_id(milliseconds: int) -> UUID:
    """The smallest UUIDv7 of an instant: IDs derived from it or a later one are not below it."""
    return _uuid7(milliseconds, 0)
