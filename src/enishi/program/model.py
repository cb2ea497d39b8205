"""What an earning programme is: its settings, its published versions, and the awards it prices.

Settings are published as immutable versions with an effective time; a purchase is priced by the version that was in
force when it occurred. An award carries its basis: the version, the inputs and the arithmetic, complete enough to be
explained years later without reading the version again. Money is integer yen, points are integers, and an exact value
is a fraction written as text: no number here is ever a float.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Literal
from zoneinfo import ZoneInfo

from msgspec import Meta, Struct

from enishi.kit.errors import Refusal
from enishi.program.pending import PendingRule
from enishi.purchases import Channel, PaymentMethod, TaxMode

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_UNIT_YEN = 1_000_000
"""The largest unit an earning rule may name, in yen."""
MAX_POINTS_PER_UNIT = 1_000_000
"""The most points an earning rule may give for one unit."""
MAX_EXPIRY_MONTHS = 1_200
"""The longest validity, in months: a hundred years."""

MAX_HOLD_SECONDS = 30 * 86_400
"""The longest time for which points may be set aside, in seconds."""

PointKind = Literal["regular", "limited"]

BASE_RULE = "base"
"""The name of the programme's own earning rule."""
STORE_RULE_PREFIX = "store:"
"""A store's own rule is named by this prefix and the store's code."""
DISCOUNT = "discount"
"""Reason of a reduction: a discount larger than the line it stands on."""
POINTS = "points"
"""Reason of a reduction: the part paid with points. All other reasons are payment methods."""

Locale = Literal["ja", "en"]
"""The languages an explanation is written in."""


class EarningBase(StrEnum):
    """Which amount earns: with consumption tax (税込) or without (税抜)."""

    TAX_INCLUDED = "tax_included"
    TAX_EXCLUDED = "tax_excluded"


class Rounding(StrEnum):
    """What happens to the fraction: 切捨て, 四捨五入 or 切上げ."""

    FLOOR = "floor"
    HALF_UP = "half_up"
    CEIL = "ceil"


class RoundingScope(StrEnum):
    """What is rounded.

    ``unit``: the number of units in the receipt's amount, so that only whole units earn (under ``floor``).
    ``line``: the points of each line, which are then added up. ``receipt``: the points of the receipt, once.
    """

    UNIT = "unit"
    LINE = "line"
    RECEIPT = "receipt"


