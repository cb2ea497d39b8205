"""The key figures of a month, frozen with its close. What each says is in ``accounting.figure_definitions``. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

from msgspec import Struct

from enishi.accounting.model import CohortLine, Figure, MonthFigure, PointClass
from enishi.accounting.rules import add_points, add_yen, round_half_up


class FigureDefinition(Struct, frozen=True):
    """What a figure says."""

    figure: Figure
    unit: str
    name_ja: str
    name_en: str
    definition_ja: str
    definition_en: str


class Activity(Struct, frozen=True):
    """What went on in a month beside the books: receipts, returns and people; and points still pending at its close."""

    receipts: int = 0
    sales_yen: int = 0
    member_receipts: int = 0
    member_sales_yen: int = 0
    active_members: int = 0
    members: int = 0
    new_members: int = 0
    returns: int = 0
    refund_yen: int = 0
    points_pending: int = 0


def figures_of(lines: Sequence[CohortLine], activity: Activity) -> tuple[MonthFigure, ...]:
    """Every figure that can be told: a share of nothing is left out."""
    return tuple(MonthFigure(figure, value) for figure, value in _work_out(lines, activity))


def _work_out(lines: Sequence[CohortLine], of: Activity) -> Iterator[tuple[Figure, Decimal]]:
    moved, total = add_points(line.moved for line in lines), add_points(line.total for line in lines)
    yield Figure.MEMBERS, Decimal(of.members)
    yield Figure.NEW_MEMBERS, Decimal(of.new_members)
    yield Figure.ACTIVE_MEMBERS, Decimal(of.active_members)
    yield Figure.PURCHASES, Decimal(of.receipts)
    yield Figure.MEMBER_PURCHASES, Decimal(of.member_receipts)
    yield Figure.SALES_YEN, Decimal(of.sales_yen)
    yield Figure.MEMBER_SALES_YEN, Decimal(of.member_sales_yen)
    if of.sales_yen > 0:
        yield Figure.MEMBER_SHARE, _percent(of.member_sales_yen, of.sales_yen)
    if of.receipts:
        yield Figure.AVERAGE_BASKET_YEN, Decimal(round_half_up(Fraction(of.sales_yen, of.receipts)))
    if of.member_receipts:
        average = round_half_up(Fraction(of.member_sales_yen, of.member_receipts))
        yield Figure.MEMBER_AVERAGE_BASKET_YEN, Decimal(average)
    yield Figure.RETURNS, Decimal(of.returns)
    yield Figure.REFUND_YEN, Decimal(of.refund_yen)
    yield Figure.POINTS_ISSUED, Decimal(moved.granted)
    yield Figure.POINTS_USED, Decimal(moved.used)
    yield Figure.POINTS_EXPIRED, Decimal(moved.expired)
    if moved.granted > 0:
        yield Figure.USE_RATE, _percent(moved.used, moved.granted)
    yield Figure.POINTS_OUTSTANDING, Decimal(total.outstanding)
    yield Figure.POINTS_PENDING, Decimal(of.points_pending)
    for figure, point_class in (
        (Figure.CONTRACT_LIABILITY_YEN, PointClass.MATERIAL),
        (Figure.PROVISION_YEN, PointClass.OTHER),
    ):
        yield figure, Decimal(add_yen(line.yen for line in lines if line.point_class is point_class).closing)


def _percent(part: int, whole: int) -> Decimal:
    return Decimal(round_half_up(Fraction(1_000 * part, whole))).scaleb(-1)
