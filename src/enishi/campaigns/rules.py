"""Pricing: what the live campaigns give for a purchase on top of its base award, exactly, without I/O and a clock.

The order of the arithmetic, which ``docs/explanation/campaigns.md`` explains to operators:

1. Each live campaign's conditions are looked at; those that hold make it a candidate.
2. A candidate's value is worked out exactly, on the base award of the programme or on the amount that earns.
3. Groups are settled (best of, added, multiplied), then exclusions: see ``stacking``.
4. Each award is rounded by its campaign's own rounding, and cut by its ceilings in this order: receipt, member, store
   budget, budget of the campaign. What is cut says so.

The same code prices a purchase that is recorded, one that is quoted, and history that is priced again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from uuid import UUID

from msgspec import Struct

from enishi.campaigns import stacking
from enishi.campaigns.basis import NOTHING_PRICED, CampaignAward, CampaignBasis, Cut, Finding, NotApplied, Priced
from enishi.campaigns.conditions import check, check_amount, write_fraction
from enishi.campaigns.model import (
    AmountSteps,
    BudgetKey,
    CampaignRules,
    CampaignVersion,
    CustomerFacts,
    Multiplier,
    PointsPerPiece,
    StackMode,
    Usage,
)
from enishi.campaigns.sale import Sale, pieces_of
from enishi.campaigns.worth import budget_keys, last_day_of, period_of, rounded, times_before, value_of
from enishi.program import AwardBasis, ExtendedByActivity, ProgramSettings, ProgramVersion
from enishi.purchases import Purchase

UsageOf = Callable[[UUID, str], Usage]
"""What the member has got of a campaign in a period."""
_UNLIMITED: Mapping[BudgetKey, int] = {}


class Candidate(Struct, gc=False):
    """A campaign whose conditions hold, while it is settled what becomes of it."""

    version: CampaignVersion
    findings: tuple[Finding, ...]
    worth: int = 0
    """What it would give by itself, after rounding and ceilings: what a best-of compares."""
    chain: tuple[CampaignVersion, ...] = ()
    """The multipliers of its group that have multiplied the base award before it."""


def price(
    purchase: Purchase,
    version: ProgramVersion,
    basis: AwardBasis,
    live: Sequence[CampaignVersion],
    facts: CustomerFacts,
    *,
    on: date,
    usage: UsageOf | None = None,
    budgets: Mapping[BudgetKey, int] = _UNLIMITED,
    weather: frozenset[str] = frozenset(),
    why_not: bool = False,
) -> Priced:
    """Price what the ``live`` campaigns give for a purchase whose base the programme has assessed as ``basis``.

    ``budgets`` are what is left of each that there is; a budget that is missing has no end. With ``why_not`` every
    condition is looked at and every campaign that gives nothing is named; without, only awards are.
    """
    if not live or basis.points_per_unit == 0:
        # A programme that has stopped earning has stopped its campaigns too; spending goes on.
        return NOTHING_PRICED
    sale = Sale(purchase, basis, version.settings, on)
    used = usage or _unused
    candidates, refused = _choose(live, sale, facts, weather, why_not=why_not)
    if not candidates:
        return Priced((), tuple(refused)) if refused else NOTHING_PRICED
    if len(candidates) > 1 and any(stacking.needs_worth(one.version) for one in candidates):
        for one in candidates:
            one.worth = _finish(one, sale, used, budgets)[0]
    kept, dropped = stacking.settle(candidates)
    refused += [_refuse(loser.version, reason, (), winner.version) for loser, reason, winner in dropped]
    awards: list[CampaignAward] = []
    chains: dict[str, tuple[CampaignVersion, ...]] = {}
    for one in kept:
        one.chain = chains.get(one.version.rules.stacking.group, ())
        award = _award(one, sale, used, budgets)
        if isinstance(award, NotApplied):
            refused.append(award)
            continue
        awards.append(award)
        if _multiplies(one.version.rules):
            chains[one.version.rules.stacking.group] = (*one.chain, one.version)
    return Priced(tuple(awards), tuple(refused) if why_not else ())


def _choose(
    live: Sequence[CampaignVersion],
    sale: Sale,
    facts: CustomerFacts,
    weather: frozenset[str],
    *,
    why_not: bool,
) -> tuple[list[Candidate], list[NotApplied]]:
    """The campaigns whose conditions hold, and, where ``why_not`` asks for them, the others with what they lack."""
    candidates: list[Candidate] = []
    refused: list[NotApplied] = []
    for one in live:
        findings, holds = _look(one.rules, sale, facts, weather, everything=why_not)
        if holds and sale.has(one.rules.goods):
            candidates.append(Candidate(one, findings))
        elif why_not and holds:
            refused.append(_refuse(one, "goods", findings))
        elif why_not:
            refused.append(_refuse(one, "conditions", tuple(finding for finding in findings if not finding.holds)))
    return candidates, refused


def _multiplies(rules: CampaignRules) -> bool:
    """Whether those of the group that follow work on what this one has made of the base award."""
    in_chain = bool(rules.stacking.group) and rules.stacking.mode is StackMode.MULTIPLY
    return in_chain and isinstance(rules.effect, Multiplier)


def _unused(campaign_id: UUID, period: str) -> Usage:  # noqa: ARG001 - nobody has got anything
    return Usage()


def _look(
    rules: CampaignRules, sale: Sale, facts: CustomerFacts, weather: frozenset[str], *, everything: bool
) -> tuple[tuple[Finding, ...], bool]:
    findings: list[Finding] = []
    holds = True
    for finding in check(rules, sale, facts, weather):
        findings.append(finding)
        if not finding.holds:
            holds = False
            if not everything:
                break
    return tuple(findings), holds


def _finish(
    one: Candidate, sale: Sale, usage: UsageOf, budgets: Mapping[BudgetKey, int]
) -> tuple[int, Fraction | int, list[Cut]]:
    """The points after rounding and ceilings, the exact value before, and what was cut."""
    rules = one.version.rules
    exact = value_of(rules, sale, one.chain)
    points = rounded(exact, rules)
    cuts: list[Cut] = []
    if points == 0:
        return 0, exact, cuts
    for ceiling, limit, left in _room(one.version, sale, usage, budgets):
        if points > left:
            cuts.append(Cut(ceiling, limit, left, points - left))
            points = left
    return points, exact, cuts


def _room(
    version: CampaignVersion, sale: Sale, usage: UsageOf, budgets: Mapping[BudgetKey, int]
) -> list[tuple[str, int, int]]:
    """The ceilings that there are, in their order: name, limit, and what is left."""
    ceilings = version.rules.ceilings
    room: list[tuple[str, int, int]] = []
    if ceilings.receipt_points is not None:
        room.append(("receipt", ceilings.receipt_points, ceilings.receipt_points))
    if ceilings.member_points is not None or ceilings.member_times is not None:
        used = usage(version.campaign_id, period_of(ceilings.member_period, sale.on))
        if ceilings.member_times is not None and used.times >= ceilings.member_times:
            room.append(("times", ceilings.member_times, 0))
        if ceilings.member_points is not None:
            room.append(("member", ceilings.member_points, max(0, ceilings.member_points - used.points)))
    for name, key in budget_keys(version, sale.purchase.store):
        if key in budgets:
            limit = ceilings.store_budgets.get(key[1]) if key[1] else ceilings.budget_points
            room.append((name, limit or 0, budgets[key]))
    return room


def _award(one: Candidate, sale: Sale, usage: UsageOf, budgets: Mapping[BudgetKey, int]) -> CampaignAward | NotApplied:
    version, rules = one.version, one.version.rules
    points, exact, cuts = _finish(one, sale, usage, budgets)
    if points == 0:
        return _refuse(version, cuts[-1].ceiling if cuts else "nothing", one.findings)
    last_day = last_day_of(rules, sale.settings, sale.on)
    if last_day < sale.on:
        return _refuse(version, "expired", one.findings)
    return CampaignAward(
        kind=rules.award.kind,
        points=points,
        expires_on=last_day,
        extends_regular=rules.award.kind == "regular" and type(sale.settings.expiry) is ExtendedByActivity,
        basis=write_basis(version, sale, exact, points, findings=one.findings, chain=one.chain, cuts=cuts),
        period=period_of(rules.ceilings.member_period, sale.on),
        claims=tuple(key for _, key in budget_keys(version, sale.purchase.store)),
    )


def write_basis(
    version: CampaignVersion,
    sale: Sale,
    exact: Fraction | int,
    points: int,
    *,
    findings: Sequence[Finding] = (),
    chain: Sequence[CampaignVersion] = (),
    cuts: Sequence[Cut] = (),
) -> CampaignBasis:
    """Keep everything that the award follows from."""
    rules = version.rules
    is_multiplier = isinstance(rules.effect, Multiplier)
    on_goods, amount, pieces = "", "", 0
    if is_multiplier and rules.goods is not None:
        on_goods = write_fraction(sum((line.points for line in sale.of(rules.goods)), Fraction(0)))
    if isinstance(rules.effect, AmountSteps) or rules.conditions.from_yen:
        amount = write_fraction(sale.amount(rules.goods, rules.conditions.measure))
    if isinstance(rules.effect, PointsPerPiece):
        pieces = pieces_of(sale.of(rules.goods))
    return CampaignBasis(
        version=sale.basis.version,
        campaign_id=version.campaign_id,
        campaign=version.code,
        campaign_version=version.version,
        name_ja=rules.name_ja,
        name_en=rules.name_en,
        effect=rules.effect,
        base_points=sale.basis.points if is_multiplier else 0,
        on_goods=on_goods,
        amount_yen=amount,
        measure=rules.conditions.measure.value if amount else "",
        pieces=pieces,
        times_before=write_fraction(times_before(chain)) if chain else "",
        group=rules.stacking.group,
        mode=rules.stacking.mode.value if rules.stacking.group else "",
        met=tuple((finding.condition, finding.found) for finding in findings),
        exact=write_fraction(exact),
        rounding=rules.award.rounding,
        cuts=tuple(cuts),
        points=points,
        valid_days=rules.award.valid_days,
        valid_until=rules.award.valid_until,
    )


def price_left(
    left: Purchase | None,
    settings: ProgramSettings,
    basis: AwardBasis | None,
    awarded: Sequence[tuple[CampaignBasis, CampaignVersion]],
    on: date,
) -> list[int]:
    """What of each award belongs to the goods that are left of a receipt, in the order of the awards.

    Who bought it, when, where and how is as it was, frozen in the awards. Only what hangs on the goods is looked at
    again: amounts, pieces, the base award. An award never grows, and a campaign that gave nothing gives nothing now.
    """
    if left is None or basis is None:
        return [0] * len(awarded)
    sale = Sale(left, basis, settings, on)
    points: list[int] = []
    chains: dict[str, tuple[CampaignVersion, ...]] = {}
    for was, version in awarded:
        rules = version.rules
        if (rules.conditions.from_yen and not check_amount(rules, sale).holds) or not sale.has(rules.goods):
            points.append(0)
            continue
        chain = chains.get(rules.stacking.group, ())
        value = rounded(value_of(rules, sale, chain), rules)
        if rules.ceilings.receipt_points is not None:
            value = min(value, rules.ceilings.receipt_points)
        points.append(min(was.points, value))
        if _multiplies(rules):
            chains[rules.stacking.group] = (*chain, version)
    return points


def _refuse(
    version: CampaignVersion,
    reason: str,
    findings: tuple[Finding, ...] = (),
    other: CampaignVersion | None = None,
) -> NotApplied:
    return NotApplied(
        campaign_id=version.campaign_id,
        campaign=version.code,
        campaign_version=version.version,
        name_ja=version.rules.name_ja,
        name_en=version.rules.name_en,
        reason=reason,
        findings=findings,
        other="" if other is None else other.code,
        other_name_ja="" if other is None else other.rules.name_ja,
        other_name_en="" if other is None else other.rules.name_en,
    )
