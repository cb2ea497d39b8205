"""What a booking is, what keeps somebody from one, and the refusals of this room."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from msgspec import Struct

from enishi.kit.errors import Conflict, InvalidRequest, Refusal
from enishi.reservations.settings import BookingSettings

Face = Literal["mypage", "counter", "console", "api", "waiting_list"]


class BookingState(StrEnum):
    """What has become of a booking.

    ``offered``: a freed slot, kept for somebody of the waiting list. ``arrived`` and ``done``: they came.
    ``cancelled`` in time, ``late_cancelled`` after the deadline, ``no_show``: nobody came. ``lapsed``: an offer that
    was not taken.
    """

    OFFERED = "offered"
    BOOKED = "booked"
    ARRIVED = "arrived"
    DONE = "done"
    CANCELLED = "cancelled"
    LATE_CANCELLED = "late_cancelled"
    NO_SHOW = "no_show"
    LAPSED = "lapsed"


OPEN = frozenset({BookingState.OFFERED, BookingState.BOOKED})
"""States of a booking that is still to come."""
OCCUPYING = frozenset({*OPEN, BookingState.ARRIVED, BookingState.DONE, BookingState.NO_SHOW})
"""States in which the resources are, or were, taken."""


class Rule(StrEnum):
    """What can stand against a booking."""

    CLOSED = "closed"
    TAKEN = "taken"
    PAST = "past"
    LEAD_TIME = "lead_time"
    HORIZON = "horizon"
    QUOTA = "quota"
    BANNED = "banned"
    MAX_OPEN = "max_open"
    OWN_BOOKING = "own_booking"


class Hindrance(Struct, frozen=True, omit_defaults=True):
    """One reason against a slot for somebody: the rule, the value found and the value needed, and when it ends.

    ``tier`` is the rank it would take; ``until`` the instant from which the rule no longer stands against it.
    ``held`` and ``total`` are the slots of a quota and of its day.
    """

    rule: Rule
    found: int = 0
    needed: int = 0
    tier: str = ""
    until: datetime | None = None
    quota: str = ""
    held: int = 0
    total: int = 0


class Member(Struct, frozen=True):
    """Who asks, as far as rules look at them: rank, open bookings, and until when they may not book.

    ``level`` None: no rank. ``busy`` are the times of their own bookings, as minutes since the epoch.
    """

    level: int | None = None
    tier: str = ""
    open_bookings: int = 0
    banned_until: datetime | None = None
    missed: int = 0
    busy: tuple[tuple[int, int], ...] = ()


class Lane(Struct, frozen=True, gc=False):
    """One place of one resource: what a booking occupies. ``lane`` is its number in the whole installation."""

    lane: int
    resource: str
    seat: int


class Taken(Struct, frozen=True, gc=False):
    """That a lane is taken, from one minute since the epoch to another; ``level`` is its member's rank then."""

    lane: int
    from_minute: int
    until_minute: int
    booking_id: UUID
    level: int | None


class QuotaUse(Struct, frozen=True):
    """How a booking stood to a quota when it was made: of ``total`` slots ``held`` were kept, ``used`` before it."""

    quota: str
    total: int
    held: int
    used: int
    own: int


class Plan(Struct, frozen=True):
    """What a booking will occupy, and how it stands to the quotas that were in force."""

    lanes: tuple[Lane, ...]
    from_minute: int
    until_minute: int
    quotas: tuple[QuotaUse, ...]


class Booking(Struct, frozen=True, kw_only=True):
    """A booking as recorded. ``starts_at`` to ``ends_at`` is the service, until ``free_at`` its resources are taken."""

    booking_id: UUID
    source: str
    external_id: str
    fingerprint: bytes
    customer_id: UUID
    store: str
    service: str
    name_ja: str
    name_en: str
    price_yen: int
    on_day: date
    starts_at: datetime
    ends_at: datetime
    free_at: datetime
    resources: tuple[str, ...]
    choice: str
    state: BookingState
    tier: str
    level: int | None
    settings_version: int
    quotas: tuple[QuotaUse, ...]
    face: str
    booked_by: str
    booked_at: datetime
    changed_at: datetime
    revision: int
    offer_until: datetime | None = None


class BookingEvent(Struct, frozen=True):
    """Something that happened to a booking; only ever added to."""

    booking_id: UUID
    at: datetime
    actor: str
    event: str
    detail: Mapping[str, object]


class WaitState(StrEnum):
    """Where a place in the waiting list has got to."""

    WAITING = "waiting"
    OFFERED = "offered"
    TAKEN = "taken"
    LEFT = "left"
    LAPSED = "lapsed"


class Wait(Struct, frozen=True, kw_only=True):
    """A place in the waiting list: for a service on a day, starting between two minutes of it."""

    wait_id: UUID
    customer_id: UUID
    store: str
    service: str
    on_day: date
    opens: int
    closes: int
    choice: str
    state: WaitState
    joined_at: datetime
    booking_id: UUID | None = None
    changed_at: datetime


class Feed(Struct, frozen=True):
    """A calendar address for staff: of a store, or of one of its resources."""

    feed_id: UUID
    store: str
    resource: str
    label: str
    created_at: datetime
    created_by: str
    revoked_at: datetime | None


class Problem(Struct, frozen=True):
    """One thing wrong with settings: the field as a JSON path, what is wrong, and what would be right."""

    field: str
    detail: str
    remedy: str


class StoreDay(Struct, frozen=True):
    """What a day of a store is decided on: its settings, zone, lanes, and what is taken around it."""

    settings: BookingSettings
    zone: str
    on: date
    lanes: tuple[Lane, ...]
    taken: tuple[Taken, ...]


class InvalidBookingSettings(Refusal):
    """The settings break a stated limit or contradict themselves. ``problems`` lists everything found."""

    code = "invalid-booking-settings"
    status = 422
    title = "Invalid booking settings"


class SettingsChanged(Conflict):
    """Somebody has published settings since these were read."""

    code = "booking-settings-changed"
    title = "Settings have changed"


class SlotNotBookable(Conflict):
    """The slot can not be booked by this customer; ``hindrances`` says why, with the values found and needed."""

    code = "slot-not-bookable"
    title = "Slot not bookable"


class BookingNotChangeable(Conflict):
    """The booking is past its deadline, or in a state from which this does not lead on."""

    code = "booking-not-changeable"
    title = "Booking not changeable"


class NoReservations(InvalidRequest):
    """The store takes no reservations, or has no such service."""

    code = "no-such-service"
    title = "No such service"


class WaitingListFull(Conflict):
    """As many wait for this day as the store allows."""

    code = "waiting-list-full"
    title = "Waiting list full"
