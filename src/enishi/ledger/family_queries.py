"""The SQL of ``ledger.families``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from psycopg import Connection

from enishi.kit.arrays import uuid_array


def select_heads(conn: Connection, member_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """The head of the family of each of these members."""
    cursor = conn.execute(
        "select member_id, head_id from ledger.families where member_id = any(%s::uuid[])", (uuid_array(member_ids),)
    )
    return {row[0]: row[1] for row in cursor}


def select_leading(conn: Connection, customer_ids: Sequence[UUID]) -> list[UUID]:
    """Those of these customers who are heads of a family."""
    cursor = conn.execute(
        "select distinct head_id from ledger.families where head_id = any(%s::uuid[])", (uuid_array(customer_ids),)
    )
    return [row[0] for row in cursor]


def select_members(conn: Connection, head_id: UUID) -> list[UUID]:
    """The members of a family in the order in which they joined."""
    cursor = conn.execute(
        "select member_id from ledger.families where head_id = %s order by joined_at, member_id", (head_id,)
    )
    return [row[0] for row in cursor]


def insert_members(conn: Connection, head_id: UUID, member_ids: Sequence[UUID], now: datetime) -> None:
    """Add members to a family."""
    conn.execute(
        """
        insert into ledger.families (member_id, head_id, joined_at)
        select member_id, %s, %s from unnest(%s::uuid[]) as member_id order by member_id
        """,
        (head_id, now, uuid_array(member_ids)),
    )


def delete_members(conn: Connection, member_ids: Sequence[UUID]) -> None:
    """Take members out of their family."""
    conn.execute("delete from ledger.families where member_id = any(%s::uuid[])", (uuid_array(member_ids),))
