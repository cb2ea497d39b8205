"""The console's endpoints: home, customers, receipts, the programme and the audit record."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, Field

from enishi import access, audit
from enishi.access import Permission
from enishi.web import exporting, reading
from enishi.web.declare import Caller, Conn, Language, Use, requires
from enishi.web.presenting import present_purchase
from enishi.web.reading import TimelineType
from enishi.web.shapes import (
    Body,
    CustomerBrief,
    CustomerShape,
    Explanation,
    NamedCustomer,
    ProgramVersionShape,
    PurchaseBrief,
    PurchaseDetail,
    Shape,
    TimelineShape,
)

router = APIRouter(prefix="/api/console", tags=["console"])

Cursor = Annotated[str | None, Query(max_length=200)]
Limit = Annotated[int, Query(ge=1, le=100)]

LAST_EVENT = 2**63 - 1
"""The highest number that an event of the audit log can have."""
CHAIN_EVENTS_CHECKED = 20_000
"""How far back the audit page follows the chain on each view; ``enishi verify`` follows it to the beginning."""


class TodayShape(Shape):
    """Today, in the programme's zone, up to now."""

    purchases: int
    total_yen: int
    points_earned: int
    points_used: int
    customers: int


class DayShape(Shape):
    """One day's figures."""

    on: date
    purchases: int
    total_yen: int
    points_earned: int
    points_used: int


class RecentPurchase(Shape):
    """A receipt that came in lately, and whose it is."""

    purchase: PurchaseBrief
    customer: NamedCustomer | None


class Home(Shape):
    """The console's first page: today, the last 30 days that have data, the 20 newest receipts."""

    today: TodayShape
    days: list[DayShape]
    recent: list[RecentPurchase]
    as_of: AwareDatetime


class Search(Body):
    """What was typed or scanned. It travels in the body, so that it stays out of addresses and logs."""

    query: Annotated[str, Field(min_length=1, max_length=256)]


class SearchResult(Shape):
    """Customers found, and the kinds of identifier the query was taken for."""

    customers: list[CustomerBrief]
    searched_as: list[str]


class ProgramPage(Shape):
    """The programme in force and all its versions, newest first."""

    current: ProgramVersionShape | None
    versions: list[ProgramVersionShape]


class AuditEvent(Shape):
    """One event of the audit record."""

    event_id: UUID
    at: AwareDatetime
    actor: str
    actor_name: str | None
    action: str
    target: str
    detail: dict[str, str | int | bool | list[str] | None]
    hash: str


class AuditPage(Shape):
    """A page of the audit record, newest first. ``chain_ok``: the last 20,000 events fit together."""

    events: list[AuditEvent]
    next_cursor: str | None
    chain_ok: bool


@router.get("/home")
def read_home(
    caller: Annotated[Caller, requires(Permission.HOME_READ)], conn: Conn, use: Use, language: Language
) -> Home:
    """Today's figures, the last 30 days and the newest receipts, of the operator's stores."""
    figures = reading.read_home(conn, use, caller.stores)
    view = reading.make_view(conn, language)
    return Home(
        today=TodayShape(
            purchases=figures.today.purchases,
            total_yen=figures.today.total_yen,
            points_earned=figures.today.points_earned,
            points_used=figures.today.points_used,
            customers=figures.today.customers,
        ),
        days=[
            DayShape(
                on=day.on,
                purchases=day.purchases,
                total_yen=day.total_yen,
                points_earned=day.points_earned,
                points_used=day.points_used,
            )
            for day in figures.days
        ],
        recent=[
            RecentPurchase(
                purchase=present_purchase(one, view),
                customer=None
                if one.customer_id is None
                else NamedCustomer(customer_id=one.customer_id, name=figures.names.get(one.customer_id, "")),
            )
            for one in figures.recent
        ],
        as_of=use.clock(),
    )


@router.post("/customers:search")
def search_customers(
    body: Search, caller: Annotated[Caller, requires(Permission.CUSTOMERS_READ)], conn: Conn, use: Use
) -> SearchResult:
    """Find customers by any identifier in any spelling, by customer ID or by receipt number."""
    customers, searched_as = reading.find_customers(conn, use, body.query, caller, masked=not caller.sees_personal_data)
    audit.record_event(
        conn,
        actor=caller.actor,
        action="customers.searched",
        detail={"searched_as": searched_as, "found": len(customers)},
        at=use.clock(),
    )
    return SearchResult(customers=customers, searched_as=searched_as)


