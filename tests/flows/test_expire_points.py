"""The sweep books what is past its last day: once, in the month it was lost, beside whatever else happens."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import psycopg
import pytest
from tests.flows.factories import JST, NOON, NOW, card, make_context, make_purchase

from enishi import ledger, program
from enishi.flows import expire_points, record_purchases, verify_all
from enishi.kit.database import open_pool
from enishi.ledger import InsufficientPoints
from enishi.program import MonthsToMonthEnd

AFTER_NOVEMBER = datetime(2026, 12, 1, 0, 0, 0, tzinfo=JST)


@pytest.fixture
def context(conn):
    """Points are valid to the end of the month they were earned in."""
    settings = program.default_settings()
    return make_context(conn, _with_expiry(settings, 0))


def _with_expiry(settings, months):
    return program.ProgramSettings(
        name=settings.name, zone=settings.zone, earning=settings.earning, expiry=MonthsToMonthEnd(months)
    )


def earn(conn, context, number: str, points: int, at: datetime = NOON):
    (outcome,) = record_purchases(
        conn, context, [make_purchase(points * 110, identifiers=card(number), occurred_at=at)], max(at, NOW)
    )
    assert outcome.points_earned == points
    return outcome.customer_id


def journal(conn, customer_id):
    return [
        (one.type.value, one.points, one.balance_after, one.occurred_at.astimezone(JST))
        for one in reversed(ledger.list_entries(conn, customer_id, None, 50))
    ]


def prove(database, context):
    with open_pool(database.app_dsn, min_size=2, max_size=4) as pool:
        return verify_all(pool, context)


def test_a_lot_lives_through_the_end_of_its_last_day_and_is_swept_after_it(database, conn, context):
    customer = earn(conn, context, "1", 100)
    before = expire_points(conn, context, AFTER_NOVEMBER - timedelta(microseconds=1))
    assert (before.through, before.entries) == (date(2026, 11, 29), 0)
    swept = expire_points(conn, context, AFTER_NOVEMBER)
    assert (swept.through, swept.accounts, swept.entries, swept.points) == (date(2026, 11, 30), 1, 1, 100)
    assert journal(conn, customer) == [
        ("earn", 100, 100, NOON),
        ("expire", -100, 0, AFTER_NOVEMBER - timedelta(microseconds=1)),
    ]
    assert conn.execute("select lots, balance from ledger.accounts").fetchall() == [([], 0)]
    conn.rollback()
    assert prove(database, context).is_clean


def test_a_late_sweep_books_each_day_in_the_month_that_lost_it(conn, context):
    customer = earn(conn, context, "1", 30, datetime(2026, 9, 10, 12, tzinfo=JST))
    earn(conn, context, "1", 20, datetime(2026, 10, 10, 12, tzinfo=JST))
    earn(conn, context, "1", 10)
    swept = expire_points(conn, context, datetime(2026, 11, 21, 3, tzinfo=JST))
    assert (swept.accounts, swept.entries, swept.points) == (1, 2, 50)
    assert [(kind, points, balance, at.month) for kind, points, balance, at in journal(conn, customer)][-2:] == [
        ("expire", -30, 30, 9),
        ("expire", -20, 10, 10),
    ]
    balance = ledger.load_balance(conn, customer, date(2026, 11, 21))
    assert (balance.available, balance.owed) == (10, 0)


def test_a_second_sweep_changes_nothing(conn, context):
    customer = earn(conn, context, "1", 100)
    expire_points(conn, context, AFTER_NOVEMBER)
    again = expire_points(conn, context, AFTER_NOVEMBER + timedelta(days=3))
    assert (again.accounts, again.entries, again.points) == (0, 0, 0)
    assert len(journal(conn, customer)) == 2
    assert conn.execute("select count(*) from audit.events where action = 'points.expire'").fetchone() == (1,)


def test_the_balance_is_right_before_the_sweep_as_after_it(conn, context):
    """Known failure 10: expiry is by lots, and never waits for a job."""
    customer = earn(conn, context, "1", 100)
    spend = make_purchase(100, identifiers=card("1"), points_to_use=1, occurred_at=AFTER_NOVEMBER)
    assert ledger.load_balance(conn, customer, date(2026, 11, 30)).available == 100
    assert ledger.load_balance(conn, customer, date(2026, 12, 1)).available == 0
    conn.rollback()
    (refused,) = record_purchases(conn, context, [spend], AFTER_NOVEMBER)
    assert isinstance(refused, InsufficientPoints)
    expire_points(conn, context, AFTER_NOVEMBER)
    assert ledger.load_balance(conn, customer, date(2026, 12, 1)).available == 0


def test_kinds_of_one_day_leave_in_one_entry_and_later_lots_stay_in_order(conn, context):
    customer = earn(conn, context, "1", 100)
    with conn.transaction():
        account = ledger.lock_accounts(conn, [customer])[customer]
        occasion = ledger.Occasion("S1", NOON)
        postings = [
            ledger.grant(account, ledger.Lot(kind, day, points), occasion)
            for kind, day, points in (
                (ledger.Kind.LIMITED, date(2026, 11, 30), 7),
                (ledger.Kind.REGULAR, date(2026, 12, 31), 5),
                (ledger.Kind.LIMITED, date(2026, 12, 1), 3),
            )
        ]
        ledger.write_postings(conn, [account], postings, NOW)
    swept = expire_points(conn, context, AFTER_NOVEMBER)
    assert (swept.entries, swept.points) == (1, 107)
    (newest,) = ledger.list_entries(conn, customer, None, 1)
    assert [(move.kind.value, move.points) for move in newest.moves] == [("l", -7), ("r", -100)]
    assert conn.execute("select lots from ledger.accounts").fetchone() == (
        [["l", "2026-12-01", 3], ["r", "2026-12-31", 5]],
    )


def test_what_is_owed_stays_owed_when_a_lot_expires(database, conn, context):
    customer = earn(conn, context, "1", 100)
    with conn.transaction():
        account = ledger.lock_accounts(conn, [customer])[customer]
        occasion = ledger.Occasion("S1", NOON)
        # In December the lot of November can not be taken from, so that all of this is owed.
        posting = ledger.deduct(account, 40, allow_owing=True, on=date(2026, 12, 1), occasion=occasion)
        ledger.write_postings(conn, [account], [posting], NOW)
    expire_points(conn, context, AFTER_NOVEMBER)
    account = ledger.load_accounts(conn, [customer])[customer]
    assert (account.balance, account.lots, account.owed) == (-40, (), 40)
    conn.rollback()
    assert prove(database, context).is_clean


def test_the_zone_of_the_programme_decides_when_a_day_ends(conn):
    settings = _with_expiry(program.default_settings(), 0)
    context = make_context(conn, program.ProgramSettings(
        name="P", zone="America/New_York", earning=settings.earning, expiry=settings.expiry
    ))  # fmt: skip
    customer = earn(conn, context, "1", 100)
    assert expire_points(conn, context, datetime(2026, 12, 1, 4, 59, tzinfo=UTC)).entries == 0
    assert expire_points(conn, context, datetime(2026, 12, 1, 5, 0, tzinfo=UTC)).entries == 1
    assert journal(conn, customer)[-1][3] == datetime(2026, 12, 1, 5, 0, tzinfo=UTC) - timedelta(microseconds=1)


def test_a_sweep_cut_off_between_slices_is_simply_begun_again(database, conn, context):
    for number in range(5):
        earn(conn, context, f"M{number}", 10)

    def cut(done: int, _total: int) -> None:
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        expire_points(conn, context, AFTER_NOVEMBER, cut, slice_size=2)
    assert conn.execute("select count(*) from ledger.accounts where lots = '[]'").fetchone() == (4,)
    conn.rollback()
    told: list[tuple[int, int]] = []
    rest = expire_points(conn, context, AFTER_NOVEMBER, lambda done, total: told.append((done, total)), slice_size=2)
    assert (rest.accounts, rest.points) == (1, 10)
    assert told == [(2, 5), (4, 5), (5, 5)]
    assert prove(database, context).is_clean


def test_sweeps_at_once_and_live_receipts_book_every_point_once(database, conn, context):
    members = 40
    for number in range(members):
        earn(conn, context, f"M{number:02}", 10)
    start = Barrier(4)

    def sweep(_: int) -> int:
        with psycopg.connect(database.app_dsn) as own:
            start.wait(30)
            return expire_points(own, context, AFTER_NOVEMBER, slice_size=7).points

    def sell(_: int) -> int:
        with psycopg.connect(database.app_dsn) as own:
            start.wait(30)
            receipts = [
                make_purchase(1_100, identifiers=card(f"M{number:02}"), occurred_at=AFTER_NOVEMBER)
                for number in reversed(range(members))
            ]
            answers = record_purchases(own, context, receipts, AFTER_NOVEMBER)
            return sum(one.points_earned for one in answers)

    with ThreadPoolExecutor(4) as threads:
        swept = [threads.submit(sweep, one) for one in range(2)]
        sold = [threads.submit(sell, one) for one in range(2)]
        assert sum(one.result() for one in swept) == members * 10
        assert sum(one.result() for one in sold) == members * 2 * 10
    assert conn.execute("select distinct balance, lots from ledger.accounts").fetchall() == [
        (20, [["r", "2026-12-31", 20]])
    ]
    conn.rollback()
    assert prove(database, context).is_clean


def test_a_sweep_inside_another_transaction_is_refused(conn, context):
    conn.execute("select 1")
    with pytest.raises(ValueError, match="can not run inside another transaction"):
        expire_points(conn, context, AFTER_NOVEMBER)
