"""The SQL of how many customers there are."""

from __future__ import annotations

from datetime import datetime

from psycopg import Connection


def count_joined(conn: Connection, since: datetime, before: datetime) -> tuple[int, int]:
    """Customers who joined before an instant, and those of them who did since another."""
    row = conn.execute(
        "select count(*), count(*) filter (where joined_at >= %s) from customers.customers where joined_at < %s",
        (since, before),
    ).fetchone()
    if row is None:
        raise AssertionError("An aggregate without grouping always gives a row.")
    return row
