"""An account as the books see it: whose points are left in it, on hold or owed, and which were used where.

A *piece* is points of one origin: the month, the class and the store that issued them. Pieces of one origin that lie
next to each other are one. This is what is kept of an account at a close, so it is small and has one form only: the
same entries give the same bytes, whether they were followed at once or from close to close.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple
from uuid import UUID

import msgspec

from enishi.accounting.model import HeldPoints, PointClass

_CODES = {PointClass.MATERIAL: "m", PointClass.OTHER: "o"}
_CLASSES = {code: point_class for point_class, code in _CODES.items()}
_StoredPiece = tuple[str, str, str, int]
_StoredUse = tuple[str, str, str, int, UUID | None, str]
_decode_standing = msgspec.json.Decoder(
    tuple[list[tuple[str, str, list[_StoredPiece]]], list[_StoredPiece], list[_StoredPiece]]
).decode
_decode_uses = msgspec.json.Decoder(list[_StoredUse]).decode
_encode = msgspec.json.Encoder().encode


class Origin:
    """Where points come from. There is one object of each, so that they are told apart quickly; see ``Origins``."""

    __slots__ = ("code", "cohort", "point_class", "store")

    def __init__(self, cohort: date, point_class: PointClass, store: str) -> None:
        self.cohort = cohort
        self.point_class = point_class
        self.store = store
        self.code = (f"{cohort:%Y-%m}", _CODES[point_class], store)


class Origins:
    """The origins that a walk has met."""

    def __init__(self) -> None:
        self._known: dict[tuple[date, PointClass, str], Origin] = {}
        self._by_code: dict[tuple[str, str, str], Origin] = {}

    def of(self, cohort: date, point_class: PointClass, store: str) -> Origin:
        """The origin with these properties."""
        key = cohort, point_class, store
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = Origin(cohort, point_class, store)
            self._by_code[found.code] = found
        return found

    def of_code(self, code: tuple[str, str, str]) -> Origin:
        """The origin that is written like this."""
        found = self._by_code.get(code)
        if found is None:
            month, point_class, store = code
            found = self.of(date(int(month[:4]), int(month[5:]), 1), _CLASSES[point_class], store)
        return found


class Piece(NamedTuple):
    """Points of one origin."""

    origin: Origin
    points: int


class Use(NamedTuple):
    """Points of one origin that a purchase used at a store."""

    origin: Origin
    points: int
    purchase_id: UUID | None
    at_store: str


Pieces = deque[Piece]


class Standing:
    """An account while its entries are followed.

    ``uses`` are those since the account was last kept, or all of them where ``uses_whole``.
    """

    __slots__ = ("buckets", "held", "owed", "seq", "uses", "uses_whole")

    def __init__(self) -> None:
        self.seq = 0
        self.buckets: dict[tuple[str, str], Pieces] = {}
        self.held: Pieces = deque()
        self.owed: Pieces = deque()
        self.uses: list[Use] = []
        self.uses_whole = False

    @property
    def balance(self) -> int:
        """Points as the ledger counts them: without those on hold, less what is owed."""
        left = sum(piece.points for pieces in self.buckets.values() for piece in pieces)
        return left - sum(piece.points for piece in self.owed)

    def held_points(self, customer_id: UUID) -> Iterator[HeldPoints]:
        """What is left, by cohort; points on hold included, owed ones counted below zero."""
        left: dict[tuple[date, PointClass], int] = {}
        signed = [(piece, 1) for pieces in (*self.buckets.values(), self.held) for piece in pieces]
        for piece, sign in (*signed, *((piece, -1) for piece in self.owed)):
            key = piece.origin.cohort, piece.origin.point_class
            left[key] = left.get(key, 0) + sign * piece.points
        for (cohort, point_class), points in sorted(left.items()):
            if points:
                yield HeldPoints(customer_id, cohort, point_class, points)


def encode_standing(one: Standing) -> bytes:
    """What is left, on hold and owed, in its one form."""
    buckets = [(*bucket, _written(pieces)) for bucket, pieces in sorted(one.buckets.items())]
    return _encode((buckets, _written(one.held), _written(one.owed)))


def encode_uses(uses: Iterable[Use]) -> bytes:
    """Uses in their order."""
    return _encode([(*use.origin.code, use.points, use.purchase_id, use.at_store) for use in uses])


def decode_standing(text: bytes | str, seq: int, origins: Origins) -> Standing:
    """An account as it was kept after an entry, without its uses."""
    buckets, held, owed = _decode_standing(text)
    one = Standing()
    one.seq = seq
    one.buckets = {(kind, last_day): _read(pieces, origins) for kind, last_day, pieces in buckets}
    one.held, one.owed = _read(held, origins), _read(owed, origins)
    return one


def decode_uses(text: bytes | str, origins: Origins) -> list[Use]:
    """Uses in their order."""
    return [
        Use(origins.of_code((month, point_class, store)), points, purchase_id, at_store)
        for month, point_class, store, points, purchase_id, at_store in _decode_uses(text)
    ]


def append(pieces: Pieces, piece: Piece) -> None:
    """Put points at the end."""
    if pieces and pieces[-1].origin is piece.origin:
        pieces[-1] = Piece(piece.origin, pieces[-1].points + piece.points)
    else:
        pieces.append(piece)


def take(pieces: Pieces, points: int) -> Pieces:
    """Take points off the front; fewer when there are fewer."""
    taken: Pieces = deque()
    while points > 0 and pieces:
        first = pieces.popleft()
        if first.points > points:
            pieces.appendleft(Piece(first.origin, first.points - points))
            first = Piece(first.origin, points)
        append(taken, first)
        points -= first.points
    return taken


def take_of(pieces: Pieces, points: int, own: Iterable[Origin]) -> tuple[Pieces, Pieces]:
    """Take points of these origins before any others; gives what was taken and what is left, in their order."""
    wanted, taken, left = set(own), Pieces(), Pieces()
    for piece in pieces:
        part = min(points, piece.points) if piece.origin in wanted else 0
        if part:
            append(taken, Piece(piece.origin, part))
            points -= part
        if piece.points > part:
            append(left, Piece(piece.origin, piece.points - part))
    for piece in take(left, points):
        append(taken, piece)
    return taken, left


def _written(pieces: Pieces) -> list[tuple[str, str, str, int]]:
    return [(*piece.origin.code, piece.points) for piece in pieces]


def _read(pieces: list[_StoredPiece], origins: Origins) -> Pieces:
    return deque(
        Piece(origins.of_code((month, point_class, store)), points) for month, point_class, store, points in pieces
    )
