"""The queue of back-tests: asking for one, taking one on, telling how far it is, and keeping what came of it.

Invariant: one is worked on at a time, and only the process named in its row writes of it. A process that falls silent
loses it to the next, which begins again on the same history.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from psycopg import Connection

from enishi import audit
from enishi.drafts import backtest_queries as queries
from enishi.drafts.backtest_model import (
    LEASE_SECONDS,
    MAX_ATTEMPTS,
    Backtest,
    BacktestBrief,
    BacktestWaits,
    NoBacktestWaits,
    UnknownBacktest,
)

_SHOWN = 50
PROCESS_DIED = "process-died"
"""The code of a back-test that was given up because its process died again and again."""


def request_backtest(
    conn: Connection, draft_id: int, revision: int, since: datetime | None, *, author: str, at: datetime
) -> BacktestBrief:
    """Put a revision into the queue; figures begin with ``since``. Refuses ``BacktestWaits``."""
    backtest_id = queries.insert_backtest(conn, draft_id, revision, since, requested_by=author, requested_at=at)
    if backtest_id is None:
        raise BacktestWaits(
            "A back-test of this draft waits or runs already.", remedy="Wait for it, or cancel it first."
        )
    audit.record_event(
        conn,
        actor=author,
        action="draft.backtest",
        target=f"draft:{draft_id}",
        detail={"backtest": backtest_id, "revision": revision},
        at=at,
    )
    return find_backtest(conn, draft_id, backtest_id)


def cancel_backtest(conn: Connection, draft_id: int, author: str, at: datetime) -> BacktestBrief:
    """Call off the back-test of a draft that waits or runs. Refuses ``NoBacktestWaits``."""
    backtest_id = drop_backtest(conn, draft_id, at)
    if backtest_id is None:
        raise NoBacktestWaits("No back-test of this draft waits or runs.", remedy="Load the page again.")
    audit.record_event(
        conn,
        actor=author,
        action="draft.backtest-cancelled",
        target=f"draft:{draft_id}",
        detail={"backtest": backtest_id},
        at=at,
    )
    return find_backtest(conn, draft_id, backtest_id)


def drop_backtest(conn: Connection, draft_id: int, at: datetime) -> int | None:
    """Call off what waits or runs of a draft, if anything does: nobody needs the answer any more."""
    return queries.update_cancelled(conn, draft_id, at)


def list_backtests(conn: Connection, draft_id: int) -> list[BacktestBrief]:
    """The newest back-tests of a draft, newest first."""
    return queries.select_briefs(conn, draft_id, _SHOWN)


def find_backtest(conn: Connection, draft_id: int, backtest_id: int) -> BacktestBrief:
    """One back-test of a draft. Raises ``UnknownBacktest``."""
    found = queries.select_brief(conn, draft_id, backtest_id)
    if found is None:
        raise UnknownBacktest(f"The draft has no back-test {backtest_id}.", field="backtest_id")
    return found


def load_result(conn: Connection, draft_id: int, backtest_id: int) -> str | None:
    """The result as JSON, as it was written; None while there is none. Raises ``UnknownBacktest``."""
    find_backtest(conn, draft_id, backtest_id)
    return queries.select_result(conn, draft_id, backtest_id)


def is_backtest_waiting(conn: Connection) -> bool:
    """Whether there is something to work on and nobody who works."""
    return bool(queries.select_is_waiting(conn, LEASE_SECONDS))


def claim_backtest(conn: Connection, runner: UUID, rules_hash: bytes, now: datetime) -> Backtest | None:
    """Take on the next back-test, in the caller's transaction; None where there is nothing to do.

    One whose process died ``MAX_ATTEMPTS`` times is given up instead.
    """
    queries.lock_claims(conn)
    while (taken := queries.update_claimed(conn, runner, now, rules_hash, LEASE_SECONDS)) is not None:
        if taken.attempts <= MAX_ATTEMPTS:
            return taken
        detail = f"The process died {MAX_ATTEMPTS} times."
        keep_failure(conn, taken, PROCESS_DIED, detail, now)
    return None


def tell_progress(conn: Connection, taken: Backtest, done: int, total: int | None) -> bool:
    """Tell how far it is, which keeps the claim; False where the work was lost to somebody else, or cancelled."""
    return queries.update_progress(conn, taken.backtest_id, taken.runner, done=done, total=total)


def keep_result(conn: Connection, taken: Backtest, result: str, receipts: int, now: datetime) -> bool:
    """Keep what came of it; False where the work was lost to somebody else, or cancelled."""
    return queries.update_done(conn, taken.backtest_id, taken.runner, result=result, receipts=receipts, finished_at=now)


def keep_failure(conn: Connection, taken: Backtest, code: str, detail: str, now: datetime) -> bool:
    """Keep why nothing came of it; False where the work was lost to somebody else, or cancelled."""
    return queries.update_failed(conn, taken.backtest_id, taken.runner, code=code, detail=detail, finished_at=now)


def release_backtest(conn: Connection, runner: UUID) -> int:
    """Put back what a process had taken on and left behind; how many."""
    return queries.update_released(conn, runner)
