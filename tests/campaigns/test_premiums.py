"""The arithmetic of the law on premiums (景品表示法), at its edges."""

from __future__ import annotations

import pytest
from tests.campaigns.factories import make_rules

from enishi import program
from enishi.campaigns import (
    AddedPoints,
    AmountStep,
    AmountSteps,
    BenefitClass,
    Conditions,
    Multiplier,
    Premium,
    check_premium,
)

EARNING = program.default_settings().earning


def check(effect, from_yen=0, **premium):
    rules = make_rules(effect, conditions=Conditions(from_yen=from_yen), premium=Premium(**premium))
    return [(one.code, one.is_over, one.given_yen, one.limit_yen) for one in check_premium(rules, EARNING)]


@pytest.mark.parametrize(
    ("points", "from_yen", "is_over", "limit"),
    [
        (200, 0, False, 200),
        (201, 0, True, 200),
        (200, 999, False, 200),
        (200, 1_000, False, 200),
        (201, 1_000, True, 200),
        (600, 3_000, False, 600),
        (601, 3_000, True, 600),
    ],
)
def test_a_premium_for_everybody_may_be_200_yen_or_a_fifth_of_the_sale(points, from_yen, is_over, limit):
    found = check(AddedPoints(points), from_yen, benefit=BenefitClass.ALL_COMERS)
    assert found == [("all_comers", is_over, points, limit)]


def test_each_step_of_an_amount_is_a_sale_of_its_own():
    steps = AmountSteps((AmountStep(1_000, 200), AmountStep(5_000, 1_001)))
    assert check(steps, benefit=BenefitClass.ALL_COMERS) == [
        ("all_comers", False, 200, 200),
        ("all_comers", True, 1_001, 1_000),
    ]


def test_own_points_are_money_off_unless_their_use_is_restricted():
    assert check(Multiplier(1_000)) == [("own_discount", False, 0, 0)]
    restricted = check(AddedPoints(300), 1_000, restricted_use=True)
    assert restricted == [("restricted_use", True, 0, 0), ("all_comers", True, 300, 200)]


@pytest.mark.parametrize(
    ("benefit", "from_yen", "prize", "total", "found"),
    [
        ("open_lottery", 1_000, 20_000, 200_000, [(False, 20_000), (False, 200_000)]),
        ("open_lottery", 1_000, 20_001, 200_001, [(True, 20_000), (True, 200_000)]),
        ("open_lottery", 5_000, 100_000, 1, [(False, 100_000), (False, 200_000)]),
        ("joint_lottery", 100, 300_001, 300_000, [(True, 300_000), (False, 300_000)]),
    ],
)
def test_prizes_of_lotteries_have_a_highest_value_and_a_sum(benefit, from_yen, prize, total, found):
    warnings = check(
        AddedPoints(1),
        from_yen,
        benefit=BenefitClass(benefit),
        highest_prize_yen=prize,
        total_prizes_yen=total,
        expected_sales_yen=10_000_000,
    )
    assert [(is_over, limit) for _, is_over, _, limit in warnings] == found


def test_a_lottery_without_its_figures_can_not_be_judged():
    found = check(AddedPoints(1), benefit=BenefitClass.OPEN_LOTTERY)
    assert [code for code, *_ in found] == ["highest_prize_yen", "total_prizes_yen"]


def test_warnings_show_their_arithmetic_in_both_languages():
    rules = make_rules(
        AddedPoints(601), conditions=Conditions(from_yen=3_000), premium=Premium(benefit=BenefitClass.ALL_COMERS)
    )
    (warning,) = check_premium(rules, EARNING)
    assert warning.text_ja == (
        "総付景品：取引価額 ¥3,000（¥3,000 × 20% = ¥600 まで）。提供額 ¥601：¥1 超過しています。"
    )
    assert warning.text_en == (
        "Premium for everybody on a sale of ¥3,000 (¥3,000 × 20 % = ¥600 at most). Given ¥601: ¥1 too much."
    )
