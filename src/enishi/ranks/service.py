"""Publishing ladders, and reading what ranks are held and were held."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec
from psycopg import Connection

from enishi import audit
from enishi.kit.calendar import require_in_calendar
from enishi.ranks import ladder_queries, queries, standing_queries
from enishi.ranks.calendar import first_of, month_number
from enishi.ranks.design import Proposal, propose_cuts
from enishi.ranks.ladder import (
    BenefitReward,
    CouponReward,
    HeldRank,
    Ladder,
    LadderVersion,
    Measure,
    MessageReward,
    PointsReward,
    Reward,
    Tier,
)
from enishi.ranks.model import GivenReward, InvalidLadder, LadderInPast, Progress, RankChange, Standing, UnknownTier
from enishi.ranks.moves import level_in
from enishi.ranks.rules import LadderInForce, ladder_at, ready
from enishi.ranks.validation import validate


def advance_progress(conn: Connection, facts: Iterable[Progress]) -> None:
    """Count purchases towards the months in which they occurred, each named by its first day.

    Several facts of one month are added up first.
    """
    sums: dict[tuple[UUID, date], tuple[int, int, int, int, int]] = {}
    for one in facts:
        slot = (one.customer_id, one.month)
        amount_yen, purchases, points, net_yen, days = sums.get(slot, (0, 0, 0, 0, 0))
        sums[slot] = (
            amount_yen + one.amount_yen,
            purchases + one.purchases,
            points + one.points_earned,
            net_yen + one.net_yen,
            days | one.days,
        )
    if sums:
        queries.upsert_progress(conn, [Progress(*slot, *total) for slot, total in sums.items()])


def clear_days(conn: Connection, days: Iterable[tuple[UUID, date]]) -> None:
    """Say that nothing is left of what customers bought on these days."""
    masks: dict[tuple[UUID, date], int] = {}
    for customer_id, day in days:
        slot = (customer_id, day.replace(day=1))
        masks[slot] = masks.get(slot, 0) | 1 << day.day - 1
    if masks:
        queries.clear_days(conn, [Progress(*slot, 0, 0, 0, 0, mask) for slot, mask in masks.items()])


def publish_ladder(  # noqa: PLR0917 - one argument per column of the version, in the order of the table
    conn: Connection, ladder: Ladder, effective_at: datetime, author: str, reason: str, now: datetime
) -> LadderVersion:
    """Publish a ladder as the next version, in the caller's transaction, and record it in the audit.

    ``author`` is named as in the audit (``operator:<id>`` or ``system``). Members keep the ranks they hold; the new
    ladder decides from ``effective_at`` on. Refuses with ``InvalidLadder``, whose ``problems`` list everything found,
    and ``LadderInPast`` for any but the first.
    """
    _check(ladder, effective_at, author, reason)
    ladder_queries.lock_publishing(conn)
    # The lock is taken in a statement of its own: the next one's snapshot then sees what its last holder committed.
    number = (ladder_queries.ask_latest(conn)() or 0) + 1
    if number > 1 and effective_at < now:
        raise LadderInPast(
            f"Ladder {number} can not take effect at {effective_at.isoformat()}, which is before {now.isoformat()}.",
            field="effective_at",
            remedy="Choose the present or a later instant.",
        )
    version = LadderVersion(
        version=number, effective_at=effective_at, published_at=now, author=author, reason=reason, ladder=ladder
    )
    ladder_queries.insert_ladder(conn, version)
    audit.record_event(
        conn,
        actor=author,
        action="ranks.publish",
        target=f"ladder:{number}",
        detail={"effective_at": effective_at.isoformat(), "reason": reason},
        at=now,
    )
    return version


def _check(ladder: Ladder, effective_at: datetime, author: str, reason: str) -> None:
    problems = validate(ladder)
    if problems:
        first = problems[0]
        raise InvalidLadder(
            first.detail, field=first.field, remedy=first.remedy, problems=msgspec.to_builtins(problems)
        )
    if effective_at.utcoffset() is None:
        raise InvalidLadder(
            "The effective time has no offset from UTC.",
            field="effective_at",
            remedy="Write it with its offset, such as 2026-04-01T00:00:00+09:00.",
        )
    require_in_calendar(effective_at, "effective_at")
    for field, text in (("author", author), ("reason", reason)):
        if not text.strip():
            raise InvalidLadder(f"The {field} is empty.", field=field, remedy="Say who publishes this, and why.")


def ask_latest_ladder(conn: Connection) -> Callable[[], int]:
    """Ask for the number of the ladder published last, 0 when there is none; tells a stale copy by.

    In a pipeline the answer is waited for when it is called for.
    """
    answer = ladder_queries.ask_latest(conn)
    return lambda: answer() or 0


def load_ladders(conn: Connection) -> tuple[LadderInForce, ...]:
    """Every published ladder, made ready, in the order that ``ladder_at`` expects."""
    return tuple(ready(one) for one in ladder_queries.select_ladders(conn))


def latest_ladder(conn: Connection) -> Ladder | None:
    """The ladder published last, in force or not yet; None before the first."""
    versions = ladder_queries.select_ladders(conn)
    return max(versions, key=lambda one: one.version).ladder if versions else None


def current_ladder(conn: Connection, now: datetime) -> LadderInForce | None:
    """The ladder in force; None when there is none, and so no ranks."""
    return ladder_at(load_ladders(conn), now)


def current_tiers(conn: Connection, now: datetime) -> tuple[Tier, ...]:
    """The tiers of the ladder in force, ascending; none without a ladder."""
    found = current_ladder(conn, now)
    return () if found is None else found.tiers


def find_tier(ladder: LadderInForce, code: str) -> Tier:
    """A tier by its code. Raises ``UnknownTier``."""
    level = ladder.ladder.levels.get(code)
    if level is None:
        raise UnknownTier(
            f"The ladder has no tier {code!r}.",
            field="tier",
            remedy="Use one of: " + ", ".join(ladder.ladder.levels) + ".",
        )
    return ladder.tiers[level]


def ask_standings(conn: Connection, customer_ids: Iterable[UUID]) -> Callable[[], dict[UUID, Standing]]:
    """Ask for the ranks that customers hold, as they are kept; who has no row is absent and holds the lowest."""
    answer = standing_queries.ask_standing(conn, list(customer_ids))
    return lambda: {one.customer_id: one for one in map(standing_queries.make_standing, answer())}


def held_rank(ladder: LadderInForce, customer_id: UUID, standing: Standing | None) -> HeldRank:
    """A rank that is held, in the words of the ladder."""
    tier = ladder.tiers[level_in(ladder, standing)]
    return HeldRank(
        customer_id,
        tier.code,
        tier.level,
        tier.name_ja,
        tier.name_en,
        tier.colour,
        None if standing is None else standing.since,
        None if standing is None else standing.keep_until,
    )


def load_held(conn: Connection, customer_ids: Sequence[UUID], now: datetime) -> dict[UUID, HeldRank]:
    """The rank of each customer asked for, by the ladder in force; nothing without a ladder.

    A customer who never had another holds the lowest.
    """
    ladder = current_ladder(conn, now)
    if ladder is None or not customer_ids:
        return {}
    standings = ask_standings(conn, customer_ids)()
    return {one: held_rank(ladder, one, standings.get(one)) for one in customer_ids}


def newest_changes(conn: Connection, customer_ids: Sequence[UUID]) -> dict[UUID, RankChange]:
    """The newest change of each customer; who never had another rank than the lowest is absent."""
    found = standing_queries.select_newest_changes(conn, customer_ids) if customer_ids else []
    return {one.customer_id: one for one in found}


def ranks_at(
    conn: Connection, customer_ids: Sequence[UUID], instants: Sequence[datetime]
) -> list[tuple[str | None, int]]:
    """Tier and level that each customer held at its own instant, in order; None is the lowest, before any change."""
    if not customer_ids:
        return []
    return [(tier, level or 0) for tier, level in standing_queries.select_tiers_at(conn, customer_ids, instants)]


def rank_at(conn: Connection, customer_ids: Sequence[UUID], instant: datetime) -> dict[UUID, tuple[str | None, int]]:
    """Tier and level that each customer held at an instant; None is the lowest, before any change."""
    return dict(zip(customer_ids, ranks_at(conn, customer_ids, [instant] * len(customer_ids)), strict=True))


def write_moves(
    conn: Connection, standings: Sequence[Standing], changes: Sequence[RankChange], rewards: Sequence[GivenReward]
) -> None:
    """Write ranks held, their changes, and what these give, in the transaction of what caused them.

    The members' accounts are locked, so the changes of each follow each other.
    """
    if standings:
        standing_queries.upsert_standings(conn, standings)
    if changes:
        standing_queries.insert_changes(conn, changes)
    if rewards:
        standing_queries.insert_rewards(conn, rewards)


def given(change: RankChange, tier: str, reward: Reward, entry_seq: int | None) -> GivenReward:
    """What a change of rank gave, as it is kept; points are the entry ``entry_seq`` of the journal."""
    match reward:
        case PointsReward():
            kind, name, points = "points", "", reward.points
        case CouponReward():
            kind, name, points = "coupon", reward.coupon, None
        case MessageReward():
            kind, name, points = "message", reward.template, None
        case BenefitReward():
            kind, name, points = "benefit", reward.benefit, None
    return GivenReward(
        customer_id=change.customer_id,
        seq=change.seq,
        tier=tier,
        code=reward.code,
        kind=kind,
        name=name,
        points=points,
        entry_seq=entry_seq,
        given_at=change.recorded_at,
    )


def propose_ladder(
    conn: Connection, measure: Measure, last_month: date, months: int, shares: Sequence[int]
) -> Proposal:
    """Propose cuts for wanted shares of members, by what they bought in the ``months`` up to ``last_month`` with it.

    Refuses with ``InvalidRequest`` shares that do not ascend.
    """
    first = first_of(month_number(last_month) - months + 1)
    return propose_cuts(load_sums(conn, measure, first, last_month), shares)


def load_sums(conn: Connection, measure: Measure, first: date, last: date) -> list[tuple[int, int]]:
    """Of everybody who ever bought: a measure and what was spent in yen, in the months from ``first`` through ``last``.

    Months are named by their first day.
    """
    place = list(Measure).index(measure)
    return [(row[place], row[0]) for row in queries.stream_sums(conn, first, last)]
