"""Referrals as they are promised, claimed, qualified, looked into and paid."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from enishi.kit.errors import Conflict, InvalidRequest, NotFound

Locale = Literal["ja", "en"]
ChannelName = Literal["pos", "ec", "app", "line"]
Points = Annotated[int, Meta(ge=0, le=1_000_000)]
Days = Annotated[int, Meta(ge=0, le=3_650)]

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Characters of a code: none that is mistaken for another (0 and O, 1 and I)."""
CODE_LENGTH = 8
MAX_REASON = 500


class Cap(Struct, frozen=True, forbid_unknown_fields=True):
    """For how many referrals somebody is rewarded in each calendar month or year of the programme's zone."""

    times: Annotated[int, Meta(ge=1, le=10_000)]
    per: Literal["month", "year"]


class OnReturn(StrEnum):
    """What becomes of paid rewards when the purchase that earned them comes back."""

    BOTH = "both"
    """Both give their points back."""
    REFERRER = "referrer"
    """Only who referred gives the points back; the new member keeps theirs."""
    KEEP = "keep"


class ReferralSettings(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """The programme of referrals.

    A code can be used for ``claim_days`` after joining; then a purchase of ``min_amount_yen`` within ``purchase_days``
    earns both rewards, ``wait_days`` after it. ``valid_days`` None lets points be valid as long as earned ones.
    """

    is_open: bool = True
    referrer_points: Points = 500
    referee_points: Points = 500
    kind: Literal["regular", "limited"] = "regular"
    valid_days: Annotated[int, Meta(ge=1, le=3_650)] | None = None
    claim_days: Days = 30
    purchase_days: Annotated[int, Meta(ge=1, le=3_650)] = 60
    min_amount_yen: Annotated[int, Meta(ge=0, le=1_000_000_000)] = 1_000
    channels: Annotated[tuple[ChannelName, ...], Meta(max_length=4)] = ()
    stores: Annotated[tuple[str, ...], Meta(max_length=1_000)] = ()
    wait_days: Annotated[int, Meta(ge=0, le=365)] = 0
    cap: Cap | None = None
    cap_total: Annotated[int, Meta(ge=1, le=1_000_000)] | None = None
    on_return: OnReturn = OnReturn.BOTH
    ring_depth: Annotated[int, Meta(ge=2, le=32)] = 8
    terminal_claims: Annotated[int, Meta(ge=1, le=1_000)] = 5
    terminal_minutes: Annotated[int, Meta(ge=1, le=10_080)] = 60
    referrer_claims: Annotated[int, Meta(ge=1, le=1_000)] = 5
    referrer_hours: Annotated[int, Meta(ge=1, le=8_760)] = 24


class ReferralVersion(Struct, frozen=True):
    """Settings as published. Immutable; a referral keeps the version under which it was claimed."""

    version: int
    effective_at: datetime
    published_at: datetime
    author: str
    reason: str
    settings: ReferralSettings


class Problem(Struct, frozen=True):
    """Something that keeps settings from being published."""

    field: str
    detail: str
    remedy: str


class ReferralState(StrEnum):
    """How far a referral has come."""

    OPEN = "open"
    """The new member has not bought yet what earns the rewards."""
    HELD = "held"
    """Somebody has to look at it first."""
    WAITING = "waiting"
    """Bought; paid once the time for returning it is over."""
    PAID = "paid"
    REJECTED = "rejected"
    REVERSED = "reversed"
    """Paid, and taken back because the purchase was returned."""
    LAPSED = "lapsed"
    """The time for buying is over."""


class HintKind(StrEnum):
    """What two people may share who are one, or one household."""

    MAILBOX = "mailbox"
    """An e-mail address but for its dots and what follows a plus sign."""
    PERSON = "person"
    """Reading of the name and date of birth."""
    DEVICE = "device"
    ADDRESS = "address"
    PAYMENT = "payment"


class Hint(Struct, frozen=True):
    """A hint by its blind index: equal ones can be told, and nothing else learnt."""

    kind: HintKind
    lookup: bytes


class Finding(Struct, frozen=True, omit_defaults=True):
    """Why somebody should look: the rule, what was found, and what would have been unremarkable."""

    rule: Literal["hint", "family", "receipt", "ring", "terminal", "referrer", "shared"]
    found: str
    limit: str = ""
    others: tuple[UUID, ...] = ()


class Referral(Struct, frozen=True, kw_only=True):
    """Somebody who was referred, by whom, and what has come of it.

    ``purchase_id`` is what qualified it and ``due_at`` when it is paid; ``*_seq`` are the entries of the journal.
    """

    referral_id: UUID
    referrer_id: UUID
    referee_id: UUID
    code: str
    version: int
    channel: str
    store: str
    terminal: str
    claimed_by: str
    claimed_at: datetime
    purchase_by: datetime
    state: ReferralState
    findings: tuple[Finding, ...] = ()
    purchase_id: UUID | None = None
    purchase_store: str | None = None
    qualified_at: datetime | None = None
    due_at: datetime | None = None
    settled_at: datetime | None = None
    referrer_points: int = 0
    referee_points: int = 0
    referrer_seq: int | None = None
    referee_seq: int | None = None
    capped: bool = False
    decided_by: str | None = None
    decided_at: datetime | None = None
    decision_note: str | None = None
    revision: int = 1

    def state_at(self, now: datetime) -> ReferralState:
        """The state as it is shown: what nobody can qualify any more has lapsed, whether or not it is marked so."""
        is_over = self.purchase_id is None and now > self.purchase_by
        return ReferralState.LAPSED if is_over and self.state is ReferralState.OPEN else self.state


class Claimed(Struct, frozen=True):
    """What is known when a code is claimed, for the checks. Times are counted before this claim."""

    hints: frozenset[HintKind]
    """Kinds of hint that both share."""
    is_family: bool
    shared_receipts: int
    """Receipts on which identifiers of both were shown."""
    ring: tuple[UUID, ...]
    """Whoever referred the referrer, and so on, up to the new member; empty when it does not come back."""
    at_terminal: int
    by_referrer: int
    shared: tuple[UUID, ...]
    """Others who were referred by the same person and share a hint with the new member."""


class InvalidReferralSettings(InvalidRequest):
    """Settings that can not be published; ``problems`` lists everything found."""

    code = "invalid-referral-settings"
    title = "Invalid referral settings"


class UnknownReferralCode(NotFound):
    """Nobody has this code."""

    code = "unknown-referral-code"
    title = "Unknown referral code"


class ReferralRefused(Conflict):
    """The code can not be used by this customer; ``reason`` says why. Nothing was recorded."""

    code = "referral-refused"
    title = "Referral refused"


class ReferralDecided(Conflict):
    """Somebody has decided about it already, or there is nothing to decide."""

    code = "referral-decided"
    title = "Already decided"
