"""The SQL of whose gives and grants count for whom, while customers are merged."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from psycopg import Connection

from enishi.kit.arrays import uuid_array


def count_for(conn: Connection, absorbed_id: UUID, survivor_id: UUID) -> None:
    """Let what was given to a customer, and to whom they had absorbed, count for another."""
    conn.execute(
        """
        with followers as (
            update benefits.merged set survivor_id = %(survivor)s where survivor_id = %(absorbed)s
        )
        insert into benefits.merged (customer_id, survivor_id) values (%(absorbed)s, %(survivor)s)
        """,
        {"absorbed": absorbed_id, "survivor": survivor_id},
    )


def count_alone(conn: Connection, absorbed_id: UUID, followers: Sequence[UUID]) -> None:
    """Let what was given to a customer count for themselves again, and that of their followers with it."""
    conn.execute(
        """
        with alone as (
            delete from benefits.merged where customer_id = %(absorbed)s
        )
        update benefits.merged set survivor_id = %(absorbed)s where customer_id = any(%(followers)s::uuid[])
        """,
        {"absorbed": absorbed_id, "followers": uuid_array(followers)},
    )
