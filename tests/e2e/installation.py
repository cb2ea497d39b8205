"""An installation as its operator has it: a data folder, the ``enishi`` command, and the processes that come of it.

Nothing here reaches into the product: it is started, asked over HTTP, killed, and looked at from the outside.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil
import psycopg
from psycopg.conninfo import make_conninfo

Json = dict[str, Any]

_ENISHI = Path(sys.executable).with_name("enishi")
_READY_SECONDS = 60.0
# Below the ports that the system hands out to outgoing connections, so that a port stays free while nothing listens.
_PORTS = range(18_000, 25_000)


def wait_until(holds: Callable[[], bool], seconds: float, what: str) -> None:
    """Wait until a condition holds, or fail saying ``what`` did not come true."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"{what}: not within {seconds:.0f} s"
        time.sleep(0.02)


def free_port() -> int:
    """A port of 127.0.0.1 that nothing listens on; at random, since other tests may be looking for one too."""
    while True:
        port = secrets.choice(_PORTS)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def command_of(process: psutil.Process) -> str:
    """The command line of a process, which PostgreSQL's processes rewrite to say what they are; empty when it ended."""
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


class Installation:
    """A data folder and everything that is done to it. ``environ`` is added to the environment of every command."""

    def __init__(self, data_dir: Path, api_key: str, **environ: str) -> None:
        self.data_dir = data_dir
        self.api_key = api_key
        self.environ = environ
        self.port = free_port()
        self._started: list[Running] = []

    @property
    def cluster(self) -> Path:
        """PostgreSQL's own data directory."""
        return self.data_dir / "postgres" / "cluster"

    def run(self, *arguments: str | Path, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            [_ENISHI, *arguments, "--data-dir", self.data_dir],
            env=self._environment(environ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def start(self, *arguments: str, **environ: str) -> Running:
        """Start ``enishi serve``, or another command that goes on until it is stopped, without waiting for it."""
        command = arguments or ("serve",)
        running = Running(self, command, self._environment(environ))
        self._started.append(running)
        return running

    def serve(self, **environ: str) -> Running:
        """Start ``enishi serve`` and wait until it is ready."""
        running = self.start(**environ)
        running.wait_until_ready()
        return running

    def post(self, path: str, body: Json) -> tuple[int, Json]:
        """Send a body to the running gateway; status and document of its answer."""
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            headers = {"Authorization": f"Bearer {self.api_key}", "Content-Type": "application/json"}
            connection.request("POST", path, json.dumps(body), headers)
            response = connection.getresponse()
            return response.status, json.loads(response.read())

    def connect(self, role: str = "enishi_app", database: str = "enishi") -> psycopg.Connection:
        """A connection to the running embedded database, beside the product."""
        notes = json.loads((self.data_dir / "postgres.json").read_text(encoding="utf-8"))
        return psycopg.connect(
            make_conninfo(
                host="127.0.0.1", port=notes["port"], user=role, password=notes["passwords"][role], dbname=database
            ),
            autocommit=True,
        )

    def postmaster(self) -> psutil.Process:
        """PostgreSQL's first process."""
        return psutil.Process(int((self.cluster / "postmaster.pid").read_text(encoding="ascii").split()[0]))

    def processes(self) -> list[psutil.Process]:
        """Every process that belongs to this installation: those that name its folder, and those that live in it."""
        return [process for process in psutil.process_iter() if self._owns(process)]

    def wait_for_no_process(self, seconds: float = 20.0) -> None:
        """Fail unless everything of this installation ends by itself within a time."""
        wait_until(lambda: not self.processes(), seconds, f"no process left on {self.data_dir}")

    def kill_everything(self) -> None:
        """Leave nothing behind, whatever a test did."""
        for running in self._started:
            running.kill()
        for process in self.processes():
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        self.wait_for_no_process()

    def verify(self) -> Json:
        """What ``enishi verify --json`` says; it must have found nothing."""
        proven = self.run("verify", "--json")
        assert proven.returncode == 0, proven.stdout + proven.stderr
        return json.loads(proven.stdout)

    def _owns(self, process: psutil.Process) -> bool:
        folder = str(self.data_dir)
        try:
            if process.status() == psutil.STATUS_ZOMBIE:
                return False
            return folder in command_of(process) or f"{process.cwd()}/".startswith(f"{folder}/")
        except psutil.Error:
            return False

    def _environment(self, environ: dict[str, str]) -> dict[str, str]:
        """That of this process, without what would lead Enishi elsewhere."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if name == "ENISHI_PG_BIN" or not name.startswith(("ENISHI_", "PG", "PYTHON"))
        }
        return kept | {"ENISHI_PORT": str(self.port), "NO_COLOR": "1"} | self.environ | environ


class Running:
    """A command that was started. As a context manager it is killed at the end if it still runs."""

    def __init__(self, installation: Installation, command: tuple[str, ...], environ: dict[str, str]) -> None:
        self._installation = installation
        self._log = installation.data_dir.parent / f"{installation.data_dir.name}-{time.monotonic_ns()}.log"
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [_ENISHI, *command, "--data-dir", installation.data_dir],
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.kill()

    @property
    def words(self) -> str:
        """What it has said so far, on both streams."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    def wait_until_ready(self, seconds: float = _READY_SECONDS) -> None:
        """Wait until it says over HTTP that it is ready; fail when it ends instead."""

        def is_ready() -> bool:
            assert self.process.poll() is None, self.words
            return self.is_ready()

        wait_until(is_ready, seconds, f"ready; it said: {self.words}")

    def is_ready(self) -> bool:
        """Whether it is this process that listens, and ``/readyz`` answers 200."""
        if not self._listens():
            return False
        with contextlib.closing(
            http.client.HTTPConnection("127.0.0.1", self._installation.port, timeout=5)
        ) as connection:
            try:
                connection.request("GET", "/readyz")
                return connection.getresponse().status == 200
            except (OSError, http.client.HTTPException):
                return False

    def _listens(self) -> bool:
        try:
            sockets = psutil.Process(self.process.pid).net_connections("tcp")
        except psutil.Error:
            return False
        return any(one.status == psutil.CONN_LISTEN and one.laddr.port == self._installation.port for one in sockets)

    def kill(self) -> None:
        """``kill -9``."""
        self.process.kill()
        self.process.wait()

    def stop(self, number: signal.Signals = signal.SIGTERM, seconds: float = 30.0) -> int:
        """Ask it to stop, wait for its end, and give the exit code."""
        self.process.send_signal(number)
        return self.wait(seconds)

    def wait(self, seconds: float = 30.0) -> int:
        """Wait for its end and give the exit code."""
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"it did not end within {seconds:.0f} s; it said: {self.words}") from None
