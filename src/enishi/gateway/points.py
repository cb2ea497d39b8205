"""Points that move besides sales, over HTTP: adjustments, transfers, families, and receipts claimed afterwards."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Final, Literal
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from enishi import flows
from enishi.access import ApiScope
from enishi.customers import InvalidIdentifier
from enishi.flows import (
    API_ROLE,
    Adjustment,
    Author,
    CardEnded,
    Claim,
    Family,
    NoCustomerForPoints,
    Transfer,
    TransferRefused,
    UnprocessableOperation,
)
from enishi.gateway.bodies import BodyDecoder
from enishi.gateway.customers import standing_customer_of
from enishi.gateway.http import Request, Response, answer
from enishi.gateway.keyed import decode_keyed
from enishi.gateway.keys import require_store
from enishi.gateway.model import AwardAnswer, BalanceAnswer, IdempotencyKeyMismatch, PendingAnswer, StoreNotAllowed
from enishi.gateway.parameters import ACCEPT_LANGUAGE, CUSTOMER_ID, IDEMPOTENCY_KEY, PURCHASE_ID
from enishi.gateway.purchases import award_answer, balance_answer, pending_answer
from enishi.gateway.route import Route, Success
from enishi.gateway.services import Services
from enishi.kit.errors import InvalidRequest, NotFound
from enishi.kit.identifiers import Identifier
from enishi.ledger import AccountFrozen, AdjustmentBeyondLimit, FamilyConflict, InsufficientPoints
from enishi.purchases import IdempotencyConflict, NotClaimable, Source, StoreCode, UnknownReceipt, Yen

_CREATED: Final = 201
_ACCEPTED: Final = 202
_REPEATED: Final = 200
_PARTY_REFUSALS: Final = (StoreNotAllowed, InvalidIdentifier, NoCustomerForPoints, CardEnded, NotFound)
_KEY_REFUSALS: Final = (IdempotencyConflict, IdempotencyKeyMismatch, UnprocessableOperation)


class AdjustmentAnswer(Struct, frozen=True):
    """An adjustment that is done, or that waits for somebody's approval."""

    operation_id: UUID | None
    request_id: UUID | None
    replayed: bool
    state: Literal["done", "waiting", "refused"]
    customer_id: UUID
    points: int
    reason: str
    expires_on: date | None
    entry_id: str | None
    recorded_at: datetime
    balance: BalanceAnswer | None


class TransferAnswer(Struct, frozen=True):
    """A transfer that is done, on disk. ``balance`` is the sender's."""

    operation_id: UUID
    replayed: bool
    way: flows.Way
    sender_id: UUID
    recipient_id: UUID
    points: int
    fee: int
    recorded_at: datetime
    balance: BalanceAnswer


class FamilyBody(Struct, frozen=True, forbid_unknown_fields=True):
    """Who may move points to the customer in the path: these, and nobody else."""

    members: Annotated[tuple[UUID, ...], Meta(max_length=12)]


class FamilyAnswer(Struct, frozen=True):
    """A family: its head, and who may move points to the head."""

    head_id: UUID
    members: tuple[UUID, ...]


