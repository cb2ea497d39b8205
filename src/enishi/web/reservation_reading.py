"""Reservations as pages read them: stores, slots, bookings and the waiting list, in the reader's language."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct
from psycopg import Connection

from enishi import catalog, customers, flows, reservations
from enishi.access import Locale
from enishi.catalog import Store
from enishi.reservations import (
    Booking,
    Hindrance,
    Resource,
    Rule,
    Service,
    SettingsVersion,
    Slot,
    SlotNotBookable,
    Wait,
)
from enishi.web.declare import Resources
from enishi.web.reservation_shapes import (
    BookableStore,
    BookedCustomer,
    BookingShape,
    HindranceShape,
    OwnBookings,
    QuotaUseShape,
    ResourceShape,
    ServiceShape,
    SlotDay,
    SlotDays,
    SlotShape,
    WaitShape,
)

_WAITABLE = {Rule.TAKEN, Rule.QUOTA}
_Done = TypeVar("_Done")
Stores = frozenset[str] | None


class Asked(Struct, frozen=True):
    """Which slots are asked for; ``customer_id`` None: those of somebody unknown."""

    store: str
    service: str
    first: date
    days: int
    choice: str
    customer_id: UUID | None
    is_staff: bool = False


class BookingView(Struct, frozen=True):
    """What bookings are presented with: language, time, stores, settings, and the names of customers."""

    language: Locale
    now: datetime
    stores: dict[str, Store]
    settings: dict[str, SettingsVersion]
    names: dict[UUID, str] | None = None


def open_booking_view(
    conn: Connection, use: Resources, language: Locale, named: Iterable[UUID] | None = None
) -> BookingView:
    """How to present bookings; ``named`` are the customers whose names are shown, None shows none."""
    names = None
    if named is not None:
        records = customers.load_customers(conn, use.context.keyring, sorted(set(named)))
        names = {customer_id: record.profile.name for customer_id, record in records.items()}
    return BookingView(language, use.clock(), catalog.load_stores(conn), reservations.list_settings(conn), names)


def read_stores(
    conn: Connection, use: Resources, language: Locale, customer_id: UUID | None, stores: Stores
) -> list[BookableStore]:
    """The stores that take reservations, as far as the reader may see them."""
    known = catalog.load_stores(conn)
    rank = flows.rank_of(conn, customer_id, use.clock())
    found: list[BookableStore] = []
    for code, version in sorted(reservations.list_settings(conn).items()):
        if stores is not None and code not in stores:
            continue
        store = known.get(code) or Store(code, code)
        settings = version.settings
        found.append(
            BookableStore(
                code=code,
                name=store.name,
                zone=store.zone,
                invented=store.invented,
                today=use.clock().astimezone(ZoneInfo(store.zone)).date(),
                horizon_days=settings.horizon_days,
                window_days=reservations.window_days(settings, rank.level, rank.levels),
                cancel_until_minutes=settings.cancel_until_minutes,
                services=[present_service(one, version, language) for one in settings.services if not one.ended],
                resources=[present_resource(one, language) for one in settings.resources if not one.ended],
            )
        )
    return found


def read_slots(conn: Connection, use: Resources, language: Locale, asked: Asked) -> SlotDays:
    """The slots asked for; each that is open to this customer only by their rank is marked. Refuses as ``find_slots``.

    So as to mark them, the same is asked for somebody without a rank.
    """
    days = reservations.days_between(asked.first, asked.first + timedelta(days=asked.days - 1))
    rank = flows.rank_of(conn, asked.customer_id, use.clock())
    found = reservations.find_slots(
        conn,
        asked.store,
        asked.service,
        days,
        customer_id=asked.customer_id,
        rank=rank,
        now=use.clock(),
        is_staff=asked.is_staff,
        choice=asked.choice,
    )
    plain = reservations.find_slots(
        conn,
        asked.store,
        asked.service,
        days,
        customer_id=None,
        rank=reservations.Rank(rank.levels),
        now=use.clock(),
        is_staff=asked.is_staff,
        choice=asked.choice,
    )
    tiers = flows.tier_names(conn, language.value, use.clock())
    version = reservations.load_settings(conn, asked.store)
    shapes = [
        SlotDay(
            on=on,
            slots=[
                _slot(slot, other, lambda one: _hindrance(one, language, found.zone, tiers), found.zone)
                for slot, other in zip(slots, others, strict=True)
            ],
        )
        for (on, slots), (_, others) in zip(found.days, plain.days, strict=True)
    ]
    return SlotDays(store=asked.store, service=present_service(found.service, version, language), days=shapes)


def _slot(slot: Slot, plain: Slot, tell: Callable[[Hindrance], HindranceShape], zone: str) -> SlotShape:
    against_others = {one.rule for one in plain.hindrances}
    mark = None
    if not slot.hindrances:
        mark = "held" if Rule.QUOTA in against_others else "early" if Rule.HORIZON in against_others else None
    rules = {one.rule for one in slot.hindrances}
    return SlotShape(
        starts_at=slot.starts_at,
        time=f"{slot.starts_at.astimezone(ZoneInfo(zone)):%H:%M}",
        bookable=not slot.hindrances,
        places=slot.places,
        mark=mark,
        waitable=bool(rules) and rules <= _WAITABLE,
        hindrances=[tell(one) for one in slot.hindrances],
    )


def _hindrance(one: Hindrance, language: Locale, zone: str, tiers: dict[str, str]) -> HindranceShape:
    return HindranceShape(
        rule=one.rule.value,
        reason=reservations.explain_hindrance(one, language.value, zone, tiers),
        tier=one.tier,
        until=one.until,
    )


def with_reasons(conn: Connection, use: Resources, store: str, language: Locale, act: Callable[[], _Done]) -> _Done:
    """Do something; a refusal of the slot is raised with its reasons as sentences besides, in ``reasons``."""
    try:
        return act()
    except SlotNotBookable as refusal:
        tiers = flows.tier_names(conn, language.value, use.clock())
        zone = reservations.zone_of(conn, store)
        found = msgspec.convert(refusal.extra["hindrances"], list[Hindrance])
        refusal.extra["reasons"] = [reservations.explain_hindrance(one, language.value, zone, tiers) for one in found]
        raise


def read_own(
    conn: Connection, use: Resources, language: Locale, customer_id: UUID, stores: Stores = None
) -> OwnBookings:
    """A customer's bookings and what they wait for, as far as the reader may see."""
    view = open_booking_view(conn, use, language)
    bookings = [
        one for one in reservations.list_bookings_of(conn, customer_id) if stores is None or one.store in stores
    ]
    coming = [one for one in bookings if one.state in reservations.OPEN and one.ends_at > view.now]
    waits = [
        one
        for one in reservations.list_waits_of(conn, customer_id, view.now.date() - timedelta(days=1))
        if stores is None or one.store in stores
    ]
    return OwnBookings(
        coming=[present_booking(one, view) for one in reversed(coming)],
        past=[present_booking(one, view) for one in bookings if one not in coming],
        waits=[present_wait(conn, one, view) for one in waits],
    )


