"""What of campaigns' points belongs to goods that came back, award by award, and what their budgets get back for it.

Who bought, when, where and how is as it was at the purchase, frozen in the awards; so are the campaigns' versions. Only
what hangs on the goods is worked out again for those that are left.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import Struct
from psycopg import Connection

from enishi import campaigns, program
from enishi.campaigns import CampaignBasis, CampaignVersion, Claim, Schedule
from enishi.flows.award_bases import decode_basis
from enishi.ledger import Entry, EntryType, Lot, Lots, Pending, cancel_points
from enishi.program import ProgramVersion
from enishi.purchases import Purchase, StoredPurchase

BASE = None
"""Names the programme's base award among the awards of a receipt; a campaign's is named by its campaign."""


class Awarded(Struct, gc=False, frozen=True):
    """A campaign's award of a receipt with the version that gave it."""

    basis: CampaignBasis
    version: CampaignVersion


class Left(Struct, gc=False, frozen=True):
    """What of a receipt's awards belongs to the goods that are left: of the base, and of each campaign in order."""

    base: int
    by_campaigns: tuple[int, ...] = ()

    @property
    def points(self) -> int:
        """All of them."""
        return self.base + sum(self.by_campaigns)


def awarded_of(entries: Sequence[Entry], pending: Sequence[Pending], schedule: Schedule) -> tuple[Awarded, ...]:
    """The campaigns' awards of a receipt, in their order, whether credited at once or noted to wait."""
    kept = [row.basis for row in pending] or [
        bytes(entry.basis) for entry in entries if entry.type is EntryType.EARN and entry.basis and entry.purchase_id
    ]
    bases = [decode_basis(one) for one in kept]
    return tuple(
        Awarded(basis, schedule.versions[basis.campaign_id, basis.campaign_version])
        for basis in bases
        if isinstance(basis, CampaignBasis)
    )


def left_of(
    left: Purchase | None,
    version: ProgramVersion | None,
    used: int,
    awarded: Sequence[Awarded],
    *,
    whole: int,
    bought_at: datetime,
) -> Left:
    """Work out what belongs to the goods ``left``, of ``whole`` points that the receipt earned."""
    given = sum(one.basis.points for one in awarded)
    if left is None or version is None:
        return Left(0, (0,) * len(awarded))
    basis = program.assess(left, version, used)
    base = min(whole - given, basis.points)
    if not awarded:
        return Left(base)
    on = program.day_in_zone(bought_at, version.settings.zone_info)
    pairs = [(one.basis, one.version) for one in awarded]
    return Left(base, tuple(campaigns.price_left(left, version.settings, basis, pairs, on)))


def given_for(conn: Connection, schedule: Schedule, found: Sequence[StoredPurchase]) -> Mapping[UUID, Sequence[Claim]]:
    """What campaigns gave for these receipts; nobody is asked where there never was a campaign."""
    if not schedule.versions:
        return {}
    accounts = {account for one in found for account in (one.customer_id, one.account_id) if account is not None}
    given = campaigns.load_given(conn, sorted(accounts), [one.purchase_id for one in found])
    moved = {one.purchase_id: one.customer_id for one in found if one.booked_on is not None and one.customer_id}
    return {key: _as_owners(rows, moved[key]) if key in moved else rows for key, rows in given.items()}


def _as_owners(rows: Sequence[Claim], owner: UUID) -> list[Claim]:
    """What was given for a receipt that a merge has made another's: what either account counts, as the owner's."""
    whole: dict[tuple[object, ...], Claim] = {}
    for one in rows:
        key = (one.campaign_id, one.version, one.store, one.period, one.from_budget, one.from_store_budget)
        held = whole.get(key)
        points, times = (one.points, one.times) if held is None else (held.points + one.points, held.times + one.times)
        whole[key] = msgspec.structs.replace(held or one, customer_id=owner, points=points, times=times)
    return [one for one in whole.values() if one.points > 0]


def losses(before: Left, after: Left, awarded: Sequence[Awarded]) -> dict[UUID | None, int]:
    """What each award loses between two states; who gave it is the key, ``BASE`` for the programme."""
    lost: dict[UUID | None, int] = {BASE: max(0, before.base - after.base)}
    for one, had, has in zip(awarded, before.by_campaigns, after.by_campaigns, strict=True):
        lost[one.basis.campaign_id] = max(0, had - has)
    return lost


def own_lots(entries: Sequence[Entry], lost: dict[UUID | None, int]) -> Lots:
    """The lots that the awards went into, each with what its award loses: these are taken from first."""
    return tuple(
        Lot(lot.kind, lot.expires_on, lost.get(_giver(bytes(entry.basis or b"")), 0))
        for entry in entries
        if entry.type is EntryType.EARN
        for lot in entry.moves
        if lot.points > 0
    )


def cancel_waiting(
    rows: Sequence[Pending], lost: dict[UUID | None, int], points: int, now: datetime
) -> tuple[list[Pending], int]:
    """Cancel up to ``points`` of awards that wait: of each first what it loses, then of any."""
    changed: dict[int, Pending] = {}
    missing = points
    for row in rows:
        after, cancelled = cancel_points([row], min(missing, lost.get(_giver(row.basis), 0)), now)
        missing -= cancelled
        changed |= {one.award: one for one in after}
    after, cancelled = cancel_points([changed.get(row.award, row) for row in rows], missing, now)
    changed |= {one.award: one for one in after}
    return list(changed.values()), points - missing + cancelled


def _giver(basis: bytes) -> UUID | None:
    decoded = decode_basis(basis)
    return decoded.campaign_id if isinstance(decoded, CampaignBasis) else BASE


def claims_back(
    given: Sequence[Claim], awarded: Sequence[Awarded], left: Left, occurred_at: datetime
) -> tuple[Claim, ...]:
    """What budgets and ceilings get back: ``given`` is what campaigns gave for the receipt, less earlier returns."""
    by_campaign = {one.basis.campaign_id: has for one, has in zip(awarded, left.by_campaigns, strict=True)}
    back: list[Claim] = []
    for one in given:
        points = one.points - by_campaign.get(one.campaign_id, 0)
        if points > 0:
            times = -one.times if points == one.points else 0
            back.append(
                msgspec.structs.replace(one, reason="return", points=-points, times=times, occurred_at=occurred_at)
            )
    return tuple(back)


def given_after(given: Sequence[Claim], back: Sequence[Claim]) -> tuple[Claim, ...]:
    """What is still given once ``back`` has come back."""
    returned = {(one.campaign_id, one.version, one.period): one for one in back}
    after: list[Claim] = []
    for one in given:
        less = returned.get((one.campaign_id, one.version, one.period))
        if less is None:
            after.append(one)
        elif one.points + less.points > 0:
            points, times = one.points + less.points, one.times + less.times
            after.append(msgspec.structs.replace(one, points=points, times=times))
    return tuple(after)
