"""Amounts from which a campaign gives something, and how far a receipt got towards them. Pure.

It says who reached a threshold and who stayed just below it. Whether anybody bought more because of it, no receipt
tells.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from enishi.campaigns.conditions import check
from enishi.campaigns.model import AmountSteps, CampaignRules, CampaignVersion, CustomerFacts, Trigger
from enishi.campaigns.sale import Sale
from enishi.program import AwardBasis, ProgramSettings
from enishi.purchases import Purchase


def thresholds_of(rules: CampaignRules) -> tuple[int, ...]:
    """The amounts in yen from which there is something or more, ascending; none of a campaign that asks for none."""
    if rules.trigger is not Trigger.PURCHASE:
        return ()
    least = rules.conditions.from_yen
    steps = [one.from_yen for one in rules.effect.steps] if isinstance(rules.effect, AmountSteps) else []
    reachable = {max(one, least) for one in steps} or {least}
    return tuple(sorted(one for one in reachable if one > 0))


def amounts_towards(
    versions: Sequence[CampaignVersion],
    purchase: Purchase,
    basis: AwardBasis,
    settings: ProgramSettings,
    facts: CustomerFacts,
    *,
    on: date,
    weather: frozenset[str],
) -> list[tuple[CampaignVersion, Fraction | int]]:
    """What counts towards the thresholds of these campaigns, of those whose other conditions hold for a purchase.

    ``facts`` are what is known before the purchase, ``basis`` is what the programme gives for it.
    """
    sale = Sale(purchase, basis, settings, on)
    return [
        (one, Fraction(sale.amount(one.rules.goods, one.rules.conditions.measure)))
        for one in versions
        if sale.has(one.rules.goods)
        and all(found.holds for found in check(one.rules, sale, facts, weather) if found.condition != "from_yen")
    ]
