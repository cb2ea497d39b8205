"""The JSON of the books as the console receives it, and how it is made. Money is integer yen, points are integers."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from pydantic import AwareDatetime, Field

from enishi.accounting import FigureDefinition, MonthFigure, SettingsVersion, Settlement, Statement
from enishi.catalog import Store
from enishi.web.shapes import Body, Shape, StoreRef

Figure = Annotated[str, Field(pattern=r"^\d{1,4}(\.\d{1,6})?$")]
"""A decimal number as text, so that nothing on its way rounds it."""
PointClassName = Literal["material", "other"]


class AccountShape(Body):
    """An account as the company's own books call it."""

    code: Annotated[str, Field(min_length=1, max_length=32)]
    name: Annotated[str, Field(min_length=1, max_length=100)]


class SettingsShape(Body):
    """How points are valued and booked."""

    zone: Annotated[str, Field(max_length=64)]
    stand_alone_yen_per_point: Figure
    material_right: Literal["purchases", "none"]
    fallback_use_rate: Figure
    history_months: Annotated[int, Field(ge=1, le=120)]
    settlement_yen_per_point: Figure
    accounts: dict[str, AccountShape]


class SettingsVersionShape(Shape):
    """Settings as published; version 0 are those to begin with, which nobody has published."""

    version: int
    from_month: date
    published_at: AwareDatetime
    author: str
    reason: str
    settings: SettingsShape


class MonthShape(Shape):
    """A month of the books; ``closed_at`` is null while it is open."""

    month: date
    closed_at: AwareDatetime | None


class PointCountsShape(Shape):
    """Points by movement."""

    issued: int
    returned: int
    used: int
    expired: int
    adjusted: int


class YenShape(Shape):
    """The liability of a month; each part is signed as it changes the liability."""

    opening: int
    issued: int
    returned: int
    used: int
    expired: int
    remeasured: int
    closing: int


class CohortShape(Shape):
    """A month of issue in the movement table. ``late`` are points that occurred in a month closed before."""

    cohort: date
    point_class: PointClassName
    opening_points: int
    moved: PointCountsShape
    late: PointCountsShape
    closing_points: int
    sales_yen: int
    allocated_yen: int
    expected_points: int
    yen: YenShape


class EstimateShape(Shape):
    """What the expected use of a class rests on. The back-test is null while history is short."""

    point_class: PointClassName
    from_history: bool
    months_of_history: int
    use_rate: str
    back_test_months: int | None
    back_test_error_percent: str | None


class KpisShape(Shape):
    """Figures of the month, frozen with its close."""

    purchases: int
    sales_yen: int
    customers: int
    points_issued: int
    points_used: int
    points_lapsed: int
    points_outstanding: int
    contract_liability_yen: int
    provision_yen: int


class FigureShape(Shape):
    """A key figure of the month and what it says; ``before`` is that of the closed month before, null without one.

    The values are decimal numbers as text: percent with one digit, everything else whole.
    """

    figure: str
    unit: Literal["people", "receipts", "yen", "points", "percent"]
    name: str
    definition: str
    value: str
    before: str | None


class StatementShape(Shape):
    """The books of a month; a draft while ``closed_at`` is null, which then begins with the month ``since``."""

    month: date
    since: date
    closed_at: AwareDatetime | None
    closed_by: str
    settings_version: int
    lines: list[CohortShape]
    estimates: list[EstimateShape]
    kpis: KpisShape


class PairShape(Shape):
    """What two stores owe each other; the debtor pays ``net_yen``. Head office has no code."""

    debtor: StoreRef
    creditor: StoreRef
    debtor_points: int
    creditor_points: int
    debtor_yen: int
    creditor_yen: int
    net_yen: int


class PositionShape(Shape):
    """A store in the settlement; ``net_yen`` is received (negative: paid)."""

    store: StoreRef
    own_points: int
    issued_used_elsewhere: int
    redeemed_for_others: int
    net_yen: int


class SettlementShape(Shape):
    """Who issued, who redeemed, and who pays whom."""

    pairs: list[PairShape]
    stores: list[PositionShape]


class BooksPage(Shape):
    """The books of a month, and which months there are; ``due`` are open months that are over, oldest first."""

    months: list[MonthShape]
    due: list[date]
    settings: SettingsVersionShape
    statement: StatementShape | None
    figures: list[FigureShape]
    settlement: SettlementShape | None


class CloseShape(Shape):
    """A month that is closed; ``replayed`` when it was before."""

    statement: StatementShape
    replayed: bool


