"""Points that head office moves by hand on a customer's page: adjust, freeze, give expired points again.

Every movement is quoted before by the code that records it, is recorded under an ID of the page's own, so that a second
click does nothing, and asks a second person beyond the operator's limit.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from psycopg import Connection

from enishi import audit, catalog, flows, ledger, program
from enishi.access import Permission
from enishi.flows import AdjustedPoints, Adjustment, FreezeOrder, ReinstatedPoints, Reinstatement
from enishi.kit.errors import InvalidRequest, Refusal
from enishi.web.adjusting_shapes import (
    AdjustingPage,
    AdjustmentDone,
    AdjustmentEffect,
    AdjustmentToQuote,
    AdjustmentToRecord,
    CustomerPoints,
    FreezeBody,
    FreezeDone,
    FrozenShape,
    LimitShape,
    ReinstatementBody,
    ReinstatementDone,
    present_effect,
    present_hold,
    present_pending,
    present_reason,
)
from enishi.web.approving import present_requests
from enishi.web.authority import SOURCE, author_at, names_of_actors, require_store, stores_of
from enishi.web.declare import Caller, Conn, Language, Use, requires
from enishi.web.presenting import present_balance

router = APIRouter(prefix="/api/console", tags=["console"])

Adjusting = Annotated[Caller, requires(Permission.POINTS_ADJUST)]
_WAITING_SHOWN = 20


@router.get("/customers/{customer_id}/points")
def read_points(
    customer_id: UUID,
    caller: Annotated[Caller, requires(Permission.POINTS_READ)],
    conn: Conn,
    use: Use,
    language: Language,
) -> CustomerPoints:
    """A customer's points, each state apart. They are the customer's, so they are those of all stores."""
    overview = flows.customer_overview(conn, use.context, customer_id, now=use.clock())
    holds = ledger.list_open_holds(conn, customer_id)
    awards = flows.pending_points(conn, use.context, [customer_id]).get(customer_id, ())
    stores = catalog.load_stores(conn)
    scope = None if caller.stores is None else sorted(caller.stores)
    waiting = ledger.select_waiting_requests(conn, scope, customer_id, None, _WAITING_SHOWN)
    return CustomerPoints(
        customer_id=customer_id,
        balance=present_balance(overview.balance),
        held=sum(one.points for one in holds),
        pending=sum(one.points for one in awards),
        holds=[present_hold(one, stores) for one in holds],
        awards=[present_pending(one, language) for one in awards],
        frozen=_frozen(conn, customer_id),
        requests=present_requests(conn, use, waiting, caller, language),
    )


@router.get("/points/adjusting")
def read_adjusting(caller: Adjusting, conn: Conn, use: Use, language: Language) -> AdjustingPage:
    """Reasons, stores and limits of the operator, for the form."""
    settings = flows.settings_at(conn, use.context, use.clock())
    today = program.day_in_zone(use.clock(), settings.zone_info)
    roles = {role.role for role in caller.operator.roles if Permission.POINTS_ADJUST in role.permissions}
    limit = ledger.widest_limit(ledger.list_limits(conn), roles)
    used = ledger.sum_adjusted_day(conn, caller.actor, today)
    return AdjustingPage(
        reasons=[present_reason(one, language) for one in ledger.load_reasons(conn).values() if one.ended_at is None],
        stores=stores_of(conn, caller),
        limit=None
        if limit is None
        else LimitShape(points_each=limit.points_each, points_a_day=limit.points_a_day, alone_up_to=limit.alone_up_to),
        left_today=0 if limit is None else max(0, limit.points_a_day - used),
        today=today,
        regular_until=program.expires_on(settings.expiry, today),
    )


@router.post("/customers/{customer_id}/adjustments:quote")
def quote_adjustment(
    customer_id: UUID, body: AdjustmentToQuote, caller: Adjusting, conn: Conn, use: Use
) -> AdjustmentEffect:
    """What an adjustment would do, by the code that records it; nothing is written."""
    require_store(conn, caller, body.store)
    quoted = flows.quote_adjustment(
        conn,
        use.context,
        _adjustment(customer_id, body, external_id="quote"),
        author_at(caller, Permission.POINTS_ADJUST, body.store),
        use.clock(),
    )
    return AdjustmentEffect(
        waits=quoted.waits,
        points=quoted.points,
        expires_on=quoted.expires_on,
        effect=present_effect(quoted.before, quoted.after),
    )


@router.post("/customers/{customer_id}/adjustments")
def record_adjustment(
    customer_id: UUID, body: AdjustmentToRecord, caller: Adjusting, conn: Conn, use: Use
) -> AdjustmentDone:
    """Adjust points at once, or, above the operator's limit, ask a second person."""
    require_store(conn, caller, body.store)
    (outcome,) = flows.adjust_points(
        conn,
        use.context,
        [_adjustment(customer_id, body, external_id=str(body.request_id))],
        author_at(caller, Permission.POINTS_ADJUST, body.store),
        use.clock(),
    )
    if isinstance(outcome, Refusal):
        raise outcome
    return _done(outcome)


