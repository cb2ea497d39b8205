"""The JSON of reservations, shared by the three faces."""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, Field

from enishi.web.shapes import Body, Shape

BookingStateName = Literal[
    "offered", "booked", "arrived", "done", "cancelled", "late_cancelled", "no_show", "lapsed"
]  # fmt: skip
RuleName = Literal[
    "closed", "taken", "past", "lead_time", "horizon", "quota", "banned", "max_open", "own_booking"
]  # fmt: skip
Code = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._:\-]+$")]
Choice = Annotated[str, Field(max_length=40, pattern=r"^[A-Za-z0-9._\-]*$")]
_FIRST = date(2000, 1, 1)
_LAST = date(2199, 12, 31)
_TEXT = r"^[^\x00-\x08\x0b-\x1f\x7f]+$"


def _within(day: date) -> date:
    """Refuse days that no store will see, and with which calendars can not reckon."""
    if not _FIRST <= day <= _LAST:
        raise ValueError(f"a day from {_FIRST} to {_LAST} is wanted")
    return day


Day = Annotated[date, AfterValidator(_within)]


class ResourceShape(Shape):
    """A stylist, a chair or a room; ``chosen``: a member may ask for it."""

    code: str
    kind: Literal["staff", "chair", "room"]
    name: str
    capacity: int
    chosen: bool


class ServiceShape(Shape):
    """What can be booked; ``resources`` are the codes of those who can be asked for."""

    code: str
    name: str
    minutes: int
    price_yen: int
    resources: list[str]


class BookableStore(Shape):
    """A store that takes reservations. ``window_days`` is how far ahead this customer can book."""

    code: str
    name: str
    zone: str
    invented: bool
    today: date
    horizon_days: int
    window_days: int
    cancel_until_minutes: int
    services: list[ServiceShape]
    resources: list[ResourceShape]


class BookableStores(Shape):
    """The stores that take reservations."""

    stores: list[BookableStore]


class HindranceShape(Shape):
    """One reason against a slot, in a sentence; ``until`` is when it ends, where that is known."""

    rule: RuleName
    reason: str
    tier: str
    until: AwareDatetime | None


class SlotShape(Shape):
    """A possible start. ``mark`` says why it is open to this customer and not to everybody; ``waitable``: one can wait.

    ``mark``: ``early`` by the early window of their rank, ``held`` because it is kept for their rank.
    """

    starts_at: AwareDatetime
    time: str
    bookable: bool
    places: int
    mark: Literal["early", "held"] | None
    waitable: bool
    hindrances: list[HindranceShape]


class SlotDay(Shape):
    """The slots of a day; none when the store is closed."""

    on: date
    slots: list[SlotShape]


class SlotDays(Shape):
    """The slots of a service as one customer sees them."""

    store: str
    service: ServiceShape
    days: list[SlotDay]


class QuotaUseShape(Shape):
    """How a booking stood to a quota when it was made."""

    quota: str
    name: str
    total: int
    held: int
    used: int
    own: int


class BookedCustomer(Shape):
    """Whose booking it is."""

    customer_id: UUID
    name: str


class BookingShape(Shape):
    """A booking. ``cancel_until`` is the last instant at which cancelling has no consequence.

    ``customer`` is null where the member reads their own.
    """

    booking_id: UUID
    store: str
    store_name: str
    service: str
    name: str
    price_yen: int
    on_day: date
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    free_at: AwareDatetime
    resources: list[ResourceShape]
    choice: str
    state: BookingStateName
    tier: str
    can_cancel: bool
    can_change: bool
    late: bool
    cancel_until: AwareDatetime
    offer_until: AwareDatetime | None
    quotas: list[QuotaUseShape]
    settings_version: int
    face: str
    booked_at: AwareDatetime
    customer: BookedCustomer | None


class WaitShape(Shape):
    """A place in the waiting list; ``place`` counts from 1."""

    wait_id: UUID
    store: str
    store_name: str
    service: str
    name: str
    on: date
    from_time: str
    until_time: str
    state: Literal["waiting", "offered", "taken", "left", "lapsed"]
    place: int
    joined_at: AwareDatetime
    customer: BookedCustomer | None


class OwnBookings(Shape):
    """A customer's bookings: to come, soonest first; over, newest first; and what they wait for."""

    coming: list[BookingShape]
    past: list[BookingShape]
    waits: list[WaitShape]


