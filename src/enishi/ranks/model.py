"""What rank criteria count, the rank that a member holds, and what is recorded when it changes."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from msgspec import Struct

from enishi.kit.errors import InvalidRequest, Refusal

LOWEST = 0
"""The level of the tier that is everybody's."""


class Progress(Struct, gc=False, frozen=True):
    """What a customer bought in one month (its first day): yen with and without tax, purchases, points earned.

    ``days`` is the mask of days of the month with a purchase; bit 0 is the first.
    """

    customer_id: UUID
    month: date
    amount_yen: int
    purchases: int
    points_earned: int
    net_yen: int = 0
    days: int = 0


class InvalidLadder(Refusal):
    """A ladder that can not be published; ``problems`` lists everything found."""

    code = "invalid-ladder"
    status = 422
    title = "Invalid ladder"


class LadderInPast(InvalidRequest):
    """Only the first ladder may take effect before it is published: ranks of the past were held as they were."""

    code = "ladder-in-past"
    title = "Effective time in the past"


class UnknownTier(InvalidRequest):
    """The ladder in force has no tier of this code."""

    code = "unknown-tier"
    title = "Unknown tier"


class NoLadder(InvalidRequest):
    """No ladder is in force, so there are no ranks."""

    code = "no-ladder-in-force"
    title = "No ladder in force"


class Cause(StrEnum):
    """Why a rank changed."""

    PURCHASE = "purchase"
    CLAIM = "claim"
    POINTS = "points"
    """Pending points became points."""
    RETURN = "return"
    EVALUATION = "evaluation"
    OVERRIDE = "override"
    OVERRIDE_ENDED = "override_ended"
    MERGE = "merge"
    """Two customers became one, or two again."""


class Override(Struct, gc=False, frozen=True):
    """A rank given by hand: never below ``tier``, or ``exact``-ly it, through ``until`` or until it is ended."""

    tier: str
    exact: bool
    until: date | None


class Earned(Struct, gc=False, frozen=True):
    """A rank that figures have given, and the day through which it is kept."""

    tier: str
    until: date | None


class Standing(Struct, gc=False, frozen=True, kw_only=True):
    """The rank that a member holds, as it is kept. ``changes`` is the number of the newest change.

    ``earned`` is what figures have given while a rank is given by hand: it is held again when that ends.
    ``rewarded`` are the rewards, as tier/code, that rising to their tier does not give (again).
    """

    customer_id: UUID
    tier: str
    level: int
    since: datetime
    keep_until: date | None
    permanent_tier: str | None = None
    override: Override | None = None
    changes: int
    noticed_for: date | None = None
    rewarded: tuple[str, ...] = ()
    earned: Earned | None = None


class Finding(Struct, gc=False, frozen=True, omit_defaults=True):
    """What of one question was found and needed, in the window from ``begins``; for a question about a person, None.

    ``window`` and filters are as in the ladder. ``question`` is a measure, ``joined_for``, or ``holds:<kind>``.
    """

    question: str
    found: int
    needed: int
    begins: date | None = None
    window: str = ""
    channels: tuple[str, ...] = ()
    stores: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()


class ChangeBasis(Struct, gc=False, frozen=True, omit_defaults=True):
    """Why a rank changed: the last day that counted, and by each alternative of ``tier`` what was found and needed.

    Of a rise ``tier`` is the tier that is fulfilled, of a fall the one that is not any more.
    """

    looks_at: date
    tier: str
    ways: tuple[tuple[Finding, ...], ...] = ()


class RankChange(Struct, gc=False, frozen=True, kw_only=True):
    """A change of a rank. ``actor`` is named as in the audit."""

    customer_id: UUID
    seq: int
    from_tier: str
    from_level: int
    to_tier: str
    to_level: int
    effective_at: datetime
    recorded_at: datetime
    cause: Cause
    ladder_version: int
    subject_id: UUID | None
    keep_until: date | None
    actor: str
    reason: str = ""
    basis: ChangeBasis


class GivenReward(Struct, gc=False, frozen=True, kw_only=True):
    """What a change of rank gave. ``points`` and ``entry_seq`` only of points; ``consumed_at`` None of others waits."""

    customer_id: UUID
    seq: int
    tier: str
    code: str
    kind: Literal["points", "coupon", "message", "benefit"]
    name: str
    points: int | None = None
    entry_seq: int | None = None
    given_at: datetime
    consumed_at: datetime | None = None


class Notice(Struct, gc=False, frozen=True, kw_only=True):
    """A message to be sent ahead of a downgrade: at ``falls_on`` the rank falls to ``falls_to`` as things stand."""

    customer_id: UUID
    keep_until: date
    tier: str
    falls_on: date
    falls_to: str
    basis: ChangeBasis
    requested_at: datetime


class Evaluation(Struct, frozen=True, kw_only=True):
    """An evaluation of all members; ``finished_at`` None was cut off or is running."""

    evaluation_on: date
    looks_at: date
    ladder_version: int
    started_at: datetime
    finished_at: datetime | None
    members: int
    risen: int
    fallen: int
    confirmed: int
