"""Configurations in force for the tests, and documents that differ from them in one thing."""

from __future__ import annotations

from typing import Any

from tests.campaigns.factories import START, make_rules

from enishi import program, ranks
from enishi.campaigns import State
from enishi.configuration import FORMAT, Configuration, Current

LADDER = ranks.Ladder(
    name="会員ランク",
    tiers=(
        ranks.TierRule(code="regular", name_ja="レギュラー", name_en="Regular", colour="#888888"),
        ranks.TierRule(
            code="gold",
            name_ja="ゴールド",
            name_en="Gold",
            colour="#AA8800",
            criteria=ranks.AtLeast(ranks.Measure.POINTS_EARNED, 700, ranks.RollingMonths(6)),
        ),
    ),
)
IN_FORCE = Configuration(
    format=FORMAT,
    program=program.default_settings(),
    ladder=LADDER,
    campaigns={"november": make_rules()},
)


def make_current(**fields: Any) -> Current:
    """What is in force: the default programme, two ranks, and one live campaign that has given 500 points."""
    values: dict[str, Any] = {
        "configuration": IN_FORCE,
        "states": {"november": State.LIVE},
        "members_by_tier": {"regular": 900, "gold": 100},
        "given_points": {"november": 500},
        "stores": frozenset({"tokyo", "kyoto"}),
        "segments": frozenset({"sleeping"}),
        "now": START.replace(day=15),
    }
    return Current(**(values | fields))
