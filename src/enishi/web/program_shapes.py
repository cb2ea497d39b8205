"""The JSON of a programme's settings, as the pages of the console write and read them."""

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec
from pydantic import Field

from enishi import program
from enishi.access import Locale
from enishi.kit.validity import describe_invalid
from enishi.program import (
    EarningBase,
    ProgramSettings,
    ProgramVersion,
    ReturnedCoupon,
    ReturnShortfall,
    Rounding,
    RoundingScope,
    UsedPoints,
)
from enishi.purchases import Channel, Line, PaymentMethod, Purchase, TaxMode
from enishi.web.shapes import Body, PointKind, Shape

Whole = Annotated[int, Field(ge=0, le=1_000_000_000)]
SAMPLES_YEN = (540, 1_980, 10_800)
"""Receipts that a programme is explained by: just under and over round amounts, with tax."""


class EarningRuleShape(Body):
    """For every ``unit_yen`` of the base, ``points_per_unit`` points."""

    base: EarningBase
    counts_points_paid: bool
    counts_coupon_paid: bool
    unit_yen: Whole
    points_per_unit: Whole
    rounding: Rounding
    scope: RoundingScope


class MonthsToMonthEndShape(Body):
    """Valid through the end of the month that lies ``months`` months after the earning."""

    type: Literal["months_to_month_end"]
    months: Whole


class ExtendedByActivityShape(Body):
    """Valid for ``months`` months after the latest earning."""

    type: Literal["extended_by_activity"]
    months: Whole
    to_month_end: bool = False


class FixedDateShape(Body):
    """Valid through one date."""

    type: Literal["fixed_date"]
    on: date


ExpiryShape = Annotated[MonthsToMonthEndShape | ExtendedByActivityShape | FixedDateShape, Field(discriminator="type")]


class AfterDaysShape(Body):
    """Points become available so many days after the purchase."""

    type: Literal["after_days"]
    days: Whole


class OnEventShape(Body):
    """Points become available with an event of the order, or so many days after it."""

    type: Literal["on_event"]
    event: program.PurchaseEvent
    days: Whole = 0


PendingShape = Annotated[AfterDaysShape | OnEventShape, Field(discriminator="type")]


class ProgramReturnsShape(Body):
    """What a return does."""

    shortfall: ReturnShortfall = ReturnShortfall.NEGATIVE
    used_points: UsedPoints = UsedPoints.REFUND
    reissue_days: Whole | None = None
    coupon: ReturnedCoupon = ReturnedCoupon.SPENT


class ProgramHoldsShape(Body):
    """How long points may be set aside."""

    default_seconds: Whole = 1_800
    longest_seconds: Whole = 86_400


class ProgramTransfersShape(Body):
    """What members may give each other."""

    gifts: bool = True
    fee: Whole = 0
    each: Whole = 10_000
    a_day: Whole = 30_000


class ProgramSettingsShape(Body):
    """Everything that an operator decides about earning."""

    name: Annotated[str, Field(max_length=100)]
    zone: Annotated[str, Field(max_length=64)] = "Asia/Tokyo"
    earning: EarningRuleShape
    expiry: ExpiryShape
    excluded_categories: Annotated[tuple[Annotated[str, Field(max_length=128)], ...], Field(max_length=1_000)] = ()
    excluded_payment_methods: Annotated[tuple[PaymentMethod, ...], Field(max_length=50)] = ()
    store_overrides: Annotated[dict[str, EarningRuleShape], Field(max_length=2_000)] = Field(
        default_factory=dict[str, EarningRuleShape]
    )
    returns: ProgramReturnsShape = ProgramReturnsShape()
    holds: ProgramHoldsShape = ProgramHoldsShape()
    transfers: ProgramTransfersShape = ProgramTransfersShape()
    claim_days: Whole = 30
    last_use_on: dict[PointKind, date] = Field(default_factory=dict[PointKind, date])
    offline_spend_cap: Whole = 0
    pending: dict[Channel, PendingShape] = Field(default_factory=dict[Channel, PendingShape])


class ProgramExample(Shape):
    """What a receipt would earn, and the arithmetic in one sentence."""

    total_yen: int
    points: int
    sentence: str


def program_shape(settings: ProgramSettings) -> ProgramSettingsShape:
    """Settings as pages edit them."""
    return ProgramSettingsShape.model_validate(msgspec.to_builtins(settings))


def program_of(shape: ProgramSettingsShape) -> ProgramSettings:
    """The settings that a page sent. Raises ``InvalidRequest`` naming the field."""
    try:
        return msgspec.convert(shape.model_dump(mode="json"), ProgramSettings)
    except msgspec.ValidationError as error:
        raise describe_invalid(str(error), ProgramSettings, "the page") from None


def examples_of(settings: ProgramSettings, now: datetime, language: Locale) -> list[ProgramExample]:
    """What receipts of some amounts would earn now, under settings that are fit to be published."""
    version = ProgramVersion(
        version=1, effective_at=now, published_at=now, author="draft", reason="draft", settings=settings
    )
    return [_example(total, version, now, language) for total in SAMPLES_YEN]


def _example(total: int, version: ProgramVersion, now: datetime, language: Locale) -> ProgramExample:
    purchase = Purchase(
        source="console",
        external_id="example",
        channel=Channel.POS,
        store="-",
        occurred_at=now,
        tax_mode=TaxMode.INCLUDED,
        lines=(Line("EXAMPLE", 1, total, 10),),
    )
    awards = program.price(purchase, version)
    return ProgramExample(
        total_yen=total,
        points=sum(one.points for one in awards),
        sentence=program.explain_in_a_sentence(awards[0].basis, language.value)
        if awards
        else program.explain_no_award(purchase, version, 0, language.value).sentence,
    )
