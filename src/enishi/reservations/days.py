"""What days of a store are decided on: its settings, what is taken, and who asks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct
from psycopg import Connection

from enishi.reservations import queries
from enishi.reservations.calendar import instant_of, living_lanes, minute_of, minute_on
from enishi.reservations.model import Lane, Member, StoreDay, Taken
from enishi.reservations.publishing import load_settings, require_service, zone_of
from enishi.reservations.rules import Asking, Levels, Slot, banned_until, count_quota, see_slots
from enishi.reservations.settings import BookingSettings, Quota, Service, SettingsVersion

MAX_DAYS = 31
"""The most days that availability or bookings are asked for at once."""
_LOOK_BACK = timedelta(days=1_500)
_NEVER = UUID(int=0)


class Rank(Struct, frozen=True):
    """The rank that a customer holds, and the level of every rank there is."""

    levels: Levels
    tier: str = ""
    level: int | None = None


class StoreSlots(Struct, frozen=True):
    """A service's slots on days of a store, as one customer sees them."""

    service: Service
    zone: str
    settings: BookingSettings
    days: tuple[tuple[date, tuple[Slot, ...]], ...]


def find_slots(
    conn: Connection,
    store: str,
    service: str,
    days: Sequence[date],
    *,
    customer_id: UUID | None,
    rank: Rank,
    now: datetime,
    is_staff: bool = False,
    choice: str = "",
) -> StoreSlots:
    """The slots of a service on these days for a customer (None: somebody unknown). Refuses ``NoReservations``."""
    version = load_settings(conn, store)
    wanted = require_service(version.settings, service, choice)
    member = Member() if customer_id is None else load_member(conn, customer_id, version, rank=rank, now=now)
    who = Asking(member, rank.levels, now, is_staff)
    zone = zone_of(conn, store)
    first, last = min(days), max(days)
    seen = tuple(
        (day.on, tuple(see_slots(day, wanted, who, choice)))
        for day in load_days(conn, version, zone, first=first, last=last)
    )
    return StoreSlots(wanted, zone, version.settings, seen)


class QuotaDay(Struct, frozen=True):
    """How a quota stands on a day: the slots it covers and holds, those that others have taken, and when it opens."""

    on: date
    quota: Quota
    total: int
    held: int
    used: int
    opens_at: datetime


def count_quotas(conn: Connection, version: SettingsVersion, days: Sequence[date], levels: Levels) -> list[QuotaDay]:
    """How the quotas of ranks that there are stand on these days; days that a quota does not cover are left out."""
    zone = zone_of(conn, version.store)
    found: list[QuotaDay] = []
    for day in load_days(conn, version, zone, first=min(days), last=max(days)):
        for quota in version.settings.quotas:
            if quota.tier in levels:
                use = count_quota(day, quota, levels)
                opens_on = day.on - timedelta(days=quota.days_before)
                opens_at = instant_of(minute_on(opens_on, 0, ZoneInfo(zone)))
                if use.total:
                    found.append(QuotaDay(day.on, quota, use.total, use.held, use.used, opens_at))
    return found


def load_member(
    conn: Connection,
    customer_id: UUID,
    version: SettingsVersion,
    *,
    rank: Rank,
    now: datetime,
    passing_over: UUID = _NEVER,
) -> Member:
    """What the rules look at in a customer; one booking can be passed over, as if it were not there."""
    spans = [one for one in queries.select_open_spans(conn, customer_id, now) if one[0] != passing_over]
    missed = queries.select_missed(
        conn, customer_id, version.store, version.settings.late_cancel_counts, now - _LOOK_BACK
    )
    until, count = banned_until(version.settings.no_show, missed, now)
    return Member(
        level=rank.level,
        tier=rank.tier,
        open_bookings=len(spans),
        banned_until=until,
        missed=count,
        busy=tuple((minute_of(begins), minute_of(ends)) for _, begins, ends in spans),
    )


def load_days(
    conn: Connection,
    version: SettingsVersion,
    zone: str,
    *,
    first: date,
    last: date,
    passing_over: UUID = _NEVER,
) -> list[StoreDay]:
    """What each of these days is decided on."""
    lanes = living_lanes(version.settings, queries.select_lanes(conn, version.store))
    taken: dict[date, list[Taken]] = {}
    # A booking that runs over midnight takes from the day after its own as well.
    for on, one in queries.select_taken(conn, version.store, first - timedelta(days=1), last + timedelta(days=1)):
        if one.booking_id != passing_over:
            taken.setdefault(on, []).append(one)
    return [_day(version, zone, on, lanes, taken) for on in days_between(first, last)]


def _day(
    version: SettingsVersion, zone: str, on: date, lanes: tuple[Lane, ...], taken: dict[date, list[Taken]]
) -> StoreDay:
    info = ZoneInfo(zone)
    begins, ends = minute_on(on, 0, info), minute_on(on + timedelta(days=1), 240, info)
    near = [
        one
        for place in (on - timedelta(days=1), on, on + timedelta(days=1))
        for one in taken.get(place, ())
        if one.from_minute < ends and begins < one.until_minute
    ]
    return StoreDay(version.settings, zone, on, lanes, tuple(near))


def days_between(first: date, last: date) -> list[date]:
    """Every day from the first to the last."""
    return [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
