"""Paying referrals and taking rewards back, on locked accounts in memory.

A referral is paid once: whoever pays writes it as paid at the revision that was read, and of two only one can.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from msgspec import structs
from psycopg import Connection

from enishi import ledger, program, referrals
from enishi.flows.adjusted_points import last_day_of_grant
from enishi.flows.bases import ReferralBasis
from enishi.kit.errors import InvalidRequest
from enishi.ledger import Account, Kind, Lot, Occasion, Posting
from enishi.program import ProgramSettings
from enishi.referrals import Referral, ReferralSettings, ReferralState

_KINDS = {"regular": Kind.REGULAR, "limited": Kind.LIMITED}
_OVER = {ReferralState.REVERSED, ReferralState.REJECTED, ReferralState.LAPSED}
_encode = msgspec.json.Encoder().encode


def pay(
    conn: Connection,
    referral: Referral,
    settings: ReferralSettings,
    accounts: dict[UUID, Account],
    *,
    terms: ProgramSettings,
    now: datetime,
) -> tuple[Referral, list[Posting]]:
    """Pay both rewards of a qualified referral; returns it as it is to be written, and the entries.

    Both accounts are locked. So what was paid to the referrer before is exact, and no limit is passed by two at once.
    """
    cap = settings.cap
    in_period = (
        0
        if cap is None
        else referrals.count_rewarded(conn, referral.referrer_id, referrals.period_begins(cap, now, terms.zone))
    )
    in_total = 0 if settings.cap_total is None else referrals.count_rewarded(conn, referral.referrer_id, None)
    owed = referrals.rewards(settings, in_period, in_total)
    postings: list[Posting] = []
    points: dict[str, int] = {}
    seqs: dict[str, int | None] = {}
    for role, customer_id, due in (
        ("referrer", referral.referrer_id, owed.referrer_points),
        ("referee", referral.referee_id, owed.referee_points),
    ):
        lot = _lot(settings, terms, due, now)
        points[role], seqs[role] = 0, None
        if lot is not None:
            posting = ledger.grant(accounts[customer_id], lot, _occasion(referral, role, settings, now))
            postings.append(posting)
            points[role], seqs[role] = posting.points, posting.seq
    paid = structs.replace(
        referral,
        state=ReferralState.PAID,
        settled_at=now,
        referrer_points=points["referrer"],
        referee_points=points["referee"],
        referrer_seq=seqs["referrer"],
        referee_seq=seqs["referee"],
        capped=owed.capped,
    )
    return paid, postings


def take_back(
    referral: Referral,
    settings: ReferralSettings,
    accounts: dict[UUID, Account],
    *,
    terms: ProgramSettings,
    now: datetime,
) -> tuple[Referral, list[Posting]]:
    """What a return of the qualifying purchase does to a referral, by the terms it was claimed under.

    One that is not paid yet waits for another purchase; of one that is paid the policy decides. One that is over stays
    as it is, however often goods of its purchase come back: else it could be paid again.
    """
    if referral.state in _OVER:
        return referral, []
    if referral.state is not ReferralState.PAID:
        state = ReferralState.HELD if referral.state is ReferralState.HELD else ReferralState.OPEN
        unqualified = structs.replace(
            referral, state=state, purchase_id=None, purchase_store=None, qualified_at=None, due_at=None
        )
        return unqualified, []
    back = referrals.taken_back(settings, referral)
    today = program.day_in_zone(now, terms.zone_info)
    postings = [
        ledger.deduct(
            accounts[customer_id],
            points,
            allow_owing=True,
            on=today,
            occasion=_occasion(referral, role, settings, now, returned=True),
        )
        for role, customer_id, points in (
            ("referrer", referral.referrer_id, back.referrer_points),
            ("referee", referral.referee_id, back.referee_points),
        )
        if points
    ]
    return (structs.replace(referral, state=ReferralState.REVERSED, settled_at=now) if postings else referral), postings


def _lot(settings: ReferralSettings, terms: ProgramSettings, points: int, now: datetime) -> Lot | None:
    """The points as a lot; None when there are none, or when they would be of no use any more."""
    if not points:
        return None
    today = program.day_in_zone(now, terms.zone_info)
    wanted = None if settings.valid_days is None else today + timedelta(days=settings.valid_days - 1)
    try:
        return Lot(_KINDS[settings.kind], last_day_of_grant(terms, settings.kind, wanted, today), points)
    except InvalidRequest:
        return None


def _occasion(
    referral: Referral, role: str, settings: ReferralSettings, now: datetime, *, returned: bool = False
) -> Occasion:
    basis = ReferralBasis(referral.referral_id, role, referral.version, settings.min_amount_yen, returned)
    return Occasion(referral.purchase_store or referral.store, now, None, _encode(basis))
