"""Back-tests of drafts: the result is that of the command, and says to which document and rules it belongs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import psycopg
import pytest
from msgspec import structs
from psycopg.conninfo import make_conninfo
from tests.drafts.factories import SETTINGS, WRITER, begin, rate
from tests.flows.campaigns import launch
from tests.flows.factories import card, make_context, make_purchase

from enishi import drafts, flows, program
from enishi.drafts import BacktestBrief
from enishi.flows import PurchaseContext, hash_rules, read_result, run_backtest
from enishi.kit import clock
from enishi.kit.database import Database

RUNNER = UUID(int=7)
Run = Callable[[], bool]


@pytest.fixture
def context(conn: psycopg.Connection) -> PurchaseContext:
    return make_context(conn)


@pytest.fixture
def run(database: Database, context: PurchaseContext) -> Run:
    """Work on the next back-test, as the process does."""

    def read() -> psycopg.Connection:
        options = "-c timezone=UTC -c default_transaction_read_only=on"
        return psycopg.connect(make_conninfo(database.app_dsn, options=options), autocommit=True)

    return lambda: run_backtest(read, lambda: psycopg.connect(database.app_dsn), context, RUNNER)


def _ask(conn: psycopg.Connection) -> BacktestBrief:
    draft = begin(conn, rate(2), clock.now())
    with conn.transaction():
        return drafts.request_backtest(conn, draft.draft_id, 1, None, author=WRITER, at=clock.now())


def _buy(conn: psycopg.Connection, context: PurchaseContext) -> None:
    purchases = [make_purchase(1_100, identifiers=card("2900000000017")) for _ in range(3)]
    flows.record_purchases(conn, context, purchases)


def test_the_result_is_kept_with_what_it_belongs_to(
    conn: psycopg.Connection, context: PurchaseContext, run: Run
) -> None:
    _buy(conn, context)
    asked = _ask(conn)
    rules = hash_rules(conn, clock.now())
    conn.rollback()
    assert run()
    done = drafts.find_backtest(conn, asked.draft_id, asked.backtest_id)
    assert (done.state, done.receipts_done, done.receipts_total, done.error_code) == ("done", 3, 3, None)
    assert (done.rules_hash, done.document_hash) == (rules, drafts.hash_document(rate(2)))
    kept = drafts.load_result(conn, asked.draft_id, asked.backtest_id)
    assert kept is not None
    assert done.history_until is not None
    tried = read_result(kept)
    assert tried == flows.backtest(conn, context, rate(2), done.history_until)
    assert tried is not None
    assert (tried.total.today.points, tried.total.tried.points) == (30, 60)
    assert not run()


def test_without_history_the_draft_is_told_so(conn: psycopg.Connection, run: Run) -> None:
    asked = _ask(conn)
    assert run()
    failed = drafts.find_backtest(conn, asked.draft_id, asked.backtest_id)
    assert (failed.state, failed.error_code) == ("failed", "nothing-to-try")
    assert drafts.load_result(conn, asked.draft_id, asked.backtest_id) is None


def test_what_breaks_is_told_by_its_number_in_the_log(
    conn: psycopg.Connection, context: PurchaseContext, run: Run, owner_conn: psycopg.Connection
) -> None:
    _buy(conn, context)
    asked = _ask(conn)
    owner_conn.execute("""update purchases.purchases set lines = '"broken"'""")
    owner_conn.commit()
    assert run()
    failed = drafts.find_backtest(conn, asked.draft_id, asked.backtest_id)
    assert (failed.state, failed.error_code) == ("failed", "unexpected-failure")
    assert (failed.error_detail or "").startswith("err-")


def test_rules_are_told_apart_by_what_has_decided_purchases(conn: psycopg.Connection, context: PurchaseContext) -> None:
    now = clock.now()
    before = hash_rules(conn, now)
    settings = structs.replace(SETTINGS, claim_days=60)
    program.publish_version(conn, settings, now + timedelta(days=1), "system", "Later", now)
    assert hash_rules(conn, now) == before
    assert hash_rules(conn, now + timedelta(days=2)) != before
    conn.commit()
    launch(conn, "november")
    assert hash_rules(conn, now) != before


def test_a_result_of_another_version_is_no_error() -> None:
    assert read_result('{"total": 1}') is None
