"""Points that goods had earned and that expired unused were not spent: a return takes them back without a debt."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from msgspec import structs
from tests.flows.factories import JST, assert_proven, card, customer_of, make_context, make_purchase

from enishi import ledger, program
from enishi.flows import (
    Author,
    Reinstatement,
    expire_points,
    explain_entry,
    quote_return,
    record_purchases,
    record_returns,
    reinstate_points,
)
from enishi.kit.errors import InvalidRequest
from enishi.program import MonthsToMonthEnd, ReturnPolicy, ReturnShortfall
from enishi.purchases import Line, Receipt, Return, ReturnedLine

BOUGHT = datetime(2026, 11, 20, 12, 0, tzinfo=JST)
DECEMBER = datetime(2026, 12, 2, 12, 0, tzinfo=JST)
OWNER = Author("operator:owner", frozenset({"owner"}))


@pytest.fixture(params=list(ReturnShortfall))
def context(conn, request):
    """Points end with their month; what a return does not find follows each of the three policies."""
    returns = ReturnPolicy(shortfall=request.param)
    return make_context(conn, structs.replace(program.default_settings(), expiry=MonthsToMonthEnd(0), returns=returns))


@pytest.fixture
def purchase(conn, context):
    """Two pieces, 100 points, of which 30 were used before they expired."""
    bought = make_purchase(lines=(Line("A", 2, 5_500),), identifiers=card("1"), occurred_at=BOUGHT)
    spent = make_purchase(30, identifiers=card("1"), points_to_use=30, occurred_at=BOUGHT + timedelta(hours=1))
    record_purchases(conn, context, [bought, spent], BOUGHT + timedelta(hours=1))
    return bought


def half(purchase, number: str) -> Return:
    receipt = Receipt(purchase.source, purchase.external_id)
    return Return(
        source="pos", external_id=number, store="S1", occurred_at=DECEMBER, receipt=receipt, lines=(ReturnedLine(1, 1),)
    )


def account_of(conn) -> ledger.Account:
    customer_id = customer_of(conn, "1")
    account = ledger.load_accounts(conn, [customer_id])[customer_id]
    conn.rollback()
    return account


@pytest.mark.parametrize("swept", [False, True])
def test_whether_the_sweep_or_the_return_comes_first_is_the_same_to_the_member(
    database, conn, context, purchase, swept
):
    if swept:
        assert expire_points(conn, context, DECEMBER).points == 70
    quote = quote_return(conn, context, half(purchase, "B1"), DECEMBER)
    (outcome,) = record_returns(conn, context, [half(purchase, "B1")], DECEMBER)
    assert (outcome.points_taken_back, outcome.points_absorbed, outcome.points_owed) == (50, 0, 0)
    assert quote.points_taken_back == 50
    assert sum(lot.points for lot in account_of(conn).lots) == (0 if swept else 20)
    expire_points(conn, context, DECEMBER)
    assert (account_of(conn).lots, account_of(conn).balance) == ((), 0)
    assert_proven(database, context)


def test_only_what_expired_is_found_and_only_once(database, conn, context, purchase):
    """Of the 100 points 30 had been spent: of those the programme's policy decides."""
    expire_points(conn, context, DECEMBER)
    shortfall = program.version_at(context.versions(conn), DECEMBER).settings.returns.shortfall
    conn.rollback()
    first, second = record_returns(conn, context, [half(purchase, "B1"), half(purchase, "B2")], DECEMBER)
    assert first.points_taken_back == 50
    match shortfall:
        case ReturnShortfall.NEGATIVE:
            assert (second.points_taken_back, second.points_owed) == (50, 30)
        case ReturnShortfall.ABSORB:
            assert (second.points_taken_back, second.points_absorbed, second.points_owed) == (20, 30, 0)
        case ReturnShortfall.REFUSE:
            assert second.problem()["missing"] == 30
    (entry_id,) = conn.execute(
        "select customer_id || '-' || seq from ledger.journal where entry_type = 'expire'"
    ).fetchone()
    conn.rollback()
    one = Reinstatement(entry_id=entry_id, reason="apology", store="S1", expires_on=date(2026, 12, 31))
    if shortfall is ReturnShortfall.REFUSE:
        assert reinstate_points(conn, context, one, OWNER, DECEMBER).points == 20
    else:
        with pytest.raises(InvalidRequest):
            reinstate_points(conn, context, one, OWNER, DECEMBER)
    assert_proven(database, context)


def test_the_entry_says_why_expired_points_were_given_again(conn, context, purchase):
    expire_points(conn, context, DECEMBER)
    record_returns(conn, context, [half(purchase, "B1")], DECEMBER)
    entries = ledger.list_entries(conn, customer_of(conn, "1"), None, 2)
    sentences = [explain_entry(conn, context, one.entry_id, "ja").sentence for one in reversed(entries)]
    conn.rollback()
    assert sentences == [
        "返品された商品で付いた分の取り消しのため、失効した 50pt を再び付与しました。",
        "返品により残りの商品で計算し直し：100pt → 50pt、50pt を取り消しました。",
    ]
