"""The SQL with which the books read the schema ``ledger``: every movement once, in the order of its account."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from psycopg import Connection

_decode_moves = msgspec.json.Decoder(tuple[tuple[str, str, int], ...]).decode


class AccountingEntry(Struct, gc=False, frozen=True):
    """An entry as the books see it. ``month`` is the first day of the month it occurred in, in the books' zone.

    ``moves`` are (kind, last valid day, points); they are not read further, only told apart.
    """

    customer_id: UUID
    seq: int
    entry_type: str
    points: int
    moves: tuple[tuple[str, str, int], ...]
    store: str
    purchase_id: UUID | None
    month: date
    recorded_at: datetime


def _make_entry(row: tuple[Any, ...]) -> AccountingEntry:
    return AccountingEntry(row[0], row[1], row[2], row[3], _decode_moves(row[4]), row[5], row[6], row[7], row[8])


def stream_accounting_entries(conn: Connection, zone: str) -> Iterator[AccountingEntry]:
    """Every entry, by account and number. Needs a transaction, in which it stays open until it is read.

    What had been pending belongs to the purchase that earned it, as any other earning does.
    """
    with conn.cursor(name="accounting_entries") as cursor:
        cursor.itersize = 20_000
        cursor.execute(
            """
            select
                journal.customer_id, journal.seq, journal.entry_type::text, journal.points, journal.lots::text,
                journal.store, coalesce(journal.purchase_id, pending.purchase_id),
                date_trunc('month', journal.occurred_at at time zone %s)::date, journal.recorded_at
            from ledger.journal
            left join ledger.pending on pending.customer_id = journal.customer_id and pending.entry_seq = journal.seq
            order by journal.customer_id, journal.seq
            """,
            (zone,),
        )
        for row in cursor:
            yield _make_entry(row)


def select_balances_at(conn: Connection, at: datetime, customer_id: UUID | None) -> tuple[int, int, int]:
    """Accounts with entries, entries, and the sum of balances, as recorded by an instant; of one customer or of all.

    An account stands where it stood before its first entry that was recorded later.
    """
    row = conn.execute(
        """
        with newest as (
            select distinct on (customer_id) customer_id, seq, balance_after
            from ledger.journal as entry
            where recorded_at <= %(at)s and (%(customer)s::uuid is null or customer_id = %(customer)s)
            and not exists (
                select from ledger.journal as later
                where later.customer_id = entry.customer_id and later.seq < entry.seq and later.recorded_at > %(at)s
            )
            order by customer_id, seq desc
        )
        select count(*), coalesce(sum(seq), 0)::bigint, coalesce(sum(balance_after), 0)::bigint from newest
        """,
        {"at": at, "customer": customer_id},
    ).fetchone()
    if row is None:
        raise AssertionError("An aggregate without grouping always gives a row.")
    return row


def select_lots_at(conn: Connection, at: datetime, customer_id: UUID) -> list[tuple[str, date, int]]:
    """The lots of one account as recorded by an instant: kind, last valid day and points, soonest to expire first."""
    return conn.execute(
        """
        select move ->> 0 as kind, (move ->> 1)::date as expires_on, sum((move ->> 2)::bigint)::bigint as points
        from ledger.journal as entry
        cross join lateral json_array_elements(lots) as move
        where customer_id = %(customer)s and recorded_at <= %(at)s
        and not exists (
            select from ledger.journal as later
            where later.customer_id = entry.customer_id and later.seq < entry.seq and later.recorded_at > %(at)s
        )
        group by kind, expires_on
        having sum((move ->> 2)::bigint) <> 0
        order by expires_on, kind
        """,
        {"at": at, "customer": customer_id},
    ).fetchall()


def select_first_occurrence(conn: Connection) -> datetime | None:
    """When the oldest entry occurred; None while there is none."""
    row = conn.execute("select min(occurred_at) from ledger.journal").fetchone()
    return None if row is None else row[0]
