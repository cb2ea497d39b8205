"""What terminals spent without a connection, and what of it is owed: by terminal and day, and receipt by receipt."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from psycopg import Connection
from pydantic import AwareDatetime

from enishi import audit, catalog, flows, ledger, program, purchases
from enishi.access import Locale, Permission
from enishi.kit.cursors import make_cursor, open_cursor
from enishi.kit.errors import InvalidRequest
from enishi.ledger import OfflineFilter, TerminalSpend
from enishi.web import exporting
from enishi.web.authority import names_of_customers, scope_of, store_ref, stores_of
from enishi.web.declare import Caller, Conn, Language, Resources, Use, requires
from enishi.web.exporting import CSV_ANSWER
from enishi.web.paging import Cursor, Limit, StoreFilter
from enishi.web.shapes import Shape, StoreRef

router = APIRouter(prefix="/api/console/points/offline", tags=["console"])

Reading = Annotated[Caller, requires(Permission.POINTS_READ)]
Day = Annotated[date | None, Query()]
OnlyOwed = Annotated[bool, Query(description="Only terminals and days on which more was spent than there was.")]
DAYS_SHOWN = 31
DAYS_MOST = 366
_HEADERS = {
    Locale.JA: ("日付", "店舗", "店舗名", "端末", "オフライン利用", "上限", "超過レシート", "不足ポイント"),
    Locale.EN: ("day", "store", "store name", "terminal", "spent offline", "cap", "receipts over", "owed"),
}


class TerminalDayShape(Shape):
    """What a terminal spent offline on a day; ``cap`` is what it could have spent of points that were not there."""

    store: StoreRef
    terminal: str
    on_day: date
    spent: int
    cap: int
    receipts: int
    owed: int


class OverspendShape(Shape):
    """A receipt that used more points than its customer had: ``owed`` of its ``points``."""

    purchase_id: UUID
    customer_id: UUID
    customer_name: str | None
    store: StoreRef
    terminal: str
    points: int
    owed: int
    occurred_at: AwareDatetime


class OfflineSums(Shape):
    """The sums over all terminals and days of the list."""

    terminals: int
    spent: int
    receipts: int
    owed: int


class OfflinePage(Shape):
    """What terminals spent offline from ``first`` to ``last``, the last day first; ``cap`` is today's."""

    first: date
    last: date
    cap: int
    sums: OfflineSums
    terminals: list[TerminalDayShape]
    stores: list[StoreRef]
    next_cursor: str | None


class OverspendsPage(Shape):
    """Receipts that used more points than there were, the last first."""

    receipts: list[OverspendShape]
    next_cursor: str | None


