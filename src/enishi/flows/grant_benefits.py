"""Benefits that changes of rank have granted: taken from the rewards that wait, and granted once each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from psycopg import Connection
from psycopg.pq import TransactionStatus

from enishi import benefits, customers, ranks
from enishi.benefits import Grant
from enishi.kit import clock
from enishi.kit.ids import new_id

_BATCH = 1_000


def grant_rank_benefits(
    conn: Connection, now: datetime | None = None, progress: Callable[[int], None] | None = None
) -> int:
    """Grant every benefit that a change of rank gave, in transactions of its own; returns how many.

    It runs beside live traffic, may run twice at once and may be cut off.
    """
    if conn.info.transaction_status != TransactionStatus.IDLE:
        raise ValueError("grant_rank_benefits commits batch by batch; it can not run inside another transaction.")
    at = clock.now() if now is None else now
    granted = 0
    while True:
        with conn.transaction():
            taken = ranks.take_rewards(conn, "benefit", at, _BATCH)
            standing = customers.survivors_of(conn, {one[0] for one in taken})
            granted += benefits.grant_benefits(
                conn,
                [
                    Grant(new_id(), standing[customer_id], name, f"rank:{seq}:{code}", given_at, None)
                    for customer_id, seq, code, name, given_at in taken
                ],
            )
        if not taken:
            return granted
        if progress:
            progress(granted)
