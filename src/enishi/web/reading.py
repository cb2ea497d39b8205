"""What pages read, within what the reader may see.

An operator who is scoped to stores sees the receipts and entries of those stores only; a member sees their own only.
What may not be seen is answered like what does not exist.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Literal, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct, structs
from psycopg import Connection

from enishi import access, catalog, customers, flows, ledger, program, purchases
from enishi.access import Locale
from enishi.kit.errors import NotFound
from enishi.purchases import DayFigures, StoredPurchase
from enishi.web.declare import Caller, Resources
from enishi.web.presenting import (
    View,
    present_brief,
    present_customer,
    present_detail,
    present_entries,
    present_entry,
    present_explanation,
    present_purchase,
    present_version,
)
from enishi.web.shapes import (
    CustomerBrief,
    CustomerShape,
    EntryItem,
    EntryShape,
    Explanation,
    ProgramVersionShape,
    PurchaseDetail,
    PurchaseItem,
    TimelineShape,
)

_Read = TypeVar("_Read")
TimelineType = Literal["all", "purchases", "points"]
Stores = frozenset[str] | None
"""The stores whose receipts may be seen; None is all of them."""


class Reader(Struct, frozen=True):
    """Who reads: an operator with a store scope, or (``customer_id``) a member who sees only what is their own.

    ``sees_notes``: the page is not one that a customer may look at as well.
    """

    stores: Stores
    customer_id: UUID | None
    language: Locale
    sees_notes: bool = False


class TimelineRequest(Struct, frozen=True):
    """Which part of whose timeline."""

    customer_id: UUID
    cursor: str | None
    limit: int
    show: TimelineType
    stores: Stores
    language: Locale


class HomeFigures(Struct, frozen=True):
    """Today, the last 30 days up to the newest receipt, and the newest receipts with their customers' names."""

    today: DayFigures
    days: Sequence[DayFigures]
    recent: Sequence[StoredPurchase]
    names: dict[UUID, str]


HOME_DAYS = 30
HOME_RECEIPTS = 20


def read_home(conn: Connection, use: Resources, stores: Stores) -> HomeFigures:
    """The figures of the home page, of these stores."""
    scope = _listed(stores)
    zone, local_now = flows.zone_today(conn, use.context, use.clock())
    recent = purchases.list_latest(conn, HOME_RECEIPTS, scope)
    newest = max((one.occurred_at for one in recent), default=local_now).astimezone(ZoneInfo(zone)).date()
    first = min(newest, local_now.date()) - timedelta(days=HOME_DAYS - 1)
    days = purchases.load_day_figures(conn, _start_of(first, zone), zone, scope)
    today = next((one for one in days if one.on == local_now.date()), DayFigures(local_now.date(), 0, 0, 0, 0, 0))
    ids = sorted({one.customer_id for one in recent if one.customer_id is not None})
    records = customers.load_customers(conn, use.context.keyring, ids)
    names = {customer_id: record.profile.name for customer_id, record in records.items()}
    return HomeFigures(today=today, days=days[-HOME_DAYS:], recent=recent, names=names)


def find_customers(
    conn: Connection, use: Resources, query: str, caller: Caller, *, masked: bool
) -> tuple[list[CustomerBrief], list[str]]:
    """Customers found, and the kinds of identifier the query was taken for."""
    found = flows.find_customers(conn, use.context, query, now=use.clock(), stores=_listed(caller.stores))
    taken_for = [guess.kind.value for guess in customers.guess_kinds(query)]
    return [present_brief(one, masked=masked) for one in found], taken_for


def read_customer(
    conn: Connection, use: Resources, customer_id: UUID, *, stores: Stores, masked: bool
) -> CustomerShape:
    """The head of a customer page: figures of these stores, the whole balance. Raises ``NotFound``."""
    return present_customer(
        flows.customer_overview(conn, use.context, customer_id, now=use.clock(), stores=_listed(stores)), masked=masked
    )


