"""Who may be referred, what qualifies, what looks like a ring, and what is paid: pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct

from enishi.referrals.model import (
    ALPHABET,
    CODE_LENGTH,
    Cap,
    Claimed,
    Finding,
    OnReturn,
    Problem,
    Referral,
    ReferralSettings,
    ReferralState,
    ReferralVersion,
    UnknownReferralCode,
)

_SEPARATORS = "- ‐‑–—−ー・_"
_PLUS_MAILS = frozenset({"gmail.com", "googlemail.com"})
"""Providers whose addresses are the same with and without dots."""


class Bought(Struct, frozen=True):
    """A purchase as the rules of referrals see it."""

    purchase_id: UUID
    store: str
    channel: str
    total_yen: int
    occurred_at: datetime


class Rewards(Struct, frozen=True):
    """What each is to get; ``capped``: who referred has had as many rewards as there are."""

    referrer_points: int
    referee_points: int
    capped: bool


def read_code(text: str) -> str:
    """A code as it was typed or scanned, in our spelling. Refuses ``UnknownReferralCode``."""
    plain = unicodedata.normalize("NFKC", text).upper()
    code = "".join(one for one in plain if one not in _SEPARATORS)
    if len(code) != CODE_LENGTH or any(one not in ALPHABET for one in code):
        raise UnknownReferralCode(
            "This is not a referral code.",
            field="code",
            remedy=f"A code has {CODE_LENGTH} letters and digits, without 0, 1, I and O.",
        )
    return code


def spell_code(code: str) -> str:
    """A code as people read it: in two halves."""
    half = CODE_LENGTH // 2
    return f"{code[:half]}-{code[half:]}"


def mailbox_of(address: str) -> str:
    """An e-mail address as the mailbox it leads to, where addresses can be varied at will."""
    local, _, domain = address.strip().lower().rpartition("@")
    local = local.partition("+")[0]
    if domain in _PLUS_MAILS:
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}@{domain}"


def version_at(versions: Sequence[ReferralVersion], at: datetime) -> ReferralVersion | None:
    """The version in force: of those that have taken effect the latest, and of several the highest number."""
    in_force = [one for one in versions if one.effective_at <= at]
    return max(in_force, key=lambda one: (one.effective_at, one.version), default=None)


def validate(settings: ReferralSettings) -> list[Problem]:
    """List everything that keeps these settings from being published; empty when they are fit."""
    problems: list[Problem] = []
    if settings.is_open and not settings.referrer_points + settings.referee_points:
        problems.append(Problem("referrer_points", "Nobody would get anything.", "Give one of them points at least."))
    if settings.cap is not None and settings.cap_total is not None and settings.cap.times > settings.cap_total:
        problems.append(Problem("cap", "More in a period than altogether.", "Let the two ascend."))
    return problems


def examine(settings: ReferralSettings, claimed: Claimed) -> tuple[Finding, ...]:
    """What somebody should look at before anything is paid; empty when nothing is remarkable."""
    findings = [Finding("hint", kind.value) for kind in sorted(claimed.hints)]
    if claimed.is_family:
        findings.append(Finding("family", "family"))
    if claimed.shared_receipts:
        findings.append(Finding("receipt", str(claimed.shared_receipts), "0"))
    if claimed.ring:
        findings.append(Finding("ring", str(len(claimed.ring)), "", claimed.ring))
    if claimed.at_terminal + 1 > settings.terminal_claims:
        findings.append(Finding("terminal", str(claimed.at_terminal + 1), str(settings.terminal_claims)))
    if claimed.by_referrer + 1 > settings.referrer_claims:
        findings.append(Finding("referrer", str(claimed.by_referrer + 1), str(settings.referrer_claims)))
    if claimed.shared:
        findings.append(Finding("shared", str(len(claimed.shared)), "0", claimed.shared))
    return tuple(findings)


def find_ring(referee_id: UUID, referrer_id: UUID, referred_by: dict[UUID, UUID], depth: int) -> tuple[UUID, ...]:
    """The chain of referrers above ``referrer_id`` when it comes back to the new member within ``depth`` steps."""
    chain = [referrer_id]
    while len(chain) <= depth:
        above = referred_by.get(chain[-1])
        if above is None or above in chain:
            return ()
        chain.append(above)
        if above == referee_id:
            return tuple(chain)
    return ()


def qualifies(settings: ReferralSettings, referral: Referral, bought: Bought) -> bool:
    """Whether a purchase earns the rewards of a referral."""
    return (
        referral.state in {ReferralState.OPEN, ReferralState.HELD}
        and referral.purchase_id is None
        and referral.claimed_at <= bought.occurred_at <= referral.purchase_by
        and bought.total_yen >= settings.min_amount_yen
        and (not settings.channels or bought.channel in settings.channels)
        and (not settings.stores or bought.store in settings.stores)
    )


def still_qualifies(settings: ReferralSettings, left_yen: int) -> bool:
    """Whether what is left of a purchase after a return would have earned the rewards."""
    return left_yen >= max(1, settings.min_amount_yen)


def due_after(settings: ReferralSettings, occurred_at: datetime, zone: str) -> datetime:
    """When a qualified referral is paid: with the beginning of the day in the zone on which the wait is over."""
    day = occurred_at.astimezone(ZoneInfo(zone)).date() + timedelta(days=settings.wait_days)
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))


def period_begins(cap: Cap, at: datetime, zone: str) -> datetime:
    """When the calendar month or year began in which a cap counts."""
    local = at.astimezone(ZoneInfo(zone))
    return datetime(local.year, local.month if cap.per == "month" else 1, 1, tzinfo=ZoneInfo(zone))


def rewards(settings: ReferralSettings, paid_in_period: int, paid_in_total: int) -> Rewards:
    """What is paid, given for how many referrals the referrer was rewarded so far."""
    capped = (settings.cap is not None and paid_in_period >= settings.cap.times) or (
        settings.cap_total is not None and paid_in_total >= settings.cap_total
    )
    return Rewards(0 if capped else settings.referrer_points, settings.referee_points, capped)


def taken_back(settings: ReferralSettings, referral: Referral) -> Rewards:
    """What a return of the qualifying purchase takes back of paid rewards, by the programme's policy."""
    match settings.on_return:
        case OnReturn.BOTH:
            return Rewards(referral.referrer_points, referral.referee_points, capped=False)
        case OnReturn.REFERRER:
            return Rewards(referral.referrer_points, 0, capped=False)
        case OnReturn.KEEP:
            return Rewards(0, 0, capped=False)
