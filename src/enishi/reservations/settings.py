"""What a store says about its reservations: resources, services, hours and policy, published as one document.

Invariant: a published version never changes. A booking is decided by the version in force when it is made, and keeps
that version's number. Days and times are those of the store's clocks; a minute counts from the store's midnight.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal

from msgspec import Meta, Struct

DAY_MINUTES = 1_440
MAX_RESOURCES = 100
MAX_SERVICES = 200
MAX_CAPACITY = 200
MAX_HORIZON_DAYS = 730
MAX_QUOTAS = 20
MAX_EXCEPTIONS = 400

Code = Annotated[str, Meta(pattern=r"^[A-Za-z0-9._\-]{1,40}\Z")]
Name = Annotated[str, Meta(min_length=1, max_length=60, pattern=r"^[^\x00-\x1f\x7f]+\Z")]
Note = Annotated[str, Meta(max_length=60, pattern=r"^[^\x00-\x1f\x7f]*\Z")]
Chosen = Annotated[str, Meta(pattern=r"^[A-Za-z0-9._\-]{0,40}\Z")]
Minute = Annotated[int, Meta(ge=0, le=DAY_MINUTES)]
Days = Annotated[int, Meta(ge=0, le=MAX_HORIZON_DAYS)]
Slot = Literal[5, 10, 15, 20, 30, 60]


class ResourceKind(StrEnum):
    """What is booked: a member of staff (担当者), a seat or chair (席), a room (部屋)."""

    STAFF = "staff"
    CHAIR = "chair"
    ROOM = "room"


class Span(Struct, frozen=True, forbid_unknown_fields=True):
    """From one minute of the day to another; the end does not belong to it."""

    opens: Minute
    closes: Minute


Week = tuple[tuple[Span, ...], ...]
"""Opening hours of the seven weekdays, Monday first; a day without spans is closed."""


class Resource(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Something that is occupied by a booking. ``capacity`` bookings fit in at once: 8 for a class of eight.

    ``week`` None: as the store. ``chosen_by_member``: a member may ask for this one (指名). ``ended``: takes no more
    bookings; those it has stay.
    """

    code: Code
    kind: ResourceKind
    name_ja: Name
    name_en: Name
    capacity: Annotated[int, Meta(ge=1, le=MAX_CAPACITY)] = 1
    week: Week | None = None
    chosen_by_member: bool = True
    ended: bool = False


class Service(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What can be booked. Of each kind among ``resources``, one is occupied for ``minutes`` and ``buffer_minutes``.

    ``every_minutes`` is from one possible start to the next; None is every slot. A class that is held at fixed times
    has the length of its turn here.
    """

    code: Code
    name_ja: Name
    name_en: Name
    minutes: Annotated[int, Meta(ge=5, le=DAY_MINUTES)]
    buffer_minutes: Annotated[int, Meta(ge=0, le=240)] = 0
    every_minutes: Annotated[int, Meta(ge=5, le=DAY_MINUTES)] | None = None
    price_yen: Annotated[int, Meta(ge=0, le=10_000_000)] = 0
    resources: Annotated[tuple[Code, ...], Meta(min_length=1, max_length=MAX_RESOURCES)]
    ended: bool = False


class DayException(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Other hours on one day, of the store (``resource`` empty) or of one resource; without spans it is closed."""

    on: date
    resource: Chosen = ""
    spans: tuple[Span, ...] = ()
    note_ja: Note = ""
    note_en: Note = ""


class EarlyWindow(Struct, frozen=True, forbid_unknown_fields=True):
    """Members of this rank and above may book ``days`` ahead (先行予約)."""

    tier: Code
    days: Days


class Quota(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Slots of each day that are kept for a rank and above until ``days_before`` days before (優先枠).

    It covers what lies on ``weekdays`` (0 is Monday; none given: all) between ``opens`` and ``closes`` on
    ``resources`` (none given: all of the kind ``kind``). Of the slots covered, ``slots`` are held; None holds them all.
    """

    code: Code
    name_ja: Name
    name_en: Name
    tier: Code
    slots: Annotated[int, Meta(ge=1, le=10_000)] | None = None
    days_before: Days
    kind: ResourceKind = ResourceKind.STAFF
    resources: tuple[Code, ...] = ()
    weekdays: tuple[Annotated[int, Meta(ge=0, le=6)], ...] = ()
    opens: Minute = 0
    closes: Minute = DAY_MINUTES


class NoShowRule(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """After ``count`` bookings within ``within_days`` that nobody came to, no booking for ``ban_days``."""

    count: Annotated[int, Meta(ge=1, le=100)] = 3
    within_days: Annotated[int, Meta(ge=1, le=730)] = 90
    ban_days: Annotated[int, Meta(ge=1, le=730)] = 30


class BookingSettings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Everything a store decides about its reservations.

    ``slot_minutes`` is the grid on which bookings begin and in which quotas count. ``lead_minutes`` before its start a
    slot closes for members. ``cancel_until_minutes`` before the start a member cancels without consequence; later
    ``late_cancel_counts`` says whether that counts like not coming. ``offer_minutes`` is how long a freed slot is kept
    for the first in the waiting list.
    """

    slot_minutes: Slot = 30
    week: Week
    exceptions: Annotated[tuple[DayException, ...], Meta(max_length=MAX_EXCEPTIONS)] = ()
    resources: Annotated[tuple[Resource, ...], Meta(max_length=MAX_RESOURCES)] = ()
    services: Annotated[tuple[Service, ...], Meta(max_length=MAX_SERVICES)] = ()
    horizon_days: Days = 30
    early: Annotated[tuple[EarlyWindow, ...], Meta(max_length=20)] = ()
    quotas: Annotated[tuple[Quota, ...], Meta(max_length=MAX_QUOTAS)] = ()
    lead_minutes: Annotated[int, Meta(ge=0, le=20_160)] = 60
    cancel_until_minutes: Annotated[int, Meta(ge=0, le=43_200)] = 1_440
    late_cancel_counts: bool = True
    no_show: NoShowRule | None = NoShowRule()
    max_open: Annotated[int, Meta(ge=1, le=100)] = 3
    offer_minutes: Annotated[int, Meta(ge=5, le=2_880)] = 60
    max_waiting: Annotated[int, Meta(ge=0, le=1_000)] = 20

    def resource(self, code: str) -> Resource | None:
        """The resource of this code."""
        return next((one for one in self.resources if one.code == code), None)

    def service(self, code: str) -> Service | None:
        """The service of this code, also one that has ended."""
        return next((one for one in self.services if one.code == code), None)


class SettingsVersion(Struct, frozen=True):
    """Settings as published: in force from ``published_at`` until the next version."""

    store: str
    version: int
    published_at: datetime
    author: str
    reason: str
    settings: BookingSettings
