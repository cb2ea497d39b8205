"""Which slots a day has: opening hours, exceptions and the grid, before anybody has booked anything.

Minutes of a day are those of the store's clocks; what is stored and compared are minutes since 1970 UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from enishi.reservations.model import Lane, StoreDay
from enishi.reservations.settings import BookingSettings, Quota, Resource, ResourceKind, Service, Span

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)


def minute_of(instant: datetime) -> int:
    """The minute since 1970 UTC in which an instant lies."""
    return (instant - _EPOCH) // _MINUTE


def instant_of(minute: int) -> datetime:
    """The instant at which a minute since 1970 UTC begins."""
    return _EPOCH + minute * _MINUTE


def minute_on(on: date, minute: int, zone: ZoneInfo) -> int:
    """The minute since 1970 UTC at which the store's clocks show this minute of this day."""
    midnight = datetime(on.year, on.month, on.day, tzinfo=zone)
    return minute_of((midnight + timedelta(minutes=minute)).astimezone(UTC))


def local_minute(instant: datetime, zone: ZoneInfo) -> tuple[date, int]:
    """The day and the minute of it that the store's clocks show."""
    local = instant.astimezone(zone)
    return local.date(), local.hour * 60 + local.minute


def store_spans(settings: BookingSettings, on: date) -> tuple[Span, ...]:
    """When the store is open on a day: an exception for the day stands before the week."""
    found = next((one for one in settings.exceptions if one.on == on and not one.resource), None)
    return settings.week[on.weekday()] if found is None else found.spans


def resource_spans(settings: BookingSettings, resource: Resource, on: date) -> tuple[Span, ...]:
    """When a resource can be booked on a day: its own hours, within those of the store."""
    store = store_spans(settings, on)
    own = next((one for one in settings.exceptions if one.on == on and one.resource == resource.code), None)
    if own is not None:
        return _within(own.spans, store)
    return store if resource.week is None else _within(resource.week[on.weekday()], store)


def _within(spans: Sequence[Span], limits: Sequence[Span]) -> tuple[Span, ...]:
    met = (
        Span(max(one.opens, other.opens), min(one.closes, other.closes))
        for one in spans
        for other in limits
        if one.opens < other.closes and other.opens < one.closes
    )
    return tuple(sorted(met, key=lambda one: one.opens))


def service_starts(settings: BookingSettings, service: Service, on: date) -> tuple[int, ...]:
    """The minutes of a day at which a service could begin, were nothing booked: it ends while the store is open."""
    step = service.every_minutes or settings.slot_minutes
    return tuple(
        start
        for span in store_spans(settings, on)
        for start in range(span.opens, span.closes - service.minutes + 1, step)
    )


def open_lanes(day: StoreDay, service: Service, start: int, choice: str = "") -> dict[ResourceKind, list[Lane]]:
    """For each kind of resource that a service takes, the lanes that work at this time of the day.

    A kind without any has an empty list. ``choice`` names the one resource that is wanted of its kind.
    """
    chosen = day.settings.resource(choice) if choice else None
    found: dict[ResourceKind, list[Lane]] = {}
    for resource in bookable_resources(day.settings, service):
        lanes = found.setdefault(resource.kind, [])
        if chosen is not None and resource.kind is chosen.kind and resource.code != chosen.code:
            continue
        spans = resource_spans(day.settings, resource, day.on)
        if any(one.opens <= start and start + service.minutes <= one.closes for one in spans):
            lanes += [one for one in day.lanes if one.resource == resource.code]
    return found


def bookable_resources(settings: BookingSettings, service: Service) -> list[Resource]:
    """The resources that can do a service and have not ended, in the order of the store's list."""
    return [one for one in settings.resources if one.code in service.resources and not one.ended]


def living_lanes(settings: BookingSettings, lanes: Iterable[Lane]) -> tuple[Lane, ...]:
    """The lanes that take bookings: those of resources that have not ended, up to their capacity."""
    capacity: Mapping[str, int] = {one.code: one.capacity for one in settings.resources if not one.ended}
    return tuple(one for one in lanes if one.seat <= capacity.get(one.resource, 0))


def quota_cells(day: StoreDay, quota: Quota) -> frozenset[tuple[int, int]]:
    """The slots of a day that a quota covers: each a lane and the minute since 1970 at which it begins."""
    if quota.weekdays and day.on.weekday() not in quota.weekdays:
        return frozenset()
    return frozenset(_cells(day, quota))


def _cells(day: StoreDay, quota: Quota) -> Iterator[tuple[int, int]]:
    slot = day.settings.slot_minutes
    midnight = minute_on(day.on, 0, ZoneInfo(day.zone))
    for resource in day.settings.resources:
        if resource.ended or not covers(quota, resource):
            continue
        minutes = [
            start
            for span in resource_spans(day.settings, resource, day.on)
            for start in range(span.opens, span.closes - slot + 1, slot)
            if quota.opens <= start and start + slot <= quota.closes
        ]
        for lane in day.lanes:
            if lane.resource == resource.code:
                yield from ((lane.lane, midnight + start) for start in minutes)


def covers(quota: Quota, resource: Resource) -> bool:
    """Whether a quota counts the slots of a resource."""
    return resource.code in quota.resources if quota.resources else resource.kind is quota.kind


def touched(
    cells: frozenset[tuple[int, int]], slot_minutes: int, lane: int, from_minute: int, until_minute: int
) -> set[tuple[int, int]]:
    """The slots among ``cells`` that somebody takes who occupies a lane from one minute to another."""
    return {
        (lane, start)
        for start in range(from_minute - slot_minutes + 1, until_minute)
        if (lane, start) in cells and start + slot_minutes > from_minute
    }