def present_booking(one: Booking, view: BookingView) -> BookingShape:
    """A booking as pages show it."""
    version = view.settings[one.store]
    settings = version.settings
    ja = view.language is Locale.JA
    is_open = one.state in reservations.OPEN and one.starts_at > view.now
    late = reservations.is_late(settings, one.starts_at, view.now)
    quotas = {quota.code: quota for quota in settings.quotas}
    store = view.stores.get(one.store)
    return BookingShape(
        booking_id=one.booking_id,
        store=one.store,
        store_name=one.store if store is None else store.name,
        service=one.service,
        name=one.name_ja if ja else one.name_en,
        price_yen=one.price_yen,
        on_day=one.on_day,
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        free_at=one.free_at,
        resources=[_resource_of(code, version, view.language) for code in one.resources],
        choice=one.choice,
        state=one.state.value,
        tier=one.tier,
        can_cancel=is_open,
        can_change=is_open and not late and one.state is reservations.BookingState.BOOKED,
        late=late,
        cancel_until=one.starts_at - timedelta(minutes=settings.cancel_until_minutes),
        offer_until=one.offer_until,
        quotas=[
            QuotaUseShape(
                quota=use.quota,
                name=use.quota
                if use.quota not in quotas
                else (quotas[use.quota].name_ja if ja else quotas[use.quota].name_en),
                total=use.total,
                held=use.held,
                used=use.used,
                own=use.own,
            )
            for use in one.quotas
        ],
        settings_version=one.settings_version,
        face=one.face,
        booked_at=one.booked_at,
        customer=_customer(one.customer_id, view),
    )


def present_wait(conn: Connection, one: Wait, view: BookingView, line: Sequence[Wait] | None = None) -> WaitShape:
    """A place in the waiting list, with how many stand before it."""
    day = reservations.list_waits(conn, one.store, one.on_day, one.on_day) if line is None else line
    before = [other for other in day if other.on_day == one.on_day and other.joined_at < one.joined_at]
    service = view.settings[one.store].settings.service(one.service)
    store = view.stores.get(one.store)
    ja = view.language is Locale.JA
    return WaitShape(
        wait_id=one.wait_id,
        store=one.store,
        store_name=one.store if store is None else store.name,
        service=one.service,
        name=one.service if service is None else (service.name_ja if ja else service.name_en),
        on=one.on_day,
        from_time=clock_time(one.opens),
        until_time=clock_time(one.closes),
        state=one.state.value,
        place=len(before) + 1,
        joined_at=one.joined_at,
        customer=_customer(one.customer_id, view),
    )


def present_service(one: Service, version: SettingsVersion, language: Locale) -> ServiceShape:
    """A service in the reader's language."""
    able = reservations.bookable_resources(version.settings, one)
    return ServiceShape(
        code=one.code,
        name=one.name_ja if language is Locale.JA else one.name_en,
        minutes=one.minutes,
        price_yen=one.price_yen,
        resources=[resource.code for resource in able if resource.chosen_by_member],
    )


def present_resource(one: Resource, language: Locale) -> ResourceShape:
    """A resource in the reader's language."""
    return ResourceShape(
        code=one.code,
        kind=one.kind.value,
        name=one.name_ja if language is Locale.JA else one.name_en,
        capacity=one.capacity,
        chosen=one.chosen_by_member,
    )


def clock_time(minute: int) -> str:
    """A minute of the day as clocks show it; the end of the day is 24:00."""
    return f"{minute // 60:02}:{minute % 60:02}"


def _resource_of(code: str, version: SettingsVersion, language: Locale) -> ResourceShape:
    found = version.settings.resource(code)
    if found is None:
        return ResourceShape(code=code, kind="staff", name=code, capacity=1, chosen=False)
    return present_resource(found, language)


def _customer(customer_id: UUID, view: BookingView) -> BookedCustomer | None:
    if view.names is None:
        return None
    return BookedCustomer(customer_id=customer_id, name=view.names.get(customer_id, ""))
