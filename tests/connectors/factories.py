"""Receipts for tests of what carries them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from enishi.connectors.pipeline import Item
from enishi.purchases import Channel, Identifier, IdentifierKind, Line, Purchase

TOKYO = timezone(timedelta(hours=9))


def purchase(number: int, customer: int = 1, *, price: int = 110) -> Purchase:
    """A receipt of ¥``price`` by a customer who is known by a card."""
    return Purchase(
        source="test",
        external_id=str(number),
        channel=Channel.POS,
        store="1",
        occurred_at=datetime(2026, 4, 1, 12, tzinfo=TOKYO),
        identifiers=(Identifier(IdentifierKind.CARD, f"29{customer:05d}"),),
        lines=(Line("A", 1, price),),
    )


def item(customer: int, number: int) -> Item:
    """The receipt with its customer's number."""
    return Item(customer, purchase(number, customer))
