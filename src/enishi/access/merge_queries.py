"""The SQL that ends what members of merged customers are logged in by; they log in again as who they are by now."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from psycopg import Connection

from enishi.kit.arrays import uuid_array


def end_log_ins(conn: Connection, customer_ids: Sequence[UUID]) -> None:
    """End every session of these members, and the codes that were sent to them."""
    conn.execute(
        """
        with sessions as (
            delete from access.member_sessions where customer_id = any(%(ids)s::uuid[])
        )
        delete from access.member_codes where customer_id = any(%(ids)s::uuid[])
        """,
        {"ids": uuid_array(customer_ids)},
    )
