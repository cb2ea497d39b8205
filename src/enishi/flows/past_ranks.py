"""What happened to ranks besides purchases, in the order of time: ladders came into force, members were evaluated, and
ranks were given by hand.

Of today's ladders it is taken from what is recorded, so that it comes as it came. A ladder that is tried has always
been in force, and members are evaluated on the days of its own schedule.

Whoever imports a past decides it by the ladder of the import. So what lies before an import in time is placed where it
was in the order of what was recorded: a ladder that was in force when the receipts before it came in holds for these.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct
from psycopg import Connection

from enishi import audit, customers, purchases, ranks
from enishi.flows.pending_awards import beginning_of
from enishi.flows.rank_changes import OVERRIDDEN
from enishi.ranks import Cause, LadderInForce, Override, RankChange

BEGINNING = datetime.fromisoformat("1900-01-01T00:00:00+00:00")
_EVALUATIONS = 10_000
"""Some 800 years of monthly evaluations."""
_TARGETS = 1_000


class InForce(Struct, frozen=True):
    """From now on another ladder decides."""

    at: datetime
    ladder: LadderInForce


class Evaluated(Struct, frozen=True):
    """All members are evaluated as of a day, by a ladder."""

    at: datetime
    on: date
    ladder: LadderInForce


class ByHand(Struct, frozen=True):
    """A rank is given by hand, or with None such a gift ends."""

    at: datetime
    customer_id: UUID
    given: Override | None


RankEvent = InForce | Evaluated | ByHand
_ORDER = (InForce, Evaluated, ByHand)


def in_time(events: Sequence[RankEvent]) -> tuple[RankEvent, ...]:
    """In the order in which they happen; what falls together has an order of its own."""
    return tuple(sorted(events, key=lambda one: (one.at, _ORDER.index(type(one)))))


def load_rank_events(conn: Connection, now: datetime, zone: ZoneInfo) -> tuple[RankEvent, ...]:
    """What happened to ranks so far, as it is recorded."""
    ladders = [one for one in ranks.load_ladders(conn) if one.version.effective_at <= now]
    by_version = {one.version.version: one for one in ladders}
    events: list[RankEvent] = [InForce(_place(conn, one.version.effective_at), one) for one in ladders]
    for one in ranks.select_evaluations(conn, _EVALUATIONS):
        ladder = by_version.get(one.ladder_version)
        if ladder is not None and one.finished_at is not None and one.started_at <= now:
            midnight = beginning_of(one.evaluation_on, zone)
            _, recorded_after = purchases.recorded_around(conn, midnight)
            # What was bought on that day came in before it was run, or else a past was being imported.
            is_live = recorded_after is not None and recorded_after < one.started_at
            events.append(Evaluated(one.started_at if is_live else midnight, one.evaluation_on, ladder))
    return in_time([*events, *load_by_hand(conn, now)])


def _place(conn: Connection, at: datetime) -> datetime:
    """Where something that happened stands among the receipts: at its time, or before all that were imported after."""
    recorded_before, _ = purchases.recorded_around(conn, at)
    return BEGINNING if recorded_before is not None and recorded_before >= at else at


def load_by_hand(conn: Connection, now: datetime) -> list[ByHand]:
    """Ranks that were given by hand. Whether one was exact, and until when, stands in the audit record."""
    changes = [one for one in ranks.select_overrides(conn) if one.recorded_at <= now]
    targets = sorted({f"customer:{one.customer_id}" for one in changes})
    told: dict[tuple[str, datetime], audit.Event] = {}
    for start in range(0, len(targets), _TARGETS):
        own = targets[start : start + _TARGETS]
        told |= {(one.target, one.at): one for one in audit.list_events_on(conn, own, [OVERRIDDEN], _EVALUATIONS)}
    survivors = customers.survivors_of(conn, {one.customer_id for one in changes})
    return [
        ByHand(_place(conn, one.recorded_at), survivors[one.customer_id], _given(one, told.get(_key_of(one))))
        for one in changes
    ]


def _key_of(one: RankChange) -> tuple[str, datetime]:
    return f"customer:{one.customer_id}", one.recorded_at


def _given(one: RankChange, event: audit.Event | None) -> Override | None:
    if one.cause is not Cause.OVERRIDE:
        return None
    until = None if event is None else event.detail.get("until")
    return Override(
        one.to_tier,
        event is not None and event.detail.get("exact") is True,
        date.fromisoformat(until) if isinstance(until, str) else None,
    )


def as_if_always_ranked(
    ladder: LadderInForce, first: datetime, now: datetime, zone: ZoneInfo, by_hand: Sequence[ByHand]
) -> tuple[RankEvent, ...]:
    """What would have happened had a ladder been in force before the first purchase."""
    events: list[RankEvent] = [InForce(BEGINNING, ladder), *by_hand]
    schedule = ladder.ladder.policies.schedule
    on = ranks.next_evaluation(schedule, first.astimezone(zone).date())
    while on <= now.astimezone(zone).date():
        events.append(Evaluated(beginning_of(on, zone), on, ladder))
        on = ranks.next_evaluation(schedule, on)
    return in_time(events)
