"""The SQL of merges, in the schema ``customers``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import args_row

from enishi.customers.merge_model import ConflictPair, MergeAction, MergeLine, MovedIdentifier, StoredMerge
from enishi.kit.arrays import bytea_array, uuid_array


def select_survivors(conn: Connection, customer_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """Of those of these customers who were absorbed, who goes on in their place at the end of the chain."""
    cursor = conn.execute(
        """
        with recursive chain (customer_id, leads_to, steps) as (
            select customer_id, merged_into, 1
            from customers.customers
            where customer_id = any(%s::uuid[]) and merged_into is not null
            union all
            select chain.customer_id, following.merged_into, steps + 1
            from chain
            join customers.customers as following on following.customer_id = chain.leads_to
            where following.merged_into is not null
        )
        select distinct on (customer_id) customer_id, leads_to from chain order by customer_id, steps desc
        """,
        (uuid_array(customer_ids),),
    )
    return dict(cursor.fetchall())


def select_absorbed(conn: Connection, customer_id: UUID) -> list[UUID]:
    """Everybody who was absorbed by a customer, directly or by way of others."""
    cursor = conn.execute(
        """
        with recursive following (customer_id) as (
            select customer_id from customers.customers where merged_into = %s
            union all
            select next.customer_id
            from following
            join customers.customers as next on next.merged_into = following.customer_id
        )
        select customer_id from following order by customer_id
        """,
        (customer_id,),
    )
    return [row[0] for row in cursor]


def select_related(conn: Connection, customer_ids: Sequence[UUID]) -> list[UUID]:
    """These customers, and everybody with whom a merge ever joined them, also one that was undone."""
    cursor = conn.execute(
        """
        with recursive known (customer_id) as (
            select unnest(%s::uuid[])
            union
            select case when merges.survivor_id = known.customer_id then merges.absorbed_id else merges.survivor_id end
            from known
            join customers.merges on known.customer_id in (merges.survivor_id, merges.absorbed_id)
        )
        select customer_id from known order by customer_id
        """,
        (uuid_array(customer_ids),),
    )
    return [row[0] for row in cursor]


def has_merges(conn: Connection) -> bool:
    """Whether anybody was ever merged."""
    row = conn.execute("select exists (select from customers.merges)").fetchone()
    return row is not None and row[0]


def lock_customers(conn: Connection, customer_ids: Sequence[UUID]) -> dict[UUID, tuple[bytes | None, UUID | None]]:
    """Lock customers in ascending order: the wrapped key (None: erased), and into whom each is merged."""
    cursor = conn.execute(
        """
        select customer_id, wrapped_key, merged_into
        from customers.customers
        where customer_id = any(%s::uuid[])
        order by customer_id
        for no key update
        """,
        (uuid_array(customer_ids),),
    )
    return {row[0]: (row[1], row[2]) for row in cursor}


def select_merged_into(conn: Connection, customer_ids: Sequence[UUID]) -> dict[UUID, tuple[bytes | None, UUID | None]]:
    """As ``lock_customers``, without locking."""
    cursor = conn.execute(
        "select customer_id, wrapped_key, merged_into from customers.customers where customer_id = any(%s::uuid[])",
        (uuid_array(customer_ids),),
    )
    return {row[0]: (row[1], row[2]) for row in cursor}


def update_merged_into(conn: Connection, customer_id: UUID, survivor_id: UUID | None) -> None:
    """Let a customer lead to another, or stand for themselves again."""
    conn.execute("update customers.customers set merged_into = %s where customer_id = %s", (survivor_id, customer_id))


def select_all_identifiers(conn: Connection, customer_id: UUID) -> list[MovedIdentifier]:
    """Every identifier of a customer, ended ones too, in the order of their blind index."""
    with conn.cursor(row_factory=args_row(MovedIdentifier)) as cursor:
        return cursor.execute(
            """
            select held.lookup, held.kind, held.customer_id, held.sealed, held.linked_at, held.merged_from,
                issue.replaces
            from customers.identifiers as held
            left join customers.card_issues as issue using (lookup)
            where held.customer_id = %s
            order by held.lookup
            """,
            (customer_id,),
        ).fetchall()


def update_holders(
    conn: Connection,
    customer_id: UUID,
    lookups: Sequence[bytes],
    sealed: Sequence[bytes],
    merged_from: Sequence[UUID | None],
) -> None:
    """Give identifiers to a customer, sealed under that customer's key."""
    conn.execute(
        """
        update customers.identifiers as held
        set customer_id = %s, sealed = new.sealed, merged_from = new.merged_from
        from unnest(%s::bytea[], %s::bytea[], %s::uuid[]) as new (lookup, sealed, merged_from)
        where held.lookup = new.lookup
        """,
        (customer_id, bytea_array(lookups), bytea_array(sealed), uuid_array(merged_from)),
    )


