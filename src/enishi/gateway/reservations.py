"""Handlers for reservations: what can be booked, booking, changing, settling, waiting, and the calendars of staff."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Final, TypeVar
from uuid import UUID

from psycopg import Connection

from enishi import catalog, flows, reservations
from enishi.gateway.bodies import BodyDecoder
from enishi.gateway.customers import standing_customer_of
from enishi.gateway.http import Request, Response, answer
from enishi.gateway.keyed import decode_keyed
from enishi.gateway.keys import may_see_store, require_store
from enishi.gateway.reservation_model import (
    AvailabilityAnswer,
    BookBody,
    BookingAnswer,
    BookingsAnswer,
    ChangeBody,
    DayAnswer,
    HindranceAnswer,
    LeaveBody,
    QuotaUseAnswer,
    ResourceAnswer,
    ServiceAnswer,
    ServicesAnswer,
    SlotAnswer,
    WaitAnswer,
    WaitBody,
)
from enishi.gateway.services import Services
from enishi.kit import clock
from enishi.kit.errors import InvalidRequest, NotFound
from enishi.reservations import Author, Booked, Booking, CalendarEvent, Slot, Wait, Wish

T = TypeVar("T")

_FIRST: Final = date(2000, 1, 1)
_LAST: Final = date(2199, 12, 31)
_CODE: Final = re.compile(r"[A-Za-z0-9._:\-]{1,64}")
_CREATED: Final = 201
_REPEATED: Final = 200
_book_body: Final = BodyDecoder(BookBody)
_change_body: Final = BodyDecoder(ChangeBody)
_wait_body: Final = BodyDecoder(WaitBody)
_leave_body: Final = BodyDecoder(LeaveBody)


async def list_services(services: Services, request: Request) -> Response:
    """What a store offers. Refuses ``NoReservations``."""
    store = _code(request.read_query(("store",)), "store")
    require_store(request.key, store)
    ja = request.locale == "ja"

    def read(conn: Connection) -> ServicesAnswer:
        version = reservations.load_settings(conn, store)
        settings = version.settings
        return ServicesAnswer(
            store,
            version.version,
            reservations.zone_of(conn, store),
            settings.horizon_days,
            settings.cancel_until_minutes,
            [
                ServiceAnswer(
                    one.code,
                    one.name_ja if ja else one.name_en,
                    one.minutes,
                    one.price_yen,
                    [
                        ResourceAnswer(able.code, able.kind.value, able.name_ja if ja else able.name_en)
                        for able in reservations.bookable_resources(settings, one)
                        if able.chosen_by_member
                    ],
                )
                for one in settings.services
                if not one.ended
            ],
        )

    return answer(200, await services.lanes.read(read))


async def find_availability(services: Services, request: Request) -> Response:
    """The slots of a service on some days, each bookable or with what stands against it."""
    query = request.read_query(("store", "service", "from", "days", "customer_id", "choice"))
    store = _code(query, "store")
    require_store(request.key, store)
    first = _day(query.get("from", ""), "from")
    count = _number(query.get("days", "7"), "days", reservations.MAX_DAYS)
    customer_id = _uuid(query["customer_id"], "customer_id") if "customer_id" in query else None

    service = _code(query, "service")
    choice = _code(query, "choice") if query.get("choice") else ""
    now = clock.now()

    def read(conn: Connection) -> AvailabilityAnswer:
        rank = flows.rank_of(conn, customer_id, now)
        tiers = flows.tier_names(conn, request.locale, now)
        found = reservations.find_slots(
            conn,
            store,
            service,
            reservations.days_between(first, first + timedelta(days=count - 1)),
            customer_id=customer_id,
            rank=rank,
            now=now,
            choice=choice,
        )

        def slot_answer(slot: Slot) -> SlotAnswer:
            return SlotAnswer(
                slot.starts_at,
                not slot.hindrances,
                slot.places,
                [
                    HindranceAnswer(
                        one.rule.value,
                        one.found,
                        one.needed,
                        one.tier,
                        one.until,
                        reservations.explain_hindrance(one, request.locale, found.zone, tiers),
                    )
                    for one in slot.hindrances
                ],
            )

        days = [DayAnswer(on, [slot_answer(slot) for slot in slots]) for on, slots in found.days]
        return AvailabilityAnswer(store, found.service.code, found.zone, days)

    return answer(200, await services.lanes.read(read))


async def book(services: Services, request: Request) -> Response:
    """Book a slot: 201, and 200 for a repeat."""
    body = decode_keyed(_book_body, await request.read_json(), request.headers.get("idempotency-key"))
    require_store(request.key, body.store)

    def write(conn: Connection) -> Booked:
        customer = flows.find_customer(conn, services.context, body.customer_id, body.identifiers, source=body.source)
        wish = Wish(
            source=body.source,
            external_id=body.external_id,
            customer_id=customer,
            store=body.store,
            service=body.service,
            starts_at=body.starts_at,
            choice=body.choice,
        )
        return flows.book_slot(conn, services.context, wish, _author(request))

    booked = await services.lanes.read(write)
    return answer(_REPEATED if booked.replayed else _CREATED, booking_answer(booked, request.locale))


async def show_booking(services: Services, request: Request) -> Response:
    """One booking. Refuses ``NotFound``."""
    booking_id = _booking_id(request)
    found = await services.lanes.read(lambda conn: _own(conn, request, booking_id))
    return answer(200, booking_answer(Booked(found), request.locale))


async def list_bookings(services: Services, request: Request) -> Response:
    """A store's bookings of some days."""
    query = request.read_query(("store", "from", "days"))
    store = _code(query, "store")
    require_store(request.key, store)
    first = _day(query.get("from", ""), "from")
    last = first + timedelta(days=_number(query.get("days", "1"), "days", reservations.MAX_DAYS) - 1)
    found = await services.lanes.read(lambda conn: reservations.list_bookings(conn, store, first, last))
    return answer(200, _bookings_answer(found, request))