def read_timeline(conn: Connection, use: Resources, request: TimelineRequest) -> TimelineShape:
    """A page of a customer's timeline. Raises ``NotFound`` for a customer who does not exist."""
    if request.cursor is None:
        customers.load_customer(conn, use.context.keyring, request.customer_id)
    page = flows.timeline(
        conn,
        request.customer_id,
        request.cursor,
        request.limit,
        stores=_listed(request.stores),
        show=request.show,
    )
    view = make_view(conn, request.language)
    purchase_ids = [item.purchase.purchase_id for item in page.items if item.purchase]
    returned = flows.returns_of(conn, purchase_ids)
    awaited = ledger.pending_of_purchases(conn, purchase_ids)
    items: list[PurchaseItem | EntryItem] = []
    for item in page.items:
        if item.purchase is None:
            items += [EntryItem(item="entry", at=item.at, entry=present_entry(one, view)) for one in item.entries]
        else:
            back = returned.get(item.purchase.purchase_id, ())
            entries = [*item.entries, *(entry for one in back for entry in one.entries)]
            items.append(
                PurchaseItem(
                    item="purchase",
                    at=item.at,
                    purchase=present_purchase(item.purchase, view),
                    returned_yen=sum(one.refund_yen for one in back),
                    pending_points=sum(one.left for one in awaited.get(item.purchase.purchase_id, ()) if one.is_open),
                    entries=present_entries(entries, view),
                )
            )
    return TimelineShape(items=items, next_cursor=page.next_cursor)


def read_movements(conn: Connection, customer_id: UUID, limit: int, stores: Stores, view: View) -> list[EntryShape]:
    """What moved a customer's points lately and belongs to no receipt, newest first."""
    found = ledger.list_loose_entries(conn, customer_id, None, limit, _listed(stores))
    return present_entries(found, view)


def read_purchase(conn: Connection, purchase_id: UUID, reader: Reader) -> PurchaseDetail:
    """One receipt. Raises ``NotFound``, also for one that the reader may not see."""
    detail = _found(lambda: flows.purchase_detail(conn, purchase_id))
    if detail is None or not _may_see(reader, detail.purchase.store, detail.purchase.customer_id):
        raise NotFound("There is no such purchase.")
    if reader.customer_id is not None:
        # In which month a company books a receipt is nothing to its customer.
        detail = structs.replace(detail, booked_in=None)
    returned = flows.returns_of(conn, [purchase_id]).get(purchase_id, ())
    return present_detail(detail, returned, make_view(conn, reader.language))


def explain_entry(conn: Connection, use: Resources, entry_id: str, reader: Reader) -> Explanation:
    """Why an entry has its points. Raises ``NotFound``, also for one that the reader may not see."""
    to_member = reader.customer_id is not None
    found = _found(
        lambda: flows.explain_entry(
            conn,
            use.context,
            entry_id,
            reader.language.value,
            for_member=to_member,
            with_notes=reader.sees_notes and not to_member,
        )
    )
    if found is None or not _may_see(reader, found.entry.store, found.entry.customer_id):
        raise NotFound("There is no such entry.")
    return present_explanation(found, make_view(conn, reader.language), to_member=to_member)


def read_program(
    conn: Connection, use: Resources, language: Locale
) -> tuple[ProgramVersionShape | None, list[ProgramVersionShape]]:
    """The version of the programme in force now, and all versions, newest first."""
    versions = program.load_versions(conn)
    names = access.load_operator_names(conn)
    shapes = {
        one.version: present_version(
            structs.replace(one, author=names.get(one.author.removeprefix("operator:"), one.author)),
            language,
            msgspec.to_builtins(one.settings, str_keys=True),
        )
        for one in versions
    }
    current = program.version_at(versions, use.clock())
    newest_first = [shapes[number] for number in sorted(shapes, reverse=True)]
    return None if current is None else shapes[current.version], newest_first


def make_view(conn: Connection, language: Locale) -> View:
    """How to present what was read: with the stores' names, in this language."""
    return View(language=language, stores=catalog.load_stores(conn))


def _found(read: Callable[[], _Read]) -> _Read | None:
    """What was read, or None: so that "not there" and "not yours" end in the very same answer."""
    try:
        return read()
    except NotFound:
        return None


def _may_see(reader: Reader, store: str, customer_id: UUID | None) -> bool:
    # What happened in no store, such as an expiry, is of every store.
    in_scope = reader.stores is None or not store or store in reader.stores
    return in_scope and (reader.customer_id is None or reader.customer_id == customer_id)


def _listed(stores: Stores) -> list[str] | None:
    return None if stores is None else sorted(stores)


def _start_of(day: date, zone: str) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))
