"""The SQL of the report of offline terminals, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct
from psycopg import Connection
from psycopg.rows import args_row

from enishi.kit.arrays import text_array
from enishi.ledger.offline_queries import Overspend, TerminalDay, TerminalSpend


class OfflineTotals(Struct, frozen=True):
    """What terminals spent offline in some days: how many of them, on how many days each in sum, and what is owed."""

    terminals: int
    terminal_days: int
    spent: int
    receipts: int
    owed: int


class OfflineFilter(Struct, frozen=True):
    """Which terminals and days: from one day to another, of these stores (None: all), only where points are owed."""

    first: date
    last: date
    stores: Sequence[str] | None = None
    only_owed: bool = False

    def parameters(self) -> dict[str, object]:
        """As the statements here name them."""
        return {
            "first": self.first,
            "last": self.last,
            "stores": None if self.stores is None else text_array(self.stores),
            "only_owed": self.only_owed,
        }


def select_offline_totals(conn: Connection, wanted: OfflineFilter) -> OfflineTotals:
    """The sums over all terminals and days."""
    with conn.cursor(row_factory=args_row(OfflineTotals)) as cursor:
        row = cursor.execute(
            """
            with held as (
                select store, terminal, on_day, spent, count(owed) as receipts, coalesce(sum(owed), 0) as owed
                from ledger.offline_terminals
                left join ledger.overspends using (store, terminal, on_day)
                where
                    on_day between %(first)s and %(last)s
                    and spent > 0
                    and (%(stores)s::text[] is null or store = any(%(stores)s::text[]))
                group by store, terminal, on_day, spent
            )
            select
                count(distinct (store, terminal)), count(*), coalesce(sum(spent), 0)::bigint,
                coalesce(sum(receipts), 0)::bigint, coalesce(sum(owed), 0)::bigint
            from held
            where owed > 0 or not %(only_owed)s
            """,
            wanted.parameters(),
        ).fetchone()
    if row is None:
        raise AssertionError("An aggregate without grouping always gives a row.")
    return row


def select_terminal_page(
    conn: Connection, wanted: OfflineFilter, after: TerminalDay | None, limit: int
) -> list[TerminalSpend]:
    """What terminals spent offline, the last day first, then by store and terminal."""
    store, terminal, on_day = after or (None, None, None)
    with conn.cursor(row_factory=args_row(TerminalSpend)) as cursor:
        return cursor.execute(
            """
            select store, terminal, on_day, spent, count(owed), coalesce(sum(owed), 0)::bigint
            from ledger.offline_terminals
            left join ledger.overspends using (store, terminal, on_day)
            where
                on_day between %(first)s and %(last)s
                and spent > 0
                and (%(stores)s::text[] is null or store = any(%(stores)s::text[]))
                and (
                    %(on_day)s::date is null
                    or on_day < %(on_day)s::date
                    or (on_day = %(on_day)s::date and (store, terminal) > (%(store)s::text, %(terminal)s::text))
                )
            group by store, terminal, on_day, spent
            having count(owed) > 0 or not %(only_owed)s
            order by on_day desc, store, terminal
            limit %(limit)s
            """,
            wanted.parameters() | {"store": store, "terminal": terminal, "on_day": on_day, "limit": limit},
        ).fetchall()


def select_overspend_page(
    conn: Connection, wanted: OfflineFilter, before: tuple[datetime, UUID] | None, limit: int
) -> list[Overspend]:
    """Receipts that used more points than there were, the last first."""
    at, purchase_id = before or (None, None)
    with conn.cursor(row_factory=args_row(Overspend)) as cursor:
        return cursor.execute(
            """
            select purchase_id, customer_id, store, terminal, on_day, points, owed, occurred_at
            from ledger.overspends
            where
                on_day between %(first)s and %(last)s
                and (%(stores)s::text[] is null or store = any(%(stores)s::text[]))
                and (
                    %(at)s::timestamptz is null
                    or (occurred_at, purchase_id) < (%(at)s::timestamptz, %(purchase_id)s::uuid)
                )
            order by occurred_at desc, purchase_id desc
            limit %(limit)s
            """,
            wanted.parameters() | {"at": at, "purchase_id": purchase_id, "limit": limit},
        ).fetchall()
