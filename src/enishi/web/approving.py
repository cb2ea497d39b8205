"""Adjustments that wait for a second pair of eyes: the list, the file, and the decision."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from msgspec import Struct
from psycopg import Connection

from enishi import audit, catalog, flows, ledger
from enishi.access import Locale, Permission
from enishi.flows import Decision
from enishi.kit.cursors import make_cursor, open_cursor
from enishi.kit.errors import NotFound
from enishi.ledger import AdjustmentRequest
from enishi.web import exporting
from enishi.web.adjusting_shapes import Note, RequestShape, present_reason, present_request
from enishi.web.authority import (
    author_at,
    names_of_actors,
    names_of_customers,
    scope_of,
    store_ref,
    stores_of,
)
from enishi.web.declare import Caller, Conn, Language, Resources, Use, requires
from enishi.web.exporting import CSV_ANSWER
from enishi.web.paging import Cursor, Limit, StoreFilter
from enishi.web.shapes import Body, NamedCustomer, Shape, StoreRef

router = APIRouter(prefix="/api/console/points/requests", tags=["console"])

Approving = Annotated[Caller, requires(Permission.POINTS_APPROVE)]
StateFilter = Literal["waiting", "decided", "approved", "refused"]
COUNT_MOST = 100
"""The badge counts no further."""
_HEADERS = {
    Locale.JA: (
        "申請日時", "申請者", "顧客ID", "ポイント", "種類", "有効期限", "理由", "メモ", "店舗", "店舗名", "状態",
        "決定者", "決定日時", "決定メモ",
    ),
    Locale.EN: (
        "requested at", "requested by", "customer", "points", "kind", "expires on", "reason", "note", "store",
        "store name", "state", "decided by", "decided at", "decision note",
    ),
}  # fmt: skip
_WORDS = {
    Locale.JA: {
        "waiting": "承認待ち", "approved": "承認", "refused": "却下", "regular": "通常", "limited": "期間限定",
    },
    Locale.EN: {
        "waiting": "waiting", "approved": "approved", "refused": "rejected", "regular": "regular",
        "limited": "limited",
    },
}  # fmt: skip


class _Wanted(Struct, frozen=True):
    state: StateFilter
    store: str | None


class RequestsPage(Shape):
    """A page of requests: those that wait, the oldest first; those decided, the last first."""

    requests: list[RequestShape]
    stores: list[StoreRef]
    next_cursor: str | None


class WaitingCount(Shape):
    """How many requests wait, counted up to 100."""

    waiting: int


class DecisionBody(Body):
    """Approve or reject, with a note."""

    approve: bool
    note: Note = ""


class DecisionDone(Shape):
    """What became of a request. ``replayed``: it was decided so before, by the same operator."""

    state: Literal["done", "refused"]
    replayed: bool
    available: int | None
    entry_id: str | None


@router.get("")
def list_requests(
    caller: Approving,
    *,
    conn: Conn,
    use: Use,
    language: Language,
    state: StateFilter = "waiting",
    store: StoreFilter = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> RequestsPage:
    """Requests of the operator's stores."""
    found = _find(conn, caller, _Wanted(state, store), cursor, limit + 1)
    page = found[:limit]
    return RequestsPage(
        requests=present_requests(conn, use, page, caller, language),
        stores=stores_of(conn, caller),
        next_cursor=make_cursor(_position(page[-1])) if len(found) > limit else None,
    )


@router.get("/count")
def count_requests(caller: Approving, conn: Conn) -> WaitingCount:
    """How many requests wait."""
    return WaitingCount(waiting=ledger.count_waiting_requests(conn, scope_of(caller), COUNT_MOST))


