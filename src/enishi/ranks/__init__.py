"""Member ranks. So far the facts that ladders will count: what each customer bought, by month."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from psycopg import Connection

from enishi.ranks import queries
from enishi.ranks.model import Progress
from enishi.ranks.queries import stream_progress

__all__ = ["Progress", "advance_progress", "stream_progress"]


def advance_progress(conn: Connection, facts: Iterable[Progress]) -> None:
    """Count purchases towards the months in which they occurred, each named by its first day.

    Several facts of one month are added up first.
    """
    sums: dict[tuple[UUID, date], tuple[int, int, int]] = {}
    for one in facts:
        slot = (one.customer_id, one.month)
        amount_yen, purchases, points = sums.get(slot, (0, 0, 0))
        sums[slot] = (amount_yen + one.amount_yen, purchases + one.purchases, points + one.points_earned)
    if sums:
        queries.upsert_progress(conn, [Progress(*slot, *total) for slot, total in sums.items()])
