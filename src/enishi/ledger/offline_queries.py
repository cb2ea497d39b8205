"""The SQL of points spent at terminals without a connection."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec
from msgspec import Struct
from psycopg import Connection
from psycopg.rows import args_row

from enishi.kit.arrays import date_array, instant_array, int_array, text_array, uuid_array
from enishi.ledger.model import Lots

GivenAgain = tuple[int, Lots | None]
"""Expired points that were given again, and of which lots; older entries do not say, and took the first ones."""

_decode_lots = msgspec.json.Decoder(Lots).decode
_decode_again = msgspec.json.Decoder(list[GivenAgain]).decode

TerminalDay = tuple[str, str, date]
"""Store, terminal, and day in the programme's zone."""


class Overspend(Struct, gc=False, frozen=True):
    """An offline receipt that used more points than its customer had: ``owed`` of its ``points``."""

    purchase_id: UUID
    customer_id: UUID
    store: str
    terminal: str
    on_day: date
    points: int
    owed: int
    occurred_at: datetime


class TerminalSpend(Struct, frozen=True):
    """What a terminal spent offline on a day, and how much of it is owed over how many receipts."""

    store: str
    terminal: str
    on_day: date
    spent: int
    receipts: int
    owed: int


def insert_terminal_days(conn: Connection, days: Sequence[TerminalDay]) -> None:
    """Begin to count for terminals and days that are not counted yet, in ascending order."""
    conn.execute(
        """
        insert into ledger.offline_terminals (store, terminal, on_day)
        select * from unnest(%s::text[], %s::text[], %s::date[]) as new (store, terminal, on_day)
        order by store, terminal, on_day
        on conflict do nothing
        """,
        (
            text_array([store for store, _, _ in days]),
            text_array([terminal for _, terminal, _ in days]),
            date_array([day for _, _, day in days]),
        ),
    )


def lock_terminal_days(conn: Connection, days: Sequence[TerminalDay]) -> dict[TerminalDay, int]:
    """What these terminals have spent offline on these days, locked in ascending order."""
    cursor = conn.execute(
        """
        select store, terminal, on_day, spent
        from ledger.offline_terminals
        where (store, terminal, on_day) in (select * from unnest(%s::text[], %s::text[], %s::date[]))
        order by store, terminal, on_day
        for no key update
        """,
        (
            text_array([store for store, _, _ in days]),
            text_array([terminal for _, terminal, _ in days]),
            date_array([day for _, _, day in days]),
        ),
    )
    return {(row[0], row[1], row[2]): row[3] for row in cursor}


def update_terminal_days(conn: Connection, spent: Sequence[tuple[TerminalDay, int]]) -> None:
    """Write what locked terminals have spent by now."""
    conn.execute(
        """
        update ledger.offline_terminals as held
        set spent = new.spent
        from unnest(%s::text[], %s::text[], %s::date[], %s::bigint[]) as new (store, terminal, on_day, spent)
        where held.store = new.store and held.terminal = new.terminal and held.on_day = new.on_day
        """,
        (
            text_array([store for (store, _, _), _ in spent]),
            text_array([terminal for (_, terminal, _), _ in spent]),
            date_array([day for (_, _, day), _ in spent]),
            int_array([points for _, points in spent]),
        ),
    )


def insert_overspends(conn: Connection, rows: Sequence[Overspend], recorded_at: datetime) -> None:
    """Record receipts that used more points than there were."""
    conn.execute(
        """
        insert into ledger.overspends (
            purchase_id, customer_id, store, terminal, on_day, points, owed, occurred_at, recorded_at
        )
        select *, %s from unnest(
            %s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::date[], %s::int[], %s::int[], %s::timestamptz[]
        )
        """,
        (
            recorded_at,
            uuid_array([one.purchase_id for one in rows]),
            uuid_array([one.customer_id for one in rows]),
            text_array([one.store for one in rows]),
            text_array([one.terminal for one in rows]),
            date_array([one.on_day for one in rows]),
            int_array([one.points for one in rows]),
            int_array([one.owed for one in rows]),
            instant_array([one.occurred_at for one in rows]),
        ),
    )


def select_swept(conn: Connection, customer_ids: Sequence[UUID]) -> list[tuple[UUID, int, Lots, Sequence[GivenAgain]]]:
    """Entries with which points of these customers expired: customer, number, lots, and what was given again since,
    to any of them.

    Read behind the lock of the accounts, so that nobody sweeps or reinstates meanwhile.
    """
    cursor = conn.execute(
        """
        select
            expired.customer_id, expired.seq, expired.lots::text,
            coalesce(
                json_agg(json_build_array(again.points, again.basis -> 'lots') order by again.seq)
                filter (where again.seq is not null),
                '[]'
            )::text
        from ledger.journal as expired
        left join ledger.journal as again
            on again.customer_id = any(%(ids)s::uuid[])
            and again.entry_type = 'reinstate'
            and again.basis ->> 'entry_id' = expired.customer_id || '-' || expired.seq
        where expired.customer_id = any(%(ids)s::uuid[]) and expired.entry_type = 'expire'
        group by expired.customer_id, expired.seq
        order by expired.customer_id, expired.seq
        """,
        {"ids": uuid_array(customer_ids)},
    )
    return [(row[0], row[1], _decode_lots(row[2]), _decode_again(row[3])) for row in cursor]


def select_overspends(conn: Connection, first: date, last: date) -> list[Overspend]:
    """Receipts of these days that used more points than there were, by day, store and terminal."""
    with conn.cursor(row_factory=args_row(Overspend)) as cursor:
        return cursor.execute(
            """
            select purchase_id, customer_id, store, terminal, on_day, points, owed, occurred_at
            from ledger.overspends
            where on_day between %s and %s
            order by on_day, store, terminal, occurred_at, purchase_id
            """,
            (first, last),
        ).fetchall()


def select_terminal_spends(conn: Connection, first: date, last: date) -> list[TerminalSpend]:
    """What terminals spent offline on these days, by day, store and terminal, and what of it is owed."""
    with conn.cursor(row_factory=args_row(TerminalSpend)) as cursor:
        return cursor.execute(
            """
            select store, terminal, on_day, spent, count(owed), coalesce(sum(owed), 0)::bigint
            from ledger.offline_terminals
            left join ledger.overspends using (store, terminal, on_day)
            where on_day between %s and %s and spent > 0
            group by store, terminal, on_day, spent
            order by on_day, store, terminal
            """,
            (first, last),
        ).fetchall()
