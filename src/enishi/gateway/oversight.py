"""What head office does over HTTP: decide adjustments that wait, freeze accounts, give expired points again."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Final, Literal, cast
from uuid import UUID

from msgspec import Meta, Struct
from psycopg import Connection

from enishi import flows, ledger
from enishi.access import ApiKey, ApiScope
from enishi.flows import API_ROLE, Author, Decision, FreezeOrder, Reinstatement, UnprocessableOperation
from enishi.gateway.bodies import BodyDecoder
from enishi.gateway.customers import customer_id_of
from enishi.gateway.http import Request, Response, answer
from enishi.gateway.keys import may_see_store, require_store
from enishi.gateway.model import DEFAULT_PAGE, MAX_PAGE, BalanceAnswer, PointKind, StoreNotAllowed
from enishi.gateway.parameters import CUSTOMER_ID, ENTRY_ID, LIMIT, Parameter
from enishi.gateway.purchases import balance_answer
from enishi.gateway.route import Route, Success
from enishi.gateway.services import Services
from enishi.kit import clock
from enishi.kit.cursors import make_cursor, open_cursor
from enishi.kit.errors import InvalidRequest, NotFound
from enishi.ledger import (
    AdjustmentBeyondLimit,
    AdjustmentRequest,
    AlreadyDecided,
    ApprovalByAnother,
    InsufficientPoints,
)
from enishi.purchases import IdempotencyConflict, StoreCode

_CREATED: Final = 201
_REPEATED: Final = 200
_CURSOR_MOST: Final = 400
_STATES: Final = ("waiting", "decided", "approved", "refused")
State = Literal["waiting", "approved", "refused"]
Note = Annotated[str, Meta(max_length=500)]

REQUEST_ID: Final = Parameter(
    "request_id",
    "path",
    "The request, as `request_id` names it.",
    {"type": "string", "format": "uuid"},
    "019aa942-2b4c-7d66-9e21-3c4d5e6f7081",
)
STATE: Final = Parameter(
    "state",
    "query",
    "`waiting`, the oldest first; or `decided`, or only `approved` or `refused` ones, the last first.",
    {"type": "string", "enum": list(_STATES), "default": "waiting"},
)
REQUEST_CURSOR: Final = Parameter(
    "cursor",
    "query",
    "`next_cursor` of the page before. Leave it out for the first page.",
    {"type": "string", "pattern": "^[A-Za-z0-9_-]+$", "maxLength": _CURSOR_MOST},
)


class RequestAnswer(Struct, frozen=True):
    """An adjustment above what its author might do alone, and what became of it."""

    request_id: UUID
    source: str
    external_id: str
    customer_id: UUID
    points: int
    kind: PointKind
    expires_on: date | None
    reason: str
    note: str
    store: str
    allow_owing: bool
    requested_by: str
    requested_at: datetime
    state: State
    decided_by: str | None
    decided_at: datetime | None
    decision_note: str | None


class RequestsAnswer(Struct, frozen=True):
    """A page of requests; ``next_cursor`` null ends the list."""

    requests: list[RequestAnswer]
    next_cursor: str | None


class DecisionBody(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Approve a request, and its points move; or refuse it."""

    approve: bool
    note: Note = ""


class DecisionAnswer(Struct, frozen=True):
    """What became of a request. ``replayed``: the same caller had decided so before, and nothing changed."""

    request_id: UUID
    replayed: bool
    state: Literal["approved", "refused"]
    customer_id: UUID
    points: int
    entry_id: str | None
    balance: BalanceAnswer | None


class FreezeAnswer(Struct, frozen=True):
    """Since when an account is frozen; null when it is free. ``replayed``: it was so before."""

    customer_id: UUID
    frozen_at: datetime | None
    replayed: bool


