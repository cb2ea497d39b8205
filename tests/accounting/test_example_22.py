"""適用指針 設例22 to the yen: through receipts, closes and the published settings, over a real database."""

from __future__ import annotations

from tests.accounting.factories import APRIL, MAY, day, rate

from enishi import flows
from enishi.accounting import PointClass


def test_the_two_years_of_the_example(shop):
    """Sales of ¥100,000 give 10,000 points of ¥0.95; 4,500 are used, then 4,000, while 9,500 become 9,700 expected."""
    shop.publish(stand_alone_yen_per_point=rate("0.95"), fallback_use_rate=rate("0.95"))
    sold = shop.sell(day(4, 10), 10_000)
    assert (sold.total_yen, sold.points_earned) == (110_000, 10_000)

    shop.use(day(4, 20), 4_500)
    first = shop.close(APRIL)
    (line,) = first.lines
    assert (line.cohort, line.point_class, line.sales_yen) == (APRIL, PointClass.MATERIAL, 100_000)
    assert (line.allocated_yen, line.sales_yen - line.allocated_yen) == (8_676, 91_324)
    assert line.expected_points == 9_500
    assert (line.yen.opening, line.yen.issued, line.yen.used, line.yen.closing) == (0, 8_676, -4_110, 4_566)
    assert (line.yen.returned, line.yen.expired, line.yen.remeasured) == (0, 0, 0)

    shop.publish(MAY, day(5, 4), stand_alone_yen_per_point=rate("0.95"), fallback_use_rate=rate("0.97"))
    shop.use(day(5, 20), 4_000)
    (line,) = shop.close(MAY).lines
    assert (line.total.used, line.expected_points, line.allocated_yen) == (8_500, 9_700, 8_676)
    assert line.yen.used + line.yen.remeasured == -3_493
    assert (line.yen.opening, line.yen.issued, line.yen.closing) == (4_566, 0, 1_073)
    assert (line.yen.used, line.yen.remeasured) == (-3_653, 160)


def test_the_example_as_anyone_can_read_it_before_the_close(shop):
    """A draft says what the close will say."""
    shop.publish(fallback_use_rate=rate("0.95"))
    shop.sell(day(4, 10), 10_000)
    shop.use(day(4, 20), 4_500)
    draft = flows.read_month(shop.pool, APRIL)
    shop.conn.rollback()
    closed = shop.close(APRIL)
    assert draft.closed_at is None
    assert (draft.lines, draft.movements, draft.kpis) == (closed.lines, closed.movements, closed.kpis)