async def list_bookings_of_customer(services: Services, request: Request) -> Response:
    """A customer's bookings, the latest to begin first; a key that is bound to stores sees those of its stores."""
    customer_id = await standing_customer_of(services, request)
    found = await services.lanes.read(lambda conn: reservations.list_bookings_of(conn, customer_id))
    return answer(200, _bookings_answer([one for one in found if may_see_store(request.key, one.store)], request))


async def change_booking(services: Services, request: Request) -> Response:
    """Move a booking to another slot."""
    booking_id = _booking_id(request)
    body = _change_body.decode(await request.read_json())

    def write(conn: Connection) -> Booked:
        _own(conn, request, booking_id)
        return flows.change_slot(
            conn, services.context, booking_id, body.starts_at, choice=body.choice, author=_author(request)
        )

    return answer(200, booking_answer(await services.lanes.read(write), request.locale))


async def cancel_booking(services: Services, request: Request) -> Response:
    """Cancel a booking; after the deadline that is a late cancellation."""
    return await _settle(services, request, "cancel")


async def accept_offer(services: Services, request: Request) -> Response:
    """Take a slot that the waiting list offers."""
    return await _settle(services, request, "accept")


async def check_in(services: Services, request: Request) -> Response:
    """Note that the customer has come."""
    return await _settle(services, request, "arrive")


async def complete_booking(services: Services, request: Request) -> Response:
    """Note that the service is done."""
    return await _settle(services, request, "done")


async def note_no_show(services: Services, request: Request) -> Response:
    """Note that nobody came."""
    return await _settle(services, request, "no_show")


async def join_waiting_list(services: Services, request: Request) -> Response:
    """Wait for a slot: 201, and 200 for who waits already."""
    body = _wait_body.decode(await request.read_json())
    require_store(request.key, body.store)

    def write(conn: Connection) -> tuple[Wait, bool]:
        return flows.wait_for_slot(
            conn,
            body.customer_id,
            body.store,
            body.service,
            on=body.on,
            window=(body.opens, body.closes),
            choice=body.choice,
            author=_author(request),
        )

    wait, is_new = await services.lanes.read(write)
    return answer(_CREATED if is_new else _REPEATED, _wait_answer(wait, replayed=not is_new))


async def leave_waiting_list(services: Services, request: Request) -> Response:
    """Give up a place in the waiting list. Again changes nothing."""
    wait_id = _uuid(request.params["wait_id"], "wait_id")
    body = _leave_body.decode(await request.read_json())

    def write(conn: Connection) -> tuple[Wait, bool]:
        held = reservations.load_wait(conn, wait_id)
        if not may_see_store(request.key, held.store):
            raise NotFound("There is no such place in the waiting list.", field="wait_id")
        return flows.leave_waiting_list(conn, services.context, wait_id, body.customer_id, author=_author(request))

    wait, left = await services.lanes.read(write)
    return answer(200, _wait_answer(wait, replayed=not left))


