"""A year and more of one member's receipts, of which goods come back and some are claimed: facts to add up."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import psycopg
from tests.flows.factories import JST, card, make_purchase

from enishi.flows import Claim, PurchaseContext, claim_purchases, record_purchases, record_returns
from enishi.purchases import Line, Receipt, Return, ReturnedLine

BEGINS = datetime(2025, 10, 3, 12, 0, tzinfo=JST)
LAST = date(2026, 11, 20)
CARD = "9001"
RECEIPTS = 60


def shop_for_a_year(conn: psycopg.Connection, context: PurchaseContext) -> None:
    """Receipts on some 35 days, several on most; every price has 10 % tax in it without a fraction of a yen."""
    days = (LAST - BEGINS.date()).days + 1
    for number in range(RECEIPTS):
        at = BEGINS + timedelta(days=(number * 37) % days // 11 * 11, hours=number % 9)
        sale = make_purchase(
            external_id=f"Y{number:03}",
            store=f"S{number % 3}",
            lines=(Line("A", 1 + number % 3, 1_100 * (1 + number % 7)),),
            identifiers=() if number % 6 == 0 else card(CARD),
            occurred_at=at,
        )
        now = at + timedelta(minutes=5)
        (recorded,) = record_purchases(conn, context, [sale], now)
        assert hasattr(recorded, "purchase_id"), recorded
        if number % 6 == 0:
            _claim(conn, context, sale, recorded.total_yen, at + timedelta(days=1))
        if number % 4 == 0:
            _bring_back(conn, context, sale, 1, at + timedelta(days=2))
        if number % 11 == 0:
            left = sale.lines[0].quantity - (number % 4 == 0)
            if left:
                _bring_back(conn, context, sale, left, at + timedelta(days=3))


def _claim(conn: psycopg.Connection, context: PurchaseContext, sale, total_yen: int, now: datetime) -> None:
    claim = Claim(
        source="counter",
        receipt=sale.external_id,
        store=sale.store,
        on=sale.occurred_at.date(),
        total_yen=total_yen,
        identifiers=card(CARD),
    )
    (claimed,) = claim_purchases(conn, context, [claim], "operator:1", now)
    assert hasattr(claimed, "points_earned"), claimed


def _bring_back(conn: psycopg.Connection, context: PurchaseContext, sale, pieces: int, now: datetime) -> None:
    one = Return(
        source="pos",
        external_id=f"{sale.external_id}-{now:%d%H%M}",
        store=sale.store,
        occurred_at=now,
        receipt=Receipt(sale.source, sale.external_id),
        lines=(ReturnedLine(1, pieces),),
    )
    (done,) = record_returns(conn, context, [one], now)
    assert hasattr(done, "return_id"), done
