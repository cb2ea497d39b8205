"""Referrals as pages send and receive them."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from enishi.referrals import OnReturn, ReferralState
from enishi.web.benefit_shapes import SettingChange
from enishi.web.shapes import Body, Shape, StoreRef

Points = Annotated[int, Field(ge=0, le=1_000_000)]
Reason = Annotated[str, Field(min_length=1, max_length=500)]
Days = Annotated[int, Field(ge=1, le=3_650)]
CodeText = Annotated[str, Field(min_length=1, max_length=64)]


class ReferralCapShape(Body):
    """For how many referrals somebody is rewarded in each month or year."""

    times: Annotated[int, Field(ge=1, le=10_000)]
    per: Literal["month", "year"]


class ReferralSettingsShape(Body):
    """The programme of referrals."""

    is_open: bool
    referrer_points: Points
    referee_points: Points
    kind: Literal["regular", "limited"]
    valid_days: Days | None
    claim_days: Annotated[int, Field(ge=0, le=3_650)]
    purchase_days: Days
    min_amount_yen: Annotated[int, Field(ge=0, le=1_000_000_000)]
    channels: Annotated[list[Literal["pos", "ec", "app", "line"]], Field(max_length=4)]
    stores: Annotated[list[str], Field(max_length=1_000)]
    wait_days: Annotated[int, Field(ge=0, le=365)]
    cap: ReferralCapShape | None
    cap_total: Annotated[int, Field(ge=1, le=1_000_000)] | None
    on_return: OnReturn
    ring_depth: Annotated[int, Field(ge=2, le=32)]
    terminal_claims: Annotated[int, Field(ge=1, le=1_000)]
    terminal_minutes: Annotated[int, Field(ge=1, le=10_080)]
    referrer_claims: Annotated[int, Field(ge=1, le=1_000)]
    referrer_hours: Annotated[int, Field(ge=1, le=8_760)]


class ReferralVersionShape(Shape):
    """A published version, in sentences, and what it changed against the one before."""

    version: int
    effective_at: AwareDatetime
    published_at: AwareDatetime
    author: str
    reason: str
    state: Literal["live", "scheduled", "past"]
    settings: ReferralSettingsShape
    sentences: list[str]
    changes: list[SettingChange]


class ReferralTally(Shape):
    """How many referrals are in a state, and what they paid."""

    state: ReferralState
    count: int
    referrer_points: int
    referee_points: int


class ReferralsPage(Shape):
    """Versions newest first, and what has come of the programme so far."""

    versions: list[ReferralVersionShape]
    tally: list[ReferralTally]


class ReferralsToPublish(Body):
    """Settings, from when on they hold (null: at once), and why."""

    settings: ReferralSettingsShape
    effective_at: AwareDatetime | None
    reason: Reason


class ReferralParty(Shape):
    """Somebody in a referral."""

    customer_id: UUID
    name: str


class ReferralFinding(Shape):
    """Why somebody should look, and who else is concerned."""

    rule: str
    reason: str
    others: list[ReferralParty]


class ReferralShown(Shape):
    """A referral as the console shows it."""

    referral_id: UUID
    referrer: ReferralParty
    referee: ReferralParty
    code: str
    state: ReferralState
    channel: str
    store: StoreRef | None
    terminal: str
    claimed_by: str
    claimed_at: AwareDatetime
    purchase_by: AwareDatetime
    purchase_id: UUID | None
    due_at: AwareDatetime | None
    settled_at: AwareDatetime | None
    referrer_points: int
    referee_points: int
    capped: bool
    findings: list[ReferralFinding]
    decided_by: str | None
    decided_at: AwareDatetime | None
    decision_note: str | None


class ReferralList(Shape):
    """Referrals, newest first."""

    referrals: list[ReferralShown]


class CustomerReferrals(Shape):
    """By whom a customer was referred, and whom they referred, newest first.

    Of an operator for some stores, those that were claimed there.
    """

    referred_by: ReferralShown | None
    referred: list[ReferralShown]


class ReferralDecision(Body):
    """What becomes of a held referral, and why."""

    approve: bool
    note: Reason


class CodeToClaim(Body):
    """A code in any spelling."""

    code: CodeText


class CounterCode(CodeToClaim):
    """A code in any spelling, the store and the tablet at which it is entered."""

    store: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._:\-]+$")]
    terminal: Annotated[str, Field(max_length=64)] = ""


class OwnReferral(Shape):
    """A referral as who takes part in it may see it: without the other's name."""

    state: Literal["open", "checking", "waiting", "paid", "ended"]
    claimed_at: AwareDatetime
    purchase_by: AwareDatetime
    points: int
    terms: list[str]


class CounterReferral(Shape):
    """Whether a customer was referred, and whether a code can still be entered."""

    referred_by: OwnReferral | None
    can_claim: bool
    referred: int


class MyReferral(Shape):
    """The member's own code with the programme's terms (empty when there is none), and what has come of it."""

    code: str
    spelt: str
    path: str
    terms: list[str]
    referred_by: OwnReferral | None
    can_claim: bool
    referred: list[OwnReferral]
