"""Pricing against an oracle in exact fractions, and what must hold of it whatever the receipt and the programme."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from fractions import Fraction
from itertools import pairwise

import msgspec
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from msgspec import structs

from enishi.program import (
    AwardBasis,
    EarningBase,
    EarningRule,
    ExtendedByActivity,
    FixedDate,
    MonthsToMonthEnd,
    ProgramSettings,
    ProgramVersion,
    Rounding,
    RoundingScope,
    assess,
    expires_on,
    explain,
    explain_no_award,
    price,
    validate,
)
from enishi.program.rules import apportion
from enishi.purchases import Channel, Line, Payment, PaymentMethod, Purchase, TaxMode

patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""A busy machine is not a failure."""

OPENED_AT = datetime(2026, 1, 1, tzinfo=UTC)
CATEGORIES = ("", "food", "tobacco")
METHODS = (PaymentMethod.CASH, PaymentMethod.COUPON, PaymentMethod.GIFT_CARD)

lines = st.builds(
    Line,
    sku=st.just("sku"),
    quantity=st.integers(0, 3),
    unit_price_yen=st.integers(0, 1_500),
    tax_rate_percent=st.sampled_from((0, 8, 10)),
    discount_yen=st.integers(0, 60),
    category=st.sampled_from(CATEGORIES),
)
receipts = st.builds(
    Purchase,
    source=st.just("pos"),
    external_id=st.just("receipt-1"),
    channel=st.just(Channel.POS),
    store=st.sampled_from(("S01", "S02")),
    occurred_at=st.just(datetime(2026, 3, 1, tzinfo=UTC)),
    tax_mode=st.sampled_from(TaxMode),
    lines=st.lists(lines, min_size=1, max_size=6).map(tuple),
    payments=st.lists(
        st.builds(Payment, method=st.sampled_from(METHODS), amount_yen=st.integers(0, 150)), max_size=3
    ).map(tuple),
)
rules = st.builds(
    EarningRule,
    base=st.sampled_from(EarningBase),
    counts_points_paid=st.booleans(),
    counts_coupon_paid=st.booleans(),
    unit_yen=st.sampled_from((1, 7, 100, 200, 1_000)),
    points_per_unit=st.integers(0, 20),
    rounding=st.sampled_from(Rounding),
    scope=st.sampled_from(RoundingScope),
)
versions = st.builds(
    ProgramVersion,
    version=st.integers(1, 999),
    effective_at=st.just(OPENED_AT),
    published_at=st.just(OPENED_AT),
    author=st.just("system"),
    reason=st.just("Opening"),
    settings=st.builds(
        ProgramSettings,
        name=st.just("Points"),
        earning=rules,
        expiry=st.just(MonthsToMonthEnd(12)),
        excluded_categories=st.sampled_from(((), ("tobacco",), ("tobacco", "food"))),
        excluded_payment_methods=st.sampled_from(((), (PaymentMethod.GIFT_CARD,))),
        store_overrides=st.dictionaries(st.just("S02"), rules, max_size=1),
    ),
)
points_used = st.integers(0, 150)


def total_points(purchase: Purchase, version: ProgramVersion, used: int) -> int:
    return sum(award.points for award in price(purchase, version, used))


def round_exactly(value: Fraction, rounding: Rounding) -> int:
    whole, rest = value.numerator // value.denominator, value - value.numerator // value.denominator
    up = {Rounding.FLOOR: False, Rounding.HALF_UP: rest >= Fraction(1, 2), Rounding.CEIL: rest > 0}[rounding]
    return whole + up


def floor_yen(value: Fraction) -> int:
    return round_exactly(value, Rounding.FLOOR)


def give_out(total: int, groups: list[dict]) -> None:
    """Give each yen in turn to the group with the largest weight for every yen it would then have."""
    for group in groups:
        group["reduced"] = 0
    for _ in range(total):
        claims = [Fraction(group["gross"], group["reduced"] + 1) for group in groups]
        tied = [group for group, claim in zip(groups, claims, strict=True) if claim == max(claims)]
        min(tied, key=lambda group: (group["earns"], group["rate"]))["reduced"] += 1


