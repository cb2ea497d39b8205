"""What a purchase earns. Amounts are yen with 10 % tax inside unless a test says otherwise."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import msgspec
import pytest
from msgspec import structs

from enishi.program import (
    EarningBase,
    ExtendedByActivity,
    FixedDate,
    MonthsToMonthEnd,
    Rounding,
    RoundingScope,
    assess,
    expires_on,
    price,
    version_at,
)
from enishi.program.rules import apportion, tax_in, tax_on
from enishi.purchases import Payment, PaymentMethod, TaxMode

JST = timezone(timedelta(hours=9))
INCLUDED = EarningBase.TAX_INCLUDED


def points_of(purchase, version, points_used=0):
    return sum(award.points for award in price(purchase, version, points_used))


class TestUnitRateAndRounding:
    def test_900_yen_earns_9_at_a_point_for_100_yen_and_0_at_10_points_for_1000_yen(self, receipt, programme):
        purchase = receipt(900, tax_mode=TaxMode.EXCLUDED)
        by_hundred = programme(unit_yen=100, points_per_unit=1, scope=RoundingScope.UNIT)
        by_thousand = programme(unit_yen=1_000, points_per_unit=10, scope=RoundingScope.UNIT)
        assert points_of(purchase, by_hundred) == 9
        assert points_of(purchase, by_thousand) == 0

    @pytest.mark.parametrize(
        ("scope", "rounding", "points"),
        [
            (RoundingScope.UNIT, Rounding.FLOOR, 10),
            (RoundingScope.UNIT, Rounding.HALF_UP, 20),
            (RoundingScope.UNIT, Rounding.CEIL, 20),
            (RoundingScope.RECEIPT, Rounding.FLOOR, 19),
            (RoundingScope.RECEIPT, Rounding.HALF_UP, 20),
            (RoundingScope.RECEIPT, Rounding.CEIL, 20),
            (RoundingScope.LINE, Rounding.FLOOR, 18),
            (RoundingScope.LINE, Rounding.HALF_UP, 20),
            (RoundingScope.LINE, Rounding.CEIL, 21),
        ],
    )
    def test_scope_decides_what_is_rounded(self, receipt, programme, scope, rounding, points):
        purchase = receipt(140, 890, 950, tax_mode=TaxMode.EXCLUDED)
        version = programme(unit_yen=1_000, points_per_unit=10, scope=scope, rounding=rounding)
        # The lines add up to ¥1,980: 1.98 units; 19.8 points; 1.4 + 8.9 + 9.5 points.
        assert points_of(purchase, version) == points

    def test_half_a_point_goes_up(self, receipt, programme):
        version = programme(rounding=Rounding.HALF_UP, base=INCLUDED)
        assert [points_of(receipt(yen), version) for yen in (149, 150, 151)] == [1, 2, 2]

    def test_a_rate_of_nothing_stops_earning(self, receipt, programme):
        assert price(receipt(100_000), programme(points_per_unit=0)) == ()

    def test_no_award_of_no_points(self, receipt, programme):
        assert price(receipt(108), programme()) == ()
        assert points_of(receipt(109), programme()) == 1

    def test_a_store_may_have_a_rule_of_its_own(self, receipt, programme):
        double = structs.replace(programme().settings.earning, points_per_unit=2)
        version = programme(store_overrides={"S02": double})
        assert points_of(receipt(2_178, store="S01"), version) == 19
        (award,) = price(receipt(2_178, store="S02"), version)
        assert (award.points, award.basis.rule) == (39, "store:S02")


class TestTax:
    def test_base_without_tax_takes_the_tax_out_of_included_prices(self, receipt, programme):
        (award,) = price(receipt(2_178), programme())
        assert (award.basis.eligible_yen, award.basis.exact, award.points) == (1_980, "99/5", 19)

    def test_base_with_tax_puts_the_tax_on_excluded_prices(self, receipt, programme):
        (award,) = price(receipt(1_980, tax_mode=TaxMode.EXCLUDED), programme(base=INCLUDED))
        assert (award.basis.eligible_yen, award.points) == (2_178, 21)

    def test_tax_is_rounded_once_for_each_rate_of_the_receipt(self, receipt, programme):
        # Ten lines of ¥105 hold ¥9 of tax each, but ¥95 together; so do the ¥1,050 as one line.
        ten_lines = price(receipt(*[105] * 10), programme())[0].basis
        one_line = price(receipt(1_050), programme())[0].basis
        assert ten_lines.eligible_yen == one_line.eligible_yen == 955

    def test_tax_is_rounded_for_each_line_when_points_are(self, receipt, programme):
        basis = price(receipt(*[105] * 10), programme(scope=RoundingScope.LINE, unit_yen=10))[0].basis
        assert [part.eligible_yen for part in basis.parts] == [96] * 10

    def test_two_rates_are_taxed_apart(self, receipt, programme):
        basis = price(receipt((1_080, 8), (1_100, 10), (108, 8)), programme())[0].basis
        assert [(part.tax_rate_percent, part.gross_yen, part.eligible_yen) for part in basis.parts] == [
            (8, 1_188, 1_100),
            (10, 1_100, 1_000),
        ]

    def test_tax_on_and_tax_in_leave_no_residue_of_a_yen(self):
        for rate in (0, 1, 8, 10, 99, 100):
            for net in range(2_000):
                assert tax_in(net + tax_on(net, rate), rate) == tax_on(net, rate)


class TestWhatDoesNotEarn:
    def test_rakuten_the_part_paid_with_points_earns_and_the_part_paid_by_coupon_does_not(self, receipt, programme):
        version = programme(counts_points_paid=True, counts_coupon_paid=False, base=INCLUDED)
        purchase = receipt(10_000, payments=(Payment(PaymentMethod.COUPON, 1_000),))
        assert points_of(purchase, version, points_used=2_000) == 90

    def test_ec_cube_paying_200_points_at_one_percent_earns_2_less(self, receipt, programme):
        version = programme(counts_points_paid=False, base=INCLUDED)
        assert points_of(receipt(10_000), version) == 100
        assert points_of(receipt(10_000), version, points_used=200) == 98

    def test_points_paid_take_their_tax_with_them(self, receipt, programme):
        basis = price(receipt(11_000), programme(), 1_100)[0].basis
        assert basis.eligible_yen == 9_000
        assert basis.reductions == (("points", 1_100),)

    def test_points_are_spread_over_rates_and_excluded_goods_to_the_yen(self, receipt, programme):
        version = programme(excluded_categories=("tobacco",), base=INCLUDED)
        basis = price(receipt((1_000, 8), (2_000, 10), (600, 10, "tobacco")), version, 100)[0].basis
        # ¥100 over 1,000 : 2,000 : 600 is 27.8 : 55.6 : 16.7; the two yen left over go to the larger claims.
        assert [(part.gross_yen, part.reduction_yen) for part in basis.parts] == [(1_000, 28), (2_000, 56)]
        assert basis.excluded_goods == (("tobacco", 600),)

    def test_excluded_goods_earn_nothing(self, receipt, programme):
        version = programme(excluded_categories=("tobacco", "stamps"))
        purchase = receipt((600, 10, "tobacco"), (2_178, 10, "food"), (84, 0, "stamps"), (1_200, 10, "tobacco"))
        (award,) = price(purchase, version)
        assert award.points == 19
        assert award.basis.excluded_goods == (("stamps", 84), ("tobacco", 1_800))

    def test_excluded_payments_earn_nothing_and_the_unpaid_rest_is_ordinary(self, receipt, programme):
        version = programme(excluded_payment_methods=(PaymentMethod.GIFT_CARD,), base=INCLUDED)
        gift = Payment(PaymentMethod.GIFT_CARD, 1_500)
        assert points_of(receipt(5_000, payments=(gift,)), version) == 35
        assert points_of(receipt(5_000, payments=(gift, gift, Payment(PaymentMethod.CASH, 50))), version) == 20

    def test_more_tendered_than_the_receipt_comes_to_never_goes_below_nothing(self, receipt, programme):
        version = programme(excluded_payment_methods=(PaymentMethod.CASH,))
        purchase = receipt(3_480, payments=(Payment(PaymentMethod.CASH, 10_000),))
        assert price(purchase, version, points_used=500) == ()

    def test_a_discount_larger_than_its_line_comes_off_the_rest_of_the_receipt(self, receipt, programme):
        version = programme(base=INCLUDED)
        (award,) = price(receipt((3_000, 8), (0, 10, "", 300)), version)
        assert (award.points, award.basis.reductions) == (27, (("discount", 300),))

    def test_such_a_discount_is_brought_to_the_same_tax_as_the_rest(self, receipt, programme):
        purchase = receipt(3_000, (0, 10, "", 300), tax_mode=TaxMode.EXCLUDED)
        for scope in RoundingScope:
            (award,) = price(purchase, programme(scope=scope))
            assert (award.points, award.basis.reductions) == (27, (("discount", 330),))

    def test_coupons_earn_where_the_rule_counts_them(self, receipt, programme):
        version = programme(counts_coupon_paid=True, base=INCLUDED)
        assert points_of(receipt(5_000, payments=(Payment(PaymentMethod.COUPON, 1_000),)), version) == 50

    def test_excluded_goods_bear_the_yen_of_tax_that_only_all_goods_together_have(self, receipt, programme):
        version = programme(excluded_categories=("tobacco",), base=INCLUDED, counts_points_paid=False)
        purchase = receipt(105, (105, 10, "tobacco"), tax_mode=TaxMode.EXCLUDED)
        # ¥210 carry ¥21 of tax: ¥115 earn and ¥116 do not, so that ¥231 of points cover all of it and not a yen less.
        assert price(purchase, version, 231) == ()
        assert assess(purchase, version, 231).reductions == (("points", 231),)
        assert assess(purchase, version, 230).eligible_yen == 1

    def test_a_discount_on_a_line_lowers_what_it_earns(self, receipt, programme):
        assert points_of(receipt((3_000, 10, "", 300)), programme(base=INCLUDED)) == 27


class TestApportion:
    def test_a_whole_receipt_paid_with_points_uses_up_every_part(self):
        assert apportion(3_600, [1_000, 2_000, 600], [(False, -8), (False, -10), (True, -10)]) == [1_000, 2_000, 600]

    def test_nothing_is_split_into_nothing(self):
        assert apportion(0, [0, 0], [(False, -8), (False, -10)]) == [0, 0]

    def test_a_yen_more_bought_does_not_cost_a_point(self, receipt, programme):
        # By largest remainders ¥609 would fall on these goods as 131 : 80 : 398 and, with ¥779, as 131 : 81 : 397,
        # which leaves ¥962 before tax and then ¥961.
        version = programme(excluded_categories=("tobacco",), unit_yen=1)
        others = ((478, 10), (2_361, 10, "tobacco"))
        assert points_of(receipt((778, 8), *others), version, points_used=609) == 962
        assert points_of(receipt((779, 8), *others), version, points_used=609) == 962

    def test_equal_claims_fall_to_excluded_goods_and_then_to_the_lower_rate(self):
        assert apportion(1, [500, 500, 500], [(False, -8), (False, -10), (True, -10)]) == [0, 0, 1]
        assert apportion(1, [500, 500], [(False, -10), (False, -8)]) == [0, 1]

    def test_a_thousand_lines_are_split_exactly(self):
        weights = [10**15 + 7 * n for n in range(1_000)]
        shares = apportion(999_999_999_999, weights, [(False, -10)] * 1_000)
        assert sum(shares) == 999_999_999_999
        assert max(shares) - min(shares) <= 7


class TestVersions:
    def test_a_purchase_is_priced_by_what_was_in_force_when_it_occurred(self, receipt, programme):
        april = datetime(2026, 4, 1, tzinfo=JST)
        generous = programme(points_per_unit=10, version=1)
        stingy = structs.replace(programme(version=2), effective_at=april)
        late_report = receipt(1_100, occurred_at=april - timedelta(microseconds=1))
        assert points_of(late_report, version_at((generous, stingy), late_report.occurred_at)) == 100
        assert version_at((generous, stingy), april) is stingy

    def test_before_the_first_version_nothing_is_earned(self, receipt, programme):
        version = version_at((programme(),), datetime(2025, 12, 31, 23, 59, tzinfo=UTC))
        assert version is None
        assert price(receipt(10_000), version) == ()

    def test_of_two_that_take_effect_together_the_later_one_is_in_force(self, programme):
        first, second = programme(version=1), programme(version=2)
        assert version_at((first, second), first.effective_at) is second

    def test_no_versions_at_all(self):
        assert version_at((), datetime(2026, 1, 1, tzinfo=UTC)) is None


class TestExpiry:
    @pytest.mark.parametrize(
        ("policy", "occurred_on", "last_day"),
        [
            (MonthsToMonthEnd(12), date(2026, 3, 15), date(2027, 3, 31)),
            (MonthsToMonthEnd(12), date(2027, 2, 1), date(2028, 2, 29)),
            (MonthsToMonthEnd(0), date(2026, 4, 30), date(2026, 4, 30)),
            (MonthsToMonthEnd(1), date(2026, 12, 31), date(2027, 1, 31)),
            (MonthsToMonthEnd(12), date(9999, 3, 1), date(9999, 12, 31)),
            (ExtendedByActivity(12), date(2026, 3, 15), date(2027, 3, 15)),
            (ExtendedByActivity(12), date(2028, 2, 29), date(2029, 2, 28)),
            (ExtendedByActivity(48), date(2024, 2, 29), date(2028, 2, 29)),
            (ExtendedByActivity(1), date(2026, 1, 31), date(2026, 2, 28)),
            (ExtendedByActivity(11, to_month_end=True), date(2026, 3, 15), date(2027, 2, 28)),
            (FixedDate(date(2026, 12, 31)), date(2026, 3, 15), date(2026, 12, 31)),
        ],
    )
    def test_last_day(self, policy, occurred_on, last_day):
        assert expires_on(policy, occurred_on) == last_day

    def test_the_day_of_a_purchase_is_the_day_in_the_programmes_zone(self, receipt, programme):
        before_midnight = receipt(1_100, occurred_at=datetime(2026, 3, 31, 14, 59, tzinfo=UTC))
        after_midnight = receipt(1_100, occurred_at=datetime(2026, 3, 31, 15, 0, tzinfo=UTC))
        assert price(before_midnight, programme())[0].expires_on == date(2027, 3, 31)
        assert price(after_midnight, programme())[0].expires_on == date(2027, 4, 30)

    def test_only_activity_extends_the_regular_lots(self, receipt, programme):
        assert price(receipt(1_100), programme(expiry=ExtendedByActivity(12)))[0].extends_regular is True
        assert price(receipt(1_100), programme())[0].extends_regular is False

    def test_after_a_fixed_date_nothing_is_earned(self, receipt, programme):
        version = programme(expiry=FixedDate(date(2026, 3, 31)))
        last_minute = receipt(1_100, occurred_at=datetime(2026, 3, 31, 23, 59, tzinfo=JST))
        too_late = receipt(1_100, occurred_at=datetime(2026, 4, 1, tzinfo=JST))
        assert points_of(last_minute, version) == 10
        assert price(too_late, version) == ()

    @pytest.mark.parametrize(
        "occurred_at", [datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=timezone(timedelta(hours=14)))]
    )
    def test_the_ends_of_the_calendar_are_dates_like_any_other(self, receipt, programme, occurred_at):
        assert points_of(receipt(1_100, occurred_at=occurred_at), programme()) == 10


class TestBasis:
    def test_it_is_short_and_complete(self, receipt, programme):
        (award,) = price(receipt(2_178), programme(version=3))
        stored = msgspec.json.encode(award.basis)
        assert stored == b'{"v":3,"u":100,"k":1,"a":[[10,2178,0,1980,0,0]],"x":"99/5","p":19}'
        assert msgspec.json.decode(stored, type=type(award.basis)) == award.basis

    def test_a_receipt_with_everything_stays_below_150_bytes(self, receipt, programme):
        version = programme(version=123, excluded_categories=("tobacco",))
        purchase = receipt((12_345, 8), (23_456, 10), (600, 10, "tobacco"))
        (award,) = price(purchase, version, 1_000)
        assert len(msgspec.json.encode(award.basis)) <= 150

    def test_an_unknown_field_is_refused(self, receipt, programme):
        (award,) = price(receipt(2_178), programme())
        stored = msgspec.json.encode(award.basis).replace(b'"v":1', b'"v":1,"z":1')
        with pytest.raises(msgspec.ValidationError, match="unknown field `z`"):
            msgspec.json.decode(stored, type=type(award.basis))

    def test_settings_round_trip_through_json(self, programme):
        settings = programme(
            expiry=FixedDate(date(2027, 3, 31)),
            excluded_payment_methods=(PaymentMethod.GIFT_CARD,),
            store_overrides={"S02": programme().settings.earning},
        ).settings
        assert msgspec.json.decode(msgspec.json.encode(settings), type=type(settings)) == settings
