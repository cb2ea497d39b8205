"""The law on premiums (景品表示法) as arithmetic: what a campaign gives against what may be given. It only warns.

The limits: a premium for everybody (総付) up to ¥200 on a sale below ¥1,000 and 20 % of it above; by lottery (一般懸賞)
up to 20 times the sale below ¥5,000 and ¥100,000 above, in all 2 % of the expected sales; joint lotteries (共同懸賞)
up to ¥300,000 and 3 %. Points that only lower the price of one's own goods later are 値引 and outside these limits,
unless their use is restricted. A point is one yen. None of this is legal advice.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from enishi.campaigns.model import (
    AddedPoints,
    AmountSteps,
    BenefitClass,
    CampaignRules,
    Multiplier,
    PointsPerPiece,
)
from enishi.program import EarningRule

ALL_COMERS_SMALL_SALE_YEN = 1_000
ALL_COMERS_FLOOR_YEN = 200
ALL_COMERS_PERCENT = 20
LOTTERY_SMALL_SALE_YEN = 5_000
LOTTERY_TIMES = 20
LOTTERY_MOST_YEN = 100_000
LOTTERY_TOTAL_PERCENT = 2
JOINT_MOST_YEN = 300_000
JOINT_TOTAL_PERCENT = 3
NO_SALE_YEN = 100
"""What a visit without a purchase counts as (CAA Q111)."""


class PremiumWarning(Struct, frozen=True):
    """What the check found, with its arithmetic; ``is_over`` tells a limit that is passed from a remark."""

    code: str
    is_over: bool
    given_yen: int
    limit_yen: int
    text_ja: str
    text_en: str


def check_premium(rules: CampaignRules, earning: EarningRule) -> tuple[PremiumWarning, ...]:
    """Hold a campaign against the limits of its benefit class."""
    match rules.premium.benefit:
        case BenefitClass.OWN_DISCOUNT:
            return tuple(_check_discount(rules, earning))
        case BenefitClass.ALL_COMERS:
            return tuple(_check_all_comers(rules, earning))
        case BenefitClass.OPEN_LOTTERY | BenefitClass.JOINT_LOTTERY:
            return tuple(_check_lottery(rules))


def lowest_sale_yen(rules: CampaignRules) -> int:
    """The smallest sale that takes part: as declared, or what the conditions ask; a visit alone counts as ¥100."""
    declared = rules.premium.lowest_sale_yen
    if declared is not None:
        return declared or NO_SALE_YEN
    lowest = rules.conditions.from_yen
    if isinstance(rules.effect, AmountSteps):
        lowest = max(lowest, rules.effect.steps[0].from_yen)
    return lowest or NO_SALE_YEN


def given_yen(rules: CampaignRules, sale_yen: int, earning: EarningRule) -> int:
    """What a sale of this amount gets at most, a point being one yen; of goods by the piece, one piece."""
    match rules.effect:
        case Multiplier(times_percent):
            base = sale_yen * earning.points_per_unit // earning.unit_yen
            given = -(-base * (times_percent - 100) // 100)
        case AddedPoints(points):
            given = points
        case PointsPerPiece(points):
            given = points
        case AmountSteps(steps):
            given = max((step.points for step in steps if sale_yen >= step.from_yen), default=0)
    ceiling = rules.ceilings.receipt_points
    return given if ceiling is None else min(given, ceiling)


def _check_discount(rules: CampaignRules, earning: EarningRule) -> Iterator[PremiumWarning]:
    if rules.premium.restricted_use:
        yield PremiumWarning(
            "restricted_use",
            True,
            0,
            0,
            "使いみちが限られたポイントは値引と認められず、景品類にあたるおそれがあります。"
            "以下は総付景品としての計算です。",
            "Points whose use is restricted may not count as money off but as a premium. What follows takes them as "
            "one for everybody.",
        )
        yield from _check_all_comers(rules, earning)
        return
    yield PremiumWarning(
        "own_discount",
        False,
        0,
        0,
        "自社の次回以降のお買い物に使えるポイントは値引にあたり、景品類の限度額の対象外です。",
        "Points for later purchases of one's own are money off and outside the limits on premiums.",
    )


def _check_all_comers(rules: CampaignRules, earning: EarningRule) -> Iterator[PremiumWarning]:
    sales = [lowest_sale_yen(rules)]
    if isinstance(rules.effect, AmountSteps):
        sales += [step.from_yen for step in rules.effect.steps if step.from_yen > sales[0]]
    for sale_yen in sales:
        given = given_yen(rules, sale_yen, earning)
        if sale_yen < ALL_COMERS_SMALL_SALE_YEN:
            limit = ALL_COMERS_FLOOR_YEN
            rule_ja, rule_en = "¥1,000未満は ¥200 まで", "up to ¥200 below ¥1,000"
        else:
            limit = sale_yen * ALL_COMERS_PERCENT // 100
            rule_ja = f"¥{sale_yen:,} × 20% = ¥{limit:,} まで"
            rule_en = f"¥{sale_yen:,} × 20 % = ¥{limit:,} at most"
        yield _compare(
            "all_comers", given, limit, f"総付景品：取引価額 ¥{sale_yen:,}（{rule_ja}）",
            f"Premium for everybody on a sale of ¥{sale_yen:,} ({rule_en})",
        )  # fmt: skip


def _check_lottery(rules: CampaignRules) -> Iterator[PremiumWarning]:
    premium = rules.premium
    sale_yen = lowest_sale_yen(rules)
    is_joint = premium.benefit is BenefitClass.JOINT_LOTTERY
    name_ja, name_en = ("共同懸賞", "Joint lottery") if is_joint else ("一般懸賞", "Lottery")
    if is_joint:
        limit, rule_ja, rule_en = JOINT_MOST_YEN, f"¥{JOINT_MOST_YEN:,} まで", f"up to ¥{JOINT_MOST_YEN:,}"
    elif sale_yen < LOTTERY_SMALL_SALE_YEN:
        limit = sale_yen * LOTTERY_TIMES
        rule_ja = f"¥{sale_yen:,} × 20倍 = ¥{limit:,} まで"
        rule_en = f"¥{sale_yen:,} × 20 = ¥{limit:,} at most"
    else:
        limit, rule_ja, rule_en = LOTTERY_MOST_YEN, f"¥{LOTTERY_MOST_YEN:,} まで", f"up to ¥{LOTTERY_MOST_YEN:,}"
    if premium.highest_prize_yen is None:
        yield _missing(
            "highest_prize_yen", f"{name_ja}の最高額が未入力です。", f"{name_en}: the highest prize is missing."
        )
    else:
        yield _compare(
            "highest_prize", premium.highest_prize_yen, limit,
            f"{name_ja}の最高額：取引価額 ¥{sale_yen:,}（{rule_ja}）",
            f"{name_en}, highest prize on a sale of ¥{sale_yen:,} ({rule_en})",
        )  # fmt: skip
    percent = JOINT_TOTAL_PERCENT if is_joint else LOTTERY_TOTAL_PERCENT
    if premium.expected_sales_yen is None or premium.total_prizes_yen is None:
        yield _missing(
            "total_prizes_yen", f"{name_ja}の総額または売上予定総額が未入力です。",
            f"{name_en}: the sum of all prizes or the expected sales are missing.",
        )  # fmt: skip
        return
    total = premium.expected_sales_yen * percent // 100
    yield _compare(
        "total_prizes", premium.total_prizes_yen, total,
        f"{name_ja}の総額：売上予定総額 ¥{premium.expected_sales_yen:,} × {percent}% = ¥{total:,} まで",
        f"{name_en}, all prizes: expected sales ¥{premium.expected_sales_yen:,} × {percent} % = ¥{total:,} at most",
    )  # fmt: skip


def _compare(code: str, given: int, limit: int, text_ja: str, text_en: str) -> PremiumWarning:
    is_over = given > limit
    verdict_ja = f"¥{given - limit:,} 超過しています" if is_over else "限度内です"
    verdict_en = f"¥{given - limit:,} too much" if is_over else "within the limit"
    return PremiumWarning(
        code,
        is_over,
        given,
        limit,
        f"{text_ja}。提供額 ¥{given:,}：{verdict_ja}。",
        f"{text_en}. Given ¥{given:,}: {verdict_en}.",
    )


def _missing(code: str, text_ja: str, text_en: str) -> PremiumWarning:
    return PremiumWarning(code, True, 0, 0, text_ja, text_en)
