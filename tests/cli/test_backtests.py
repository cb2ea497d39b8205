"""The process that works on back-tests: started when one waits, taken over when it dies, ended with its parent."""

from __future__ import annotations

import os
import signal
from uuid import UUID

import psutil
import psycopg
import pytest
from tests.drafts.factories import WRITER, begin, rate
from tests.e2e.installation import wait_until
from tests.flows.factories import MASTER_KEY, card, make_context, make_purchase

from enishi import drafts, flows
from enishi.cli.backtest_process import NICENESS
from enishi.cli.backtests import BacktestStarter
from enishi.drafts import BacktestBrief
from enishi.kit import clock
from enishi.kit.database import Database
from enishi.kit.vault import Keyring

pytestmark = pytest.mark.crash


def _pause() -> None:
    """Nobody is stopping."""


@pytest.fixture
def asked(conn: psycopg.Connection) -> BacktestBrief:
    """A back-test over one receipt that waits."""
    context = make_context(conn)
    flows.record_purchases(conn, context, [make_purchase(1_100, identifiers=card("2900000000017"))])
    draft = begin(conn, rate(2), clock.now())
    with conn.transaction():
        return drafts.request_backtest(conn, draft.draft_id, 1, None, author=WRITER, at=clock.now())


def _look(conn: psycopg.Connection, asked: BacktestBrief) -> BacktestBrief:
    conn.rollback()
    return drafts.find_backtest(conn, asked.draft_id, asked.backtest_id)


def test_what_a_killed_process_left_behind_is_taken_on_again(
    database: Database, conn: psycopg.Connection, owner_conn: psycopg.Connection, asked: BacktestBrief
) -> None:
    # Nobody reads receipts while the table is locked, so the process stands in the middle of its work.
    owner_conn.execute("lock table purchases.purchases in access exclusive mode")
    with BacktestStarter(database.app_dsn, Keyring(MASTER_KEY)) as starter:
        starter.tend(conn, _pause)
        wait_until(lambda: _look(conn, asked).state == "running", 60, "a process works")
        pid = starter.pid
        assert pid is not None
        assert psutil.Process(pid).nice() >= NICENESS
        starter.tend(conn, _pause)
        assert starter.pid == pid
        os.kill(pid, signal.SIGKILL)
        owner_conn.rollback()

        def tend() -> bool:
            starter.tend(conn, _pause)
            return _look(conn, asked).state == "done"

        wait_until(tend, 60, "another process finishes it")
    done = _look(conn, asked)
    assert (done.attempts, done.receipts_done, done.receipts_total) == (2, 1, 1)


def test_the_process_ends_with_the_one_that_started_it(
    database: Database, conn: psycopg.Connection, owner_conn: psycopg.Connection, asked: BacktestBrief
) -> None:
    owner_conn.execute("lock table purchases.purchases in access exclusive mode")
    with BacktestStarter(database.app_dsn, Keyring(MASTER_KEY)) as starter:
        starter.tend(conn, _pause)
        wait_until(lambda: _look(conn, asked).state == "running", 60, "a process works")
        pid = starter.pid
        assert pid is not None
    assert not psutil.pid_exists(pid)
    assert _look(conn, asked).state == "running"
    with conn.transaction():
        assert drafts.claim_backtest(conn, UUID(int=9), bytes(32), clock.now()) is None
