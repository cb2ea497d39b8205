"""What a campaign gives: every kind, every condition, rounding, ceilings and expiry, to the point."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from msgspec import structs
from tests.campaigns.factories import (
    HUNDRED,
    TWICE,
    give,
    line,
    make_programme,
    make_version,
    points_of,
)
from tests.flows.factories import make_purchase

from enishi import program
from enishi.campaigns import (
    WHOLE_CAMPAIGN,
    AmountStep,
    AmountSteps,
    AwardTerms,
    Ceilings,
    Conditions,
    CustomerFacts,
    Goods,
    Hours,
    Measure,
    Multiplier,
    Period,
    PointsPerPiece,
    Usage,
    Visit,
    Weekday,
    period_of,
)
from enishi.program import ExtendedByActivity, Rounding
from enishi.purchases import Channel, Payment, PaymentMethod

ON = date(2026, 11, 20)


def only(*live: Any, **fields: Any) -> int:
    """The points of the one campaign; 0 when it gives nothing."""
    return sum(points_of(give(*live, **fields)).values())


@pytest.mark.parametrize(
    ("effect", "expected"),
    [
        (TWICE, 18),
        (Multiplier(150), 9),
        (Multiplier(1_000), 162),
        (HUNDRED, 100),
        (AmountSteps((AmountStep(1_000, 10), AmountStep(1_800, 30), AmountStep(1_801, 50))), 30),
        (AmountSteps((AmountStep(2_000, 10),)), 0),
    ],
)
def test_each_kind_gives_its_points_on_a_receipt_of_1800_yen_before_tax(effect, expected):
    assert only(make_version(effect)) == expected


def test_a_multiplier_of_some_goods_works_on_their_share_of_the_base_award():
    # ¥2,200 + ¥880 with tax are ¥2,800 before tax and 28 points; ¥800 of them, and so 8 points, are coffee.
    purchase = make_purchase(lines=(line("TEA", 2_200), line("BEAN-1", 880, category="coffee")))
    campaign = make_version(Multiplier(300), goods=Goods(categories=("coffee",)))
    assert only(campaign, purchase=purchase) == 16
    award = give(campaign, purchase=purchase).awards[0]
    assert (award.basis.base_points, award.basis.on_goods, award.basis.exact) == (28, "8", "16")


def test_points_by_the_piece_count_matching_goods_and_never_those_given_away_or_excluded():
    settings = structs.replace(program.default_settings(), excluded_categories=("tobacco",))
    lines = (
        line("DRINK-1", 150, 3),
        line("DRINK-2", 0, 1),
        line("OTHER", 500, 2),
        line("DRINK-9", 600, 2, category="tobacco"),
    )
    campaign = make_version(PointsPerPiece(5), goods=Goods(sku_prefixes=("DRINK-",)))
    purchase = make_purchase(lines=lines)
    assert only(campaign, purchase=purchase, programme=make_programme(settings)) == 15
    capped = make_version(PointsPerPiece(5, most_pieces=2), goods=Goods(sku_prefixes=("DRINK-",)))
    assert only(capped, purchase=purchase, programme=make_programme(settings)) == 10


def test_a_receipt_of_nothing_but_excluded_goods_earns_in_no_campaign():
    settings = structs.replace(program.default_settings(), excluded_categories=("tobacco",))
    purchase = make_purchase(lines=(line("CIGAR", 5_000, category="tobacco"),))
    priced = give(make_version(HUNDRED), purchase=purchase, programme=make_programme(settings), why_not=True)
    assert [one.reason for one in priced.not_applied] == ["goods"]


def test_a_programme_that_has_stopped_earning_has_stopped_its_campaigns():
    settings = program.default_settings()
    stopped = structs.replace(settings, earning=structs.replace(settings.earning, points_per_unit=0))
    assert only(make_version(HUNDRED), programme=make_programme(stopped)) == 0


FRIDAY_NOON = [
    (Conditions(weekdays=(Weekday.FRI,)), True),
    (Conditions(weekdays=(Weekday.SAT, Weekday.SUN)), False),
    (Conditions(days_of_month=(10, 20, 30)), True),
    (Conditions(days_of_month=(5, 15, 25)), False),
    (Conditions(hours=(Hours("11:00", "12:00"),)), False),
    (Conditions(hours=(Hours("12:00", "12:01"),)), True),
    (Conditions(hours=(Hours("22:00", "12:01"),)), True),
    (Conditions(stores=("S1", "S2")), True),
    (Conditions(stores=("S2",)), False),
    (Conditions(stores_except=("S1",)), False),
    (Conditions(channels=(Channel.POS,)), True),
    (Conditions(channels=(Channel.EC, Channel.APP)), False),
    (Conditions(payment_methods=(PaymentMethod.QR_CODE,)), True),
    (Conditions(payment_methods=(PaymentMethod.CASH,)), False),
    (Conditions(from_yen=1_800), True),
    (Conditions(from_yen=1_801), False),
    (Conditions(from_yen=1_980, measure=Measure.TOTAL), True),
    (Conditions(codes=("AUTUMN", "SPRING")), True),
    (Conditions(codes=("SUMMER",)), False),
]


@pytest.mark.parametrize(("conditions", "holds"), FRIDAY_NOON)
def test_conditions_of_the_occasion_are_looked_at_in_the_zone_of_the_programme(conditions, holds):
    paid = (Payment(PaymentMethod.QR_CODE, 1_980),)
    purchase = make_purchase(1_980, payments=paid, coupon_codes=(" ａｕｔｕｍｎ ",))
    assert only(make_version(conditions=conditions), purchase=purchase) == (100 if holds else 0)


KNOWN = CustomerFacts(
    tier="gold",
    level=2,
    is_first_purchase=False,
    visit_number=10,
    joined_on=date(2026, 11, 1),
    birth_month=11,
    segments=frozenset({"fans"}),
    days_since_last=40,
)


@pytest.mark.parametrize(
    ("conditions", "holds"),
    [
        (Conditions(ranks=("gold", "platinum")), True),
        (Conditions(ranks=("platinum",)), False),
        (Conditions(segments=("fans", "others")), True),
        (Conditions(segments=("others",)), False),
        (Conditions(segments_except=("fans",)), False),
        (Conditions(customer="new"), False),
        (Conditions(customer="returning"), True),
        (Conditions(away_days=40), True),
        (Conditions(away_days=41), False),
        (Conditions(visit=Visit(10)), True),
        (Conditions(visit=Visit(5)), False),
        (Conditions(visit=Visit(5, every=True)), True),
        (Conditions(visit=Visit(3, every=True)), False),
        (Conditions(birthday_month=True), True),
        (Conditions(joined_within_days=19), True),
        (Conditions(joined_within_days=18), False),
        (Conditions(weather=("rain",)), True),
        (Conditions(weather=("snow",)), False),
    ],
)
def test_conditions_of_the_member_are_looked_at_in_what_is_known(conditions, holds):
    campaign = make_version(conditions=conditions)
    assert only(campaign, facts=KNOWN, weather=frozenset({"rain"})) == (100 if holds else 0)


def test_what_is_not_known_of_a_member_holds_for_nobody():
    for conditions in (
        Conditions(ranks=("gold",)),
        Conditions(customer="new"),
        Conditions(customer="returning"),
        Conditions(visit=Visit(1)),
        Conditions(birthday_month=True),
        Conditions(joined_within_days=3_660),
        Conditions(away_days=1),
    ):
        assert only(make_version(conditions=conditions), facts=CustomerFacts()) == 0


def test_the_second_purchase_of_a_day_is_not_another_visit():
    again = structs.replace(KNOWN, is_new_visit=False)
    assert only(make_version(conditions=Conditions(visit=Visit(10))), facts=again) == 0


@pytest.mark.parametrize(("rounding", "expected"), [(Rounding.FLOOR, 9), (Rounding.HALF_UP, 10), (Rounding.CEIL, 10)])
def test_each_campaign_rounds_by_its_own_rule(rounding, expected):
    # 19 base points once and a half again: 9.5 more.
    campaign = make_version(Multiplier(150), award=AwardTerms(rounding=rounding))
    assert only(campaign, purchase=make_purchase(2_090)) == expected


def test_ceilings_cut_in_order_and_say_so():
    campaign = make_version(
        TWICE, ceilings=Ceilings(receipt_points=15, member_points=50, budget_points=1_000, store_budgets={"S1": 500})
    )
    budgets = {(campaign.campaign_id, WHOLE_CAMPAIGN): 7, (campaign.campaign_id, "S1"): 9}
    priced = give(campaign, usage=lambda *_: Usage(38, 1), budgets=budgets)
    assert points_of(priced) == {campaign.code: 7}
    cuts = [(cut.ceiling, cut.limit, cut.left, cut.lost) for cut in priced.awards[0].basis.cuts]
    assert cuts == [("receipt", 15, 15, 3), ("member", 50, 12, 3), ("store", 500, 9, 3), ("budget", 1_000, 7, 2)]
    assert priced.awards[0].claims == ((campaign.campaign_id, "S1"), (campaign.campaign_id, ""))


@pytest.mark.parametrize(
    ("ceilings", "usage", "left", "reason"),
    [
        (Ceilings(member_points=50), Usage(50, 3), 9, "member"),
        (Ceilings(member_times=2), Usage(50, 2), 9, "times"),
        (Ceilings(budget_points=50), Usage(), 0, "budget"),
    ],
)
def test_a_ceiling_that_is_reached_is_the_reason_for_nothing(ceilings, usage, left, reason):
    campaign = make_version(ceilings=ceilings)
    budgets = {(campaign.campaign_id, WHOLE_CAMPAIGN): left} if ceilings.budget_points else {}
    priced = give(campaign, usage=lambda *_: usage, budgets=budgets, why_not=True)
    assert [(one.campaign, one.reason) for one in priced.not_applied] == [(campaign.code, reason)]


def test_a_member_s_ceiling_counts_by_periods_of_the_programme_s_calendar():
    names = [period_of(period, ON) for period in Period]
    assert names == ["2026-11-20", "2026-W47", "2026-11", "2026", ""]


def test_limited_points_have_their_own_last_day_and_regular_ones_the_programme_s():
    by_days = give(make_version(award=AwardTerms(kind="limited", valid_days=14))).awards[0]
    assert (by_days.kind, by_days.expires_on, by_days.extends_regular) == ("limited", date(2026, 12, 4), False)
    by_date = give(make_version(award=AwardTerms(kind="limited", valid_until=date(2026, 12, 31)))).awards[0]
    assert by_date.expires_on == date(2026, 12, 31)
    extending = structs.replace(program.default_settings(), expiry=ExtendedByActivity(12))
    regular = give(make_version(), programme=make_programme(extending)).awards[0]
    assert (regular.kind, regular.expires_on, regular.extends_regular) == ("regular", date(2027, 11, 20), True)
    late = give(make_version(award=AwardTerms(kind="limited", valid_until=date(2026, 11, 19))), why_not=True)
    assert [one.reason for one in late.not_applied] == ["expired"]


def test_the_basis_says_what_held():
    conditions = Conditions(weekdays=(Weekday.FRI,), ranks=("gold",), from_yen=1_000)
    basis = give(make_version(conditions=conditions), facts=KNOWN).awards[0].basis
    assert basis.met == (("weekdays", "fri"), ("ranks", "gold"), ("from_yen", "1800"))
    assert (basis.version, basis.exact, basis.points) == (1, "100", 100)


def test_why_not_names_every_failing_condition_with_what_was_found_and_needed():
    conditions = Conditions(weekdays=(Weekday.MON,), channels=(Channel.POS,), from_yen=5_000)
    (refusal,) = give(make_version(conditions=conditions), why_not=True).not_applied
    assert refusal.reason == "conditions"
    found = [(one.condition, one.found, one.needed) for one in refusal.findings]
    assert found == [("weekdays", "fri", "mon"), ("from_yen", "1800", "5000")]


def test_an_hour_is_that_of_the_programme_whatever_offset_the_till_writes():
    purchase = make_purchase(1_980, occurred_at=datetime(2026, 11, 20, 3, 30, tzinfo=UTC))
    assert only(make_version(conditions=Conditions(hours=(Hours("12:00", "13:00"),))), purchase=purchase) == 100
