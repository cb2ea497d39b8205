"""Ladders to begin with: a portal's by points and count, and a salon's by visits. Pure."""

from __future__ import annotations

from enishi.kit.identifiers import IdentifierKind
from enishi.ranks.ladder import (
    AllOf,
    AnyOf,
    AtLeast,
    BenefitReward,
    CalendarPeriod,
    CouponReward,
    Criterion,
    ForMonths,
    Holds,
    Ladder,
    Lifetime,
    Measure,
    MessageReward,
    MonthlyOn,
    Period,
    Policies,
    RollingMonths,
    TierRule,
    UntilEvaluation,
    UntilYearEnd,
    YearlyOn,
)

_HALF_YEAR = RollingMonths(6)
_YEAR = RollingMonths(12)


def points_and_count(points: int, count: int, *, months: int = 6, card: bool = False) -> Criterion:
    """So many points earned and so many purchases within months, and a card besides."""
    window = _HALF_YEAR if months == _HALF_YEAR.months else RollingMonths(months)
    leaves = (
        AtLeast(Measure.POINTS_EARNED, points, window),
        AtLeast(Measure.PURCHASES, count, window),
    )
    return AllOf((*leaves, Holds(IdentifierKind.CARD)) if card else leaves)


def points_ladder() -> Ladder:
    """The scheme of Rakuten's ranks: points earned AND purchases in six months, to keep a rank as to attain it."""
    return Ladder(
        name="ポイント獲得型（6か月）",
        tiers=(
            TierRule(code="regular", name_ja="レギュラー", name_en="Regular", colour="#8A9099"),
            TierRule(
                code="silver", name_ja="シルバー", name_en="Silver", colour="#7C8A99", criteria=points_and_count(200, 2)
            ),
            TierRule(
                code="gold", name_ja="ゴールド", name_en="Gold", colour="#B8860B", criteria=points_and_count(700, 7)
            ),
            TierRule(
                code="platinum",
                name_ja="プラチナ",
                name_en="Platinum",
                colour="#5B6FA8",
                criteria=points_and_count(2_000, 15),
            ),
            TierRule(
                code="diamond",
                name_ja="ダイヤモンド",
                name_en="Diamond",
                colour="#1B4170",
                criteria=points_and_count(4_000, 30, card=True),
            ),
        ),
        policies=Policies(schedule=MonthlyOn(1), keep=UntilEvaluation(1)),
    )


def salon_ladder() -> Ladder:
    """A salon's: visits within twelve months, the highest by spending as well, and for ever after fifty visits."""
    return Ladder(
        name="来店回数型（12か月）",
        tiers=(
            TierRule(code="guest", name_ja="ゲスト", name_en="Guest", colour="#8A9099"),
            TierRule(
                code="friend",
                name_ja="フレンド",
                name_en="Friend",
                colour="#23774A",
                criteria=AtLeast(Measure.VISITS, 3, _YEAR),
            ),
            TierRule(
                code="favourite",
                name_ja="フェイバリット",
                name_en="Favourite",
                colour="#9A6414",
                criteria=AnyOf((AtLeast(Measure.VISITS, 8, _YEAR), AtLeast(Measure.AMOUNT_WITH_TAX, 100_000, _YEAR))),
                rewards=(CouponReward("treatment", "トリートメント無料"), MessageReward("welcome", "rank-favourite")),
            ),
            TierRule(
                code="partner",
                name_ja="パートナー",
                name_en="Partner",
                colour="#C8402F",
                criteria=AnyOf(
                    (
                        AllOf((AtLeast(Measure.VISITS, 12, _YEAR), AtLeast(Measure.AMOUNT_WITH_TAX, 200_000, _YEAR))),
                        AtLeast(Measure.VISITS, 50, Lifetime()),
                    )
                ),
                rewards=(BenefitReward("early-booking", "先行予約"), MessageReward("welcome", "rank-partner")),
            ),
        ),
        policies=Policies(
            schedule=MonthlyOn(1), keep=ForMonths(6), grace_days=14, downgrade="one_step", notice_days=30
        ),
    )


def yearly_ladder() -> Ladder:
    """A department store's: what is spent before tax in a fiscal year from April, kept through the next one."""
    fiscal_year = CalendarPeriod(Period.YEAR, 4)
    return Ladder(
        name="年間購入額型（4月始まり）",
        tiers=(
            TierRule(code="member", name_ja="一般", name_en="Member", colour="#8A9099"),
            TierRule(
                code="silver",
                name_ja="シルバー",
                name_en="Silver",
                colour="#7C8A99",
                criteria=AtLeast(Measure.AMOUNT_WITHOUT_TAX, 100_000, fiscal_year),
            ),
            TierRule(
                code="gold",
                name_ja="ゴールド",
                name_en="Gold",
                colour="#B8860B",
                criteria=AtLeast(Measure.AMOUNT_WITHOUT_TAX, 300_000, fiscal_year),
            ),
            TierRule(
                code="platinum",
                name_ja="プラチナ",
                name_en="Platinum",
                colour="#5B6FA8",
                criteria=AtLeast(Measure.AMOUNT_WITHOUT_TAX, 1_000_000, fiscal_year),
            ),
        ),
        policies=Policies(schedule=YearlyOn(("04-01",)), keep=UntilYearEnd(1, 4), notice_days=60),
    )


TEMPLATES = {"points": points_ladder, "salon": salon_ladder, "yearly": yearly_ladder}
"""The templates by their names."""
