"""The SQL of back-tests: the queue, who works on what, how far it is, and what came of it.

Leases run by the clock of the database, so processes on several machines agree on who has fallen silent.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row, scalar_row

from enishi.drafts.backtest_model import Backtest, BacktestBrief

_CLAIMING_LOCK = 0x656E_6973_6869_0151
"""Number of the advisory lock under which processes choose what to work on."""


def lock_claims(conn: Connection) -> None:
    """Wait until no other process is choosing what to work on; held until this transaction ends."""
    conn.execute("select pg_advisory_xact_lock(%s)", (_CLAIMING_LOCK,))


def insert_backtest(
    conn: Connection, draft_id: int, revision: int, since: datetime | None, *, requested_by: str, requested_at: datetime
) -> int | None:
    """Put a back-test into the queue and give its number; None where one of the draft waits already."""
    cursor = conn.cursor(row_factory=scalar_row)
    return cursor.execute(
        """
        insert into drafts.backtests (draft_id, revision, requested_by, requested_at, since)
        values (%s, %s, %s, %s, %s)
        on conflict (draft_id) where state in ('queued', 'running') do nothing
        returning backtest_id
        """,
        (draft_id, revision, requested_by, requested_at, since),
    ).fetchone()


def select_briefs(conn: Connection, draft_id: int, limit: int) -> list[BacktestBrief]:
    """The newest back-tests of a draft, without their results, newest first."""
    cursor = conn.cursor(row_factory=class_row(BacktestBrief))
    return cursor.execute(
        """
        select
            backtest_id, draft_id, revision, document_hash, requested_by, requested_at, since, state, attempts,
            started_at, finished_at, history_until, rules_hash, receipts_done, receipts_total, error_code, error_detail
        from drafts.backtests
        join drafts.revisions using (draft_id, revision)
        where draft_id = %s
        order by backtest_id desc
        limit %s
        """,
        (draft_id, limit),
    ).fetchall()


def select_brief(conn: Connection, draft_id: int, backtest_id: int) -> BacktestBrief | None:
    """One back-test without its result."""
    cursor = conn.cursor(row_factory=class_row(BacktestBrief))
    return cursor.execute(
        """
        select
            backtest_id, draft_id, revision, document_hash, requested_by, requested_at, since, state, attempts,
            started_at, finished_at, history_until, rules_hash, receipts_done, receipts_total, error_code, error_detail
        from drafts.backtests
        join drafts.revisions using (draft_id, revision)
        where draft_id = %s and backtest_id = %s
        """,
        (draft_id, backtest_id),
    ).fetchone()


def select_result(conn: Connection, draft_id: int, backtest_id: int) -> str | None:
    """The result of a back-test as it was written; None where there is none."""
    cursor = conn.cursor(row_factory=scalar_row)
    return cursor.execute(
        "select result::text from drafts.backtests where draft_id = %s and backtest_id = %s", (draft_id, backtest_id)
    ).fetchone()


def select_is_waiting(conn: Connection, lease_seconds: float) -> bool | None:
    """Whether there is something to work on and nobody who works."""
    cursor = conn.cursor(row_factory=scalar_row)
    return cursor.execute(
        """
        select
            exists (select from drafts.backtests where state in ('queued', 'running'))
            and not exists (
                select from drafts.backtests
                where state = 'running' and heartbeat_at > now() - make_interval(secs => %s)
            )
        """,
        (lease_seconds,),
    ).fetchone()


def update_claimed(
    conn: Connection, runner: UUID, started_at: datetime, rules_hash: bytes, lease_seconds: float
) -> Backtest | None:
    """Take what fell silent, or else the oldest that waits; None where there is nothing, or somebody works already.

    Up to when history is read stays what the first attempt chose.
    """
    cursor = conn.cursor(row_factory=class_row(Backtest))
    return cursor.execute(
        """
        update drafts.backtests as held set
            state = 'running',
            runner = %(runner)s,
            heartbeat_at = now(),
            attempts = attempts + 1,
            started_at = coalesce(started_at, %(at)s),
            history_until = coalesce(history_until, %(at)s),
            rules_hash = %(rules)s,
            receipts_done = 0
        from drafts.revisions as revision
        where
            backtest_id = (
                select backtest_id from drafts.backtests
                where state in ('queued', 'running')
                order by state = 'running' desc, backtest_id
                limit 1
            )
            and (state = 'queued' or heartbeat_at <= now() - make_interval(secs => %(lease)s))
            and revision.draft_id = held.draft_id
            and revision.revision = held.revision
        returning backtest_id, runner, held.draft_id, held.revision, document::text, since, history_until, attempts
        """,
        {"runner": runner, "at": started_at, "rules": rules_hash, "lease": lease_seconds},
    ).fetchone()


def update_progress(conn: Connection, backtest_id: int, runner: UUID, *, done: int, total: int | None) -> bool:
    """Tell how far it is; False where it is somebody else's by now, or was cancelled."""
    cursor = conn.execute(
        """
        update drafts.backtests set receipts_done = %s, receipts_total = %s, heartbeat_at = now()
        where backtest_id = %s and runner = %s and state = 'running'
        """,
        (done, total, backtest_id, runner),
    )
    return cursor.rowcount == 1


def update_done(
    conn: Connection, backtest_id: int, runner: UUID, *, result: str, receipts: int, finished_at: datetime
) -> bool:
    """Keep the result; False where it is somebody else's by now, or was cancelled."""
    cursor = conn.execute(
        """
        update drafts.backtests set
            state = 'done', result = %s::json, receipts_done = %s, receipts_total = %s, finished_at = %s
        where backtest_id = %s and runner = %s and state = 'running'
        """,
        (result, receipts, receipts, finished_at, backtest_id, runner),
    )
    return cursor.rowcount == 1


def update_failed(
    conn: Connection, backtest_id: int, runner: UUID, *, code: str, detail: str, finished_at: datetime
) -> bool:
    """Keep why there is no result; False where it is somebody else's by now, or was cancelled."""
    cursor = conn.execute(
        """
        update drafts.backtests set state = 'failed', error_code = %s, error_detail = %s, finished_at = %s
        where backtest_id = %s and runner = %s and state = 'running'
        """,
        (code, detail, finished_at, backtest_id, runner),
    )
    return cursor.rowcount == 1


def update_released(conn: Connection, runner: UUID) -> int:
    """Put what a process worked on back into the queue, since it has ended."""
    cursor = conn.execute(
        "update drafts.backtests set state = 'queued' where runner = %s and state = 'running'", (runner,)
    )
    return cursor.rowcount


def update_cancelled(conn: Connection, draft_id: int, finished_at: datetime) -> int | None:
    """Call off what waits or runs of a draft and give its number; None where there is nothing."""
    cursor = conn.cursor(row_factory=scalar_row)
    return cursor.execute(
        """
        update drafts.backtests set state = 'cancelled', finished_at = %s
        where draft_id = %s and state in ('queued', 'running')
        returning backtest_id
        """,
        (finished_at, draft_id),
    ).fetchone()
