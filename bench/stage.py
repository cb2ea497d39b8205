"""The stage of a measurement: a server with fsync on, a programme in force, and customers who are there already."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import psycopg
from msgspec import Struct
from psycopg_pool import ConnectionPool

from enishi import program
from enishi.flows import PurchaseContext
from enishi.kit.database import Database, open_database, open_pool
from enishi.kit.ids import derived_id
from enishi.kit.vault import Keyring

MASTER_KEY = bytes(range(32))
OPENED_AT = datetime(2020, 1, 1, tzinfo=UTC)
LOT = [["r", "2099-12-31", 1_000_000]]


class Stage(Struct, frozen=True):
    """Where measurements take place. Customer ``n`` of ``customers`` holds the card that ``card_number(n)`` names."""

    database: Database
    pool: ConnectionPool[psycopg.Connection]
    context: PurchaseContext
    customers: int


def card_number(number: int) -> str:
    """The member card of a preloaded customer."""
    return f"BENCH{number:010}"


def customer_id(number: int) -> UUID:
    """The ID of a preloaded customer; spread over time as those of real customers are."""
    return derived_id(1_500_000_000_000 + number * 137, "bench", str(number))


@contextmanager
def open_stage(folder: Path, customers: int) -> Iterator[Stage]:
    """A fresh installation with this many customers, each with a card and one lot of a million points."""
    keyring = Keyring(MASTER_KEY)
    with open_database(folder) as database, psycopg.connect(str(database.owner_dsn)) as owner:
        began = time.perf_counter()
        _preload(owner, keyring, customers)
        with open_pool(database.app_dsn, min_size=2, max_size=12) as pool:
            with pool.connection() as conn:
                settings = program.default_settings("Bench")
                program.publish_version(conn, settings, OPENED_AT, "system", "Opening of the bench", OPENED_AT)
            say(f"{customers:,} customers preloaded in {time.perf_counter() - began:.0f} s")
            yield Stage(database, pool, PurchaseContext(keyring), customers)


def _preload(owner: psycopg.Connection, keyring: Keyring, customers: int) -> None:
    """Fill the tables as their owner, without the triggers that guard the product's own writes; verify proves them."""
    joined = OPENED_AT
    lots = json.dumps(LOT)
    with owner.cursor() as cursor:
        cursor.execute("alter table ledger.accounts disable trigger user")
        cursor.execute("alter table ledger.journal disable trigger user")
        with cursor.copy("copy customers.customers (customer_id, joined_at, bucket, wrapped_key) from stdin") as copy:
            for number in range(customers):
                copy.write_row((customer_id(number), joined, number % 10_000, b"\0" * 60))
        with cursor.copy(
            "copy customers.identifiers (lookup, kind, customer_id, sealed, linked_at) from stdin"
        ) as copy:
            for number in range(customers):
                lookup = keyring.blind("card", card_number(number))
                copy.write_row((lookup, "card", customer_id(number), b"\0" * 44, joined))
        cursor.execute(
            """
            insert into ledger.accounts (customer_id, seq, balance, lots)
            select customer_id, 1, 1000000, %(lots)s::jsonb from customers.customers order by customer_id
            """,
            {"lots": lots},
        )
        cursor.execute(
            """
            insert into ledger.journal (
                customer_id, seq, entry_type, points, balance_after, lots, store, occurred_at, recorded_at
            )
            select customer_id, 1, 'earn', 1000000, 1000000, %(lots)s::jsonb, 'BENCH', joined_at, joined_at
            from customers.customers order by customer_id
            """,
            {"lots": lots},
        )
        cursor.execute("alter table ledger.accounts enable trigger user")
        cursor.execute("alter table ledger.journal enable trigger user")
    owner.commit()
    owner.autocommit = True
    owner.execute("vacuum analyze")
    owner.execute("alter role enishi_owner set statement_timeout = 0")


def add_history(database: Database, entries: int) -> None:
    """Put this many journal entries behind the customers, oldest first, so that measurements run on a large journal."""
    with psycopg.connect(str(database.owner_dsn)) as owner:
        owner.execute("alter table ledger.accounts disable trigger user")
        owner.execute("alter table ledger.journal disable trigger user")
        owner.execute(
            """
            insert into ledger.journal (
                customer_id, seq, entry_type, points, balance_after, lots, store, occurred_at, recorded_at
            )
            select
                customer_id, seq + extra, 'earn', 1, balance + extra, '[["r", "2099-12-31", 1]]', 'BENCH',
                %(at)s, %(at)s
            from ledger.accounts
            cross join generate_series(1, greatest(1, %(entries)s / (select count(*) from ledger.accounts))) as extra
            order by customer_id, seq + extra
            """,
            {"entries": entries, "at": OPENED_AT + timedelta(days=1)},
        )
        owner.execute(
            """
            update ledger.accounts as account
            set seq = newest.seq, balance = account.balance + newest.seq - account.seq,
                lots = jsonb_set(lots, '{0,2}', to_jsonb((lots -> 0 ->> 2)::bigint + newest.seq - account.seq))
            from (select customer_id, max(seq) as seq from ledger.journal group by customer_id) as newest
            where newest.customer_id = account.customer_id
            """
        )
        owner.execute("alter table ledger.accounts enable trigger user")
        owner.execute("alter table ledger.journal enable trigger user")
        owner.commit()
        owner.autocommit = True
        owner.execute("vacuum analyze ledger.accounts")
        owner.execute("vacuum analyze ledger.journal")
        owner.execute("checkpoint")


def say(text: str) -> None:
    """Tell the person who waits; figures go to standard output, this does not."""
    import sys  # noqa: PLC0415

    print(text, file=sys.stderr, flush=True)