class ClaimBody(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Whose the purchase in the path shall be, and what proves that the receipt is at hand."""

    source: Source
    store: StoreCode
    on: date
    total_yen: Yen
    customer_id: UUID | None = None
    identifiers: Annotated[tuple[Identifier, ...], Meta(max_length=12)] = ()


class ClaimAnswer(Struct, frozen=True):
    """A claimed purchase, with what it earned: ``points_earned`` at once, ``pending`` for later."""

    purchase_id: UUID
    replayed: bool
    customer_id: UUID
    claimed_at: datetime
    points_earned: int
    awards: list[AwardAnswer]
    balance: BalanceAnswer | None
    pending: list[PendingAnswer]


_adjustment_body: Final = BodyDecoder(Adjustment)
_transfer_body: Final = BodyDecoder(Transfer)
_family_body: Final = BodyDecoder(FamilyBody)
_claim_body: Final = BodyDecoder(Claim)
_purchase_claim_body: Final = BodyDecoder(ClaimBody)


async def adjust_points(services: Services, request: Request) -> Response:
    """Adjust points: 201 when they moved, 202 when somebody has to approve first, 200 for a repeat."""
    one = decode_keyed(_adjustment_body, await request.read_json(), request.headers.get("idempotency-key"))
    require_store(request.key, one.store)
    done = await services.lanes.operate("adjustments", (one, Author(_actor(request), frozenset({API_ROLE}))))
    status = _REPEATED if done.replayed else _ACCEPTED if done.state == "waiting" else _CREATED
    return answer(
        status,
        AdjustmentAnswer(
            done.operation_id,
            done.request_id,
            done.replayed,
            done.state,
            done.customer_id,
            done.points,
            done.reason,
            done.expires_on,
            done.entry_id,
            done.recorded_at,
            None if done.balance is None else balance_answer(done.balance),
        ),
    )


async def transfer_points(services: Services, request: Request) -> Response:
    """Transfer points from one customer to another: 201 the first time, 200 for a repeat."""
    one = decode_keyed(_transfer_body, await request.read_json(), request.headers.get("idempotency-key"))
    require_store(request.key, one.store)
    done = await services.lanes.operate("transfers", (one, _actor(request)))
    return answer(
        _REPEATED if done.replayed else _CREATED,
        TransferAnswer(
            done.operation_id,
            done.replayed,
            done.way,
            done.sender_id,
            done.recipient_id,
            done.points,
            done.fee,
            done.recorded_at,
            balance_answer(done.balance),
        ),
    )


async def show_family(services: Services, request: Request) -> Response:
    """The family of which a customer is the head."""
    customer_id = await standing_customer_of(services, request)
    return answer(200, _family_answer(await services.lanes.read(lambda conn: flows.read_family(conn, customer_id))))


async def set_family(services: Services, request: Request) -> Response:
    """Say who belongs to a family."""
    customer_id = await standing_customer_of(services, request)
    body = _family_body.decode(await request.read_json())
    family = await services.lanes.run_bulk(
        lambda conn: flows.set_family(conn, customer_id, body.members, _actor(request))
    )
    return answer(200, _family_answer(family))


async def claim_receipt(services: Services, request: Request) -> Response:
    """Claim a receipt by its number: 201 the first time, 200 for a repeat."""
    return await _claim(services, request, _claim_body.decode(await request.read_json()))


async def claim_purchase(services: Services, request: Request) -> Response:
    """Claim the purchase in the path: 201 the first time, 200 for a repeat."""
    body = _purchase_claim_body.decode(await request.read_json())
    try:
        purchase_id = UUID(request.params["purchase_id"])
    except ValueError:
        raise NotFound("There is no such purchase.", field="purchase_id") from None
    fields = {name: getattr(body, name) for name in ClaimBody.__struct_fields__}
    return await _claim(services, request, Claim(purchase_id=purchase_id, **fields))


async def _claim(services: Services, request: Request, claim: Claim) -> Response:
    require_store(request.key, claim.store)
    done = await services.lanes.operate("claims", (claim, _actor(request)))
    return answer(
        _REPEATED if done.replayed else _CREATED,
        ClaimAnswer(
            done.purchase_id,
            done.replayed,
            done.customer_id,
            done.claimed_at,
            done.points_earned,
            [award_answer(award, request.locale) for award in done.awards],
            None if done.balance is None else balance_answer(done.balance),
            [pending_answer(line, request.locale) for line in done.pending],
        ),
    )


def _family_answer(family: Family) -> FamilyAnswer:
    return msgspec.convert(family, FamilyAnswer, from_attributes=True)


def _actor(request: Request) -> str:
    return f"key:{request.key.key_id}" if request.key else ""


POINT_ROUTES: Final = (
    Route(
        method="POST",
        path="/v1/points/adjustments",
        handler=adjust_points,
        tag="Points",
        summary="Adjust points by hand",
        description=(
            "Gives points (positive) or takes them (negative) for one of the installation's reasons. Limits hold for "
            "every API key, at once and in a day; above what may be done alone, the answer is 202 and points move when "
            "an operator approves in the console. `(source, external_id)` is the idempotency key: ask again to learn "
            "what became of it."
        ),
        scope=ApiScope.POINTS_ADJUST,
        body=Adjustment,
        parameters=(IDEMPOTENCY_KEY,),
        answers=(
            Success(201, "Done.", AdjustmentAnswer),
            Success(202, "It waits for somebody's approval.", AdjustmentAnswer),
            Success(200, "Asked for before; this is how it stands.", AdjustmentAnswer),
        ),
        own_refusals=(*_PARTY_REFUSALS, AdjustmentBeyondLimit, InsufficientPoints, *_KEY_REFUSALS),
    ),
    Route(
        method="POST",
        path="/v1/points/transfers",
        handler=transfer_points,
        tag="Points",
        summary="Transfer points to another customer",
        description=(
            "A `gift` from one customer to another, within the programme's limits and for its fee, or a `pool` from a "
            "member of a family to its head, freely. All of it is done or nothing. Points keep their kind and their "
            "last day. `(source, external_id)` is the idempotency key."
        ),
        scope=ApiScope.POINTS_TRANSFER,
        body=Transfer,
        parameters=(IDEMPOTENCY_KEY,),
        answers=(
            Success(201, "Done.", TransferAnswer),
            Success(200, "Done before; this is the first answer again.", TransferAnswer),
        ),
        own_refusals=(*_PARTY_REFUSALS, TransferRefused, InsufficientPoints, AccountFrozen, *_KEY_REFUSALS),
    ),
    Route(
        method="GET",
        path="/v1/customers/{customer_id}/family",
        handler=show_family,
        tag="Points",
        summary="Show a family",
        description="Who may move points to the customer in the path; nobody, for a customer who heads no family.",
        scope=ApiScope.POINTS_TRANSFER,
        parameters=(CUSTOMER_ID,),
        answers=(Success(200, "The family.", FamilyAnswer),),
        own_refusals=(NotFound,),
    ),
    Route(
        method="POST",
        path="/v1/customers/{customer_id}/family",
        handler=set_family,
        tag="Points",
        summary="Say who belongs to a family",
        description=(
            "The customer in the path is the head; `members`, and nobody else, may move their points to the head from "
            "now on. Nobody is in two families. The same again changes nothing."
        ),
        scope=ApiScope.POINTS_TRANSFER,
        body=FamilyBody,
        parameters=(CUSTOMER_ID,),
        answers=(Success(200, "The family as it is now.", FamilyAnswer),),
        own_refusals=(NotFound, InvalidRequest, FamilyConflict, UnprocessableOperation),
    ),
    Route(
        method="POST",
        path="/v1/purchases:claim",
        handler=claim_receipt,
        tag="Purchases",
        summary="Claim an anonymous receipt",
        description=(
            "Makes an anonymous sale a customer's afterwards, once. It earns what it would have earned with the card, "
            "by the programme in force when it was bought, at once or, where the channel's points are pending, later; "
            "goods that came back since earn nothing. Receipt number, "
            "store, day and total prove it; which of them does not fit is not told. The same customer again gets the "
            "first answer."
        ),
        scope=ApiScope.PURCHASES_CLAIM,
        body=Claim,
        parameters=(ACCEPT_LANGUAGE,),
        answers=(
            Success(201, "Claimed.", ClaimAnswer),
            Success(200, "Claimed before by the same customer; this is the first answer again.", ClaimAnswer),
        ),
        own_refusals=(*_PARTY_REFUSALS, UnknownReceipt, NotClaimable, UnprocessableOperation),
    ),
    Route(
        method="POST",
        path="/v1/purchases/{purchase_id}/claim",
        handler=claim_purchase,
        tag="Purchases",
        summary="Claim an anonymous purchase",
        description="As `/v1/purchases:claim`, of the purchase in the path: its receipt number is not needed.",
        scope=ApiScope.PURCHASES_CLAIM,
        body=ClaimBody,
        parameters=(PURCHASE_ID, ACCEPT_LANGUAGE),
        answers=(
            Success(201, "Claimed.", ClaimAnswer),
            Success(200, "Claimed before by the same customer; this is the first answer again.", ClaimAnswer),
        ),
        own_refusals=(*_PARTY_REFUSALS, UnknownReceipt, NotClaimable, UnprocessableOperation),
    ),
)