class LotAtShape(Shape):
    """Points of one kind (r regular, l limited) valid through the end of a day."""

    kind: Literal["r", "l"]
    expires_on: date
    points: int


class AsOfShape(Shape):
    """Points and what was owed for them at an instant, of one customer or (null) of all."""

    at: AwareDatetime
    customer_id: UUID | None
    accounts: int
    entries: int
    balance: int
    outstanding: int
    contract_liability_yen: int
    provision_yen: int
    lots: list[LotAtShape]


class PointsAtShape(Shape):
    """A customer's points as they were at a past instant; ``available`` could be spent, ``held`` was set aside."""

    customer_id: UUID
    at: AwareDatetime
    entries: int
    balance: int
    available: int
    held: int
    lots: list[LotAtShape]
    rank: str | None = None
    rank_name: str | None = None
    """The name of that rank in the caller's language."""


def present_version(version: SettingsVersion, names: Mapping[str, str]) -> SettingsVersionShape:
    """A version of the settings, its author by name."""
    fields = msgspec.to_builtins(version)
    return SettingsVersionShape.model_validate(fields | {"author": _name(version.author, names)})


def present_statement(statement: Statement, names: Mapping[str, str]) -> StatementShape:
    """The books of a month."""
    return StatementShape(
        month=statement.month,
        since=statement.since,
        closed_at=statement.closed_at,
        closed_by=_name(statement.closed_by, names),
        settings_version=statement.settings_version,
        lines=[
            CohortShape(
                cohort=line.cohort,
                point_class=line.point_class.value,
                opening_points=line.total.outstanding - line.moved.outstanding,
                moved=PointCountsShape.model_validate(msgspec.to_builtins(line.moved)),
                late=PointCountsShape.model_validate(msgspec.to_builtins(line.late)),
                closing_points=line.total.outstanding,
                sales_yen=line.sales_yen,
                allocated_yen=line.allocated_yen,
                expected_points=line.expected_points,
                yen=YenShape.model_validate(msgspec.to_builtins(line.yen) | {"closing": line.yen.closing}),
            )
            for line in statement.lines
        ],
        estimates=[
            EstimateShape(
                point_class=one.point_class.value,
                from_history=one.from_history,
                months_of_history=one.months_of_history,
                use_rate=str(one.use_rate),
                back_test_months=one.back_test.months if one.back_test else None,
                back_test_error_percent=_text(one.back_test.error_percent if one.back_test else None),
            )
            for one in statement.estimates
        ],
        kpis=KpisShape.model_validate(msgspec.to_builtins(statement.kpis)),
    )


def present_figures(
    figures: Sequence[MonthFigure],
    before: Sequence[MonthFigure],
    definitions: Sequence[FigureDefinition],
    language: Literal["ja", "en"],
) -> list[FigureShape]:
    """The key figures of a month beside those of the month before, in the order of their definitions."""
    values = {one.figure: str(one.value) for one in figures}
    earlier = {one.figure: str(one.value) for one in before}
    return [
        FigureShape.model_validate(
            {
                "figure": one.figure.value,
                "unit": one.unit,
                "name": one.name_ja if language == "ja" else one.name_en,
                "definition": one.definition_ja if language == "ja" else one.definition_en,
                "value": values[one.figure],
                "before": earlier.get(one.figure),
            }
        )
        for one in definitions
        if one.figure in values
    ]


def present_settlement(settlement: Settlement, stores: Mapping[str, Store]) -> SettlementShape:
    """The settlement with the stores' names; head office goes without code and name."""

    def store(code: str) -> StoreRef:
        return StoreRef(code=code, name=stores[code].name if code in stores else code)

    return SettlementShape(
        pairs=[
            PairShape(
                debtor=store(pair.debtor),
                creditor=store(pair.creditor),
                debtor_points=pair.debtor_points,
                creditor_points=pair.creditor_points,
                debtor_yen=pair.debtor_yen,
                creditor_yen=pair.creditor_yen,
                net_yen=pair.net_yen,
            )
            for pair in settlement.pairs
        ],
        stores=[
            PositionShape(
                store=store(one.store),
                own_points=one.own_points,
                issued_used_elsewhere=one.issued_used_elsewhere,
                redeemed_for_others=one.redeemed_for_others,
                net_yen=one.net_yen,
            )
            for one in settlement.stores
        ],
    )


def _name(actor: str, names: Mapping[str, str]) -> str:
    return names.get(actor.removeprefix("operator:"), actor)


def _text(value: object) -> str | None:
    return None if value is None else str(value)
