"""The peer: pgbench, whose every transaction records one receipt by one function in the server."""

from __future__ import annotations

import os
import re
import subprocess
from itertools import count
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict

from bench.load import Load
from bench.stage import Installation, Stage

CLIENTS = 16
_FUNCTION = Path(__file__).with_name("peer_record.sql")
# A number that grows by one, as each till's receipts do: random ones would make the peer's index entries dearer.
_SCRIPT = """\
\\set number random(0, {last})
\\set price random(100, 3000)
\\set n :n + 1
select bench.record(:number, 'P{run:04}-' || lpad((:client_id)::text, 3, '0') || '-' || lpad((:n)::text, 6, '0'), :price, {used});
"""
# The settings that the product's own pool asks for.
_OPTIONS = "-c jit=off -c plan_cache_mode=force_generic_plan -c timezone=UTC"
_runs = count(1)
_TPS = re.compile(r"tps = ([0-9.]+)")
_DONE = re.compile(r"number of transactions actually processed: ([0-9]+)")


def install_peer(installation: Installation) -> None:
    """Make the peer's function in an installation."""
    with psycopg.connect(installation.admin_dsn) as conn:
        conn.execute(_FUNCTION.read_text(encoding="utf-8"))


def run_peer(stage: Stage, installation: Installation, seconds: int, points_to_use: int = 0) -> Load:
    """Let pgbench record receipts for so many seconds, over the Unix socket, with prepared statements."""
    script = stage.folder / "peer.pgbench"
    script.write_text(
        _SCRIPT.format(last=installation.customers - 1, run=next(_runs), used=points_to_use), encoding="utf-8"
    )
    dsn = conninfo_to_dict(installation.database.app_dsn)
    environment = os.environ | {
        "PGHOST": str(dsn["host"]),
        "PGPORT": str(dsn["port"]),
        "PGUSER": str(dsn["user"]),
        "PGPASSWORD": str(dsn["password"]),
        "PGDATABASE": str(dsn["dbname"]),
        "PGOPTIONS": _OPTIONS,
    }
    command = [
        *(stage.program("pgbench"), "--no-vacuum", "--protocol=prepared", f"--client={CLIENTS}", "--jobs=2"),
        *("--define=n=0", f"--time={seconds}", f"--file={script}"),
    ]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    rate, done = _TPS.search(ended.stdout), _DONE.search(ended.stdout)
    if ended.returncode != 0 or rate is None or done is None:
        reasons = [line for line in ended.stderr.splitlines() if "ERROR" in line] or [ended.stderr.strip()]
        raise RuntimeError(f"pgbench failed: {reasons[0]}")
    return Load(float(rate[1]), None, None, int(done[1]))
