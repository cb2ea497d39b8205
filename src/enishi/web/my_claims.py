"""A member claims a receipt of their own on My page. Trying receipts that are not theirs is limited."""

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from psycopg import Connection

from enishi import access, catalog
from enishi.purchases import NotClaimable, UnknownReceipt
from enishi.web import reading
from enishi.web.claims import ClaimEffect, ReceiptProof, StoreList, claim_of, quote_effect, record_claim
from enishi.web.declare import Conn, Language, Resources, Use, member
from enishi.web.my_transfers import SOURCE
from enishi.web.shapes import StoreRef

router = APIRouter(prefix="/api/my", tags=["my"])

Me = Annotated[UUID, member()]
RECEIPTS = "receipt"


@router.get("/stores")
def list_my_stores(_customer_id: Me, conn: Conn) -> StoreList:
    """The stores in which a receipt may have been printed."""
    return StoreList(stores=[StoreRef(code=one.code, name=one.name) for one in catalog.load_stores(conn).values()])


@router.post("/claims:quote")
def quote_my_claim(body: ReceiptProof, customer_id: Me, conn: Conn, use: Use, language: Language) -> ClaimEffect:
    """The receipt and what it would earn; nothing is written. 404 ``unknown-receipt``, 409, 429 ``too-many-tries``."""
    claim = claim_of(customer_id, body, SOURCE)
    view = reading.make_view(conn, language)
    return _within_limits(conn, use, customer_id, lambda: quote_effect(conn, use, claim, view))


@router.post("/claims")
def claim_my_receipt(body: ReceiptProof, customer_id: Me, conn: Conn, use: Use, language: Language) -> ClaimEffect:
    """Make a receipt the member's own, once; a second tap gives the first answer."""
    claim = claim_of(customer_id, body, SOURCE)
    view = reading.make_view(conn, language)
    return _within_limits(conn, use, customer_id, lambda: record_claim(conn, use, claim, f"member:{customer_id}", view))


def _within_limits(
    conn: Connection, use: Resources, customer_id: UUID, attempt: Callable[[], ClaimEffect]
) -> ClaimEffect:
    """Try it; what comes to nothing counts, because either answer tells something about the receipt."""
    access.require_guesses_left(conn, customer_id, RECEIPTS, use.clock())
    try:
        return attempt()
    except (UnknownReceipt, NotClaimable):
        access.note_guess(conn, customer_id, RECEIPTS, use.clock())
        # The try is used up, whatever the answer.
        conn.commit()
        raise
