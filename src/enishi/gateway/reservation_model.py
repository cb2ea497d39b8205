"""The shapes of reservations over HTTP: the published contract, kept apart from inner types."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from enishi.kit.identifiers import Identifier
from enishi.purchases import Code, Source, StoreCode

ServiceCode = Annotated[str, Meta(pattern=r"^[A-Za-z0-9._\-]{1,40}\Z")]
Choice = Annotated[str, Meta(pattern=r"^[A-Za-z0-9._\-]{0,40}\Z")]
MinuteOfDay = Annotated[int, Meta(ge=0, le=1_440)]
State = Literal["offered", "booked", "arrived", "done", "cancelled", "late_cancelled", "no_show", "lapsed"]
RuleName = Literal[
    "closed", "taken", "past", "lead_time", "horizon", "quota", "banned", "max_open", "own_booking"
]  # fmt: skip


class BookBody(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A slot to book. The customer is named by ``customer_id`` or by ``identifiers``."""

    source: Source
    external_id: Code
    customer_id: UUID | None = None
    identifiers: Annotated[tuple[Identifier, ...], Meta(max_length=12)] = ()
    store: StoreCode
    service: ServiceCode
    starts_at: Annotated[datetime, Meta(tz=True)]
    choice: Choice = ""


class ChangeBody(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where a booking is to be moved to."""

    starts_at: Annotated[datetime, Meta(tz=True)]
    choice: Choice = ""


class WaitBody(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a customer waits for."""

    customer_id: UUID
    store: StoreCode
    service: ServiceCode
    on: date
    opens: MinuteOfDay = 0
    closes: MinuteOfDay = 1_440
    choice: Choice = ""


class LeaveBody(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Whose place in the waiting list is given up."""

    customer_id: UUID


class ResourceAnswer(Struct, frozen=True):
    """A resource that can be asked for."""

    code: str
    kind: Literal["staff", "chair", "room"]
    name: str


class ServiceAnswer(Struct, frozen=True):
    """A service that can be booked."""

    code: str
    name: str
    minutes: int
    price_yen: int
    resources: list[ResourceAnswer]


class ServicesAnswer(Struct, frozen=True):
    """What a store offers, and its policy."""

    store: str
    version: int
    zone: str
    horizon_days: int
    cancel_until_minutes: int
    services: list[ServiceAnswer]


class HindranceAnswer(Struct, frozen=True):
    """One reason against a slot."""

    rule: RuleName
    found: int
    needed: int
    tier: str
    until: datetime | None
    reason: str


class SlotAnswer(Struct, frozen=True):
    """A possible start of a service."""

    starts_at: datetime
    bookable: bool
    places: int
    hindrances: list[HindranceAnswer]


class DayAnswer(Struct, frozen=True):
    """The slots of a day."""

    on: date
    slots: list[SlotAnswer]


class AvailabilityAnswer(Struct, frozen=True):
    """The slots of a service, as one customer sees them."""

    store: str
    service: str
    zone: str
    days: list[DayAnswer]


class QuotaUseAnswer(Struct, frozen=True):
    """How a booking stood to a quota when it was made."""

    quota: str
    total: int
    held: int
    used: int
    own: int


class BookingAnswer(Struct, frozen=True):
    """A booking."""

    booking_id: UUID
    replayed: bool
    customer_id: UUID
    store: str
    service: str
    name: str
    price_yen: int
    starts_at: datetime
    ends_at: datetime
    resources: list[str]
    choice: str
    state: State
    tier: str
    settings_version: int
    quotas: list[QuotaUseAnswer]
    booked_at: datetime
    changed_at: datetime
    offer_until: datetime | None


class BookingsAnswer(Struct, frozen=True):
    """Bookings."""

    bookings: list[BookingAnswer]


class WaitAnswer(Struct, frozen=True):
    """A place in the waiting list."""

    wait_id: UUID
    replayed: bool
    customer_id: UUID
    store: str
    service: str
    on: date
    opens: int
    closes: int
    state: Literal["waiting", "offered", "taken", "left", "lapsed"]
    booking_id: UUID | None
    joined_at: datetime
