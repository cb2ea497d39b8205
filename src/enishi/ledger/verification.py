"""Proof of the ledger: every balance and lot derived again from the journal and held against the accounts.

Works through the accounts in slices of their key, so that memory stays small and progress can be shown; two connections
share the slices. Each slice is first proven as a set, in one pass; only accounts that do not follow from the simplest
reading of their journal are looked at entry by entry, and what is wrong with them is named. Reads only.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import pairwise
from uuid import UUID

from psycopg import Connection
from psycopg_pool import ConnectionPool

from enishi.ledger import verify_queries as queries
from enishi.ledger import verify_set_queries as sets
from enishi.ledger.expiry_queries import count_accounts
from enishi.ledger.model import Difference, VerifyReport

SLICE = 50_000
"""Accounts proven at once: many, because what happened to one customer lies apart in the journal."""
_SHARES = 4
"""Slices that each connection gets at least, so that none is done long before the other."""
_SUSPECTS = 10_000
_LAST = UUID(int=(1 << 128) - 1)
_FIRST = UUID(int=0)


def verify(
    pool: ConnectionPool[Connection], progress: Callable[[int, int], None] | None = None, *, workers: int = 2
) -> VerifyReport:
    """Hold every account against the journal. ``progress`` is told the slices done and how many there are."""
    with pool.connection() as conn:
        conn.execute("set local statement_timeout = 0")
        size = min(SLICE, count_accounts(conn) // (_SHARES * workers) + 1)
        bounds = [_FIRST, *queries.select_slice_bounds(conn, size), _LAST]
    slices = list(pairwise(bounds))
    report = VerifyReport(0, 0, 0, 0, 0, [])
    with ThreadPoolExecutor(workers) as threads:
        parts = threads.map(partial(_verify_slice, pool), slices)
        for done, part in enumerate(parts, 1):
            report = _add(report, part)
            if progress:
                progress(done, len(slices))
    return report


def _verify_slice(pool: ConnectionPool[Connection], bounds: tuple[UUID, UUID]) -> VerifyReport:
    low, high = bounds
    with pool.connection() as conn, conn.transaction():
        conn.execute("set transaction isolation level repeatable read, read only")
        conn.execute("set local statement_timeout = 0")
        conn.execute("set local plan_cache_mode = force_custom_plan")
        conn.execute("set local jit = off")
        conn.execute("set local work_mem = '256MB'")
        found = sets.select_totals(conn, low, high)
        odd = sorted({*found.suspects, *sets.select_odd_lots(conn, low, high)})
        differences: list[Difference] = []
        for first in range(0, len(odd), _SUSPECTS):
            suspects = odd[first : first + _SUSPECTS]
            differences += queries.select_account_differences(conn, suspects)
            differences += queries.select_entry_differences(conn, suspects)
            differences += queries.select_reinstatement_differences(conn, suspects)
        return VerifyReport(found.accounts, found.entries, found.issued, found.redeemed, found.outstanding, differences)


def halves(conn: Connection) -> list[tuple[UUID, UUID]]:
    """The space of customers in two parts ``low <= id < high`` with about as many accounts each."""
    middle = queries.select_middle(conn)
    return [(_FIRST, _LAST)] if middle is None else [(_FIRST, middle), (middle, _LAST)]


def _add(one: VerifyReport, other: VerifyReport) -> VerifyReport:
    return VerifyReport(
        one.accounts + other.accounts,
        one.entries + other.entries,
        one.issued + other.issued,
        one.redeemed + other.redeemed,
        one.outstanding + other.outstanding,
        one.differences + other.differences,
    )
