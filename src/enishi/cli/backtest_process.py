"""A process that works on back-tests while any wait, and ends: ``python -m enishi.cli.backtest_process``.

It is told on stdin, which stays open as long as the process that started it lives; when it closes, however that came
about, this one ends at once. What it was working on is taken on again by another.
"""

from __future__ import annotations

import base64
import os
import sys
import threading
from typing import IO, Final
from uuid import UUID

import msgspec
import psycopg
from msgspec import Struct
from psycopg import Connection
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from enishi import flows
from enishi.kit.collector import settle_collector
from enishi.kit.log import configure_logging, get_logger, log_failure
from enishi.kit.vault import Keyring

NICENESS: Final = 15
"""How far it stands back: tills come first."""
_FAILED: Final = 1
_SESSION: Final = "-c timezone=UTC -c jit=off -c lock_timeout=10s -c statement_timeout=10min"
_log = get_logger("backtest")


class Job(Struct, frozen=True):
    """What the process is told. Holds the database's password and the master key: for a pipe only."""

    dsn: str
    master_key: str
    runner: UUID


def _connect(dsn: str, options: str) -> Connection:
    given = str(conninfo_to_dict(dsn).get("options") or "")
    conninfo = make_conninfo(dsn, options=f"{given} {_SESSION} {options}".strip(), application_name="enishi backtest")
    return psycopg.connect(conninfo, prepare_threshold=1)


def work(job: Job) -> None:
    """Work on back-tests until none waits. Raises what the database does when it goes away."""

    def read() -> Connection:
        conn = _connect(job.dsn, "-c default_transaction_read_only=on")
        # Each statement is a transaction of its own, so nothing old has to be kept for it in between.
        conn.autocommit = True
        return conn

    def write() -> Connection:
        return _connect(job.dsn, "")

    context = flows.PurchaseContext(Keyring(base64.b64decode(job.master_key)))
    while flows.run_backtest(read, write, context, job.runner):
        pass


def _end_with(parent: IO[bytes]) -> None:
    """End when the pipe of the process that started this one closes."""
    parent.read()
    os._exit(_FAILED)


def main() -> None:
    """Work as told on stdin."""
    os.nice(NICENESS)
    configure_logging("warning")
    settle_collector()
    line = sys.stdin.buffer.readline()
    if not line:
        return
    threading.Thread(target=_end_with, args=(sys.stdin.buffer,), name="parent", daemon=True).start()
    try:
        work(msgspec.json.decode(line, type=Job))
    except Exception as error:  # noqa: BLE001 - whoever started this process sees how it ended, and puts the work back
        log_failure(_log, "back-tests stopped", error)
        code = _FAILED
    else:
        code = 0
    # The thread at the pipe would keep an orderly end waiting.
    os._exit(code)


if __name__ == "__main__":
    main()
