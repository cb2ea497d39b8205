"""The SQL of whose gives and grants count for whom, while customers are merged."""

from __future__ import annotations

from uuid import UUID

from psycopg import Connection


def count_for(conn: Connection, absorbed_id: UUID, survivor_id: UUID) -> None:
    """Let what was given to a customer, and to whom they had absorbed, count for another."""
    conn.execute("update benefits.merged set survivor_id = %s where survivor_id = %s", (survivor_id, absorbed_id))
    conn.execute("insert into benefits.merged (customer_id, survivor_id) values (%s, %s)", (absorbed_id, survivor_id))


def count_alone(conn: Connection, absorbed_id: UUID, followers: list[UUID]) -> None:
    """Let what was given to a customer count for themselves again, and that of their followers with it."""
    conn.execute("delete from benefits.merged where customer_id = %s", (absorbed_id,))
    conn.execute(
        "update benefits.merged set survivor_id = %s where customer_id = any(%s::uuid[])", (absorbed_id, followers)
    )
