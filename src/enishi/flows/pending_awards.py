"""Awards that become points later: how a purchase notes them, and how they are answered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from enishi import program
from enishi.flows.model import PendingLine
from enishi.ledger import Kind, Pending
from enishi.program import Award, AwardBasis, OnEvent, PendingRule, ProgramSettings, ProgramVersion
from enishi.purchases import Purchase

_encode = msgspec.json.Encoder().encode
_decode_basis = msgspec.json.Decoder(AwardBasis).decode
_KINDS = {"regular": Kind.REGULAR, "limited": Kind.LIMITED}


def beginning_of(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which a day begins in a zone."""
    return datetime.combine(day, time.min, zone)


def note_pending(
    award: Award,
    rule: PendingRule,
    purchase: Purchase,
    *,
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
        store=purchase.store,
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
    number = _decode_basis(pending.basis).version
    return next(one.settings for one in versions if one.version == number)


def first_lines(rows: Iterable[Pending], zone: ZoneInfo) -> tuple[PendingLine, ...]:
    """Pending points as the purchase was first answered, whatever became of them since."""
    return tuple(_line(one, one.points, None if one.event else one.due_at, zone) for one in rows)


def present_lines(rows: Iterable[Pending], zone: ZoneInfo) -> tuple[PendingLine, ...]:
    """Pending points as they stand: only what can still become points."""
    return tuple(_line(one, one.left, one.due_at, zone) for one in rows if one.is_open)


def _line(one: Pending, points: int, due_at: datetime | None, zone: ZoneInfo) -> PendingLine:
    return PendingLine(
        one.purchase_id,
        one.kind.label,
        points,
        None if due_at is None else program.day_in_zone(due_at, zone),
        one.event,
        one.days,
        _decode_basis(one.basis),
    )
