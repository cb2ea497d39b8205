"""``peer.hordak``: a ledger for Django from PyPI, on the same server in a database of its own."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from psycopg.conninfo import conninfo_to_dict

from bench.cpu import Meter
from bench.figures import BenchFailed
from bench.load import Load, describe_load
from enishi.kit.database import Database

CALLERS = 16
MISSING = "django-hordak is not installed, so there is no peer.hordak: run `uv sync --locked --group bench` to have it."


def has_hordak() -> bool:
    """Whether the peer is installed."""
    return importlib.util.find_spec("hordak") is not None


def prepare_hordak(database: Database) -> None:
    """Migrate its database and open its accounts."""
    with _worker(database, "prepare", 0):
        pass


def run_hordak(database: Database, server_pid: int, seconds: int) -> Load:
    """Let its threads award points, each award a transaction with two legs."""
    meter = Meter(server_pid)
    with _worker(database, "run", seconds) as told:
        return describe_load(told["answered"], told["elapsed"], (told["used"], meter.read()[1]))


@contextmanager
def _worker(database: Database, command: str, seconds: int) -> Generator[dict[str, Any]]:
    """What the worker tells once it is done; its sessions stay open while the context lasts."""
    dsn = conninfo_to_dict(database.owner_dsn or "")
    orders = {
        "command": command,
        "seconds": seconds,
        "callers": CALLERS,
        "database": {
            "NAME": dsn["dbname"],
            "USER": dsn["user"],
            "PASSWORD": dsn["password"],
            "HOST": dsn["host"],
            "PORT": str(dsn["port"]),
        },
    }
    with subprocess.Popen(
        [sys.executable, "-m", "bench.hordak_worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        if process.stdin is None or process.stdout is None or process.stderr is None:
            raise AssertionError("All three streams were asked for.")
        try:
            process.stdin.write(json.dumps(orders) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
            if line:
                yield json.loads(line)
        except BaseException:
            process.kill()
            raise
        process.stdin.close()
        words = process.stderr.read()
    if not line or process.returncode != 0:
        reasons = words.strip().splitlines() or ["it said nothing"]
        raise BenchFailed(f"django-hordak failed: {reasons[-1]}")
