"""Holds over HTTP: points set aside while somebody checks out, then captured or released."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from msgspec import Meta, Struct

from enishi import ledger
from enishi.access import ApiScope
from enishi.customers import InvalidIdentifier
from enishi.flows import CaptureHold, CardEnded, NoCustomerForPoints, PlaceHold, ReleaseHold, UnprocessableOperation
from enishi.gateway.bodies import BodyDecoder
from enishi.gateway.http import Request, Response, answer
from enishi.gateway.keyed import decode_keyed
from enishi.gateway.keys import may_see_store, require_store
from enishi.gateway.model import IdempotencyKeyMismatch, StoreNotAllowed
from enishi.gateway.parameters import IDEMPOTENCY_KEY, Parameter
from enishi.gateway.route import Route, Success
from enishi.gateway.services import Services
from enishi.kit.errors import InvalidRequest, NotFound
from enishi.ledger import AccountFrozen, Hold, HoldLapsed, HoldSettled, HoldState, InsufficientPoints
from enishi.purchases import IdempotencyConflict

_CREATED: Final = 201
_REPEATED: Final = 200
HOLD_ID: Final = Parameter(
    "hold_id", "path", "The hold.", {"type": "string", "format": "uuid"}, "019aa940-77aa-7c3d-8e21-1f2a3b4c5d6e"
)


class CaptureBody(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How many of the held points are used, all of them unless it is said, and for which purchase."""

    points: Annotated[int, Meta(ge=1, le=1_000_000_000)] | None = None
    purchase_id: UUID | None = None


class HoldAnswer(Struct, frozen=True):
    """A hold as it stands, on disk. ``replayed`` says that what was asked had been done before."""

    hold_id: UUID
    replayed: bool
    state: HoldState
    customer_id: UUID
    points: int
    captured_points: int
    store: str
    purchase_id: UUID | None
    created_at: datetime
    expires_at: datetime
    settled_at: datetime | None


_hold_body: Final = BodyDecoder(PlaceHold)
_capture_body: Final = BodyDecoder(CaptureBody)


async def place_hold(services: Services, request: Request) -> Response:
    """Set points aside: 201 the first time, 200 for a repeat."""
    one = decode_keyed(_hold_body, await request.read_json(), request.headers.get("idempotency-key"))
    require_store(request.key, one.store)
    changed = await services.lanes.operate("holds", one)
    return answer(_REPEATED if changed.replayed else _CREATED, _hold_answer(changed.hold, replayed=changed.replayed))


async def show_hold(services: Services, request: Request) -> Response:
    """A hold as it stands. Refuses ``NotFound``, also for a hold of a store that the key is not for."""
    hold_id = _hold_id(request)
    found = await services.lanes.read(lambda conn: ledger.load_holds(conn, [hold_id]))
    hold = found.get(hold_id)
    if hold is None or not may_see_store(request.key, hold.store):
        raise _no_hold()
    return answer(200, _hold_answer(hold, replayed=False))


async def capture_hold(services: Services, request: Request) -> Response:
    """Use held points, all or some, and give the rest back."""
    body = _capture_body.decode(await request.read_json())
    order = CaptureHold(
        hold_id=_hold_id(request), points=body.points, purchase_id=body.purchase_id, stores=_stores(request)
    )
    changed = await services.lanes.operate("holds", order)
    return answer(200, _hold_answer(changed.hold, replayed=changed.replayed))


async def release_hold(services: Services, request: Request) -> Response:
    """Give held points back."""
    changed = await services.lanes.operate("holds", ReleaseHold(hold_id=_hold_id(request), stores=_stores(request)))
    return answer(200, _hold_answer(changed.hold, replayed=changed.replayed))


def _hold_id(request: Request) -> UUID:
    try:
        return UUID(request.params["hold_id"])
    except ValueError:
        raise _no_hold() from None


def _no_hold() -> NotFound:
    return NotFound("There is no such hold.", field="hold_id")


def _stores(request: Request) -> frozenset[str] | None:
    return None if request.key is None else request.key.store_codes


def _hold_answer(hold: Hold, *, replayed: bool) -> HoldAnswer:
    return HoldAnswer(
        hold.hold_id,
        replayed,
        hold.state,
        hold.customer_id,
        hold.points,
        hold.captured_points or 0,
        hold.store,
        hold.purchase_id,
        hold.created_at,
        hold.expires_at,
        hold.settled_at,
    )


HOLD_ROUTES: Final = (
    Route(
        method="POST",
        path="/v1/points/holds",
        handler=place_hold,
        tag="Holds",
        summary="Set points aside",
        description=(
            "Takes points out of the balance while the customer checks out, so that nobody else can spend them, until "
            "they are captured, released, or the time is up: then they are the customer's again by themselves. "
            "However many holds are asked for at once, together they never exceed the balance. "
            "`(source, external_id)` is the idempotency key; a repeat answers the hold as it stands."
        ),
        scope=ApiScope.POINTS_HOLD,
        body=PlaceHold,
        parameters=(IDEMPOTENCY_KEY,),
        answers=(
            Success(201, "Set aside.", HoldAnswer),
            Success(200, "Set aside before; this is the hold as it stands.", HoldAnswer),
        ),
        own_refusals=(
            StoreNotAllowed,
            InvalidIdentifier,
            NoCustomerForPoints,
            CardEnded,
            NotFound,
            InsufficientPoints,
            AccountFrozen,
            IdempotencyConflict,
            IdempotencyKeyMismatch,
            UnprocessableOperation,
        ),
    ),
    Route(
        method="GET",
        path="/v1/points/holds/{hold_id}",
        handler=show_hold,
        tag="Holds",
        summary="Show a hold",
        description="The hold as it stands: open, captured, released, or lapsed because its time was up.",
        scope=ApiScope.POINTS_HOLD,
        parameters=(HOLD_ID,),
        answers=(Success(200, "The hold.", HoldAnswer),),
        own_refusals=(NotFound,),
    ),
    Route(
        method="POST",
        path="/v1/points/holds/{hold_id}/capture",
        handler=capture_hold,
        tag="Holds",
        summary="Use held points",
        description=(
            "Spends what was held, or `points` of it, one yen each; the rest is the customer's again. It never fails "
            "for want of points, also when they would have expired by now. The same capture again changes nothing."
        ),
        scope=ApiScope.POINTS_HOLD,
        body=CaptureBody,
        parameters=(HOLD_ID,),
        answers=(Success(200, "Captured.", HoldAnswer),),
        own_refusals=(NotFound, InvalidRequest, HoldLapsed, HoldSettled, UnprocessableOperation),
    ),
    Route(
        method="POST",
        path="/v1/points/holds/{hold_id}/release",
        handler=release_hold,
        tag="Holds",
        summary="Give held points back",
        description=(
            "The points go back into the lots they came from. Takes no body. Releasing again, or after the time was "
            "up, changes nothing."
        ),
        scope=ApiScope.POINTS_HOLD,
        parameters=(HOLD_ID,),
        answers=(Success(200, "Released.", HoldAnswer),),
        own_refusals=(NotFound, HoldSettled, UnprocessableOperation),
    ),
)
