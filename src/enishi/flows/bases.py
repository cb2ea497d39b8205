"""What journal entries other than earnings rest on: kept with the entry, and told to whoever asks why."""

from __future__ import annotations

from uuid import UUID

from msgspec import Struct


class ReturnBasis(Struct, gc=False, frozen=True, omit_defaults=True, tag="return", tag_field="t"):
    """A return: what the whole receipt had earned or used, and what of it belongs to the goods that are left.

    ``lines`` are [line of the receipt, quantity] that came back.
    """

    return_id: UUID
    external_id: str
    lines: tuple[tuple[int, int], ...]
    whole: int
    left: int
    version: int = 0
