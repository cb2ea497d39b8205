"""Benefits as they are published, what a customer's rank entitles to, and benefits that were given."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from enishi.kit.errors import Conflict, InvalidRequest, NotFound

Locale = Literal["ja", "en"]
BenefitCode = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}(?!\n)$")]
TierCode = Annotated[str, Meta(min_length=1, max_length=64)]
ShortText = Annotated[str, Meta(max_length=100)]
LongText = Annotated[str, Meta(max_length=500)]
ChannelName = Literal["pos", "ec", "app", "line"]
Instant = Annotated[datetime, Meta(tz=True)]

MAX_BENEFITS = 200
MAX_TIMES = 1_000
MAX_UNDO_MINUTES = 1_440


class BenefitKind(StrEnum):
    """What a benefit is."""

    FREE_SHIPPING = "free_shipping"
    SPECIAL_ITEM = "special_item"
    """A menu or a product that only some may order."""
    EARLY_ACCESS = "early_access"
    """Products that are sold to upper ranks before everybody else."""
    PRIORITY_SUPPORT = "priority_support"
    GIFT = "gift"
    """Something to be handed over."""


class Per(StrEnum):
    """Within what a limit counts."""

    EVER = "ever"
    VISIT = "visit"
    """A day at one store."""
    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    """Calendar months, quarters and years of the programme's zone."""


class Limit(Struct, frozen=True, forbid_unknown_fields=True):
    """How often a benefit is given: ``times`` in each ``per``."""

    times: Annotated[int, Meta(ge=1, le=MAX_TIMES)]
    per: Per


class Window(Struct, frozen=True, forbid_unknown_fields=True):
    """From when on the holders of a tier, and of those above it, may buy."""

    tier: TierCode
    opens_at: Instant


