"""What purchases, claims and returns count for in rank progress."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from psycopg import Connection

from enishi import program, purchases, ranks
from enishi.flows.pending_awards import beginning_of
from enishi.flows.rank_changes import Touched
from enishi.flows.return_pricing import settings_of
from enishi.program import ProgramVersion
from enishi.purchases import StoredPurchase, StoredReturn
from enishi.ranks import Progress


def progress_of(customer_id: UUID, on: date, amount_yen: int, net_yen: int, points_earned: int) -> Progress:
    """A purchase on a day, as it counts towards its month."""
    return Progress(customer_id, on.replace(day=1), amount_yen, 1, points_earned, net_yen, 1 << on.day - 1)


def touched_by(stored: Sequence[StoredReturn]) -> list[Touched]:
    """Whose figures returns have changed."""
    return [Touched(one.customer_id, one.return_id, one.store) for one in stored if one.customer_id is not None]


def unwind_progress(
    conn: Connection,
    stored: Sequence[StoredReturn],
    receipts: Sequence[StoredPurchase],
    versions: Sequence[ProgramVersion],
) -> None:
    """Take off what came back. Call it once the returns are written; the customers' accounts are locked.

    A day stops being a visit when nothing is left of what was bought on it.
    """
    known = [(one, one.customer_id, one.month) for one in stored if one.customer_id and one.month]
    ranks.advance_progress(
        conn,
        [
            Progress(
                customer_id,
                month,
                -one.refund_yen,
                -int(one.completes),
                -(one.points_taken_back + one.points_absorbed),
                -one.refund_net_yen,
            )
            for one, customer_id, month in known
        ],
    )
    whole = {one.purchase_id for one, _, _ in known if one.completes}
    _clear_empty_days(conn, [one for one in receipts if one.purchase_id in whole], versions)


def _clear_empty_days(conn: Connection, receipts: Sequence[StoredPurchase], versions: Sequence[ProgramVersion]) -> None:
    days: dict[tuple[UUID, date], ZoneInfo] = {}
    for one in receipts:
        zone = settings_of(program.version_at(versions, one.occurred_at)).zone_info
        if one.customer_id is not None:
            days[one.customer_id, program.day_in_zone(one.occurred_at, zone)] = zone
    if not days:
        return
    stands = purchases.select_bought_between(
        conn,
        [customer_id for customer_id, _ in days],
        [beginning_of(day, zone) for (_, day), zone in days.items()],
        [beginning_of(day + timedelta(days=1), zone) for (_, day), zone in days.items()],
    )
    ranks.clear_days(conn, [slot for slot, still in zip(days, stands, strict=True) if not still])
