"""The answers to "why these points?" and "why none?", word for word."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec import structs

from enishi.program import (
    EarningBase,
    FixedDate,
    Rounding,
    RoundingScope,
    assess,
    explain,
    explain_no_award,
    price,
)
from enishi.purchases import Payment, PaymentMethod, TaxMode

COUPON = Payment(PaymentMethod.COUPON, 300)


def sentences(purchase, version, points_used=0):
    basis = price(purchase, version, points_used)[0].basis
    return explain(basis, "ja").sentence, explain(basis, "en").sentence


def refusals(purchase, version, points_used=0):
    assert price(purchase, version, points_used) == ()
    return tuple(explain_no_award(purchase, version, points_used, locale).sentence for locale in ("ja", "en"))


def steps(purchase, version, points_used=0, locale="ja"):
    basis = price(purchase, version, points_used)[0].basis
    return [(step.label, step.value) for step in explain(basis, locale).steps]


class TestSentences:
    def test_the_plain_case(self, receipt, programme):
        assert sentences(receipt(2_178), programme()) == (
            "税抜 ¥1,980 ÷ 100円 × 1pt = 19pt、端数切捨て",
            "¥1,980 before tax ÷ ¥100 × 1 pt = 19 pt, rounded down",
        )

    @pytest.mark.parametrize(
        ("rounding", "ja", "en"),
        [
            (Rounding.HALF_UP, "20pt、端数四捨五入", "20 pt, rounded to the nearest point"),
            (Rounding.CEIL, "20pt、端数切上げ", "20 pt, rounded up"),
        ],
    )
    def test_other_roundings(self, receipt, programme, rounding, ja, en):
        version = programme(rounding=rounding, base=EarningBase.TAX_INCLUDED)
        assert sentences(receipt(1_970), version) == (
            f"税込 ¥1,970 ÷ 100円 × 1pt = {ja}",
            f"¥1,970 tax included ÷ ¥100 × 1 pt = {en}",
        )

    def test_whole_units(self, receipt, programme):
        version = programme(unit_yen=1_000, points_per_unit=10, scope=RoundingScope.UNIT)
        assert sentences(receipt(2_178), version) == (
            "税抜 ¥1,980 ÷ 1,000円 = 1（端数切捨て）、1 × 10pt = 10pt",
            "¥1,980 before tax ÷ ¥1,000 = 1 (rounded down), 1 × 10 pt = 10 pt",
        )

    def test_line_by_line(self, receipt, programme):
        version = programme(scope=RoundingScope.LINE)
        assert sentences(receipt(550, 330, 999), version) == (
            "明細ごとに税抜 ÷ 100円 × 1pt：5pt + 3pt + 9pt = 17pt、端数切捨て",
            "Each line before tax ÷ ¥100 × 1 pt: 5 pt + 3 pt + 9 pt = 17 pt, each rounded down",
        )

    def test_many_lines_are_counted(self, receipt, programme):
        version = programme(scope=RoundingScope.LINE)
        assert sentences(receipt(*[550] * 12), version) == (
            "明細ごとに税抜 ÷ 100円 × 1pt：12明細の合計 = 60pt、端数切捨て",
            "Each line before tax ÷ ¥100 × 1 pt: sum of 12 lines = 60 pt, each rounded down",
        )

    def test_everything_that_did_not_earn_is_named(self, receipt, programme):
        version = programme(excluded_categories=("たばこ",), excluded_payment_methods=(PaymentMethod.GIFT_CARD,))
        payments = (COUPON, Payment(PaymentMethod.GIFT_CARD, 500))
        purchase = receipt((2_178, 10), (1_000, 8), (540, 10, "たばこ"), payments=payments)
        ja, en = sentences(purchase, version, 200)
        assert ja == (
            "税抜 ¥2,125（対象外の商品 ¥540、ポイント払い ¥200、クーポン ¥300、ギフトカード ¥500 を除く）"
            "÷ 100円 × 1pt = 21pt、端数切捨て"
        )
        assert en == (
            "¥2,125 before tax (without ¥540 of excluded goods, ¥200 paid with points, ¥300 paid by coupon,"
            " ¥500 paid by gift card) ÷ ¥100 × 1 pt = 21 pt, rounded down"
        )

    def test_a_discount_on_the_receipt(self, receipt, programme):
        assert sentences(receipt(2_478, (0, 10, "", 300)), programme()) == (
            "税抜 ¥1,980（値引き ¥300 を除く）÷ 100円 × 1pt = 19pt、端数切捨て",
            "¥1,980 before tax (without ¥300 taken off by discounts) ÷ ¥100 × 1 pt = 19 pt, rounded down",
        )

    def test_a_stores_own_rule(self, receipt, programme):
        double = structs.replace(programme().settings.earning, points_per_unit=2)
        assert sentences(receipt(2_178), programme(store_overrides={"S01": double})) == (
            "税抜 ¥1,980 ÷ 100円 × 2pt = 39pt、端数切捨て（店舗 S01 の付与ルール）",
            "¥1,980 before tax ÷ ¥100 × 2 pt = 39 pt, rounded down (earning rule of store S01)",
        )


class TestSteps:
    def test_from_the_goods_to_the_points(self, receipt, programme):
        version = programme(version=3, excluded_categories=("たばこ",))
        purchase = receipt((2_178, 10), (1_000, 8), (540, 10, "たばこ"), payments=(COUPON,))
        assert steps(purchase, version, 200) == [
            ("適用したルール", "ポイント制度 第3版・基本の付与ルール"),
            ("対象外の商品（たばこ）", "¥540（税込）"),
            ("対象の商品（税率8%・税込）", "¥1,000"),
            ("対象の商品（税率10%・税込）", "¥2,178"),
            ("ポイント払い", "−¥200"),
            ("クーポン", "−¥300"),
            ("うち対象の商品にかかる分", "−¥428"),
            ("消費税（8%）", "−¥64"),
            ("消費税（10%）", "−¥171"),
            ("計算のもとになる金額（税抜）", "¥2,515"),
            ("計算", "¥2,515 ÷ 100円 × 1pt = 25.15pt"),
            ("端数の扱い", "レシート全体で切捨て"),
            ("付与ポイント", "25pt"),
        ]

    def test_amounts_without_tax_that_nothing_reduces_are_shown_as_printed(self, receipt, programme):
        version = programme(unit_yen=300)
        assert steps(receipt(1_000, tax_mode=TaxMode.EXCLUDED), version, locale="en") == [
            ("Rule applied", "Programme version 1, base rule"),
            ("Goods that earn (10% tax, before tax)", "¥1,000"),
            ("Amount that earns (before tax)", "¥1,000"),
            ("Arithmetic", "¥1,000 ÷ ¥300 × 1 pt = 3 1/3 pt"),
            ("Rounding", "Rounded down, once per receipt"),
            ("Points earned", "3 pt"),
        ]

    def test_a_base_with_tax_needs_no_tax_step(self, receipt, programme):
        labels = [label for label, _ in steps(receipt(2_178), programme(base=EarningBase.TAX_INCLUDED))]
        assert labels == [
            "適用したルール",
            "対象の商品（税率10%・税込）",
            "計算のもとになる金額（税込）",
            "計算",
            "端数の扱い",
            "付与ポイント",
        ]

    def test_each_line_shows_its_own_arithmetic(self, receipt, programme):
        rule = structs.replace(programme().settings.earning, scope=RoundingScope.LINE, points_per_unit=2)
        version = programme(store_overrides={"S01": rule})
        assert steps(receipt(550, (324, 8)), version, 74, locale="en") == [
            ("Rule applied", "Programme version 1, rule of store S01"),
            ("Paid with points", "−¥74"),
            ("Line 1 (10% tax, tax included)", "(¥550 − ¥47 − ¥45) ÷ ¥100 × 2 pt = 9.16 pt → 9 pt"),
            ("Line 2 (8% tax, tax included)", "(¥324 − ¥27 − ¥22) ÷ ¥100 × 2 pt = 5.5 pt → 5 pt"),
            ("Rounding", "Rounded down, line by line"),
            ("Points earned", "14 pt"),
        ]

    def test_units_are_counted_before_they_are_multiplied(self, receipt, programme):
        version = programme(unit_yen=1_000, points_per_unit=10, scope=RoundingScope.UNIT)
        assert steps(receipt(2_178), version)[-4:] == [
            ("単位の数", "¥1,980 ÷ 1,000円 = 1.98 → 1"),
            ("端数の扱い", "1,000円単位で切捨て"),
            ("計算", "1 × 10pt = 10pt"),
            ("付与ポイント", "10pt"),
        ]


class TestNoAward:
    def test_no_programme_yet(self, receipt):
        assert refusals(receipt(1_100), None) == (
            "ご購入の時点（2026/03/01 03:00）では、ポイント制度が始まっていませんでした。",
            "No earning programme was in force at the time of this purchase (2026-03-01 03:00).",
        )

    def test_earning_is_stopped(self, receipt, programme):
        assert refusals(receipt(1_100), programme(points_per_unit=0)) == (
            "ご購入の時点では、ポイントの付与を停止していました。",
            "Earning was stopped at the time of this purchase.",
        )

    def test_after_the_fixed_date(self, receipt, programme):
        assert refusals(receipt(1_100), programme(expiry=FixedDate(date(2026, 2, 28)))) == (
            "ポイントの有効期限（2026/02/28）を過ぎたご購入のため、ポイントは付きません。",
            "The purchase came after the last day on which points are valid (2026-02-28), so it earns none.",
        )

    def test_nothing_to_pay(self, receipt, programme):
        assert refusals(receipt(0), programme()) == (
            "お会計が ¥0 のため、ポイントは付きません。",
            "The receipt comes to ¥0, so it earns no points.",
        )

    def test_only_excluded_goods(self, receipt, programme):
        version = programme(excluded_categories=("たばこ",))
        assert refusals(receipt((600, 10, "たばこ")), version, 100) == (
            "ポイント対象の商品がないため、ポイントは付きません（対象外の商品 ¥600）。",
            "Nothing on the receipt earns points (¥600 of excluded goods).",
        )

    def test_paid_with_points_altogether(self, receipt, programme):
        assert refusals(receipt(800, payments=(COUPON,)), programme(), 500) == (
            "お支払いの全額がポイントの対象外のため、ポイントは付きません（ポイント払い ¥500、クーポン ¥300）。",
            "The whole receipt was paid in ways that earn no points (¥500 paid with points, ¥300 paid by coupon).",
        )

    def test_too_little_for_a_point(self, receipt, programme):
        assert refusals(receipt(90), programme()) == (
            "税抜 ¥82 ÷ 100円 × 1pt = 0.82pt、端数切捨てで 0pt",
            "¥82 before tax ÷ ¥100 × 1 pt = 0.82 pt, rounded down to 0 pt",
        )

    def test_too_little_for_a_unit(self, receipt, programme):
        version = programme(unit_yen=1_000, points_per_unit=10, scope=RoundingScope.UNIT)
        assert refusals(receipt(900, tax_mode=TaxMode.EXCLUDED), version) == (
            "税抜 ¥900 は 1,000円に満たないため、0pt",
            "¥900 before tax does not reach ¥1,000, so 0 pt",
        )

    def test_too_little_on_every_line(self, receipt, programme):
        assert refusals(receipt(90, 80), programme(scope=RoundingScope.LINE)) == (
            "明細ごとに税抜 ÷ 100円 × 1pt：0pt + 0pt = 0pt、端数切捨て",
            "Each line before tax ÷ ¥100 × 1 pt: 0 pt + 0 pt = 0 pt, each rounded down",
        )

    def test_the_steps_show_how_it_came_to_nothing(self, receipt, programme):
        explanation = explain_no_award(receipt(90), programme(), 0, "ja")
        assert explanation.steps == explain(assess(receipt(90), programme()), "ja").steps
        assert explanation.steps[-1].value == "0pt"

    def test_a_purchase_that_did_earn_is_explained_as_such(self, receipt, programme):
        basis = price(receipt(2_178), programme())[0].basis
        assert explain_no_award(receipt(2_178), programme(), 0, "en") == explain(basis, "en")
