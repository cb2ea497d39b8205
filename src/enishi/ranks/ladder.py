"""What a ladder of ranks is: its tiers, the criteria of each, and the policies by which members rise and fall.

A criterion only ever asks for at least so much, so buying more can not cost anybody a rank: there is no other leaf.
Amounts are integer yen, windows are whole days of the programme's zone.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from enishi.kit.identifiers import IdentifierKind
from enishi.purchases import Channel

Locale = Literal["ja", "en"]
"""The languages in which ranks explain themselves."""
MAX_VALUE = 1_000_000_000_000
"""The most that a criterion may ask for."""
MAX_MONTHS = 120
MAX_DAYS = 3_660
MAX_TIERS = 20
MAX_ALTERNATIVES = 16
"""How many ways there may be to one tier, once brackets are multiplied out."""

Name = Annotated[str, Meta(min_length=1, max_length=100)]
TierCode = Annotated[str, Meta(min_length=1, max_length=40, pattern=r"^[a-z0-9][a-z0-9_\-]*(?!\n)$")]


class Measure(StrEnum):
    """What is counted of the purchases in a window, net of what came back.

    ``points_earned`` counts what was earned, never a balance: who spends points keeps the rank. A visit is a day with a
    purchase, however many there were.
    """

    AMOUNT_WITH_TAX = "amount_with_tax"
    AMOUNT_WITHOUT_TAX = "amount_without_tax"
    VISITS = "visits"
    PURCHASES = "purchases"
    POINTS_EARNED = "points_earned"


class RollingMonths(Struct, gc=False, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="months"):
    """The month that is looked at and the ``months - 1`` before it. At an evaluation those are whole months."""

    months: Annotated[int, Meta(ge=1, le=MAX_MONTHS)]


class RollingDays(Struct, gc=False, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="days"):
    """The day that is looked at and the ``days - 1`` before it."""

    days: Annotated[int, Meta(ge=1, le=MAX_DAYS)]


class Period(StrEnum):
    """A period of the calendar."""

    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"


class CalendarPeriod(Struct, gc=False, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="calendar"):
    """The period of the calendar that contains the day; years, halves and quarters begin in ``start_month``.

    A fiscal year from April (年度) is ``year`` with ``start_month`` 4.
    """

    period: Period
    start_month: Annotated[int, Meta(ge=1, le=12)] = 1


class JoinYear(Struct, gc=False, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="join_year"):
    """The year since the latest anniversary of the day on which the member joined."""


class Lifetime(Struct, gc=False, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="lifetime"):
    """Everything that was ever bought."""


Window = RollingMonths | RollingDays | CalendarPeriod | JoinYear | Lifetime


class AtLeast(Struct, gc=False, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="at_least"):
    """So much of a measure within a window, of the purchases that pass the filters. Empty filters let all pass.

    ``stores`` names a group of stores of the ladder.
    """

    measure: Measure
    value: Annotated[int, Meta(ge=1, le=MAX_VALUE)]
    window: Window
    channels: tuple[Channel, ...] = ()
    stores: str = ""
    categories: tuple[str, ...] = ()


class JoinedFor(Struct, gc=False, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="joined_for"):
    """Member for so many days."""

    days: Annotated[int, Meta(ge=1, le=36_600)]


class Holds(Struct, gc=False, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="holds"):
    """Has an identifier of this kind that is alive: a card, the app, a LINE account …"""

    fact: IdentifierKind


class AllOf(Struct, gc=False, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="all"):
    """Every one of these."""

    of: Annotated[tuple[Criterion, ...], Meta(min_length=1, max_length=20)]


class AnyOf(Struct, gc=False, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="any"):
    """At least one of these."""

    of: Annotated[tuple[Criterion, ...], Meta(min_length=1, max_length=20)]


Leaf = AtLeast | JoinedFor | Holds
Criterion = AtLeast | JoinedFor | Holds | AllOf | AnyOf


class PointsReward(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="points"):
    """Points, credited with the rank. ``valid_days`` None is by the programme's own expiry."""

    code: TierCode
    points: Annotated[int, Meta(ge=1, le=1_000_000)]
    limited: bool = False
    valid_days: Annotated[int, Meta(ge=1, le=3_660)] | None = None
    each_time: bool = False


class CouponReward(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="coupon"):
    """A coupon to be issued."""

    code: TierCode
    coupon: Name
    each_time: bool = False


class MessageReward(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="message"):
    """A message to be sent, by the name of its template."""

    code: TierCode
    template: Name
    each_time: bool = True


class BenefitReward(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="benefit"):
    """A benefit to be given, by its name."""

    code: TierCode
    benefit: Name
    each_time: bool = False