class ReinstatementBody(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """How many of an entry's expired points are given again (left out: all), why, and until when they are valid."""

    points: Annotated[int, Meta(ge=1, le=1_000_000_000)] | None = None
    reason: Annotated[str, Meta(min_length=1, max_length=40)]
    note: Note = ""
    store: StoreCode
    expires_on: date | None = None


class ReinstatementAnswer(Struct, frozen=True):
    """Expired points that were given again. ``replayed``: this had been done before, and nothing changed."""

    operation_id: UUID
    replayed: bool
    customer_id: UUID
    points: int
    expires_on: date
    entry_ids: tuple[str, ...]
    recorded_at: datetime
    balance: BalanceAnswer | None


_decision_body: Final = BodyDecoder(DecisionBody)
_freeze_body: Final = BodyDecoder(FreezeOrder)
_reinstatement_body: Final = BodyDecoder(ReinstatementBody)


async def list_requests(services: Services, request: Request) -> Response:
    """A page of requests of the key's stores. Refuses ``InvalidRequest`` for a bad query."""
    query = request.read_query(("state", "cursor", "limit"))
    state = query.get("state", "waiting")
    if state not in _STATES:
        raise InvalidRequest("There is no such state.", field="state", remedy=f"Send one of: {', '.join(_STATES)}.")
    limit = _limit(query)
    cursor = query.get("cursor")
    if cursor is not None and len(cursor) > _CURSOR_MOST:
        raise InvalidRequest("The cursor is too long.", field="cursor", remedy="Start without a cursor.")
    position = open_cursor(cursor, tuple[datetime, UUID])
    stores = _stores(request.key)

    def load(conn: Connection) -> list[AdjustmentRequest]:
        if state == "waiting":
            return ledger.select_waiting_requests(conn, stores, None, position, limit + 1)
        return ledger.select_decided_requests(conn, stores, None if state == "decided" else state, position, limit + 1)

    found = await services.lanes.read(load)
    page = found[:limit]
    end = page[-1] if len(found) > limit else None
    return answer(
        200,
        RequestsAnswer(
            [_request_answer(one) for one in page],
            None if end is None else make_cursor((end.decided_at or end.requested_at, end.request_id)),
        ),
    )


async def show_request(services: Services, request: Request) -> Response:
    """One request. Refuses ``NotFound``, also for one of a store that the key is not for."""
    request_id = _request_id(request)
    found = await services.lanes.read(lambda conn: ledger.load_request(conn, request_id))
    if not may_see_store(request.key, found.store):
        raise _no_request()
    return answer(200, _request_answer(found))


async def decide_request(services: Services, request: Request) -> Response:
    """Approve a request, or refuse it: once, and never one's own."""
    request_id = _request_id(request)
    body = _decision_body.decode(await request.read_json())
    decision = Decision(
        request_id=request_id,
        approve=body.approve,
        note=body.note,
        stores=None if request.key is None else request.key.store_codes,
    )
    author = Author(_actor(request), frozenset({API_ROLE}))
    done = await services.lanes.run_bulk(lambda conn: flows.decide_adjustment(conn, services.context, decision, author))
    return answer(
        200,
        DecisionAnswer(
            request_id,
            done.replayed,
            "approved" if done.state == "done" else "refused",
            done.customer_id,
            done.points,
            done.entry_id,
            None if done.balance is None else balance_answer(done.balance),
        ),
    )


async def freeze_account(services: Services, request: Request) -> Response:
    """Freeze an account, or set it free. The same again changes nothing."""
    customer_id = customer_id_of(request)
    order = _freeze_body.decode(await request.read_json())
    frozen = await services.lanes.run_bulk(lambda conn: flows.set_frozen(conn, customer_id, order, _actor(request)))
    return answer(200, FreezeAnswer(frozen.customer_id, frozen.frozen_at, frozen.replayed))


async def reinstate_points(services: Services, request: Request) -> Response:
    """Give expired points again: 201 the first time, 200 for a repeat."""
    body = _reinstatement_body.decode(await request.read_json())
    require_store(request.key, body.store)
    one = Reinstatement(
        entry_id=request.params["entry_id"],
        points=body.points,
        reason=body.reason,
        note=body.note,
        store=body.store,
        expires_on=body.expires_on,
    )
    author = Author(_actor(request), frozenset({API_ROLE}))
    done = await services.lanes.run_bulk(
        lambda conn: flows.reinstate_points(conn, services.context, one, author, clock.now())
    )
    return answer(
        _REPEATED if done.replayed else _CREATED,
        ReinstatementAnswer(
            done.operation_id,
            done.replayed,
            done.customer_id,
            done.points,
            done.expires_on,
            done.entry_ids,
            done.recorded_at,
            None if done.balance is None else balance_answer(done.balance),
        ),
    )


def _request_answer(one: AdjustmentRequest) -> RequestAnswer:
    return RequestAnswer(
        one.request_id,
        one.source,
        one.external_id,
        one.customer_id,
        one.points,
        cast("PointKind", one.kind.label),
        one.expires_on,
        one.reason,
        one.note,
        one.store,
        one.allow_owing,
        one.requested_by,
        one.requested_at,
        cast("State", one.state),
        one.decided_by,
        one.decided_at,
        one.decision_note,
    )


def _request_id(request: Request) -> UUID:
    try:
        return UUID(request.params["request_id"])
    except ValueError:
        raise _no_request() from None


def _no_request() -> NotFound:
    return NotFound("There is no such request.", field="request_id")


def _stores(key: ApiKey | None) -> list[str] | None:
    return None if key is None or key.store_codes is None else sorted(key.store_codes)


def _limit(query: dict[str, str]) -> int:
    text = query.get("limit", str(DEFAULT_PAGE))
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(MAX_PAGE)) and 1 <= int(text) <= MAX_PAGE):
        raise InvalidRequest(
            f"The parameter limit is not a whole number from 1 to {MAX_PAGE}.", field="limit", remedy="Leave it out."
        )
    return int(text)


