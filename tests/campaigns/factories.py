"""Campaigns and receipts for the tests, each written as short as what it shows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from tests.flows.factories import JST, NOON, make_purchase

from enishi import program
from enishi.campaigns import (
    AddedPoints,
    CampaignRules,
    CampaignVersion,
    CustomerFacts,
    Multiplier,
    Priced,
    price_campaigns,
)
from enishi.program import ProgramSettings, ProgramVersion
from enishi.purchases import Line, Purchase

START = datetime(2026, 11, 1, tzinfo=JST)
END = datetime(2026, 12, 1, tzinfo=JST)
OPENED_AT = datetime(2020, 1, 1, tzinfo=UTC)
TWICE = Multiplier(200)
HUNDRED = AddedPoints(100)
_numbers = count(1)


def make_rules(effect: Any = HUNDRED, **fields: Any) -> CampaignRules:
    """Rules for November 2026, giving 100 points unless told otherwise."""
    values = {"name_ja": "試験", "name_en": "Trial", "starts_at": START, "ends_at": END, "effect": effect}
    return CampaignRules(**(values | fields))


def make_version(effect: Any = HUNDRED, code: str = "", version: int = 1, **fields: Any) -> CampaignVersion:
    """A version of a campaign that is its own."""
    number = next(_numbers)
    return CampaignVersion(
        campaign_id=UUID(int=number),
        code=code or f"c{number:06}",
        version=version,
        rules=make_rules(effect, **fields),
        author="operator:author",
        reason="Trial",
        created_at=START - timedelta(days=10),
    )


def make_programme(settings: ProgramSettings | None = None) -> ProgramVersion:
    """The default programme: 1 point for ¥100 before tax."""
    return ProgramVersion(
        version=1,
        effective_at=OPENED_AT,
        published_at=OPENED_AT,
        author="system",
        reason="Opening",
        settings=settings or program.default_settings(),
    )


def give(
    *live: CampaignVersion,
    purchase: Purchase | None = None,
    facts: CustomerFacts | None = None,
    programme: ProgramVersion | None = None,
    points_used: int = 0,
    **state: Any,
) -> Priced:
    """Price a receipt, ¥1,980 with 10 % tax (18 points) at noon on Friday 20 November, under live campaigns."""
    purchase = purchase or make_purchase(1_980)
    programme = programme or make_programme()
    basis = program.assess(purchase, programme, points_used)
    on = program.day_in_zone(purchase.occurred_at, programme.settings.zone_info)
    return price_campaigns(purchase, programme, basis, live, facts or CustomerFacts(), on=on, **state)


def points_of(priced: Priced) -> dict[str, int]:
    """What each campaign gives."""
    return {award.basis.campaign: award.points for award in priced.awards}


def line(sku: str, yen: int, quantity: int = 1, category: str = "", tax_rate_percent: int = 10) -> Line:
    return Line(sku, quantity, yen, tax_rate_percent, category=category)


__all__ = [
    "END",
    "HUNDRED",
    "JST",
    "NOON",
    "START",
    "TWICE",
    "give",
    "line",
    "make_programme",
    "make_rules",
    "make_version",
    "points_of",
]
