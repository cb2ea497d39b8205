"""Goods that come back to the counter: what that would do, and doing it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from msgspec import structs
from psycopg import Connection
from pydantic import Field

from enishi import audit, flows, purchases
from enishi.access import Permission
from enishi.flows import QuotedReturn, RecordedReturn
from enishi.kit.errors import NotFound, Refusal
from enishi.purchases import IdempotencyConflict, Key, Receipt, Return, ReturnedLine, StoredPurchase
from enishi.web import reading
from enishi.web.claims import require_store
from enishi.web.declare import Caller, Conn, Language, Resources, Use, requires
from enishi.web.shapes import Body, PurchaseDetail, Shape

router = APIRouter(prefix="/api/counter/purchases", tags=["counter"])

SOURCE = "counter"
"""Under which returns of the counter are recorded; the request's ID is their ``external_id``."""

May = Annotated[Caller, requires(Permission.RETURNS_RECORD)]


class LineToReturn(Body):
    """So many pieces of a line of the receipt; ``line`` counts from 1."""

    line: Annotated[int, Field(ge=1, le=1_000)]
    quantity: Annotated[int, Field(ge=1, le=1_000_000)]


class GoodsToReturn(Body):
    """What comes back; null is everything that is left of the receipt.

    ``store`` is where it comes back, when that is not the store that sold it.
    """

    lines: Annotated[list[LineToReturn], Field(min_length=1, max_length=1_000)] | None
    store: Annotated[str, Field(min_length=1, max_length=64)] | None = None


class ReturnToRecord(GoodsToReturn):
    """What comes back. ``request_id`` is the tablet's own: a second tap with it is answered like the first."""

    request_id: UUID


class ReturnEffect(Shape):
    """What a return pays back and does to points.

    ``points_owed`` is by how much the customer's points fall short afterwards, and ``available`` what they can spend
    then; it is null when no customer was named at the sale. ``pending_cancelled`` had not become points yet.
    """

    refund_yen: int
    pay_back_yen: int
    points_taken_back: int
    points_absorbed: int
    points_given_back: int
    points_lost: int
    pending_cancelled: int
    points_owed: int
    available: int | None
    completes: bool


class ReturnDone(Shape):
    """A return that is recorded. ``replayed``: it had been before, and this is the first answer again."""

    return_id: UUID
    replayed: bool
    effect: ReturnEffect


@router.get("/{purchase_id}")
def read_purchase(
    purchase_id: UUID, caller: Annotated[Caller, requires(Permission.COUNTER_USE)], conn: Conn, language: Language
) -> PurchaseDetail:
    """One receipt of the operator's stores in full, with what has come back of it."""
    return reading.read_purchase(conn, purchase_id, reading.Reader(caller.stores, None, language))


@router.post("/{purchase_id}/returns:quote")
def quote_return(purchase_id: UUID, body: GoodsToReturn, caller: May, conn: Conn, use: Use) -> ReturnEffect:
    """What a return would do, by the code that records it; nothing is written."""
    purchase = _purchase(conn, purchase_id, caller)
    require_store(caller, body.store or purchase.store)
    one = _return_of(purchase, body, external_id="quote", use=use)
    return present_effect(flows.quote_return(conn, use.context, one, use.clock()))


@router.post("/{purchase_id}/returns")
def record_return(purchase_id: UUID, body: ReturnToRecord, caller: May, conn: Conn, use: Use) -> ReturnDone:
    """Take goods back: 422 ``invalid-return`` for more than is left, 409 ``points-already-spent`` by the programme."""
    purchase = _purchase(conn, purchase_id, caller)
    require_store(caller, body.store or purchase.store)
    one = _return_of(purchase, body, external_id=str(body.request_id), use=use)
    return record_once(conn, use, one, caller, target=f"purchase:{purchase_id}")


def _purchase(conn: Connection, purchase_id: UUID, caller: Caller) -> StoredPurchase:
    """The purchase; one of another store is answered like none."""
    purchase = purchases.load_purchases(conn, [purchase_id]).get(purchase_id)
    if purchase is None or (caller.stores is not None and purchase.store not in caller.stores):
        raise NotFound("There is no such purchase.")
    return purchase


def record_once(conn: Connection, use: Resources, one: Return, caller: Caller, *, target: str) -> ReturnDone:
    """Record a return and who took it, or find what the same request has recorded before."""
    outcome = _settle(conn, use, _at_first_time(conn, one))
    if isinstance(outcome, IdempotencyConflict):
        # The first tap may have been recorded since this one looked; then it is that one's time which counts.
        outcome = _settle(conn, use, _at_first_time(conn, one))
    if isinstance(outcome, Refusal):
        raise outcome
    if not outcome.replayed:
        audit.record_event(
            conn,
            actor=caller.actor,
            action="return.record",
            target=target,
            detail={
                "return_id": str(outcome.return_id),
                "refund_yen": outcome.refund_yen,
                "points_taken_back": outcome.points_taken_back,
                "points_given_back": outcome.points_given_back,
            },
            at=use.clock(),
        )
    return ReturnDone(return_id=outcome.return_id, replayed=outcome.replayed, effect=present_effect(outcome))


def _settle(conn: Connection, use: Resources, one: Return) -> RecordedReturn | Refusal:
    (outcome,) = flows.record_returns(conn, use.context, [one], use.clock())
    return outcome


def _at_first_time(conn: Connection, one: Return) -> Return:
    """The return at the time at which the same request was first recorded, so that a repeat is the same return."""
    key = Key(one.source, one.external_id)
    held = purchases.find_returns(conn, [key]).get(key)
    return one if held is None else structs.replace(one, occurred_at=held.occurred_at)


def _return_of(purchase: StoredPurchase, body: GoodsToReturn, *, external_id: str, use: Resources) -> Return:
    """The goods come back now, to the store that sold them unless another is named."""
    return Return(
        source=SOURCE,
        external_id=external_id,
        store=body.store or purchase.store,
        occurred_at=use.clock(),
        receipt=Receipt(purchase.source, purchase.external_id),
        lines=tuple(ReturnedLine(one.line, one.quantity) for one in body.lines or ()),
    )


def present_effect(one: QuotedReturn | RecordedReturn) -> ReturnEffect:
    """What a return does, as the counter shows it."""
    return ReturnEffect(
        refund_yen=one.refund_yen,
        pay_back_yen=one.pay_back_yen,
        points_taken_back=one.points_taken_back,
        points_absorbed=one.points_absorbed,
        points_given_back=one.points_given_back,
        points_lost=one.points_lost,
        pending_cancelled=one.pending_cancelled,
        points_owed=one.points_owed,
        available=None if one.balance is None else one.balance.available,
        completes=one.completes,
    )
