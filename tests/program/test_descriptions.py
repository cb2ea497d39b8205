"""The settings in plain words."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec import structs

from enishi.program import (
    ExtendedByActivity,
    FixedDate,
    MonthsToMonthEnd,
    Rounding,
    RoundingScope,
    default_settings,
    describe,
)
from enishi.purchases import PaymentMethod


def test_the_default_programme():
    assert describe(default_settings(), "ja") == (
        "税抜金額 100円につき 1pt を付与します（1%）。",
        "ポイントはレシート全体で計算し、1pt未満を切り捨てます。",
        "ポイントやクーポンで支払った分には、ポイントが付きません。",
        "有効期限は、ポイントが付いた月の12か月後の月末です。",
        "すべての商品がポイントの対象です。",
    )
    assert describe(default_settings(), "en") == (
        "1 point per ¥100 before tax (1%).",
        "Points are worked out for the whole receipt, then rounded down.",
        "What is paid with points or coupons earns no points.",
        "Points are valid to the end of the month, 12 months after they were earned.",
        "All goods earn points.",
    )


def test_a_programme_with_everything(programme):
    settings = programme(
        unit_yen=1_000,
        points_per_unit=15,
        scope=RoundingScope.UNIT,
        counts_points_paid=True,
        expiry=ExtendedByActivity(11, to_month_end=True),
        excluded_categories=("たばこ", "切手"),
        excluded_payment_methods=(PaymentMethod.GIFT_CARD, PaymentMethod.INVOICE),
    ).settings
    doubled = structs.replace(
        settings.earning,
        unit_yen=100,
        points_per_unit=2,
        scope=RoundingScope.LINE,
        rounding=Rounding.HALF_UP,
        counts_coupon_paid=True,
    )
    settings = structs.replace(settings, store_overrides={"S01": doubled})
    assert describe(settings, "ja") == (
        "税抜金額 1,000円ごとに 15pt を付与します（1.5%）。",
        "1,000円に満たない端数は切り捨てます。",
        "ポイントで支払った分にも、ポイントが付きます。",
        "クーポンで支払った分には、ポイントが付きません。",
        (
            "有効期限は、最後にポイントが付いた日の11か月後の月末です。"
            "ポイントが付くたびに、通常ポイントすべての期限が延びます。"
        ),
        "ポイント対象外の商品カテゴリー：たばこ、切手",
        "ポイント対象外の支払い方法：ギフトカード、請求書払い",
        (
            "店舗 S01：税抜金額 100円につき 2pt を付与します（2%）。"
            "ポイントは明細ごとに計算し、1pt未満を四捨五入して合計します。"
            "ポイントやクーポンで支払った分にも、ポイントが付きます。"
        ),
    )
    assert describe(settings, "en") == (
        "15 points for every full ¥1,000 before tax (1.5%).",
        "The number of ¥1,000 units is rounded down.",
        "What is paid with points earns points too.",
        "What is paid with coupons earns no points.",
        (
            "Points are valid to the end of the month, 11 months after the last earning:"
            " each earning moves the date of all regular points."
        ),
        "Goods that earn no points: たばこ, 切手.",
        "Payment methods that earn no points: gift card, invoice.",
        (
            "Store S01: 2 points per ¥100 before tax (2%)."
            " Points are worked out for each line, rounded to the nearest, halves up, then added up."
            " What is paid with points or coupons earns points too."
        ),
    )


@pytest.mark.parametrize(
    ("expiry", "ja", "en"),
    [
        (
            MonthsToMonthEnd(0),
            "有効期限は、ポイントが付いた月の月末です。",
            "Points are valid to the end of the month they were earned in.",
        ),
        (
            MonthsToMonthEnd(1),
            "有効期限は、ポイントが付いた月の1か月後の月末です。",
            "Points are valid to the end of the month, 1 month after they were earned.",
        ),
        (
            ExtendedByActivity(12),
            (
                "有効期限は、最後にポイントが付いた日の12か月後です。"
                "ポイントが付くたびに、通常ポイントすべての期限が延びます。"
            ),
            "Points are valid for 12 months after the last earning: each earning moves the date of all regular points.",
        ),
        (
            FixedDate(date(2027, 3, 31)),
            "有効期限は、一律 2027年3月31日です。",
            "All points are valid until 31 March 2027.",
        ),
    ],
)
def test_expiry(programme, expiry, ja, en):
    settings = programme(expiry=expiry).settings
    assert ja in describe(settings, "ja")
    assert en in describe(settings, "en")


def test_earning_stopped(programme):
    settings = programme(points_per_unit=0).settings
    assert describe(settings, "ja")[0] == "ポイントの付与を停止しています。"
    assert describe(settings, "en")[0] == "Earning is stopped."
