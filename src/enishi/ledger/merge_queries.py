"""The SQL of merged accounts in the schema ``ledger``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from psycopg import Connection

from enishi.kit.arrays import uuid_array
from enishi.ledger.model import Entry
from enishi.ledger.queries import entry_row


def update_merged_into(conn: Connection, customer_id: UUID, survivor_id: UUID | None) -> None:
    """Say whose account goes on in this locked one's place; None: it stands for itself again."""
    conn.execute("update ledger.accounts set merged_into = %s where customer_id = %s", (survivor_id, customer_id))


def count_obstacles(conn: Connection, customer_ids: Sequence[UUID]) -> tuple[int, int, int]:
    """Of these customers: open holds, adjustments that wait for approval, and families in which any of them is."""
    row = conn.execute(
        """
        select
            (select count(*) from ledger.holds where customer_id = any(%(ids)s::uuid[]) and state = 'open'),
            (
                select count(*) from ledger.adjustment_requests
                where customer_id = any(%(ids)s::uuid[]) and state = 'waiting'
            ),
            (
                select count(*) from ledger.families
                where member_id = any(%(ids)s::uuid[]) or head_id = any(%(ids)s::uuid[])
            )
        """,
        {"ids": uuid_array(customer_ids)},
    ).fetchone()
    if row is None:
        raise AssertionError("A select of counts always gives a row.")
    return row


def hand_over_pending(conn: Connection, purchase_ids: Sequence[UUID], taker_id: UUID) -> None:
    """Let the awards of purchases that wait, or waited, be another's. What was confirmed stays in its account.

    Both accounts are locked.
    """
    conn.execute(
        """
        update ledger.pending
        set
            customer_id = case when state = 'confirmed' then customer_id else %(taker)s end,
            booked_id = case when state = 'confirmed' then booked_id
                else nullif(coalesce(booked_id, customer_id), %(taker)s) end,
            owner_id = case when state = 'confirmed' then nullif(%(taker)s, customer_id) end
        where purchase_id = any(%(ids)s::uuid[])
        """,
        {"taker": taker_id, "ids": uuid_array(purchase_ids)},
    )


def select_confirmed_months(conn: Connection, customer_id: UUID) -> dict[date, int]:
    """Points of a customer that were pending and were confirmed, by the month of the purchase."""
    cursor = conn.execute(
        """
        select month, sum(points - cancelled_points)::bigint
        from ledger.pending
        where
            state = 'confirmed'
            and ((customer_id = %(one)s and owner_id is null) or owner_id = %(one)s)
        group by month
        """,
        {"one": customer_id},
    )
    return dict(cursor.fetchall())


def select_entries_since(conn: Connection, customer_id: UUID, seq: int) -> list[Entry]:
    """Every entry of an account after one, in order."""
    with conn.cursor(row_factory=entry_row) as cursor:
        return cursor.execute(
            """
            select
                customer_id, seq, entry_type::text, points, balance_after, lots::text, store, purchase_id,
                occurred_at, recorded_at, basis::text
            from ledger.journal
            where customer_id = %s and seq > %s
            order by seq
            """,
            (customer_id, seq),
        ).fetchall()


def select_purchases_confirmed_at(conn: Connection, customer_id: UUID, seq: int) -> dict[int, UUID]:
    """Of entries of an account after one that made pending points points, the purchases that had earned them."""
    cursor = conn.execute(
        """
        select entry_seq, purchase_id from ledger.pending
        where customer_id = %s and entry_seq > %s and state = 'confirmed'
        """,
        (customer_id, seq),
    )
    return dict(cursor.fetchall())


def select_earned_lots(
    conn: Connection, customer_ids: Sequence[UUID], purchase_ids: Sequence[UUID]
) -> list[tuple[UUID, str]]:
    """The movements of every earning of these purchases in these accounts: the purchase, and the lots as text."""
    return conn.execute(
        """
        select coalesce(journal.purchase_id, pending.purchase_id), journal.lots::text
        from ledger.journal
        left join ledger.pending
            on pending.customer_id = journal.customer_id and pending.entry_seq = journal.seq
            and pending.state = 'confirmed'
        where
            journal.customer_id = any(%(ids)s::uuid[]) and journal.entry_type = 'earn'
            and coalesce(journal.purchase_id, pending.purchase_id) = any(%(purchases)s::uuid[])
        order by journal.customer_id, journal.seq
        """,
        {"ids": uuid_array(customer_ids), "purchases": uuid_array(purchase_ids)},
    ).fetchall()
