"""Bookings: making, changing and settling them.

Who writes locks the customer first and the day of the store after, each in a statement of its own, so that what is
read next is what will be true at the commit. The places are counted behind these locks and, besides, held apart by an
exclusion constraint, so that even a defect here could not book one place twice. All in the caller's transaction.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct, structs
from psycopg import Connection

from enishi.kit.errors import NotFound
from enishi.kit.ids import new_id
from enishi.purchases import IdempotencyConflict
from enishi.reservations import queries
from enishi.reservations.calendar import instant_of, local_minute, minute_of, service_starts
from enishi.reservations.days import Rank, load_days, load_member
from enishi.reservations.model import (
    OCCUPYING,
    Booking,
    BookingEvent,
    BookingNotChangeable,
    BookingState,
    Face,
    NoReservations,
    SlotNotBookable,
    StoreDay,
)
from enishi.reservations.publishing import load_settings, require_service, zone_of
from enishi.reservations.rules import Asking, Slot, is_late, may_lead, see_slot
from enishi.reservations.settings import BookingSettings, Service

_FURTHEST: Final = timedelta(days=1_000)


class Wish(Struct, frozen=True, kw_only=True):
    """What somebody wants to book. ``choice`` is the one resource asked for; empty leaves it to us."""

    source: str
    external_id: str
    customer_id: UUID
    store: str
    service: str
    starts_at: datetime
    choice: str = ""


class Author(Struct, frozen=True):
    """Who acts, and on which face. Staff act for customers, and may pass over what is the store's to forgive."""

    actor: str
    face: Face

    @property
    def is_staff(self) -> bool:
        """Whether it is the store itself that acts."""
        return self.face in {"counter", "console"}


class Booked(Struct, frozen=True):
    """A booking after a change. ``replayed``: it was so before, and nothing happened now."""

    booking: Booking
    replayed: bool = False


def book(conn: Connection, wish: Wish, rank: Rank, author: Author, now: datetime) -> Booked:
    """Book a slot. A repeat of a key gets its booking as it stands, with ``replayed``.

    Refusals: ``SlotNotBookable``, ``NoReservations``, ``IdempotencyConflict``.
    """
    queries.lock_member(conn, wish.customer_id)
    held = queries.select_booking_by_key(conn, wish.source, wish.external_id)
    if held is not None:
        return _again(held, wish)
    booking = place_booking(conn, wish, rank, author, now=now)
    return Booked(booking)


def place_booking(
    conn: Connection,
    wish: Wish,
    rank: Rank,
    author: Author,
    *,
    now: datetime,
    offer_until: datetime | None = None,
) -> Booking:
    """Take a slot for a customer whose row is locked; ``offer_until`` makes it an offer. Refuses as ``book``."""
    zone = zone_of(conn, wish.store)
    _require_near(wish.starts_at, now)
    on, start = local_minute(wish.starts_at, ZoneInfo(zone))
    queries.lock_days(conn, wish.store, [on])
    version = load_settings(conn, wish.store)
    service = require_service(version.settings, wish.service, wish.choice)
    member = load_member(conn, wish.customer_id, version, rank=rank, now=now)
    (day,) = load_days(conn, version, zone, first=on, last=on)
    slot = _require_slot(day, service, start, wish, Asking(member, rank.levels, now, author.is_staff))
    plan = slot.plan
    if plan is None:
        raise AssertionError("A slot without hindrances has a plan.")
    booking = Booking(
        booking_id=new_id(),
        source=wish.source,
        external_id=wish.external_id,
        fingerprint=_fingerprint(wish),
        customer_id=wish.customer_id,
        store=wish.store,
        service=service.code,
        name_ja=service.name_ja,
        name_en=service.name_en,
        price_yen=service.price_yen,
        on_day=on,
        starts_at=slot.starts_at,
        ends_at=slot.starts_at + timedelta(minutes=service.minutes),
        free_at=instant_of(plan.until_minute),
        resources=tuple(one.resource for one in plan.lanes),
        choice=wish.choice,
        state=BookingState.BOOKED if offer_until is None else BookingState.OFFERED,
        tier=rank.tier,
        level=rank.level,
        settings_version=version.version,
        quotas=plan.quotas,
        face=author.face,
        booked_by=author.actor,
        booked_at=now,
        changed_at=now,
        revision=0,
        offer_until=offer_until,
    )
    if not queries.insert_booking(conn, booking):
        raise _key_taken()
    queries.insert_occupied(conn, booking.booking_id, plan)
    add_event(conn, booking, "booked" if offer_until is None else "offered", actor=author.actor, now=now)
    return booking


