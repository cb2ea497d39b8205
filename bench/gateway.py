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
from bench.load import Load
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

    def cpu_seconds(self) -> float:
        """What its process has used."""
        return cpu.family_seconds(self.pid)


@contextmanager
def open_gateway(stage: Stage, installation: Installation) -> Generator[RunningGateway]:
    """A gateway in a process of its own on an installation's database."""
    with installation.pool.connection() as conn:
        _, key = access.create_key(conn, "bench", [ApiScope.PURCHASES_WRITE])
    port = _find_port()
    log_file = stage.folder / "gateway.log"
    environment = os.environ | {
        "ENISHI_DATABASE_URL": installation.database.app_dsn,
        "ENISHI_MASTER_KEY": base64.b64encode(MASTER_KEY).decode(),
        "ENISHI_LOG_LEVEL": "warning",
    }
    command = [sys.executable, "-c", _SERVE, "serve", f"--port={port}", f"--data-dir={stage.folder / 'gateway'}"]
    with log_file.open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        _wait_until_ready(process, port, lambda: log_file.read_text("utf-8", "replace"))
        yield RunningGateway(process.pid, port, key, installation.customers)
    finally:
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def run_http_callers(gateway: RunningGateway, callers: int, seconds: int) -> Load:
    """Let so many connections send receipts, each its next one when the last one is answered."""
    orders = {
        "port": gateway.port,
        "key": gateway.key,
        "callers": callers,
        "seconds": seconds,
        "customers": gateway.customers,
        "run": next(_runs),
    }
    ended = subprocess.run(
        [sys.executable, "-m", "bench.http_callers"], input=json.dumps(orders), capture_output=True, text=True, check=False
    )
    if ended.returncode != 0:
        raise RuntimeError(f"the load on the gateway failed: {ended.stderr.strip().splitlines()[-1]}")
    told = json.loads(ended.stdout)
    return Load(told["answered"] / told["elapsed"], told["p50_ms"], told["p99_ms"], told["answered"])


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
    raise RuntimeError(f"the gateway did not start: {read_log()}")
