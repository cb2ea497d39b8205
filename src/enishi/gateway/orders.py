"""Orders after they were placed, and points that are pending or about to expire, over HTTP."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Final, cast
from uuid import UUID

from msgspec import Meta, Struct
from psycopg import Connection

from enishi import flows, purchases
from enishi.access import ApiScope
from enishi.flows import Cancellation, EventReport, UnprocessableOperation
from enishi.gateway.bodies import BodyDecoder
from enishi.gateway.http import Request, Response, answer
from enishi.gateway.keys import require_store
from enishi.gateway.model import DEFAULT_PAGE, MAX_PAGE, PendingAnswer, PointKind, StoreNotAllowed
from enishi.gateway.parameters import ACCEPT_LANGUAGE, LIMIT, PURCHASE_ID, Parameter
from enishi.gateway.purchases import pending_answer
from enishi.gateway.returns import ReturnAnswer, return_answer
from enishi.gateway.route import Route, Success
from enishi.gateway.services import Services
from enishi.kit.errors import InvalidRequest, NotFound
from enishi.ledger import PointsAlreadySpent
from enishi.program import PurchaseEvent
from enishi.purchases import InvalidReturn

_CREATED: Final = 201
_REPEATED: Final = 200
_MEMBER_CURSOR: Final = Parameter(
    "cursor",
    "query",
    "`next_cursor` of the page before. Leave it out for the first page.",
    {"type": "string", "format": "uuid"},
)
_DAYS: Final = Parameter(
    "days",
    "query",
    "How many days to look ahead; today is the first.",
    {"type": "integer", "minimum": 1, "maximum": flows.MAX_EXPIRING_DAYS, "default": 30},
)
_DEFAULT_DAYS: Final = 30


class EventBody(Struct, frozen=True, forbid_unknown_fields=True):
    """Something that happened to an order. Without ``occurred_at`` it happened now."""

    event: PurchaseEvent
    occurred_at: Annotated[datetime, Meta(tz=True)] | None = None


class EventAnswer(Struct, frozen=True):
    """How the points of an order stand after an event was recorded.

    ``replayed`` says that the event was known already and changed nothing. ``points_confirmed`` are all points of the
    order that were pending and have become points.
    """

    purchase_id: UUID
    event: PurchaseEvent
    replayed: bool
    points_confirmed: int
    pending: list[PendingAnswer]


class CancelBody(Struct, frozen=True, forbid_unknown_fields=True):
    """That an order is cancelled. Without ``occurred_at`` it is cancelled now."""

    occurred_at: Annotated[datetime, Meta(tz=True)] | None = None


class ExpiringDayAnswer(Struct, frozen=True):
    """What is valid through the end of one day and not longer."""

    expires_on: date
    kind: PointKind
    members: int
    points: int


class ExpiringMemberAnswer(Struct, frozen=True):
    """A member with points that expire, and the last day of the first of them."""

    customer_id: UUID
    points: int
    first_on: date


class ExpiringAnswer(Struct, frozen=True):
    """What expires with the end of a day from ``first_on`` to ``last_on``: every day, and a page of the members."""

    first_on: date
    last_on: date
    days: list[ExpiringDayAnswer]
    members: list[ExpiringMemberAnswer]
    next_cursor: UUID | None


_event_body: Final = BodyDecoder(EventBody)
_cancel_body: Final = BodyDecoder(CancelBody)


async def record_purchase_event(services: Services, request: Request) -> Response:
    """Record what happened to an order and confirm the points that waited for it: 201, or 200 when it was known."""
    body = _event_body.decode(await request.read_json())
    purchase_id = await _known_purchase(services, request)
    recorded = await services.lanes.operate(
        "purchase_events", EventReport(purchase_id=purchase_id, event=body.event, occurred_at=body.occurred_at)
    )
    return answer(
        _REPEATED if recorded.replayed else _CREATED,
        EventAnswer(
            recorded.purchase_id,
            PurchaseEvent(recorded.event),
            recorded.replayed,
            recorded.points_confirmed,
            [pending_answer(line, request.locale) for line in recorded.pending],
        ),
    )


async def cancel_purchase(services: Services, request: Request) -> Response:
    """Cancel an order: everything that is left of it comes back. 201 the first time, 200 for a repeat."""
    body = _cancel_body.decode(await request.read_json())
    purchase_id = await _known_purchase(services, request)
    recorded = await services.lanes.operate(
        "cancellations", Cancellation(purchase_id=purchase_id, occurred_at=body.occurred_at)
    )
    return answer(_REPEATED if recorded.replayed else _CREATED, return_answer(recorded))


async def _known_purchase(services: Services, request: Request) -> UUID:
    """The purchase in the path, which the key may write. Refuses ``NotFound`` and ``StoreNotAllowed``."""
    try:
        purchase_id = UUID(request.params["purchase_id"])
    except ValueError:
        raise NotFound("There is no such purchase.", field="purchase_id") from None
    held = await services.lanes.read(lambda conn: purchases.load_purchase(conn, purchase_id))
    require_store(request.key, held.store)
    return purchase_id


async def show_expiring_points(services: Services, request: Request) -> Response:
    """What is about to expire over all members. Refuses ``InvalidRequest`` for a bad query."""
    query = request.read_query(("days", "cursor", "limit"))
    days = _number(query, "days", flows.MAX_EXPIRING_DAYS) or _DEFAULT_DAYS
    limit = _number(query, "limit", MAX_PAGE) or DEFAULT_PAGE
    after = _cursor(query)

    def load(conn: Connection) -> flows.ExpiringOverview:
        return flows.expiring_points(conn, services.context, days, after=after, limit=limit)

    found = await services.lanes.read(load)
    return answer(
        200,
        ExpiringAnswer(
            found.first,
            found.last,
            [
                ExpiringDayAnswer(one.expires_on, cast("PointKind", one.kind), one.members, one.points)
                for one in found.days
            ],
            [ExpiringMemberAnswer(one.customer_id, one.points, one.first_on) for one in found.members],
            found.next_after,
        ),
    )


def _number(query: dict[str, str], name: str, most: int) -> int | None:
    text = query.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(most)) and 1 <= int(text) <= most):
        raise InvalidRequest(
            f"{name} is not a number from 1 to {most}.", field=name, remedy="Send one, or leave it out."
        )
    return int(text)


def _cursor(query: dict[str, str]) -> UUID | None:
    text = query.get("cursor")
    try:
        return None if text is None else UUID(text)
    except ValueError:
        raise InvalidRequest(
            "The cursor is not one that this list gave out.", field="cursor", remedy="Start without a cursor."
        ) from None


ORDER_ROUTES: Final = (
    Route(
        method="POST",
        path="/v1/purchases/{purchase_id}/events",
        handler=record_purchase_event,
        tag="Purchases",
        summary="Report that an order was shipped or delivered",
        description=(
            "Records what happened to an order, each event once, and turns its pending points into points when they "
            "waited for it. An order that is delivered has been shipped. A repeat changes nothing. What was cancelled "
            "stays cancelled, whatever is reported later."
        ),
        scope=ApiScope.PURCHASES_WRITE,
        body=EventBody,
        parameters=(PURCHASE_ID, ACCEPT_LANGUAGE),
        answers=(
            Success(201, "Recorded.", EventAnswer),
            Success(200, "Known already; nothing changed.", EventAnswer),
        ),
        own_refusals=(NotFound, StoreNotAllowed, UnprocessableOperation),
    ),
    Route(
        method="POST",
        path="/v1/purchases/{purchase_id}/cancel",
        handler=cancel_purchase,
        tag="Purchases",
        summary="Cancel an order",
        description=(
            "Everything that is left of the order comes back, as by `/v1/returns`: points that are still pending are "
            "cancelled, those that were confirmed are taken back, and points that it was paid with return to their own "
            "lots. Cancelling again gives the first answer."
        ),
        scope=ApiScope.PURCHASES_WRITE,
        body=CancelBody,
        parameters=(PURCHASE_ID,),
        answers=(
            Success(201, "Cancelled.", ReturnAnswer),
            Success(200, "Cancelled before; this is the first answer again.", ReturnAnswer),
        ),
        own_refusals=(NotFound, StoreNotAllowed, InvalidReturn, PointsAlreadySpent, UnprocessableOperation),
    ),
    Route(
        method="GET",
        path="/v1/points/expiring",
        handler=show_expiring_points,
        tag="Points",
        summary="Show what is about to expire",
        description=(
            "Over all members: what expires with the end of each of the coming days, by kind, and a page of the "
            "members whose points they are."
        ),
        scope=ApiScope.POINTS_READ,
        parameters=(_DAYS, _MEMBER_CURSOR, LIMIT),
        answers=(Success(200, "What expires.", ExpiringAnswer),),
        own_refusals=(InvalidRequest,),
    ),
)
