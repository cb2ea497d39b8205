"""Proof across the domains: what purchases say and what followed from them are held against each other."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests.flows.factories import NOW, card, give_points, make_context, make_purchase

from enishi import customers, flows
from enishi.customers import NewCustomer
from enishi.flows import record_purchases, register_customers, verify_all
from enishi.kit.database import open_pool
from enishi.kit.errors import Conflict

POINTS = "points of purchases [earned, used, entries, taken, given]"


@pytest.fixture
def context(conn):
    return make_context(conn)


@pytest.fixture
def alice(conn, context):
    """30 points earned in one receipt, 10 of them used and 10 earned in another."""
    give_points(conn, context, "1", 30)
    return record_purchases(conn, context, [make_purchase(1_110, identifiers=card("1"), points_to_use=10)], NOW)[0]


def prove(database, context):
    with open_pool(database.app_dsn, min_size=2, max_size=4) as pool:
        return verify_all(pool, context)


def test_what_was_recorded_is_proven(database, context, alice):
    outcome = prove(database, context)
    assert outcome.is_clean
    assert (outcome.purchases, outcome.ledger.entries, outcome.ledger.outstanding) == (2, 3, 30)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (
            "update purchases.purchases set points_earned = 11 where points_to_use = 10",
            [
                (
                    "points of purchases [earned, used, entries, taken, given]",
                    "[40, 10, 3, 0, 0]",
                    "[41, 10, 3, 0, 0]",
                ),
                (
                    "rank progress [yen, without tax, purchases, points, days]",
                    "[4410, 4010, 2, 40, 786432]",
                    "[4410, 4010, 2, 41, 786432]",
                ),
            ],
        ),
        (
            "delete from purchases.purchases",
            [
                (
                    "points of purchases [earned, used, entries, taken, given]",
                    "[40, 10, 3, 0, 0]",
                    "nothing",
                ),
                ("rank progress [yen, without tax, purchases, points, days]", "[4410, 4010, 2, 40, 786432]", "nothing"),
            ],
        ),
        (
            "delete from ranks.progress",
            [("rank progress [yen, without tax, purchases, points, days]", "nothing", "[4410, 4010, 2, 40, 786432]")],
        ),
    ],
)
def test_a_difference_is_named_by_customer(database, owner_conn, context, alice, statement, expected):
    owner_conn.execute(statement)
    owner_conn.commit()
    outcome = prove(database, context)
    assert not outcome.is_clean
    assert [(one.field, one.found, one.derived) for one in outcome.differences] == expected
    assert {one.customer_id.split()[0] for one in outcome.differences} == {str(alice.customer_id)}


def test_a_registered_customer_has_an_empty_account_at_once(database, conn, context):
    joined = datetime(2026, 4, 1, tzinfo=UTC)
    with conn.transaction():
        (customer_id,) = register_customers(conn, context.keyring, [NewCustomer(card("77"), joined)])
    assert conn.execute("select customer_id, seq, balance from ledger.accounts").fetchall() == [(customer_id, 0, 0)]
    conn.rollback()
    assert prove(database, context).is_clean


def test_a_customer_without_an_account_gets_one_with_the_first_receipt(database, conn, context):
    """Customers may come from elsewhere than the flows; a batch that meets one without an account opens it first."""
    joined = datetime(2026, 4, 1, tzinfo=UTC)
    with conn.transaction():
        (customer_id,) = customers.create_customers(conn, context.keyring, [NewCustomer(card("78"), joined)])
    (outcome,) = record_purchases(conn, context, [make_purchase(1_100, identifiers=card("78"))], NOW)
    assert (outcome.customer_id, outcome.points_earned) == (customer_id, 10)
    assert prove(database, context).is_clean


def test_registering_a_known_card_changes_nothing(conn, context, alice):
    before = conn.execute("select count(*) from customers.customers").fetchone()
    conn.rollback()
    with pytest.raises(Conflict), conn.transaction():
        flows.register_customers(conn, context.keyring, [NewCustomer(card("1"), NOW)])
    assert conn.execute("select count(*) from customers.customers").fetchone() == before


def test_points_on_hold_are_proven(database, conn, owner_conn, context, alice):
    place = flows.PlaceHold(
        source="shop", external_id="H1", customer_id=alice.customer_id, points=7, store="EC", ttl_seconds=600
    )
    flows.change_holds(conn, context, [place], NOW)
    assert prove(database, context).is_clean
    owner_conn.execute("update ledger.holds set points = 8")
    owner_conn.commit()
    found = [(one.field, one.found, one.derived) for one in prove(database, context).differences]
    assert found == [("points on hold", "8", "7")]
