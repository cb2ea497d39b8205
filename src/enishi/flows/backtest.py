"""Trying a configuration on the past before it is published: what it would have cost, and who would hold which rank.

Today's rules, as they were in force over time, and the document's, as if they had always been, go through the same
history side by side; so their difference is that of the rules and of nothing else. What is not known of the past is
taken as it is today: who is in a segment, and which identifiers somebody holds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from psycopg import Connection

from enishi import campaigns, program, purchases, ranks
from enishi.configuration import Configuration
from enishi.flows.backtest_model import Backtest, NothingToTry
from enishi.flows.backtest_result import Compared, sum_up
from enishi.flows.context import PurchaseContext
from enishi.flows.past_people import People
from enishi.flows.past_ranks import as_if_always_ranked, load_by_hand, load_rank_events
from enishi.flows.past_rules import PastRules, as_if_always, with_drafts
from enishi.flows.read_books import known_settings
from enishi.flows.replay_books import ReplayedBooks
from enishi.flows.replay_past import Bought, Replay, prepare
from enishi.flows.replay_returns import take_goods_back
from enishi.flows.return_pricing import settings_of
from enishi.program import OnEvent
from enishi.purchases import ReturnInTime, StoredPurchase
from enishi.ranks import LadderVersion

Progress = Callable[[int, int], None]
_NOTHING_HAPPENED: Mapping[str, datetime] = {}


def backtest(
    conn: Connection,
    context: PurchaseContext,
    wanted: Configuration,
    now: datetime,
    *,
    since: datetime | None = None,
    on_progress: Progress = lambda _done, _total: None,
) -> Backtest:
    """Try a document on everything that was bought so far; figures begin with ``since``. Changes nothing.

    Refuses with ``NothingToTry``.
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
    settings = known_settings(conn)
    returners = frozenset(purchases.select_returners(conn))
    today = Replay(rules.today, since, now, ReplayedBooks(settings, returners), returners)
    tried = today
    if rules.tried is not rules.today:
        tried = Replay(rules.tried, since, now, ReplayedBooks(settings, returners), returners)
    replays = [today] if tried is today else [today, tried]
    people = People(conn, context, [one.rules for one in replays])
    done = 0
    returns = _Returns(conn, now)
    for page in purchases.read_history(conn, now):
        _replay_page(conn, page, replays, people, returns)
        done += len(page)
        on_progress(min(done, count), count)
    returns.settle(replays, None)
    return sum_up(
        conn,
        Compared(today, tried, wanted, settings, since, now, rules.moved, returns.seen, tuple(sorted(people.known))),
    )


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


class _Returns:
    """Returns, each handed on when its time has come."""

    def __init__(self, conn: Connection, now: datetime) -> None:
        self._ahead = purchases.read_returns(conn, now)
        self._next: ReturnInTime | None = next(self._ahead, None)
        self.seen = 0

    def settle(self, replays: Sequence[Replay], until: datetime | None) -> None:
        """Settle what came back before an instant; None settles all."""
        while self._next is not None and (until is None or self._next.request.occurred_at < until):
            for replay in replays:
                take_goods_back(replay, self._next)
            self.seen += 1
            self._next = next(self._ahead, None)


def _replay_page(
    conn: Connection, page: list[StoredPurchase], replays: Sequence[Replay], people: People, returns: _Returns
) -> None:
    seen = {one.customer_id for one in page if one.customer_id}
    fresh = seen - people.known.keys()
    people.meet(seen, replays)
    people.note_weather((replays[0].zone_day(one.occurred_at) for one in page), replays)
    purchase_ids = [one.purchase_id for one in page]
    returned = purchases.load_returned(conn, purchase_ids)
    events: dict[UUID, dict[str, datetime]] = {}
    if any(_waits_for_events(replay.rules) for replay in replays):
        events = purchases.load_events(conn, purchase_ids)
    for stored in page:
        if stored.customer_id is None:
            continue
        returns.settle(replays, stored.occurred_at)
        one = Bought(
            stored,
            prepare(stored, purchases.as_sent(stored)),
            stored.customer_id in fresh and people.known[stored.customer_id].joined_at == stored.occurred_at,
            stored.purchase_id in returned,
            events.get(stored.purchase_id, _NOTHING_HAPPENED),
        )
        fresh.discard(stored.customer_id)
        for replay in replays:
            replay.decide(one)
    for replay in replays:
        replay.books.follow()


def _waits_for_events(rules: PastRules) -> bool:
    """Whether points of any channel wait for something to happen to their order."""
    return any(
        isinstance(rule, OnEvent) for version in rules.versions for rule in (version.settings.pending or {}).values()
    )
