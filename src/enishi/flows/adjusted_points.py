"""What an adjustment comes to: the points it moves on a locked account, its answer, and what is kept of it.

Shared by whoever adjusts at once and whoever carries out an adjustment that waited for approval.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

import msgspec
from msgspec import Struct
from psycopg import Connection

from enishi import ledger, program
from enishi.flows.bases import AdjustmentBasis
from enishi.flows.context import PurchaseContext
from enishi.flows.model import BalanceLine
from enishi.flows.pricing import balance_line
from enishi.kit.errors import InvalidRequest
from enishi.kit.ids import new_id
from enishi.ledger import Account, AdjustmentRequest, Lot, Occasion, Operation, Posting, Reason
from enishi.program import ProgramSettings

ADJUSTMENT = "adjustment"
_encode = msgspec.json.Encoder().encode


class Author(Struct, gc=False, frozen=True):
    """Who moves points: as the audit names them, and the roles whose limits they have."""

    actor: str
    roles: frozenset[str]


class AdjustedPoints(Struct, gc=False, frozen=True, kw_only=True):
    """The answer to an adjustment, given after its commit. ``replayed``: the key was known, and nothing changed.

    ``state`` is done, waiting (``request_id`` waits for somebody else), or refused (somebody else refused it).
    """

    operation_id: UUID | None
    request_id: UUID | None
    replayed: bool
    state: Literal["done", "waiting", "refused"]
    customer_id: UUID
    points: int
    reason: str
    expires_on: date | None
    entry_id: str | None
    recorded_at: datetime
    balance: BalanceLine | None


def settings_at(conn: Connection, context: PurchaseContext, now: datetime) -> ProgramSettings:
    """The settings in force, the default ones before any was published."""
    version = program.version_at(context.versions(conn), now)
    return program.default_settings() if version is None else version.settings


def waiting_answer(request: AdjustmentRequest, *, replayed: bool) -> AdjustedPoints:
    """The answer for a request that has moved no points."""
    return AdjustedPoints(
        operation_id=None,
        request_id=request.request_id,
        replayed=replayed,
        state="refused" if request.state == "refused" else "waiting",
        customer_id=request.customer_id,
        points=request.points,
        reason=request.reason,
        expires_on=request.expires_on,
        entry_id=None,
        recorded_at=request.requested_at,
        balance=None,
    )


def last_day_of_grant(
    settings: ProgramSettings, kind: Literal["regular", "limited"], wanted: date | None, today: date
) -> date:
    """The last day of points given by hand: the one wanted, or that of points earned today; never past a wind-down.

    Refuses ``InvalidRequest`` when they would be of no use any more.
    """
    last = program.expires_on(settings.expiry, today) if wanted is None else wanted
    end = settings.last_use_on.get(kind)
    last = last if end is None else min(last, end)
    if last < today:
        raise InvalidRequest(
            "The points would be of no use any more.", field="expires_on", remedy="Send today or a later day."
        )
    return last


def carry_out(
    request: AdjustmentRequest,
    account: Account,
    reason: Reason,
    settings: ProgramSettings,
    *,
    request_id: UUID | None,
    now: datetime,
) -> tuple[AdjustedPoints, Posting, Operation]:
    """Move the points of a request on a locked account, in memory. Refuses ``InsufficientPoints``."""
    operation_id = new_id()
    basis = AdjustmentBasis(operation_id, reason.reason, reason.name_ja, reason.name_en)
    occasion = Occasion(request.store, now, None, _encode(basis))
    today = program.day_in_zone(now, settings.zone_info)
    if request.points > 0 and request.expires_on is not None:
        lot = Lot(request.kind, request.expires_on, request.points)
        last = ledger.last_day(lot, account.ending)
        if last < today:
            raise InvalidRequest(
                f"The points would have been valid until {last}.",
                field="expires_on",
                remedy="Refuse the request, and ask again with a later day.",
            )
        posting = ledger.grant(account, lot, occasion)
    else:
        try:
            posting = ledger.deduct(
                account, -request.points, allow_owing=request.allow_owing, on=today, occasion=occasion
            )
        except ledger.InsufficientPoints as refusal:
            refusal.field = "points"
            refusal.remedy = "Take at most the available points, or set allow_owing."
            raise
    answer = AdjustedPoints(
        operation_id=operation_id,
        request_id=request_id,
        replayed=False,
        state="done",
        customer_id=request.customer_id,
        points=request.points,
        reason=request.reason,
        expires_on=request.expires_on,
        entry_id=f"{posting.customer_id}-{posting.seq}",
        recorded_at=now,
        balance=balance_line(ledger.balance_on(account.lots, today, account.owed, account.ending)),
    )
    operation = Operation(
        operation_id,
        request.source,
        request.external_id,
        ADJUSTMENT,
        request.customer_id,
        request.requested_by,
        request.fingerprint,
        _encode(answer),
        now,
        request.note,
    )
    return answer, posting, operation
