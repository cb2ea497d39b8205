"""What a campaign is: its rules, the version of them that somebody approved, and what decides whether it applies.

A campaign gives points beyond the programme's base award while it is live. Its rules are published as immutable
versions; a purchase is priced by the version that was live when it occurred, to the second. Points are integers,
money is integer yen, and a rate is an exact number of per cent: no number here is ever a float.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from enishi.kit.errors import Conflict, NotFound, Refusal
from enishi.program import PointKind, Rounding
from enishi.purchases import Channel, PaymentMethod, Yen

MAX_POINTS = 1_000_000
"""The most points that one campaign gives on one receipt."""
MAX_BUDGET_POINTS = 1_000_000_000_000
CampaignCode = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[a-z0-9][a-z0-9-]*(?!\n)$")]
Name = Annotated[str, Meta(min_length=1, max_length=100)]
Text = Annotated[str, Meta(max_length=2_000)]
Word = Annotated[str, Meta(min_length=1, max_length=128)]
Words = Annotated[tuple[Word, ...], Meta(max_length=1_000)]
Points = Annotated[int, Meta(ge=1, le=MAX_POINTS)]
Budget = Annotated[int, Meta(ge=1, le=MAX_BUDGET_POINTS)]

WHOLE_CAMPAIGN = ""
"""Instead of a store in a budget's key: the budget of the campaign in all stores together."""


class Multiplier(Struct, frozen=True, forbid_unknown_fields=True, tag="multiplier", tag_field="kind"):
    """The base award times ``times_percent`` per cent; 200 gives the base award once more."""

    times_percent: Annotated[int, Meta(ge=101, le=100_000)]


class AddedPoints(Struct, frozen=True, forbid_unknown_fields=True, tag="added", tag_field="kind"):
    """So many points once a receipt."""

    points: Points


class PointsPerPiece(Struct, frozen=True, forbid_unknown_fields=True, tag="per_piece", tag_field="kind"):
    """So many points for each piece of the campaign's goods; goods without a count are one piece."""

    points: Points
    most_pieces: Annotated[int, Meta(ge=1, le=1_000_000)] | None = None


class AmountStep(Struct, frozen=True, forbid_unknown_fields=True):
    """From this amount on, so many points."""

    from_yen: Annotated[int, Meta(ge=1, le=1_000_000_000)]
    points: Points


class AmountSteps(Struct, frozen=True, forbid_unknown_fields=True, tag="steps", tag_field="kind"):
    """The points of the highest step that the amount reaches; steps ascend."""

    steps: Annotated[tuple[AmountStep, ...], Meta(min_length=1, max_length=50)]


Effect = Multiplier | AddedPoints | PointsPerPiece | AmountSteps


class Measure(StrEnum):
    """Which amount a minimum or a step looks at.

    ``eligible``: what earns, in the programme's base. ``total``: what the goods cost with tax, before points are used.
    """

    ELIGIBLE = "eligible"
    TOTAL = "total"


class Weekday(StrEnum):
    """A day of the week in the programme's zone."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


class Hours(Struct, frozen=True, forbid_unknown_fields=True):
    """From one minute of the day up to another, such as 17:00 to 20:00; one that is not later lies on the next day."""

    from_time: Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9](?!\n)$")]
    to_time: Annotated[str, Meta(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)(?!\n)$")]


class Visit(Struct, frozen=True, forbid_unknown_fields=True):
    """The n-th day on which the member buys; with ``every``, each n-th. The first purchase of the day counts."""

    number: Annotated[int, Meta(ge=1, le=10_000)]
    every: bool = False


class Goods(Struct, frozen=True, forbid_unknown_fields=True):
    """Goods by SKU, by the beginning of it, or by category. Receipts carry no brand: name its SKUs or their prefix."""

    skus: Words = ()
    sku_prefixes: Words = ()
    categories: Words = ()


class Conditions(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """What must hold besides the campaign's period; an empty condition always holds, one of several values suffices."""

    weekdays: tuple[Weekday, ...] = ()
    days_of_month: tuple[Annotated[int, Meta(ge=1, le=31)], ...] = ()
    hours: Annotated[tuple[Hours, ...], Meta(max_length=12)] = ()
    stores: Words = ()
    stores_except: Words = ()
    channels: tuple[Channel, ...] = ()
    payment_methods: tuple[PaymentMethod, ...] = ()
    """A part of the receipt is paid in one of these ways."""
    ranks: Words = ()
    segments: Words = ()
    segments_except: Words = ()
    customer: Literal["new", "returning"] | None = None
    """``new``: the member's first purchase. ``returning``: not their first."""
    away_days: Annotated[int, Meta(ge=1, le=3_660)] | None = None
    """So many days at least have passed since the member last bought."""
    visit: Visit | None = None
    birthday_month: bool = False
    joined_within_days: Annotated[int, Meta(ge=0, le=3_660)] | None = None
    weather: Words = ()
    codes: Words = ()
    """Codes that members enter; all of them share the campaign's ceilings and budgets."""
    from_yen: Yen = 0
    measure: Measure = Measure.ELIGIBLE
    """What ``from_yen`` and the steps of the effect look at: the campaign's goods, or all of them where it names none.
    """


