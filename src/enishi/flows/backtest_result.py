"""What two replays have come to, summed up: every figure of ``Backtest``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from uuid import UUID

import msgspec
from msgspec import Struct
from psycopg import Connection

from enishi import ledger, ranks
from enishi.accounting import SettingsVersion
from enishi.configuration import Configuration
from enishi.flows.backtest_model import Backtest, Ground, Liability, Valuation
from enishi.flows.compare_replays import bars_of, moves_of, names_of, row_of, rows_of, tiers_of
from enishi.flows.past_ranks import InForce
from enishi.flows.past_rules import PastRules
from enishi.flows.read_books import settings_for
from enishi.flows.replay_books import liability_of, valuation_of
from enishi.flows.replay_past import Replay
from enishi.flows.replay_thresholds import rank_thresholds, rank_thresholds_between, thresholds_between


class Compared(Struct, frozen=True):
    """Both replays, gone through all history, and what they were made of; ``tried`` is ``today`` where nothing differs.

    ``books`` are the settings of the books, ``returns`` how many returns there were, ``members`` in order.
    """

    today: Replay
    tried: Replay
    wanted: Configuration
    books: Sequence[SettingsVersion]
    since: datetime
    now: datetime
    moved: dict[str, int]
    returns: int
    members: Sequence[UUID]


def sum_up(conn: Connection, one: Compared) -> Backtest:
    """Let everything happen that is due by now, and give the figures side by side."""
    today, tried = one.today, one.tried
    for replay in (today, tried):
        replay.advance(one.now)
    until_on = today.zone_day(one.now)
    settings = settings_for(one.books, until_on.replace(day=1))
    price = settings.settings.stand_alone_yen_per_point
    held, would_hold = ({who: replay.ranks.held(who) for who in one.members} for replay in (today, tried))
    liability_today, liability_tried, valuation = _liabilities(one, settings)
    reached, would_reach = (
        rank_thresholds(replay.ranks.desk, replay.ranks.rewards, until_on) for replay in (today, tried)
    )
    return Backtest(
        since_on=today.zone_day(one.since),
        until_on=until_on,
        purchases=today.total.receipts,
        members=len(one.members),
        total=row_of("", today.total, tried.total, price),
        months=rows_of(
            {f"{on:%Y-%m}": sums for on, sums in today.months.items()},
            {f"{on:%Y-%m}": sums for on, sums in tried.months.items()},
            price,
        ),
        stores=rows_of(today.stores, tried.stores, price),
        ranks=rows_of(today.tiers, tried.tiers, price),
        campaigns=rows_of(today.campaigns, tried.campaigns, price),
        moves=moves_of(held, would_hold),
        outstanding_today=today.outstanding(until_on),
        outstanding_tried=tried.outstanding(until_on),
        moved_days={code: days for code, days in one.moved.items() if days},
        now=one.now,
        document=sha256(msgspec.json.encode(one.wanted, order="sorted")).hexdigest(),
        tiers_today=tiers_of(today.rules.ladder, held),
        tiers_tried=tiers_of(tried.rules.ladder, would_hold),
        names=names_of([today.rules.schedule, tried.rules.schedule]),
        points_by_member=bars_of(
            *({who: replay.given.get(who, 0) for who in one.members} for replay in (today, tried))
        ),
        liability_today=liability_today,
        liability_tried=liability_tried,
        valuation=valuation,
        thresholds=(
            *thresholds_between(today.thresholds, tried.thresholds, price),
            *rank_thresholds_between(reached, would_reach, price),
        ),
        ground=_ground(conn, one),
    )


def _liabilities(one: Compared, settings: SettingsVersion) -> tuple[Liability, Liability, Valuation]:
    """What is owed by both rules; how points are used is learnt from today's, for nobody has used others yet."""
    today, tried = one.today, one.tried
    until_on = today.zone_day(one.now)
    month = until_on.replace(day=1)
    for replay in [today] if tried is today else [today, tried]:
        replay.books.expire(replay.world.accounts.values(), until_on)
        replay.books.follow()
    statement = today.books.draw_up(month, settings, today.books)
    would_be = statement if tried is today else tried.books.draw_up(month, settings, today.books)
    return liability_of(statement), liability_of(would_be), valuation_of(statement, settings)


def _ground(conn: Connection, one: Compared) -> Ground:
    today, tried = one.today, one.tried
    entries, points = ledger.sum_by_hand(conn)
    rewards, reward_points = ranks.sum_given_points(conn)
    return Ground(
        program_today=_versions_within(today.rules, one.now),
        ladders_today=tuple(
            event.ladder.version.version for event in today.rules.rank_events if isinstance(event, InForce)
        ),
        program_tried=tried.rules.versions is not today.rules.versions,
        ladder_tried=tried.rules.rank_events is not today.rules.rank_events,
        campaigns_tried=tuple(one.moved),
        evaluations_today=today.ranks.evaluations,
        evaluations_tried=tried.ranks.evaluations,
        overrides=today.ranks.overrides,
        returns=one.returns,
        refused_today=today.refused,
        refused_tried=tried.refused,
        other_entries=entries - rewards,
        other_points=points - reward_points,
    )


def _versions_within(rules: PastRules, now: datetime) -> tuple[int, ...]:
    return tuple(version.version for version in rules.versions if version.effective_at <= now)
