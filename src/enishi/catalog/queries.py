"""The SQL of the schema ``catalog``."""

from __future__ import annotations

from collections.abc import Sequence

from psycopg import Connection
from psycopg.rows import args_row

from enishi.catalog.model import Store


def select_stores(conn: Connection) -> list[Store]:
    """Every store, by code."""
    with conn.cursor(row_factory=args_row(Store)) as cursor:
        return cursor.execute("select code, name, zone, invented from catalog.stores order by code").fetchall()


def insert_missing_stores(conn: Connection, codes: Sequence[str]) -> None:
    """Register codes that no store has yet, in their order so that two transactions can not wait in a ring."""
    conn.execute(
        """
        insert into catalog.stores (code, name)
        select code, code from unnest(%s::text[]) as code order by code
        on conflict do nothing
        """,
        (list(codes),),
    )


def upsert_stores(conn: Connection, stores: Sequence[Store]) -> None:
    """Add stores, or give those that exist their new name and zone."""
    conn.execute(
        """
        insert into catalog.stores (code, name, zone, invented)
        select * from unnest(%s::text[], %s::text[], %s::text[], %s::boolean[])
        on conflict (code) do update set name = excluded.name, zone = excluded.zone, invented = excluded.invented
        """,
        (
            [one.code for one in stores],
            [one.name for one in stores],
            [one.zone for one in stores],
            [one.invented for one in stores],
        ),
    )
