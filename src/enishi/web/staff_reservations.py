"""Reservations as staff work with them, at the counter and in the console: the same acts on either face."""

from datetime import date, timedelta
from typing import Annotated, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query
from psycopg import Connection

from enishi import catalog, flows, reservations
from enishi.access import Locale, Permission
from enishi.kit.errors import NotFound
from enishi.reservations import Author, Booked, Booking, SettingsVersion, Wish
from enishi.web import reservation_reading as reading
from enishi.web.declare import Caller, Conn, Language, Resources, Use, requires
from enishi.web.reservation_shapes import (
    BookableStores,
    BookingDetail,
    BookingDone,
    BookingEventShape,
    BookingStep,
    Day,
    DaySpans,
    OwnBookings,
    QuotaDay,
    SlotDays,
    SlotForCustomer,
    SlotToMoveTo,
    StoreCalendar,
)

router = APIRouter()

StaffFace = Literal["counter", "console"]
See = Annotated[Caller, requires(Permission.RESERVATIONS_READ)]
Act = Annotated[Caller, requires(Permission.RESERVATIONS_WRITE)]
StoreCode = Annotated[str, Query(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._:\-]+$")]
From = Annotated[Day, Query(alias="from")]
CALENDAR_DAYS = 14


@router.get("/api/{face}/reservations/stores", tags=["staff"])
def list_stores_with_reservations(
    face: StaffFace, caller: See, conn: Conn, use: Use, language: Language
) -> BookableStores:
    """The operator's stores that take reservations."""
    del face
    return BookableStores(stores=reading.read_stores(conn, use, language, None, caller.stores))


@router.get("/api/{face}/reservations/calendar", tags=["staff"])
def read_store_calendar(
    face: StaffFace,
    caller: See,
    *,
    conn: Conn,
    use: Use,
    language: Language,
    store: StoreCode,
    first: From,
    days: Annotated[int, Query(ge=1, le=CALENDAR_DAYS)] = 7,
) -> StoreCalendar:
    """Some days of a store: who works when, who comes, who waits, and how the quotas stand."""
    del face
    _require_store(caller, store)
    return _calendar(conn, use, language, store, reservations.days_between(first, first + timedelta(days=days - 1)))


@router.get("/api/{face}/reservations/slots", tags=["staff"])
def find_slots_for_customer(
    face: StaffFace,
    caller: Act,
    *,
    conn: Conn,
    use: Use,
    language: Language,
    customer_id: UUID,
    store: StoreCode,
    service: StoreCode,
    first: From,
    days: Annotated[int, Query(ge=1, le=reservations.MAX_DAYS)] = 7,
    choice: Annotated[str, Query(max_length=40, pattern=r"^[A-Za-z0-9._\-]*$")] = "",
) -> SlotDays:
    """The slots of a service for a customer, as staff may book them."""
    del face
    _require_store(caller, store)
    asked = reading.Asked(store, service, first, days, choice, customer_id, is_staff=True)
    return reading.read_slots(conn, use, language, asked)


@router.get("/api/{face}/reservations/customers/{customer_id}", tags=["staff"])
def list_bookings_of_customer(
    face: StaffFace, customer_id: UUID, caller: See, *, conn: Conn, use: Use, language: Language
) -> OwnBookings:
    """A customer's bookings at the operator's stores."""
    del face
    return reading.read_own(conn, use, language, customer_id, caller.stores)


@router.post("/api/{face}/reservations", tags=["staff"])
def book_for_customer(
    face: StaffFace, body: SlotForCustomer, caller: Act, *, conn: Conn, use: Use, language: Language
) -> BookingDone:
    """Book for a customer: 409 ``slot-not-bookable`` with the reasons. A second tap gives the same booking."""
    _require_store(caller, body.store)
    wish = Wish(
        source=face,
        external_id=str(body.request_id),
        customer_id=body.customer_id,
        store=body.store,
        service=body.service,
        starts_at=body.starts_at,
        choice=body.choice,
    )
    author = Author(caller.actor, face)
    booked = reading.with_reasons(
        conn, use, body.store, language, lambda: flows.book_slot(conn, use.context, wish, author, use.clock())
    )
    return _done(conn, use, language, booked)


@router.get("/api/{face}/reservations/{booking_id}", tags=["staff"])
def read_booking(
    face: StaffFace, booking_id: UUID, caller: See, *, conn: Conn, use: Use, language: Language
) -> BookingDetail:
    """A booking with its history."""
    del face
    held = _booking(conn, booking_id, caller)
    view = reading.open_booking_view(conn, use, language, [held.customer_id])
    return BookingDetail(
        booking=reading.present_booking(held, view),
        events=[
            BookingEventShape(at=one.at, actor=one.actor, event=one.event, detail=dict(one.detail))
            for one in reservations.load_events(conn, booking_id)
        ],
    )


@router.post("/api/{face}/reservations/{booking_id}:change", tags=["staff"])
def change_booking_for_customer(
    face: StaffFace,
    booking_id: UUID,
    body: SlotToMoveTo,
    caller: Act,
    *,
    conn: Conn,
    use: Use,
    language: Language,
) -> BookingDone:
    """Move a booking, also after the member's deadline: 409 ``slot-not-bookable`` leaves it as it is."""
    held = _booking(conn, booking_id, caller)
    author = Author(caller.actor, face)
    changed = reading.with_reasons(
        conn,
        use,
        held.store,
        language,
        lambda: flows.change_slot(
            conn, use.context, booking_id, body.starts_at, choice=body.choice, author=author, now=use.clock()
        ),
    )
    return _done(conn, use, language, changed)


@router.post("/api/{face}/reservations/{booking_id}:settle", tags=["staff"])
def settle_booking(
    face: StaffFace, booking_id: UUID, body: BookingStep, caller: Act, *, conn: Conn, use: Use, language: Language
) -> BookingDone:
    """Check in, complete, cancel, note that nobody came, or forgive it: 409 ``booking-not-changeable``."""
    _booking(conn, booking_id, caller)
    settled = flows.settle_slot(
        conn, use.context, booking_id, body.change, author=Author(caller.actor, face), now=use.clock()
    )
    return _done(conn, use, language, settled)


def _calendar(conn: Connection, use: Resources, language: Locale, store: str, days: list[date]) -> StoreCalendar:
    version = reservations.load_settings(conn, store)
    settings = version.settings
    bookings = reservations.list_bookings(conn, store, days[0], days[-1])
    waits = reservations.list_waits(conn, store, days[0], days[-1])
    named = [*(one.customer_id for one in bookings), *(one.customer_id for one in waits)]
    view = reading.open_booking_view(conn, use, language, named)
    known = catalog.load_stores(conn).get(store) or catalog.Store(store, store)
    return StoreCalendar(
        store=store,
        name=known.name,
        zone=known.zone,
        invented=known.invented,
        version=version.version,
        today=use.clock().astimezone(ZoneInfo(known.zone)).date(),
        days=days,
        slot_minutes=settings.slot_minutes,
        resources=[reading.present_resource(one, language) for one in settings.resources if not one.ended],
        services=[reading.present_service(one, version, language) for one in settings.services if not one.ended],
        spans=[
            DaySpans(
                on=on,
                resource=one.code,
                spans=[
                    (reading.clock_time(span.opens), reading.clock_time(span.closes))
                    for span in reservations.resource_spans(settings, one, on)
                ],
            )
            for on in days
            for one in settings.resources
            if not one.ended
        ],
        bookings=[reading.present_booking(one, view) for one in bookings],
        waits=[reading.present_wait(conn, one, view, waits) for one in waits],
        quotas=_quotas(conn, use, language, version, days),
    )


def _quotas(
    conn: Connection, use: Resources, language: Locale, version: SettingsVersion, days: list[date]
) -> list[QuotaDay]:
    return [
        QuotaDay(
            on=one.on,
            quota=one.quota.code,
            name=one.quota.name_ja if language is Locale.JA else one.quota.name_en,
            tier=one.quota.tier,
            total=one.total,
            held=one.held,
            used=one.used,
            opens_at=one.opens_at,
            holding=one.opens_at > use.clock(),
        )
        for one in reservations.count_quotas(conn, version, days, flows.rank_of(conn, None, use.clock()).levels)
    ]


def _require_store(caller: Caller, store: str) -> None:
    if caller.stores is not None and store not in caller.stores:
        raise NotFound("There is no such store.", field="store")


def _booking(conn: Connection, booking_id: UUID, caller: Caller) -> Booking:
    """A booking of the operator's stores; any other is answered like none."""
    held = reservations.load_booking(conn, booking_id)
    if caller.stores is not None and held.store not in caller.stores:
        raise NotFound("There is no such booking.", field="booking_id")
    return held


def _done(conn: Connection, use: Resources, language: Locale, booked: Booked) -> BookingDone:
    view = reading.open_booking_view(conn, use, language, [booked.booking.customer_id])
    return BookingDone(booking=reading.present_booking(booked.booking, view), replayed=booked.replayed)
