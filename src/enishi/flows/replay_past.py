"""The past decided again by other rules, purchase by purchase in the order of time, and what it would have come to.

What came back is left out from the beginning: a return takes back exactly what its goods had earned, so the goods that
stayed earn what is left in the end. What does not depend on the rules (adjustments, gifts between members) is not
replayed. Nothing is written, nothing is left to chance: the same rules over the same history give the same figures.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import msgspec
from msgspec import Struct

from enishi import ledger, program, purchases, ranks
from enishi.flows.backtest_model import Sums
from enishi.flows.past_rules import PastRules, codes_of, open_world
from enishi.flows.pricing import DecidedPurchase, PreparedPurchase, day_of, decide
from enishi.flows.purchase_world import PurchaseWorld
from enishi.flows.return_pricing import settings_of
from enishi.ledger import Account
from enishi.purchases import Purchase, StoredPurchase
from enishi.ranks import Cause, ChangeBasis, Member, RankOccasion

NO_RANK = ""
"""The rank of everybody where there is no ladder."""


class Person(Struct, gc=False, frozen=True):
    """What is known of a customer that rules may ask for; ``joined_on`` is in the programme's zone."""

    joined_at: datetime
    joined_on: date
    held: frozenset[str]


class Replay:
    """One set of rules on its way through history."""

    def __init__(self, rules: PastRules, since: datetime, now: datetime) -> None:
        """Begin with nobody; purchases before ``since`` count for ranks and balances and not for the figures."""
        self._rules = rules
        self._since = since
        self._codes = codes_of(rules.schedule)
        self._next_evaluation: date | None = None
        self._joined_on: dict[UUID, date] = {}
        self._segments: dict[UUID, frozenset[str]] = {}
        self._birth_months: dict[UUID, int] = {}
        self.world: PurchaseWorld = open_world(rules, now)
        if self.world.campaigns is not None:
            self.world.campaigns.joined_on = self._joined_on
            self.world.campaigns.segments = self._segments
            self.world.campaigns.birth_months = self._birth_months
        self.total = Sums()
        self.months: dict[date, Sums] = {}
        self.stores: dict[str, Sums] = {}
        self.tiers: dict[str, Sums] = {}
        self.campaigns: dict[str, Sums] = {}

    def meet(self, customer_id: UUID, person: Person, segments: frozenset[str], birth_month: int | None) -> None:
        """Make a customer known, before their first purchase is decided."""
        world = self.world
        world.accounts[customer_id] = Account(customer_id, 0, 0, ())
        if world.ranks is not None:
            world.ranks.figures.people[customer_id] = ranks.Person(person.joined_on, person.held)
        self._joined_on[customer_id] = person.joined_on
        if segments:
            self._segments[customer_id] = segments
        if birth_month is not None:
            self._birth_months[customer_id] = birth_month

    def decide(self, stored: StoredPurchase, purchase: Purchase, *, is_new: bool) -> None:
        """Decide one purchase, of which ``purchase`` is what was not returned."""
        if stored.customer_id is None:
            return
        world = self.world
        account = world.accounts[stored.customer_id]
        prepared = _prepare(stored, purchase)
        on = day_of(prepared, world.versions)
        self._evaluate_until(on)
        if world.campaigns is not None and is_new:
            world.campaigns.newcomers.add(stored.customer_id)
        wanted = purchase.points_to_use
        there = ledger.balance_on(account.lots, on, account.owed).available if wanted else 0
        if wanted > there:
            prepared = _prepare(stored, msgspec.structs.replace(purchase, points_to_use=there))
        tier = world.ranks.rank_for(stored.customer_id, stored.occurred_at)[0] if world.ranks else NO_RANK
        decided = decide(prepared, stored.customer_id, world)
        if stored.occurred_at >= self._since:
            self._count(decided, tier, unaffordable=max(0, wanted - there))
        if world.campaigns is not None:
            world.campaigns.claims.clear()

    def _count(self, decided: DecidedPurchase, tier: str, *, unaffordable: int) -> None:
        prepared = decided.prepared
        given: dict[str, int] = {}
        for award in decided.awards:
            code = "" if award.campaign is None else self._codes[award.campaign.campaign_id]
            given[code] = given.get(code, 0) + award.points
        base = given.pop("", 0) + sum(one.points for one in decided.pending)
        sums = Sums(
            receipts=1,
            sales_yen=prepared.total_yen,
            base_points=base,
            campaign_points=sum(given.values()) + sum(one.points for one in decided.reinstated),
            rank_points=sum(one.points for one in decided.rewards),
            used_points=prepared.purchase.points_to_use,
            unaffordable_points=unaffordable,
        )
        self.total.add(sums)
        self.months.setdefault(decided.on.replace(day=1), Sums()).add(sums)
        self.stores.setdefault(prepared.purchase.store, Sums()).add(sums)
        self.tiers.setdefault(tier, Sums()).add(sums)
        for code, points in given.items():
            self.campaigns.setdefault(code, Sums()).add(
                Sums(receipts=1, sales_yen=prepared.total_yen, campaign_points=points)
            )

    def finish(self, on: date) -> None:
        """Evaluate what is still to be evaluated up to a day."""
        self._evaluate_until(on)

    def _evaluate_until(self, on: date) -> None:
        """Carry out the evaluations of all members that lie before a day or on it, in their order."""
        desk = self.world.ranks
        if desk is None:
            return
        schedule = desk.ladder.ladder.policies.schedule
        if self._next_evaluation is None:
            self._next_evaluation = ranks.next_evaluation(schedule, on)
        while self._next_evaluation <= on:
            self._evaluate_all(self._next_evaluation)
            self._next_evaluation = ranks.next_evaluation(schedule, self._next_evaluation)

    def _evaluate_all(self, on: date) -> None:
        desk = self.world.ranks
        if desk is None:
            return
        ladder = desk.ladder
        counted = ranks.looks_at(on, by_months=ladder.plan.counts_months)
        bases = [ChangeBasis(on, tier.code) for tier in ladder.tiers]
        at = datetime(on.year, on.month, on.day, tzinfo=desk.zone)
        occasion = RankOccasion(on, at, at, Cause.EVALUATION)
        for customer_id in sorted(desk.figures.months):
            member = Member(customer_id, desk.standings.get(customer_id))
            level = ranks.attained(ladder.plan, desk.figures.answers(customer_id, counted))
            move = ranks.evaluate(ladder, member, level, occasion, bases.__getitem__)
            if move is not None:
                given = desk.carry_out(move, self.world.accounts[customer_id], "")
                self.total.rank_points += sum(one.points for one in given)

    def tier_of(self, customer_id: UUID) -> tuple[str, int]:
        """Tier and level that a member holds at the end."""
        desk = self.world.ranks
        if desk is None:
            return NO_RANK, 0
        tier = desk.ladder.tiers[ranks.level_in(desk.ladder, desk.standings.get(customer_id))]
        return tier.code, tier.level

    def outstanding(self, on: date) -> int:
        """Points that can be used on a day, of all members."""
        return sum(ledger.balance_on(one.lots, on, one.owed).available for one in self.world.accounts.values())

    def zone_day(self, at: datetime) -> date:
        """The day of an instant in the programme's zone."""
        settings = settings_of(self._rules.versions[-1] if self._rules.versions else None)
        return program.day_in_zone(at, settings.zone_info)


def _prepare(stored: StoredPurchase, purchase: Purchase) -> PreparedPurchase:
    """The purchase as deciding takes it; what only recording needs is left empty."""
    return PreparedPurchase(
        position=0,
        purchase=purchase,
        occurred_at=stored.occurred_at,
        key=purchases.key_of(purchase),
        purchase_id=stored.purchase_id,
        identifiers=(),
        lookups=(),
        lines=b"",
        fingerprint=b"",
        total_yen=purchases.total_yen(purchase),
        net_yen=purchases.net_yen(purchase),
    )
