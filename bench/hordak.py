"""``peer.hordak``: a ledger for Django from PyPI, on the same server in a database of its own."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys

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
    _call_worker(database, "prepare", 0)


def run_hordak(database: Database, server_pid: int, seconds: int) -> Load:
    """Let its threads award points, each award a transaction with two legs."""
    meter = Meter(server_pid)
    told = json.loads(_call_worker(database, "run", seconds))
    return describe_load(told["answered"], told["elapsed"], (told["used"], meter.read()[1]))


def _call_worker(database: Database, command: str, seconds: int) -> str:
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
    ended = subprocess.run(
        [sys.executable, "-m", "bench.hordak_worker"],
        input=json.dumps(orders),
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode != 0:
        raise BenchFailed(f"django-hordak failed: {ended.stderr.strip().splitlines()[-1]}")
    return ended.stdout
