"""Going through the whole file once before anything is recorded: how many receipts it has, and which stand in pieces.

A receipt number that comes back further down is either the same receipt written twice, which is harmless, or rows of
one receipt that were parted, or two receipts that share a number. The latter two can not be told apart, and recording
the first piece would record a wrong receipt for ever; so neither piece is taken.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable
from typing import Final

from msgspec import Struct

from enishi.connectors.purchase_files.receipts import Group

_SHARES: Final = 64
"""The hashes are kept in so many parts and looked through part by part, so that memory stays at 16 bytes a receipt."""
_TELL_EVERY: Final = 10_000


class Prescan(Struct, frozen=True):
    """What a file holds: ``receipts`` counts groups of rows, refused ones too; ``parted`` are hashes of their keys."""

    receipts: int
    rows: int
    parted: frozenset[int]

    def is_parted(self, group: Group) -> bool:
        """Whether the number of this group stands in several places of the file with different rows."""
        return bool(self.parted) and group.key is not None and hash(group.key) in self.parted


def prescan(groups: Iterable[Group], on_rows: Callable[[int], None]) -> Prescan:
    """Go through all groups. ``on_rows`` is told now and then how many rows were seen."""
    keys = [array("q") for _ in range(_SHARES)]
    bodies = [array("q") for _ in range(_SHARES)]
    receipts = rows = told = 0
    for group in groups:
        receipts += 1
        rows += len(group.rows)
        if group.key is not None:
            key = hash(group.key)
            keys[key % _SHARES].append(key)
            bodies[key % _SHARES].append(_hash_rows(group))
        if rows - told >= _TELL_EVERY:
            told = rows
            on_rows(rows)
    on_rows(rows)
    return Prescan(receipts, rows, frozenset(_find_parted(keys, bodies)))


def _hash_rows(group: Group) -> int:
    try:
        return hash(tuple([tuple(row.cells) for row in group.rows]))
    except TypeError:
        # Nested values, as Parquet may have, can not be hashed themselves.
        return hash(tuple([str(row.cells) for row in group.rows]))


def _find_parted(keys: list[array[int]], bodies: list[array[int]]) -> set[int]:
    parted: set[int] = set()
    for some_keys, some_bodies in zip(keys, bodies, strict=True):
        body_of: dict[int, int] = {}
        for key, body in zip(some_keys, some_bodies, strict=True):
            if body_of.setdefault(key, body) != body:
                parted.add(key)
    return parted
