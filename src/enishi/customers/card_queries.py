"""The SQL of cards, in the schema ``customers``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from psycopg import Connection
from psycopg.rows import args_row

from enishi.customers.model import CardIssue, EndedMatch, EndReason, SealedCard, SealedIdentifier
from enishi.kit.arrays import bytea_array
from enishi.kit.identifiers import IdentifierKind


def lock_customer(conn: Connection, customer_id: UUID) -> bytes | None:
    """Lock a customer for this transaction; gives the wrapped key, None when there is no such person (any more).

    Whoever changes a customer's cards holds this lock, so that two counters can not both replace one card. Purchases
    do not wait for it.
    """
    row = conn.execute(
        "select wrapped_key from customers.customers where customer_id = %s and merged_into is null for no key update",
        (customer_id,),
    ).fetchone()
    return None if row is None else row[0]


def select_cards(conn: Connection, customer_id: UUID) -> list[SealedCard]:
    """Every card a customer has or had: living ones first, each newest first."""
    with conn.cursor(row_factory=args_row(SealedCard)) as cursor:
        return cursor.execute(
            """
            select
                held.lookup, held.sealed, held.linked_at, held.ended_at, held.ended_reason,
                issue.issued_at, issue.replaces, issue.request_key
            from customers.identifiers as held
            left join customers.card_issues as issue using (lookup)
            where held.customer_id = %s and held.kind = 'card'
            order by held.ended_at is not null, held.linked_at desc, held.lookup
            """,
            (customer_id,),
        ).fetchall()


def update_ended(conn: Connection, lookup: bytes, reason: EndReason, now: datetime) -> None:
    """End a living identifier."""
    conn.execute(
        "update customers.identifiers set ended_at = %s, ended_reason = %s where lookup = %s and ended_at is null",
        (now, reason.value, lookup),
    )


def insert_if_free(conn: Connection, one: SealedIdentifier) -> bool:
    """Add an identifier unless it is known, living or ended; false when it is. Waits for a rival that adds it now."""
    cursor = conn.execute(
        """
        insert into customers.identifiers (lookup, kind, customer_id, sealed, linked_at)
        values (%s, %s, %s, %s, %s)
        on conflict (lookup) do nothing
        """,
        (one.lookup, one.kind, one.customer_id, one.sealed, one.linked_at),
    )
    return cursor.rowcount == 1


def insert_issue(conn: Connection, issue: CardIssue) -> None:
    """Note that a card of ours was issued."""
    conn.execute(
        """
        insert into customers.card_issues (lookup, customer_id, replaces, request_key, issued_at)
        values (%s, %s, %s, %s, %s)
        """,
        (issue.lookup, issue.customer_id, issue.replaces, issue.request_key, issue.issued_at),
    )


def select_ended(conn: Connection, lookups: Sequence[bytes]) -> dict[bytes, EndedMatch]:
    """Which of these identifiers have ended, and whose they were."""
    cursor = conn.execute(
        """
        select
            held.lookup, held.customer_id, held.kind, held.ended_at, held.ended_reason,
            exists (
                select 1
                from customers.identifiers as living
                where living.customer_id = held.customer_id and living.kind = held.kind and living.ended_at is null
            )
        from customers.identifiers as held
        where held.lookup = any(%s::bytea[]) and held.ended_at is not null
        """,
        (bytea_array(lookups),),
    )
    return {
        row[0]: EndedMatch(row[1], IdentifierKind(row[2]), row[3], EndReason(row[4]), row[5])
        for row in cursor.fetchall()
    }
