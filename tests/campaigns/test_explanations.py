"""What is said of an award, and of a campaign that gave nothing, in Japanese and English."""

from __future__ import annotations

import msgspec
import pytest
from tests.campaigns.factories import HUNDRED, TWICE, give, line, make_version
from tests.flows.factories import make_purchase

from enishi.campaigns import (
    WHOLE_CAMPAIGN,
    AmountStep,
    AmountSteps,
    CampaignBasis,
    Ceilings,
    Conditions,
    Goods,
    Multiplier,
    PointsPerPiece,
    Stacking,
    StackMode,
    Weekday,
    explain_award,
    explain_refusal,
)


def sentences(*live, **fields) -> list[str]:
    bases = [award.basis for award in give(*live, **fields).awards]
    # What is told years later is told from the journal.
    kept = [msgspec.json.decode(msgspec.json.encode(basis), type=CampaignBasis) for basis in bases]
    assert kept == bases
    return [explain_award(basis, locale).sentence for basis in kept for locale in ("ja", "en")]


@pytest.mark.parametrize(
    ("effect", "goods", "expected"),
    [
        (TWICE, None, ["「試験」基本ポイント 18pt ×（2倍 − 1）= 18pt", "Trial: base award 18 pt × (2 − 1) = 18 pt"]),
        (HUNDRED, None, ["「試験」100pt", "Trial: 100 pt"]),
        (
            PointsPerPiece(5),
            Goods(skus=("SKU1",)),
            ["「試験」1点 × 5pt = 5pt", "Trial: 1 × 5 pt = 5 pt"],
        ),
        (
            AmountSteps((AmountStep(1_000, 30),)),
            None,
            ["「試験」¥1,800 のお買い上げで 30pt", "Trial: 30 pt for ¥1,800"],
        ),
        (
            Multiplier(155),
            None,
            [
                "「試験」基本ポイント 18pt ×（1.55倍 − 1）= 9.9pt、端数処理で 9pt",
                "Trial: base award 18 pt × (1.55 − 1) = 9.9 pt, rounded to 9 pt",
            ],
        ),
    ],
)
def test_an_award_explains_itself_in_one_sentence(effect, goods, expected):
    assert sentences(make_version(effect, goods=goods)) == expected


def test_a_cut_is_part_of_the_sentence():
    campaign = make_version(TWICE, ceilings=Ceilings(receipt_points=15, budget_points=1_000))
    budgets = {(campaign.campaign_id, WHOLE_CAMPAIGN): 7}
    assert sentences(campaign, budgets=budgets) == [
        (
            "「試験」基本ポイント 18pt ×（2倍 − 1）= 18pt、1回のお買い物の上限 15pt により 15pt、"
            "キャンペーン予算の残り 7pt により 7pt"
        ),
        (
            "Trial: base award 18 pt × (2 − 1) = 18 pt, by the limit of 15 pt a purchase 15 pt, "
            "by the 7 pt left of the campaign's budget 7 pt"
        ),
    ]


def test_steps_lead_from_the_conditions_to_the_points():
    campaign = make_version(
        Multiplier(300), "tripled", goods=Goods(skus=("BEAN",)), conditions=Conditions(weekdays=(Weekday.FRI,))
    )
    purchase = make_purchase(lines=(line("TEA", 2_200), line("BEAN", 1_100)))
    basis = give(campaign, purchase=purchase).awards[0].basis
    assert [(step.label, step.value) for step in explain_award(basis, "ja").steps] == [
        ("キャンペーン", "試験（tripled・第1版）"),
        ("曜日", "金"),
        ("基本ポイント", "30pt"),
        ("うち対象商品の分", "10pt"),
        ("計算", "対象商品の基本ポイント 10pt ×（3倍 − 1）= 20pt"),
        ("付与ポイント", "20pt"),
    ]


def test_a_refusal_says_what_was_found_and_what_is_needed():
    campaign = make_version(conditions=Conditions(weekdays=(Weekday.SAT, Weekday.SUN), from_yen=5_000))
    (refusal,) = give(campaign, why_not=True).not_applied
    assert explain_refusal(refusal, "ja") == (
        "条件を満たしていません。曜日：金（条件：土、日）、対象の金額：¥1,800（条件：¥5,000）"
    )
    assert explain_refusal(refusal, "en") == (
        "The conditions do not hold. day of the week: Friday (needed: Saturday, Sunday), "
        "amount that counts: ¥1,800 (needed: ¥5,000)"
    )


def test_a_refusal_names_the_campaign_that_goes_before():
    group = Stacking(group="g", mode=StackMode.BEST_OF)
    live = (
        make_version(TWICE, stacking=group),
        make_version(HUNDRED, name_ja="百点", name_en="Hundred", stacking=group),
    )
    (refusal,) = give(*live, why_not=True).not_applied
    assert explain_refusal(refusal, "ja") == "同じグループの「百点」のほうが有利なため、そちらが適用されます。"
    assert explain_refusal(refusal, "en") == "“Hundred” of the same group gives more and applies instead."
