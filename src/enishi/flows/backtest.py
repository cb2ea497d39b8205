"""Trying a configuration on the past before it is published: what it would have cost, and who would hold which rank.

Today's rules, as they were in force over time, and the document's, as if they had always been, go through the same
history side by side; so their difference is that of the rules and of nothing else. What is not known of the past is
taken as it is today: who is in a segment, and which identifiers somebody holds.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from psycopg import Connection

from enishi import campaigns, customers, program, purchases, ranks
from enishi.configuration import Configuration
from enishi.flows.backtest_model import Backtest, NothingToTry
from enishi.flows.backtest_result import Compared, sum_up
from enishi.flows.context import PurchaseContext
from enishi.flows.past_pages import Page, PastReader
from enishi.flows.past_ranks import as_if_always_ranked, load_by_hand, load_rank_events
from enishi.flows.past_rules import PastRules, as_if_always, with_drafts
from enishi.flows.read_books import known_settings
from enishi.flows.replay_outcome import Journey, Outcome, arrive, go_through, set_out
from enishi.flows.replay_process import ReplayProcess, encode_page
from enishi.flows.return_pricing import settings_of
from enishi.ranks import LadderVersion

Progress = Callable[[int, int], None]
LONG_PAST = 20_000
"""Purchases from which on a second process is worth its start."""


def backtest(
    conn: Connection,
    context: PurchaseContext,
    wanted: Configuration,
    now: datetime,
    *,
    since: datetime | None = None,
    on_progress: Progress = lambda _done, _total: None,
    beside: bool | None = None,
) -> Backtest:
    """Try a document on everything that was bought so far; figures begin with ``since``. Changes nothing.

    ``beside`` has the document's rules go through history in a process of their own; None decides by how long it is.
    Refuses with ``NothingToTry`` and ``ReplayFailed``.
    """
    bounds = purchases.history_bounds(conn)
    versions = context.versions(conn)
    if bounds is None or (not versions and wanted.program is None):
        raise NothingToTry(
            "Nothing was bought yet, or there is no programme.",
            remedy="Record purchases and publish a programme first.",
        )
    first, last, count = bounds
    since = first if since is None else since
    rules = _Rules(conn, wanted, now, first, last)
    books = known_settings(conn)
    returners = frozenset(customers.survivors_of(conn, purchases.select_returners(conn)).values())
    sides = (rules.today,) if rules.tried is rules.today else (rules.today, rules.tried)
    journeys = [Journey(one, since, now, books, returners) for one in sides]
    reader = PastReader(conn, context, sides, now)
    if beside is None:
        beside = count >= LONG_PAST and len(os.sched_getaffinity(0)) > 1

    def told(pages: Iterator[Page]) -> Iterator[Page]:
        done = 0
        for page in pages:
            yield page
            done += page.receipts
            on_progress(min(done, count), count)

    outcomes = (_beside_each_other if beside and len(sides) > 1 else _in_turns)(journeys, told(reader.pages()))
    both = (rules.today, rules.tried)
    return sum_up(
        conn, Compared(outcomes[0], outcomes[-1], both, wanted, books, since, now, rules.moved, reader.returns)
    )


def _in_turns(journeys: Sequence[Journey], pages: Iterator[Page]) -> list[Outcome]:
    """Each page by each of the rules."""
    replays = [set_out(one) for one in journeys]
    for page in pages:
        for replay in replays:
            go_through(replay, page)
    return [arrive(one) for one in replays]


def _beside_each_other(journeys: Sequence[Journey], pages: Iterator[Page]) -> list[Outcome]:
    """The first rules here, and the others in a process of their own."""
    here, there = journeys
    replay = set_out(here)
    with ReplayProcess(there) as process:
        for page in pages:
            process.go_through(encode_page(page))
            go_through(replay, page)
        first = arrive(replay)
        return [first, process.arrive()]


class _Rules:
    """Today's rules and those that are tried; the same object where the document changes nothing."""

    def __init__(self, conn: Connection, wanted: Configuration, now: datetime, first: datetime, last: datetime) -> None:
        versions = program.load_versions(conn)
        schedule = campaigns.load_schedule(conn)
        in_force = program.version_at(versions, now)
        zone = settings_of(in_force).zone_info
        events = load_rank_events(conn, now, zone)
        self.today = PastRules(versions, schedule, events)
        self.moved: dict[str, int] = {}
        held = {one.code: one for one in campaigns.list_campaigns(conn, now)}
        drafts = {
            code: rules
            for code, rules in (wanted.campaigns or {}).items()
            if code not in held or held[code].current.rules != rules or not held[code].standing.approved
        }
        tried_schedule, tried_versions, tried_events = schedule, versions, events
        if drafts:
            ids = {code: one.campaign_id for code, one in held.items()}
            tried_schedule, self.moved = with_drafts(schedule, drafts, ids, last)
        if wanted.program is not None and (in_force is None or in_force.settings != wanted.program):
            tried_versions = as_if_always(wanted.program, now)
        ladder = ranks.current_ladder(conn, now)
        if wanted.ladder is not None and (ladder is None or ladder.ladder != wanted.ladder):
            draft = LadderVersion(
                version=0, effective_at=now, published_at=now, author="draft", reason="draft", ladder=wanted.ladder
            )
            tried_events = as_if_always_ranked(ranks.ready(draft), first, now, zone, load_by_hand(conn, now))
        self.tried = self.today
        if drafts or tried_versions is not versions or tried_events is not events:
            self.tried = PastRules(tried_versions, tried_schedule, tried_events)
