"""The SQL of the schema ``customers``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from psycopg import Connection
from psycopg.rows import args_row

from enishi.customers.model import Conflict, SealedCustomer, SealedIdentifier
from enishi.kit.arrays import bytea_array, instant_array, int_array, text_array, uuid_array
from enishi.kit.ids import new_id


def ask_owners(conn: Connection, lookups: Sequence[bytes]) -> Callable[[], list[tuple[bytes, UUID | None]]]:
    """Ask whose the identifiers are, by blind index; in a pipeline the answer is waited for when it is called for.

    An identifier that has ended is there, and nobody's: its owner is None.
    """
    return conn.execute(
        """
        select lookup, case when ended_at is null then customer_id end
        from customers.identifiers
        where lookup = any(%s::bytea[])
        """,
        (bytea_array(lookups),),
        binary=True,
    ).fetchall


def select_owners(conn: Connection, lookups: Sequence[bytes]) -> dict[bytes, UUID | None]:
    """Whose the identifiers are, by blind index; None for one that has ended. Unknown ones are absent."""
    return dict(ask_owners(conn, lookups)())


def ask_people(conn: Connection, customer_ids: Sequence[UUID]) -> Callable[[], list[tuple[UUID, datetime, list[str]]]]:
    """Ask when customers joined, and which kinds of identifiers they have that are alive."""
    return conn.execute(
        """
        select
            customer_id, joined_at,
            array(
                select distinct kind from customers.identifiers
                where identifiers.customer_id = customers.customer_id and ended_at is null
            )
        from customers.customers
        where customer_id = any(%s::uuid[])
        """,
        (uuid_array(customer_ids),),
        binary=True,
    ).fetchall


def select_page(conn: Connection, after: UUID | None, limit: int) -> list[UUID]:
    """Customers in ascending order, after one of them; who was merged into another is left out."""
    cursor = conn.execute(
        """
        select customer_id from customers.customers
        where (%(after)s::uuid is null or customer_id > %(after)s::uuid) and merged_into is null
        order by customer_id
        limit %(limit)s
        """,
        {"after": after, "limit": limit},
        binary=True,
    )
    return [row[0] for row in cursor]


def insert_customers(conn: Connection, customers: Sequence[SealedCustomer]) -> None:
    """Add customers."""
    conn.execute(
        """
        insert into customers.customers (customer_id, joined_at, bucket, wrapped_key, profile)
        select * from unnest(%s::uuid[], %s::timestamptz[], %s::smallint[], %s::bytea[], %s::bytea[])
        """,
        (
            uuid_array([one.customer_id for one in customers]),
            instant_array([one.joined_at for one in customers]),
            int_array([one.bucket for one in customers]),
            bytea_array([one.wrapped_key for one in customers]),
            bytea_array([one.profile for one in customers]),
        ),
    )


def insert_identifiers(conn: Connection, identifiers: Sequence[SealedIdentifier]) -> None:
    """Add identifiers, in the order of their blind index so that two batches can not wait for each other in a ring."""
    ordered = sorted(identifiers, key=lambda one: one.lookup)
    conn.execute(
        """
        insert into customers.identifiers (lookup, kind, customer_id, sealed, linked_at)
        select * from unnest(%s::bytea[], %s::text[], %s::uuid[], %s::bytea[], %s::timestamptz[])
        """,
        (
            bytea_array([one.lookup for one in ordered]),
            text_array([one.kind for one in ordered]),
            uuid_array([one.customer_id for one in ordered]),
            bytea_array([one.sealed for one in ordered]),
            instant_array([one.linked_at for one in ordered]),
        ),
    )


def insert_conflicts(conn: Connection, source: str, external_id: str, conflicts: Sequence[Conflict]) -> None:
    """Keep the conflicts of one receipt for review."""
    conn.execute(
        """
        insert into customers.conflicts (
            conflict_id, purchase_source, purchase_external_id, customer_id, other_customer_id, kind
        )
        select conflict_id, %s, %s, customer_id, other_customer_id, kind
        from unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::text[])
            as one (conflict_id, customer_id, other_customer_id, kind)
        """,
        (
            source,
            external_id,
            [new_id() for _ in conflicts],
            [one.customer_id for one in conflicts],
            [one.other_customer_id for one in conflicts],
            [one.kind.value for one in conflicts],
        ),
    )


def count_conflicts(conn: Connection, one: UUID, other: UUID) -> int:
    """On how many receipts identifiers of both customers were shown."""
    row = conn.execute(
        """
        select count(distinct (purchase_source, purchase_external_id))
        from customers.conflicts
        where (customer_id = %(one)s and other_customer_id = %(other)s)
            or (customer_id = %(other)s and other_customer_id = %(one)s)
        """,
        {"one": one, "other": other},
    ).fetchone()
    return 0 if row is None else row[0]


def select_customers(conn: Connection, customer_ids: Sequence[UUID]) -> list[SealedCustomer]:
    """Customers as they are kept, in no particular order."""
    with conn.cursor(row_factory=args_row(SealedCustomer)) as cursor:
        return cursor.execute(
            """
            select customer_id, joined_at, bucket, wrapped_key, profile
            from customers.customers
            where customer_id = any(%s::uuid[])
            """,
            (uuid_array(customer_ids),),
        ).fetchall()


def select_known(conn: Connection, customer_ids: Sequence[UUID]) -> frozenset[UUID]:
    """Those of these IDs that are customers."""
    cursor = conn.execute(
        "select customer_id from customers.customers where customer_id = any(%s::uuid[])", (uuid_array(customer_ids),)
    )
    return frozenset([row[0] for row in cursor])


def select_identifiers(conn: Connection, customer_ids: Sequence[UUID]) -> list[SealedIdentifier]:
    """The living identifiers of these customers as they are kept, in the order in which they were linked."""
    with conn.cursor(row_factory=args_row(SealedIdentifier)) as cursor:
        return cursor.execute(
            """
            select lookup, kind, customer_id, sealed, linked_at
            from customers.identifiers
            where customer_id = any(%s::uuid[]) and ended_at is null
            order by linked_at, kind, lookup
            """,
            (uuid_array(customer_ids),),
        ).fetchall()


def count_identifiers(conn: Connection, customer_ids: Sequence[UUID]) -> dict[tuple[UUID, str], int]:
    """How many living identifiers of each kind these customers hold."""
    cursor = conn.execute(
        """
        select customer_id, kind, count(*)
        from customers.identifiers
        where customer_id = any(%s::uuid[]) and ended_at is null
        group by customer_id, kind
        """,
        (uuid_array(customer_ids),),
    )
    return {(customer_id, kind): count for customer_id, kind, count in cursor.fetchall()}


def update_profile(conn: Connection, customer_id: UUID, profile: bytes) -> bool:
    """Replace a sealed profile; false if there is no such customer."""
    cursor = conn.execute(
        "update customers.customers set profile = %s where customer_id = %s and wrapped_key is not null",
        (profile, customer_id),
    )
    return cursor.rowcount == 1


def insert_key_check(conn: Connection, value: bytes) -> None:
    """Remember the check value of the master key, unless one is remembered already."""
    conn.execute("insert into customers.key_check (value) values (%s) on conflict do nothing", (value,))


def select_key_check(conn: Connection) -> bytes | None:
    """The check value of the master key this database was first used with."""
    row = conn.execute("select value from customers.key_check").fetchone()
    return None if row is None else row[0]


def select_joined(conn: Connection, customer_ids: Sequence[UUID]) -> dict[UUID, datetime]:
    """When each of these customers joined."""
    rows = conn.execute(
        "select customer_id, joined_at from customers.customers where customer_id = any(%s::uuid[])",
        (uuid_array(customer_ids),),
    ).fetchall()
    return dict(rows)


def select_joined_at(conn: Connection, customer_id: UUID) -> datetime | None:
    """When the customer joined; None if there is none."""
    row = conn.execute("select joined_at from customers.customers where customer_id = %s", (customer_id,)).fetchone()
    return None if row is None else row[0]
