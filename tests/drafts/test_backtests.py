"""The queue of back-tests: one at a time, by whoever is alive, and only they write of it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import psycopg
import pytest
from tests.drafts.factories import WRITER, begin, rate
from tests.flows.factories import NOW

from enishi import drafts
from enishi.drafts import MAX_ATTEMPTS, PROCESS_DIED, Backtest, BacktestBrief

ONE, OTHER = UUID(int=1), UUID(int=2)
RULES = bytes(32)


def _request(conn: psycopg.Connection, draft_id: int) -> BacktestBrief:
    with conn.transaction():
        return drafts.request_backtest(conn, draft_id, 1, None, author=WRITER, at=NOW)


def _claim(conn: psycopg.Connection, runner: UUID, minutes: int = 0) -> Backtest | None:
    with conn.transaction():
        return drafts.claim_backtest(conn, runner, RULES, NOW + timedelta(minutes=minutes))


def _fall_silent(owner_conn: psycopg.Connection) -> None:
    owner_conn.execute("update drafts.backtests set heartbeat_at = heartbeat_at - interval '1 hour'")
    owner_conn.commit()


@pytest.fixture
def two(conn: psycopg.Connection) -> list[int]:
    return [begin(conn, rate(points), NOW).draft_id for points in (2, 3)]


def test_the_oldest_is_worked_on_first_and_one_at_a_time(conn: psycopg.Connection, two: list[int]) -> None:
    first, second = (_request(conn, draft) for draft in two)
    assert drafts.is_backtest_waiting(conn)
    taken = _claim(conn, ONE)
    assert taken is not None
    assert (taken.backtest_id, taken.attempts, taken.history_until) == (first.backtest_id, 1, NOW)
    assert not drafts.is_backtest_waiting(conn)
    assert _claim(conn, OTHER) is None
    with conn.transaction():
        assert drafts.tell_progress(conn, taken, 5, 9)
        assert drafts.keep_result(conn, taken, '{"a": 1}', 9, NOW)
    done = drafts.find_backtest(conn, two[0], first.backtest_id)
    assert (done.state, done.receipts_done, done.receipts_total, done.rules_hash) == ("done", 9, 9, RULES)
    assert drafts.load_result(conn, two[0], first.backtest_id) == '{"a": 1}'
    following = _claim(conn, OTHER)
    assert following is not None
    assert following.backtest_id == second.backtest_id


def test_whoever_falls_silent_loses_the_work_and_may_not_write_of_it(
    conn: psycopg.Connection, owner_conn: psycopg.Connection, two: list[int]
) -> None:
    _request(conn, two[0])
    lost = _claim(conn, ONE)
    _fall_silent(owner_conn)
    assert drafts.is_backtest_waiting(conn)
    taken = _claim(conn, OTHER, minutes=5)
    assert lost is not None
    assert taken is not None
    # The other begins again on the same history.
    assert (taken.backtest_id, taken.attempts, taken.history_until) == (lost.backtest_id, 2, NOW)
    with conn.transaction():
        assert not drafts.tell_progress(conn, lost, 5, 9)
        assert not drafts.keep_result(conn, lost, "{}", 9, NOW)
        assert not drafts.keep_failure(conn, lost, "x", "x", NOW)
    assert drafts.find_backtest(conn, two[0], taken.backtest_id).state == "running"
    with conn.transaction():
        assert drafts.release_backtest(conn, ONE) == 0
        assert drafts.release_backtest(conn, OTHER) == 1
    assert _claim(conn, ONE) is not None


def test_what_kills_every_process_is_given_up_and_does_not_hold_up_the_next(
    conn: psycopg.Connection, owner_conn: psycopg.Connection, two: list[int]
) -> None:
    deadly, harmless = (_request(conn, draft) for draft in two)
    for _ in range(MAX_ATTEMPTS):
        taken = _claim(conn, ONE)
        assert taken is not None
        assert taken.backtest_id == deadly.backtest_id
        _fall_silent(owner_conn)
    taken = _claim(conn, OTHER)
    assert taken is not None
    assert taken.backtest_id == harmless.backtest_id
    given_up = drafts.find_backtest(conn, two[0], deadly.backtest_id)
    assert (given_up.state, given_up.error_code) == ("failed", PROCESS_DIED)


def test_a_draft_waits_for_one_back_test_which_can_be_called_off(conn: psycopg.Connection, two: list[int]) -> None:
    asked = _request(conn, two[0])
    with pytest.raises(drafts.BacktestWaits):
        _request(conn, two[0])
    taken = _claim(conn, ONE)
    with conn.transaction():
        cancelled = drafts.cancel_backtest(conn, two[0], WRITER, NOW)
    assert (cancelled.backtest_id, cancelled.state) == (asked.backtest_id, "cancelled")
    assert taken is not None
    assert not drafts.tell_progress(conn, taken, 1, 2)
    with pytest.raises(drafts.NoBacktestWaits), conn.transaction():
        drafts.cancel_backtest(conn, two[0], WRITER, NOW)
    assert _claim(conn, OTHER) is None
    with pytest.raises(drafts.UnknownBacktest):
        drafts.find_backtest(conn, two[1], asked.backtest_id)