class EarningRule(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """For every ``unit_yen`` of the base, ``points_per_unit`` points; zero points stops earning, not spending.

    ``counts_points_paid`` and ``counts_coupon_paid`` say whether the parts paid with points and with coupons earn.
    """

    base: EarningBase
    counts_points_paid: bool
    counts_coupon_paid: bool
    unit_yen: Annotated[int, Meta(ge=1, le=MAX_UNIT_YEN)]
    points_per_unit: Annotated[int, Meta(ge=0, le=MAX_POINTS_PER_UNIT)]
    rounding: Rounding
    scope: RoundingScope


class MonthsToMonthEnd(Struct, frozen=True, forbid_unknown_fields=True, tag="months_to_month_end"):
    """Valid through the last day of the month that lies ``months`` months after the earning."""

    months: Annotated[int, Meta(ge=0, le=MAX_EXPIRY_MONTHS)]


class ExtendedByActivity(Struct, frozen=True, forbid_unknown_fields=True, tag="extended_by_activity"):
    """Valid for ``months`` months after the latest earning: each earning moves all regular lots to its own date.

    ``to_month_end`` rounds that date up to the end of its month.
    """

    months: Annotated[int, Meta(ge=1, le=MAX_EXPIRY_MONTHS)]
    to_month_end: bool = False


class FixedDate(Struct, frozen=True, forbid_unknown_fields=True, tag="fixed_date"):
    """Valid through one date, whenever earned. A purchase after that date earns nothing."""

    on: date


ExpiryPolicy = MonthsToMonthEnd | ExtendedByActivity | FixedDate


class ReturnShortfall(StrEnum):
    """What becomes of points that returned goods had earned and the member has spent: see ``ledger.Shortfall``."""

    NEGATIVE = "negative"
    ABSORB = "absorb"
    REFUSE = "refuse"


class UsedPoints(StrEnum):
    """What becomes of points that returned goods had been paid with.

    ``refund``: they come back in the proportion of what is returned. ``reallocate``: they stay on the goods that are
    left, and only what those no longer cost comes back.
    """

    REFUND = "refund"
    REALLOCATE = "reallocate"


class ReturnedCoupon(StrEnum):
    """Whether a coupon can be used again once everything it was used on has come back."""

    REVIVE = "revive"
    SPENT = "spent"


class ReturnPolicy(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a return does. The version in force when the goods were bought decides.

    ``reissue_days``: used points whose lot has expired are valid so many days more; None leaves them lost.
    """

    shortfall: ReturnShortfall = ReturnShortfall.NEGATIVE
    used_points: UsedPoints = UsedPoints.REFUND
    reissue_days: Annotated[int, Meta(ge=1, le=3_650)] | None = None
    coupon: ReturnedCoupon = ReturnedCoupon.SPENT


class HoldPolicy(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How long points may be set aside for a checkout, in seconds: when the shop does not say, and at most."""

    default_seconds: Annotated[int, Meta(ge=1, le=MAX_HOLD_SECONDS)] = 1_800
    longest_seconds: Annotated[int, Meta(ge=1, le=MAX_HOLD_SECONDS)] = 86_400


class TransferPolicy(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What members may give each other, in points. Moving points within a family is free and has no limit.

    ``fee`` is what the giver pays for each gift besides; ``each`` is the most of one gift, ``a_day`` of all gifts of a
    member in a day of the programme's zone. ``gifts`` False allows none.
    """

    gifts: bool = True
    fee: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    each: Annotated[int, Meta(ge=1, le=10_000_000)] = 10_000
    a_day: Annotated[int, Meta(ge=1, le=100_000_000)] = 30_000


class ProgramSettings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, dict=True):
    """Everything an operator decides about earning. The derived properties are computed once per instance."""

    name: Annotated[str, Meta(min_length=1, max_length=100)]
    zone: str = "Asia/Tokyo"
    earning: EarningRule
    expiry: ExpiryPolicy
    excluded_categories: tuple[str, ...] = ()
    excluded_payment_methods: tuple[PaymentMethod, ...] = ()
    store_overrides: dict[str, EarningRule] = {}
    returns: ReturnPolicy = ReturnPolicy()
    holds: HoldPolicy = HoldPolicy()
    transfers: TransferPolicy = TransferPolicy()
    claim_days: Annotated[int, Meta(ge=0, le=3_650)] = 30
    """How many days after the sale an anonymous receipt can be claimed; 0 allows it on the same day only."""
    last_use_on: dict[PointKind, date] = {}
    """The last day on which points of a kind can be used at all, whatever their own last day: how a kind winds down."""
    offline_spend_cap: Annotated[int, Meta(ge=0, le=10_000_000)] = 0
    """How many points a terminal may spend in a day without a connection where they turn out not to be there."""
    pending: dict[Channel, PendingRule] = {}
    """Of which channels the points are pending at first, and until when; those of any other are available at once."""

    @cached_property
    def zone_info(self) -> ZoneInfo:
        """The time zone in which days begin and end."""
        return ZoneInfo(self.zone)

    @cached_property
    def category_exclusions(self) -> frozenset[str]:
        """The excluded categories, for look-up."""
        return frozenset(self.excluded_categories)

    @cached_property
    def payment_exclusions(self) -> frozenset[PaymentMethod]:
        """The excluded payment methods, for look-up."""
        return frozenset(self.excluded_payment_methods)

    @cached_property
    def store_rules(self) -> Mapping[str, tuple[str, EarningRule]]:
        """Each overriding store's rule with the name that awards record for it."""
        return {store: (STORE_RULE_PREFIX + store, rule) for store, rule in self.store_overrides.items()}


class ProgramVersion(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Settings as published: immutable, in force from ``effective_at`` until the next version's effective time."""

    version: int
    effective_at: datetime
    published_at: datetime
    author: str
    reason: str
    settings: ProgramSettings


class BasisPart(Struct, gc=False, frozen=True, forbid_unknown_fields=True, array_like=True):
    """One part of what earned: the goods of one tax rate, or one line when rounding is per line.

    ``gross_yen`` contains consumption tax. ``reduction_yen`` is this part's share of what does not earn (points paid,
    coupons, excluded payments). ``eligible_yen`` is what is left, in the rule's base. ``line`` counts from 1 and is 0
    for a tax rate; ``points`` is the line's own result and 0 for a tax rate, whose result is the receipt's.
    """

    tax_rate_percent: int
    gross_yen: int
    reduction_yen: int
    eligible_yen: int
    line: int = 0
    points: int = 0


class AwardBasis(
    Struct,
    gc=False,
    frozen=True,
    forbid_unknown_fields=True,
    kw_only=True,
    omit_defaults=True,
    rename={
        "version": "v",
        "rule": "n",
        "base": "b",
        "tax_mode": "t",
        "unit_yen": "u",
        "points_per_unit": "k",
        "rounding": "r",
        "scope": "s",
        "parts": "a",
        "excluded_goods": "g",
        "reductions": "d",
        "exact": "x",
        "points": "p",
    },
):
    """Why an award has its points. Stored with every journal entry, so its JSON names are short.

    A default here means what its absence means in every entry ever stored: a default can never change.
    ``excluded_goods`` are (category, yen) in the receipt's own tax mode; ``reductions`` are (reason, yen) with tax, as
    far as the receipt's total covered them. ``exact`` is the value before rounding, such as ``99/5``.
    """

    version: int
    rule: str = BASE_RULE
    base: EarningBase = EarningBase.TAX_EXCLUDED
    tax_mode: TaxMode = TaxMode.INCLUDED
    unit_yen: int
    points_per_unit: int
    rounding: Rounding = Rounding.FLOOR
    scope: RoundingScope = RoundingScope.RECEIPT
    parts: tuple[BasisPart, ...] = ()
    excluded_goods: tuple[tuple[str, int], ...] = ()
    reductions: tuple[tuple[str, int], ...] = ()
    exact: str
    points: int

    @property
    def eligible_yen(self) -> int:
        """What earned, in the rule's base."""
        return sum(part.eligible_yen for part in self.parts)


class Award(Struct, gc=False, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Points that a purchase earns. ``extends_regular`` moves all the member's regular lots to ``expires_on``.

    The award is valid through the end of ``expires_on`` in the programme's time zone.
    """

    kind: Literal["regular", "limited"]
    points: int
    expires_on: date
    extends_regular: bool
    basis: AwardBasis


class Step(Struct, frozen=True, forbid_unknown_fields=True):
    """One row of an explanation: what it is, and how much."""

    label: str
    value: str


class Explanation(Struct, frozen=True, forbid_unknown_fields=True):
    """An answer to "why?": one sentence, and the steps that lead to it in order."""

    sentence: str
    steps: tuple[Step, ...]


class Problem(Struct, frozen=True, forbid_unknown_fields=True):
    """One thing wrong with settings: the field as a JSON path, what is wrong, and what would be right.

    The Japanese of both is empty where nobody has written it. ``code`` names the kind of problem, where it has a name,
    for pages that say it in their own words.
    """

    field: str
    detail: str
    remedy: str
    detail_ja: str = ""
    remedy_ja: str = ""
    code: str = ""


class InvalidProgramSettings(Refusal):
    """The settings break a stated limit or contradict themselves."""

    code = "invalid-program-settings"
    status = 422
    title = "Invalid programme settings"


class EffectiveTimeInPast(Refusal):
    """A version may not take effect in the past: what has happened is priced by what was in force."""

    code = "effective-time-in-past"
    status = 422
    title = "Effective time in the past"
