"""Trying a configuration on the past before it is published: what it would have cost, and who would hold which rank.

Today's rules and the document's go through the same history side by side, both as if they had always been in force; so
their difference is that of the rules and of nothing else. What is not known of the past is taken as it is today: who is
in a segment, and which identifiers somebody holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from hashlib import sha256
from uuid import UUID

import msgspec
from psycopg import Connection

from enishi import campaigns, customers, program, purchases, ranks
from enishi.configuration import Configuration
from enishi.flows.backtest_model import Backtest, NothingToTry
from enishi.flows.compare_replays import moves_of, names_of, row_of, rows_of, tiers_of
from enishi.flows.context import PurchaseContext
from enishi.flows.past_rules import PastRules, as_if_always, segments_of, with_drafts
from enishi.flows.read_books import known_settings, settings_for
from enishi.flows.replay_past import Person, Replay
from enishi.flows.return_pricing import settings_of
from enishi.purchases import NOTHING_RETURNED, StoredPurchase
from enishi.ranks import LadderInForce, LadderVersion

Progress = Callable[[int, int], None]


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
    today, tried, moved = _rules(conn, wanted, now, last)
    pair = (Replay(today, since, now), Replay(tried, since, now))
    people = _People(conn, context, [today, tried])
    done = 0
    for page in purchases.read_history(conn, now):
        _replay_page(conn, page, pair, people)
        done += len(page)
        on_progress(min(done, count), count)
    return _report(conn, pair, (today, tried), people, wanted, since=since, now=now, moved=moved)


def _rules(
    conn: Connection, wanted: Configuration, now: datetime, last: datetime
) -> tuple[PastRules, PastRules, dict[str, int]]:
    versions = program.load_versions(conn)
    schedule = campaigns.load_schedule(conn)
    ladder = ranks.current_ladder(conn, now)
    today = PastRules(versions, schedule, ladder)
    held = {one.code: one for one in campaigns.list_campaigns(conn, now)}
    drafts = {
        code: rules
        for code, rules in (wanted.campaigns or {}).items()
        if code not in held or held[code].current.rules != rules or not held[code].standing.approved
    }
    tried_schedule, moved = with_drafts(schedule, drafts, {code: one.campaign_id for code, one in held.items()}, last)
    in_force = program.version_at(versions, now)
    same = wanted.program is None or (in_force is not None and in_force.settings == wanted.program)
    tried_versions = versions if same or wanted.program is None else as_if_always(wanted.program, now)
    tried_ladder = ladder
    if wanted.ladder is not None and (ladder is None or ladder.ladder != wanted.ladder):
        tried_ladder = _draft_ladder(wanted, now)
    return today, PastRules(tried_versions, tried_schedule, tried_ladder), moved


def _draft_ladder(wanted: Configuration, now: datetime) -> LadderInForce | None:
    if wanted.ladder is None:
        return None
    version = LadderVersion(
        version=1, effective_at=now, published_at=now, author="draft", reason="draft", ladder=wanted.ladder
    )
    return ranks.ready(version)


class _People:
    """What rules may ask about customers, looked up once for each as they appear."""

    def __init__(self, conn: Connection, context: PurchaseContext, rules: Sequence[PastRules]) -> None:
        self._conn = conn
        self._context = context
        self._zone = settings_of(rules[0].versions[-1] if rules[0].versions else None).zone_info
        self._segments = segments_of(one.schedule for one in rules)
        live = [version.rules for one in rules for version in one.schedule.versions.values()]
        self._asks_birthdays = any(one.conditions.birthday_month for one in live)
        self._asks_weather = any(one.conditions.weather for one in live)
        self.known: dict[UUID, Person] = {}

    def meet(self, customer_ids: Iterable[UUID], replays: Sequence[Replay]) -> None:
        """Make customers known who were not."""
        new = sorted(set(customer_ids) - self.known.keys())
        if not new:
            return
        segments = campaigns.load_segments(self._conn, new, self._segments) if self._segments else {}
        births: dict[UUID, date | None] = {}
        if self._asks_birthdays:
            records = customers.load_customers(self._conn, self._context.keyring, new)
            births = {one: record.profile.birth_date for one, record in records.items()}
        for customer_id, joined_at, kinds in customers.ask_people(self._conn, new)():
            person = Person(joined_at, joined_at.astimezone(self._zone).date(), frozenset(kinds))
            self.known[customer_id] = person
            birth = births.get(customer_id)
            for replay in replays:
                replay.meet(
                    customer_id,
                    person,
                    segments.get(customer_id, frozenset()),
                    None if birth is None else birth.month,
                )

    def note_weather(self, days: Iterable[date], replays: Sequence[Replay]) -> None:
        """Tell the weather of days."""
        if not self._asks_weather:
            return
        weather = campaigns.load_weather(self._conn, sorted(set(days)))
        for replay in replays:
            if replay.world.campaigns is not None:
                replay.world.campaigns.weather = weather


def _replay_page(conn: Connection, page: list[StoredPurchase], pair: Sequence[Replay], people: _People) -> None:
    seen = {one.customer_id for one in page if one.customer_id}
    fresh = seen - people.known.keys()
    people.meet(seen, pair)
    people.note_weather((pair[0].zone_day(one.occurred_at) for one in page), pair)
    returned = purchases.load_returned(conn, [one.purchase_id for one in page])
    for stored in page:
        if stored.customer_id is None:
            continue
        purchase = purchases.as_sent(stored)
        so_far = returned.get(stored.purchase_id, NOTHING_RETURNED)
        if so_far is not NOTHING_RETURNED:
            left = purchases.remaining(stored, so_far.quantities)
            if left is None:
                continue
            used = max(0, stored.points_to_use - so_far.points_restored)
            purchase = msgspec.structs.replace(left, points_to_use=used)
        is_new = stored.customer_id in fresh and people.known[stored.customer_id].joined_at == stored.occurred_at
        fresh.discard(stored.customer_id)
        for replay in pair:
            replay.decide(stored, purchase, is_new=is_new)


def _report(
    conn: Connection,
    pair: tuple[Replay, Replay],
    rules: tuple[PastRules, PastRules],
    people: _People,
    wanted: Configuration,
    *,
    since: datetime,
    now: datetime,
    moved: dict[str, int],
) -> Backtest:
    today, tried = pair
    until_on = today.zone_day(now)
    for replay in pair:
        replay.finish(until_on)
    books = settings_for(known_settings(conn), until_on.replace(day=1))
    price = books.settings.stand_alone_yen_per_point
    held, would_hold = ({one: replay.tier_of(one) for one in people.known} for replay in pair)
    return Backtest(
        since_on=today.zone_day(since),
        until_on=until_on,
        purchases=today.total.receipts,
        members=len(people.known),
        total=row_of("", today.total, tried.total, price),
        months=rows_of(
            {f"{on:%Y-%m}": one for on, one in today.months.items()},
            {f"{on:%Y-%m}": one for on, one in tried.months.items()},
            price,
        ),
        stores=rows_of(today.stores, tried.stores, price),
        ranks=rows_of(today.tiers, tried.tiers, price),
        campaigns=rows_of(today.campaigns, tried.campaigns, price),
        moves=moves_of(held, would_hold),
        outstanding_today=today.outstanding(until_on),
        outstanding_tried=tried.outstanding(until_on),
        moved_days={code: days for code, days in moved.items() if days},
        now=now,
        document=sha256(msgspec.json.encode(wanted, order="sorted")).hexdigest(),
        tiers_today=tiers_of(rules[0].ladder, held),
        tiers_tried=tiers_of(rules[1].ladder, would_hold),
        names=names_of([one.schedule for one in rules]),
    )
