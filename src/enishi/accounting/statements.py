"""The movement table of a month, out of what is closed and what the journal says now.

What a month moved is the difference between everything attributed to it or to an earlier month, and what earlier closes
have booked. So whatever was recorded after its own month was closed falls into the first month still open, is counted
once, and is known for what it is: late. No close is ever touched again. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from enishi.accounting.attribution import Attributed
from enishi.accounting.estimation import CohortHistory, Estimator
from enishi.accounting.figures import Activity, figures_of
from enishi.accounting.model import (
    CohortLine,
    Estimate,
    Kpis,
    Movement,
    MovementKey,
    MovementRow,
    PointClass,
    PointCounts,
    Statement,
    YenMovement,
)
from enishi.accounting.rules import (
    add_points,
    add_yen,
    age_in,
    allocate_to_points,
    month_after,
    move_contract_liability,
    move_provision,
)
from enishi.accounting.settings_model import SettingsVersion

Cohort = tuple[date, PointClass]


class Booked(NamedTuple):
    """What the closes before a month have booked: where each cohort stands, and points by key and sales by month.

    Points and sales are those that ``Found`` holds as well: booked after the walk that was gone on from.
    """

    last_month: date | None
    points: Mapping[MovementKey, int]
    sales: Mapping[date, int]
    lines: Mapping[Cohort, CohortLine]


def settings_at(versions: Sequence[SettingsVersion], month: date) -> SettingsVersion | None:
    """The version that holds for a month: the latest to begin by then; of several, the one published last."""
    held = [one for one in versions if one.from_month <= month]
    return max(held, key=lambda one: (one.from_month, one.version)) if held else None


class Found(NamedTuple):
    """What the journal says, as far as no close up to the walk that was gone on from has booked it.

    ``history`` is all there ever was, by month and cohort, without stores.
    """

    points: Attributed
    sales: Mapping[date, int]
    history: Attributed
    activity: Activity


def draw_up(month: date, booked: Booked, found: Found, version: SettingsVersion) -> Statement:
    """The books of ``month``, taking in everything that no close has booked yet."""
    movements = _movements(month, booked, found.points)
    lines, estimates = _lines(month, booked, movements=movements, found=found, version=version)
    first = min((when for when, _ in found.points if when <= month), default=month)
    since = first if booked.last_month is None else month_after(booked.last_month)
    return Statement(
        month=month,
        since=min(month, since),
        settings_version=version.version,
        lines=lines,
        movements=movements,
        estimates=estimates,
        kpis=_kpis(lines, found.activity),
        figures=figures_of(lines, found.activity),
    )


def _movements(month: date, booked: Booked, attributed: Attributed) -> tuple[MovementRow, ...]:
    """What this month's books add to those before, and how much of it is late."""
    all_points: dict[MovementKey, int] = {}
    closed_points: dict[MovementKey, int] = {}
    for (when, key), points in attributed.items():
        if when <= month:
            all_points[key] = all_points.get(key, 0) + points
        if booked.last_month is not None and when <= booked.last_month:
            closed_points[key] = closed_points.get(key, 0) + points
    rows: list[MovementRow] = []
    for key in sorted({*all_points, *booked.points}):
        before = booked.points.get(key, 0)
        moved = all_points.get(key, 0) - before
        late = 0 if booked.last_month is None else closed_points.get(key, 0) - before
        if moved or late:
            rows.append(MovementRow(key, moved, late))
    return tuple(rows)


