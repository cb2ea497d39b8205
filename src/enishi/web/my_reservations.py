"""Reservations on my page: finding a slot, booking it, one's own bookings, and the waiting list."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import Response
from psycopg import Connection

from enishi import flows, reservations
from enishi.access import Locale
from enishi.kit.errors import NotFound
from enishi.reservations import Author, Booked, Booking, CalendarEvent, Wish
from enishi.web import reservation_reading as reading
from enishi.web.declare import Conn, Language, Resources, Use, member
from enishi.web.reservation_shapes import (
    BookableStores,
    BookingDone,
    Day,
    DayToWaitFor,
    OwnBookings,
    SlotDays,
    SlotToBook,
    SlotToMoveTo,
    WaitShape,
)

router = APIRouter(prefix="/api/my/reservations", tags=["my"])

Me = Annotated[UUID, member()]
Code = Annotated[str, Query(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._:\-]+$")]
From = Annotated[Day, Query(alias="from")]
_SOURCE = "mypage"


@router.get("/stores")
def list_reservation_stores(customer_id: Me, conn: Conn, use: Use, language: Language) -> BookableStores:
    """The stores that take reservations, and what each offers."""
    return BookableStores(stores=reading.read_stores(conn, use, language, customer_id, None))


@router.get("/slots")
def find_slots(
    customer_id: Me,
    *,
    conn: Conn,
    use: Use,
    language: Language,
    store: Code,
    service: Code,
    first: From,
    days: Annotated[int, Query(ge=1, le=reservations.MAX_DAYS)] = 14,
    choice: Annotated[str, Query(max_length=40, pattern=r"^[A-Za-z0-9._\-]*$")] = "",
) -> SlotDays:
    """The slots of a service as the member sees them: free, or why not and from when on."""
    asked = reading.Asked(store, service, first, days, choice, customer_id)
    return reading.read_slots(conn, use, language, asked)


@router.get("")
def list_my_bookings(customer_id: Me, conn: Conn, use: Use, language: Language) -> OwnBookings:
    """The member's bookings, and what they wait for."""
    return reading.read_own(conn, use, language, customer_id)


@router.post("")
def book_slot(body: SlotToBook, customer_id: Me, conn: Conn, use: Use, language: Language) -> BookingDone:
    """Book a slot: 409 ``slot-not-bookable`` with the reasons. A second tap gives the same booking."""
    wish = Wish(
        source=_SOURCE,
        external_id=f"{customer_id}:{body.request_id}",
        customer_id=customer_id,
        store=body.store,
        service=body.service,
        starts_at=body.starts_at,
        choice=body.choice,
    )
    booked = reading.with_reasons(
        conn,
        use,
        body.store,
        language,
        lambda: flows.book_slot(conn, use.context, wish, _author(customer_id), use.clock()),
    )
    return _done(conn, use, language, booked)


@router.post("/waits")
def join_waiting_list(body: DayToWaitFor, customer_id: Me, conn: Conn, use: Use, language: Language) -> WaitShape:
    """Wait for a service on a day: 409 ``waiting-list-full``. Again gives the same place."""
    wait, _ = flows.wait_for_slot(
        conn,
        customer_id,
        body.store,
        body.service,
        on=body.on,
        window=(body.opens, body.closes),
        choice=body.choice,
        author=_author(customer_id),
        now=use.clock(),
    )
    return reading.present_wait(conn, wait, reading.open_booking_view(conn, use, language))


@router.post("/waits/{wait_id}:leave", status_code=204)
def leave_waiting_list(wait_id: UUID, customer_id: Me, conn: Conn, use: Use) -> None:
    """Give up a place in the waiting list."""
    flows.leave_waiting_list(conn, use.context, wait_id, customer_id, author=_author(customer_id), now=use.clock())


@router.post("/{booking_id}:change")
def change_booking(
    booking_id: UUID, body: SlotToMoveTo, customer_id: Me, *, conn: Conn, use: Use, language: Language
) -> BookingDone:
    """Move one of the member's bookings until the deadline: 409 ``booking-not-changeable``, ``slot-not-bookable``."""
    held = _own(conn, booking_id, customer_id)
    changed = reading.with_reasons(
        conn,
        use,
        held.store,
        language,
        lambda: flows.change_slot(
            conn,
            use.context,
            booking_id,
            body.starts_at,
            choice=body.choice,
            author=_author(customer_id),
            now=use.clock(),
        ),
    )
    return _done(conn, use, language, changed)


@router.post("/{booking_id}:cancel")
def cancel_booking(booking_id: UUID, customer_id: Me, conn: Conn, use: Use, language: Language) -> BookingDone:
    """Cancel one of the member's bookings; after the deadline it counts as late."""
    return _settle(conn, use, language, booking_id, customer_id, change="cancel")


@router.post("/{booking_id}:accept")
def accept_offer(booking_id: UUID, customer_id: Me, conn: Conn, use: Use, language: Language) -> BookingDone:
    """Take a slot that the waiting list keeps for the member."""
    return _settle(conn, use, language, booking_id, customer_id, change="accept")


@router.get(
    "/{booking_id}.ics",
    response_class=Response,
    responses={200: {"content": {"text/calendar": {"schema": {"type": "string"}}}}},
)
def read_calendar_event(booking_id: UUID, customer_id: Me, conn: Conn, use: Use, language: Language) -> Response:
    """One of the member's bookings for the calendar of their phone."""
    one = reading.present_booking(_own(conn, booking_id, customer_id), reading.open_booking_view(conn, use, language))
    held = _own(conn, booking_id, customer_id)
    event = CalendarEvent(
        event_id=booking_id,
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        changed_at=held.changed_at,
        revision=held.revision,
        summary=f"{one.name} {one.store_name}",
        location=one.store_name,
        description="・".join(resource.name for resource in one.resources if resource.chosen),
        is_tentative=one.state == "offered",
        is_cancelled=one.state in {"cancelled", "late_cancelled", "lapsed"},
    )
    return Response(
        reservations.write_calendar(one.store_name, reservations.zone_of(conn, one.store), [event]),
        media_type=reservations.CALENDAR_MEDIA_TYPE,
        headers={"cache-control": "no-store, private", "content-disposition": 'attachment; filename="booking.ics"'},
    )


def _author(customer_id: UUID) -> Author:
    return Author(f"member:{customer_id}", "mypage")


def _own(conn: Connection, booking_id: UUID, customer_id: UUID) -> Booking:
    """One of the member's own bookings; anybody else's is answered like none."""
    held = reservations.load_booking(conn, booking_id)
    if held.customer_id != customer_id:
        raise NotFound("There is no such booking.", field="booking_id")
    return held


def _settle(
    conn: Connection, use: Resources, language: Locale, booking_id: UUID, customer_id: UUID, *, change: str
) -> BookingDone:
    _own(conn, booking_id, customer_id)
    settled = flows.settle_slot(conn, use.context, booking_id, change, author=_author(customer_id), now=use.clock())
    return _done(conn, use, language, settled)


def _done(conn: Connection, use: Resources, language: Locale, booked: Booked) -> BookingDone:
    view = reading.open_booking_view(conn, use, language)
    return BookingDone(booking=reading.present_booking(booked.booking, view), replayed=booked.replayed)
