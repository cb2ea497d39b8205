"""``import.year``: a real retailer's year through the path of a till's call, against a bare COPY of the same rows."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import LiteralString

import psycopg
from psycopg import sql

from bench.figures import BenchFailed, Figure, say
from bench.sameness import require_proof
from bench.stage import Installation, Stage
from enishi.connectors import completejourney

NAME = "import.year"
_CONNECTIONS = 2
"""As many as the import itself uses."""
_BLOCK_BYTES = 1 << 18
# The largest first, so that the connections are done at about the same time.
_TABLES = (
    "purchases.purchases",
    "ledger.journal",
    "outbox.events",
    "ranks.progress",
    "ledger.accounts",
    "customers.identifiers",
    "customers.customers",
)
# Those of the preloaded customers were not written by the import.
_WRITTEN: dict[str, LiteralString] = {
    "ledger.journal": "purchase_id is not null",
    "ledger.accounts": "customer_id in (select customer_id from ledger.journal where purchase_id is not null)",
    "customers.identifiers": "customer_id in (select customer_id from ledger.journal where purchase_id is not null)",
    "customers.customers": "customer_id in (select customer_id from ledger.journal where purchase_id is not null)",
}


def measure_import(stage: Stage, receipts: int | None) -> Iterator[Figure]:
    """Replay the year, or ``receipts`` of it, once; then COPY the same rows into empty tables with the same indexes."""
    with stage.open_installation("import", publishes=False) as installation:
        with installation.pool.connection() as conn:
            completejourney.prepare_chain(conn, installation.context)
        stage.checkpoint()
        began = time.perf_counter()
        report = completejourney.replay(installation.pool, installation.context, receipts=receipts)
        replayed = time.perf_counter() - began
        if report.recorded != report.receipts:
            raise BenchFailed(f"Of {report.receipts} receipts {report.recorded} were recorded: {report.reasons}.")
        say(f"  {report.receipts:,} receipts in {replayed:.1f} s")
        require_proof(installation)
        copied = _copy_rows(stage, installation)
        say(f"  COPY of the same rows: {copied:.1f} s")
        yield Figure("peer.copy_year", report.receipts / copied, "receipts/s")
        yield Figure(NAME, report.receipts / replayed, "receipts/s", "peer.copy_year", copied / replayed)


def _copy_rows(stage: Stage, installation: Installation) -> float:
    """Seconds that the COPY of all rows takes, over as many connections as the import used."""
    with psycopg.connect(installation.admin_dsn, autocommit=True) as conn:
        conn.execute("create schema copied")
        for table in _TABLES:
            _export(conn, table, stage.folder / f"{table}.copy")
    stage.checkpoint()
    began = time.perf_counter()
    with ThreadPoolExecutor(_CONNECTIONS) as threads:
        list(threads.map(partial(_copy, installation.admin_dsn, stage.folder), _TABLES))
    return time.perf_counter() - began


def _export(conn: psycopg.Connection, table: str, path: Path) -> None:
    """Write the rows of a table to a file, and make an empty table of the same shape, checks and indexes."""
    source = sql.Identifier(*table.split("."))
    statement = sql.SQL("copy (select * from {} where {}) to stdout").format(
        source, sql.SQL(_WRITTEN.get(table, "true"))
    )
    with path.open("wb") as file, conn.cursor().copy(statement) as copy:
        for block in copy:
            file.write(block)
    conn.execute(sql.SQL("create table {} (like {} including all)").format(_copy_of(table), source))


def _copy(dsn: str, folder: Path, table: str) -> None:
    path = folder / f"{table}.copy"
    statement = sql.SQL("copy {} from stdin").format(_copy_of(table))
    with psycopg.connect(dsn) as conn, path.open("rb") as file, conn.cursor().copy(statement) as copy:
        while block := file.read(_BLOCK_BYTES):
            copy.write(block)
    path.unlink()


def _copy_of(table: str) -> sql.Identifier:
    return sql.Identifier("copied", table.split(".")[1])
