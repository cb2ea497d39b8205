"""Proof across the domains: the ledger against its journal, and purchases against what they led to."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from functools import partial
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import TypeVar
from uuid import UUID

from msgspec import Struct
from psycopg import Connection
from psycopg_pool import ConnectionPool

from enishi import accounting, benefits, campaigns, ledger, program, purchases, ranks, referrals, reservations
from enishi.flows.context import PurchaseContext
from enishi.flows.verify_books import compare_books
from enishi.ledger import VerifyReport


class PurchaseDifference(Struct, frozen=True):
    """Where purchases and what followed from them disagree: what was found, and what the rest gives.

    ``customer_id`` begins with the customer; of closed books it names month, month of issue and class
    instead, of reservations the booking, day or place.
    """

    customer_id: str
    field: str
    found: str
    derived: str


class VerifyOutcome(Struct, frozen=True):
    """What was proven: the ledger's report, and the differences between purchases, journal and rank progress."""

    ledger: VerifyReport
    purchases: int
    differences: list[PurchaseDifference]

    @property
    def is_clean(self) -> bool:
        """Whether nothing differs anywhere."""
        return not self.ledger.differences and not self.differences


def verify_all(
    pool: ConnectionPool[Connection],
    context: PurchaseContext,
    progress: Callable[[int, int], None] | None = None,
    *,
    books: bool = True,
) -> VerifyOutcome:
    """Derive every balance, lot and month of progress again and report what differs. Reads only.

    It sees one instant per slice of accounts, one for each half of the purchases and one for the rest; it may run
    beside live traffic. The pool must have two connections to give.
    ``books`` follows the whole journal once more for the closed books, where a month is closed.
    """
    report = ledger.verify(pool, progress)
    with pool.connection() as conn:
        conn.execute("set local statement_timeout = 0")
        parts = ledger.halves(conn)
    with ThreadPoolExecutor(len(parts)) as threads:
        sums = list(threads.map(partial(_compare_part, pool, context), parts))
    with _one_instant(pool) as conn:
        count = purchases.count_purchases(conn)
        differences = [
            *(one for points, _ in sums for one in points),
            *(one for _, months in sums for one in months),
            *(
                PurchaseDifference(str(customer_id), field, found, derived)
                for customer_id, field, derived, found in ledger.select_pending_differences(conn)
            ),
            *(
                PurchaseDifference(str(one.customer_id), one.field, one.found, one.derived)
                for one in (*ledger.select_hold_differences(conn), *ledger.select_capture_differences(conn))
            ),
            *_compare(
                "points of campaigns [given, awards]",
                campaigns.stream_customer_sums(conn),
                ledger.stream_campaign_sums(conn),
            ),
            *(PurchaseDifference(*row) for row in campaigns.select_budget_differences(conn)),
            *(PurchaseDifference(*row) for row in accounting.select_differences(conn)),
            *(
                PurchaseDifference(str(customer_id), f"benefit given [times] {what}", found, allowed)
                for customer_id, what, found, allowed in benefits.select_differences(conn)
            ),
            *_compare_ranks(conn),
            *_compare(
                "points of referrals [paid]",
                ledger.stream_grants_because_of(conn, "referral"),
                referrals.stream_paid_entries(conn),
            ),
            *(
                PurchaseDifference(str(customer_id), what, found, expected)
                for customer_id, what, found, expected in referrals.select_differences(conn)
            ),
            *(PurchaseDifference(*row) for row in reservations.find_differences(conn)),
            *(PurchaseDifference(*row) for row in (compare_books(conn) if books else ())),
        ]
    return VerifyOutcome(report, count, differences)


def _compare_ranks(conn: Connection) -> Iterator[PurchaseDifference]:
    """Ranks held against their history, the history against itself, and what ranks gave against the journal."""
    yield from _compare("rank held [level, changes]", ranks.stream_standings(conn), ranks.stream_newest_changes(conn))
    for customer_id, seq, left, began in ranks.select_broken_chains(conn):
        yield PurchaseDifference(str(customer_id), f"rank change {seq} [from]", began, left or "none before it")
    yield from _compare(
        "points of ranks [given]", ledger.stream_grants_because_of(conn, "rank"), ranks.stream_given_points(conn)
    )


