"""The gateway under load: ``enishi serve`` as it is run in production, called by a lean process of its own."""

from __future__ import annotations

import base64
import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from itertools import count

from msgspec import Struct

from bench import cpu
from bench.figures import BenchFailed
from bench.load import Load, describe_load
from bench.stage import MASTER_KEY, Installation, Stage
from enishi import access
from enishi.access import ApiScope

_START_SECONDS = 60.0
_STOP_SECONDS = 40.0
_runs = count(1)
_SERVE = "from enishi.cli import main; main()"


class RunningGateway(Struct, frozen=True):
    """A gateway that answers on 127.0.0.1 at ``port`` to whoever presents ``key``."""

    pid: int
    port: int
    key: str
    customers: int
    server_pid: int

    def cpu_seconds(self) -> float:
        """What its process has used."""
        return cpu.process_seconds(self.pid)


@contextmanager
def open_gateway(stage: Stage, installation: Installation) -> Generator[RunningGateway]:
    """A gateway in a process of its own on an installation's database."""
    with installation.pool.connection() as conn:
        _, key = access.create_key(conn, "bench", [ApiScope.PURCHASES_WRITE])
    port = _find_port()
    log_file = stage.folder / "gateway.log"
    # Nothing of the caller's own Enishi, but for where the programs of PostgreSQL are.
    kept = {name: value for name, value in os.environ.items() if name == "ENISHI_PG_BIN" or "ENISHI_" not in name}
    environment = kept | {
        "ENISHI_DATABASE_URL": installation.database.app_dsn,
        "ENISHI_MASTER_KEY": base64.b64encode(MASTER_KEY).decode(),
        "ENISHI_LOG_LEVEL": "warning",
    }
    command = [sys.executable, "-c", _SERVE, "serve", f"--port={port}", f"--data-dir={stage.folder / 'gateway'}"]
    with log_file.open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        _wait_until_ready(process, port, lambda: log_file.read_text("utf-8", "replace"))
        yield RunningGateway(process.pid, port, key, installation.customers, installation.server_pid)
    finally:
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def run_http_callers(gateway: RunningGateway, callers: int, seconds: int) -> Load:
    """Let so many connections send receipts, each its next one when the last one is answered.

    The CPU outside the server is the gateway's; that of the callers, in a process of their own, is not counted.
    """
    orders = {
        "port": gateway.port,
        "key": gateway.key,
        "callers": callers,
        "seconds": seconds,
        "customers": gateway.customers,
        "run": next(_runs),
    }
    meter = cpu.Meter(gateway.server_pid, gateway.cpu_seconds)
    ended = subprocess.run(
        [sys.executable, "-m", "bench.http_callers"],
        input=json.dumps(orders),
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode != 0:
        raise BenchFailed(f"the load on the gateway failed: {ended.stderr.strip().splitlines()[-1]}")
    told = json.loads(ended.stdout)
    return describe_load(len(told["latencies"]), told["elapsed"], meter.read(), told["latencies"])


def _find_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_until_ready(process: subprocess.Popen[bytes], port: int, read_log: Callable[[], str]) -> None:
    give_up_at = time.monotonic() + _START_SECONDS
    while time.monotonic() < give_up_at:
        if process.poll() is not None:
            break
        conn = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            conn.request("GET", "/readyz")
            if conn.getresponse().status == http.client.OK:
                return
        except OSError:
            pass
        finally:
            conn.close()
        time.sleep(0.1)
    raise BenchFailed(f"the gateway did not start: {read_log()}")
