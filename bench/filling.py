"""Filling a database at the speed of the server: customers in a template, and years of journal behind them.

Written as the administrator with the triggers that guard the product's writes at rest; ``enishi verify`` proves the
result like any other.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import psycopg
from psycopg import sql

from bench.figures import BenchFailed
from enishi.kit.vault import Keyring

_BLOCK_BYTES = 64


def card_number(number: int) -> str:
    """The member card of a preloaded customer, counted from 0."""
    return f"BENCH{number:010}"


def fill_customers(admin_dsn: str, keyring: Keyring, customers: int) -> None:
    """Make so many customers, each with a card and one lot of a million points, spread over eight years of joining."""
    with psycopg.connect(admin_dsn) as conn:
        _make_blind_function(conn, keyring)
        conn.execute(
            "create unlogged table bench.people (number bigint, customer_id uuid, lookup bytea, joined_at timestamptz)"
        )
    halfway = customers // 2
    _run_together(
        admin_dsn, partial(_fill_people, customers, 0, halfway), partial(_fill_people, customers, halfway, customers)
    )
    _run_together(admin_dsn, _fill_names, _fill_identifiers)
    with psycopg.connect(admin_dsn) as conn:
        conn.execute("drop table bench.people")
    _fill_ledger(admin_dsn, 1)
    _settle(admin_dsn)


def fill_history(admin_dsn: str, customers: int, entries: int) -> None:
    """Put so many further journal entries behind the customers, in the order of time as real ones come."""
    _fill_ledger(admin_dsn, 1 + max(1, entries // customers))
    _settle(admin_dsn)


def _run_together(admin_dsn: str, *works: Callable[[psycopg.Connection], None]) -> None:
    """Do these at once, each on a connection and in a transaction of its own, past the triggers."""

    def run(work: Callable[[psycopg.Connection], None]) -> None:
        with psycopg.connect(admin_dsn) as conn:
            conn.execute("set session_replication_role = replica")
            conn.execute("set work_mem = '512MB'")
            conn.execute("set maintenance_work_mem = '512MB'")
            work(conn)

    with ThreadPoolExecutor(len(works)) as threads:
        list(threads.map(run, works))


def _fill_people(customers: int, first: int, end: int, conn: psycopg.Connection) -> None:
    conn.execute(
        """
        insert into bench.people
        select
            number, uuidv7(interval '-2900 days' + number * %(step)s::interval), bench.blind(number),
            '2020-01-01T00:00:00Z'
        from generate_series(%(first)s::bigint, %(end)s::bigint - 1) as number
        """,
        {"step": timedelta(days=2_800) / customers, "first": first, "end": end},
    )


def _fill_names(conn: psycopg.Connection) -> None:
    """Customers without a name; their keys are of the right size and open nothing."""
    conn.execute(
        """
        insert into customers.customers (customer_id, joined_at, bucket, wrapped_key)
        select customer_id, joined_at, number % 10000, decode(repeat('00', 60), 'hex')
        from bench.people order by number
        """
    )


def _fill_identifiers(conn: psycopg.Connection) -> None:
    conn.execute(
        """
        insert into customers.identifiers (lookup, kind, customer_id, sealed, linked_at)
        select lookup, 'card', customer_id, decode(repeat('00', 43), 'hex'), joined_at from bench.people order by lookup
        """
    )


def _make_blind_function(conn: psycopg.Connection, keyring: Keyring) -> None:
    """The product's blind index of a card in SQL, for preloading and for the peer, who look customers up by it too."""
    # Nothing else may have this key, so there is no other way to it.
    key = keyring._blind_key.ljust(_BLOCK_BYTES, b"\0")  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
    conn.execute("create schema if not exists bench")
    conn.execute("grant usage on schema bench to enishi_app")
    conn.execute(
        sql.SQL(
            """
            create function bench.blind(number bigint) returns bytea
            language sql immutable parallel safe as $$
                select sha256({outer} || sha256({inner} || convert_to(
                    'card' || chr(31) || 'BENCH' || lpad(number::text, 10, '0'), 'UTF8'
                )))
            $$
            """
        ).format(
            outer=sql.Literal(bytes(byte ^ 0x5C for byte in key)), inner=sql.Literal(bytes(byte ^ 0x36 for byte in key))
        )
    )
    row = conn.execute("select bench.blind(7)").fetchone()
    if row is None or row[0] != keyring.blind("card", card_number(7)):
        raise BenchFailed("The blind index in SQL is not the product's; bench/filling.py must follow enishi.kit.vault.")


def _fill_ledger(admin_dsn: str, each: int) -> None:
    """Accounts anew, and so many entries in each: the first of a million points, the others of one."""
    with psycopg.connect(admin_dsn) as conn:
        conn.execute("set session_replication_role = replica")
        conn.execute("truncate ledger.accounts, ledger.journal")
        conn.execute("alter table ledger.journal drop constraint journal_pkey")
    halfway = each // 2
    _run_together(
        admin_dsn,
        partial(_fill_journal, halfway + 1, each),
        partial(_fill_journal, 1, halfway),
        partial(_fill_accounts, each),
    )
    _run_together(admin_dsn, _index_journal)


def _fill_accounts(each: int, conn: psycopg.Connection) -> None:
    conn.execute(
        """
        insert into ledger.accounts (customer_id, seq, balance, lots)
        select
            customer_id, %(seq)s, %(balance)s,
            jsonb_build_array(jsonb_build_array('r', '2099-12-31', %(balance)s::bigint))
        from customers.customers order by customer_id
        """,
        {"seq": each, "balance": 999_999 + each},
    )


def _fill_journal(first: int, last: int, conn: psycopg.Connection) -> None:
    """The entries with these numbers, of all accounts, in the order of time."""
    conn.execute(
        """
        insert into ledger.journal (
            customer_id, seq, entry_type, points, balance_after, lots, store, occurred_at, recorded_at, basis
        )
        select
            customer_id, seq, 'earn', case seq when 1 then 1000000 else 1 end, 999999 + seq,
            case seq when 1 then '[["r","2099-12-31",1000000]]'::json else '[["r","2099-12-31",1]]'::json end,
            'BENCH', joined_at + make_interval(days => seq), joined_at + make_interval(days => seq),
            '{"v":1,"u":100,"k":1,"a":[[8,108,0,100,0,0],[10,10,0,9,0,0]],"x":"109/100","p":1}'
        from generate_series(%s::int, %s::int) as seq cross join customers.customers
        """,
        (first, last),
    )


def _index_journal(conn: psycopg.Connection) -> None:
    """Built after the rows, and with the room that an index has which grew by random insertion."""
    conn.execute(
        "alter table ledger.journal add constraint journal_pkey primary key (customer_id, seq) with (fillfactor = 70)"
    )
    conn.execute("alter index ledger.journal_pkey reset (fillfactor)")


def _settle(admin_dsn: str) -> None:
    """Leave nothing for the first reader or the next checkpoint to do."""
    with psycopg.connect(admin_dsn, autocommit=True) as conn:
        conn.execute("vacuum analyze")
        conn.execute("checkpoint")
