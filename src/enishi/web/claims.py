"""Claiming an anonymous receipt at the counter: what it would earn is seen first, and it is claimed once.

Number, store, day and total of the receipt are asked for, because together they prove that somebody holds it.
"""

from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec
from fastapi import APIRouter
from psycopg import Connection
from pydantic import Field

from enishi import catalog, flows
from enishi.access import Permission
from enishi.flows import Claim, ClaimedPurchase, QuotedClaim
from enishi.kit.errors import InvalidRequest, NotFound, Refusal
from enishi.web import reading
from enishi.web.declare import Caller, Conn, Language, Resources, Use, requires
from enishi.web.presenting import View, present_purchase, present_steps
from enishi.web.shapes import Body, ExplanationStep, PointKind, PurchaseBrief, Shape, StoreRef

router = APIRouter(prefix="/api/counter", tags=["counter"])

SOURCE = "counter"
May = Annotated[Caller, requires(Permission.PURCHASES_CLAIM)]


class ReceiptProof(Body):
    """What stands on the receipt. ``on`` is the day it was bought."""

    receipt: Annotated[str, Field(min_length=1, max_length=128)]
    store: Annotated[str, Field(min_length=1, max_length=64)]
    on: date
    total_yen: Annotated[int, Field(ge=0, le=1_000_000_000)]


class ClaimedAward(Shape):
    """Points that a claimed receipt earns, and the arithmetic behind them."""

    kind: PointKind
    points: int
    expires_on: date
    sentence: str
    steps: list[ExplanationStep]


class AwaitedAward(Shape):
    """Points that a claimed receipt earns and that can not be used yet; ``when`` they can, in a sentence."""

    kind: PointKind
    points: int
    when: str


class ClaimEffect(Shape):
    """A receipt and what claiming it earns. ``replayed``: the same customer had claimed it before."""

    receipt: PurchaseBrief
    points: int
    awards: list[ClaimedAward]
    pending: list[AwaitedAward]
    available: int
    replayed: bool


class StoreList(Shape):
    """Stores, by code."""

    stores: list[StoreRef]


@router.get("/stores")
def list_stores(caller: Annotated[Caller, requires(Permission.COUNTER_USE)], conn: Conn) -> StoreList:
    """The stores for which the operator works."""
    stores = catalog.load_stores(conn).values()
    return StoreList(
        stores=[
            StoreRef(code=one.code, name=one.name)
            for one in stores
            if caller.stores is None or one.code in caller.stores
        ]
    )


@router.post("/customers/{customer_id}/claims:quote")
def quote_claim(
    customer_id: UUID, body: ReceiptProof, *, caller: May, conn: Conn, use: Use, language: Language
) -> ClaimEffect:
    """The receipt and what it would earn; nothing is written. 404 ``unknown-receipt``, 409 ``not-claimable``."""
    require_store(caller, body.store)
    return quote_effect(conn, use, claim_of(customer_id, body, SOURCE), reading.make_view(conn, language))


@router.post("/customers/{customer_id}/claims")
def claim_receipt(
    customer_id: UUID, body: ReceiptProof, *, caller: May, conn: Conn, use: Use, language: Language
) -> ClaimEffect:
    """Make the receipt the customer's: 404 ``unknown-receipt``, 409 ``not-claimable``. A second tap gives the first."""
    require_store(caller, body.store)
    claim = claim_of(customer_id, body, SOURCE)
    return record_claim(conn, use, claim, caller.actor, reading.make_view(conn, language))


def require_store(caller: Caller, store: str) -> None:
    """Refuse a store that the operator does not work for, as if there were none of this name."""
    if caller.stores is not None and store not in caller.stores:
        raise NotFound("There is no such store.", field="store", remedy="Choose one of your stores.")


def claim_of(customer_id: UUID, body: ReceiptProof, source: str) -> Claim:
    """The claim as the flow takes it. Refuses what can stand on no receipt."""
    fields = {"source": source, "receipt": body.receipt.strip(), "store": body.store, "on": body.on}
    try:
        return msgspec.convert(fields | {"total_yen": body.total_yen, "customer_id": customer_id}, Claim)
    except msgspec.ValidationError:
        raise InvalidRequest(
            "This can not be the number of a receipt.", field="receipt", remedy="Type it as it is printed."
        ) from None


def quote_effect(conn: Connection, use: Resources, claim: Claim, view: View) -> ClaimEffect:
    """What a claim would do."""
    return _present(flows.quote_claim(conn, use.context, claim, use.clock()), view)


def record_claim(conn: Connection, use: Resources, claim: Claim, actor: str, view: View) -> ClaimEffect:
    """Record a claim; the flow audits it."""
    (outcome,) = flows.claim_purchases(conn, use.context, [claim], actor, use.clock())
    if isinstance(outcome, Refusal):
        raise outcome
    receipt = flows.purchase_detail(conn, outcome.purchase_id).purchase
    return _present(QuotedClaim(receipt, outcome), view)


def _present(found: QuotedClaim, view: View) -> ClaimEffect:
    claim: ClaimedPurchase = found.claim
    awards: list[ClaimedAward] = []
    for award in claim.awards:
        why = flows.explain_award(award, view.language.value)
        awards.append(
            ClaimedAward(
                kind="regular" if award.kind == "regular" else "limited",
                points=award.points,
                expires_on=award.expires_on,
                sentence=why.sentence,
                steps=present_steps(why.steps),
            )
        )
    return ClaimEffect(
        receipt=present_purchase(found.receipt, view),
        points=claim.points_earned,
        awards=awards,
        pending=[
            AwaitedAward(
                kind="regular" if line.kind == "regular" else "limited",
                points=line.points,
                when=flows.tell_when(line, view.language.value),
            )
            for line in claim.pending
        ],
        available=0 if claim.balance is None else claim.balance.available,
        replayed=claim.replayed,
    )
