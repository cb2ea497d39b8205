"""What is about to expire over all members: by day, and whose it is."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from enishi import audit, flows
from enishi.access import Locale, Permission
from enishi.kit.cursors import make_cursor, open_cursor
from enishi.ledger import ExpiringMember
from enishi.web import exporting
from enishi.web.authority import names_of_customers, require_whole_company
from enishi.web.declare import Caller, Conn, Language, Use, requires
from enishi.web.exporting import CSV_ANSWER
from enishi.web.paging import Cursor, Limit
from enishi.web.shapes import PointKind, Shape

router = APIRouter(prefix="/api/console/points/expiring", tags=["console"])

Days = Annotated[int, Query(ge=1, le=flows.MAX_EXPIRING_DAYS)]
OnDay = Annotated[date | None, Query(description="List only who loses points with the end of this day.")]
CSV_ROWS_MAX = 200_000
_HEADERS = {Locale.JA: ("顧客ID", "失効するポイント", "最初の失効日"), Locale.EN: ("customer", "points", "first day")}


class ExpiringDayShape(Shape):
    """What is valid through the end of a day and not longer: of one kind, of how many members, how many points."""

    expires_on: date
    kind: PointKind
    members: int
    points: int


class ExpiringMemberShape(Shape):
    """A member with points that expire; ``name`` is null for an operator who may not read customers."""

    customer_id: UUID
    name: str | None
    points: int
    first_on: date


class ExpiringPage(Shape):
    """What expires from ``first`` to ``last``: all days, and a page of members in no particular order."""

    first: date
    last: date
    points: int
    days: list[ExpiringDayShape]
    members: list[ExpiringMemberShape]
    next_cursor: str | None


@router.get("")
def read_expiring(
    caller: Annotated[Caller, requires(Permission.POINTS_READ)],
    *,
    conn: Conn,
    use: Use,
    days: Days = 30,
    on: OnDay = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> ExpiringPage:
    """What expires in the coming days, today being the first, over all members."""
    require_whole_company(caller, "The points that expire")
    found = flows.expiring_points(
        conn, use.context, days, on=on, after=open_cursor(cursor, UUID), limit=limit, now=use.clock()
    )
    may_name = caller.operator.may(Permission.CUSTOMERS_READ)
    names = names_of_customers(conn, use, [one.customer_id for one in found.members]) if may_name else {}
    return ExpiringPage(
        first=found.first,
        last=found.last,
        points=sum(one.points for one in found.days),
        days=[
            ExpiringDayShape(
                expires_on=one.expires_on,
                kind="regular" if one.kind == "regular" else "limited",
                members=one.members,
                points=one.points,
            )
            for one in found.days
        ],
        members=[
            ExpiringMemberShape(
                customer_id=one.customer_id,
                name=names[one.customer_id].name if one.customer_id in names else None,
                points=one.points,
                first_on=one.first_on,
            )
            for one in found.members
        ],
        next_cursor=None if found.next_after is None else make_cursor(found.next_after),
    )


@router.get(".csv", response_class=Response, responses=CSV_ANSWER)
def export_expiring(
    caller: Annotated[Caller, requires(Permission.CUSTOMERS_EXPORT)],
    *,
    conn: Conn,
    use: Use,
    language: Language,
    days: Days = 30,
    on: OnDay = None,
) -> Response:
    """Whose points expire, as a file without names, for at most 200,000 members. Each export is recorded."""
    require_whole_company(caller, "The points that expire")
    members: list[ExpiringMember] = []
    after: UUID | None = None
    while len(members) < CSV_ROWS_MAX:
        page = flows.expiring_points(
            conn, use.context, days, on=on, after=after, limit=min(20_000, CSV_ROWS_MAX - len(members)), now=use.clock()
        )
        members += page.members
        after = page.next_after
        if after is None:
            break
    rows = [(str(one.customer_id), str(one.points), one.first_on.isoformat()) for one in members]
    audit.record_event(
        conn, actor=caller.actor, action="points.expiring_exported", detail={"rows": len(rows)}, at=use.clock()
    )
    return exporting.csv_response(exporting.write_csv(_HEADERS[language], rows), "expiring-points")
