"""The SQL of ``purchases.claims``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from psycopg import Connection

from enishi.kit.arrays import instant_array, int_array, json_array, text_array, uuid_array
from enishi.purchases.claims import StoredClaim


def lock_receipts(conn: Connection, purchase_ids: Sequence[UUID]) -> None:
    """Let nobody else claim these receipts, or record returns of them as nobody's, until the transaction ends."""
    conn.execute(
        """
        select pg_advisory_xact_lock(hashtextextended(purchase_id::text, 0))
        from (select unnest(%s::uuid[]) as purchase_id order by 1) as wanted
        """,
        (uuid_array(purchase_ids),),
    )


def insert_claims(conn: Connection, claims: Sequence[StoredClaim]) -> None:
    """Record claims, in the order of their receipts so that two batches can not wait in a ring."""
    ordered = sorted(claims, key=lambda one: one.purchase_id.bytes)
    conn.execute(
        """
        insert into purchases.claims (
            purchase_id, customer_id, source, actor, claimed_at, occurred_at, total_yen, net_yen, first_seq,
            entry_count, points_earned, answer
        )
        select * from unnest(
            %s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::timestamptz[], %s::timestamptz[], %s::bigint[],
            %s::bigint[], %s::int[], %s::smallint[], %s::int[], %s::json[]
        )
        """,
        (
            uuid_array([one.purchase_id for one in ordered]),
            uuid_array([one.customer_id for one in ordered]),
            text_array([one.source for one in ordered]),
            text_array([one.actor for one in ordered]),
            instant_array([one.claimed_at for one in ordered]),
            instant_array([one.occurred_at for one in ordered]),
            int_array([one.total_yen for one in ordered]),
            int_array([one.net_yen for one in ordered]),
            int_array([one.first_seq for one in ordered]),
            int_array([one.entry_count for one in ordered]),
            int_array([one.points_earned for one in ordered]),
            json_array([one.answer for one in ordered]),
        ),
    )


def select_claims(conn: Connection, purchase_ids: Sequence[UUID]) -> list[StoredClaim]:
    """The claims of these receipts."""
    cursor = conn.execute(
        """
        select
            purchase_id, customer_id, source, actor, claimed_at, occurred_at, total_yen, net_yen, first_seq,
            entry_count, points_earned, answer::text
        from purchases.claims
        where purchase_id = any(%s::uuid[])
        """,
        (uuid_array(purchase_ids),),
    )
    return [
        StoredClaim(
            purchase_id=row[0],
            customer_id=row[1],
            source=row[2],
            actor=row[3],
            claimed_at=row[4],
            occurred_at=row[5],
            total_yen=row[6],
            net_yen=row[7],
            first_seq=row[8],
            entry_count=row[9],
            points_earned=row[10],
            answer=row[11].encode(),
        )
        for row in cursor
    ]


def select_claimed_ids(
    conn: Connection, customer_id: UUID, before: tuple[datetime, UUID], stores: Sequence[str] | None, limit: int
) -> list[UUID]:
    """Receipts of ``stores`` (None: of all) that a customer claimed, from before ``before``, newest first."""
    cursor = conn.execute(
        """
        select claims.purchase_id
        from purchases.claims
        join purchases.purchases using (purchase_id)
        where
            claims.customer_id = %(customer_id)s
            and not exists (select from purchases.owners where fact_id = claims.purchase_id)
            and (claims.occurred_at, claims.purchase_id) < (%(occurred_at)s, %(purchase_id)s)
            and (%(stores)s::text[] is null or purchases.store = any(%(stores)s::text[]))
        order by claims.occurred_at desc, claims.purchase_id desc
        limit %(limit)s
        """,
        {
            "customer_id": customer_id,
            "occurred_at": before[0],
            "purchase_id": before[1],
            "stores": None if stores is None else text_array(stores),
            "limit": limit,
        },
    )
    return [row[0] for row in cursor]
