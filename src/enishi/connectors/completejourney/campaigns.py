"""Three invented campaigns of the demo: live during a part of the replayed year and today, so receipts show them."""

from __future__ import annotations

from datetime import datetime, timedelta

from psycopg import Connection

from enishi import campaigns
from enishi.campaigns import (
    AddedPoints,
    AmountStep,
    AmountSteps,
    AwardTerms,
    CampaignRules,
    Ceilings,
    Conditions,
    Deed,
    Multiplier,
    Period,
    Stacking,
    Weekday,
)

_WRITER = "system"
_REVIEWER = "system:review"
_LASTS = timedelta(days=430)
"""From the first receipt on: beyond the year that is replayed, so that they are live in the demo."""


def launch_campaigns(conn: Connection, opened_at: datetime) -> None:
    """Write and approve the campaigns as of the first day of the history, where there is none yet."""
    if campaigns.ask_latest_change(conn)():
        return
    for code, rules in _invent(opened_at):
        campaigns.create_campaign(conn, code, rules, Deed(_WRITER, "デモの開始（架空）", opened_at))
        campaigns.submit_campaign(conn, code, Deed(_WRITER, "デモの開始（架空）", opened_at))
        campaigns.approve_campaign(conn, code, Deed(_REVIEWER, "デモの開始（架空）", opened_at))


def _invent(opened_at: datetime) -> list[tuple[str, CampaignRules]]:
    ends_at = opened_at + _LASTS
    return [
        (
            "tens-double",
            CampaignRules(
                name_ja="10のつく日 ポイント2倍",
                name_en="Double points on the 10th, 20th and 30th",
                note="架空のキャンペーンです。",
                starts_at=opened_at + timedelta(days=90),
                ends_at=ends_at,
                effect=Multiplier(200),
                conditions=Conditions(days_of_month=(10, 20, 30)),
                stacking=Stacking(priority=10),
                ceilings=Ceilings(receipt_points=500),
                invented=True,
            ),
        ),
        (
            "weekend-50",
            CampaignRules(
                name_ja="週末のまとめ買い 50pt",
                name_en="50 points for a large shopping at weekends",
                note="架空のキャンペーンです。",
                starts_at=opened_at + timedelta(days=180),
                ends_at=ends_at,
                effect=AddedPoints(50),
                conditions=Conditions(weekdays=(Weekday.SAT, Weekday.SUN), from_yen=5_000),
                award=AwardTerms(kind="limited", valid_days=30),
                ceilings=Ceilings(member_points=200, member_period=Period.MONTH, budget_points=1_000_000),
                invented=True,
            ),
        ),
        (
            "steps-of-the-season",
            CampaignRules(
                name_ja="季節のお買い上げ特典",
                name_en="Points by amount this season",
                note="架空のキャンペーンです。",
                starts_at=opened_at + timedelta(days=300),
                ends_at=ends_at,
                effect=AmountSteps((AmountStep(3_000, 20), AmountStep(8_000, 80))),
                award=AwardTerms(kind="limited", valid_days=60),
                invented=True,
            ),
        ),
    ]
