"""What people and machines see of a customer: who, how many points, what was bought and when. Reads only."""

from __future__ import annotations

import base64
import binascii
import contextlib
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Literal, TypeVar
from uuid import UUID

import msgspec
from msgspec import Struct
from psycopg import Connection

from enishi import customers, ledger, program, purchases
from enishi.customers import CustomerRecord, EndedMatch
from enishi.flows.book_entries import late_months
from enishi.flows.context import PurchaseContext
from enishi.flows.model import PendingLine
from enishi.flows.pending_awards import present_lines, zone_of
from enishi.flows.winding_down import ending_at
from enishi.kit.errors import InvalidRequest, NotFound, Refusal
from enishi.ledger import Balance, Entry
from enishi.purchases import CustomerFigures, StoredPurchase

MAX_PAGE = 200
"""The most items a page of a list may hold."""
_MAX_FOUND = 20

_Position = TypeVar("_Position")
_encode = msgspec.json.Encoder().encode
_decode_purchase_cursor = msgspec.json.Decoder(tuple[datetime, UUID]).decode
_decode_entry_cursor = msgspec.json.Decoder(int).decode


class _Place(Struct, frozen=True, array_like=True):
    """How far a page of everything has come, in purchases and in entries that belong to none."""

    purchase: tuple[datetime, UUID] | None = None
    seq: int | None = None


_decode_place = msgspec.json.Decoder(_Place).decode


class Overview(Struct, frozen=True):
    """A customer with balance and purchase figures."""

    customer: CustomerRecord
    balance: Balance
    figures: CustomerFigures


class FoundCustomer(Struct, frozen=True):
    """A customer whom a search found, and by what: a kind of identifier, ``customer_id`` or ``receipt``."""

    overview: Overview
    matched_by: str
    ended: EndedMatch | None = None
    """That what was searched for is a card which has ended, so that it no longer names this customer."""


class TimelineItem(Struct, frozen=True):
    """Something that happened: a purchase with its entries, or an entry by itself (``purchase`` is then None)."""

    at: datetime
    purchase: StoredPurchase | None
    entries: tuple[Entry, ...]


class Timeline(Struct, frozen=True):
    """A page of what happened, newest first; ``next_cursor`` asks for the page after it."""

    items: tuple[TimelineItem, ...]
    next_cursor: str | None


class PurchaseDetail(Struct, frozen=True):
    """A purchase with its journal entries and taxes (rate in percent, goods with tax, tax).

    ``booked_in`` is the month whose books took its points in, where it was recorded after the close of its own.
    """

    purchase: StoredPurchase
    entries: tuple[Entry, ...]
    taxes: tuple[tuple[int, int, int], ...]
    booked_in: date | None = None


TimelineType = Literal["all", "purchases", "points"]


def zone_today(conn: Connection, context: PurchaseContext, now: datetime) -> tuple[str, datetime]:
    """The programme's zone, and the present instant in it."""
    versions = context.versions(conn)
    version = program.version_at(versions, now) or (versions[-1] if versions else None)
    settings = version.settings if version else program.default_settings()
    return settings.zone, now.astimezone(settings.zone_info)


def load_overviews(
    conn: Connection,
    context: PurchaseContext,
    customer_ids: Sequence[UUID],
    now: datetime,
    stores: Sequence[str] | None = None,
) -> dict[UUID, Overview]:
    """Customers with balance and figures; only ``stores`` count unless it is None. Unknown IDs are absent."""
    _, local = zone_today(conn, context, now)
    records = customers.load_customers(conn, context.keyring, customer_ids)
    ending = ending_at(context.versions(conn), now)
    balances = ledger.load_balances(conn, list(records), local.date(), ending)
    figures = purchases.load_customer_figures(conn, list(records), stores)
    return {one: Overview(record, balances[one], figures[one]) for one, record in records.items()}


def customer_overview(
    conn: Connection,
    context: PurchaseContext,
    customer_id: UUID,
    *,
    now: datetime,
    stores: Sequence[str] | None = None,
) -> Overview:
    """One customer with balance and figures. Raises ``NotFound``."""
    found = load_overviews(conn, context, [customer_id], now, stores).get(customer_id)
    if found is None:
        raise NotFound("There is no such customer.", field="customer_id")
    return found


def pending_points(
    conn: Connection, context: PurchaseContext, customer_ids: Sequence[UUID]
) -> dict[UUID, tuple[PendingLine, ...]]:
    """What customers have earned and can not use yet, soonest first; those who wait for nothing are absent."""
    found = ledger.pending_of_customers(conn, customer_ids)
    if not found:
        return {}
    versions = context.versions(conn)
    return {one: present_lines(rows, zone_of(rows[0], versions)) for one, rows in found.items()}


