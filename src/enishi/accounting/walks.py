"""Walks: how far the journal was followed by each close, what was found on the way, and going on from there.

A walk begins where the newest usable close left off. What it finds is written down with where every account stands
then; a close that names it makes it the beginning of the next. Nothing in it is a second truth: following the journal
from its first entry gives the same, and ``enishi verify`` does that.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from msgspec import Struct
from psycopg import Connection

from enishi.accounting import walk_queries as queries
from enishi.accounting.attribution import Attributed, Attribution
from enishi.accounting.figures import Activity
from enishi.accounting.model import CloseRecord, HeldPoints, MovementKey, Walk
from enishi.accounting.standing import (
    Origins,
    Standing,
    Use,
    decode_standing,
    decode_uses,
    encode_standing,
    encode_uses,
)
from enishi.accounting.statements import Found
from enishi.accounting.walk_queries import Span, StoredPosition

_COMMITS_WITHIN = timedelta(days=1)
"""No entry is committed so long after the instant it is recorded under."""
_NO_TIME = datetime.fromisoformat("2000-01-01T00:00:00+00:00")


class Start(Struct, frozen=True):
    """Where to go on from: the walks of the closes up to ``month``, the newest of which is ``walk``; or from the start.

    ``upto`` are the walks beyond which nothing has to be looked at; None: to the end of the journal.
    """

    month: date | None = None
    walk: Walk | None = None
    walks: tuple[int, ...] = ()
    upto: tuple[int, ...] | None = None


FROM_THE_BEGINNING = Start()


def choose_start(closes: Sequence[CloseRecord], month: date, until: datetime | None) -> Start:
    """Where to begin the books of a month from what was recorded by an instant (None: all there is).

    That is the newest close of an earlier month, made by then, whose walk saw nothing that was recorded later.
    """
    kept = [(one, one.walk) for one in closes if one.walk is not None]
    usable = [
        (one.month, walk)
        for one, walk in kept
        if one.month < month and (until is None or (one.closed_at <= until and walk.newest_at <= until))
    ]
    upto: tuple[int, ...] | None = None
    if until is not None:
        beyond = [number for number, (_, walk) in enumerate(kept) if walk.newest_at > until + _COMMITS_WITHIN]
        if beyond:
            upto = tuple(walk.walk for _, walk in kept[: beyond[0] + 1])
    if not usable:
        return Start(upto=upto)
    when, last = usable[-1]
    return Start(when, last, tuple(walk.walk for _, walk in usable), upto)


def load_spans(
    conn: Connection, start: Start, accounts: Sequence[tuple[UUID, int]], *, standing_still: bool = False
) -> list[Span]:
    """What of these accounts is to be followed; ``standing_still``: also those that have not moved since."""
    spans = queries.select_spans(conn, accounts, start.walks, start.upto)
    return spans if standing_still else [span for span in spans if span.upto > span.above]


def read_standing(span: Span, origins: Origins) -> Standing | None:
    """Where the account of a span stood; None before its first entry."""
    return None if span.stood is None else decode_standing(span.stood, span.above, origins)


def load_uses(conn: Connection, start: Start, customers: Sequence[UUID], origins: Origins) -> dict[UUID, list[Use]]:
    """All that these accounts had used, and not got back, where the walk goes on."""
    found: dict[UUID, list[Use]] = {one: [] for one in customers}
    if customers and start.walks:
        for customer_id, uses, whole in queries.select_uses(conn, customers, start.walks):
            if whole:
                found[customer_id] = []
            found[customer_id] += decode_uses(uses, origins)
    return found


def load_held(conn: Connection, start: Start, customer_id: UUID) -> list[HeldPoints]:
    """What a customer, whose account has not moved since the start, has left."""
    origins = Origins()
    stood = [read_standing(span, origins) for span in queries.select_spans(conn, [(customer_id, 1)], start.walks, None)]
    return [held for standing in stood if standing is not None for held in standing.held_points(customer_id)]


def load_found(conn: Connection, start: Start, attribution: Attribution, activity: Activity) -> Found:
    """What the walk has found, on top of what those before it found and no close up to theirs has booked."""
    new = attribution.points
    if start.month is None:
        return Found(new, attribution.sales, _without_stores(new), activity)
    points = _added(queries.select_ahead(conn, start.walks, start.month), new)
    sales = queries.select_sold(conn, start.walks, start.month)
    for cohort, yen in attribution.sales.items():
        sales[cohort] = sales.get(cohort, 0) + yen
    history = _added(queries.select_walked(conn, start.walks), _without_stores(new))
    return Found(points, sales, history, activity)


def walk_so_far(start: Start, attribution: Attribution, number: int = 0) -> Walk:
    """How far the journal has been followed."""
    before = start.walk or Walk(0, _NO_TIME, 0, 0, 0)
    return Walk(
        number,
        max(before.newest_at, attribution.newest_at or before.newest_at),
        before.accounts + attribution.new_accounts,
        before.entries + attribution.entries,
        before.balance + attribution.balance,
    )


class WalkBook:
    """Writes a walk down while it goes on, in the caller's transaction; ``keep`` is told where an account stands."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self.number = queries.next_walk(conn)
        self._rows: list[StoredPosition] = []

    def keep(self, customer_id: UUID, standing: Standing) -> None:
        """Keep an account as the walk leaves it."""
        self._rows.append(as_stored(customer_id, standing))

    def write_positions(self) -> None:
        """Write what was kept since the last time."""
        if self._rows:
            queries.insert_positions(self._conn, self.number, self._rows)
            self._rows = []

    def finish(self, month: date, start: Start, attribution: Attribution) -> None:
        """Write down what was found, and the head of the walk."""
        self.write_positions()
        points = attribution.points
        queries.insert_walk(self._conn, month, walk_so_far(start, attribution, self.number))
        queries.insert_walked(self._conn, self.number, _without_stores(points))
        queries.insert_ahead(self._conn, self.number, {key: moved for key, moved in points.items() if key[0] > month})
        queries.insert_sold(self._conn, self.number, {cohort: yen for cohort, yen in attribution.sales.items() if yen})


def as_stored(customer_id: UUID, standing: Standing) -> StoredPosition:
    """An account in the one form in which it is kept."""
    return StoredPosition(
        customer_id,
        standing.seq,
        encode_standing(standing),
        encode_uses(standing.uses) if standing.uses else None,
        standing.uses_whole,
    )


def forget_cut_off_walks(conn: Connection) -> None:
    """Remove what walks left behind whose month was closed by another."""
    queries.delete_cut_off(conn)


def _without_stores(points: Attributed) -> Attributed:
    found: Attributed = {}
    for (month, key), moved in points.items():
        bare = month, MovementKey(key.cohort, key.point_class, key.movement, "", "")
        found[bare] = found.get(bare, 0) + moved
    return found


def _added(one: Attributed, other: Attributed) -> Attributed:
    for key, moved in other.items():
        one[key] = one.get(key, 0) + moved
    return one


def spans_of(spans: Iterable[Span]) -> list[tuple[UUID, int, int]]:
    """Spans as the ledger is asked for them."""
    return [(span.customer_id, span.above, span.upto) for span in spans if span.upto > span.above]
