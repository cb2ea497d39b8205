"""What the gateway takes and answers about referrals: the shapes of its bodies."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from enishi.flows import GivenHint
from enishi.kit.identifiers import Identifier
from enishi.purchases import Source
from enishi.referrals import ChannelName, ReferralState

Plain = Annotated[str, Meta(max_length=64)]


class ClaimReferralBody(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Who says that they were referred, and by which code."""

    source: Source
    code: Annotated[str, Meta(min_length=1, max_length=64)]
    customer_id: UUID | None = None
    identifiers: Annotated[tuple[Identifier, ...], Meta(max_length=12)] = ()
    channel: ChannelName = "pos"
    store: Plain = ""
    terminal: Plain = ""
    hints: Annotated[tuple[GivenHint, ...], Meta(max_length=20)] = ()


class FindingAnswer(Struct, frozen=True):
    """Why somebody has to look at a referral first."""

    rule: str
    reason: str


class ReferralAnswer(Struct, frozen=True):
    """A referral as it stands."""

    referral_id: UUID
    referrer_id: UUID
    referee_id: UUID
    code: str
    version: int
    state: ReferralState
    claimed_at: datetime
    purchase_by: datetime
    purchase_id: UUID | None
    due_at: datetime | None
    settled_at: datetime | None
    referrer_points: int
    referee_points: int
    entries: list[str]
    findings: list[FindingAnswer]


class ClaimReferralAnswer(Struct, frozen=True):
    """A claim that is recorded, on disk. ``replayed``: it had been before, and nothing changed."""

    replayed: bool
    referral: ReferralAnswer


class ReferralCodeAnswer(Struct, frozen=True):
    """A member's own code, and the address of my page that carries it."""

    customer_id: UUID
    code: str
    spelt: str
    path: str
    terms: list[str]


class ReferralsAnswer(Struct, frozen=True):
    """A page of referrals, newest first."""

    referrals: list[ReferralAnswer]
    next_cursor: str | None


class CustomerReferralsAnswer(Struct, frozen=True):
    """By whom a customer was referred, and whom they have referred, newest first."""

    customer_id: UUID
    referred_by: ReferralAnswer | None
    referred: list[ReferralAnswer]
