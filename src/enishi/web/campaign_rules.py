"""The JSON of a campaign's rules, as the pages of the console write and read them."""

from datetime import date
from typing import Annotated, Literal

import msgspec
from pydantic import AwareDatetime, Field

from enishi.campaigns import BenefitClass, CampaignRules, Measure, Period, StackMode, Trigger, Weekday
from enishi.kit.errors import InvalidRequest
from enishi.program import Rounding
from enishi.purchases import Channel, PaymentMethod
from enishi.web.shapes import Body, PointKind

Name = Annotated[str, Field(min_length=1, max_length=100)]
Word = Annotated[str, Field(min_length=1, max_length=128)]
Words = Annotated[tuple[Word, ...], Field(max_length=1_000)]
Points = Annotated[int, Field(ge=1, le=1_000_000)]
Budget = Annotated[int, Field(ge=1, le=1_000_000_000_000)]
Yen = Annotated[int, Field(ge=0, le=1_000_000_000)]
Time = Annotated[str, Field(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$")]


class MultiplierShape(Body):
    """The base award times so many per cent; 200 doubles it."""

    kind: Literal["multiplier"]
    times_percent: Annotated[int, Field(ge=101, le=100_000)]


class AddedShape(Body):
    """So many points once a receipt."""

    kind: Literal["added"]
    points: Points


class PerPieceShape(Body):
    """So many points for each piece of the goods."""

    kind: Literal["per_piece"]
    points: Points
    most_pieces: Annotated[int, Field(ge=1, le=1_000_000)] | None = None


class AmountStepShape(Body):
    """From this amount on, so many points."""

    from_yen: Annotated[int, Field(ge=1, le=1_000_000_000)]
    points: Points


class StepsShape(Body):
    """The points of the highest step reached."""

    kind: Literal["steps"]
    steps: Annotated[list[AmountStepShape], Field(min_length=1, max_length=50)]


EffectShape = Annotated[MultiplierShape | AddedShape | PerPieceShape | StepsShape, Field(discriminator="kind")]


class CampaignHours(Body):
    """From one minute of the day up to another."""

    from_time: Time
    to_time: Time


class VisitShape(Body):
    """The n-th visit, or each n-th."""

    number: Annotated[int, Field(ge=1, le=10_000)]
    every: bool = False


class GoodsShape(Body):
    """Goods by SKU, by the beginning of it, or by category."""

    skus: Words = ()
    sku_prefixes: Words = ()
    categories: Words = ()


class ConditionsShape(Body):
    """What must hold besides the period; what is empty always holds."""

    weekdays: tuple[Weekday, ...] = ()
    days_of_month: tuple[Annotated[int, Field(ge=1, le=31)], ...] = ()
    hours: Annotated[tuple[CampaignHours, ...], Field(max_length=12)] = ()
    stores: Words = ()
    stores_except: Words = ()
    channels: tuple[Channel, ...] = ()
    payment_methods: tuple[PaymentMethod, ...] = ()
    ranks: Words = ()
    segments: Words = ()
    segments_except: Words = ()
    customer: Literal["new", "returning"] | None = None
    away_days: Annotated[int, Field(ge=1, le=3_660)] | None = None
    visit: VisitShape | None = None
    birthday_month: bool = False
    joined_within_days: Annotated[int, Field(ge=0, le=3_660)] | None = None
    weather: Words = ()
    codes: Words = ()
    from_yen: Yen = 0
    measure: Measure = Measure.ELIGIBLE


class AwardTermsShape(Body):
    """What is given, and until when it can be used."""

    kind: PointKind = "regular"
    valid_days: Annotated[int, Field(ge=0, le=3_660)] | None = None
    valid_until: date | None = None
    rounding: Rounding = Rounding.FLOOR


class StackingShape(Body):
    """How it goes together with other campaigns."""

    group: Annotated[str, Field(max_length=64)] = ""
    mode: StackMode = StackMode.ADD
    priority: Annotated[int, Field(ge=0, le=1_000)] = 0
    not_with: Annotated[tuple[Word, ...], Field(max_length=100)] = ()


class CeilingsShape(Body):
    """The most points of a receipt, of a member in a period, of everybody, and of a store."""

    receipt_points: Points | None = None
    member_points: Budget | None = None
    member_times: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    member_period: Period = Period.CAMPAIGN
    budget_points: Budget | None = None
    store_budgets: Annotated[dict[str, Budget], Field(max_length=2_000)] = Field(default_factory=dict[str, int])


class PremiumShape(Body):
    """What the check of premiums (景品表示法) looks at."""

    benefit: BenefitClass = BenefitClass.OWN_DISCOUNT
    restricted_use: bool = False
    lowest_sale_yen: Yen | None = None
    expected_sales_yen: Annotated[int, Field(ge=0, le=10**15)] | None = None
    highest_prize_yen: Yen | None = None
    total_prizes_yen: Annotated[int, Field(ge=0, le=10**15)] | None = None


class CampaignRulesShape(Body):
    """Everything that decides a campaign."""

    name_ja: Name
    name_en: Name
    note: Annotated[str, Field(max_length=2_000)] = ""
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    trigger: Trigger = Trigger.PURCHASE
    effect: EffectShape
    goods: GoodsShape | None = None
    conditions: ConditionsShape = ConditionsShape()
    award: AwardTermsShape = AwardTermsShape()
    stacking: StackingShape = StackingShape()
    ceilings: CeilingsShape = CeilingsShape()
    premium: PremiumShape = PremiumShape()
    invented: bool = False


def rules_of(shape: CampaignRulesShape) -> CampaignRules:
    """The rules that a page has sent. Refuses ``InvalidRequest``."""
    try:
        return msgspec.convert(shape.model_dump(mode="json"), CampaignRules)
    except msgspec.ValidationError:
        raise InvalidRequest("A rule is not valid.", field="rules", remedy="Look at each field again.") from None


def rules_shape(rules: CampaignRules) -> CampaignRulesShape:
    """Rules as a page receives them."""
    return CampaignRulesShape.model_validate(msgspec.to_builtins(rules))