def group_goods(purchase: Purchase, settings: ProgramSettings, *, per_line: bool) -> tuple[list[dict], int]:
    """The goods of each rate and fate (or each line) with their amount including tax, and discounts beyond lines."""

    def with_tax(yen: int, rate: int) -> int:
        return yen if purchase.tax_mode is TaxMode.INCLUDED else yen + floor_yen(Fraction(yen * rate, 100))

    groups: dict[tuple, dict] = {}
    discounts = 0
    for number, line in enumerate(purchase.lines):
        amount, rate = line.quantity * line.unit_price_yen - line.discount_yen, line.tax_rate_percent
        if amount < 0:
            discounts += with_tax(-amount, rate)
            continue
        earns = line.category not in settings.excluded_categories
        key = (number,) if per_line else (rate, earns)
        groups.setdefault(key, {"rate": rate, "earns": earns, "net": 0})["net"] += amount
    for group in groups.values():
        group["gross"] = with_tax(group["net"], group["rate"])
    for key, group in groups.items():
        earning = groups.get((group["rate"], True))
        if not per_line and not group["earns"] and earning is not None:
            group["gross"] = with_tax(earning["net"] + group["net"], key[0]) - earning["gross"]
    return list(groups.values()), discounts


def price_by_oracle(purchase: Purchase, version: ProgramVersion, used: int) -> int:
    """The points of a purchase, worked out the long way: in fractions, one yen of reduction at a time."""
    settings = version.settings
    rule = settings.store_overrides.get(purchase.store, settings.earning)
    groups, reduction = group_goods(purchase, settings, per_line=rule.scope is RoundingScope.LINE)
    reduction += 0 if rule.counts_points_paid else used
    for payment in purchase.payments:
        coupon = payment.method is PaymentMethod.COUPON
        excluded = payment.method in settings.excluded_payment_methods
        reduction += payment.amount_yen if excluded or (coupon and not rule.counts_coupon_paid) else 0
    give_out(min(reduction, sum(group["gross"] for group in groups)), groups)
    amounts: list[int] = []
    for group in groups:
        left = group["gross"] - group["reduced"]
        rate = Fraction(group["rate"], 100) if rule.base is EarningBase.TAX_EXCLUDED else Fraction(0)
        amounts += [left - floor_yen(left - left / (1 + rate))] if group["earns"] else []
    points_per_yen = Fraction(rule.points_per_unit, rule.unit_yen)
    if rule.scope is RoundingScope.LINE:
        return sum(round_exactly(amount * points_per_yen, rule.rounding) for amount in amounts)
    if rule.scope is RoundingScope.UNIT:
        return round_exactly(Fraction(sum(amounts), rule.unit_yen), rule.rounding) * rule.points_per_unit
    return round_exactly(sum(amounts) * points_per_yen, rule.rounding)


@patient
@given(receipts, versions, points_used)
def test_points_are_what_exact_fractions_say(purchase, version, used):
    assert total_points(purchase, version, used) == price_by_oracle(purchase, version, used)


@patient
@given(receipts, versions, points_used)
def test_an_award_is_positive_and_says_what_it_is(purchase, version, used):
    for award in price(purchase, version, used):
        assert award.points == award.basis.points > 0
        assert award.expires_on == date(2027, 3, 31)


@patient
@given(receipts, versions, points_used, lines)
def test_buying_more_never_earns_less(purchase, version, used, line):
    assume(line.net_yen >= 0)
    more = structs.replace(purchase, lines=(*purchase.lines, line))
    assert total_points(more, version, used) >= total_points(purchase, version, used)


@patient
@given(receipts, versions, points_used, st.integers(1, 100))
def test_paying_more_with_points_never_earns_more(purchase, version, used, further):
    assert total_points(purchase, version, used + further) <= total_points(purchase, version, used)


