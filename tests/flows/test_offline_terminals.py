"""Terminals without a connection: late, repeated and reordered uploads, and points that turn out not to be there."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs
from tests.conftest import cloned_database
from tests.flows.factories import JST, NOON, NOW, card, give_points, make_context, make_purchase

from enishi import ledger, program
from enishi.flows import (
    Author,
    RecordedPurchase,
    Reinstatement,
    expire_points,
    explain_entry,
    offline_report,
    record_purchases,
    record_returns,
    reinstate_points,
    verify_all,
)
from enishi.kit.database import open_pool
from enishi.kit.errors import InvalidRequest
from enishi.ledger import InsufficientPoints, OfflineCapExceeded
from enishi.program import MonthsToMonthEnd
from enishi.purchases import IdempotencyConflict, Line, Receipt, Return, ReturnedLine

TODAY = date(2026, 11, 20)
OWNER = Author("operator:owner", frozenset({"owner"}))


@pytest.fixture
def context(conn):
    """Points of November end with November; a terminal may spend 500 points a day offline."""
    return make_context(
        conn, structs.replace(program.default_settings(), expiry=MonthsToMonthEnd(0), offline_spend_cap=500)
    )


def spend(points: int, number: str = "1", **fields):
    values = {"identifiers": card(number), "points_to_use": points, "offline": True, "terminal": "T1"}
    return make_purchase(points, **(values | fields))


def send(conn, context, *receipts, now=NOW):
    return record_purchases(conn, context, list(receipts), now)


def account_of(conn):
    row = conn.execute("select balance, lots, customer_id from ledger.accounts").fetchone()
    conn.rollback()
    return row


def prove(database, context):
    with open_pool(database.app_dsn, min_size=2, max_size=4) as pool:
        outcome = verify_all(pool, context)
    assert outcome.is_clean, outcome


def test_what_the_account_covers_is_spent_as_ever(conn, context, database):
    give_points(conn, context, "1", 100)
    (spent,) = send(conn, context, spend(60))
    assert (spent.points_used, spent.balance.available) == (60, 40)
    assert offline_report(conn, context, now=NOW).overspends == []
    conn.rollback()
    prove(database, context)


def test_what_it_does_not_cover_is_owed_because_the_goods_have_left_the_shop(conn, context, database):
    give_points(conn, context, "1", 100)
    (spent,) = send(conn, context, spend(250))
    assert (spent.points_used, spent.balance.available) == (250, 0)
    balance, lots, customer_id = account_of(conn)
    assert (balance, lots) == (-150, [])
    report = offline_report(conn, context, now=NOW)
    assert [(one.store, one.terminal, one.on_day, one.spent, one.receipts, one.owed) for one in report.terminals] == [
        ("S1", "T1", TODAY, 250, 1, 150)
    ]
    assert [(one.customer_id, one.points, one.owed) for one in report.overspends] == [(customer_id, 250, 150)]
    conn.rollback()
    sentence = explain_entry(conn, context, f"{customer_id}-2", "ja").sentence
    assert sentence == (
        "通信のない端末でのお支払いに 250pt(1pt = 1円)を使いました。"
        "うち 150pt は残高を超えており、次に付くポイントから充当します。"
    )
    conn.rollback()
    prove(database, context)


def test_what_is_earned_next_is_set_against_it(conn, context, database):
    give_points(conn, context, "1", 10)
    send(conn, context, spend(40))
    (earned,) = send(conn, context, make_purchase(5_500, identifiers=card("1")))
    assert (earned.points_earned, earned.balance.available) == (50, 20)
    prove(database, context)


def test_the_cap_bounds_what_a_terminal_spends_a_day(conn, context, database):
    give_points(conn, context, "1", 100)
    first, second, third = send(conn, context, spend(400), spend(101), spend(100))
    assert isinstance(first, RecordedPurchase)
    assert isinstance(second, OfflineCapExceeded)
    assert isinstance(third, RecordedPurchase)
    assert account_of(conn)[0] == -400
    (other_terminal,) = send(conn, context, spend(300, terminal="T2"))
    (other_day,) = send(conn, context, spend(300, occurred_at=NOON - timedelta(days=1)))
    assert isinstance(other_terminal, RecordedPurchase)
    assert isinstance(other_day, RecordedPurchase)
    prove(database, context)


def test_beyond_the_cap_what_is_there_can_still_be_spent(conn, context):
    give_points(conn, context, "1", 600)
    first, second = send(conn, context, spend(450), spend(150))
    assert isinstance(first, RecordedPurchase)
    assert isinstance(second, RecordedPurchase)
    assert account_of(conn)[0] == 0


def test_a_terminal_with_a_connection_is_refused_as_ever_and_nothing_changes(conn, context):
    give_points(conn, context, "1", 100)
    before = account_of(conn)
    (refused,) = send(conn, context, spend(101, offline=False))
    assert type(refused) is InsufficientPoints
    assert account_of(conn) == before


def test_without_a_cap_nothing_is_owed(conn):
    context = make_context(conn)
    give_points(conn, context, "1", 100)
    (refused,) = send(conn, context, spend(101))
    assert isinstance(refused, OfflineCapExceeded)
    assert conn.execute("select count(*) from ledger.overspends").fetchone() == (0,)


def test_a_repeat_counts_once_and_the_same_key_offline_is_another_body(conn, context, database):
    """Known failure 9."""
    give_points(conn, context, "1", 100)
    receipt = spend(150)
    (first,) = send(conn, context, receipt)
    assert send(conn, context, receipt, receipt) == [structs.replace(first, replayed=True)] * 2
    (conflict,) = send(conn, context, structs.replace(receipt, offline=False))
    assert (type(conflict), conflict.field) == (IdempotencyConflict, "offline")
    assert account_of(conn)[0] == -50
    prove(database, context)


def test_points_that_were_valid_then_count_although_they_were_swept_since(conn, context, database):
    """Whether the sweep or the late receipt came first makes no difference to the member."""
    give_points(conn, context, "1", 100)
    december = datetime(2026, 12, 2, 9, 0, tzinfo=JST)
    expire_points(conn, context, december)
    (spent,) = send(conn, context, spend(80), now=december)
    assert (spent.points_used, spent.balance.available) == (80, 0)
    balance, lots, customer_id = account_of(conn)
    assert (balance, lots) == (0, [])
    with conn.transaction():
        entries = [(one.type.value, one.points) for one in ledger.list_entries(conn, customer_id, None, 9)]
    assert entries == [("spend", -80), ("reinstate", 80), ("expire", -100), ("earn", 100)]
    (again,) = send(conn, context, spend(30), now=december)
    assert isinstance(again, RecordedPurchase)
    assert account_of(conn)[0] == -10
    assert [one.owed for one in offline_report(conn, context, now=december).overspends] == [10]
    conn.rollback()
    prove(database, context)


def reinstatement(conn, **fields):
    """What would give again whatever expired last, for the asking."""
    row = conn.execute("select customer_id || '-' || seq from ledger.journal where entry_type = 'expire'").fetchone()
    conn.rollback()
    return Reinstatement(**({"entry_id": row[0], "reason": "apology", "store": "S1"} | fields))


def test_what_a_late_receipt_used_of_expired_points_is_not_given_again(conn, context, database):
    """Together they would give more than had expired."""
    give_points(conn, context, "1", 100)
    december = datetime(2026, 12, 2, 9, 0, tzinfo=JST)
    expire_points(conn, context, december)
    send(conn, context, spend(80), now=december)
    before = account_of(conn)
    with pytest.raises(InvalidRequest) as refused:
        reinstate_points(conn, context, reinstatement(conn, points=21), OWNER, december)
    assert refused.value.problem()["left"] == 20
    assert account_of(conn) == before
    assert reinstate_points(conn, context, reinstatement(conn), OWNER, december).points == 20
    assert account_of(conn)[0] == 20
    with pytest.raises(IdempotencyConflict):
        reinstate_points(conn, context, reinstatement(conn, points=1), OWNER, december)
    prove(database, context)


def test_expired_points_of_which_nothing_is_left_are_not_given_again(conn, context):
    give_points(conn, context, "1", 100)
    december = datetime(2026, 12, 2, 9, 0, tzinfo=JST)
    expire_points(conn, context, december)
    send(conn, context, spend(100), now=december)
    before = account_of(conn)
    with pytest.raises(InvalidRequest):
        reinstate_points(conn, context, reinstatement(conn), OWNER, december)
    assert account_of(conn) == before


def test_verify_names_an_entry_of_which_more_was_given_again_than_expired(conn, owner_conn, context, database):
    give_points(conn, context, "1", 100)
    december = datetime(2026, 12, 2, 9, 0, tzinfo=JST)
    expire_points(conn, context, december)
    send(conn, context, spend(80), now=december)
    owner_conn.execute("alter table ledger.journal disable trigger user")
    owner_conn.execute("update ledger.journal set points = -79 where entry_type = 'expire'")
    owner_conn.commit()
    with open_pool(database.app_dsn, min_size=2, max_size=4) as pool:
        differences = verify_all(pool, context).ledger.differences
    assert ("reinstated[2]", "80", "79") in [(one.field, one.found, one.derived) for one in differences]


def test_goods_paid_with_points_that_were_not_there_give_back_the_debt_first(conn, context, database):
    """What no lot had covered used to be answered as given back, and stayed owed all the same."""
    give_points(conn, context, "1", 100)
    receipt = make_purchase(
        lines=(Line("A", 5, 50),), identifiers=card("1"), points_to_use=250, offline=True, terminal="T1"
    )
    send(conn, context, receipt)
    assert account_of(conn)[0] == -150
    part = Return(
        source="pos", external_id="B1", store="S1", occurred_at=NOW, receipt=Receipt("pos", receipt.external_id),
        lines=(ReturnedLine(1, 2),),
    )  # fmt: skip
    (first,) = record_returns(conn, context, [part], NOW)
    assert (first.points_given_back, first.points_owed) == (100, 50)
    prove(database, context)
    whole = structs.replace(part, external_id="B2", lines=())
    (rest,) = record_returns(conn, context, [whole], NOW)
    assert (rest.points_given_back, rest.points_owed, account_of(conn)[0]) == (150, 0, 100)
    prove(database, context)


def test_points_of_a_kind_that_has_ended_cover_nothing(conn, database):
    """Known failure 15: a kind winds down for offline receipts as for any other."""
    context = make_context(
        conn,
        structs.replace(program.default_settings(), last_use_on={"regular": date(2026, 11, 19)}, offline_spend_cap=500),
    )
    give_points(conn, context, "1", 100)
    (spent,) = send(conn, context, spend(60))
    assert isinstance(spent, RecordedPurchase)
    balance, lots, _ = account_of(conn)
    assert (balance, [points for _, _, points in lots]) == (40, [100])
    assert [one.owed for one in offline_report(conn, context, now=NOW).overspends] == [60]
    conn.rollback()
    prove(database, context)


@pytest.fixture(scope="module")
def fresh_database(server, admin_conn):
    """Makes a database for each example of a property."""
    return lambda: cloned_database(server, admin_conn)


RECEIPTS = st.lists(st.tuples(st.integers(0, 2), st.integers(1, 30), st.integers(0, 60)), min_size=1, max_size=6)


@given(RECEIPTS, st.data())
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_order_and_repetition_of_uploads_ends_in_the_same_balances(fresh_database, drawn, data):
    """Known failure 9: each receipt counts once, and a balance is a sum, which knows no order."""
    receipts = [
        make_purchase(
            earned * 110, identifiers=card(str(member)), points_to_use=min(used, earned * 110), offline=True,
            terminal="T1", occurred_at=NOON + timedelta(minutes=position),
        )
        for position, (member, earned, used) in enumerate(drawn)
    ]  # fmt: skip
    uploads = data.draw(st.permutations(receipts + data.draw(st.lists(st.sampled_from(receipts), max_size=4))))
    size = data.draw(st.integers(1, 4))

    def upload(order, batch_size):
        with fresh_database() as database, psycopg.connect(database.app_dsn, options="-c timezone=UTC") as conn:
            context = make_context(conn, structs.replace(program.default_settings(), offline_spend_cap=10_000))
            for first in range(0, len(order), batch_size):
                outcomes = record_purchases(conn, context, order[first : first + batch_size], NOW)
                assert all(isinstance(one, RecordedPurchase) for one in outcomes)
            totals = Counter(conn.execute("select balance from ledger.accounts").fetchall())
            counts = conn.execute("select count(*), sum(points_to_use) from purchases.purchases").fetchone()
            conn.rollback()
            prove(database, context)
            return totals, counts

    assert upload(uploads, size) == upload(receipts, len(receipts))