@router.get(".csv", response_class=Response, responses=CSV_ANSWER)
def export_requests(
    caller: Approving,
    *,
    conn: Conn,
    use: Use,
    language: Language,
    state: StateFilter = "waiting",
    store: StoreFilter = None,
) -> Response:
    """The same list as a file, for at most 10,000 requests. Each export is recorded."""
    found = _find(conn, caller, _Wanted(state, store), None, exporting.ROWS_MAX)
    stores, words = catalog.load_stores(conn), _WORDS[language]
    reasons = ledger.load_reasons(conn)
    names = names_of_actors(conn, _actors(found))
    rows = [
        (
            one.requested_at.isoformat(),
            names[one.requested_by],
            str(one.customer_id),
            str(one.points),
            words[one.kind.label],
            "" if one.expires_on is None else one.expires_on.isoformat(),
            present_reason(reasons[one.reason], language).name,
            one.note,
            one.store,
            store_ref(one.store, stores).name,
            words[one.state],
            "" if one.decided_by is None else names[one.decided_by],
            "" if one.decided_at is None else one.decided_at.isoformat(),
            one.decision_note or "",
        )
        for one in found
    ]
    audit.record_event(
        conn, actor=caller.actor, action="points.requests_exported", detail={"rows": len(rows)}, at=use.clock()
    )
    return exporting.csv_response(exporting.write_csv(_HEADERS[language], rows), f"adjustment-requests-{state}")


@router.post("/{request_id}/decision")
def decide_request(request_id: UUID, body: DecisionBody, caller: Approving, conn: Conn, use: Use) -> DecisionDone:
    """Approve or reject: 403 ``approval-by-another`` for one's own, 409 ``already-decided``."""
    request = ledger.load_request(conn, request_id)
    if caller.stores is not None and request.store not in caller.stores:
        raise NotFound("There is no such request.", field="request_id")
    done = flows.decide_adjustment(
        conn,
        use.context,
        Decision(request_id=request_id, approve=body.approve, note=body.note, stores=caller.stores),
        author_at(caller, Permission.POINTS_APPROVE, request.store),
        use.clock(),
    )
    return DecisionDone(
        state="done" if done.state == "done" else "refused",
        replayed=done.replayed,
        available=None if done.balance is None else done.balance.available,
        entry_id=done.entry_id,
    )


def present_requests(
    conn: Connection, use: Resources, found: Sequence[AdjustmentRequest], caller: Caller, language: Locale
) -> list[RequestShape]:
    """Requests as the operator sees them: with the effect of approving, and whether they may."""
    waiting = [one for one in found if one.state == "waiting"]
    foreseen = flows.foresee_decisions(conn, use.context, waiting, use.clock())
    people = names_of_customers(conn, use, [one.customer_id for one in found])
    names = names_of_actors(conn, _actors(found))
    reasons, stores, limits = ledger.load_reasons(conn), catalog.load_stores(conn), ledger.list_limits(conn)

    def may_decide(one: AdjustmentRequest) -> Literal["yes", "own", "limit", "no"]:
        author = author_at(caller, Permission.POINTS_APPROVE, one.store)
        if one.state != "waiting" or not author.roles:
            return "no"
        if one.requested_by == author.actor:
            return "own"
        limit = ledger.widest_limit(limits, author.roles)
        return "limit" if limit is None or abs(one.points) > limit.points_each else "yes"

    return [
        present_request(
            one,
            customer=people.get(one.customer_id, NamedCustomer(customer_id=one.customer_id, name="")),
            reason=present_reason(reasons[one.reason], language),
            store=store_ref(one.store, stores),
            names=names,
            foreseen=foreseen.get(one.request_id),
            may_decide=may_decide(one),
        )
        for one in found
    ]


def _find(conn: Connection, caller: Caller, wanted: _Wanted, cursor: str | None, limit: int) -> list[AdjustmentRequest]:
    position = open_cursor(cursor, tuple[datetime, UUID])
    stores = scope_of(caller, wanted.store)
    if wanted.state == "waiting":
        return ledger.select_waiting_requests(conn, stores, None, position, limit)
    state = None if wanted.state == "decided" else wanted.state
    return ledger.select_decided_requests(conn, stores, state, position, limit)


def _position(one: AdjustmentRequest) -> tuple[datetime, UUID]:
    return (one.decided_at or one.requested_at, one.request_id)


def _actors(found: Sequence[AdjustmentRequest]) -> set[str]:
    return {one.requested_by for one in found} | {one.decided_by for one in found if one.decided_by}
