"""Points that come after their sale bring it with them: the price of a receipt is shared by its goods and its points.

Worked out as 適用指針 設例22 does: the goods take sales × sales ÷ (sales + points × ¥0.95), the points the rest.
"""

from __future__ import annotations

import pytest
from tests.accounting.factories import ACTOR, APRIL, JUNE, MAY, MEMBER, Shop, day
from tests.flows.factories import card, make_purchase

from enishi import flows
from enishi.accounting import PointClass
from enishi.purchases import Channel, Line, Receipt, Return, ReturnedLine


@pytest.fixture
def books(shop) -> Shop:
    """A shop whose first month has a sale of ¥1,000 with 100 points, which take 1,000 − 1,000² ÷ 1,095 = 87."""
    shop.publish()
    shop.sell(day(4, 1), 100)
    return shop


def sell_anonymously(shop: Shop, number: str, at, quantity: int = 10):
    """¥110,000 with tax: ten pieces of ¥11,000."""
    purchase = make_purchase(external_id=number, occurred_at=at, lines=(Line("SKU1", quantity, 11_000),))
    (recorded,) = flows.record_purchases(shop.conn, shop.context, [purchase], at)
    return recorded


def claim(shop: Shop, number: str, bought_at, total_yen: int, at):
    order = flows.Claim(
        source="counter", receipt=number, store="S1", on=bought_at.date(), total_yen=total_yen, identifiers=card(MEMBER)
    )
    (claimed,) = flows.claim_purchases(shop.conn, shop.context, [order], ACTOR, at)
    assert isinstance(claimed, flows.ClaimedPurchase), claimed
    return claimed


def by_cohort(statement) -> dict:
    return {
        line.cohort: (line.moved.issued, line.sales_yen, line.yen.issued)
        for line in statement.lines
        if line.point_class is PointClass.MATERIAL and line.moved.issued
    }


def test_a_claimed_receipt_is_allocated_in_the_month_of_the_claim(books):
    sell_anonymously(books, "R-1", day(4, 20))
    assert by_cohort(books.close(APRIL)) == {APRIL: (100, 1_000, 87)}
    assert claim(books, "R-1", day(4, 20), 110_000, day(5, 10)).points_earned == 10_000
    assert by_cohort(books.close(MAY)) == {MAY: (10_000, 100_000, 8_676)}


def test_with_other_sales_of_the_month_it_is_allocated_together(books):
    """Sales 110,000, 11,000 points: 110,000 − 110,000² ÷ 120,450 = 9,543. Without the claimed sale it were 5,110."""
    sell_anonymously(books, "R-1", day(4, 20))
    books.close(APRIL)
    claim(books, "R-1", day(4, 20), 110_000, day(5, 10))
    books.sell(day(5, 12), 1_000)
    assert by_cohort(books.close(MAY)) == {MAY: (11_000, 110_000, 9_543)}


def test_what_had_come_back_before_the_claim_is_not_part_of_it(books):
    """Half is left: 50,000 − 50,000² ÷ 54,750 = 4,338. What comes back later takes its part with it."""
    sell_anonymously(books, "R-1", day(4, 20))

    def give_back(number: str, pieces: int, at) -> None:
        one = Return(
            source="pos", external_id=number, store="S1", occurred_at=at, receipt=Receipt("pos", "R-1"),
            lines=(ReturnedLine(1, pieces),),
        )  # fmt: skip
        (recorded,) = flows.record_returns(books.conn, books.context, [one], at)
        assert isinstance(recorded, flows.RecordedReturn), recorded

    give_back("B-1", 5, day(4, 22))
    books.close(APRIL)
    assert claim(books, "R-1", day(4, 20), 110_000, day(5, 10)).points_earned == 5_000
    assert by_cohort(books.close(MAY)) == {MAY: (5_000, 50_000, 4_338)}
    give_back("B-2", 1, day(6, 2))
    (line,) = [one for one in books.close(JUNE).lines if one.cohort == MAY]
    assert (line.moved.returned, line.sales_yen, line.yen.returned, line.allocated_yen) == (1_000, 0, -868, 3_470)


def test_pending_points_bring_their_sale_when_they_are_given(books):
    order = make_purchase(110_000, channel=Channel.EC, source="shop", identifiers=card(MEMBER), occurred_at=day(4, 20))
    (recorded,) = flows.record_purchases(books.conn, books.context, [order], day(4, 20))
    assert recorded.points_earned == 0
    assert by_cohort(books.close(APRIL)) == {APRIL: (100, 1_000, 87)}
    assert flows.confirm_due_points(books.conn, books.context, day(5, 10)) == 10_000
    assert by_cohort(books.close(MAY)) == {MAY: (10_000, 100_000, 8_676)}


def test_of_an_order_that_came_back_in_part_only_the_rest_is_allocated(books):
    """Three of ten pieces come back while the points are pending: 70,000 − 70,000² ÷ 76,650 = 6,073."""
    order = make_purchase(
        lines=(Line("SKU1", 10, 11_000),), channel=Channel.EC, source="shop", external_id="O-1",
        identifiers=card(MEMBER), occurred_at=day(4, 20),
    )  # fmt: skip
    flows.record_purchases(books.conn, books.context, [order], day(4, 20))
    one = Return(
        source="shop", external_id="B-1", store="S1", occurred_at=day(4, 25), receipt=Receipt("shop", "O-1"),
        lines=(ReturnedLine(1, 3),),
    )  # fmt: skip
    flows.record_returns(books.conn, books.context, [one], day(4, 25))
    books.close(APRIL)
    assert flows.confirm_due_points(books.conn, books.context, day(5, 10)) == 7_000
    assert by_cohort(books.close(MAY)) == {MAY: (7_000, 70_000, 6_073)}