Reward = PointsReward | CouponReward | MessageReward | BenefitReward
"""What rising to a tier gives. ``each_time`` False gives it once in a member's life, however often they rise."""


class TierRule(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A tier as it is published. The lowest has no criteria and is everybody's.

    A ``permanent`` tier is never lost again once it was reached.
    """

    code: TierCode
    name_ja: Name
    name_en: Name
    colour: Annotated[str, Meta(pattern=r"^#[0-9A-Fa-f]{6}(?!\n)$")]
    criteria: Criterion | None = None
    permanent: bool = False
    rewards: Annotated[tuple[Reward, ...], Meta(max_length=10)] = ()


class MonthlyOn(Struct, gc=False, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="monthly"):
    """All members are evaluated on this day of every month."""

    day: Annotated[int, Meta(ge=1, le=28)] = 1


class YearlyOn(Struct, gc=False, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="dates"):
    """All members are evaluated on these days of the year, each ``MM-DD``."""

    dates: Annotated[
        tuple[Annotated[str, Meta(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8]|29|30|31)(?!\n)$")], ...],
        Meta(min_length=1, max_length=24),
    ]


Schedule = MonthlyOn | YearlyOn


class UntilEvaluation(Struct, gc=False, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="evaluations"):
    """A rank is kept until the ``evaluations``-th evaluation after it was attained or confirmed."""

    evaluations: Annotated[int, Meta(ge=1, le=60)] = 1


class ForMonths(Struct, gc=False, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="months"):
    """A rank is kept through the end of the ``months``-th month after it was attained or confirmed."""

    months: Annotated[int, Meta(ge=1, le=MAX_MONTHS)]


class UntilYearEnd(Struct, gc=False, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="years"):
    """A rank is kept through the end of the ``years``-th year after the one in which it was attained or confirmed."""

    years: Annotated[int, Meta(ge=0, le=10)] = 1
    start_month: Annotated[int, Meta(ge=1, le=12)] = 1


KeepRule = UntilEvaluation | ForMonths | UntilYearEnd


class Policies(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How members rise and fall.

    ``upgrade``: with the purchase that fulfils the criteria, or at the next evaluation. ``grace_days``: how long after
    the end of ``keep`` a rank still stands. ``downgrade``: to what is qualified for, or one step an evaluation.
    ``notice_days``: how long ahead of a downgrade the member is told; 0 tells nobody. ``on_return``: whether a rank
    that returned goods had lifted falls back at once, or stands until the next evaluation. ``priced_by``: whether the
    purchase that lifts the rank is priced by the old one or already by the new.
    """

    upgrade: Literal["immediate", "evaluation"] = "immediate"
    schedule: Schedule = MonthlyOn()
    keep: KeepRule = UntilEvaluation()
    grace_days: Annotated[int, Meta(ge=0, le=366)] = 0
    downgrade: Literal["to_qualified", "one_step"] = "to_qualified"
    notice_days: Annotated[int, Meta(ge=0, le=180)] = 0
    on_return: Literal["next_evaluation", "immediate"] = "next_evaluation"
    priced_by: Literal["rank_before", "rank_after"] = "rank_before"


class Ladder(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, dict=True):
    """The tiers, lowest first, and the policies. The derived properties are computed once per instance."""

    name: Name
    tiers: Annotated[tuple[TierRule, ...], Meta(min_length=1, max_length=MAX_TIERS)]
    policies: Policies = Policies()
    store_groups: dict[str, tuple[str, ...]] = {}

    @cached_property
    def levels(self) -> dict[str, int]:
        """The level of each tier by its code; 0 is the lowest."""
        return {tier.code: level for level, tier in enumerate(self.tiers)}


class LadderVersion(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A ladder as published: immutable, in force from ``effective_at`` until the next version's effective time."""

    version: int
    effective_at: datetime
    published_at: datetime
    author: str
    reason: str
    ladder: Ladder


class Tier(Struct, gc=False, frozen=True, kw_only=True):
    """A tier as others see it; level 0 is the lowest."""

    code: str
    level: int
    name_ja: str
    name_en: str
    colour: str
    criteria: Criterion | None = None
    permanent: bool = False
    rewards: tuple[Reward, ...] = ()


class HeldRank(Struct, gc=False, frozen=True):
    """The rank that a customer holds. ``keep_until`` None does not end: the lowest rank, or one kept for ever.

    ``since`` None is the lowest rank of somebody who never had another.
    """

    customer_id: UUID
    tier: str
    level: int
    name_ja: str
    name_en: str
    colour: str
    since: datetime | None
    keep_until: date | None