async def show_calendar(services: Services, request: Request) -> Response:
    """The bookings that a calendar address opens, as iCalendar; they name nobody."""
    token = request.params["token"]

    def read(conn: Connection) -> bytes:
        contents = reservations.open_feed(conn, token, clock.now())
        store = catalog.load_stores(conn).get(contents.feed.store)
        names = {one.code: one.name_ja for one in contents.settings.resources}
        name = contents.feed.store if store is None else store.name
        events = [
            CalendarEvent(
                event_id=one.booking_id,
                starts_at=one.starts_at,
                ends_at=one.free_at,
                changed_at=one.changed_at,
                revision=one.revision,
                summary=f"{one.name_ja} {'・'.join(names.get(code, code) for code in one.resources)}",
                location=name,
                is_tentative=one.state.value == "offered",
            )
            for one in contents.bookings
        ]
        return reservations.write_calendar(f"{name} 予約", contents.zone, events)

    return Response(200, await services.lanes.read(read), reservations.CALENDAR_MEDIA_TYPE)


async def _settle(services: Services, request: Request, change: str) -> Response:
    booking_id = _booking_id(request)

    def write(conn: Connection) -> Booked:
        _own(conn, request, booking_id)
        return flows.settle_slot(conn, services.context, booking_id, change, author=_author(request))

    return answer(200, booking_answer(await services.lanes.read(write), request.locale))


def _author(request: Request) -> Author:
    return Author(f"key:{request.key.key_id}" if request.key else "key:", "api")


def _own(conn: Connection, request: Request, booking_id: UUID) -> Booking:
    """A booking of a store that the key is for; any other is answered like none."""
    found = reservations.load_booking(conn, booking_id)
    if not may_see_store(request.key, found.store):
        raise NotFound("There is no such booking.", field="booking_id")
    return found


def booking_answer(booked: Booked, locale: str) -> BookingAnswer:
    """A booking as the gateway writes it."""
    one = booked.booking
    return BookingAnswer(
        one.booking_id,
        booked.replayed,
        one.customer_id,
        one.store,
        one.service,
        one.name_ja if locale == "ja" else one.name_en,
        one.price_yen,
        one.starts_at,
        one.ends_at,
        list(one.resources),
        one.choice,
        one.state.value,
        one.tier,
        one.settings_version,
        [QuotaUseAnswer(use.quota, use.total, use.held, use.used, use.own) for use in one.quotas],
        one.booked_at,
        one.changed_at,
        one.offer_until,
    )


def _bookings_answer(found: Sequence[Booking], request: Request) -> BookingsAnswer:
    return BookingsAnswer([booking_answer(Booked(one), request.locale) for one in found])


def _wait_answer(one: Wait, *, replayed: bool) -> WaitAnswer:
    return WaitAnswer(
        one.wait_id,
        replayed,
        one.customer_id,
        one.store,
        one.service,
        one.on_day,
        one.opens,
        one.closes,
        one.state.value,
        one.booking_id,
        one.joined_at,
    )


def _booking_id(request: Request) -> UUID:
    return _uuid(request.params["booking_id"], "booking_id")


def _uuid(text: str, field: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("There is nothing of this name.", field=field) from None


def _day(text: str, field: str) -> date:
    day = _read(date.fromisoformat, text, field, "Send a day such as 2026-12-01.")
    if not _FIRST <= day <= _LAST:
        raise InvalidRequest("The day is outside its limit.", field=field, remedy=f"Send {_FIRST} to {_LAST}.")
    return day


def _code(query: dict[str, str], field: str) -> str:
    text = query.get(field, "")
    if _CODE.fullmatch(text) is None:
        raise InvalidRequest(
            f"The parameter {field} is missing or wrong.", field=field, remedy="Send letters, digits and . _ : - only."
        )
    return text


def _number(text: str, field: str, most: int) -> int:
    number = _read(int, text if text.isascii() and text.isdigit() else "", field, f"Send a number from 1 to {most}.")
    if not 1 <= number <= most:
        raise InvalidRequest("The number is outside its limit.", field=field, remedy=f"Send 1 to {most}.")
    return number


def _read(read: Callable[[str], T], text: str, field: str, remedy: str) -> T:
    try:
        return read(text)
    except ValueError:
        raise InvalidRequest(f"The parameter {field} is missing or wrong.", field=field, remedy=remedy) from None
