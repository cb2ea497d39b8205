"""What the chain consists of: its stores."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct


class Store(Struct, frozen=True):
    """A shop, online or of bricks. ``zone`` is the IANA time zone its clocks show."""

    code: Annotated[str, Meta(min_length=1, max_length=64)]
    name: Annotated[str, Meta(min_length=1, max_length=200)]
    zone: str = "Asia/Tokyo"
    invented: bool = False
