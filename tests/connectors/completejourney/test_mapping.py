"""From the data set's columns to a purchase: what is fact stays fact."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

import pytest

from enishi.connectors.completejourney.dataset import RECEIPTS, Basket, BasketLine, Dataset, open_dataset
from enishi.connectors.completejourney.mapping import to_purchase
from enishi.connectors.completejourney.replaying import shift_days_for
from enishi.purchases import Channel, Identifier, IdentifierKind, Line, Payment, PaymentMethod, Purchase, total_yen

TOKYO = timezone(timedelta(hours=9))


@pytest.fixture(scope="module")
def year() -> Iterator[Dataset]:
    """The whole data set, unmoved."""
    with open_dataset(0) as dataset:
        assert dataset.stage(None) == RECEIPTS
        yield dataset


@pytest.fixture(scope="module")
def january(year: Dataset) -> dict[int, tuple[Basket, list[BasketLine]]]:
    """The first 5,000 receipts, by number."""
    return {basket.basket_id: (basket, lines) for basket, lines in next(year.read_baskets(0, 5_000))}


def test_the_first_receipt_of_the_year_is_told_as_it_was(january: dict[int, tuple[Basket, list[BasketLine]]]) -> None:
    assert to_purchase(*january[31198570044]) == Purchase(
        source="complete-journey",
        external_id="31198570044",
        channel=Channel.POS,
        store="00330",
        occurred_at=datetime(2017, 1, 1, 11, 53, 26, tzinfo=TOKYO),
        identifiers=(Identifier(IdentifierKind.CARD, "2900000009004"),),
        lines=(Line("1095275", 1, 50, 8, 0, "ROLLS"),),
        payments=(Payment(PaymentMethod.CREDIT_CARD, 50),),
    )


def test_the_retailers_discounts_are_on_the_line_and_the_manufacturers_coupon_in_the_payment(
    january: dict[int, tuple[Basket, list[BasketLine]]],
) -> None:
    # 2 × 850562 for $3.55 after $1.78 off; the household's coupon of $0.55 was matched by the retailer with $0.45.
    basket, lines = january[31198795316]
    line = next(Line(*line) for line in lines if line[0] == "850562")
    assert (line.quantity, line.discount_yen, line.net_yen) == (2, 178 + 45, 355)
    assert basket.coupon_yen == 255
    purchase = to_purchase(basket, lines)
    assert purchase.payments[0] == Payment(PaymentMethod.COUPON, 255)
    assert sum(payment.amount_yen for payment in purchase.payments) == total_yen(purchase) == basket.total_yen


def test_petrol_is_one_piece_at_what_was_paid(january: dict[int, tuple[Basket, list[BasketLine]]]) -> None:
    # 8,725 thousandths of a gallon for $20.06 after $0.01 off.
    _, lines = january[31198770125]
    assert Line("6534178", 1, 2007, 10, 1, "FUEL") in [Line(*line) for line in lines]


def test_every_receipt_of_the_year_adds_up_and_none_uses_more_points_than_it_may(year: Dataset) -> None:
    receipts = lines = spends = 0
    yen = 0
    for chunk in year.read_baskets(0, 5_000):
        for basket, its_lines in chunk:
            net = sum(
                (quantity * price if amount is None else amount) - discount
                for _, quantity, price, _, discount, _, amount in its_lines
            )
            assert net == basket.total_yen
            assert 0 <= basket.coupon_yen + basket.points_to_use <= net
            assert basket.points_to_use % 50 == 0
            assert len(its_lines) == basket.size
            receipts += 1
            lines += len(its_lines)
            spends += basket.points_to_use > 0
            yen += net
    # The number of lines, and the sum of sales_value in cents, as the data set has them.
    assert (receipts, lines, yen) == (RECEIPTS, 1_469_307, 459_603_958)
    assert 8_000 < spends < 20_000


def test_receipts_come_in_order_of_time_and_from_any_position(year: Dataset) -> None:
    from_start = [basket for basket, _ in next(year.read_baskets(0, 3_000))]
    assert [basket.ordinal for basket in from_start] == list(range(1, 3_001))
    assert from_start == sorted(from_start, key=lambda basket: (basket.occurred_at, basket.basket_id))
    resumed = next(year.read_baskets(2_990, 10))
    assert [basket for basket, _ in resumed] == from_start[2_990:]
    assert all(len(lines) == basket.size for basket, lines in resumed)


def test_a_smaller_choice_is_whole_years_of_some_households_and_part_of_a_larger_one() -> None:
    with open_dataset(0) as dataset:
        assert dataset.stage(300) == 300
        small = {basket.basket_id: (basket.household_id, lines) for basket, lines in next(dataset.read_baskets(0, 300))}
        dataset.stage(600)
        large = {basket.basket_id: (basket.household_id, lines) for basket, lines in next(dataset.read_baskets(0, 600))}
    assert small.items() <= large.items()
    households = {household for household, _ in small.values()}
    assert 1 in households, "the household that the demo shows is always there"
    assert len(households) < 30


def test_days_are_moved_and_clock_times_stay() -> None:
    with open_dataset(3_246) as dataset:
        dataset.stage(50)
        moved = [basket for basket, _ in next(dataset.read_baskets(0, 50))]
    with open_dataset(0) as dataset:
        dataset.stage(50)
        unmoved = [basket for basket, _ in next(dataset.read_baskets(0, 50))]
    assert [basket.occurred_at - timedelta(days=3_246) for basket in moved] == [one.occurred_at for one in unmoved]
    assert [basket.points_to_use for basket in moved] == [basket.points_to_use for basket in unmoved]


def test_the_last_receipt_falls_on_yesterday() -> None:
    today = datetime(2026, 11, 22, tzinfo=TOKYO).date()
    moved = datetime(2018, 1, 1, tzinfo=TOKYO).date() + timedelta(days=shift_days_for(today))
    assert moved == datetime(2026, 11, 21, tzinfo=TOKYO).date()


def test_food_is_taxed_at_8_percent_and_the_rest_at_10(year: Dataset) -> None:
    rates: dict[str, set[int]] = {}
    for basket, lines in next(year.read_baskets(0, 5_000)):
        assert basket.size
        for line in lines:
            rates.setdefault(line[5], set()).add(line[3])
    assert rates["FLUID MILK PRODUCTS"] == rates["BEEF"] == rates["CANDY - PACKAGED"] == {8}
    assert rates["BEERS/ALES"] == rates["CIGARETTES"] == rates["BATH TISSUES"] == rates["FUEL"] == {10}
