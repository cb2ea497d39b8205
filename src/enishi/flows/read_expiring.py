"""What is about to expire over all members: by day and kind, and whose it is. Reads only."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from msgspec import Struct
from psycopg import Connection

from enishi import ledger
from enishi.flows.context import PurchaseContext
from enishi.flows.read_customers import zone_today
from enishi.flows.winding_down import ending_at
from enishi.kit import clock
from enishi.kit.errors import InvalidRequest
from enishi.ledger import ExpiringDay, ExpiringMember

MAX_EXPIRING_DAYS = 366
"""How far ahead can be looked, in days."""


class ExpiringOverview(Struct, frozen=True):
    """What is valid through a day from ``first`` to ``last`` and not longer.

    ``days`` are all of them, ``members`` a page; ``next_after`` asks for the page after it.
    """

    first: date
    last: date
    days: list[ExpiringDay]
    members: list[ExpiringMember]
    next_after: UUID | None


def expiring_points(
    conn: Connection,
    context: PurchaseContext,
    days: int,
    *,
    on: date | None = None,
    after: UUID | None = None,
    limit: int = 50,
    now: datetime | None = None,
) -> ExpiringOverview:
    """What expires in the coming ``days`` days, today being the first, over all members; ``on`` lists those of a day.

    Refuses ``InvalidRequest`` for a day that is not among them.
    """
    at = clock.now() if now is None else now
    _, local = zone_today(conn, context, at)
    ending = ending_at(context.versions(conn), at)
    first = local.date()
    last = first + timedelta(days=max(1, min(days, MAX_EXPIRING_DAYS)) - 1)
    if on is not None and not first <= on <= last:
        raise InvalidRequest("The day is not among those shown.", field="on", remedy="Choose one from today on.")
    found = ledger.expiring_members(conn, on or first, on or last, after, limit + 1, ending=ending)
    page = found[:limit]
    return ExpiringOverview(
        first,
        last,
        ledger.expiring_days(conn, first, last, ending),
        page,
        page[-1].customer_id if len(found) > limit else None,
    )
