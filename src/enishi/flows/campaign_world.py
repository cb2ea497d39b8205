"""What pricing campaigns asks of the world around a batch, read once for all of it and only as far as campaigns ask.

Where no campaign is live for any of its purchases, a batch has none of this: one cheap statement has told so.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct
from psycopg import Connection

from enishi import campaigns, customers, program, purchases
from enishi.campaigns import (
    BudgetDesk,
    BudgetKey,
    CampaignVersion,
    Claim,
    CustomerFacts,
    Schedule,
    Usage,
    budget_keys,
)
from enishi.flows.context import PurchaseContext

_WHOLE_DAY = -1
ALL_OF_IT = 99
"""The attempt that holds budgets whole."""


class Buying(Struct, gc=False, frozen=True):
    """A purchase to be priced: whose it is, where and when; ``is_new`` for a customer whom it makes."""

    customer_id: UUID
    store: str
    occurred_at: datetime
    on: date
    is_new: bool = False


class _History(Struct, gc=False):
    """How often, and on which days, a member has bought so far."""

    count: int
    days: set[date]
    latest: date | None = None

    def before(self, on: date) -> date | None:
        """The last day before another on which they bought."""
        if self.latest is None:
            self.latest = max(self.days, default=None)
        if self.latest is None or self.latest < on:
            return self.latest
        return max((day for day in self.days if day < on), default=None)

    def note(self, on: date) -> None:
        """Count a purchase."""
        self.count += 1
        self.days.add(on)
        if self.latest is not None and self.latest < on:
            self.latest = on


class CampaignWorld(Struct, gc=False):
    """The state that campaigns are priced in; pricing changes it in memory, and ``claims`` are what it gave."""

    schedule: Schedule
    desk: BudgetDesk
    why_not: bool = False
    histories: dict[UUID, _History] | None = None
    joined_on: Mapping[UUID, date] = {}
    birth_months: Mapping[UUID, int] = {}
    segments: Mapping[UUID, frozenset[str]] = {}
    weather: Mapping[date, Sequence[tuple[str, int, str]]] = {}
    usage: dict[tuple[UUID, UUID, str], Usage] = {}
    claims: list[Claim] = []
    newcomers: set[UUID] = set()
    """Customers whom the batch makes and who have not been welcomed yet."""

    def facts_of(self, customer_id: UUID, on: date, tier: str | None, level: int | None) -> CustomerFacts:
        """What is known of a member at a purchase, as far as a live campaign asks."""
        history = None if self.histories is None else self.histories.get(customer_id, _History(0, set()))
        if history is None:
            return CustomerFacts(
                tier=tier,
                level=level,
                joined_on=self.joined_on.get(customer_id),
                birth_month=self.birth_months.get(customer_id),
                segments=self.segments.get(customer_id, frozenset()),
            )
        before = history.before(on)
        return CustomerFacts(
            tier=tier,
            level=level,
            is_first_purchase=history.count == 0,
            visit_number=len(history.days | {on}),
            is_new_visit=on not in history.days,
            joined_on=self.joined_on.get(customer_id),
            birth_month=self.birth_months.get(customer_id),
            segments=self.segments.get(customer_id, frozenset()),
            days_since_last=None if before is None else (on - before).days,
        )

    def note_purchase(self, customer_id: UUID, on: date) -> None:
        """Count a purchase to the member's history: the next of the batch comes after it."""
        if self.histories is not None:
            history = self.histories.setdefault(customer_id, _History(0, set()))
            history.note(on)

    def weather_at(self, store: str, at: datetime) -> frozenset[str]:
        """The flags of a store at an instant, ``at`` being on the clocks of the programme's zone."""
        rows = self.weather.get(at.date(), ())
        return frozenset(flag for place, hour, flag in rows if place in {"", store} and hour in {_WHOLE_DAY, at.hour})

    def note_claim(self, claim: Claim, keys: Iterable[BudgetKey]) -> None:
        """Draw on budgets and count against the member's ceiling. Raises ``BudgetShort``."""
        for key in keys:
            self.desk.take(key, claim.points)
        self._count(claim, 1)
        self.claims.append(claim)

    def drop_claims(self, purchase_id: UUID, credited: Container[UUID]) -> None:
        """Undo the claims of a purchase by campaigns of which nothing was credited after all."""
        for claim in [one for one in self.claims if one.purchase_id == purchase_id]:
            if claim.campaign_id not in credited:
                self.claims.remove(claim)
                self._count(claim, -1)
                if claim.from_budget:
                    self.desk.put_back((claim.campaign_id, campaigns.WHOLE_CAMPAIGN), claim.points)
                if claim.from_store_budget:
                    self.desk.put_back((claim.campaign_id, claim.store), claim.points)

    def note_returned(self, back: Claim) -> None:
        """Give budgets and ceilings back what goods that came back had been given: ``back`` is below zero."""
        if back.from_budget:
            self.desk.put_back((back.campaign_id, campaigns.WHOLE_CAMPAIGN), -back.points)
        if back.from_store_budget:
            self.desk.put_back((back.campaign_id, back.store), -back.points)
        self._count(back, 1)

    def _count(self, claim: Claim, sign: int) -> None:
        slot = (claim.customer_id, claim.campaign_id, claim.period)
        used = self.usage.get(slot, Usage())
        self.usage[slot] = Usage(used.points + sign * claim.points, used.times + sign * claim.times)