class Benefit(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """One benefit. ``tier`` None is everybody; ``and_above`` lets the tiers above share in it.

    ``rewards_only`` gives it to those alone to whom a change of rank has granted it, once for each grant. A ``limit``
    makes it something that is given and marked; without one it simply holds. ``stores`` and ``channels`` empty are all
    of them. ``min_amount_yen`` is of free shipping; ``skus``, ``windows`` and ``opens_at`` (for everybody) of special
    items and early access.
    """

    code: BenefitCode
    kind: BenefitKind
    name_ja: ShortText
    name_en: ShortText
    note_ja: LongText = ""
    note_en: LongText = ""
    tier: TierCode | None = None
    and_above: bool = True
    rewards_only: bool = False
    limit: Limit | None = None
    stores: Annotated[tuple[str, ...], Meta(max_length=1_000)] = ()
    channels: Annotated[tuple[ChannelName, ...], Meta(max_length=4)] = ()
    from_at: Instant | None = None
    until_at: Instant | None = None
    min_amount_yen: Annotated[int, Meta(ge=0, le=1_000_000_000)] = 0
    skus: Annotated[tuple[str, ...], Meta(max_length=1_000)] = ()
    windows: Annotated[tuple[Window, ...], Meta(max_length=50)] = ()
    opens_at: Instant | None = None

    @property
    def is_given(self) -> bool:
        """Whether it is handed over and marked, rather than simply holding."""
        return self.limit is not None or self.rewards_only


class BenefitSettings(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Every benefit, in the order in which they are shown, and how long a mark can be taken back."""

    benefits: Annotated[tuple[Benefit, ...], Meta(max_length=MAX_BENEFITS)] = ()
    undo_minutes: Annotated[int, Meta(ge=1, le=MAX_UNDO_MINUTES)] = 15


class BenefitVersion(Struct, frozen=True):
    """Settings as published. Immutable: a correction is another version. ``author`` is named as in the audit."""

    version: int
    effective_at: datetime
    published_at: datetime
    author: str
    reason: str
    settings: BenefitSettings


class BenefitDraft(Struct, frozen=True):
    """Settings that somebody works on; ``based_on`` is the version they began with, 0 when there was none."""

    settings: BenefitSettings
    based_on: int
    saved_by: str
    saved_at: datetime


class Problem(Struct, frozen=True):
    """Something that keeps settings from being published."""

    field: str
    detail: str
    remedy: str


class TierName(Struct, frozen=True):
    """A tier of the ladder in force."""

    code: str
    level: int
    name_ja: str
    name_en: str
    colour: str = ""


class Standing(Struct, frozen=True):
    """The rank that a customer holds, and the ladder it is a part of, ascending. No ladder: ``tiers`` is empty."""

    level: int | None
    tiers: tuple[TierName, ...]

    @property
    def tier(self) -> TierName | None:
        """The tier that is held."""
        return next((one for one in self.tiers if one.level == self.level), None)

    @property
    def next_tier(self) -> TierName | None:
        """The tier above the one that is held."""
        return next((one for one in self.tiers if self.level is not None and one.level > self.level), None)

    def find(self, code: str) -> TierName | None:
        """A tier by its code."""
        return next((one for one in self.tiers if one.code == code), None)


class Occasion(Struct, frozen=True):
    """When and where is asked; what is None is not known, and then nothing is refused because of it."""

    at: datetime
    zone: str
    store: str | None = None
    channel: str | None = None
    amount_yen: int | None = None
    sku: str | None = None


class Grant(Struct, frozen=True):
    """A benefit that was granted to one customer, by a change of rank; ``valid_until`` is its last day."""

    grant_id: UUID
    customer_id: UUID
    benefit: str
    source: str
    granted_at: datetime
    valid_until: date | None


class Give(Struct, frozen=True):
    """A benefit that was given; ``number`` counts from 1 within ``slot``, of ``times`` that could be."""

    give_id: UUID
    source: str
    external_id: str
    customer_id: UUID
    benefit: str
    slot: str
    number: int
    times: int
    version: int
    tier: str
    store: str
    channel: str
    terminal: str
    given_by: str
    given_at: datetime
    fingerprint: bytes
    undone_at: datetime | None = None
    undone_by: str | None = None
    undo_reason: str | None = None


class BenefitState(StrEnum):
    """Whether a customer has a benefit now, and if not, the first reason why."""

    AVAILABLE = "available"
    USED_UP = "used_up"
    NOT_GRANTED = "not_granted"
    RANK_NEEDED = "rank_needed"
    NOT_YET = "not_yet"
    ENDED = "ended"
    OTHER_STORE = "other_store"
    OTHER_CHANNEL = "other_channel"
    OTHER_PRODUCT = "other_product"
    AMOUNT_NEEDED = "amount_needed"


class Check(Struct, frozen=True):
    """One condition: whether it holds, the value that was found, and the value that is needed."""

    rule: Literal["rank", "grant", "period", "store", "channel", "product", "opening", "amount", "limit"]
    holds: bool
    found: str
    needed: str


class Entitlement(Struct, frozen=True):
    """A benefit as one customer stands to it now, with every condition looked at.

    ``slot`` and ``number`` are what giving it now would be written as; ``left`` how often it can be given in the slot,
    None without a limit. ``opens_at`` is when it begins for this customer, where it has not begun.
    """

    benefit: Benefit
    state: BenefitState
    checks: tuple[Check, ...]
    slot: str | None = None
    number: int | None = None
    left: int | None = None
    opens_at: datetime | None = None

    @property
    def is_due(self) -> bool:
        """Whether it is to be given now."""
        return self.state is BenefitState.AVAILABLE and self.benefit.is_given


class InvalidBenefits(InvalidRequest):
    """Settings that can not be published; ``problems`` lists everything found."""

    code = "invalid-benefits"
    title = "Invalid benefits"


class BenefitsInPast(InvalidRequest):
    """A version would take effect before it is published."""

    code = "benefits-effective-in-past"
    title = "Effective time in the past"


class UnknownBenefit(NotFound):
    """No benefit in force has this code."""

    code = "unknown-benefit"
    title = "Unknown benefit"


class BenefitNotDue(Conflict):
    """The customer does not have this benefit now; ``reason`` and ``state`` say why. Nothing was marked."""

    code = "benefit-not-due"
    title = "Benefit not due"


class BenefitAlreadyGiven(Conflict):
    """It was given as often as it may be; ``given_at`` and ``store`` tell of the last time. Nothing was marked."""

    code = "benefit-already-given"
    title = "Benefit already given"


class UndoTooLate(Conflict):
    """The time in which a mark can be taken back is over, or it was taken back already."""

    code = "undo-too-late"
    title = "Too late to undo"
