"""Receipts and contexts as the tests of flows, gateway and bench need them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from itertools import count
from typing import Any
from uuid import UUID

import psycopg

from enishi import customers, program
from enishi.flows import PurchaseContext, record_purchases, verify_all
from enishi.kit.database import Database, open_pool
from enishi.kit.errors import Refusal
from enishi.kit.identifiers import Identifier, IdentifierKind
from enishi.kit.vault import Keyring
from enishi.purchases import Channel, Line, Purchase

JST = timezone(timedelta(hours=9))
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=JST)
NOW = datetime(2026, 11, 20, 12, 5, tzinfo=JST)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
MASTER_KEY = bytes(range(32))

_numbers = count(1)


def make_context(conn: psycopg.Connection, settings: program.ProgramSettings | None = None) -> PurchaseContext:
    """A context over a database in which a programme has been in force since ``LONG_AGO``."""
    with conn.transaction():
        program.publish_version(
            conn, settings or program.default_settings(), LONG_AGO, "system", "Opening of the tests", LONG_AGO
        )
    return PurchaseContext(Keyring(MASTER_KEY))


def card(number: str) -> tuple[Identifier, ...]:
    """A member card, as the only identifier of a receipt."""
    return (Identifier(IdentifierKind.CARD, number),)


def make_purchase(price_yen: int = 1_100, **fields: object) -> Purchase:
    """A receipt with one line of ¥1,100 with 10 % tax, at noon in Tokyo, under a fresh number."""
    values = {
        "source": "pos",
        "external_id": f"R{next(_numbers):08}",
        "channel": Channel.POS,
        "store": "S1",
        "occurred_at": NOON,
        "lines": (Line("SKU1", 1, price_yen),),
    }
    return Purchase(**(values | fields))  # type: ignore[arg-type]


def give_points(conn: psycopg.Connection, context: PurchaseContext, number: str, points: int) -> None:
    """Let a card earn this many points in one receipt at one point for ¥100 before tax."""
    purchase = make_purchase(points * 110, identifiers=card(number), occurred_at=NOON - timedelta(days=1))
    (outcome,) = record_purchases(conn, context, [purchase], NOW)
    assert getattr(outcome, "points_earned", None) == points, outcome


def customer_of(conn: psycopg.Connection, number: str) -> UUID:
    """The customer who holds a card; it is registered when nobody does."""
    keyring = Keyring(MASTER_KEY)
    with conn.transaction():
        found = customers.find_by_identifiers(conn, keyring, card(number))
        if found:
            return found[0].customer_id
        newcomer = customers.NewCustomer(joined_at=LONG_AGO, identifiers=card(number))
        return customers.create_customers(conn, keyring, [newcomer])[0]


def refusal_of(outcome: object) -> dict[str, Any]:
    """The refusal among outcomes, as its problem document."""
    assert isinstance(outcome, Refusal), outcome
    return outcome.problem()


def state_of(conn: psycopg.Connection) -> list[tuple[Any, ...]]:
    """Everything about points that a refusal must leave as it was; an account without entries says nothing yet."""
    rows = conn.execute(
        "select customer_id, seq, balance, lots::text from ledger.accounts where seq > 0 order by customer_id"
    ).fetchall()
    rows += conn.execute("select count(*), sum(points) from ledger.journal").fetchall()
    rows += conn.execute("select hold_id, state, captured_points from ledger.holds order by hold_id").fetchall()
    rows += conn.execute("select operation_id from ledger.operations order by operation_id").fetchall()
    rows += conn.execute("select request_id, state from ledger.adjustment_requests order by request_id").fetchall()
    rows += conn.execute("select purchase_id, customer_id from purchases.claims order by purchase_id").fetchall()
    rows += conn.execute("select * from ranks.progress order by customer_id, month").fetchall()
    conn.rollback()
    return rows


def assert_proven(database: Database, context: PurchaseContext) -> None:
    """The whole ledger can be derived again from its journal and from the purchases."""
    with open_pool(database.app_dsn, min_size=2, max_size=4) as pool:
        outcome = verify_all(pool, context)
    assert outcome.is_clean, outcome
