"""The waiting list: when a slot frees, it is kept for the first in line for a set time, then for the next.

An offer is a booking in the state ``offered``: it occupies the slot as any booking does, so nobody can take it away.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import structs
from psycopg import Connection

from enishi.kit.errors import InvalidRequest, NotFound, Refusal
from enishi.kit.ids import new_id
from enishi.reservations import queries, waiting_queries
from enishi.reservations.days import Rank, load_days, load_member
from enishi.reservations.model import (
    Booking,
    BookingState,
    Member,
    NoReservations,
    Wait,
    WaitingListFull,
    WaitState,
)
from enishi.reservations.publishing import load_settings, require_service, zone_of
from enishi.reservations.rules import Asking, see_slots
from enishi.reservations.service import Author, Booked, Wish, lock_booking, place_booking, settle_booking
from enishi.reservations.settings import MAX_HORIZON_DAYS

WAITING_SOURCE = "waiting-list"
_OFFERING = Author("system", "waiting_list")


def join_waiting_list(
    conn: Connection,
    customer_id: UUID,
    store: str,
    service: str,
    *,
    on: date,
    window: tuple[int, int],
    choice: str = "",
    now: datetime,
) -> tuple[Wait, bool]:
    """Wait for a service on a day, beginning between two minutes of it; gives the place, and whether it is new.

    Refusals: ``NoReservations``, ``WaitingListFull``, ``InvalidRequest`` for a day that has passed or no window.
    """
    queries.lock_member(conn, customer_id)
    queries.lock_days(conn, store, [on])
    settings = load_settings(conn, store).settings
    require_service(settings, service, choice)
    today = now.astimezone(ZoneInfo(zone_of(conn, store))).date()
    if on < today:
        raise InvalidRequest("The day has passed.", field="on", remedy="Choose today or a later day.")
    if (on - today).days > MAX_HORIZON_DAYS:
        raise InvalidRequest("The day is too far ahead.", field="on", remedy="Choose a nearer day.")
    if window[0] >= window[1]:
        raise InvalidRequest("The times are the wrong way round.", field="closes", remedy="Let the end be later.")
    line = waiting_queries.select_waits_of_days(conn, store, on, on)
    own = next((one for one in line if one.customer_id == customer_id and one.service == service), None)
    if own is not None:
        return own, False
    if len(line) >= settings.max_waiting:
        raise WaitingListFull(
            f"{len(line)} wait for this day already; the store allows {settings.max_waiting}.",
            field="on",
            remedy="Choose another day.",
        )
    wait = Wait(
        wait_id=new_id(),
        customer_id=customer_id,
        store=store,
        service=service,
        on_day=on,
        opens=window[0],
        closes=window[1],
        choice=choice,
        state=WaitState.WAITING,
        joined_at=now,
        changed_at=now,
    )
    waiting_queries.insert_wait(conn, wait)
    return wait, True


def leave_waiting_list(conn: Connection, wait_id: UUID, customer_id: UUID, now: datetime) -> tuple[Wait, bool]:
    """Give up a place; an offer made to it is set free. Gives the place, and whether that changed anything.

    Refuses ``NotFound``.
    """
    queries.lock_member(conn, customer_id)
    wait = waiting_queries.select_wait(conn, wait_id)
    if wait is None or wait.customer_id != customer_id:
        raise NotFound("There is no such place in the waiting list.", field="wait_id")
    if wait.state is WaitState.OFFERED and wait.booking_id is not None:
        settle_booking(conn, wait.booking_id, "cancel", _OFFERING, now)
    if wait.state not in {WaitState.WAITING, WaitState.OFFERED}:
        return wait, False
    wait = structs.replace(wait, state=WaitState.LEFT, changed_at=now)
    waiting_queries.update_wait(conn, wait)
    return wait, True


def follow_up(conn: Connection, booked: Booked, now: datetime) -> None:
    """Note with a place of the waiting list what became of the offer that it got."""
    wait = waiting_queries.select_wait_of_booking(conn, booked.booking.booking_id)
    if wait is None or wait.state is not WaitState.OFFERED:
        return
    match booked.booking.state:
        case BookingState.OFFERED:
            return
        case BookingState.LAPSED:
            state = WaitState.LAPSED
        case _:
            state = WaitState.TAKEN
    waiting_queries.update_wait(conn, structs.replace(wait, state=state, changed_at=now))


def offer_slots(
    conn: Connection, store: str, on: date, rank_of: Callable[[UUID], Rank], now: datetime
) -> list[Booking]:
    """Offer what is free on a day to those who wait for it, first come first; gives the offers made.

    Who may not book what is free (an early window, a quota, a booking of their own) keeps their place and is passed
    over; so is, for now, whose row another transaction holds. The chore comes back to them. A day on which nothing is
    free is not locked: nearly all that are waited for are such.
    """
    if not _is_any_free(conn, store, on, now):
        return []
    queries.lock_days(conn, store, [on])
    line = _line(conn, store, on)
    offers: list[Booking] = []
    for wait in line:
        # A day is held by now, and customers come before days: waiting for one here could close a ring. Whoever waits
        # has a row: joining made it.
        if queries.try_lock_member(conn, wait.customer_id):
            offer = _offer(conn, wait, rank_of(wait.customer_id), now)
            if offer is not None:
                offers.append(offer)
    return offers


def _line(conn: Connection, store: str, on: date) -> list[Wait]:
    return [one for one in waiting_queries.select_waits_of_days(conn, store, on, on) if one.state is WaitState.WAITING]


def _is_any_free(conn: Connection, store: str, on: date, now: datetime) -> bool:
    """Whether anything that is waited for has a place, whoever may take it."""
    line = _line(conn, store, on)
    if not line:
        return False
    version = load_settings(conn, store)
    (day,) = load_days(conn, version, zone_of(conn, store), first=on, last=on)
    nobody = Asking(Member(), {}, now)
    for wait in line:
        try:
            service = require_service(version.settings, wait.service, wait.choice)
        except NoReservations:
            continue
        slots = see_slots(day, service, nobody, wait.choice)
        if any(slot.places and wait.opens <= slot.start < wait.closes for slot in slots):
            return True
    return False


def _offer(conn: Connection, wait: Wait, rank: Rank, now: datetime) -> Booking | None:
    version = load_settings(conn, wait.store)
    zone = zone_of(conn, wait.store)
    try:
        service = require_service(version.settings, wait.service, wait.choice)
    except NoReservations:
        return None
    (day,) = load_days(conn, version, zone, first=wait.on_day, last=wait.on_day)
    member = load_member(conn, wait.customer_id, version, rank=rank, now=now)
    free = next(
        (
            slot
            for slot in see_slots(day, service, Asking(member, rank.levels, now), wait.choice)
            if wait.opens <= slot.start < wait.closes and not slot.hindrances
        ),
        None,
    )
    if free is None:
        return None
    wish = Wish(
        source=WAITING_SOURCE,
        external_id=str(wait.wait_id),
        customer_id=wait.customer_id,
        store=wait.store,
        service=wait.service,
        starts_at=free.starts_at,
        choice=wait.choice,
    )
    until = min(now + timedelta(minutes=version.settings.offer_minutes), free.starts_at)
    offer = place_booking(conn, wish, rank, _OFFERING, now=now, offer_until=until)
    waiting_queries.update_wait(
        conn,
        structs.replace(wait, state=WaitState.OFFERED, changed_at=now, booking_id=offer.booking_id),
    )
    return offer


def lapse_offer(conn: Connection, booking_id: UUID, now: datetime) -> Booked | None:
    """Set free an offer whose time is up; None when it has been taken meanwhile."""
    try:
        held = lock_booking(conn, booking_id)
    except Refusal:
        return None
    if held.state is not BookingState.OFFERED or held.offer_until is None or held.offer_until > now:
        return None
    lapsed = settle_booking(conn, booking_id, "cancel", _OFFERING, now)
    follow_up(conn, lapsed, now)
    return lapsed