def change_booking(
    conn: Connection,
    booking_id: UUID,
    starts_at: datetime,
    *,
    choice: str,
    rank: Rank,
    author: Author,
    now: datetime,
) -> Booked:
    """Move a booking to another slot or resource, or refuse and leave it as it is. The same again is ``replayed``.

    Refusals: ``NotFound``, ``BookingNotChangeable``, ``SlotNotBookable``, ``NoReservations``.
    """
    held = lock_booking(conn, booking_id)
    if held.starts_at == starts_at and held.choice == choice and may_lead("change", held.state):
        return Booked(held, replayed=True)
    zone = zone_of(conn, held.store)
    _require_near(starts_at, now)
    on, start = local_minute(starts_at, ZoneInfo(zone))
    queries.lock_days(conn, held.store, [held.on_day, on])
    version = load_settings(conn, held.store)
    _require_may_change(held, version.settings, author, now)
    service = require_service(version.settings, held.service, choice)
    member = load_member(conn, held.customer_id, version, rank=rank, now=now, passing_over=booking_id)
    (day,) = load_days(conn, version, zone, first=on, last=on, passing_over=booking_id)
    wish = Wish(
        source=held.source,
        external_id=held.external_id,
        customer_id=held.customer_id,
        store=held.store,
        service=held.service,
        starts_at=starts_at,
        choice=choice,
    )
    slot = _require_slot(day, service, start, wish, Asking(member, rank.levels, now, author.is_staff))
    plan = slot.plan
    if plan is None:
        raise AssertionError("A slot without hindrances has a plan.")
    moved = structs.replace(
        held,
        on_day=on,
        starts_at=slot.starts_at,
        ends_at=slot.starts_at + timedelta(minutes=service.minutes),
        free_at=instant_of(plan.until_minute),
        resources=tuple(one.resource for one in plan.lanes),
        choice=choice,
        tier=rank.tier,
        level=rank.level,
        settings_version=version.version,
        quotas=plan.quotas,
        changed_at=now,
        revision=held.revision + 1,
    )
    queries.delete_occupied(conn, booking_id)
    queries.update_booking(conn, moved)
    queries.insert_occupied(conn, booking_id, plan)
    add_event(conn, moved, "changed", actor=author.actor, now=now, detail={"before": held.starts_at.isoformat()})
    return Booked(moved)


def settle_booking(conn: Connection, booking_id: UUID, change: str, author: Author, now: datetime) -> Booked:
    """Cancel, arrive, done, no_show, forgive or accept (see ``may_lead``). Again changes nothing and is ``replayed``.

    A cancellation after the deadline is ``late_cancelled`` unless staff cancel. Refusals: ``NotFound``,
    ``BookingNotChangeable``.
    """
    held = lock_booking(conn, booking_id)
    settings = load_settings(conn, held.store).settings
    target = _target(held, change, settings, author, now)
    if held.state in target:
        return Booked(held, replayed=True)
    if not may_lead(change, held.state) or (change == "no_show" and now < held.starts_at):
        raise BookingNotChangeable(
            f"The booking is {held.state.value}; this does not lead on from it.",
            remedy="Load the booking again.",
            state=held.state.value,
        )
    if change in {"cancel", "accept"} and author.face in {"mypage", "api"} and held.starts_at <= now:
        raise BookingNotChangeable("The booking has begun.", remedy="Speak to the store.", state=held.state.value)
    settled = structs.replace(held, state=target[0], changed_at=now, revision=held.revision + 1, offer_until=None)
    if settled.state not in OCCUPYING:
        queries.lock_days(conn, held.store, [held.on_day])
        queries.delete_occupied(conn, booking_id)
    queries.update_booking(conn, settled)
    add_event(conn, settled, settled.state.value if change != "forgive" else "forgiven", actor=author.actor, now=now)
    return Booked(settled)


