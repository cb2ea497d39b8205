"""The SQL of the schema ``ledger``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from psycopg import Connection

from enishi.kit.arrays import instant_array, int_array, json_array, text_array, uuid_array
from enishi.ledger.model import Account, Entry, EntryType, Lots, Posting

_decode_lots = msgspec.json.Decoder(Lots).decode
_encode = msgspec.json.Encoder().encode


def insert_missing_accounts(conn: Connection, customer_ids: Sequence[UUID]) -> None:
    """Open accounts for customers who have none, in ascending order so that two batches can not wait in a ring."""
    conn.execute(
        """
        insert into ledger.accounts (customer_id)
        select customer_id from unnest(%s::uuid[]) as customer_id order by customer_id
        on conflict do nothing
        """,
        (uuid_array(customer_ids),),
    )


def ask_locked_accounts(conn: Connection, customer_ids: Sequence[UUID]) -> Callable[[], dict[UUID, Account]]:
    """Lock the accounts in ascending order and read them as they stand after every lock waited for.

    One statement does both only because it reads nothing but the locked rows, by a key that never changes: under READ
    COMMITTED a row that was waited for is read again in its newest version. Another table joined here would not be.
    """
    cursor = conn.execute(
        """
        select customer_id, seq, balance, lots::text, frozen_at is not null, merged_into is not null
        from ledger.accounts
        where customer_id = any(%s::uuid[])
        order by customer_id
        for no key update
        """,
        (uuid_array(customer_ids),),
        binary=True,
    )
    return lambda: {row[0]: _make_account(row) for row in cursor.fetchall()}


def hold_accounts(conn: Connection, customer_ids: Sequence[UUID]) -> int:
    """Lock accounts in ascending order without reading them; returns how many there are."""
    return conn.execute(
        "select from ledger.accounts where customer_id = any(%s::uuid[]) order by customer_id for no key update",
        (uuid_array(customer_ids),),
    ).rowcount


def select_accounts(conn: Connection, customer_ids: Sequence[UUID]) -> dict[UUID, Account]:
    """Accounts as they stand; a customer without points yet has none."""
    cursor = conn.execute(
        """
        select customer_id, seq, balance, lots::text, frozen_at is not null, merged_into is not null
        from ledger.accounts
        where customer_id = any(%s::uuid[])
        """,
        (uuid_array(customer_ids),),
    )
    return {row[0]: _make_account(row) for row in cursor}


def _make_account(row: Sequence[Any]) -> Account:
    return Account(row[0], row[1], row[2], _decode_lots(row[3]), row[4], None, row[5])


def write_accounts_and_entries(
    conn: Connection, accounts: Sequence[Account], postings: Sequence[Posting], recorded_at: datetime
) -> None:
    """Write accounts that were locked by this transaction, and the entries that say how they moved.

    One statement, because the database compares the two at its end: half of it can not stand for a moment.
    """
    conn.execute(
        """
        with entries as (
            insert into ledger.journal (
                customer_id, seq, entry_type, points, balance_after, lots, store, purchase_id, occurred_at, basis,
                recorded_at
            )
            select *, %s from unnest(
                %s::uuid[], %s::int[], %s::ledger.entry_type[], %s::int[], %s::bigint[], %s::json[], %s::text[],
                %s::uuid[], %s::timestamptz[], %s::json[]
            )
        )
        update ledger.accounts as account
        set seq = new.seq, balance = new.balance, lots = new.lots
        from unnest(%s::uuid[], %s::int[], %s::bigint[], %s::jsonb[]) as new (customer_id, seq, balance, lots)
        where account.customer_id = new.customer_id
        """,
        (
            recorded_at,
            uuid_array([one.customer_id for one in postings]),
            int_array([one.seq for one in postings]),
            text_array([one.entry_type for one in postings]),
            int_array([one.points for one in postings]),
            int_array([one.balance_after for one in postings]),
            json_array([_encode(one.moves) for one in postings]),
            text_array([one.store for one in postings]),
            uuid_array([one.purchase_id for one in postings]),
            instant_array([one.occurred_at for one in postings]),
            json_array([one.basis for one in postings]),
            uuid_array([one.customer_id for one in accounts]),
            int_array([one.seq for one in accounts]),
            int_array([one.balance for one in accounts]),
            json_array([_encode(one.lots) for one in accounts]),
        ),
    )


def entry_row(cursor: Any) -> Any:  # noqa: ARG001 - the shape psycopg asks of a row factory
    """How a row of the journal becomes an entry."""

    def make(row: Sequence[Any]) -> Entry:
        return Entry(
            row[0],
            row[1],
            EntryType(row[2]),
            row[3],
            row[4],
            _decode_lots(row[5]),
            row[6],
            row[7],
            row[8],
            row[9],
            None if row[10] is None else msgspec.Raw(row[10].encode()),
        )

    return make


def select_entries(conn: Connection, customer_id: UUID, before_seq: int, limit: int) -> list[Entry]:
    """Entries of one account older than ``before_seq``, newest first."""
    with conn.cursor(row_factory=entry_row) as cursor:
        return cursor.execute(
            """
            select
                customer_id, seq, entry_type::text, points, balance_after, lots::text, store, purchase_id,
                occurred_at, recorded_at, basis::text
            from ledger.journal
            where customer_id = %s and seq < %s
            order by seq desc
            limit %s
            """,
            (customer_id, before_seq, limit),
        ).fetchall()


def select_loose_entries(
    conn: Connection, customer_id: UUID, before_seq: int, stores: Sequence[str] | None, limit: int
) -> list[Entry]:
    """Entries of one account that belong to no purchase, of ``stores`` (None: of all) or of none, newest first."""
    with conn.cursor(row_factory=entry_row) as cursor:
        return cursor.execute(
            """
            select
                customer_id, seq, entry_type::text, points, balance_after, lots::text, store, purchase_id,
                occurred_at, recorded_at, basis::text
            from ledger.journal
            where
                customer_id = %(customer_id)s and seq < %(seq)s and purchase_id is null
                and (%(stores)s::text[] is null or store = '' or store = any(%(stores)s::text[]))
            order by seq desc
            limit %(limit)s
            """,
            {
                "customer_id": customer_id,
                "seq": before_seq,
                "stores": None if stores is None else text_array(stores),
                "limit": limit,
            },
        ).fetchall()


def select_transfers(conn: Connection, customer_id: UUID, limit: int) -> list[Entry]:
    """The entries with which points came from or went to somebody else, newest first."""
    with conn.cursor(row_factory=entry_row) as cursor:
        return cursor.execute(
            """
            select
                customer_id, seq, entry_type::text, points, balance_after, lots::text, store, purchase_id,
                occurred_at, recorded_at, basis::text
            from ledger.journal
            where customer_id = %s and entry_type in ('transfer_out', 'transfer_in')
            order by seq desc
            limit %s
            """,
            (customer_id, limit),
        ).fetchall()


def select_entry(conn: Connection, customer_id: UUID, seq: int) -> Entry | None:
    """One entry."""
    return next(iter(select_entries_at(conn, [(customer_id, seq)])), None)


def select_entries_at(conn: Connection, keys: Sequence[tuple[UUID, int]]) -> list[Entry]:
    """The entries with these numbers, in the order of account and number."""
    with conn.cursor(row_factory=entry_row) as cursor:
        return cursor.execute(
            """
            select
                customer_id, seq, entry_type::text, points, balance_after, lots::text, store, purchase_id,
                occurred_at, recorded_at, basis::text
            from ledger.journal
            join unnest(%s::uuid[], %s::int[]) as wanted (customer_id, seq) using (customer_id, seq)
            order by customer_id, seq
            """,
            (uuid_array([customer_id for customer_id, _ in keys]), int_array([seq for _, seq in keys])),
        ).fetchall()