def insert_merge(conn: Connection, one: StoredMerge) -> None:
    """Add a merge or an undo; a request key that was used makes this fail with a unique violation."""
    conn.execute(
        """
        insert into customers.merges (
            merge_id, action, undoes, survivor_id, absorbed_id, reason, actor, request_key, fingerprint, moved, answer,
            recorded_at
        )
        values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
        """,
        (
            one.merge_id,
            one.action.value,
            one.undoes,
            one.survivor_id,
            one.absorbed_id,
            one.reason,
            one.actor,
            one.request_key,
            one.fingerprint,
            one.moved.decode(),
            one.answer.decode(),
            one.recorded_at,
        ),
    )


def _merge_row(cursor: Any) -> Callable[[Sequence[Any]], StoredMerge]:  # noqa: ARG001 - psycopg's row factory
    return _make_merge


def _make_merge(row: Sequence[Any]) -> StoredMerge:
    return StoredMerge(
        merge_id=row[0],
        action=MergeAction(row[1]),
        undoes=row[2],
        survivor_id=row[3],
        absorbed_id=row[4],
        reason=row[5],
        actor=row[6],
        request_key=row[7],
        fingerprint=row[8],
        moved=row[9].encode(),
        answer=row[10].encode(),
        recorded_at=row[11],
    )


def select_by_key(conn: Connection, request_key: str) -> StoredMerge | None:
    """The merge or undo that was asked for under this name."""
    with conn.cursor(row_factory=_merge_row) as cursor:
        return cursor.execute(
            """
            select
                merge_id, action, undoes, survivor_id, absorbed_id, reason, actor, request_key, fingerprint,
                moved::text, answer::text, recorded_at
            from customers.merges
            where request_key = %s
            """,
            (request_key,),
        ).fetchone()


def select_standing_merge(conn: Connection, absorbed_id: UUID) -> StoredMerge | None:
    """The merge by which a customer is absorbed now, None when that was undone or never was."""
    with conn.cursor(row_factory=_merge_row) as cursor:
        return cursor.execute(
            """
            select
                merge_id, action, undoes, survivor_id, absorbed_id, reason, actor, request_key, fingerprint,
                moved::text, answer::text, recorded_at
            from customers.merges
            where
                absorbed_id = %s and action = 'merge'
                and not exists (select from customers.merges as undo where undo.undoes = merges.merge_id)
            """,
            (absorbed_id,),
        ).fetchone()


def select_lines(conn: Connection, customer_ids: Sequence[UUID], limit: int) -> list[MergeLine]:
    """Merges and undos in which any of these customers was a side, newest first."""
    cursor = conn.execute(
        """
        select
            merges.merge_id, merges.action, merges.survivor_id, merges.absorbed_id, merges.reason, merges.actor,
            merges.recorded_at, undo.recorded_at
        from customers.merges
        left join customers.merges as undo on undo.undoes = merges.merge_id
        where merges.survivor_id = any(%(ids)s::uuid[]) or merges.absorbed_id = any(%(ids)s::uuid[])
        order by merges.recorded_at desc, merges.merge_id desc
        limit %(limit)s
        """,
        {"ids": uuid_array(customer_ids), "limit": limit},
    )
    return [
        MergeLine(
            merge_id=row[0],
            action=MergeAction(row[1]),
            survivor_id=row[2],
            absorbed_id=row[3],
            reason=row[4],
            actor=row[5],
            recorded_at=row[6],
            undone_at=row[7],
        )
        for row in cursor
    ]


def select_conflict_pairs(conn: Connection, customer_id: UUID, limit: int) -> list[ConflictPair]:
    """With whom a customer was named on one receipt, the most receipts first; who was merged since is left out."""
    with conn.cursor(row_factory=args_row(ConflictPair)) as cursor:
        return cursor.execute(
            """
            select %(one)s::uuid, pairs.other, pairs.receipts, pairs.latest_at
            from (
                select
                    case when customer_id = %(one)s then other_customer_id else customer_id end as other,
                    count(distinct (purchase_source, purchase_external_id))::int as receipts,
                    max(found_at) as latest_at
                from customers.conflicts
                where customer_id = %(one)s or other_customer_id = %(one)s
                group by 1
            ) as pairs
            join customers.customers on customers.customer_id = pairs.other
            where customers.merged_into is null
            order by pairs.receipts desc, pairs.latest_at desc
            limit %(limit)s
            """,
            {"one": customer_id, "limit": limit},
        ).fetchall()
