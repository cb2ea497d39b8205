"""The peer: pgbench, whose every transaction records one receipt by one function in the server."""

from __future__ import annotations

import os
import re
import subprocess
from functools import partial
from itertools import count, pairwise
from pathlib import Path

import msgspec
import psycopg
from psycopg.conninfo import conninfo_to_dict

from bench.cpu import Meter, process_seconds
from bench.figures import BenchFailed
from bench.load import Load, describe_load
from bench.stage import Installation, Stage

CLIENTS = 16
_FUNCTION = Path(__file__).with_name("peer_record.sql")
# A number that grows by one, as each till's receipts do: random ones would make the peer's index entries dearer.
_SCRIPT = """\
\\set number random(0, {last})
\\set price random(100, 3000)
\\set n :n + 1
select bench.record(
    :number, 'P{run:04}-' || lpad(:client_id::text, 3, '0') || '-' || lpad(:n::text, 6, '0'), :price, {used}
);
"""
# The settings that the product's own pool asks for.
_OPTIONS = "-c jit=off -c plan_cache_mode=force_generic_plan -c timezone=UTC"
_runs = count(1)
_PROGRESS = re.compile(r"progress: ([0-9.]+) s, ([0-9.]+) tps")
_DONE = re.compile(r"number of transactions actually processed: ([0-9]+)")


def install_peer(installation: Installation) -> None:
    """Make the peer's function in an installation."""
    with psycopg.connect(installation.admin_dsn) as conn:
        conn.execute(_FUNCTION.read_bytes())


def run_peer(
    stage: Stage, installation: Installation, seconds: int, points_to_use: int = 0, *, guarded: bool = True
) -> Load:
    """Let pgbench record receipts for so many seconds, over the Unix socket, with prepared statements.

    Not ``guarded`` means as the administrator and past the triggers that hold the ledger together.
    """
    script = stage.folder / "peer.pgbench"
    script.write_text(
        _SCRIPT.format(last=installation.customers - 1, run=next(_runs), used=points_to_use), encoding="utf-8"
    )
    dsn = conninfo_to_dict(installation.database.app_dsn if guarded else installation.admin_dsn)
    if not str(dsn["host"]).startswith("/"):
        raise BenchFailed("The peer would not go over the Unix socket, as the product does.")
    environment = os.environ | {
        "PGHOST": str(dsn["host"]),
        "PGPORT": str(dsn["port"]),
        "PGUSER": str(dsn["user"]),
        "PGPASSWORD": str(dsn["password"]),
        "PGDATABASE": str(dsn["dbname"]),
        "PGOPTIONS": _OPTIONS if guarded else f"{_OPTIONS} -c session_replication_role=replica",
    }
    command = [
        *(stage.program("pgbench"), "--no-vacuum", "--protocol=prepared", f"--client={CLIENTS}", "--jobs=2"),
        # A second more than is counted at the beginning, and one at the end, whose progress may not be told.
        *("--define=n=0", f"--time={seconds + 2}", "--progress=1", f"--file={script}"),
    ]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        try:
            told, used, words = _listen(process, installation.server_pid, seconds + 1)
        except BaseException:
            process.kill()
            raise
        done = _DONE.search(process.stdout.read() if process.stdout else "")
    if process.returncode != 0 or done is None or len(told) <= seconds:
        reasons = [line for line in words if "ERROR" in line] or words
        raise BenchFailed(f"pgbench failed: {reasons[0].strip()}")
    elapsed = told[-1][0] - told[0][0]
    counted = sum(rate * (at - before) for (before, _), (at, rate) in pairwise(told))
    load = describe_load(round(counted), elapsed, used)
    return msgspec.structs.replace(load, answered=int(done[1]))


def _listen(
    process: subprocess.Popen[str], server_pid: int, reports: int
) -> tuple[list[tuple[float, float]], tuple[float, float], list[str]]:
    """What pgbench tells each second (seconds since it began, transactions a second), CPU used, and all its words.

    Counted is from the first of so many reports to the last. Before it connects, and sixteen sessions plan what the
    product's have long planned; after them the sessions end.
    """
    meter: Meter | None = None
    used = (0.0, 0.0)
    told: list[tuple[float, float]] = []
    words: list[str] = []
    for line in process.stderr or ():
        words.append(line)
        if len(told) < reports and (progress := _PROGRESS.match(line)):
            told.append((float(progress[1]), float(progress[2])))
            if meter is None:
                meter = Meter(server_pid, partial(process_seconds, process.pid))
            used = meter.read()
    return told, used, words
