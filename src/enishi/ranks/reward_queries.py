"""The SQL with which other capabilities take the rewards that wait for them in ``ranks.rewards``."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from psycopg import Connection
from psycopg.rows import tuple_row


def take_rewards(conn: Connection, kind: str, now: datetime, limit: int) -> list[tuple[UUID, int, str, str, datetime]]:
    """Take rewards of a kind that nobody has taken: customer, number of the change, code, name, when it was given.

    They are marked as taken in the caller's transaction; two takers at once take different ones.
    """
    with conn.cursor(row_factory=tuple_row) as cursor:
        return cursor.execute(
            """
            update ranks.rewards as held set consumed_at = %s
            from (
                select customer_id, seq, tier, code
                from ranks.rewards
                where kind = %s and consumed_at is null
                order by given_at
                limit %s
                for update skip locked
            ) as waiting
            where
                held.customer_id = waiting.customer_id and held.seq = waiting.seq
                and held.tier = waiting.tier and held.code = waiting.code
            returning held.customer_id, held.seq, held.code, held.name, held.given_at
            """,
            (now, kind, limit),
        ).fetchall()