@patient
@given(receipts, versions, points_used, st.randoms(use_true_random=False))
def test_the_order_of_the_lines_plays_no_part(purchase, version, used, random):
    shuffled = structs.replace(purchase, lines=tuple(random.sample(purchase.lines, len(purchase.lines))))
    if version.settings.store_overrides.get(purchase.store, version.settings.earning).scope is RoundingScope.LINE:
        assert total_points(shuffled, version, used) == total_points(purchase, version, used)
    else:
        assert price(shuffled, version, used) == price(purchase, version, used)


@patient
@given(receipts, versions, points_used)
def test_splitting_a_quantity_over_lines_earns_the_same_per_receipt(purchase, version, used):
    rule = structs.replace(version.settings.earning, scope=RoundingScope.RECEIPT)
    version = structs.replace(version, settings=structs.replace(version.settings, earning=rule, store_overrides={}))
    singles = tuple(
        structs.replace(line, quantity=1, discount_yen=0) for line in purchase.lines for _ in range(line.quantity)
    )
    assume(singles)
    together = tuple(structs.replace(line, discount_yen=0) for line in purchase.lines)
    assert total_points(structs.replace(purchase, lines=singles), version, used) == total_points(
        structs.replace(purchase, lines=together), version, used
    )


@patient
@given(receipts, versions, points_used)
def test_the_basis_survives_json_and_stays_small(purchase, version, used):
    basis = assess(purchase, version, used)
    stored = msgspec.json.encode(basis)
    assert msgspec.json.decode(stored, type=AwardBasis) == basis
    assert len(stored) <= 150 + 30 * len(basis.parts) + 25 * (len(basis.excluded_goods) + len(basis.reductions))


@patient
@given(receipts, versions, points_used)
def test_the_basis_alone_gives_the_points_again(purchase, version, used):
    basis = assess(purchase, version, used)
    for part in basis.parts:
        left = part.gross_yen - part.reduction_yen
        rate = part.tax_rate_percent if basis.base is EarningBase.TAX_EXCLUDED else 0
        assert part.eligible_yen == left - floor_yen(Fraction(left * rate, 100 + rate)) >= 0
    exact = Fraction(basis.eligible_yen * basis.points_per_unit, basis.unit_yen)
    assert Fraction(basis.exact) == exact
    match basis.scope:
        case RoundingScope.RECEIPT:
            points = round_exactly(exact, basis.rounding)
        case RoundingScope.UNIT:
            units = round_exactly(Fraction(basis.eligible_yen, basis.unit_yen), basis.rounding)
            points = units * basis.points_per_unit
        case RoundingScope.LINE:
            rate = Fraction(basis.points_per_unit, basis.unit_yen)
            assert all(p.points == round_exactly(p.eligible_yen * rate, basis.rounding) for p in basis.parts)
            points = sum(part.points for part in basis.parts)
    assert basis.points == points


def numbers_in(text: str) -> list[int]:
    return [int(number.replace(",", "")) for number in re.findall(r"\d[\d,]*", text)]


@patient
@given(receipts, versions, points_used, st.sampled_from(("ja", "en")))
def test_the_sentence_is_true(purchase, version, used, locale):
    basis = assess(purchase, version, used)
    assume(basis.points > 0 and basis.rule == "base")
    sentence = explain(basis, locale).sentence
    sentence = re.sub(r"（[^）]*を除く）| \(without [^)]*\)", "", sentence)
    numbers = numbers_in(sentence)
    match basis.scope:
        case RoundingScope.RECEIPT:
            yen, unit, rate, points = numbers
            assert points == round_exactly(Fraction(yen * rate, unit), basis.rounding)
        case RoundingScope.UNIT:
            yen, unit, units, again, rate, points = numbers
            assert units == again == round_exactly(Fraction(yen, unit), basis.rounding)
            assert points == units * rate
        case RoundingScope.LINE:
            unit, rate, *of_lines, points = numbers
            assert (unit, rate) == (basis.unit_yen, basis.points_per_unit)
            assert points == sum(of_lines) if len(basis.parts) <= 5 else of_lines == [len(basis.parts)]
    assert points == basis.points


