"""Receipts and contexts as the tests of flows, gateway and bench need them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from itertools import count

import psycopg

from enishi import program
from enishi.flows import PurchaseContext, record_purchases
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
