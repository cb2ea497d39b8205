"""What two replays have come to, summed up: every figure of ``Backtest``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

import msgspec
from msgspec import Struct
from psycopg import Connection

from enishi import ledger, program, ranks
from enishi.accounting import SettingsVersion
from enishi.configuration import Configuration
from enishi.flows.backtest_model import Backtest, Ground
from enishi.flows.compare_replays import bars_of, moves_of, names_of, row_of, rows_of, tiers_of
from enishi.flows.past_ranks import InForce
from enishi.flows.past_rules import PastRules
from enishi.flows.read_books import settings_for
from enishi.flows.replay_books import draw_up, liability_of, valuation_of
from enishi.flows.replay_outcome import Outcome
from enishi.flows.replay_thresholds import rank_thresholds_between, thresholds_between
from enishi.flows.return_pricing import settings_of


class Compared(Struct, frozen=True):
    """What both rules came to, and what they were; the same twice where the document changes nothing.

    ``books`` are the settings of the books, ``returns`` how many returns there were.
    """

    today: Outcome
    tried: Outcome
    rules: tuple[PastRules, PastRules]
    wanted: Configuration
    books: Sequence[SettingsVersion]
    since: datetime
    now: datetime
    moved: dict[str, int]
    returns: int


def sum_up(conn: Connection, one: Compared) -> Backtest:
    """Give the figures side by side."""
    today, tried = one.today, one.tried
    zone = settings_of(one.rules[0].versions[-1] if one.rules[0].versions else None).zone_info
    until_on = program.day_in_zone(one.now, zone)
    settings = settings_for(one.books, until_on.replace(day=1))
    price = settings.settings.stand_alone_yen_per_point
    # How points are used is learnt from today's rules, for nobody has used the others' yet.
    month = until_on.replace(day=1)
    statement, would_be = (draw_up(side.points, side.sales, today.points, month, settings) for side in (today, tried))
    return Backtest(
        since_on=program.day_in_zone(one.since, zone),
        until_on=until_on,
        purchases=today.total.receipts,
        members=len(today.held),
        total=row_of("", today.total, tried.total, price),
        months=rows_of(today.months, tried.months, price),
        stores=rows_of(today.stores, tried.stores, price),
        ranks=rows_of(today.ranks, tried.ranks, price),
        campaigns=rows_of(today.campaigns, tried.campaigns, price),
        moves=moves_of(today.held, tried.held),
        outstanding_today=today.outstanding,
        outstanding_tried=tried.outstanding,
        moved_days={code: days for code, days in one.moved.items() if days},
        now=one.now,
        document=sha256(msgspec.json.encode(one.wanted, order="sorted")).hexdigest(),
        tiers_today=tiers_of(one.rules[0].ladder, today.held),
        tiers_tried=tiers_of(one.rules[1].ladder, tried.held),
        names=names_of([rules.schedule for rules in one.rules]),
        points_by_member=bars_of(today.given, tried.given),
        liability_today=liability_of(statement),
        liability_tried=liability_of(would_be),
        valuation=valuation_of(statement, settings),
        thresholds=(
            *thresholds_between(today.thresholds, tried.thresholds, price),
            *rank_thresholds_between(today.rank_thresholds, tried.rank_thresholds, price),
        ),
        ground=_ground(conn, one),
    )


def _ground(conn: Connection, one: Compared) -> Ground:
    today, tried = one.rules
    entries, points = ledger.sum_by_hand(conn)
    rewards, reward_points = ranks.sum_given_points(conn)
    return Ground(
        program_today=tuple(version.version for version in today.versions if version.effective_at <= one.now),
        ladders_today=tuple(event.ladder.version.version for event in today.rank_events if isinstance(event, InForce)),
        program_tried=tried.versions is not today.versions,
        ladder_tried=tried.rank_events is not today.rank_events,
        campaigns_tried=tuple(one.moved),
        evaluations_today=one.today.evaluations,
        evaluations_tried=one.tried.evaluations,
        overrides=one.today.overrides,
        returns=one.returns,
        refused_today=one.today.refused,
        refused_tried=one.tried.refused,
        other_entries=entries - rewards,
        other_points=points - reward_points,
    )