class _Needs(Struct):
    """What the campaigns that are live for a batch ask for."""

    history: bool = False
    joined: bool = False
    birthday: bool = False
    weather: bool = False
    segments: frozenset[str] = frozenset()
    capped: frozenset[UUID] = frozenset()


def _needs_of(live: Iterable[CampaignVersion]) -> _Needs:
    needs = _Needs()
    for one in live:
        conditions, ceilings = one.rules.conditions, one.rules.ceilings
        needs.history |= (
            conditions.customer is not None or conditions.visit is not None or conditions.away_days is not None
        )
        needs.joined |= conditions.joined_within_days is not None
        needs.birthday |= conditions.birthday_month
        needs.weather |= bool(conditions.weather)
        needs.segments |= {*conditions.segments, *conditions.segments_except}
        if ceilings.member_points is not None or ceilings.member_times is not None:
            needs.capped |= {one.campaign_id}
    return needs


def open_campaigns(
    conn: Connection,
    context: PurchaseContext,
    schedule: Schedule,
    buying: Sequence[Buying],
    *,
    attempt: int | None,
    before: datetime | None = None,
) -> CampaignWorld | None:
    """Read what pricing these purchases may ask, and hold their budgets; None where no campaign is live for any.

    ``attempt`` tells how much of the budgets to hold; None only looks at them, to quote, and names what gives nothing.
    ``before`` asks for what was known then.
    """
    if not schedule.spans or not buying:
        return None
    live: dict[tuple[UUID, int], CampaignVersion] = {}
    keys: set[BudgetKey] = set()
    for store, versions in _asked(schedule, buying):
        for version in versions:
            live[version.campaign_id, version.version] = version
            keys |= {key for _, key in budget_keys(version, store)}
    if not live:
        return None
    world = CampaignWorld(
        schedule,
        BudgetDesk(),
        why_not=attempt is None,
        usage={},
        claims=[],
        newcomers={one.customer_id for one in buying if one.is_new},
    )
    _read_facts(conn, context, world, _needs_of(live.values()), buying=buying, before=before)
    if attempt is None:
        world.desk = campaigns.look_at_budgets(conn, keys)
    else:
        # Where a transaction begins among the shards follows from what it prices: no chance, and no two alike for long.
        world.desk = campaigns.hold_budgets(conn, keys, attempt, buying[0].customer_id.int)
    return world


def _asked(schedule: Schedule, buying: Sequence[Buying]) -> Iterable[tuple[str, Sequence[CampaignVersion]]]:
    """Each store of a batch with what is live at its purchases, every pair once."""
    found: dict[tuple[str, int], tuple[str, Sequence[CampaignVersion]]] = {}
    for one in buying:
        stretches = [schedule.live_at(one.occurred_at)]
        if one.is_new:
            stretches.append(schedule.welcoming_at(one.occurred_at))
        for versions in stretches:
            # The schedule keeps one object for each stretch of time, so its identity tells stretches apart.
            found[one.store, id(versions)] = (one.store, versions)
    return found.values()


def _read_facts(
    conn: Connection,
    context: PurchaseContext,
    world: CampaignWorld,
    needs: _Needs,
    *,
    buying: Sequence[Buying],
    before: datetime | None,
) -> None:
    versions = context.versions(conn) if needs.history or needs.joined else ()
    settings = versions[-1].settings if versions else program.default_settings()
    new = {one.customer_id: one.on for one in buying if one.is_new}
    known = sorted({one.customer_id for one in buying} - set(new))
    if needs.history:
        visits = purchases.select_visits(conn, known, settings.zone, before) if known else {}
        world.histories = {one: _History(count, set(days)) for one, (count, days) in visits.items()}
    if needs.joined:
        joined = customers.select_joined(conn, known) if known else {}
        world.joined_on = {one: program.day_in_zone(at, settings.zone_info) for one, at in joined.items()} | new
    if needs.birthday and known:
        records = customers.load_customers(conn, context.keyring, known)
        births = {one: record.profile.birth_date for one, record in records.items()}
        world.birth_months = {one: birth.month for one, birth in births.items() if birth is not None}
    if needs.segments and known:
        world.segments = campaigns.load_segments(conn, known, sorted(needs.segments))
    if needs.weather:
        world.weather = campaigns.load_weather(conn, sorted({one.on for one in buying}))
    if needs.capped and known:
        world.usage = campaigns.load_usage(conn, known, sorted(needs.capped), before)
