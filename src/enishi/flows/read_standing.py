"""What a customer's account has besides what can be spent: points to come, points set aside, and whether it is frozen.

What is owed stands with the balance, because the balance can not be read without it.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from msgspec import Struct
from psycopg import Connection

from enishi import ledger, purchases
from enishi.flows.context import PurchaseContext
from enishi.flows.model import PendingLine
from enishi.flows.read_customers import pending_points
from enishi.ledger import Hold
from enishi.purchases import StoredPurchase

if TYPE_CHECKING:
    from enishi.program import Locale


class AwaitedPoints(Struct, frozen=True):
    """Pending points, and the purchase that earned them."""

    line: PendingLine
    purchase: StoredPurchase


class Standing(Struct, frozen=True):
    """Points to come, soonest first; points set aside, the hold that lapses soonest first; since when it is frozen."""

    pending: tuple[AwaitedPoints, ...]
    holds: tuple[Hold, ...]
    frozen_at: datetime | None

    @property
    def pending_points(self) -> int:
        """All points to come."""
        return sum(one.line.points for one in self.pending)

    @property
    def held_points(self) -> int:
        """All points set aside."""
        return sum(one.points for one in self.holds)


def read_standing(conn: Connection, context: PurchaseContext, customer_id: UUID) -> Standing:
    """How an account stands, besides its balance; that of a customer without points is empty."""
    lines = pending_points(conn, context, [customer_id]).get(customer_id, ())
    bought = purchases.load_purchases(conn, [line.purchase_id for line in lines])
    return Standing(
        tuple(AwaitedPoints(line, bought[line.purchase_id]) for line in lines),
        tuple(ledger.list_open_holds(conn, customer_id)),
        ledger.frozen_since(conn, customer_id),
    )


_EVENTS_JA = {"shipped": "発送", "delivered": "お届け"}
_EVENTS_EN = {"shipped": "is shipped", "delivered": "is delivered"}


def tell_when(line: PendingLine, locale: Locale) -> str:
    """When pending points can be used, and what they wait for, in one sentence."""
    if line.due_on is not None:
        return _tell_day(line, f"{line.due_on:%Y/%m/%d}", locale)
    event = line.event or ""
    if locale == "ja":
        name = _EVENTS_JA.get(event, event)
        wait = f"商品の{name}から{line.days}日後に" if line.days else f"商品の{name}が済むと"
        return f"{wait}使えるようになります。"
    happens = _EVENTS_EN.get(event, event)
    return (
        f"Can be used {line.days} {'day' if line.days == 1 else 'days'} after the order {happens}."
        if line.days
        else f"Can be used once the order {happens}."
    )


def _tell_day(line: PendingLine, day: str, locale: Locale) -> str:
    if line.event is None:
        return f"{day} から使えるようになります。" if locale == "ja" else f"Can be used from {day}."
    if locale == "ja":
        return f"商品の{_EVENTS_JA.get(line.event, line.event)}が済みました。{day} から使えるようになります。"
    return f"The order {_EVENTS_EN.get(line.event, line.event).replace('is ', 'has been ')}. Can be used from {day}."


def tell_hold(hold: Hold, locale: Locale) -> str:
    """What points are set aside for, in one sentence."""
    if locale == "ja":
        return f"ご注文 {hold.external_id} のお支払いのために仮押さえしています。"
    return f"Set aside to pay for the order {hold.external_id}."
