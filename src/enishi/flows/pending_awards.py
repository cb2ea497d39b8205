"""Awards that become points later: how a purchase notes them, and how they are answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from enishi import campaigns, ledger, program
from enishi.campaigns import CampaignAward, CampaignBasis
from enishi.flows.award_bases import decode_basis, parts_of
from enishi.flows.model import POINTS_PENDING, PendingLine
from enishi.ledger import Account, Kind, Pending, Posting
from enishi.program import (
    Award,
    ExtendedByActivity,
    OnEvent,
    PendingRule,
    ProgramSettings,
    ProgramVersion,
    PurchaseEvent,
)
from enishi.purchases import StoredPurchase

_encode = msgspec.json.Encoder().encode
_KINDS = {"regular": Kind.REGULAR, "limited": Kind.LIMITED}

_IMPLIED = {PurchaseEvent.SHIPPED: ("shipped",), PurchaseEvent.DELIVERED: ("shipped", "delivered")}
"""What an event tells: an order that was delivered has been shipped, whether or not anybody said so."""


def may_be_pending(purchase: StoredPurchase) -> bool:
    """Whether a purchase may have earned points for later: its first answer said so, or it was claimed since."""
    return purchase.claimed or POINTS_PENDING in purchase.answer.notices


def beginning_of(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which a day begins in a zone."""
    return datetime.combine(day, time.min, zone)


def note_pending(
    award: Award | CampaignAward,
    rule: PendingRule,
    *,
    store: str,
    purchase_id: UUID,
    number: int,
    customer_id: UUID,
    occurred_at: datetime,
    on: date,
    zone: ZoneInfo,
) -> Pending:
    """An award as it is kept until it becomes points; ``number`` counts the awards of the purchase from 1.

    It keeps its version through its basis, so that the terms of the day of the purchase decide also when it is
    confirmed.
    """
    due_on = program.due_after_purchase(rule, on)
    return Pending(
        purchase_id=purchase_id,
        award=number,
        customer_id=customer_id,
        kind=_KINDS[award.kind],
        points=award.points,
        store=store,
        purchased_at=occurred_at,
        month=on.replace(day=1),
        event=rule.event.value if isinstance(rule, OnEvent) else None,
        days=rule.days,
        due_at=None if due_on is None else beginning_of(due_on, zone),
        basis=_encode(award.basis),
    )


def zone_of(pending: Pending, versions: Sequence[ProgramVersion]) -> ZoneInfo:
    """The time zone of the terms that decide."""
    return settings_of(pending, versions).zone_info


def settings_of(pending: Pending, versions: Sequence[ProgramVersion]) -> ProgramSettings:
    """The settings that decide: those of the version that was in force at the purchase."""
    number = decode_basis(pending.basis).version
    return next(one.settings for one in versions if one.version == number)


def reach(row: Pending, events: Mapping[str, datetime], versions: Sequence[ProgramVersion]) -> Pending:
    """A row with the date that what happened to its order gives it; as it was when it waits for something else."""
    if row.event is None or row.due_at is not None:
        return row
    for event, implied in _IMPLIED.items():
        at = events.get(event.value)
        if at is not None and row.event in implied:
            if row.days == 0:
                return ledger.awaited(row, at)
            zone = zone_of(row, versions)
            due_on = program.due_after_event(row.days, program.day_in_zone(at, zone))
            return ledger.awaited(row, beginning_of(due_on, zone))
    return row


def has_ended(account: Account, row: Pending, due_at: datetime, versions: Sequence[ProgramVersion]) -> bool:
    """Whether the kind of these points has ended before they could be used: then they never become points."""
    on = program.day_in_zone(due_at, zone_of(row, versions))
    return account.ending is not None and on > account.ending.get(row.kind, on)


def earn_pending(account: Account, row: Pending, due_at: datetime, versions: Sequence[ProgramVersion]) -> Posting:
    """The entry that makes the points points. Their validity counts from the day on which they can be used."""
    settings = settings_of(row, versions)
    on = program.day_in_zone(due_at, settings.zone_info)
    return ledger.earn(
        account,
        row.kind,
        row.left,
        last_day_of(row, settings, on),
        extends_regular=row.kind is Kind.REGULAR and isinstance(settings.expiry, ExtendedByActivity),
        on=on,
        store=row.store,
        purchase_id=None,
        occurred_at=due_at,
        basis=row.basis,
    )


def last_day_of(row: Pending, settings: ProgramSettings, on: date) -> date:
    """The last day of pending points that can be used from a day on: by the programme, or by their own campaign."""
    basis = decode_basis(row.basis)
    if isinstance(basis, CampaignBasis):
        return campaigns.last_day_by(basis.valid_days, basis.valid_until, settings, on)
    return program.last_day_of(settings, on)


def first_lines(rows: Iterable[Pending], zone: ZoneInfo) -> tuple[PendingLine, ...]:
    """Pending points as the purchase was first answered, whatever became of them since."""
    return tuple(_line(one, one.points, None if one.event else one.due_at, zone) for one in rows)


def present_lines(rows: Iterable[Pending], zone: ZoneInfo) -> tuple[PendingLine, ...]:
    """Pending points as they stand: only what can still become points."""
    return tuple(_line(one, one.left, one.due_at, zone) for one in rows if one.is_open)


def _line(one: Pending, points: int, due_at: datetime | None, zone: ZoneInfo) -> PendingLine:
    base, campaign = parts_of(decode_basis(one.basis))
    return PendingLine(
        one.purchase_id,
        one.kind.label,
        points,
        None if due_at is None else program.day_in_zone(due_at, zone),
        one.event,
        one.days,
        base,
        one.points - points,
        campaign,
    )