def _lines(
    month: date,
    booked: Booked,
    *,
    movements: Iterable[MovementRow],
    found: Found,
    version: SettingsVersion,
) -> tuple[tuple[CohortLine, ...], tuple[Estimate, ...]]:
    moved: dict[Cohort, dict[Movement, int]] = {}
    late: dict[Cohort, dict[Movement, int]] = {}
    for row in movements:
        cohort = row.key.cohort, row.key.point_class
        _add(moved, cohort, row.key.movement, row.points)
        _add(late, cohort, row.key.movement, row.late_points)
    new_sales = {
        cohort: found.sales.get(cohort, 0) - booked.sales.get(cohort, 0)
        for cohort in {*found.sales, *booked.sales}
        if cohort <= month
    }
    with_sales = {(when, PointClass.MATERIAL) for when, yen in new_sales.items() if yen}
    lines: list[CohortLine] = []
    estimates: list[Estimate] = []
    for point_class in PointClass:
        cohorts = sorted({one for one in {*moved, *with_sales, *booked.lines} if one[1] is point_class})
        estimator = Estimator(point_class, history_of(found.history, point_class, month), month, version.settings)
        own: list[CohortLine] = []
        for cohort in cohorts:
            before = booked.lines.get(cohort)
            line = _line(
                cohort,
                before,
                moved=_counts(moved.get(cohort, {})),
                late=_counts(late.get(cohort, {})),
                sales_yen=new_sales.get(cohort[0], 0) if point_class is PointClass.MATERIAL else 0,
                estimator=estimator,
                version=version,
            )
            if _is_worth_a_line(line):
                own.append(line)
        granted = sum(line.total.granted for line in own)
        estimates.append(estimator.describe(granted, sum(line.expected_points for line in own)))
        lines += own
    return tuple(lines), tuple(estimates)


def _add(counts: dict[Cohort, dict[Movement, int]], cohort: Cohort, movement: Movement, points: int) -> None:
    own = counts.setdefault(cohort, {})
    own[movement] = own.get(movement, 0) + points


def _counts(points: Mapping[Movement, int]) -> PointCounts:
    return PointCounts(**{kind.value: moved for kind, moved in points.items()})


def _line(
    cohort: Cohort,
    before: CohortLine | None,
    *,
    moved: PointCounts,
    late: PointCounts,
    sales_yen: int,
    estimator: Estimator,
    version: SettingsVersion,
) -> CohortLine:
    total = (before.total if before else PointCounts()).plus(moved)
    expected = estimator.expected(cohort[0], total)
    if cohort[1] is PointClass.MATERIAL:
        price = version.settings.stand_alone_yen_per_point
        opening = before and (before.total, before.allocated_yen, before.expected_points, before.yen.closing)
        newly = allocate_to_points(sales_yen, moved.issued, price)
        allocated, yen = move_contract_liability(opening, total, newly, expected)
    else:
        allocated = 0
        yen = move_provision(before and (before.total, before.expected_points), total, expected)
    return CohortLine(cohort[0], cohort[1], total, moved, late, sales_yen, allocated, expected, yen)


def _is_worth_a_line(line: CohortLine) -> bool:
    """A cohort that is run off and did not move is left out."""
    nothing = PointCounts()
    moved = line.moved != nothing or line.late != nothing or line.sales_yen != 0
    return moved or line.total.outstanding != 0 or line.yen != YenMovement()


def history_of(attributed: Attributed, point_class: PointClass, through: date) -> dict[date, CohortHistory]:
    """What the estimate learns from: points granted and, by age, points used, of everything known of these months."""
    granted: dict[date, int] = {}
    outstanding: dict[date, int] = {}
    used: dict[date, dict[int, int]] = {}
    for (when, key), points in attributed.items():
        if key.point_class is not point_class or when > through:
            continue
        signed = points if key.movement is Movement.ISSUED else -points
        outstanding[key.cohort] = outstanding.get(key.cohort, 0) + signed
        if key.movement is Movement.USED:
            ages = used.setdefault(key.cohort, {})
            age = age_in(when, key.cohort)
            ages[age] = ages.get(age, 0) + points
        elif key.movement in {Movement.ISSUED, Movement.RETURNED}:
            granted[key.cohort] = granted.get(key.cohort, 0) + signed
    return {
        cohort: CohortHistory(granted.get(cohort, 0), used.get(cohort, {}), left <= 0)
        for cohort, left in outstanding.items()
    }


def _kpis(lines: Sequence[CohortLine], activity: Activity) -> Kpis:
    moved = add_points(line.moved for line in lines)
    return Kpis(
        purchases=activity.receipts,
        sales_yen=activity.sales_yen,
        customers=activity.active_members,
        points_issued=moved.granted,
        points_used=moved.used,
        points_lapsed=moved.expired + moved.adjusted,
        points_outstanding=add_points(line.total for line in lines).outstanding,
        contract_liability_yen=add_yen(line.yen for line in lines if line.point_class is PointClass.MATERIAL).closing,
        provision_yen=add_yen(line.yen for line in lines if line.point_class is PointClass.OTHER).closing,
    )
