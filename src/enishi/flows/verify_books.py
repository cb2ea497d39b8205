"""The books against the journal: what closes have kept, and what follows from the first entry ever made.

Both are followed side by side, a slice of accounts at a time: once from where the newest close left off, once from the
beginning. Where an account stands, what was found by month, and what the closes have booked must be the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import TypeVar
from uuid import UUID

from msgspec import structs
from psycopg import Connection

from enishi import accounting
from enishi.accounting import Attributed, Attribution, MovementKey, PairSettlement, Standing, Start, StoredPosition
from enishi.flows.read_books import View, known_settings, open_view, settings_for
from enishi.flows.walk_books import list_slices, read_slice

BookDifference = tuple[str, str, str, str]
"""What it is about, the field, what the closes have kept, and what the journal gives."""

_Key = TypeVar("_Key")
_Name = Callable[[_Key], str]
_Differences = Iterator[BookDifference]


def compare_books(conn: Connection, progress: Callable[[int], None] | None = None) -> Iterator[BookDifference]:
    """Differences between the closes and the journal, in a transaction that sees one instant; none without a close.

    ``progress`` is told how many accounts have been compared.
    """
    month = _month_after_closes(conn)
    if month is None:
        return
    yield from _compare_settlements(conn)
    kept, anew = open_view(conn, month, None), open_view(conn, month, None, from_beginning=True)
    if kept.start.month is None:
        return
    pair = _Pair(kept, anew)
    compared = 0
    for accounts in list_slices(conn):
        for attribution, start in pair.sides:
            spans = accounting.load_spans(conn, start, accounts, standing_still=True)
            attribution.follow(read_slice(conn, attribution, kept.zone.key, start, spans, all_uses=True))
        yield from pair.take_differences()
        compared += len(accounts)
        if progress is not None:
            progress(compared)
    for attribution, _ in pair.sides:
        attribution.finish()
    yield from pair.take_differences()
    yield from _compare_sums(conn, pair)


def _month_after_closes(conn: Connection) -> date | None:
    closes = accounting.list_closes(conn)
    return accounting.month_after(closes[-1].month) if closes else None


def _compare_settlements(conn: Connection) -> Iterator[BookDifference]:
    """Who pays whom as it was frozen, against the points that the same month booked."""
    versions = known_settings(conn)
    for close in accounting.list_closes(conn):
        statement = accounting.load_closed(conn, close.month)
        settings = settings_for(versions, close.month).settings
        derived = accounting.settlement_of(structs.replace(statement, pairs=None), settings).pairs
        if statement.pairs is not None and statement.pairs != derived:
            yield f"{close.month:%Y-%m}", "books.settlement", _told(statement.pairs), _told(derived)


class _Pair:
    """The two ways of following, and accounts that one of them has ended and the other has not."""

    def __init__(self, kept: View, anew: View) -> None:
        self._ended: tuple[dict[UUID, StoredPosition], dict[UUID, StoredPosition]] = {}, {}
        self.kept = kept.make_attribution(lambda one, standing: self._end(0, one, standing))
        self.anew = anew.make_attribution(lambda one, standing: self._end(1, one, standing))
        self.views = kept, anew

    @property
    def sides(self) -> tuple[tuple[Attribution, Start], tuple[Attribution, Start]]:
        """Each attribution with its start."""
        return (self.kept, self.views[0].start), (self.anew, self.views[1].start)

    def take_differences(self) -> Iterator[BookDifference]:
        """Compare the accounts that both have ended."""
        left, right = self._ended
        for customer_id in sorted(left.keys() & right.keys()):
            found, derived = left.pop(customer_id), right.pop(customer_id)
            for field in ("seq", "standing", "uses"):
                one, other = getattr(found, field), getattr(derived, field)
                if one != other:
                    yield str(customer_id), f"books.{field}", _text(one), _text(other)

    def _end(self, side: int, customer_id: UUID, standing: Standing) -> None:
        self._ended[side][customer_id] = accounting.as_stored(customer_id, standing)


def _compare_sums(conn: Connection, pair: _Pair) -> Iterator[BookDifference]:
    kept, anew = pair.views
    found, derived = kept.find(conn, pair.kept), anew.find(conn, pair.anew)
    yield from _differ(
        "books.history",
        found.history,
        derived.history,
        lambda one: f"{_name_month(one[0])} {_name_key(one[1])}",
    )
    # What is booked and what is not booked yet is all there is.
    booked = accounting.load_booked(conn, kept.closes, None)
    beyond = accounting.load_booked(conn, kept.closes, kept.start.month)
    yield from _differ(
        "books.points",
        _by_key(found.points, {key: points - beyond.points.get(key, 0) for key, points in booked.points.items()}),
        _by_key(derived.points, {}),
        _name_key,
    )
    sales = dict(found.sales)
    for cohort, yen in booked.sales.items():
        sales[cohort] = sales.get(cohort, 0) + yen - beyond.sales.get(cohort, 0)
    yield from _differ("books.sales", sales, derived.sales, _name_month)


def _by_key(points: Attributed, besides: Mapping[MovementKey, int]) -> dict[MovementKey, int]:
    found = dict(besides)
    for (_, key), moved in points.items():
        found[key] = found.get(key, 0) + moved
    return found


def _differ(field: str, found: Mapping[_Key, int], derived: Mapping[_Key, int], name: _Name[_Key]) -> _Differences:
    for key in {*found, *derived}:
        one, other = found.get(key, 0), derived.get(key, 0)
        if one != other:
            yield name(key), field, str(one), str(other)


def _name_key(key: MovementKey) -> str:
    stores = [one for one in (key.issue_store, key.at_store) if one]
    return " ".join([f"{key.cohort:%Y-%m}", key.point_class.value, key.movement.value, *stores])


def _name_month(month: date) -> str:
    return f"{month:%Y-%m}"


def _told(pairs: Sequence[PairSettlement]) -> str:
    return ", ".join(f"{one.debtor or '-'}>{one.creditor or '-'} {one.net_yen}" for one in pairs)


def _text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
