"""Returns: goods come back and points follow, in whatever portions and order, without a yen or a point left over."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from itertools import permutations

import psycopg
import pytest
from msgspec.structs import replace
from tests.flows.factories import JST, NOON, NOW, card, give_points, make_context, make_purchase

from enishi import ledger, program
from enishi.flows import (
    RecordedPurchase,
    RecordedReturn,
    customer_overview,
    record_purchases,
    record_returns,
    verify_all,
)
from enishi.kit.database import open_pool
from enishi.ledger import PointsAlreadySpent
from enishi.program import ReturnPolicy, ReturnShortfall, UsedPoints
from enishi.purchases import (
    IdempotencyConflict,
    InvalidReturn,
    Line,
    Payment,
    PaymentMethod,
    Purchase,
    Receipt,
    Return,
    ReturnedLine,
    UnknownReceipt,
)

LATER = NOON + timedelta(hours=2)
AFTER = NOW + timedelta(hours=3)


@pytest.fixture
def context(conn):
    return make_context(conn)


def buy(conn, context, *lines: Line, number: str = "1", points: int = 0, **fields: object) -> Purchase:
    purchase = make_purchase(lines=lines, identifiers=card(number), points_to_use=points, **fields)
    (outcome,) = record_purchases(conn, context, [purchase], NOW)
    assert isinstance(outcome, RecordedPurchase), outcome
    return purchase


def bring_back(purchase: Purchase | None, *lines: tuple[int, int], name: str = "T1", **fields: object) -> Return:
    values: dict[str, object] = {
        "source": "pos",
        "external_id": name,
        "store": "S1",
        "occurred_at": LATER,
        "receipt": None if purchase is None else Receipt(purchase.source, purchase.external_id),
        "lines": tuple(ReturnedLine(line, quantity) for line, quantity in lines),
    }
    return Return(**(values | fields))  # type: ignore[arg-type]


def record(conn, context, one: Return, now=AFTER) -> RecordedReturn:
    (outcome,) = record_returns(conn, context, [one], now)
    assert isinstance(outcome, RecordedReturn), outcome
    return outcome


def points_of(outcome: RecordedReturn) -> tuple[int, int, int, int, int]:
    return (
        outcome.points_taken_back,
        outcome.points_absorbed,
        outcome.points_given_back,
        outcome.points_lost,
        outcome.points_owed,
    )


def balance(conn, context, customer_id) -> int:
    found = customer_overview(conn, context, customer_id, now=AFTER).balance.available
    conn.rollback()
    return found


def everything(conn) -> list[object]:
    conn.rollback()
    found = [
        conn.execute(statement).fetchall()
        for statement in (
            "select customer_id, seq, balance, lots::text from ledger.accounts order by 1",
            "select customer_id, seq, entry_type, points from ledger.journal order by 1, 2",
            "select external_id from purchases.returns order by 1",
            "select * from ranks.progress order by 1, 2",
            "select count(*) from outbox.events",
        )
    ]
    conn.rollback()
    return found


def require_clean(database, context) -> None:
    with open_pool(database.app_dsn, min_size=2, max_size=4) as pool:
        outcome = verify_all(pool, context)
    assert outcome.is_clean, (outcome.ledger.differences, outcome.differences)


def test_a_whole_return_takes_back_what_was_earned(conn, context, database):
    purchase = buy(conn, context, Line("A", 1, 1_100), Line("B", 2, 550))
    outcome = record(conn, context, bring_back(purchase))
    assert points_of(outcome) == (20, 0, 0, 0, 0)
    assert (outcome.refund_yen, outcome.pay_back_yen, outcome.completes) == (2_200, 2_200, True)
    assert balance(conn, context, outcome.customer_id) == 0
    progress = conn.execute("select amount_yen, purchases, points_earned from ranks.progress").fetchall()
    assert progress == [(0, 0, 0)]
    conn.rollback()
    require_clean(database, context)


def test_a_part_takes_back_what_the_rest_would_not_have_earned(conn, context, database):
    """¥1,980 before tax earned 19 points; with ¥1,000 left it would have been 10, so 9 are taken back."""
    purchase = buy(conn, context, Line("A", 1, 1_100), Line("B", 1, 1_078))
    outcome = record(conn, context, bring_back(purchase, (2, 1)))
    assert points_of(outcome) == (9, 0, 0, 0, 0)
    assert (outcome.refund_yen, outcome.completes) == (1_078, False)
    assert record(conn, context, bring_back(purchase, name="T2")).points_taken_back == 10
    require_clean(database, context)


@pytest.mark.parametrize("order", list(permutations([(1, 1), (1, 2), (2, 1), (3, 1)])))
def test_no_order_of_parts_leaves_a_yen_or_a_point(conn, context, order):
    """Odd prices, two tax rates, a discount on three pieces, a coupon and points used: all of it comes back exactly."""
    give_points(conn, context, "1", 100)
    purchase = buy(
        conn,
        context,
        Line("A", 3, 333, 8, 100),
        Line("B", 1, 777, 10),
        Line("C", 1, 199, 8),
        points=97,
        payments=(Payment(PaymentMethod.COUPON, 50),),
    )
    earned = conn.execute("select points_earned from purchases.purchases where points_to_use = 97").fetchone()[0]
    conn.rollback()
    outcomes = [
        record(conn, context, bring_back(purchase, part, name=f"T{number}")) for number, part in enumerate(order)
    ]
    assert sum(one.refund_yen for one in outcomes) == 999 - 100 + 777 + 199
    assert sum(one.points_taken_back for one in outcomes) == earned
    assert sum(one.points_given_back for one in outcomes) == 97
    assert [one.completes for one in outcomes] == [False, False, False, True]
    assert balance(conn, context, outcomes[0].customer_id) == 100


def test_used_points_come_back_once_and_to_their_own_lots(conn, context, database):
    give_points(conn, context, "1", 100)
    purchase = buy(conn, context, Line("A", 1, 550), Line("B", 1, 550), points=50)
    first = record(conn, context, bring_back(purchase, (1, 1)))
    assert (first.points_given_back, first.pay_back_yen) == (25, 525)
    second = record(conn, context, bring_back(purchase, (2, 1), name="T2"))
    assert (second.points_given_back, second.pay_back_yen) == (25, 525)
    account = ledger.load_accounts(conn, [first.customer_id])[first.customer_id]
    assert [(lot.expires_on, lot.points) for lot in account.lots] == [(date(2027, 11, 30), 100)]
    require_clean(database, context)


def test_points_that_were_spent_are_owed_and_set_against_what_comes_next(conn, context, database):
    purchase = buy(conn, context, Line("A", 1, 11_000))
    buy(conn, context, Line("B", 1, 1_100), points=100, occurred_at=NOON + timedelta(minutes=1))
    outcome = record(conn, context, bring_back(purchase))
    # 100 earned and spent, 9 earned since with the ¥1,000 that were paid otherwise: 91 are owed.
    assert points_of(outcome) == (100, 0, 0, 0, 91)
    overview = customer_overview(conn, context, outcome.customer_id, now=AFTER)
    assert (overview.balance.available, overview.balance.owed) == (0, 91)
    conn.rollback()
    (earned,) = record_purchases(
        conn, context, [make_purchase(11_000, identifiers=card("1"), occurred_at=LATER)], AFTER
    )
    assert isinstance(earned, RecordedPurchase)
    assert (earned.points_earned, earned.balance.available) == (100, 9)
    require_clean(database, context)


def test_the_shop_bears_what_was_spent_where_the_programme_says_so(conn, database):
    context = with_policy(conn, shortfall=ReturnShortfall.ABSORB)
    purchase = buy(conn, context, Line("A", 1, 11_000))
    buy(conn, context, Line("B", 1, 1_100), points=100, occurred_at=NOON + timedelta(minutes=1))
    outcome = record(conn, context, bring_back(purchase))
    assert points_of(outcome) == (9, 91, 0, 0, 0)
    require_clean(database, context)


def test_a_return_is_refused_where_the_programme_says_so_and_nothing_changes(conn):
    context = with_policy(conn, shortfall=ReturnShortfall.REFUSE)
    purchase = buy(conn, context, Line("A", 1, 11_000))
    buy(conn, context, Line("B", 1, 1_100), points=100, occurred_at=NOON + timedelta(minutes=1))
    before = everything(conn)
    (outcome,) = record_returns(conn, context, [bring_back(purchase)], AFTER)
    assert isinstance(outcome, PointsAlreadySpent)
    assert outcome.extra == {"points": 100, "missing": 91}
    assert everything(conn) == before


def with_policy(conn, **fields: object):
    settings = replace(program.default_settings(), returns=ReturnPolicy(**fields))  # type: ignore[arg-type]
    return make_context(conn, settings)


def test_used_points_can_stay_on_the_goods_that_are_left(conn, database):
    context = with_policy(conn, used_points=UsedPoints.REALLOCATE)
    give_points(conn, context, "1", 800)
    purchase = buy(conn, context, Line("A", 1, 550), Line("B", 1, 550), points=700)
    first = record(conn, context, bring_back(purchase, (1, 1)))
    # ¥550 are left, so 550 points can stay on them and 150 come back.
    assert (first.points_given_back, first.pay_back_yen) == (150, 400)
    assert record(conn, context, bring_back(purchase, name="T2")).points_given_back == 550
    require_clean(database, context)


@pytest.mark.parametrize(
    ("reissue_days", "given", "lost", "until"),
    [(None, 0, 40, []), (30, 40, 0, [(date(2028, 1, 30), 40)])],
    ids=["lost", "reissued"],
)
def test_used_points_of_an_expired_lot(conn, reissue_days, given, lost, until):
    context = with_policy(conn, reissue_days=reissue_days)
    give_points(conn, context, "1", 40)
    purchase = buy(conn, context, Line("A", 1, 40), points=40)
    new_year = NOON.replace(year=2028, month=1, day=1)
    outcome = record(conn, context, bring_back(purchase, occurred_at=new_year), new_year)
    assert (outcome.points_given_back, outcome.points_lost) == (given, lost)
    account = ledger.load_accounts(conn, [outcome.customer_id])[outcome.customer_id]
    assert [(lot.expires_on, lot.points) for lot in account.lots] == until
    conn.rollback()


def test_a_repeat_gets_the_first_answer_also_within_one_batch(conn, context):
    purchase = buy(conn, context, Line("A", 2, 1_100))
    one = bring_back(purchase, (1, 1))
    first, second = record_returns(conn, context, [one, one], AFTER)
    assert second == replace(first, replayed=True)
    (third,) = record_returns(conn, context, [one], AFTER + timedelta(days=1))
    assert replace(third, occurred_at=first.occurred_at) == replace(first, replayed=True)
    (other,) = record_returns(conn, context, [replace(one, lines=(ReturnedLine(1, 2),))], AFTER)
    assert isinstance(other, IdempotencyConflict)


def test_two_returns_in_one_batch_see_each_other(conn, context, database):
    purchase = buy(conn, context, Line("A", 2, 1_100))
    outcomes = record_returns(
        conn, context, [bring_back(purchase, (1, 1), name=f"T{number}") for number in range(3)], AFTER
    )
    assert [getattr(one, "points_taken_back", None) for one in outcomes] == [10, 10, None]
    assert isinstance(outcomes[2], InvalidReturn)
    assert outcomes[2].extra["left"] == 0
    require_clean(database, context)


@pytest.mark.parametrize(
    ("lines", "field"),
    [(((1, 3),), "lines[0].quantity"), (((2, 1),), "lines[0].line"), (((1, 1), (1, 1)), "lines[1].line")],
)
def test_more_than_there_is_is_refused_and_nothing_changes(conn, context, lines, field):
    purchase = buy(conn, context, Line("A", 2, 1_100))
    before = everything(conn)
    (outcome,) = record_returns(conn, context, [bring_back(purchase, *lines)], AFTER)
    assert isinstance(outcome, InvalidReturn)
    assert outcome.field == field
    assert everything(conn) == before


def test_an_unknown_receipt_is_refused(conn, context):
    (outcome,) = record_returns(conn, context, [bring_back(make_purchase())], AFTER)
    assert isinstance(outcome, UnknownReceipt)
    assert outcome.field == "receipt"


def test_without_a_receipt_the_goods_are_priced_as_of_the_return(conn, context, database):
    give_points(conn, context, "1", 100)
    one = bring_back(None, goods=(Line("A", 1, 3_300),), identifiers=card("1"))
    outcome = record(conn, context, one)
    assert points_of(outcome) == (30, 0, 0, 0, 0)
    assert (outcome.refund_yen, outcome.purchase_id) == (3_300, None)
    assert balance(conn, context, outcome.customer_id) == 70
    require_clean(database, context)


def test_a_return_by_somebody_unknown_moves_no_points_and_creates_nobody(conn, context):
    outcome = record(conn, context, bring_back(None, goods=(Line("A", 1, 3_300),), identifiers=card("999")))
    assert (outcome.customer_id, points_of(outcome)) == (None, (0, 0, 0, 0, 0))
    assert conn.execute("select count(*) from customers.customers").fetchone() == (0,)
    conn.rollback()


def test_an_anonymous_sale_is_returned_without_points(conn, context, database):
    purchase = make_purchase(1_100)
    record_purchases(conn, context, [purchase], NOW)
    outcome = record(conn, context, bring_back(purchase))
    assert (outcome.refund_yen, outcome.customer_id, outcome.completes) == (1_100, None, True)
    require_clean(database, context)


def test_goods_that_come_back_before_they_were_bought_are_refused(conn, context):
    purchase = buy(conn, context, Line("A", 1, 1_100))
    (outcome,) = record_returns(
        conn, context, [bring_back(purchase, occurred_at=NOON.replace(year=2026, month=11, day=19))], AFTER
    )
    assert isinstance(outcome, InvalidReturn)
    assert outcome.field == "occurred_at"


def test_of_two_at_once_only_what_is_left_comes_back(database, context, conn):
    """Two connections return the same single piece at the same time: one of them is refused."""
    purchase = buy(conn, context, Line("A", 1, 1_100))
    barrier = threading.Barrier(2)
    outcomes: list[object] = []

    def go(name: str) -> None:
        with psycopg.connect(database.app_dsn, autocommit=True) as own:
            barrier.wait()
            outcomes.extend(record_returns(own, context, [bring_back(purchase, (1, 1), name=name)], AFTER))

    threads = [threading.Thread(target=go, args=(f"T{number}",)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(type(one).__name__ for one in outcomes) == ["InvalidReturn", "RecordedReturn"]
    require_clean(database, context)


def test_a_limited_day_of_the_lot_is_the_day_of_the_return_in_tokyo(conn, context):
    """At 23:59 of its last day in Tokyo a lot still takes points back; a minute later it has expired."""
    give_points(conn, context, "1", 40)
    purchase = buy(conn, context, Line("A", 1, 40), points=40)
    last = NOON.replace(year=2027, month=11, day=30, hour=23, minute=59, tzinfo=JST)
    assert record(conn, context, bring_back(purchase, occurred_at=last), last).points_given_back == 40


def test_another_body_under_the_key_of_a_refused_one_is_judged_for_itself(conn, context):
    purchase = buy(conn, context, Line("A", 1, 1_100))
    too_many, right, again, other = (bring_back(purchase, (1, number)) for number in (5, 1, 1, 2))
    outcomes = record_returns(conn, context, [too_many, right, again, other], AFTER)
    assert [type(one) for one in outcomes] == [InvalidReturn, RecordedReturn, RecordedReturn, IdempotencyConflict]
    assert [one.replayed for one in outcomes[1:3]] == [False, True]


def test_goods_whose_pieces_cost_less_than_a_yen_come_back_piece_by_piece(conn, context):
    purchase = buy(conn, context, Line("A", 7, 1, amount_yen=3, discount_yen=2))
    batch = [bring_back(purchase, (1, 1), name=f"T{number}") for number in range(7)]
    assert [one.refund_yen for one in record_returns(conn, context, batch, AFTER)] == [1, 0, 0, 0, 0, 0, 0]