@contextmanager
def _one_instant(pool: ConnectionPool[Connection]) -> Generator[Connection]:
    """A connection that sees one instant, and may take as long as it needs."""
    with pool.connection() as conn, conn.transaction():
        conn.execute("set transaction isolation level repeatable read, read only")
        conn.execute("set local statement_timeout = 0")
        conn.execute("set local jit = off")
        conn.execute("set local work_mem = '256MB'")
        yield conn


def _compare_part(
    pool: ConnectionPool[Connection], context: PurchaseContext, part: tuple[UUID, UUID]
) -> tuple[list[PurchaseDifference], list[PurchaseDifference]]:
    """What purchases, journal and rank progress of the customers ``low <= id < high`` differ in: points, and months."""
    low, high = part
    with _one_instant(pool) as conn:
        versions = context.versions(conn)
        zone = (versions[-1].settings if versions else program.default_settings()).zone
        points = _compare(
            "points of purchases [earned, used, entries, taken, given]",
            ledger.stream_purchase_sums(conn, low, high),
            purchases.stream_point_sums(conn, low, high),
        )
        months = _compare(
            "rank progress [yen, without tax, purchases, points, days]",
            _filled(ranks.stream_progress(conn, low, high)),
            _filled(_added(purchases.stream_month_sums(conn, zone, low, high), _confirmed_months(conn, low, high))),
        )
        return list(points), list(months)


def _confirmed_months(conn: Connection, low: UUID, high: UUID) -> Iterator[tuple[tuple[UUID, date], tuple[int, ...]]]:
    """Points that were confirmed, as rank progress counts them."""
    for key, (_, _, points) in ledger.stream_pending_months(conn, low, high):
        yield key, (0, 0, 0, points, 0)


_Key = TypeVar("_Key", bound=tuple[object, ...])
_Sums = tuple[int, ...]


def _compare(
    field: str, found: Iterator[tuple[_Key, _Sums]], derived: Iterator[tuple[_Key, _Sums]]
) -> Iterator[PurchaseDifference]:
    """Walk two streams, both ascending by key, and yield what stands in one only or differs."""
    left, right = next(found, None), next(derived, None)
    while left is not None or right is not None:
        if right is None or (left is not None and left[0] < right[0]):  # pyright: ignore[reportOperatorIssue]
            yield _difference(field, left, None)
            left = next(found, None)
        elif left is None or right[0] < left[0]:  # pyright: ignore[reportOperatorIssue]
            yield _difference(field, None, right)
            right = next(derived, None)
        else:
            if left[1] != right[1]:
                yield _difference(field, left, right)
            left, right = next(found, None), next(derived, None)


def _added(one: Iterator[tuple[_Key, _Sums]], other: Iterator[tuple[_Key, _Sums]]) -> Iterator[tuple[_Key, _Sums]]:
    """Two streams, both ascending by key, as one in which equal keys are added up."""
    for key, group in groupby(merge(one, other), key=itemgetter(0)):
        yield key, tuple(sum(numbers) for numbers in zip(*(sums for _, sums in group), strict=True))


def _filled(sums: Iterator[tuple[_Key, _Sums]]) -> Iterator[tuple[_Key, _Sums]]:
    """Without what says nothing: a merge leaves empty months behind."""
    return (one for one in sums if any(one[1]))


def _difference(field: str, found: tuple[_Key, _Sums] | None, derived: tuple[_Key, _Sums] | None) -> PurchaseDifference:
    key = (found or derived or (("",), ()))[0]
    return PurchaseDifference(
        " ".join(str(part) for part in key),
        field,
        "nothing" if found is None else str(list(found[1])),
        "nothing" if derived is None else str(list(derived[1])),
    )
