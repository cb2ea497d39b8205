"""Who reached an amount from which something is given, and who stayed just below it, as a replay finds them.

What was bought had been bought without knowing of rules that are tried. So whoever reached one of their thresholds did
so anyway; and who stayed below it is all that such a threshold could have lifted.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil
from uuid import UUID

from msgspec import Struct

from enishi import campaigns, program, ranks
from enishi.campaigns import CampaignVersion, CustomerFacts, Schedule
from enishi.flows.backtest_model import WITHIN_PERCENT, Below, Reach, Threshold, Unit
from enishi.flows.campaign_awards import weather_of
from enishi.flows.compare_replays import cost_yen
from enishi.flows.pricing import DecidedPurchase, PreparedPurchase, bought_on
from enishi.flows.purchase_world import PurchaseWorld
from enishi.flows.rank_desk import RankDesk
from enishi.program import AwardBasis, ProgramVersion
from enishi.ranks import Ask, Measure

ThresholdKey = tuple[str, int]
"""Code of a campaign, and the amount in yen."""
_UNITS: dict[Measure, Unit] = {
    Measure.AMOUNT_WITH_TAX: "yen",
    Measure.AMOUNT_WITHOUT_TAX: "yen",
    Measure.POINTS_EARNED: "points",
    Measure.VISITS: "visits",
    Measure.PURCHASES: "purchases",
}


class Looked(Struct, gc=False, frozen=True):
    """What is known before a purchase is decided: the campaigns with thresholds that are live, and its member."""

    live: Sequence[CampaignVersion]
    facts: CustomerFacts
    weather: frozenset[str]
    version: ProgramVersion


class Reached(Struct, gc=False):
    """A threshold while it is counted; ``within`` and ``missing`` are by the distances of ``WITHIN_PERCENT``."""

    measure: str
    count: int = 0
    amount: int = 0
    points: int = 0
    within: list[int] = []
    missing: list[int] = []

    def note_below(self, needed: int, amount: Fraction | int) -> None:
        """Count somebody who stayed below."""
        gap = ceil(needed - amount)
        for place, percent in enumerate(WITHIN_PERCENT):
            if 100 * gap <= percent * needed:
                self.within[place] += 1
                self.missing[place] += gap

    def close(self, yen_per_point: Decimal) -> Reach:
        """What was counted."""
        below = tuple(Below(*one) for one in zip(WITHIN_PERCENT, self.within, self.missing, strict=True))
        return Reach(self.count, self.amount, self.points, cost_yen(self.points, yen_per_point), below)


def _open(measure: str) -> Reached:
    return Reached(measure, within=[0] * len(WITHIN_PERCENT), missing=[0] * len(WITHIN_PERCENT))


class ThresholdDesk:
    """The thresholds of campaigns in one replay."""

    def __init__(self, schedule: Schedule) -> None:
        """Find the campaigns that have any."""
        found = {key: campaigns.thresholds_of(version.rules) for key, version in schedule.versions.items()}
        self._needed = {key: needed for key, needed in found.items() if needed}
        self._schedule = schedule
        self.found: dict[ThresholdKey, Reached] = {}

    @property
    def asks(self) -> bool:
        """Whether any campaign has a threshold."""
        return bool(self._needed)

    def look(
        self,
        prepared: PreparedPurchase,
        customer_id: UUID,
        version: ProgramVersion | None,
        world: PurchaseWorld,
        on: date,
    ) -> Looked | None:
        """What is known before a purchase is decided that gets towards a threshold; None where none is live."""
        live = [
            one
            for one in self._schedule.live_at(prepared.purchase.occurred_at)
            if (one.campaign_id, one.version) in self._needed
        ]
        if not live or version is None or world.campaigns is None:
            return None
        tier, level = (
            (None, None)
            if world.ranks is None
            else world.ranks.rank_pricing(customer_id, bought_on(prepared, on, 0), prepared.occurred_at)
        )
        facts = world.campaigns.facts_of(customer_id, on, tier, level)
        return Looked(live, facts, weather_of(world.campaigns, prepared.purchase, version), version)

    def count(self, looked: Looked, decided: DecidedPurchase) -> None:
        """Count a purchase that was decided: at the highest threshold that it reached, and below the next."""
        given: dict[UUID, int] = {}
        basis: AwardBasis | None = None
        for award in decided.awards:
            if award.campaign is not None:
                given[award.campaign.campaign_id] = award.points
            elif award.basis is not None:
                basis = award.basis
        purchase = decided.prepared.purchase
        towards = campaigns.amounts_towards(
            looked.live,
            purchase,
            basis or program.assess(purchase, looked.version, purchase.points_to_use),
            looked.version.settings,
            looked.facts,
            on=decided.on,
            weather=looked.weather,
        )
        for version, amount in towards:
            needed = self._needed[version.campaign_id, version.version]
            place = bisect_right(needed, amount)
            if place:
                reached = self._of(version, needed[place - 1])
                reached.count += 1
                reached.amount += int(amount)
                reached.points += given.get(version.campaign_id, 0)
            if place < len(needed):
                self._of(version, needed[place]).note_below(needed[place], amount)

    def _of(self, version: CampaignVersion, needed: int) -> Reached:
        key = version.code, needed
        found = self.found.get(key)
        if found is None:
            found = self.found[key] = _open(version.rules.conditions.measure.value)
        return found


def thresholds_between(
    today: Mapping[ThresholdKey, Reached], tried: Mapping[ThresholdKey, Reached], yen_per_point: Decimal
) -> tuple[Threshold, ...]:
    """The thresholds of campaigns by both rules, by code and amount."""
    return tuple(
        Threshold(
            kind="campaign",
            code=code,
            needed=needed,
            unit="yen",
            measure=(tried.get((code, needed)) or today[code, needed]).measure,
            today=_close(today.get((code, needed)), yen_per_point),
            tried=_close(tried.get((code, needed)), yen_per_point),
        )
        for code, needed in sorted({*today, *tried})
    )


def _close(one: Reached | None, yen_per_point: Decimal) -> Reach | None:
    return None if one is None else one.close(yen_per_point)


RankKey = tuple[int, str, int, str]
"""Level and code of a tier, what is needed, and the question in words."""


class RankReached(Struct):
    """A threshold of a rank, with its question in both languages."""

    reached: Reached
    unit: Unit
    label_ja: str
    label_en: str


def rank_thresholds(desk: RankDesk | None, rewards: Mapping[str, int], on: date) -> dict[RankKey, RankReached]:
    """Of each amount that a tier asks for, who reaches the tier on a day, and who lacks only a little of it."""
    if desk is None:
        return {}
    plan = desk.ladder.plan
    found: dict[RankKey, RankReached] = {}
    slots: list[tuple[int, int, RankKey]] = []
    for tier in desk.ladder.tiers[1:]:
        for position, needed in sorted({pair for way in plan.tiers[tier.level] for pair in way}):
            question = plan.questions[position]
            if isinstance(question, Ask):
                ja, en = (ranks.describe_question(question, needed, locale) for locale in ("ja", "en"))
                key = tier.level, tier.code, needed, ja
                reached = _open(question.measure.value)
                reached.points = rewards.get(tier.code, 0)
                found[key] = RankReached(reached, _UNITS[question.measure], ja, en)
                slots.append((tier.level, position, key))
    for customer_id in desk.figures.months:
        answers = desk.figures.answers(customer_id, on)
        attained = ranks.attained(plan, answers)
        for level, position, key in slots:
            reached = found[key].reached
            if attained == level:
                reached.count += 1
                reached.amount += answers[position]
            elif attained < level and _lacks_only(plan.tiers[level], answers, position):
                reached.note_below(key[2], answers[position])
    return found


def _lacks_only(ways: Sequence[Sequence[tuple[int, int]]], answers: Sequence[int], position: int) -> bool:
    """Whether some way to a tier lacks the answer to this question and no other."""
    for way in ways:
        missing = [place for place, needed in way if answers[place] < needed]
        if missing == [position]:
            return True
    return False


def rank_thresholds_between(
    today: Mapping[RankKey, RankReached], tried: Mapping[RankKey, RankReached], yen_per_point: Decimal
) -> tuple[Threshold, ...]:
    """The thresholds of ranks by both ladders, lowest tier first."""
    found: list[Threshold] = []
    for key in sorted({*today, *tried}):
        one = tried.get(key) or today[key]
        was, will = today.get(key), tried.get(key)
        found.append(
            Threshold(
                kind="rank",
                code=key[1],
                needed=key[2],
                unit=one.unit,
                measure=one.reached.measure,
                today=None if was is None else was.reached.close(yen_per_point),
                tried=None if will is None else will.reached.close(yen_per_point),
                label_ja=one.label_ja,
                label_en=one.label_en,
            )
        )
    return tuple(found)
