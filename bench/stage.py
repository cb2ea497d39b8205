"""The stage of a measurement: one durable server, and installations on it whose customers are there already.

The customers are loaded once into a template; an installation is a copy of it, so that measurements do not meet each
other's rows, and two of them can be compared by turns on one server. Nothing outlives the stage.
"""

from __future__ import annotations

import os
import time
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from msgspec import Struct
from psycopg import sql
from psycopg_pool import ConnectionPool

from bench import filling
from bench.figures import BenchFailed, say
from enishi import program
from enishi.flows import PurchaseContext
from enishi.kit.collector import settle_collector
from enishi.kit.database import Database, EmbeddedServer, migrate, open_pool
from enishi.kit.vault import Keyring

MASTER_KEY = bytes(range(32))
OPENED_AT = datetime(2020, 1, 1, tzinfo=UTC)
_TEMPLATE = "enishi"
_FLUSHES = 50


class Installation(Struct, frozen=True):
    """A database of its own, and what the product needs to work on it."""

    database: Database
    admin_dsn: str
    """The administrator's connection string, for what no role of the product may do."""
    pool: ConnectionPool[psycopg.Connection]
    context: PurchaseContext
    customers: int
    server_pid: int
    """The first process of the server it is on."""


class Stage:
    """A running server whose template holds ``customers`` customers; see ``open_stage``."""

    def __init__(self, server: EmbeddedServer, folder: Path, keyring: Keyring, customers: int) -> None:
        self.server = server
        self.folder = folder
        self.keyring = keyring
        self.customers = customers

    def program(self, name: str) -> Path:
        """The path of one of the server's own programs."""
        return self.server.binaries.program(name)

    @contextmanager
    def open_database(self, name: str, *, empty: bool = False) -> Generator[Database]:
        """A copy of the template, or an empty database, while the context lasts."""
        statement = sql.SQL("create database {} template {} owner enishi_owner strategy file_copy").format(
            sql.Identifier(name), sql.Identifier("template1" if empty else _TEMPLATE)
        )
        with self._administer() as admin:
            admin.execute(statement)
        try:
            yield Database(app_dsn=self.server.dsn("enishi_app", name), owner_dsn=self.server.dsn("enishi_owner", name))
        finally:
            with self._administer() as admin:
                admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))

    @contextmanager
    def open_installation(self, name: str, *, history: int = 0, publishes: bool = True) -> Generator[Installation]:
        """A copy of the template with a programme in force and ``history`` further journal entries behind it.

        ``publishes=False`` leaves it to the caller to publish a programme.
        """
        with self.open_database(name) as database:
            admin_dsn = self.server.dsn("postgres", name)
            if history:
                began = time.perf_counter()
                filling.fill_history(admin_dsn, self.customers, history)
                say(f"{history:,} journal entries put behind the customers in {time.perf_counter() - began:.0f} s")
            with open_pool(database.app_dsn, min_size=2, max_size=12) as pool:
                if publishes:
                    with pool.connection() as conn:
                        settings = program.default_settings("Bench")
                        program.publish_version(conn, settings, OPENED_AT, "system", "Opening of the bench", OPENED_AT)
                yield Installation(
                    database, admin_dsn, pool, PurchaseContext(self.keyring), self.customers, self.server.pid
                )

    def require_durability(self) -> None:
        """Raise unless a commit of this server is one that survives a loss of power."""
        with self._administer() as admin:
            for name in ("fsync", "synchronous_commit", "full_page_writes"):
                row = admin.execute("select current_setting(%s)", (name,)).fetchone()
                if row != ("on",):
                    raise BenchFailed(f"The server runs with {name} {row and row[0]}: its writes are not durable.")

    def checkpoint(self) -> None:
        """Write back what preparations left dirty, so that no measurement pays for it."""
        with self._administer() as admin:
            admin.execute("checkpoint")

    @contextmanager
    def _administer(self) -> Generator[psycopg.Connection]:
        with psycopg.connect(self.server.dsn("postgres", "postgres"), autocommit=True) as admin:
            yield admin


@contextmanager
def open_stage(folder: Path, customers: int) -> Generator[Stage]:
    """A fresh server in ``folder`` with fsync on and a template of ``customers`` customers.

    Each holds a card and one lot of a million points. Raises ``StartupRefusal`` when there can be no server.
    """
    keyring = Keyring(MASTER_KEY)
    with EmbeddedServer(folder) as server:
        server.bootstrap()
        migrate(server.dsn("enishi_owner"))
        began = time.perf_counter()
        filling.fill_customers(server.dsn("postgres"), keyring, customers)
        say(f"{customers:,} customers preloaded in {time.perf_counter() - began:.0f} s")
        stage = Stage(server, folder, keyring, customers)
        stage.require_durability()
        settle_collector()  # as every process of the product does after its start
        yield stage


def describe_ground(folder: Path) -> Iterable[str]:
    """What the figures stand on, for the person who reads them: the machine's cores, load and disk."""
    load, _, _ = os.getloadavg()
    yield f"{os.cpu_count()} cores, load {load:.1f} before the first measurement"
    yield f"a flush of 8 kB to the disk of {folder} takes {_flush_ms(folder):.2f} ms (median)"
    if _lies_in_memory(folder):
        yield (
            "WARNING: that folder lies in memory, where a flush costs nothing; name one on a disk with --folder, "
            "or the figures say nothing about durable writes"
        )


def _flush_ms(folder: Path) -> float:
    taken: list[float] = []
    path = folder / "flush"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        for _ in range(_FLUSHES):
            began = time.perf_counter()
            os.pwrite(descriptor, b"\0" * 8_192, 0)
            os.fdatasync(descriptor)
            taken.append(time.perf_counter() - began)
    finally:
        os.close(descriptor)
        path.unlink()
    return sorted(taken)[_FLUSHES // 2] * 1_000


def _lies_in_memory(folder: Path) -> bool:
    """Whether the folder is on a file system that has no disk below it."""
    mounts = [line.split() for line in Path("/proc/mounts").read_text(encoding="utf-8").splitlines()]
    resolved = folder.resolve()
    holding = [fields for fields in mounts if resolved.is_relative_to(fields[1])]
    return max(holding, key=lambda fields: len(fields[1]))[2] in {"tmpfs", "ramfs"}