class AwardTerms(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """What is given: regular points expire as the programme says, limited ones on a day of the campaign's own.

    ``valid_days`` counts from the day of the purchase; ``valid_until`` is one day for all.
    """

    kind: PointKind = "regular"
    valid_days: Annotated[int, Meta(ge=0, le=3_660)] | None = None
    valid_until: date | None = None
    rounding: Rounding = Rounding.FLOOR


class StackMode(StrEnum):
    """How campaigns of one group go together."""

    BEST_OF = "best_of"
    ADD = "add"
    MULTIPLY = "multiply"


class Stacking(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """How a campaign goes together with others.

    Groups are added to each other; without a group a campaign is one by itself. Of two campaigns of which one names the
    other in ``not_with``, the one of higher ``priority`` applies.
    """

    group: Annotated[str, Meta(max_length=64)] = ""
    mode: StackMode = StackMode.ADD
    priority: Annotated[int, Meta(ge=0, le=1_000)] = 0
    not_with: Annotated[tuple[CampaignCode, ...], Meta(max_length=100)] = ()


class Period(StrEnum):
    """For how long what a member got counts against their ceiling, in days of the programme's zone."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    CAMPAIGN = "campaign"


class Ceilings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """The most points: of a receipt, of a member in a period, of all members, and of a store's receipts."""

    receipt_points: Points | None = None
    member_points: Annotated[int, Meta(ge=1, le=MAX_BUDGET_POINTS)] | None = None
    member_times: Annotated[int, Meta(ge=1, le=1_000_000)] | None = None
    member_period: Period = Period.CAMPAIGN
    budget_points: Budget | None = None
    store_budgets: Annotated[dict[str, Budget], Meta(max_length=2_000)] = {}


class BenefitClass(StrEnum):
    """What the points are by the law on premiums (景品表示法)."""

    OWN_DISCOUNT = "own_discount"
    """Points for later purchases of one's own, usable like money off: 値引, outside the limits."""
    ALL_COMERS = "all_comers"
    """総付景品: a premium for everybody who buys or comes."""
    OPEN_LOTTERY = "open_lottery"
    """一般懸賞: by chance or by merit."""
    JOINT_LOTTERY = "joint_lottery"
    """共同懸賞: as above, of many shops together."""


class Premium(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """What the check of premiums looks at. ``restricted_use``: the points buy only certain goods, so they are no 値引.

    ``lowest_sale_yen`` is the smallest purchase that takes part; None takes it from the conditions. For lotteries,
    ``highest_prize_yen`` and ``total_prizes_yen`` are what can be won.
    """

    benefit: BenefitClass = BenefitClass.OWN_DISCOUNT
    restricted_use: bool = False
    lowest_sale_yen: Yen | None = None
    expected_sales_yen: Annotated[int, Meta(ge=0, le=10**15)] | None = None
    highest_prize_yen: Yen | None = None
    total_prizes_yen: Annotated[int, Meta(ge=0, le=10**15)] | None = None


class Trigger(StrEnum):
    """What a campaign answers: a purchase, or that somebody has joined (入会)."""

    PURCHASE = "purchase"
    JOINING = "joining"


class CampaignRules(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """Everything that decides a campaign. It runs from ``starts_at`` up to, and without, ``ends_at``."""

    name_ja: Name
    name_en: Name
    note: Text = ""
    starts_at: Annotated[datetime, Meta(tz=True)]
    ends_at: Annotated[datetime, Meta(tz=True)]
    trigger: Trigger = Trigger.PURCHASE
    effect: Effect
    goods: Goods | None = None
    conditions: Conditions = Conditions()
    award: AwardTerms = AwardTerms()
    stacking: Stacking = Stacking()
    ceilings: Ceilings = Ceilings()
    premium: Premium = Premium()
    invented: bool = False
    """Made up for a demo; said so wherever it is shown."""


class CampaignVersion(Struct, frozen=True, kw_only=True):
    """Rules as somebody saved them: never changed afterwards."""

    campaign_id: UUID
    code: str
    version: int
    rules: CampaignRules
    author: str
    reason: str
    created_at: datetime


class CustomerFacts(Struct, gc=False, frozen=True, kw_only=True):
    """What is known of a member at a purchase, as far as a live campaign asks for it.

    ``visit_number`` counts the days on which they bought, this one included; ``is_new_visit`` tells that nothing was
    bought on it before. None is not known.
    """

    tier: str | None = None
    level: int | None = None
    is_first_purchase: bool | None = None
    visit_number: int | None = None
    is_new_visit: bool = True
    joined_on: date | None = None
    birth_month: int | None = None
    segments: frozenset[str] = frozenset()
    days_since_last: int | None = None


class Usage(Struct, gc=False, frozen=True):
    """What a member has got of a campaign in a period so far."""

    points: int = 0
    times: int = 0


BudgetKey = tuple[UUID, str]
"""A budget: the campaign, and the store or ``WHOLE_CAMPAIGN``."""


class UnknownCampaign(NotFound):
    """No campaign has this code."""

    code = "unknown-campaign"
    title = "Unknown campaign"


class InvalidCampaign(Refusal):
    """The rules break a limit or contradict themselves. ``problems`` lists everything found. Nothing was changed."""

    code = "invalid-campaign"
    status = 422
    title = "Invalid campaign"


class CampaignCodeTaken(Conflict):
    """Another campaign has this code. Nothing was changed."""

    code = "campaign-code-taken"
    title = "Campaign code taken"


class CampaignState(Conflict):
    """The campaign is in a state in which this can not be done. Nothing was changed."""

    code = "campaign-state"
    title = "Not in this state"


class CampaignChanged(Conflict):
    """Somebody has changed the campaign since it was looked at. Nothing was changed."""

    code = "campaign-changed"
    title = "Campaign changed meanwhile"


class AuthorMayNotApprove(Refusal):
    """Who wrote the rules, or sent them to review, may not approve them. Nothing was changed."""

    code = "author-may-not-approve"
    status = 403
    title = "Another person must approve"
