"""Booking expired points: once a day shortly after midnight, before a month is closed, or by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from msgspec import Struct
from psycopg import Connection
from psycopg.pq import TransactionStatus

from enishi import audit, ledger
from enishi.flows.context import PurchaseContext
from enishi.flows.read_customers import zone_today
from enishi.flows.winding_down import ending_at
from enishi.kit import clock


class ExpiryOutcome(Struct, frozen=True):
    """What a sweep booked: everything that was valid through ``through`` or an earlier day and not longer."""

    through: date
    accounts: int
    entries: int
    points: int


def expire_points(
    conn: Connection,
    context: PurchaseContext,
    now: datetime | None = None,
    progress: Callable[[int, int], None] | None = None,
    *,
    actor: str = audit.SYSTEM,
    slice_size: int = ledger.SWEEP_SLICE,
) -> ExpiryOutcome:
    """Book everything past its last day in the programme's zone, in transactions of its own of ``slice_size`` accounts.

    Points of a kind that wound down expire on the day their kind ended, whatever their own last day.

    It runs beside live traffic, may run twice at once, and a second run finds nothing left; cut off, it is simply
    begun again. ``progress`` is told the accounts looked at and how many there are; what it raises stops the sweep
    after a whole slice. A sweep that booked something leaves an audit record.
    """
    if conn.info.transaction_status != TransactionStatus.IDLE:
        raise ValueError("expire_points commits slice by slice; it can not run inside another transaction.")
    now = clock.now() if now is None else now
    with conn.transaction():
        zone, local = zone_today(conn, context, now)
        ending = ending_at(context.versions(conn), now)
    through = local.date() - timedelta(days=1)
    booked = ledger.sweep_expired(conn, local.date(), zone, now, progress, ending=ending, slice_size=slice_size)
    if booked.entries:
        with conn.transaction():
            audit.record_event(
                conn,
                actor=actor,
                action="points.expire",
                detail={
                    "through": through.isoformat(),
                    "accounts": booked.accounts,
                    "entries": booked.entries,
                    "points": booked.points,
                },
                at=now,
            )
    return ExpiryOutcome(through, booked.accounts, booked.entries, booked.points)