class BookingDone(Shape):
    """A booking after a change. ``replayed``: it was so before."""

    booking: BookingShape
    replayed: bool


class DaySpans(Shape):
    """When a resource can be booked on a day, as times of the clock."""

    on: date
    resource: str
    spans: list[tuple[str, str]]


class QuotaDay(Shape):
    """How a quota stands on a day: slots covered, held, taken by members below its rank, and until when it holds."""

    on: date
    quota: str
    name: str
    tier: str
    total: int
    held: int
    used: int
    opens_at: AwareDatetime
    holding: bool


class StoreCalendar(Shape):
    """Some days of a store: who works when, what is booked, who waits, how quotas stand."""

    store: str
    name: str
    zone: str
    invented: bool
    version: int
    today: date
    days: list[date]
    slot_minutes: int
    resources: list[ResourceShape]
    services: list[ServiceShape]
    spans: list[DaySpans]
    bookings: list[BookingShape]
    waits: list[WaitShape]
    quotas: list[QuotaDay]


class BookingEventShape(Shape):
    """Something that happened to a booking, by whom, and the facts of it."""

    at: AwareDatetime
    actor: str
    event: str
    detail: dict[str, Any]


class BookingDetail(Shape):
    """A booking with its history."""

    booking: BookingShape
    events: list[BookingEventShape]


class BookingSettingsChange(Shape):
    """One thing in which a version differs from the one before: where, and what it was and is; null is "not there"."""

    field: str
    before: str | None
    after: str | None


class BookingSettingsVersion(Shape):
    """A published version of a store's settings, and how it differs from the one before."""

    version: int
    published_at: AwareDatetime
    author: str
    reason: str
    changes: list[BookingSettingsChange]


class StoreSettings(Shape):
    """A store's settings: those in force as a document (null before the first), and every version, newest first."""

    store: str
    name: str
    version: int
    settings: dict[str, Any] | None
    versions: list[BookingSettingsVersion]
    tiers: list[str]


class SettingsStore(Shape):
    """A store that settings can be published for; ``version`` 0: it takes no reservations yet."""

    code: str
    name: str
    version: int


class SettingsStores(Shape):
    """Every store of the operator."""

    stores: list[SettingsStore]


class SettingsToPublish(Body):
    """Settings as a document, the version that they were made from, and why."""

    store: Code
    based_on: Annotated[int, Field(ge=0, le=1_000_000)]
    reason: Annotated[str, Field(min_length=1, max_length=500, pattern=_TEXT)]
    settings: dict[str, Any]


class SlotToBook(Body):
    """A slot to book. ``request_id`` is the page's own: a second tap gives the same booking."""

    request_id: UUID
    store: Code
    service: Code
    starts_at: AwareDatetime
    choice: Choice = ""


class SlotForCustomer(SlotToBook):
    """A slot to book for a customer."""

    customer_id: UUID


class SlotToMoveTo(Body):
    """Where a booking is to be moved to."""

    starts_at: AwareDatetime
    choice: Choice = ""


class BookingStep(Body):
    """What is to become of a booking."""

    change: Literal["cancel", "arrive", "done", "no_show", "forgive", "accept"]


class DayToWaitFor(Body):
    """A service on a day, to begin between two minutes of it."""

    store: Code
    service: Code
    on: Day
    opens: Annotated[int, Field(ge=0, le=1_440)] = 0
    closes: Annotated[int, Field(ge=0, le=1_440)] = 1_440
    choice: Choice = ""


class FeedShape(Shape):
    """A calendar address for staff. Its secret is shown once, when it is made."""

    feed_id: UUID
    resource: str
    label: str
    created_at: AwareDatetime
    revoked_at: AwareDatetime | None


class Feeds(Shape):
    """The calendar addresses of a store, newest first."""

    feeds: list[FeedShape]


class FeedToMake(Body):
    """A calendar address to be made: of a store, or of one of its resources."""

    store: Code
    resource: Choice = ""
    label: Annotated[str, Field(min_length=1, max_length=100, pattern=_TEXT)]


class FeedToRevoke(Body):
    """A calendar address to be ended."""

    store: Code
    feed_id: UUID


class NewFeed(Shape):
    """A calendar address that was made, with its path, which is not to be had again."""

    feed: FeedShape
    path: str
