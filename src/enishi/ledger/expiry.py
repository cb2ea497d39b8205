"""The sweep: points past their last day leave the accounts by entries of their own.

What a member can spend does not wait for it, because lots past their last day never count (``rules.balance_on``). The
sweep walks the accounts by their key, a slice a transaction, and locks only those with something to book, in ascending
order as every batch does. It can be cut off anywhere and begun again: a slice is booked whole or not at all, and what
is booked is not found a second time.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from uuid import UUID

from psycopg import Connection

from enishi.ledger import expiry_queries as queries
from enishi.ledger.expiry_queries import Expired, ExpiringDay, ExpiringMember
from enishi.ledger.model import Ending

SLICE = 10_000
"""Accounts a transaction: few enough that a till which needs one of them hardly waits."""
_KINDS = {"r": "regular", "l": "limited"}


def sweep_expired(
    conn: Connection,
    today: date,
    zone: str,
    recorded_at: datetime,
    progress: Callable[[int, int], None] | None = None,
    *,
    ending: Ending | None = None,
    slice_size: int = SLICE,
) -> Expired:
    """Book everything that is past its last day on ``today`` in ``zone``, in transactions of its own.

    The last day of a lot is its own, or that of its kind (``ending``) where it comes first: that is the day its points
    expire on. ``progress`` is told after each slice how many accounts have been looked at, of how many.
    """
    with conn.transaction():
        total = queries.count_accounts(conn)
    after, seen = UUID(int=0), 0
    accounts = entries = points = 0
    while True:
        with conn.transaction():
            last, size = queries.select_slice_end(conn, after, slice_size)
            if last is None:
                return Expired(accounts, entries, points)
            due = queries.lock_due_accounts(conn, after, last, today, ending)
            if due:
                booked = queries.expire_lots(conn, due, today, zone, recorded_at, ending=ending)
                accounts, entries, points = (
                    accounts + booked.accounts,
                    entries + booked.entries,
                    points + booked.points,
                )
        after, seen = last, seen + size
        if progress:
            progress(seen, max(total, seen))


def expiring_days(conn: Connection, first: date, last: date, ending: Ending | None = None) -> list[ExpiringDay]:
    """What expires with the end of each day from ``first`` to ``last``, by kind, over all members, soonest first."""
    return [
        ExpiringDay(one.expires_on, _KINDS[one.kind], one.members, one.points)
        for one in queries.select_expiring_days(conn, first, last, ending)
    ]


def expiring_members(
    conn: Connection, first: date, last: date, after: UUID | None, limit: int, *, ending: Ending | None = None
) -> list[ExpiringMember]:
    """Members with points that expire from ``first`` to ``last``, by their key after ``after``."""
    return queries.select_expiring_members(conn, first, last, after or UUID(int=0), limit, ending=ending)
