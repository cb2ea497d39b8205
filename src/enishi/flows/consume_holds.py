"""Purchases that are paid with points on hold: the hold is captured in the transaction that records the purchase.

So a checkout that held points sends one purchase, and no crash can leave points used without a purchase or a purchase
without its points. The hold is read behind the lock of its customer's account: whoever else captures or releases it at
the same time finds it settled, or this purchase does.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import Struct
from psycopg import Connection

from enishi import ledger
from enishi.flows.bases import HoldBasis
from enishi.flows.purchase_world import PurchaseWorld
from enishi.kit.errors import Conflict, NotFound
from enishi.ledger import Account, Hold, HoldLapsed, HoldSettled, HoldState, Occasion, Posting
from enishi.purchases import Purchase

_encode = msgspec.json.Encoder().encode


class HoldOfAnother(Conflict):
    """The hold is not of the customer whom the purchase names. Nothing was taken."""

    code = "hold-of-another"
    title = "Hold of another customer"


class HoldTooSmall(Conflict):
    """The hold has fewer points than the purchase is to use. Nothing was taken."""

    code = "hold-too-small"
    title = "Hold too small"


class ConsumedHold(Struct, gc=False, frozen=True):
    """Points of a hold that pay for a purchase: what put the held points back, and the entry that used ``points``."""

    points: int
    releases: tuple[Posting, ...]
    spend: Posting


def find_holds(conn: Connection, batch: Iterable[Purchase]) -> dict[UUID, Hold]:
    """The holds that a batch names; to record, they are read behind the locks of the batch's accounts."""
    return ledger.load_holds(conn, [one.hold_id for one in batch if one.hold_id is not None])


def consume_hold(
    purchase: Purchase,
    hold_id: UUID,
    account: Account,
    world: PurchaseWorld,
    *,
    total_yen: int,
    purchase_id: UUID,
    occurred_at: datetime,
) -> ConsumedHold:
    """Capture the hold for ``points_to_use``, or whole where that is 0, as far as the receipt goes; release the rest.

    ``account`` and ``world`` are changed in memory. Refusals, leaving both as they were: ``NotFound``,
    ``HoldOfAnother``, ``HoldLapsed``, ``HoldSettled``, ``HoldTooSmall``.
    """
    hold = world.holds.get(hold_id)
    if hold is None or hold.store != purchase.store:
        raise NotFound(
            "There is no such hold of this store.",
            field="hold_id",
            remedy="Send the hold_id and the store with which the points were held.",
        )
    if hold.customer_id != account.customer_id:
        raise HoldOfAnother(
            "The points were held for another customer than the purchase names.",
            field="hold_id",
            remedy="Send the identifiers of the customer whose points were held.",
        )
    _require_open(hold, world.now)
    points = purchase.points_to_use or min(hold.points, total_yen)
    if points > hold.points:
        raise HoldTooSmall(
            f"{points} points were to be used of a hold of {hold.points}.",
            field="points_to_use",
            remedy="Use at most what is held, or hold more points under a new external_id.",
            held=hold.points,
            requested=points,
        )
    settled = msgspec.structs.replace(
        hold,
        state=HoldState.CAPTURED,
        captured_points=points,
        purchase_id=purchase_id,
        settled_at=world.now,
    )
    basis = _encode(HoldBasis(hold.hold_id, hold.external_id, settled.state.value, hold.points, points))
    releases, spend = ledger.capture_for_purchase(
        account,
        hold.lots,
        points,
        aside=Occasion(hold.store, occurred_at, None, basis),
        spent=Occasion(purchase.store, occurred_at, purchase_id, basis),
    )
    world.holds[hold_id] = settled
    world.captured.append(settled)
    return ConsumedHold(points, tuple(releases), spend)


def _require_open(hold: Hold, now: datetime) -> None:
    if hold.state is HoldState.LAPSED or (hold.state is HoldState.OPEN and hold.expires_at <= now):
        raise HoldLapsed(
            f"The hold ended at {hold.expires_at.isoformat()}; its points are the customer's again.",
            field="hold_id",
            remedy="Send the purchase without hold_id, or hold the points again under a new external_id.",
            state=HoldState.LAPSED.value,
        )
    if hold.state is not HoldState.OPEN:
        raise HoldSettled(
            f"The hold was {hold.state.value} already.",
            field="hold_id",
            remedy="Show the hold to see for which purchase; send this one without hold_id.",
            state=hold.state.value,
        )