@patient
@given(receipts, versions, points_used)
def test_the_steps_add_up(purchase, version, used):
    basis = assess(purchase, version, used)
    assume(basis.scope is not RoundingScope.LINE)
    steps = [(step.label, step.value) for step in explain(basis, "ja").steps]
    yen = {"goods": 0, "tax": 0, "reduced": 0}
    for label, value in steps:
        if label.startswith("対象の商品（"):
            yen["goods"] += numbers_in(value)[0]
        elif label.startswith("消費税"):
            yen["tax"] += numbers_in(value)[0]
        elif label == "うち対象の商品にかかる分":
            yen["reduced"] = numbers_in(value)[0]
        elif value.startswith("−"):
            yen["reduced"] += numbers_in(value)[0]
    (eligible,) = [numbers_in(value)[0] for label, value in steps if label.startswith("計算のもと")]
    assert eligible == yen["goods"] - yen["reduced"] - yen["tax"]


@patient
@given(receipts, versions, points_used, st.sampled_from(("ja", "en")))
def test_what_earned_nothing_is_explained(purchase, version, used, locale):
    assume(not price(purchase, version, used))
    explanation = explain_no_award(purchase, version, used, locale)
    assert explanation.sentence
    assert "{" not in explanation.sentence
    assert not any("{" in step.label + step.value for step in explanation.steps)


@patient
@given(st.lists(st.integers(0, 2**62), min_size=1, max_size=8), st.data())
def test_apportioning_is_exact_and_fair(weights, data):
    total = data.draw(st.integers(0, sum(weights)))
    shares = apportion(total, weights, [(False, -index) for index in range(len(weights))])
    assert sum(shares) == total
    assert all(0 <= share <= weight for share, weight in zip(shares, weights, strict=True))
    # No yen could pass to another part and lie there with a larger claim than where it lies now.
    lowest_served = min((Fraction(w, s) for w, s in zip(weights, shares, strict=True) if s), default=None)
    highest_waiting = max(Fraction(w, s + 1) for w, s in zip(weights, shares, strict=True))
    assert lowest_served is None or lowest_served >= highest_waiting


@patient
@given(
    st.dates(max_value=date(9000, 1, 1)),
    st.builds(MonthsToMonthEnd, st.integers(0, 1_200))
    | st.builds(ExtendedByActivity, st.integers(1, 1_200), st.booleans()),
)
def test_points_are_valid_for_the_months_promised(occurred_on, policy):
    last_day = expires_on(policy, occurred_on)
    months = (last_day.year - occurred_on.year) * 12 + last_day.month - occurred_on.month
    assert months == policy.months
    assert last_day >= occurred_on


@patient
@given(st.lists(st.dates(), min_size=2, max_size=10), st.integers(0, 100))
def test_points_earned_later_never_expire_sooner(days, months):
    for policy in (MonthsToMonthEnd(months), ExtendedByActivity(months + 1), FixedDate(days[0])):
        assert all(expires_on(policy, a) <= expires_on(policy, b) for a, b in pairwise(sorted(days)))


@patient
@given(versions)
def test_a_version_survives_json(version):
    assert msgspec.json.decode(msgspec.json.encode(version), type=ProgramVersion) == version


@patient
@given(versions)
def test_only_a_rate_above_a_point_a_yen_is_refused(version):
    rules_by_field = {"earning": version.settings.earning}
    rules_by_field |= {f"store_overrides[{store!r}]": r for store, r in version.settings.store_overrides.items()}
    too_generous = [
        f"{field}.points_per_unit" for field, rule in rules_by_field.items() if rule.points_per_unit > rule.unit_yen
    ]
    assert [problem.field for problem in validate(version.settings)] == too_generous