@router.post("/customers/{customer_id}/freeze")
def set_frozen(
    customer_id: UUID,
    body: FreezeBody,
    caller: Annotated[Caller, requires(Permission.POINTS_FREEZE)],
    conn: Conn,
    use: Use,
) -> FreezeDone:
    """Freeze an account or set it free; the reason is kept with who did it. The same again changes nothing."""
    if not body.reason.isprintable():
        raise InvalidRequest("The reason holds a control character.", field="reason", remedy="Write it on one line.")
    order = FreezeOrder(frozen=body.frozen, reason=body.reason.strip())
    frozen = flows.set_frozen(conn, customer_id, order, caller.actor, use.clock())
    return FreezeDone(frozen_at=frozen.frozen_at, replayed=frozen.replayed)


@router.post("/entries/{entry_id}/reinstatement:quote")
def quote_reinstatement(
    entry_id: str, body: ReinstatementBody, caller: Adjusting, conn: Conn, use: Use
) -> ReinstatementDone:
    """What giving expired points again would do; where it was done before, what that did."""
    require_store(conn, caller, body.store)
    one = _reinstatement(entry_id, body)
    author = author_at(caller, Permission.POINTS_ADJUST, body.store)
    return _reinstated(conn, entry_id, flows.quote_reinstatement(conn, use.context, one, author, use.clock()))


@router.post("/entries/{entry_id}/reinstatement")
def reinstate_points(
    entry_id: str, body: ReinstatementBody, caller: Adjusting, conn: Conn, use: Use
) -> ReinstatementDone:
    """Give expired points again, once for each entry with which they expired."""
    require_store(conn, caller, body.store)
    one = _reinstatement(entry_id, body)
    author = author_at(caller, Permission.POINTS_ADJUST, body.store)
    return _reinstated(conn, entry_id, flows.reinstate_points(conn, use.context, one, author, use.clock()))


def _adjustment(customer_id: UUID, body: AdjustmentToQuote, *, external_id: str) -> Adjustment:
    return Adjustment(
        source=SOURCE,
        external_id=external_id,
        customer_id=customer_id,
        points=body.points,
        reason=body.reason,
        note=body.note.strip(),
        store=body.store,
        kind=body.kind,
        expires_on=body.expires_on,
        allow_owing=body.allow_owing,
    )


def _done(outcome: AdjustedPoints) -> AdjustmentDone:
    return AdjustmentDone(
        state=outcome.state,
        replayed=outcome.replayed,
        points=outcome.points,
        available=None if outcome.balance is None else outcome.balance.available,
        operation_id=outcome.operation_id,
        request_id=outcome.request_id,
        entry_id=outcome.entry_id,
    )


def _frozen(conn: Connection, customer_id: UUID) -> FrozenShape | None:
    since = ledger.frozen_since(conn, customer_id)
    if since is None:
        return None
    events = audit.list_events_on(conn, [f"customer:{customer_id}"], ["account.frozen"], 1)
    if not events:
        return FrozenShape(since=since, by="", reason="")
    by = names_of_actors(conn, [events[0].actor])[events[0].actor]
    return FrozenShape(since=since, by=by, reason=str(events[0].detail.get("reason", "")))


def _reinstatement(entry_id: str, body: ReinstatementBody) -> Reinstatement:
    return Reinstatement(
        entry_id=entry_id,
        points=body.points,
        reason=body.reason,
        note=body.note.strip(),
        store=body.store,
        expires_on=body.expires_on,
    )


def _reinstated(conn: Connection, entry_id: str, one: ReinstatedPoints) -> ReinstatementDone:
    entry = ledger.load_entry(conn, entry_id)
    return ReinstatementDone(
        points=one.points,
        expired_points=-entry.points,
        expires_on=one.expires_on,
        replayed=one.replayed,
        available=0 if one.balance is None else one.balance.available,
        recorded_at=one.recorded_at,
    )