def find_customers(
    conn: Connection,
    context: PurchaseContext,
    query: str,
    *,
    now: datetime,
    stores: Sequence[str] | None = None,
) -> list[FoundCustomer]:
    """Customers by what someone typed or scanned: any identifier in any spelling, a customer ID, a receipt number.

    Identifiers are exact; nothing here searches for parts of a name or number, because personal data is sealed. A card
    that has ended finds the customer it was for, and says that it has ended.
    """
    matched: dict[UUID, str] = {}
    ended: dict[UUID, EndedMatch] = {}
    for identifier in customers.guess_kinds(query):
        try:
            for match in customers.find_by_identifiers(conn, context.keyring, [identifier]):
                matched.setdefault(match.customer_id, match.kind.value)
            for past in customers.find_ended(conn, context.keyring, [identifier]):
                ended[past.customer_id] = past
        except Refusal:
            # What can not be a phone number may still be a card's.
            continue
    for customer_id, past in ended.items():
        matched.setdefault(customer_id, past.kind.value)
    text = query.strip()
    with contextlib.suppress(ValueError):
        matched.setdefault(UUID(text), "customer_id")
    if not matched and 0 < len(text) <= 128 and text.isprintable():  # noqa: PLR2004 - the longest receipt number
        for purchase in purchases.find_by_receipt_number(conn, text):
            if purchase.customer_id is not None and (stores is None or purchase.store in stores):
                matched.setdefault(purchase.customer_id, "receipt")
    standing = customers.survivors_of(conn, list(matched)[:_MAX_FOUND])
    found = {standing[one]: how for one, how in reversed(matched.items()) if one in standing}
    overviews = load_overviews(conn, context, list(found), now, stores)
    shown = {standing.get(one, one): past for one, past in ended.items()}
    return [FoundCustomer(overviews[one], found[one], shown.get(one)) for one in reversed(found) if one in overviews]


def timeline(
    conn: Connection,
    customer_id: UUID,
    cursor: str | None,
    limit: int,
    *,
    stores: Sequence[str] | None = None,
    show: TimelineType = "all",
) -> Timeline:
    """What happened to a customer, newest first. Raises ``InvalidRequest`` for a cursor that is none of ours.

    ``all`` shows purchases with their entries, and between them the entries that belong to none.
    """
    size = max(1, min(limit, MAX_PAGE))
    if show == "points":
        return _points_timeline(conn, customer_id, cursor, size, stores)
    if show == "all":
        return _whole_timeline(conn, customer_id, cursor, size, stores)
    before = None if cursor is None else _open_cursor(cursor, _decode_purchase_cursor)
    found = purchases.list_purchases(conn, customer_id, before, size + 1, stores)
    page = found[:size]
    entries = entries_of(conn, page)
    items = tuple(TimelineItem(one.occurred_at, one, entries[one.purchase_id]) for one in page)
    last = page[-1] if len(found) > size else None
    return Timeline(items, None if last is None else _make_cursor((last.occurred_at, last.purchase_id)))


def _whole_timeline(
    conn: Connection, customer_id: UUID, cursor: str | None, size: int, stores: Sequence[str] | None
) -> Timeline:
    """Two lists, each in its own order, laid into one by time: so no page leaves anything out or says it twice."""
    place = _Place() if cursor is None else _open_cursor(cursor, _decode_place)
    bought = purchases.list_purchases(conn, customer_id, place.purchase, size + 1, stores)
    loose = ledger.list_loose_entries(conn, customer_id, place.seq, size + 1, stores)
    chosen: list[StoredPurchase | Entry] = []
    taken = read = 0
    while len(chosen) < size and (taken < len(bought) or read < len(loose)):
        if read == len(loose) or (taken < len(bought) and bought[taken].occurred_at >= loose[read].occurred_at):
            chosen.append(bought[taken])
            taken += 1
        else:
            chosen.append(loose[read])
            read += 1
    entries = entries_of(conn, bought[:taken])
    items = tuple(
        TimelineItem(one.occurred_at, None, (one,))
        if isinstance(one, Entry)
        else TimelineItem(one.occurred_at, one, entries[one.purchase_id])
        for one in chosen
    )
    if taken == len(bought) and read == len(loose):
        return Timeline(items, None)
    last = place.purchase if taken == 0 else (bought[taken - 1].occurred_at, bought[taken - 1].purchase_id)
    return Timeline(items, _make_cursor(_Place(last, place.seq if read == 0 else loose[read - 1].seq)))


def _points_timeline(
    conn: Connection, customer_id: UUID, cursor: str | None, size: int, stores: Sequence[str] | None
) -> Timeline:
    before = None if cursor is None else _open_cursor(cursor, _decode_entry_cursor)
    found = ledger.list_entries(conn, customer_id, before, size + 1)
    page = found[:size]
    shown = [one for one in page if stores is None or not one.store or one.store in stores]
    items = tuple(TimelineItem(one.occurred_at, None, (one,)) for one in shown)
    return Timeline(items, _make_cursor(page[-1].seq) if len(found) > size else None)


def entries_of(conn: Connection, found: Sequence[StoredPurchase]) -> dict[UUID, tuple[Entry, ...]]:
    """The journal entries of each purchase, in their order."""
    keys = [key for one in found for key in one.entry_keys]
    entries = {(entry.customer_id, entry.seq): entry for entry in ledger.entries_at(conn, keys)}
    return {one.purchase_id: tuple(entries[key] for key in one.entry_keys if key in entries) for one in found}


def purchase_detail(conn: Connection, purchase_id: UUID) -> PurchaseDetail:
    """One purchase with its entries and taxes. Raises ``NotFound``."""
    purchase = purchases.load_purchase(conn, purchase_id)
    entries = entries_of(conn, [purchase])[purchase_id]
    late = late_months(conn, entries[:1])
    return PurchaseDetail(purchase, entries, tuple(purchases.taxes(purchase)), late[0] if late else None)


def _make_cursor(position: object) -> str:
    return base64.urlsafe_b64encode(_encode(position)).decode().rstrip("=")


def _open_cursor(cursor: str, decode: Callable[[bytes], _Position]) -> _Position:
    try:
        return decode(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, msgspec.MsgspecError):
        raise InvalidRequest(
            "The cursor is not one that this list gave out.", field="cursor", remedy="Start without a cursor."
        ) from None
