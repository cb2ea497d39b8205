"""What keeps settings from being published."""

from __future__ import annotations

import re

import pytest
from msgspec import structs

from enishi.program import AfterDays, ExtendedByActivity, MonthsToMonthEnd, default_settings, validate
from enishi.purchases import Channel, PaymentMethod


def test_the_default_settings_are_fit():
    assert validate(default_settings()) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "点" * 101}, "name"),
        ({"zone": "Asia/Edo"}, "zone"),
        ({"zone": "../etc/passwd"}, "zone"),
        ({"zone": "Asia"}, "zone"),
        ({"zone": ""}, "zone"),
        ({"unit_yen": 0}, "earning.unit_yen"),
        ({"unit_yen": 1_000_001}, "earning.unit_yen"),
        ({"points_per_unit": -1}, "earning.points_per_unit"),
        ({"points_per_unit": 101}, "earning.points_per_unit"),
        ({"expiry": MonthsToMonthEnd(-1)}, "expiry.months"),
        ({"expiry": MonthsToMonthEnd(1_201)}, "expiry.months"),
        ({"expiry": ExtendedByActivity(0)}, "expiry.months"),
        ({"excluded_categories": ("food", "")}, "excluded_categories[1]"),
        ({"excluded_categories": ("food", "food")}, "excluded_categories[1]"),
        ({"excluded_categories": ("x" * 129,)}, "excluded_categories[0]"),
        ({"excluded_payment_methods": (PaymentMethod.COUPON,)}, "excluded_payment_methods[0]"),
        (
            {"excluded_payment_methods": (PaymentMethod.CASH, PaymentMethod.CASH)},
            "excluded_payment_methods[1]",
        ),
        ({"store_overrides": {"店": default_settings().earning}}, "store_overrides['店']"),
        (
            {"store_overrides": {"S01": structs.replace(default_settings().earning, unit_yen=0)}},
            "store_overrides['S01'].unit_yen",
        ),
    ],
)
def test_each_problem_names_its_field_and_a_remedy(programme, changes, field):
    (problem,) = validate(programme(**changes).settings)
    assert problem.field == field
    assert problem.detail.endswith(".")
    assert problem.remedy.endswith(".")


def test_all_problems_are_found_at_once(programme):
    settings = programme(name="", zone="nowhere", unit_yen=0).settings
    assert [problem.field for problem in validate(settings)] == ["name", "zone", "earning.unit_yen"]


def test_every_problem_is_told_in_japanese_too() -> None:
    rule = structs.replace(default_settings().earning, unit_yen=0, points_per_unit=-1)
    settings = structs.replace(
        default_settings(""),
        zone="Mars/Phobos",
        earning=rule,
        expiry=MonthsToMonthEnd(-1),
        excluded_categories=("", "a", "a", "b" * 200),
        excluded_payment_methods=(PaymentMethod.COUPON, PaymentMethod.CASH, PaymentMethod.CASH),
        store_overrides={"bad code": structs.replace(rule, unit_yen=1, points_per_unit=5)},
        pending={Channel.EC: AfterDays(0)},
    )
    problems = [*validate(settings), *validate(structs.replace(default_settings("n" * 200)))]
    assert len({one.detail for one in problems}) == 14
    assert [one for one in problems if not re.search("[ぁ-ん]", one.detail_ja + one.remedy_ja)] == []