def _actor(request: Request) -> str:
    return f"key:{request.key.key_id}" if request.key else ""


OVERSIGHT_ROUTES: Final = (
    Route(
        method="GET",
        path="/v1/points/adjustments",
        handler=list_requests,
        tag="Points",
        summary="List adjustments that wait, or waited, for approval",
        description=(
            "Adjustments above what their author may do alone, of operators and of API keys. A key that is bound to "
            "stores sees those of its stores. What was done at once is in the journals instead."
        ),
        scope=ApiScope.POINTS_APPROVE,
        parameters=(STATE, REQUEST_CURSOR, LIMIT),
        answers=(Success(200, "A page of requests.", RequestsAnswer),),
        own_refusals=(InvalidRequest,),
    ),
    Route(
        method="GET",
        path="/v1/points/adjustments/{request_id}",
        handler=show_request,
        tag="Points",
        summary="Show an adjustment that waits, or waited",
        description="Who asked for it, why, and what became of it.",
        scope=ApiScope.POINTS_APPROVE,
        parameters=(REQUEST_ID,),
        answers=(Success(200, "The request.", RequestAnswer),),
        own_refusals=(NotFound,),
    ),
    Route(
        method="POST",
        path="/v1/points/adjustments/{request_id}/decision",
        handler=decide_request,
        tag="Points",
        summary="Approve or refuse an adjustment",
        description=(
            "Approving moves the points at once, under the key of the request; refusing ends it. Nobody decides their "
            "own, and nobody what is above their own limit. The same decision by the same caller again changes "
            "nothing; any other comes too late (`already-decided`)."
        ),
        scope=ApiScope.POINTS_APPROVE,
        body=DecisionBody,
        parameters=(REQUEST_ID,),
        answers=(Success(200, "Decided.", DecisionAnswer),),
        own_refusals=(
            NotFound, ApprovalByAnother, AdjustmentBeyondLimit, AlreadyDecided, InsufficientPoints, InvalidRequest,
            UnprocessableOperation,
        ),
    ),
    Route(
        method="POST",
        path="/v1/customers/{customer_id}/freeze",
        handler=freeze_account,
        tag="Points",
        summary="Freeze an account, or set it free",
        description=(
            "Under suspicion: points may still come in, and none are used, held or given away until it is set free. "
            "The reason is kept with who did it. The same again changes nothing."
        ),
        scope=ApiScope.POINTS_FREEZE,
        body=FreezeOrder,
        parameters=(CUSTOMER_ID,),
        answers=(Success(200, "So it is now.", FreezeAnswer),),
        own_refusals=(NotFound, InvalidRequest, UnprocessableOperation),
    ),
    Route(
        method="POST",
        path="/v1/journal/{entry_id}/reinstatement",
        handler=reinstate_points,
        tag="Points",
        summary="Give expired points again",
        description=(
            "Of the entry with which points expired, as many as it took at most, once for each entry: the entry is the "
            "idempotency key. They are valid as long as points earned today, unless a day is named."
        ),
        scope=ApiScope.POINTS_ADJUST,
        body=ReinstatementBody,
        parameters=(ENTRY_ID,),
        answers=(
            Success(201, "Given again.", ReinstatementAnswer),
            Success(200, "Done before; this is the first answer again.", ReinstatementAnswer),
        ),
        own_refusals=(
            StoreNotAllowed, NotFound, InvalidRequest, AdjustmentBeyondLimit, IdempotencyConflict,
            UnprocessableOperation,
        ),
    ),
)  # fmt: skip
