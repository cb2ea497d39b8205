"""Quoting a return says what recording it does, and does none of it; what came back is read per receipt."""

from __future__ import annotations

import pytest
from tests.flows.factories import card, give_points, make_context, make_purchase, refusal_of
from tests.flows.test_record_returns import AFTER, LATER, NOW, bring_back, buy, everything, record

from enishi.flows import RecordedPurchase, quote_return, record_purchases, returns_of
from enishi.kit.errors import Refusal
from enishi.purchases import InvalidReturn, Line, Receipt, Return, ReturnedLine, UnknownReceipt


@pytest.fixture
def context(conn):
    return make_context(conn)


def purchase_id_of(conn):
    found = conn.execute("select purchase_id from purchases.purchases order by recorded_at").fetchall()
    conn.rollback()
    return found[-1][0]


@pytest.mark.parametrize("lines", [(), ((1, 1),), ((2, 2),), ((1, 1), (2, 1))])
def test_a_quote_is_what_is_recorded_then(conn, context, lines):
    give_points(conn, context, "1", 100)
    purchase = buy(conn, context, Line("A", 1, 1_100), Line("B", 2, 550), points=60)
    before = everything(conn)
    quoted = quote_return(conn, context, bring_back(purchase, *lines), AFTER)
    assert everything(conn) == before
    recorded = record(conn, context, bring_back(purchase, *lines))
    assert {name: getattr(recorded, name) for name in quoted.__struct_fields__} == {
        name: getattr(quoted, name) for name in quoted.__struct_fields__
    }


def test_a_quote_after_a_part_is_about_what_is_left(conn, context):
    purchase = buy(conn, context, Line("A", 1, 1_100), Line("B", 1, 1_078))
    record(conn, context, bring_back(purchase, (2, 1)))
    quoted = quote_return(conn, context, bring_back(purchase, name="T2"), AFTER)
    assert (quoted.refund_yen, quoted.points_taken_back, quoted.completes) == (1_100, 10, True)


def test_a_quote_says_what_will_be_owed(conn, context):
    purchase = buy(conn, context, Line("A", 1, 11_000))
    spending = make_purchase(220, external_id="P-2", identifiers=card("1"), points_to_use=100)
    (spent,) = record_purchases(conn, context, [spending], NOW)
    assert isinstance(spent, RecordedPurchase), spent
    quoted = quote_return(conn, context, bring_back(purchase), AFTER)
    assert (quoted.points_taken_back, quoted.points_owed) == (100, 99)
    assert quoted.balance is not None
    assert (quoted.balance.available, quoted.balance.owed) == (0, 99)


def test_a_quote_refuses_what_recording_would_refuse(conn, context):
    purchase = buy(conn, context, Line("A", 1, 1_100))
    unknown = Return(
        source="pos", external_id="T", store="S1", occurred_at=LATER, receipt=Receipt("pos", "no such receipt")
    )
    for one, refusal in ((bring_back(purchase, (1, 2)), InvalidReturn), (unknown, UnknownReceipt)):
        before = everything(conn)
        with pytest.raises(refusal):
            quote_return(conn, context, one, AFTER)
        assert everything(conn) == before


def test_what_came_back_is_read_with_its_entries(conn, context):
    give_points(conn, context, "1", 100)
    purchase = buy(conn, context, Line("A", 1, 1_100), Line("B", 2, 550), points=100)
    purchase_id = purchase_id_of(conn)
    assert returns_of(conn, [purchase_id]) == {}
    first = record(conn, context, bring_back(purchase, (2, 1)))
    second = record(conn, context, bring_back(purchase, name="T2"))
    held = returns_of(conn, [purchase_id])[purchase_id]
    assert [one.return_id for one in held] == [first.return_id, second.return_id]
    assert held[0].lines == (ReturnedLine(2, 1),)
    assert held[1].lines == (ReturnedLine(1, 1), ReturnedLine(2, 1))
    for one, outcome in zip(held, (first, second), strict=True):
        assert (one.refund_yen, one.pay_back_yen) == (outcome.refund_yen, outcome.pay_back_yen)
        assert sum(entry.points for entry in one.entries) == outcome.points_given_back - outcome.points_taken_back
        assert {entry.type.value for entry in one.entries} == {"give_back", "take_back"}
    assert sum(one.refund_yen for one in held) == 2_200
    assert sum(one.pay_back_yen for one in held) == 2_100


def test_what_has_nobody_s_points_has_no_entries(conn, context):
    purchase = make_purchase(1_100, external_id="P-9")
    (sold,) = record_purchases(conn, context, [purchase], NOW)
    assert not isinstance(sold, Refusal), refusal_of(sold)
    record(conn, context, bring_back(purchase))
    (one,) = returns_of(conn, [sold.purchase_id])[sold.purchase_id]
    assert (one.refund_yen, one.completes, one.entries) == (1_100, True, ())
