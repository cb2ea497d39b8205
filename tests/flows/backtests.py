"""A result of trying rules on the past, small and with everything in it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

from enishi.flows import (
    Backtest,
    Ground,
    Liability,
    PointsBar,
    RankMove,
    Reach,
    Row,
    Sums,
    Threshold,
    TierMembers,
    Valuation,
)
from enishi.flows.backtest_model import Below, Label

MEMBER = UUID(int=7)
REACH = Reach(100, 600_000, 1_000, 950, (Below(10, 10, 4_000), Below(20, 20, 12_000), Below(30, 40, 30_000)))
TIERS = (
    TierMembers("regular", 0, 8, "レギュラー", "Regular", "#778899"),
    TierMembers("gold", 1, 2, "ゴールド", "Gold", "#aa8800"),
)
TRIED = Backtest(
    since_on=date(2025, 11, 26),
    until_on=date(2026, 11, 25),
    purchases=3,
    members=10,
    total=Row("", Sums(3, 9_000, 80), Sums(3, 9_000, 80, 20, 0, 5, 2), 76, 95),
    months=(Row("2026-11", Sums(3, 9_000, 80), Sums(3, 9_000, 80, 20), 76, 95),),
    stores=(Row("S1", Sums(3, 9_000, 80), Sums(3, 9_000, 80, 20), 76, 95),),
    ranks=(Row("gold", Sums(3, 9_000, 80), Sums(3, 9_000, 80, 20), 76, 95),),
    campaigns=(Row("steps", Sums(), Sums(1, 6_000, 0, 20), 0, 19),),
    moves=(RankMove("regular", "gold", 1, 1, (MEMBER,)), RankMove("gold", "gold", 0, 9, (UUID(int=8),))),
    outstanding_today=80,
    outstanding_tried=95,
    moved_days={"steps": 364},
    now=datetime(2026, 11, 26, tzinfo=UTC),
    document="ab" * 32,
    tiers_today=TIERS,
    tiers_tried=TIERS,
    names=(Label("steps", "段階", "Steps"),),
    points_by_member=(PointsBar(0, 5, 4), PointsBar(1, 3, 3), PointsBar(100, 2, 3)),
    liability_today=Liability(80, 70, 60, 6),
    liability_tried=Liability(95, 80, 70, 6),
    valuation=Valuation(2, Decimal("0.95"), Decimal("0.8123"), from_history=True),
    thresholds=(
        Threshold(kind="campaign", code="steps", needed=5_000, unit="yen", measure="total", today=None, tried=REACH),
    ),
    ground=Ground(program_today=(1, 2), ladders_today=(1,), campaigns_tried=("steps",), returns=4),
)