_TARGETS: Final = {
    "accept": BookingState.BOOKED,
    "arrive": BookingState.ARRIVED,
    "done": BookingState.DONE,
    "no_show": BookingState.NO_SHOW,
    "forgive": BookingState.CANCELLED,
}


def _target(
    held: Booking, change: str, settings: BookingSettings, author: Author, now: datetime
) -> tuple[BookingState, ...]:
    """What a change leads to; further ones are what it has led to when it was made before."""
    if change != "cancel":
        return (_TARGETS[change],)
    if held.state is BookingState.OFFERED:
        return (BookingState.LAPSED,)
    if is_late(settings, held.starts_at, now) and not author.is_staff:
        return (BookingState.LATE_CANCELLED, BookingState.CANCELLED)
    return (BookingState.CANCELLED, BookingState.LATE_CANCELLED)


def lock_booking(conn: Connection, booking_id: UUID) -> Booking:
    """A booking behind its customer's lock. Refuses ``NotFound``."""
    found = load_booking(conn, booking_id)
    queries.lock_member(conn, found.customer_id)
    return load_booking(conn, booking_id)


def load_booking(conn: Connection, booking_id: UUID) -> Booking:
    """A booking. Refuses ``NotFound``."""
    found = queries.select_booking(conn, booking_id)
    if found is None:
        raise NotFound("There is no such booking.", field="booking_id")
    return found


def add_event(
    conn: Connection,
    one: Booking,
    event: str,
    *,
    actor: str,
    now: datetime,
    detail: dict[str, object] | None = None,
) -> None:
    """Add to a booking's history what it is now."""
    facts: dict[str, object] = {
        "starts_at": one.starts_at.isoformat(),
        "resources": list(one.resources),
        "state": one.state.value,
        **(detail or {}),
    }
    queries.insert_event(conn, BookingEvent(one.booking_id, now, actor, event, facts))


def _require_near(starts_at: datetime, now: datetime) -> None:
    """Refuse an instant at which no slot can begin, before anything is reckoned with it."""
    if abs(starts_at - now) > _FURTHEST:
        raise _no_slot()


def _no_slot() -> NoReservations:
    return NoReservations(
        "No slot of this service begins then.", field="starts_at", remedy="Choose one of the slots offered."
    )


def _require_slot(day: StoreDay, service: Service, start: int, wish: Wish, asking: Asking) -> Slot:
    slot = see_slot(day, service, start, asking, wish.choice)
    if slot.starts_at != wish.starts_at or start not in service_starts(day.settings, service, day.on):
        raise _no_slot()
    if slot.hindrances:
        first = slot.hindrances[0]
        raise SlotNotBookable(
            f"The slot can not be booked: {first.rule.value}.",
            field="starts_at",
            remedy="Choose another slot, or join the waiting list.",
            hindrances=msgspec.to_builtins(slot.hindrances),
        )
    return slot


def _require_may_change(held: Booking, settings: BookingSettings, author: Author, now: datetime) -> None:
    if not may_lead("change", held.state):
        raise BookingNotChangeable(
            f"The booking is {held.state.value}.", remedy="Make another booking.", state=held.state.value
        )
    if not author.is_staff and is_late(settings, held.starts_at, now):
        raise BookingNotChangeable(
            "The deadline for changes has passed.", remedy="Speak to the store.", state=held.state.value
        )


def _fingerprint(wish: Wish) -> bytes:
    body = (str(wish.customer_id), wish.store, wish.service, minute_of(wish.starts_at), wish.choice)
    return sha256(msgspec.json.encode(body)).digest()


def _again(held: Booking, wish: Wish) -> Booked:
    if held.fingerprint != _fingerprint(wish):
        raise _key_taken()
    return Booked(held, replayed=True)


def _key_taken() -> IdempotencyConflict:
    return IdempotencyConflict(
        "This source and external_id belong to another booking.",
        field="external_id",
        remedy="Send a new booking under a new external_id; a repeat must be the same as the first.",
    )
