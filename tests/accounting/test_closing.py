"""Closing a month: once, in order, and never again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise

import psycopg
import pytest
from tests.accounting.factories import ACTOR, APRIL, JUNE, MARCH, MAY, Shop, day, rate
from tests.flows.factories import card, make_purchase
from tests.flows.rank_factories import changes, make_ladder, publish

from enishi import accounting, audit, flows, ranks
from enishi.accounting import (
    EarlierMonthOpen,
    InvalidAccountingSettings,
    MonthClosed,
    MonthNotOver,
    Movement,
    NoAccountingSettings,
    NotClosed,
    PointClass,
    add_points,
    add_yen,
)


def rows(conn, table_count: str) -> list[tuple]:
    conn.rollback()
    return conn.execute(table_count).fetchall()


EVERYTHING = """
    select 'closes', count(*) from accounting.closes union all select 'cohorts', count(*) from accounting.cohorts
    union all select 'movements', count(*) from accounting.movements
    union all select 'audit', count(*) from audit.events where action like 'accounting.closed'
"""


def test_a_second_run_changes_nothing_and_answers_the_same(shop, conn):
    shop.publish()
    shop.sell(day(4, 10), 1_000)
    first = flows.close_month(shop.pool, shop.context, APRIL, actor=ACTOR, now=day(5, 3))
    before = rows(conn, EVERYTHING)
    second = flows.close_month(shop.pool, shop.context, APRIL, actor="operator:other", now=day(5, 9))
    assert (first.replayed, second.replayed) == (False, True)
    assert second.statement == first.statement
    assert (second.statement.closed_at, second.statement.closed_by) == (day(5, 3), ACTOR)
    assert rows(conn, EVERYTHING) == before == [("closes", 1), ("cohorts", 1), ("movements", 1), ("audit", 1)]


def test_two_who_close_at_once_get_the_same_books(shop, conn):
    shop.publish()
    shop.sell(day(4, 10), 1_000)
    with ThreadPoolExecutor(2) as threads:
        runs = [
            threads.submit(flows.close_month, shop.pool, shop.context, APRIL, actor=ACTOR, now=day(5, 3))
            for _ in range(2)
        ]
        one, other = (run.result() for run in runs)
    assert one.statement == other.statement
    assert rows(conn, EVERYTHING) == [("closes", 1), ("cohorts", 1), ("movements", 1), ("audit", 1)]


def test_a_purchase_of_a_closed_month_counts_in_the_open_one_and_is_marked(shop):
    """PITFALLS 9: an offline terminal reports after the close."""
    shop.publish(fallback_use_rate=rate("1"), stand_alone_yen_per_point=rate("1"))
    shop.sell(day(4, 10), 1_000)
    april = shop.close(APRIL)
    shop.sell(day(4, 28), 500, late=day(5, 8))
    shop.use(day(4, 29), 200, late=day(5, 8))
    shop.sell(day(5, 20), 300)
    may = shop.close(MAY)

    assert accounting.load_closed(shop.conn, APRIL) == april
    assert april.kpis.points_issued == 1_000
    of_april, of_may = may.lines
    assert (of_april.cohort, of_may.cohort) == (APRIL, MAY)
    assert (of_april.moved.issued, of_april.moved.used) == (500, 200)
    assert of_april.late == of_april.moved
    assert (of_april.sales_yen, of_april.allocated_yen) == (5_000, 909 + 455)
    assert (of_may.moved.issued, of_may.late.issued) == (300, 0)
    late = {(row.key.movement, row.points, row.late_points) for row in may.movements}
    assert late == {(Movement.ISSUED, 500, 500), (Movement.USED, 200, 200), (Movement.ISSUED, 300, 0)}
    assert may.kpis.points_outstanding == 1_600


def test_each_close_opens_where_the_last_one_ended(shop):
    shop.publish()
    shop.sell(day(3, 10), 1_234)
    shop.sell(day(4, 10), 777)
    shop.use(day(4, 20), 321)
    shop.use(day(5, 20), 1_100)
    statements = [shop.close(MARCH), shop.close(APRIL), shop.close(MAY)]
    assert [one.since for one in statements] == [MARCH, APRIL, MAY]
    for before, after in pairwise(statements):
        assert add_yen(line.yen for line in after.lines).opening == add_yen(line.yen for line in before.lines).closing
    last = add_points(line.total for line in statements[-1].lines)
    assert (last.issued, last.used, last.outstanding) == (2_011, 1_421, 590)
    with pytest.raises(psycopg.errors.CheckViolation, match="movements_close_the_liability"):
        shop.conn.execute(
            "insert into accounting.cohorts select date '2026-03-01', date '2026-02-01', 'other', total, moved, late,"
            " 0, 0, 0, 5, 0, 0, 0, 0, 0, 4 from accounting.cohorts limit 1"
        )


def test_expired_points_are_swept_before_the_books_are_drawn_up(shop):
    """PITFALLS 10: what expired at the end of the month is not owed at the end of the month."""
    shop.publish(APRIL.replace(year=2025))
    shop.sell(day(4, 10).replace(year=2025), 100)
    closed = flows.close_through(shop.pool, shop.context, APRIL, actor=ACTOR, now=day(5, 3))
    assert [one.statement.month.month for one in closed] == [4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 2, 3, 4]
    last = closed[-1].statement
    assert (last.kpis.points_lapsed, last.kpis.points_outstanding, last.kpis.contract_liability_yen) == (100, 0, 0)
    (line,) = last.lines
    assert line.yen.expired == -line.yen.opening != 0


@pytest.fixture
def sold(shop) -> Shop:
    shop.sell(day(3, 10), 100)
    shop.sell(day(4, 10), 100)
    return shop


def test_ranks_that_follow_from_the_month_are_decided_with_the_close_and_once(shop, conn):
    shop.publish()
    publish(conn, make_ladder(upgrade="evaluation"))
    member = shop.sell(day(4, 10), 1_000).customer_id
    assert ranks.load_held(conn, [member], day(5, 2))[member].tier == "base"
    conn.rollback()
    shop.close(APRIL)
    assert ranks.load_held(conn, [member], day(5, 4))[member].tier == "gold"
    shop.close(APRIL)
    assert changes(conn) == [("base", "gold", "evaluation")]


def test_without_settings_nothing_is_closed(sold, conn):
    with pytest.raises(NoAccountingSettings):
        sold.close(MARCH)
    assert rows(conn, EVERYTHING)[0] == ("closes", 0)


def test_a_month_that_is_not_over_stays_open(sold, conn):
    """The month ends in Tokyo, nine hours before it ends in UTC."""
    sold.publish()
    with pytest.raises(MonthNotOver):
        sold.close(MARCH, day(4, 1, 0) - timedelta(seconds=1))
    assert rows(conn, EVERYTHING)[0] == ("closes", 0)
    assert sold.close(MARCH, day(4, 1, 0)).month == MARCH


def test_months_close_in_their_order(sold, conn):
    sold.publish()
    with pytest.raises(EarlierMonthOpen) as refusal:
        sold.close(APRIL)
    assert refusal.value.extra == {"first_open": "2026-03"}
    assert rows(conn, EVERYTHING)[0] == ("closes", 0)


def test_what_is_not_closed_can_not_be_read_as_closed(sold):
    with pytest.raises(NotClosed):
        accounting.load_closed(sold.conn, MARCH)


def test_the_months_are_listed_from_the_first_with_points_to_the_present(sold):
    sold.publish()
    assert flows.list_months(sold.conn, day(5, 5)) == flows.OpenMonths((), (MARCH, APRIL, MAY))
    sold.conn.rollback()
    sold.close(MARCH)
    assert flows.list_months(sold.conn, day(5, 5)) == flows.OpenMonths((MARCH,), (APRIL, MAY))


def test_settings_of_a_closed_month_stay(sold, conn):
    sold.publish()
    sold.close(MARCH)
    with pytest.raises(MonthClosed):
        sold.publish(MARCH, day(5, 1), fallback_use_rate=rate("0.5"))
    with pytest.raises(InvalidAccountingSettings):
        sold.publish(APRIL, day(5, 1), zone="America/New_York")
    assert [one.version for one in accounting.load_versions(conn)] == [1]
    assert sold.publish(APRIL, day(5, 1), fallback_use_rate=rate("0.5")).version == 2


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("zone", "Mars/Olympus"),
        ("stand_alone_yen_per_point", rate("-1")),
        ("fallback_use_rate", rate("1.01")),
        ("fallback_use_rate", rate("NaN")),
        ("settlement_yen_per_point", rate("0.1234567")),
        ("history_months", 0),
    ],
)
def test_settings_that_can_not_be_right_are_refused_by_name(shop, field, value):
    with pytest.raises(InvalidAccountingSettings) as refusal:
        shop.publish(**{field: value})
    assert refusal.value.field == field
    assert accounting.load_versions(shop.conn) == []


def test_every_account_needs_a_code(shop):
    accounts = accounting.default_accounts()
    del accounts[accounting.Account.SALES]
    with pytest.raises(InvalidAccountingSettings) as refusal:
        shop.publish(accounts=accounts)
    assert refusal.value.field == "accounts.sales"


@pytest.mark.parametrize("table", ["versions", "closes", "cohorts", "movements"])
def test_not_even_the_owner_changes_the_books(sold, owner_conn, table):
    sold.publish()
    sold.close(MARCH)
    for statement in (f"delete from accounting.{table}", f"truncate accounting.{table} cascade"):
        with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="only ever added to"):
            owner_conn.execute(statement)  # type: ignore[arg-type]
        owner_conn.rollback()


def test_settlement_names_who_pays_whom_and_the_export_balances(shop):
    shop.publish(stand_alone_yen_per_point=rate("0.95"), settlement_yen_per_point=rate("0.9"))
    shop.sell(day(4, 5), 1_000, store="S1")
    shop.use(day(4, 6), 333, store="S2")
    shop.use(day(4, 7), 100, store="S1")
    shop.sell(day(4, 8), 700, store="S2", member="2900000000024")
    shop.use(day(4, 9), 77, store="S1", member="2900000000024")
    statement = shop.close(APRIL)
    settings = accounting.load_versions(shop.conn)[0].settings
    settlement = accounting.settlement_of(statement, settings)
    (pair,) = settlement.pairs
    assert (pair.debtor, pair.creditor, pair.debtor_points, pair.creditor_points) == ("S1", "S2", 333, 77)
    assert (pair.debtor_yen, pair.creditor_yen, pair.net_yen) == (300, 69, 231)
    assert [(one.store, one.own_points, one.net_yen) for one in settlement.stores] == [
        ("S1", 100, -231),
        ("S2", 0, 231),
    ]
    lines = accounting.journal_of(statement, settings)
    assert sum(line.debit_yen for line in lines) == sum(line.credit_yen for line in lines) > 0
    assert {line.on for line in lines} == {day(4, 30).date()}
    liability = sum(line.credit_yen - line.debit_yen for line in lines if line.code == "2410")
    assert liability == statement.kpis.contract_liability_yen == add_yen(one.yen for one in statement.lines).closing
    assert [(line.code, line.store, line.debit_yen, line.credit_yen) for line in lines[-2:]] == [
        ("1310", "S2", 231, 0),
        ("2310", "S1", 0, 231),
    ]


def test_closes_and_publications_are_in_the_audit_record(sold, conn):
    sold.publish()
    sold.close(MARCH)
    conn.rollback()
    events = [one for one in audit.list_events(conn, None, 10) if one.action.startswith("accounting")]
    assert [(one.action, one.actor, one.target) for one in events] == [
        ("accounting.closed", ACTOR, "month:2026-03"),
        ("accounting.published", ACTOR, "accounting:1"),
    ]


def test_the_part_paid_with_points_and_the_tax_are_no_sale(shop):
    """¥1,100 with tax, ¥275 of it paid with points: ¥750 of sales are left to allocate."""
    shop.publish()
    shop.sell(day(4, 5), 300)
    mixed = make_purchase(1_100, identifiers=card("2900000000017"), occurred_at=day(5, 6), points_to_use=275)
    (outcome,) = flows.record_purchases(shop.conn, shop.context, [mixed], day(5, 6))
    assert outcome.points_earned == 75
    shop.close(APRIL)
    assert [(line.cohort, line.sales_yen) for line in shop.close(MAY).lines] == [(APRIL, 0), (MAY, 750)]


def test_any_past_instant_can_be_looked_at(shop):
    shop.publish(fallback_use_rate=rate("1"), stand_alone_yen_per_point=rate("1"))
    first = shop.sell(day(4, 10), 1_000)
    shop.sell(day(4, 12), 500, member="2900000000024")
    shop.close(APRIL)
    shop.use(day(5, 20), 400)
    shop.sell(day(4, 15), 2_000, late=day(5, 25))

    def at(instant, customer_id=None):
        found = flows.read_books_at(shop.pool, instant, customer_id)
        shop.conn.rollback()
        return found.accounts, found.entries, found.balance, found.outstanding, found.contract_liability_yen

    assert at(day(4, 11)) == (1, 1, 1_000, 1_000, 909)
    assert at(day(5, 1)) == (2, 2, 1_500, 1_500, 1_364)
    assert at(day(5, 1), first.customer_id) == (1, 1, 1_000, 1_000, 909)
    assert at(day(5, 20)) == (2, 3, 1_100, 1_100, 1_000)
    assert at(day(5, 20), first.customer_id) == (1, 2, 600, 600, 545)
    assert at(day(6, 1))[2:4] == (3_100, 3_100)
    one = flows.read_books_at(shop.pool, day(5, 20), first.customer_id)
    assert [(lot.kind, lot.points) for lot in one.lots] == [("r", 600)]


def test_what_a_draft_says_is_what_the_ledger_holds(shop):
    shop.publish()
    shop.sell(day(4, 10), 1_000)
    shop.use(day(4, 11), 300)
    draft = flows.read_month(shop.pool, JUNE)
    assert (draft.since, draft.month, draft.closed_at) == (APRIL, JUNE, None)
    assert draft.kpis.points_outstanding == 700
    assert {line.point_class for line in draft.lines} == {PointClass.MATERIAL}


def test_verify_names_a_closed_line_that_was_changed_behind_our_back(sold, owner_conn):
    sold.publish()
    sold.close(MARCH)
    sold.close(APRIL)
    assert flows.verify_all(sold.pool, sold.context).differences == []
    owner_conn.execute("alter table accounting.cohorts disable trigger user")
    owner_conn.execute(
        "update accounting.cohorts set opening_yen = opening_yen + 1, closing_yen = closing_yen + 1,"
        " total = jsonb_set(total, '{used}', '7')"
        " where month = '2026-04-01' and cohort = '2026-03-01'"
    )
    owner_conn.commit()
    found = flows.verify_all(sold.pool, sold.context).differences
    assert [(one.customer_id, one.field, one.found, one.derived) for one in found] == [
        ("2026-04 2026-03 material", "books.opening_yen", "88", "87"),
        ("2026-04 2026-03 material", "books.total.used", "7", "0"),
    ]