@router.get("/customers/{customer_id}")
def read_customer(
    customer_id: UUID, caller: Annotated[Caller, requires(Permission.CUSTOMERS_READ)], conn: Conn, use: Use
) -> CustomerShape:
    """One customer. Each view is recorded."""
    customer = reading.read_customer(conn, use, customer_id, stores=caller.stores, masked=not caller.sees_personal_data)
    audit.record_event(
        conn,
        actor=caller.actor,
        action="customer.viewed",
        target=f"customer:{customer_id}",
        detail={"face": "console", "identifiers": "full" if caller.sees_personal_data else "masked"},
        at=use.clock(),
    )
    return customer


@router.get("/customers/{customer_id}/timeline")
def read_timeline(
    customer_id: UUID,
    caller: Annotated[Caller, requires(Permission.PURCHASES_READ)],
    *,
    conn: Conn,
    use: Use,
    language: Language,
    cursor: Cursor = None,
    limit: Limit = 30,
    type: TimelineType = "all",  # noqa: A002 - the name of the query parameter
) -> TimelineShape:
    """Receipts and points of one customer, newest first, of the operator's stores."""
    return reading.read_timeline(
        conn, use, reading.TimelineRequest(customer_id, cursor, limit, type, caller.stores, language)
    )


@router.get(
    "/customers/{customer_id}/timeline.csv",
    response_class=Response,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
def export_timeline(
    customer_id: UUID,
    caller: Annotated[Caller, requires(Permission.CUSTOMERS_EXPORT)],
    *,
    conn: Conn,
    use: Use,
    language: Language,
    type: TimelineType = "all",  # noqa: A002 - the name of the query parameter
) -> Response:
    """The same timeline as a file, for at most 10,000 entries. Each export is recorded."""
    rows, text = exporting.export_timeline(
        conn, use, reading.TimelineRequest(customer_id, None, 100, type, caller.stores, language)
    )
    audit.record_event(
        conn,
        actor=caller.actor,
        action="customer.exported",
        target=f"customer:{customer_id}",
        detail={"rows": rows},
        at=use.clock(),
    )
    return Response(
        text.encode(),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="timeline-{customer_id}.csv"'},
    )


@router.get("/purchases/{purchase_id}")
def read_purchase(
    purchase_id: UUID,
    caller: Annotated[Caller, requires(Permission.PURCHASES_READ)],
    conn: Conn,
    language: Language,
) -> PurchaseDetail:
    """One receipt in full; 404 when it belongs to a store outside the operator's scope."""
    return reading.read_purchase(conn, purchase_id, reading.Reader(caller.stores, None, language))


@router.get("/entries/{entry_id}/explanation")
def explain_entry(
    entry_id: str,
    caller: Annotated[Caller, requires(Permission.POINTS_READ)],
    conn: Conn,
    use: Use,
    language: Language,
) -> Explanation:
    """Why an entry has the points it has."""
    return reading.explain_entry(conn, use, entry_id, reading.Reader(caller.stores, None, language, sees_notes=True))


@router.get("/program")
def read_program(
    _caller: Annotated[Caller, requires(Permission.PROGRAM_READ)], conn: Conn, use: Use, language: Language
) -> ProgramPage:
    """The programme in plain words, with its history."""
    current, versions = reading.read_program(conn, use, language)
    return ProgramPage(current=current, versions=versions)


@router.get("/audit")
def read_audit(
    _caller: Annotated[Caller, requires(Permission.AUDIT_READ)],
    conn: Conn,
    cursor: Annotated[int | None, Query(ge=1, le=LAST_EVENT)] = None,
    limit: Limit = 50,
) -> AuditPage:
    """Who did what, newest first."""
    events = audit.list_events(conn, cursor, limit)
    names = access.load_operator_names(conn)
    return AuditPage(
        events=[
            AuditEvent(
                event_id=event.event_id,
                at=event.at,
                actor=event.actor,
                actor_name=names.get(event.actor.removeprefix("operator:")),
                action=event.action,
                target=event.target,
                detail={key: _as_json(value) for key, value in event.detail.items()},
                hash=event.hash.hex(),
            )
            for event in events
        ],
        next_cursor=str(events[-1].seq) if len(events) == limit and events[-1].seq > 1 else None,
        chain_ok=audit.verify_chain(conn, last=CHAIN_EVENTS_CHECKED).intact,
    )


def _as_json(value: str | int | bool | Sequence[str] | None) -> str | int | bool | list[str] | None:
    return value if value is None or isinstance(value, str | int) else list(value)
