"""Returns over HTTP: goods of a known receipt, or without one."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec
from msgspec import Struct

from enishi import purchases
from enishi.access import ApiScope
from enishi.customers import InvalidIdentifier
from enishi.flows import RecordedReturn, UnprocessableOperation
from enishi.gateway.bodies import BodyDecoder
from enishi.gateway.http import Request, Response, answer
from enishi.gateway.keyed import decode_keyed
from enishi.gateway.keys import require_store
from enishi.gateway.model import BalanceAnswer, IdempotencyKeyMismatch, StoreNotAllowed
from enishi.gateway.parameters import IDEMPOTENCY_KEY, PURCHASE_ID
from enishi.gateway.purchases import balance_answer
from enishi.gateway.route import Route, Success
from enishi.gateway.services import Services
from enishi.kit.errors import NotFound
from enishi.ledger import PointsAlreadySpent
from enishi.purchases import IdempotencyConflict, InvalidReturn, Receipt, Return, UnknownReceipt

_CREATED: Final = 201
_REPEATED: Final = 200
_REFUSALS: Final = (
    StoreNotAllowed, InvalidReturn, UnknownReceipt, InvalidIdentifier, PointsAlreadySpent, IdempotencyConflict,
    IdempotencyKeyMismatch, UnprocessableOperation,
)  # fmt: skip
_body: Final = BodyDecoder(Return)


class ReturnedPoints(Struct, frozen=True):
    """What a return did to the customer's points. ``balance`` is null when no customer is known."""

    taken_back: int
    absorbed: int
    given_back: int
    lost: int
    owed: int
    balance: BalanceAnswer | None
    pending_cancelled: int
    """Points that the goods had earned and that could not be used yet."""


class ReturnAnswer(Struct, frozen=True):
    """A return that is recorded, on disk.

    ``replayed`` says that it had been recorded before, and that this is the first answer again.
    """

    return_id: UUID
    replayed: bool
    purchase_id: UUID | None
    customer_id: UUID | None
    occurred_at: datetime
    recorded_at: datetime
    refund_yen: int
    pay_back_yen: int
    completes: bool
    points: ReturnedPoints


async def record_return(services: Services, request: Request) -> Response:
    """Record a return and answer once it is on disk: 201 the first time, 200 for a repeat."""
    one = decode_keyed(_body, await request.read_json(), request.headers.get("idempotency-key"))
    return await _record(services, request, one)


async def record_return_of_purchase(services: Services, request: Request) -> Response:
    """Record a return of the purchase in the path, whose receipt need not be named."""
    one = decode_keyed(_body, await request.read_json(), request.headers.get("idempotency-key"))
    purchase_id = _purchase_id(request)
    held = await services.lanes.read(lambda conn: purchases.load_purchase(conn, purchase_id))
    receipt = Receipt(held.source, held.external_id)
    if one.receipt not in {None, receipt}:
        raise InvalidReturn("The receipt is not that of the purchase in the path.", field="receipt")
    return await _record(services, request, msgspec.structs.replace(one, receipt=receipt))


def _purchase_id(request: Request) -> UUID:
    try:
        return UUID(request.params["purchase_id"])
    except ValueError:
        raise NotFound("There is no such purchase.", field="purchase_id") from None


async def _record(services: Services, request: Request, one: Return) -> Response:
    require_store(request.key, one.store)
    recorded = await services.lanes.operate("returns", one)
    return answer(_REPEATED if recorded.replayed else _CREATED, return_answer(recorded))


def return_answer(recorded: RecordedReturn) -> ReturnAnswer:
    """A return as the gateway writes it."""
    return ReturnAnswer(
        recorded.return_id,
        recorded.replayed,
        recorded.purchase_id,
        recorded.customer_id,
        recorded.occurred_at,
        recorded.recorded_at,
        recorded.refund_yen,
        recorded.pay_back_yen,
        recorded.completes,
        ReturnedPoints(
            recorded.points_taken_back,
            recorded.points_absorbed,
            recorded.points_given_back,
            recorded.points_lost,
            recorded.points_owed,
            None if recorded.balance is None else balance_answer(recorded.balance),
            recorded.pending_cancelled,
        ),
    )


RETURN_ROUTES: Final = (
    Route(
        method="POST",
        path="/v1/returns",
        handler=record_return,
        tag="Returns",
        summary="Record a return",
        description=(
            "Goods came back. With `receipt`, `lines` says what of it did, and without lines it is everything that is "
            "left; without a receipt, `goods` and `identifiers` say what came back and whose it was. Points follow by "
            "the terms under which the goods were bought: what they earned is taken back, what was paid for them "
            "with points returns to its own lots. Returning everything, in any parts and order, leaves no yen and no "
            "point over. `(source, external_id)` is the idempotency key, as for purchases."
        ),
        scope=ApiScope.PURCHASES_WRITE,
        body=Return,
        parameters=(IDEMPOTENCY_KEY,),
        answers=(
            Success(201, "Recorded.", ReturnAnswer),
            Success(200, "Recorded before; this is the first answer again.", ReturnAnswer),
        ),
        own_refusals=_REFUSALS,
    ),
    Route(
        method="POST",
        path="/v1/purchases/{purchase_id}/returns",
        handler=record_return_of_purchase,
        tag="Returns",
        summary="Record a return of a purchase",
        description="As `/v1/returns`, of the purchase in the path: its receipt need not be named.",
        scope=ApiScope.PURCHASES_WRITE,
        body=Return,
        parameters=(PURCHASE_ID, IDEMPOTENCY_KEY),
        answers=(
            Success(201, "Recorded.", ReturnAnswer),
            Success(200, "Recorded before; this is the first answer again.", ReturnAnswer),
        ),
        own_refusals=(*_REFUSALS, NotFound),
    ),
)