@router.get("")
def read_offline(
    caller: Reading,
    *,
    conn: Conn,
    use: Use,
    first: Day = None,
    last: Day = None,
    store: StoreFilter = None,
    only_owed: OnlyOwed = False,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> OfflinePage:
    """What terminals of the operator's stores spent offline; by default over the last 31 days."""
    wanted = _wanted(conn, use, first, last, scope_of(caller, store), only_owed=only_owed)
    found = ledger.select_terminal_page(conn, wanted, open_cursor(cursor, tuple[str, str, date]), limit + 1)
    page = found[:limit]
    sums = ledger.select_offline_totals(conn, wanted)
    end = page[-1] if len(found) > limit else None
    return OfflinePage(
        first=wanted.first,
        last=wanted.last,
        cap=flows.settings_at(conn, use.context, use.clock()).offline_spend_cap,
        sums=OfflineSums(terminals=sums.terminals, spent=sums.spent, receipts=sums.receipts, owed=sums.owed),
        terminals=_present(conn, use, page),
        stores=stores_of(conn, caller),
        next_cursor=None if end is None else make_cursor((end.store, end.terminal, end.on_day)),
    )


@router.get("/overspends")
def list_overspends(
    caller: Reading,
    *,
    conn: Conn,
    use: Use,
    first: Day = None,
    last: Day = None,
    store: StoreFilter = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> OverspendsPage:
    """The receipts that used more points than there were, of the operator's stores."""
    wanted = _wanted(conn, use, first, last, scope_of(caller, store), only_owed=True)
    found = ledger.select_overspend_page(conn, wanted, open_cursor(cursor, tuple[datetime, UUID]), limit + 1)
    page = found[:limit]
    may_name = caller.operator.may(Permission.CUSTOMERS_READ)
    names = names_of_customers(conn, use, [one.customer_id for one in page]) if may_name else {}
    stores = catalog.load_stores(conn)
    return OverspendsPage(
        receipts=[
            OverspendShape(
                purchase_id=one.purchase_id,
                customer_id=one.customer_id,
                customer_name=names[one.customer_id].name if one.customer_id in names else None,
                store=store_ref(one.store, stores),
                terminal=one.terminal,
                points=one.points,
                owed=one.owed,
                occurred_at=one.occurred_at,
            )
            for one in page
        ],
        next_cursor=make_cursor((page[-1].occurred_at, page[-1].purchase_id)) if len(found) > limit else None,
    )


@router.get(".csv", response_class=Response, responses=CSV_ANSWER)
def export_offline(
    caller: Reading,
    *,
    conn: Conn,
    use: Use,
    language: Language,
    first: Day = None,
    last: Day = None,
    store: StoreFilter = None,
    only_owed: OnlyOwed = False,
) -> Response:
    """The same list as a file, for at most 10,000 rows. Each export is recorded."""
    wanted = _wanted(conn, use, first, last, scope_of(caller, store), only_owed=only_owed)
    found = _present(conn, use, ledger.select_terminal_page(conn, wanted, None, exporting.ROWS_MAX))
    rows = [
        (
            one.on_day.isoformat(),
            one.store.code,
            one.store.name,
            one.terminal,
            str(one.spent),
            str(one.cap),
            str(one.receipts),
            str(one.owed),
        )
        for one in found
    ]
    audit.record_event(
        conn, actor=caller.actor, action="points.offline_exported", detail={"rows": len(rows)}, at=use.clock()
    )
    name = f"offline-points-{wanted.first}-{wanted.last}"
    return exporting.csv_response(exporting.write_csv(_HEADERS[language], rows), name)


def _wanted(
    conn: Connection,
    use: Resources,
    first: date | None,
    last: date | None,
    stores: Sequence[str] | None,
    *,
    only_owed: bool,
) -> OfflineFilter:
    today = program.day_in_zone(use.clock(), flows.settings_at(conn, use.context, use.clock()).zone_info)
    until = today if last is None else last
    # Nothing was spent before there were receipts, and around the ends of the calendar there are no days to count to.
    since = max(until, purchases.EARLIEST.date()) - timedelta(days=DAYS_SHOWN - 1) if first is None else first
    if not 0 <= (until - since).days < DAYS_MOST:
        raise InvalidRequest(
            f"The days have to ascend, and be {DAYS_MOST} at most.", field="first", remedy="Choose other days."
        )
    return OfflineFilter(since, until, stores, only_owed)


def _present(conn: Connection, use: Resources, found: Sequence[TerminalSpend]) -> list[TerminalDayShape]:
    """Terminals by the names of their stores, each with the cap of its day."""
    stores = catalog.load_stores(conn)
    caps = _caps(conn, use, {one.on_day for one in found})
    return [
        TerminalDayShape(
            store=store_ref(one.store, stores),
            terminal=one.terminal,
            on_day=one.on_day,
            spent=one.spent,
            cap=caps[one.on_day],
            receipts=one.receipts,
            owed=one.owed,
        )
        for one in found
    ]


def _caps(conn: Connection, use: Resources, days: set[date]) -> dict[date, int]:
    """The programme's cap by day: that of the version in force when the day ended, or now."""
    versions = use.context.versions(conn)
    zone = flows.settings_at(conn, use.context, use.clock()).zone_info
    caps: dict[date, int] = {}
    for day in days:
        end = datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=zone)
        version = program.version_at(versions, min(end, use.clock()))
        caps[day] = (version.settings if version else program.default_settings()).offline_spend_cap
    return caps
