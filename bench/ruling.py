"""An installation whose receipts meet everything that can be published: a ladder of ranks and three live campaigns.

One campaign is for a rank that nobody holds, so it is asked and refused; one gives points by the amount to one receipt
in three and counts against a ceiling of the member and a budget; one needs a weekday that is not today.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from bench.stage import OPENED_AT, Installation, Stage
from enishi import campaigns, ranks
from enishi.campaigns import (
    AddedPoints,
    AmountStep,
    AmountSteps,
    CampaignRules,
    Ceilings,
    Conditions,
    Deed,
    Multiplier,
    Period,
    Weekday,
)

_LASTS = timedelta(days=3_600)
"""From ``OPENED_AT`` on; a campaign of more than ten years is refused."""


@contextmanager
def open_ruled(stage: Stage) -> Generator[Installation]:
    """A copy of the stage with a programme, a ladder and campaigns in force."""
    with stage.open_installation("ruled") as installation:
        with installation.pool.connection() as conn:
            ranks.publish_ladder(conn, ranks.TEMPLATES["points"](), OPENED_AT, "system", "Bench", OPENED_AT)
            for code, rules in _campaigns().items():
                campaigns.create_campaign(conn, code, rules, Deed("system", "Bench", OPENED_AT))
                campaigns.submit_campaign(conn, code, Deed("system", "Bench", OPENED_AT))
                campaigns.approve_campaign(conn, code, Deed("system:review", "Bench", OPENED_AT))
        yield installation


def _campaigns() -> dict[str, CampaignRules]:
    in_two_days = list(Weekday)[(datetime.now(UTC) + timedelta(days=2)).weekday()]
    return {
        "for-diamonds": _rules(Multiplier(300), Conditions(ranks=("diamond",))),
        "from-3000": _rules(
            AmountSteps((AmountStep(3_000, 20),)),
            Conditions(),
            Ceilings(member_points=2_000, member_period=Period.MONTH, budget_points=1_000_000_000),
        ),
        "another-day": _rules(AddedPoints(50), Conditions(weekdays=(in_two_days,))),
    }


def _rules(
    effect: Multiplier | AmountSteps | AddedPoints, conditions: Conditions, ceilings: Ceilings | None = None
) -> CampaignRules:
    return CampaignRules(
        name_ja="計測",
        name_en="Bench",
        starts_at=OPENED_AT,
        ends_at=OPENED_AT + _LASTS,
        effect=effect,
        conditions=conditions,
        ceilings=ceilings or Ceilings(),
    )
