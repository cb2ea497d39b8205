"""The SQL with which the books read the schema ``ledger``: every movement once, in the order of its account."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from psycopg import Connection

from enishi.kit.arrays import int_array, uuid_array

_decode_moves = msgspec.json.Decoder(tuple[tuple[str, str, int], ...]).decode


class AccountingEntry(Struct, gc=False, frozen=True):
    """An entry as the books see it. ``month`` is the first day of the month it occurred in, in the books' zone.

    ``moves`` are (kind, last valid day, points); they are not read further, only told apart. ``transfer`` is what the
    two entries of a transfer or a merge share. Of an earning, ``promised`` are the points that its purchase earned as
    pending ones, cancelled ones included, and ``awaited`` those of them before this one; None: it was given at once.
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
    transfer: str | None = None
    promised: int = 0
    awaited: int | None = None


def _make_entry(row: tuple[Any, ...]) -> AccountingEntry:
    return AccountingEntry(row[0], row[1], row[2], row[3], _decode_moves(row[4]), *row[5:])


def select_moved_accounts(conn: Connection, after: UUID, limit: int) -> list[tuple[UUID, int]]:
    """Accounts that have entries, with the number of the newest, by account; those after one, at most so many."""
    return conn.execute(
        """
        select customer_id, seq from ledger.accounts
        where customer_id > %s and seq > 0
        order by customer_id limit %s
        """,
        (after, limit),
    ).fetchall()


def select_accounting_entries(
    conn: Connection, zone: str, spans: Sequence[tuple[UUID, int, int]]
) -> list[AccountingEntry]:
    """Of each account the entries after one number and up to another, by account and number.

    What had been pending belongs to the purchase that earned it, as any other earning does.
    """
    rows = conn.execute(
        """
        select
            journal.customer_id, journal.seq, journal.entry_type::text, journal.points, journal.lots::text,
            journal.store, coalesce(journal.purchase_id, pending.purchase_id),
            date_trunc('month', journal.occurred_at at time zone %s)::date, journal.recorded_at,
            case
                when journal.entry_type in ('transfer_in', 'transfer_out', 'merge_in', 'merge_out')
                then journal.basis ->> 'operation_id'
            end,
            case
                when journal.entry_type = 'earn' then (
                    select coalesce(sum(promised.points), 0)::int from ledger.pending as promised
                    where promised.purchase_id = coalesce(journal.purchase_id, pending.purchase_id)
                )
                else 0
            end,
            case
                when pending.purchase_id is not null then (
                    select coalesce(sum(earlier.points), 0)::int from ledger.pending as earlier
                    where earlier.purchase_id = pending.purchase_id and earlier.award < pending.award
                )
            end
        from unnest(%s::uuid[], %s::int[], %s::int[]) as wanted (customer_id, above, upto)
        join ledger.journal
            on journal.customer_id = wanted.customer_id and journal.seq > wanted.above and journal.seq <= wanted.upto
        left join ledger.pending
            on pending.customer_id = journal.customer_id and pending.entry_seq = journal.seq
            and pending.state = 'confirmed'
        order by journal.customer_id, journal.seq
        """,
        (
            zone,
            uuid_array([customer_id for customer_id, _, _ in spans]),
            int_array([above for _, above, _ in spans]),
            int_array([upto for _, _, upto in spans]),
        ),
        binary=True,
    ).fetchall()
    return [_make_entry(row) for row in rows]


def select_earnings(conn: Connection, zone: str, wanted: Sequence[tuple[UUID, UUID]]) -> list[AccountingEntry]:
    """The earnings of these purchases, each named after its customer, by customer and number."""
    rows = conn.execute(
        """
        select
            journal.customer_id, journal.seq, journal.entry_type::text, journal.points, journal.lots::text,
            journal.store, wanted.purchase_id,
            date_trunc('month', journal.occurred_at at time zone %s)::date, journal.recorded_at
        from unnest(%s::uuid[], %s::uuid[]) as wanted (customer_id, purchase_id)
        join ledger.journal on journal.customer_id = wanted.customer_id and journal.entry_type = 'earn'
        left join ledger.pending
            on pending.customer_id = journal.customer_id and pending.entry_seq = journal.seq
            and pending.state = 'confirmed'
        where coalesce(journal.purchase_id, pending.purchase_id) = wanted.purchase_id
        order by journal.customer_id, journal.seq
        """,
        (zone, uuid_array([one for one, _ in wanted]), uuid_array([one for _, one in wanted])),
    ).fetchall()
    return [_make_entry(row) for row in rows]


def select_balance_at(conn: Connection, at: datetime, customer_id: UUID) -> tuple[int, int, int] | None:
    """Entries, balance and points on hold of one account as recorded by an instant; None when it had no entry by then.

    The account stands where it stood before its first entry that was recorded later.
    """
    return conn.execute(
        """
        with known as (
            select seq, balance_after, entry_type, points from ledger.journal as entry
            where customer_id = %(customer)s and recorded_at <= %(at)s
            and not exists (
                select from ledger.journal as later
                where later.customer_id = entry.customer_id and later.seq < entry.seq and later.recorded_at > %(at)s
            )
        )
        select
            seq, balance_after,
            (select coalesce(-sum(points), 0)::bigint from known where entry_type in ('hold', 'release'))
        from known order by seq desc limit 1
        """,
        {"at": at, "customer": customer_id},
    ).fetchone()


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


def sum_by_hand(conn: Connection) -> tuple[int, int]:
    """Entries that follow from no purchase, return or expiry, such as adjustments and gifts; how many points."""
    row = conn.execute(
        """
        select count(*), coalesce(sum(points), 0)::bigint from ledger.journal
        where entry_type in ('adjust', 'transfer_out', 'transfer_in')
        """
    ).fetchone()
    return (0, 0) if row is None else row


def sum_open_pending(conn: Connection, before: datetime) -> int:
    """Points that are still pending, of purchases made before an instant."""
    row = conn.execute(
        """
        select coalesce(sum(points - cancelled_points), 0)::bigint from ledger.pending
        where state = 'pending' and purchased_at < %s
        """,
        (before,),
    ).fetchone()
    return 0 if row is None else row[0]
