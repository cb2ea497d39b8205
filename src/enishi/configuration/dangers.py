"""Changes that do harm which nothing undoes: to members who hold points and ranks, and to what was promised. Pure.

Each is refused until whoever applies the document accepts it by name. That a rate falls is no error; that it falls
because a nought was lost on the way from the test environment is one, and only a person can tell.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction

from enishi.campaigns import CampaignRules, State
from enishi.configuration.model import Configuration, Current, Danger
from enishi.program import (
    EarningRule,
    ExpiryPolicy,
    ExtendedByActivity,
    FixedDate,
    MonthsToMonthEnd,
    ProgramSettings,
)
from enishi.ranks import AllOf, AnyOf, AtLeast, Criterion, Ladder

WIND_DOWN_NOTICE_DAYS = 30
"""Members are told at least this long before a kind of points can not be used any more."""
_ANNOUNCED = frozenset({State.LIVE, State.PAUSED, State.SCHEDULED})
RATE_JUMP = 5
"""A rate that grows by more than this factor is rather a slip than a decision."""


def program_dangers(wanted: Configuration, current: Current) -> Iterator[Danger]:
    """What a document does to everybody's points."""
    old, new = current.configuration.program, wanted.program
    if old is None or new is None or old == new:
        return
    if old.zone != new.zone:
        yield Danger(
            code="program.zone",
            field="program.zone",
            detail=f"Days would begin and end in {new.zone} instead of {old.zone}: every expiry shifts.",
            remedy="Keep the zone, unless the chain has really moved.",
        )
    yield from _rate_dangers("program.earning", old.earning, new.earning)
    for store, rule in new.store_overrides.items():
        yield from _rate_dangers(f"program.store_overrides.{store}", old.store_overrides.get(store, old.earning), rule)
    if (before := _shortest_months(old.expiry)) > (after := _shortest_months(new.expiry)):
        yield Danger(
            code="program.shorter-expiry",
            field="program.expiry",
            detail=f"Points would be valid for {after} months instead of {before}.",
            remedy="Tell members first; points earned before keep their day.",
        )
    yield from _wind_down_dangers(old, new, current)


def _rate_dangers(field: str, old: EarningRule, new: EarningRule) -> Iterator[Danger]:
    before, after = Fraction(old.points_per_unit, old.unit_yen), Fraction(new.points_per_unit, new.unit_yen)
    if after > before * RATE_JUMP and before:
        yield Danger(
            code="program.rate-jump",
            field=field,
            detail=f"The rate would grow from {_rate(before)} to {_rate(after)}, more than {RATE_JUMP} times.",
            remedy="Check unit_yen and points_per_unit for a lost or an added nought.",
        )
    elif after < before:
        yield Danger(
            code="program.rate-cut",
            field=field,
            detail=f"The rate would fall from {_rate(before)} to {_rate(after)}.",
            remedy="Tell members first; what was earned stays.",
        )


def _rate(rate: Fraction) -> str:
    return f"{float(rate * 100):g} %"


def _shortest_months(expiry: ExpiryPolicy) -> int:
    """How long points are valid at least, in months; a fixed date has no length."""
    match expiry:
        case MonthsToMonthEnd(months) | ExtendedByActivity(months):
            return months
        case FixedDate():
            return 0


def _wind_down_dangers(old: ProgramSettings, new: ProgramSettings, current: Current) -> Iterator[Danger]:
    soonest = current.now.astimezone(new.zone_info).date() + timedelta(days=WIND_DOWN_NOTICE_DAYS)
    for kind, last_day in new.last_use_on.items():
        if last_day < min(old.last_use_on.get(kind, date.max), soonest):
            yield Danger(
                code="program.wind-down",
                field=f"program.last_use_on.{kind}",
                detail=f"All {kind} points could be used until {last_day} only, less than "
                f"{WIND_DOWN_NOTICE_DAYS} days from now.",
                remedy="Choose a later day, and tell members.",
            )


def ladder_dangers(wanted: Configuration, current: Current) -> Iterator[Danger]:
    """What a document does to the ranks that members hold."""
    old, new = current.configuration.ladder, wanted.ladder
    if old is None or new is None or old == new:
        return
    before, after = _asked(old), _asked(new)
    for tier in old.tiers:
        field = f"ladder.tiers[{tier.code}]"
        members = current.members_by_tier.get(tier.code, 0)
        if tier.code not in new.levels:
            if members:
                yield Danger(
                    code="ladder.tier-removed",
                    field=field,
                    detail=f"{members:,} members hold {tier.name_en}, which would be gone.",
                    remedy="Keep the tier, or try the ladder on the past to see where they would go.",
                )
        elif members and any(after[tier.code].get(leaf, 0) > value for leaf, value in before[tier.code].items()):
            yield Danger(
                code="ladder.harder",
                field=field,
                detail=f"{tier.name_en}, which {members:,} members hold, would ask for more.",
                remedy="Try the ladder on the past to see who would lose the rank, and tell them.",
            )


def _asked(ladder: Ladder) -> dict[str, dict[str, int]]:
    """What each tier asks for at least, by what is counted and in which window."""
    return {tier.code: dict(_leaves(tier.criteria)) if tier.criteria else {} for tier in ladder.tiers}


def _leaves(criterion: Criterion) -> Iterator[tuple[str, int]]:
    match criterion:
        case AllOf(of) | AnyOf(of):
            for one in of:
                yield from _leaves(one)
        case AtLeast():
            counted = (criterion.measure.value, criterion.window, criterion.channels, criterion.stores)
            yield repr((*counted, criterion.categories)), criterion.value
        case _:
            return


def campaign_dangers(
    code: str, old: CampaignRules | None, new: CampaignRules | None, current: Current
) -> Iterator[Danger]:
    """What a document does to a campaign that members take part in; ``new`` None ends it."""
    field = f"campaigns.{code}"
    state = current.states.get(code)
    if old is None or old == new or state is None or state not in _ANNOUNCED:
        return
    given = current.given_points.get(code, 0)
    if new is None:
        yield Danger(
            code="campaign.ended",
            field=field,
            detail=f"The campaign is {state.value} and would end now.",
            remedy="Name it in the document to keep it.",
        )
        return
    if state is State.SCHEDULED:
        return
    if new.ends_at < old.ends_at:
        yield Danger(
            code="campaign.ends-sooner",
            field=f"{field}.ends_at",
            detail=f"The campaign is {state.value} and would end sooner than was announced.",
            remedy="Keep its end, or pause it with a reason.",
        )
    if (old.effect, old.conditions, old.goods, old.award) != (new.effect, new.conditions, new.goods, new.award):
        yield Danger(
            code="campaign.terms-changed",
            field=field,
            detail=f"The campaign is {state.value}, and members were promised its terms.",
            remedy="Let it run as it is, and start another with the new terms.",
        )
    budget = new.ceilings.budget_points
    if budget is not None and budget < given:
        yield Danger(
            code="campaign.budget-below-given",
            field=f"{field}.ceilings.budget_points",
            detail=f"{given:,} points are given already, more than the new budget of {budget:,}.",
            remedy="Choose a larger budget, or pause the campaign.",
        )
