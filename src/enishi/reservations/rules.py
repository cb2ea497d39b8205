"""Who may book which slot when, when a cancellation is late, and what not coming leads to. All pure.

A slot is free when of each kind of resource that the service takes there is one with a place. While a quota holds
``n`` of a day's ``t`` slots for a rank, members below it may fill ``t - n`` of them; the rest opens on its day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct

from enishi.reservations.calendar import (
    instant_of,
    minute_of,
    minute_on,
    open_lanes,
    quota_cells,
    service_starts,
    touched,
)
from enishi.reservations.model import (
    BookingState,
    Hindrance,
    Lane,
    Member,
    Plan,
    QuotaUse,
    Rule,
    StoreDay,
    Taken,
)
from enishi.reservations.settings import BookingSettings, NoShowRule, Quota, ResourceKind, Service

Levels = Mapping[str, int]
"""The level of each rank by its code; ranks that no ladder has any more are missing."""

LIFTED_BY_STAFF: Final = frozenset({Rule.LEAD_TIME, Rule.BANNED, Rule.MAX_OPEN})
"""What staff may pass over for a customer. What belongs to others (places, quotas, early windows) they may not."""

_LEADS_ON: Final[dict[str, frozenset[BookingState]]] = {
    "accept": frozenset({BookingState.OFFERED}),
    "cancel": frozenset({BookingState.OFFERED, BookingState.BOOKED}),
    "change": frozenset({BookingState.BOOKED}),
    "arrive": frozenset({BookingState.BOOKED, BookingState.NO_SHOW}),
    "done": frozenset({BookingState.BOOKED, BookingState.ARRIVED}),
    "no_show": frozenset({BookingState.BOOKED}),
    "forgive": frozenset({BookingState.NO_SHOW, BookingState.LATE_CANCELLED}),
}


class Slot(Struct, frozen=True):
    """A possible start of a service, seen by somebody: free with a ``plan``, or why not. ``places`` are left."""

    start: int
    starts_at: datetime
    places: int
    plan: Plan | None
    hindrances: tuple[Hindrance, ...]


class Asking(Struct, frozen=True):
    """Who asks and when. ``is_staff``: for a customer, at the counter or in the console."""

    member: Member
    levels: Levels
    now: datetime
    is_staff: bool = False


def may_lead(change: str, state: BookingState) -> bool:
    """Whether a change leads on from this state."""
    return state in _LEADS_ON[change]


def is_late(settings: BookingSettings, starts_at: datetime, now: datetime) -> bool:
    """Whether the deadline for cancelling without consequence has passed."""
    return now > starts_at - timedelta(minutes=settings.cancel_until_minutes)


def banned_until(rule: NoShowRule | None, missed: Sequence[datetime], now: datetime) -> tuple[datetime | None, int]:
    """Until when somebody may not book (None: they may), and how often they did not come in the window up to now."""
    if rule is None:
        return None, 0
    window = timedelta(days=rule.within_days)
    ends = [
        at + timedelta(days=rule.ban_days)
        for at in missed
        if sum(1 for other in missed if at - window < other <= at) >= rule.count
    ]
    last = max(ends, default=now)
    return (last if last > now else None), sum(1 for at in missed if now - window < at <= now)


def window_days(settings: BookingSettings, level: int | None, levels: Levels) -> int:
    """How many days ahead somebody of this level may book."""
    early = [
        one.days for one in settings.early if level is not None and one.tier in levels and levels[one.tier] <= level
    ]
    return max([settings.horizon_days, *early])


def holding_quotas(settings: BookingSettings, on: date, today: date, level: int | None, levels: Levels) -> list[Quota]:
    """The quotas of a day that still hold slots from somebody of this level. One for a rank that is no more is void."""
    ahead = (on - today).days
    return [
        one
        for one in settings.quotas
        if ahead > one.days_before and one.tier in levels and (level is None or level < levels[one.tier])
    ]


def see_slots(day: StoreDay, service: Service, asking: Asking, choice: str = "") -> list[Slot]:
    """Every possible start of a service on a day, each free or with what stands against it."""
    return [see_slot(day, service, start, asking, choice) for start in service_starts(day.settings, service, day.on)]


def see_slot(day: StoreDay, service: Service, start: int, asking: Asking, choice: str = "") -> Slot:
    """One start of a service, free or with what stands against it."""
    zone = ZoneInfo(day.zone)
    begins = minute_on(day.on, start, zone)
    until = begins + service.minutes + service.buffer_minutes
    lanes = open_lanes(day, service, start, choice)
    free = {kind: _free(day, found, begins, until) for kind, found in lanes.items()}
    hindrances = _against_member(day, begins, begins + service.minutes, asking)
    places = min((len(found) for found in free.values()), default=0)
    plan = None
    if not lanes or not all(lanes.values()):
        hindrances.append(Hindrance(Rule.CLOSED))
    elif places == 0:
        hindrances.append(Hindrance(Rule.TAKEN, found=0, needed=1, total=min(len(found) for found in lanes.values())))
    else:
        plan, held = _plan(day, free, begins, until, asking)
        hindrances += held
    if asking.is_staff:
        hindrances = [one for one in hindrances if one.rule not in LIFTED_BY_STAFF]
    return Slot(start, instant_of(begins), places, None if hindrances else plan, tuple(hindrances))


def _free(day: StoreDay, lanes: Sequence[Lane], begins: int, until: int) -> list[Lane]:
    """The lanes that are free from one minute to another: least busy resource first, so that work is shared out."""
    busy = {one.lane for one in day.taken if one.from_minute < until and begins < one.until_minute}
    resource_of = {one.lane: one.resource for one in day.lanes}
    load: dict[str, int] = {}
    for one in day.taken:
        name = resource_of.get(one.lane, "")
        load[name] = load.get(name, 0) + one.until_minute - one.from_minute
    position = {one.code: place for place, one in enumerate(day.settings.resources)}
    return sorted(
        (one for one in lanes if one.lane not in busy),
        key=lambda one: (load.get(one.resource, 0), position[one.resource], one.seat),
    )


def _against_member(day: StoreDay, begins: int, ends: int, asking: Asking) -> list[Hindrance]:
    """What stands against this member at this time, whatever is free."""
    settings, member, now = day.settings, asking.member, asking.now
    zone = ZoneInfo(day.zone)
    present = minute_of(now)
    found: list[Hindrance] = []
    if (ends if asking.is_staff else begins) <= present:
        found.append(Hindrance(Rule.PAST))
    elif begins - present < settings.lead_minutes:
        found.append(Hindrance(Rule.LEAD_TIME, found=max(0, begins - present), needed=settings.lead_minutes))
    ahead = (day.on - now.astimezone(zone).date()).days
    window = window_days(settings, member.level, asking.levels)
    if ahead > window:
        found.append(
            Hindrance(
                Rule.HORIZON,
                found=ahead,
                needed=window,
                tier=_tier_for(settings, ahead, asking.levels),
                until=instant_of(minute_on(day.on - timedelta(days=window), 0, zone)),
            )
        )
    if member.banned_until is not None and settings.no_show is not None:
        found.append(
            Hindrance(Rule.BANNED, found=member.missed, needed=settings.no_show.count, until=member.banned_until)
        )
    if member.open_bookings >= settings.max_open:
        found.append(Hindrance(Rule.MAX_OPEN, found=member.open_bookings, needed=settings.max_open))
    if any(start < ends and begins < end for start, end in member.busy):
        found.append(Hindrance(Rule.OWN_BOOKING))
    return found


def _tier_for(settings: BookingSettings, ahead: int, levels: Levels) -> str:
    """The lowest rank that may book this many days ahead; empty when none may."""
    able = [(levels[one.tier], one.tier) for one in settings.early if one.tier in levels and one.days >= ahead]
    return min(able)[1] if able else ""


def _plan(
    day: StoreDay, free: Mapping[ResourceKind, Sequence[Lane]], begins: int, until: int, asking: Asking
) -> tuple[Plan, list[Hindrance]]:
    """The lanes to take, passing by quotas where that can be, and which quotas stand against all of them."""
    zone = ZoneInfo(day.zone)
    today = asking.now.astimezone(zone).date()
    quotas = holding_quotas(day.settings, day.on, today, asking.member.level, asking.levels)
    counts = [_Count.of(day, one, asking.levels) for one in quotas]
    chosen: list[Lane] = []
    uses: list[QuotaUse] = []
    hindrances: list[Hindrance] = []
    for lanes in free.values():
        tried = [(lane, [count.use(lane, begins, until) for count in counts]) for lane in lanes]
        # A lane that takes nothing from any quota's day comes first; then one that still fits.
        fitting = [one for one in tried if all(use.own == 0 or _fits(use) for use in one[1])]
        lane, own = min(fitting or tried, key=lambda one: sum(use.own for use in one[1]))
        chosen.append(lane)
        uses += [use for use in own if use.own]
        if not fitting:
            hindrances += [
                _held(use, count.quota, day, zone)
                for use, count in zip(own, counts, strict=True)
                if use.own and not _fits(use)
            ]
    return Plan(tuple(chosen), begins, until, tuple(uses)), hindrances


def _fits(use: QuotaUse) -> bool:
    return use.used + use.own <= use.total - use.held


def _held(use: QuotaUse, quota: Quota, day: StoreDay, zone: ZoneInfo) -> Hindrance:
    return Hindrance(
        Rule.QUOTA,
        found=use.used + use.own,
        needed=use.total - use.held,
        tier=quota.tier,
        until=instant_of(minute_on(day.on - timedelta(days=quota.days_before), 0, zone)),
        quota=quota.code,
        held=use.held,
        total=use.total,
    )


class _Count(Struct, frozen=True):
    """A quota on a day: the slots it covers, and those that members below its rank have taken."""

    quota: Quota
    cells: frozenset[tuple[int, int]]
    used: frozenset[tuple[int, int]]
    slot_minutes: int

    @classmethod
    def of(cls, day: StoreDay, quota: Quota, levels: Levels) -> _Count:
        cells = quota_cells(day, quota)
        slot = day.settings.slot_minutes
        lower = [one for one in day.taken if is_below(one, levels[quota.tier])]
        used = [touched(cells, slot, one.lane, one.from_minute, one.until_minute) for one in lower]
        return cls(quota, cells, frozenset[tuple[int, int]]().union(*used), slot)

    def use(self, lane: Lane, begins: int, until: int) -> QuotaUse:
        own = touched(self.cells, self.slot_minutes, lane.lane, begins, until) - self.used
        total = len(self.cells)
        held = total if self.quota.slots is None else min(self.quota.slots, total)
        return QuotaUse(self.quota.code, total, held, len(self.used), len(own))


def count_quota(day: StoreDay, quota: Quota, levels: Levels) -> QuotaUse:
    """How a quota stands on a day, before anybody else books."""
    count = _Count.of(day, quota, levels)
    total = len(count.cells)
    held = total if quota.slots is None else min(quota.slots, total)
    return QuotaUse(quota.code, total, held, len(count.used), 0)


def is_below(taken: Taken, level: int) -> bool:
    """Whether what is taken is taken by a member below a level."""
    return taken.level is None or taken.level < level
