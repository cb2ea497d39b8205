"""Returns that begin at no visit on the screen: a receipt found by its number, of whichever store, or none at all."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from psycopg import Connection
from pydantic import Field

from enishi import audit, customers, flows, program, purchases
from enishi.access import Permission
from enishi.kit.identifiers import Identifier, IdentifierKind
from enishi.purchases import InvalidReturn, Line, Return
from enishi.web import reading
from enishi.web.claims import require_store
from enishi.web.declare import Caller, Conn, Language, Resources, Use, requires
from enishi.web.presenting import present_purchase
from enishi.web.returns import SOURCE, ReturnDone, ReturnEffect, present_effect, record_once
from enishi.web.shapes import Body, PurchaseBrief, Shape

router = APIRouter(prefix="/api/counter", tags=["counter"])

May = Annotated[Caller, requires(Permission.RETURNS_RECORD)]
_PRINTABLE = r"^[^\x00-\x1f\x7f]+$"


class ReceiptNumber(Body):
    """A receipt number, typed or scanned."""

    number: Annotated[str, Field(min_length=1, max_length=128, pattern=_PRINTABLE)]


class FoundReceipt(Shape):
    """A receipt with this number. ``returned_yen`` has come back of it; ``customer_id`` is null for nobody's."""

    purchase: PurchaseBrief
    returned_yen: int
    customer_id: UUID | None


class FoundReceipts(Shape):
    """Receipts of the operator's stores that have the number, newest first."""

    receipts: list[FoundReceipt]


class ReturnPolicyShape(Shape):
    """What a return does to points, in sentences."""

    sentences: list[str]


class GoodsByHand(Body):
    """Goods as somebody describes them: ``unit_price_yen`` with tax."""

    name: Annotated[str, Field(min_length=1, max_length=100, pattern=_PRINTABLE)]
    quantity: Annotated[int, Field(ge=1, le=10_000)]
    unit_price_yen: Annotated[int, Field(ge=0, le=10_000_000)]
    tax_rate_percent: Annotated[int, Field(ge=0, le=100)] = 10


class ReturnByHand(Body):
    """Goods that come back to ``store`` without a receipt; of a customer, or (null) of nobody known."""

    store: Annotated[str, Field(min_length=1, max_length=64)]
    customer_id: UUID | None
    goods: Annotated[list[GoodsByHand], Field(min_length=1, max_length=100)]


class ReturnByHandToRecord(ReturnByHand):
    """As ``ReturnByHand``. ``request_id`` is the tablet's own: a second tap with it is answered like the first."""

    request_id: UUID


@router.post("/receipts:find")
def find_receipts(body: ReceiptNumber, caller: May, conn: Conn, use: Use, language: Language) -> FoundReceipts:
    """Receipts by their number, of every store of the operator. Each search is recorded."""
    found = [
        one
        for one in purchases.find_by_receipt_number(conn, body.number.strip())
        if caller.stores is None or one.store in caller.stores
    ]
    returned = purchases.load_returned(conn, [one.purchase_id for one in found])
    view = reading.make_view(conn, language)
    audit.record_event(
        conn,
        actor=caller.actor,
        action="receipts.searched",
        detail={"face": "counter", "found": len(found)},
        at=use.clock(),
    )
    return FoundReceipts(
        receipts=[
            FoundReceipt(
                purchase=present_purchase(one, view),
                returned_yen=returned[one.purchase_id].refund_yen if one.purchase_id in returned else 0,
                customer_id=one.customer_id,
            )
            for one in found
        ]
    )


@router.get("/returns/policy")
def read_policy(
    caller: May, conn: Conn, use: Use, language: Language, purchase_id: Annotated[UUID | None, Query()] = None
) -> ReturnPolicyShape:
    """What a return of this receipt, or (without one) of goods by hand, does to points: by the terms that decide."""
    at = use.clock()
    if purchase_id is not None:
        at = reading.read_purchase(conn, purchase_id, reading.Reader(caller.stores, None, language)).occurred_at
    version = program.version_at(use.context.versions(conn), at)
    settings = program.default_settings() if version is None else version.settings
    sentences = flows.tell_return_policy(settings.returns, language.value, with_receipt=purchase_id is not None)
    return ReturnPolicyShape(sentences=sentences)


@router.post("/returns:quote")
def quote_return_by_hand(body: ReturnByHand, caller: May, conn: Conn, use: Use) -> ReturnEffect:
    """What a return without a receipt would do, by the code that records it; nothing is written."""
    require_store(caller, body.store)
    one = _return_of(conn, use, body, external_id="quote")
    return present_effect(flows.quote_return(conn, use.context, one, use.clock()))


@router.post("/returns")
def record_return_by_hand(body: ReturnByHandToRecord, caller: May, conn: Conn, use: Use) -> ReturnDone:
    """Take goods back without a receipt: 422 ``invalid-return``, 409 ``points-already-spent`` by the programme."""
    require_store(caller, body.store)
    one = _return_of(conn, use, body, external_id=str(body.request_id))
    target = "" if body.customer_id is None else f"customer:{body.customer_id}"
    return record_once(conn, use, one, caller, target=target)


def _return_of(conn: Connection, use: Resources, body: ReturnByHand, *, external_id: str) -> Return:
    return Return(
        source=SOURCE,
        external_id=external_id,
        store=body.store,
        occurred_at=use.clock(),
        goods=tuple(Line(one.name, one.quantity, one.unit_price_yen, one.tax_rate_percent) for one in body.goods),
        identifiers=() if body.customer_id is None else _name(conn, use, body.customer_id),
    )


def _name(conn: Connection, use: Resources, customer_id: UUID) -> tuple[Identifier, ...]:
    """The customer as a return names them: by an identifier that means the same wherever it comes from."""
    held = customers.load_customer(conn, use.context.keyring, customer_id).identifiers
    for one in sorted(held, key=lambda each: list(IdentifierKind).index(each.kind)):
        if one.kind is not IdentifierKind.SHOP_CUSTOMER_ID:
            return (Identifier(one.kind, one.value),)
    raise InvalidReturn(
        "The customer has neither a card nor a phone number that the return could name.",
        field="customer_id",
        remedy="Issue a card first, or take the goods back without a customer.",
    )
