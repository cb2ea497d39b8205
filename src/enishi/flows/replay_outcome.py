"""One set of rules gone through all history, and what it came to: all that is compared, nothing of the way there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct

from enishi.accounting import MovementKey, SettingsVersion
from enishi.flows.backtest_model import Sums
from enishi.flows.past_pages import Page, Receipt
from enishi.flows.past_rules import PastRules
from enishi.flows.replay_books import ReplayedBooks
from enishi.flows.replay_past import Replay
from enishi.flows.replay_returns import take_goods_back
from enishi.flows.replay_thresholds import RankKey, RankReached, Reached, rank_thresholds


class Outcome(Struct, frozen=True, kw_only=True):
    """What a replay came to. ``held`` and ``given`` are by member, ``points`` and ``sales`` what the books followed."""

    total: Sums
    months: dict[str, Sums]
    stores: dict[str, Sums]
    ranks: dict[str, Sums]
    campaigns: dict[str, Sums]
    held: dict[UUID, tuple[str, int]]
    given: dict[UUID, int]
    outstanding: int
    thresholds: dict[tuple[str, int], Reached]
    rank_thresholds: dict[RankKey, RankReached]
    points: dict[tuple[date, MovementKey], int]
    sales: dict[date, int]
    evaluations: int
    overrides: int
    refused: int


class Journey(Struct, frozen=True):
    """What a replay begins with: rules, since when figures count, and how the books value points."""

    rules: PastRules
    since: datetime
    now: datetime
    books: Sequence[SettingsVersion]
    returners: frozenset[UUID]


def set_out(journey: Journey) -> Replay:
    """Begin a replay."""
    books = ReplayedBooks(journey.books, journey.returners)
    return Replay(journey.rules, journey.since, journey.now, books, journey.returners)


def go_through(replay: Replay, page: Page) -> None:
    """Let a page of history happen."""
    for person in page.people:
        replay.meet(person)
    if page.weather and replay.world.campaigns is not None:
        replay.world.campaigns.weather = page.weather
    for one in page.happened:
        if isinstance(one, Receipt):
            replay.decide(one)
        else:
            take_goods_back(replay, one.back)
    replay.books.follow()


def arrive(replay: Replay) -> Outcome:
    """Let everything happen that is due by the end, and tell what it came to."""
    replay.advance(replay.now)
    until_on = replay.zone_day(replay.now)
    members = sorted(replay.world.accounts)
    outstanding = replay.outstanding(until_on)
    replay.books.expire(replay.world.accounts.values(), until_on)
    replay.books.follow()
    return Outcome(
        total=replay.total,
        months={f"{on:%Y-%m}": sums for on, sums in replay.months.items()},
        stores=replay.stores,
        ranks=replay.tiers,
        campaigns=replay.campaigns,
        held={who: replay.ranks.held(who) for who in members},
        given={who: replay.given.get(who, 0) for who in members},
        outstanding=outstanding,
        thresholds=replay.thresholds.found,
        rank_thresholds=rank_thresholds(replay.ranks.desk, replay.ranks.rewards, until_on),
        points=replay.books.points,
        sales=replay.books.sales,
        evaluations=replay.ranks.evaluations,
        overrides=replay.ranks.overrides,
        refused=replay.refused,
    )
