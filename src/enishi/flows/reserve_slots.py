"""Booking slots for customers: with their rank, told to the outbox and the audit, and with the waiting list behind it.

Everything happens in the caller's transaction. When a booking sets a slot free, it is offered to the first in the
waiting list in that same transaction, so that nobody can slip in between.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from psycopg import Connection

from enishi import audit, catalog, customers, messaging, reservations
from enishi.flows.context import PurchaseContext
from enishi.flows.held_ranks import rank_of
from enishi.flows.parties import blind_party, find_parties
from enishi.kit import clock
from enishi.kit.errors import NotFound, Refusal
from enishi.kit.identifiers import Identifier, IdentifierKind
from enishi.kit.outbox import insert_events
from enishi.messaging import MessageChannel
from enishi.reservations import OCCUPYING, Author, Booked, Booking, Wait, Wish

_CHANNELS: Final = {IdentifierKind.PHONE: MessageChannel.SMS, IdentifierKind.EMAIL: MessageChannel.EMAIL}
_SYSTEM: Final = Author(audit.SYSTEM, "waiting_list")
_OFFER_TEXT: Final = (
    "【{store}】キャンセル待ちの枠に空きが出ました。{when:%m/%d %H:%M}〜 {service}。"
    "{until:%m/%d %H:%M}までお取り置きします。マイページでご確定ください。\n"
    "A slot has become free: {service_en}, {when:%Y-%m-%d %H:%M}. It is kept for you until {until:%Y-%m-%d %H:%M}; "
    "please confirm it on your page."
)


def book_slot(
    conn: Connection, context: PurchaseContext, wish: Wish, author: Author, now: datetime | None = None
) -> Booked:
    """Book a slot for a customer with the rank they hold. A repeat of a key gets its booking, with ``replayed``.

    Refusals: ``NotFound``, ``SlotNotBookable``, ``NoReservations``, ``IdempotencyConflict``.
    """
    now = clock.now() if now is None else now
    require_known(conn, wish.customer_id)
    wish = msgspec.structs.replace(wish, customer_id=customers.survivor_of(conn, wish.customer_id))
    booked = reservations.book(conn, wish, rank_of(conn, wish.customer_id, now), author, now)
    if not booked.replayed:
        _tell(conn, context, [(booked.booking, "booked")], author, now)
    return booked


def find_customer(
    conn: Connection,
    context: PurchaseContext,
    customer_id: UUID | None,
    identifiers: Sequence[Identifier],
    *,
    source: str,
) -> UUID:
    """The customer whom a request names one way or the other.

    Refusals: ``InvalidIdentifier``, ``InvalidRequest``, ``NotFound``, ``NoCustomerForPoints``, ``CardEnded``.
    """
    (found,) = find_parties(conn, [blind_party(context, customer_id, identifiers, source=source)])
    if isinstance(found, Refusal):
        raise found
    return found


def change_slot(
    conn: Connection,
    context: PurchaseContext,
    booking_id: UUID,
    starts_at: datetime,
    *,
    choice: str,
    author: Author,
    now: datetime | None = None,
) -> Booked:
    """Move a booking; what it sets free is offered to the waiting list.

    Refusals: ``NotFound``, ``BookingNotChangeable``, ``SlotNotBookable``, ``NoReservations``.
    """
    now = clock.now() if now is None else now
    before = reservations.load_booking(conn, booking_id)
    rank = rank_of(conn, before.customer_id, now)
    changed = reservations.change_booking(conn, booking_id, starts_at, choice=choice, rank=rank, author=author, now=now)
    if not changed.replayed:
        offers = _offer(conn, before.store, before.on_day, now)
        _tell(conn, context, [(changed.booking, "changed"), *offers], author, now)
    return changed


def settle_slot(
    conn: Connection,
    context: PurchaseContext,
    booking_id: UUID,
    change: str,
    *,
    author: Author,
    now: datetime | None = None,
) -> Booked:
    """Cancel, arrive, done, no_show, forgive or accept; what is set free is offered to the waiting list.

    Refusals: ``NotFound``, ``BookingNotChangeable``.
    """
    now = clock.now() if now is None else now
    settled = reservations.settle_booking(conn, booking_id, change, author, now)
    if settled.replayed:
        return settled
    reservations.follow_up(conn, settled, now)
    booking = settled.booking
    offers = [] if booking.state in OCCUPYING else _offer(conn, booking.store, booking.on_day, now)
    _tell(conn, context, [(booking, booking.state.value), *offers], author, now)
    return settled


def wait_for_slot(
    conn: Connection,
    customer_id: UUID,
    store: str,
    service: str,
    *,
    on: date,
    window: tuple[int, int],
    choice: str = "",
    author: Author,
    now: datetime | None = None,
) -> tuple[Wait, bool]:
    """Put a customer in the waiting list of a day; gives the place, and whether it is new.

    Refusals: ``NotFound``, ``NoReservations``, ``WaitingListFull``, ``InvalidRequest``.
    """
    require_known(conn, customer_id)
    customer_id = customers.survivor_of(conn, customer_id)
    at = clock.now() if now is None else now
    wait, is_new = reservations.join_waiting_list(
        conn, customer_id, store, service, on=on, window=window, choice=choice, now=at
    )
    if is_new:
        _record_wait(conn, wait, "waiting", author, at)
    return wait, is_new


def leave_waiting_list(
    conn: Connection,
    context: PurchaseContext,
    wait_id: UUID,
    customer_id: UUID,
    *,
    author: Author,
    now: datetime | None = None,
) -> tuple[Wait, bool]:
    """Take a customer out of the waiting list; an offer they had goes on to the next.

    Gives the place, and whether that changed anything. Refuses ``NotFound``.
    """
    at = clock.now() if now is None else now
    wait, left = reservations.leave_waiting_list(conn, wait_id, customer_id, at)
    if not left:
        return wait, False
    if wait.booking_id is not None:
        _tell(conn, context, _offer(conn, wait.store, wait.on_day, at), _SYSTEM, at)
    _record_wait(conn, wait, "left", author, at)
    return wait, True


def _record_wait(conn: Connection, wait: Wait, event: str, author: Author, now: datetime) -> None:
    """The audit of somebody's place in the waiting list; it comes last."""
    audit.record_event(
        conn,
        actor=author.actor,
        action=f"reservation.{event}",
        target=f"customer:{wait.customer_id}",
        detail={
            "wait_id": str(wait.wait_id),
            "store": wait.store,
            "service": wait.service,
            "on": wait.on_day.isoformat(),
        },
        at=now,
    )


def serve_waiting_lists(
    conn: Connection, context: PurchaseContext, now: datetime | None = None, pause: Callable[[], None] | None = None
) -> int:
    """Let offers lapse whose time is up, and offer whatever is free to those who wait; gives the number of offers.

    Each offer that lapses and each day is a transaction of its own.
    """
    at = clock.now() if now is None else now
    made = 0
    with conn.transaction():
        lapsing = reservations.list_lapsing_offers(conn, at)
    for booking_id in lapsing:
        with conn.transaction():
            lapsed = reservations.lapse_offer(conn, booking_id, at)
            if lapsed is not None:
                offers = _offer(conn, lapsed.booking.store, lapsed.booking.on_day, at)
                _tell(conn, context, [(lapsed.booking, "lapsed"), *offers], _SYSTEM, at)
                made += len(offers)
        if pause is not None:
            pause()
    with conn.transaction():
        days = reservations.list_awaited_days(conn, at.date() - timedelta(days=1))
    for store, on in days:
        with conn.transaction():
            offers = _offer(conn, store, on, at)
            _tell(conn, context, offers, _SYSTEM, at)
            made += len(offers)
        if pause is not None:
            pause()
    return made


def require_known(conn: Connection, customer_id: UUID) -> None:
    """Refuse ``NotFound`` for nobody."""
    if not customers.find_known(conn, [customer_id]):
        raise NotFound("There is no such customer.", field="customer_id")


def _offer(conn: Connection, store: str, on: date, now: datetime) -> list[tuple[Booking, str]]:
    offers = reservations.offer_slots(conn, store, on, lambda customer_id: rank_of(conn, customer_id, now), now)
    return [(one, "offered") for one in offers]


def _tell(
    conn: Connection, context: PurchaseContext, told: list[tuple[Booking, str]], author: Author, now: datetime
) -> None:
    """Leave what follows: outbox rows, messages to those who are offered a slot, and the audit, which comes last."""
    for booking, event in told:
        insert_events(conn, f"reservation.{event}", [booking.booking_id], now)
        if event == "offered":
            _invite(conn, context, booking, now)
    for booking, event in told:
        audit.record_event(
            conn,
            actor=audit.SYSTEM if event == "offered" else author.actor,
            action=f"reservation.{event}",
            target=f"customer:{booking.customer_id}",
            detail={
                "booking_id": str(booking.booking_id),
                "store": booking.store,
                "starts_at": booking.starts_at.isoformat(),
            },
            at=now,
        )


def _invite(conn: Connection, context: PurchaseContext, booking: Booking, now: datetime) -> None:
    """Queue the message that a slot is kept for somebody; who has neither phone nor e-mail sees it on their page."""
    record = customers.load_customer(conn, context.keyring, booking.customer_id)
    contact = next((one for one in record.identifiers if one.kind in _CHANNELS), None)
    if contact is None or booking.offer_until is None or booking.offer_until <= now:
        return
    store = catalog.load_stores(conn).get(booking.store)
    zone = ZoneInfo("Asia/Tokyo" if store is None else store.zone)
    messaging.queue_message(
        conn,
        context.keyring,
        _CHANNELS[contact.kind],
        to=contact.value,
        body=_OFFER_TEXT.format(
            store=booking.store if store is None else store.name,
            when=booking.starts_at.astimezone(zone),
            until=booking.offer_until.astimezone(zone),
            service=booking.name_ja,
            service_en=booking.name_en,
        ),
        purpose="reservation_offer",
        now=now,
        useful_until=booking.offer_until,
    )
