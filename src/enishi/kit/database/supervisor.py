"""The embedded PostgreSQL server: made on first use, kept alive while Enishi runs, stopped in order.

Invariant: at most one server runs on a data folder, it is our child, and it does not outlive us. If Enishi is killed,
the kernel asks the server to shut down; what is left of it by the next start is stopped before a new one begins.
"""

from __future__ import annotations

import contextlib
import logging
import os
import threading
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal, Self

from psycopg.conninfo import make_conninfo

from enishi.kit.database.accounts import choose_account
from enishi.kit.database.binaries import find_binaries, reachable_binaries
from enishi.kit.database.bootstrap import bootstrap
from enishi.kit.database.cluster import ensure_cluster, write_settings
from enishi.kit.database.folder import (
    choose_port,
    choose_socket_folder,
    lock_folder,
    make_home,
    open_folder,
    read_notes,
    write_notes,
)
from enishi.kit.database.postmaster import Place, Postmaster, ServerExited, ServerSlow, end_leftovers
from enishi.kit.database.refusals import DiskFull, PortTaken, ServerFailed, StartupRefusal, refusal_of
from enishi.kit.database.server_log import ServerLog

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path
    from types import TracebackType

    from enishi.kit.database.binaries import Binaries

_log = logging.getLogger(__name__)

# Recovery after a crash replays up to max_wal_size of WAL, which takes minutes on a slow disk.
START_LIMIT_SECONDS: Final = 900.0
# A fast shutdown writes out the buffers first.
STOP_PATIENCE_SECONDS: Final = 60.0
_RESTART_ATTEMPTS: Final = 8
_LONGEST_BACK_OFF_SECONDS: Final = 10.0
_FULL_DISK_PAUSE_SECONDS: Final = 3.0
_SHORTEST_LIFE_SECONDS: Final = 1.0
_PORT_RACES: Final = 3


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """Something that happened to the server unasked.

    ``died``: it ended by itself or was killed. ``restarted``: it takes connections again. ``restart-failed``: one
    attempt did not succeed, another follows. ``gave-up``: no further attempt is made; Enishi should stop.
    """

    kind: Literal["died", "restarted", "restart-failed", "gave-up"]
    detail: str


def log_event(event: ServerEvent) -> None:
    """What is done with an event when nobody asked for it: it goes to the log."""
    _log.log(
        logging.INFO if event.kind == "restarted" else logging.ERROR,
        "embedded PostgreSQL %s: %s",
        event.kind,
        event.detail,
    )


class EmbeddedServer:
    """PostgreSQL on ``data_dir``, listening on 127.0.0.1 at ``port`` (None: a free one, remembered) and a Unix socket.

    A context manager; ``start`` and ``stop`` do the same by hand. ``on_event`` is called from the watching thread and
    must not block. ``durable=False`` is for tests: fast, and what it holds does not survive a crash.
    """

    def __init__(
        self,
        data_dir: Path,
        port: int | None = None,
        *,
        on_event: Callable[[ServerEvent], None] = log_event,
        durable: bool = True,
    ) -> None:
        self._data_dir = data_dir
        self._requested_port = port
        self._on_event = on_event
        self._durable = durable
        self._stopping = threading.Event()
        self._settled = threading.Event()
        self._guard = threading.Lock()
        self._refusal: StartupRefusal | None = None
        self._postmaster: Postmaster | None = None
        self._watcher: threading.Thread | None = None
        self._open = contextlib.ExitStack()

    def start(self) -> None:
        """Start and return once it takes connections. Raises ``StartupRefusal``, and then nothing is left running."""
        with contextlib.ExitStack() as opened:
            self._folder = open_folder(self._data_dir)
            opened.callback(os.close, lock_folder(self._folder))
            account = choose_account(self._folder.home)
            originals = find_binaries()
            self._binaries = reachable_binaries(originals, account)
            self._notes = read_notes(self._folder)
            make_home(self._folder, account)
            end_leftovers(self._folder.cluster, STOP_PATIENCE_SECONDS)
            self._place = Place(self._folder.home, account)
            opened.callback(self._place.close)
            ensure_cluster(
                self._folder, self._place, self._binaries, self._notes.passwords["postgres"], durable=self._durable
            )
            self.socket_folder = choose_socket_folder(self._folder, account)
            opened.callback(self._leave_socket_folder)
            self._start_on_a_port()
            self._open = opened.pop_all()

    def stop(self) -> None:
        """Stop the server by a fast shutdown and let go of the data folder. Does nothing when it does not run."""
        self._stopping.set()
        with self._guard:
            postmaster = self._postmaster
        if postmaster is not None:
            postmaster.stop(STOP_PATIENCE_SECONDS)
        if self._watcher is not None:
            self._watcher.join()
            self._watcher = None
        self._open.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """The process id of the server's first process at present. It changes when the server had to be restarted."""
        with self._guard:
            if self._postmaster is None:
                raise RuntimeError("the server was not started")
            return self._postmaster.pid

    @property
    def binaries(self) -> Binaries:
        """The programs it runs from, among them pg_dump."""
        return self._binaries

    def dsn(self, role: Literal["postgres", "enishi_owner", "enishi_app"], database: str = "enishi") -> str:
        """A libpq connection string for one of the server's roles, over the Unix socket."""
        return make_conninfo(
            host=str(self.socket_folder),
            port=self.port,
            user=role,
            password=self._notes.passwords[role],
            dbname=database,
        )

    def bootstrap(self) -> None:
        """Make the roles and the database that are missing."""
        bootstrap(self.dsn("postgres", "postgres"), self._notes.passwords)

    def _leave_socket_folder(self) -> None:
        """A socket folder outside the data folder is for one run; it stays only if something is still in it."""
        if not self.socket_folder.is_relative_to(self._folder.root):
            with contextlib.suppress(OSError):
                self.socket_folder.rmdir()

    def _start_on_a_port(self) -> None:
        """Start the watcher, which starts the server; choose again when a port we picked was snatched meanwhile."""
        for attempt in range(1, _PORT_RACES + 1):
            self.port = choose_port(self._requested_port, self._notes.port)
            try:
                self._start_watcher()
            except PortTaken:
                if self._requested_port is not None or attempt == _PORT_RACES:
                    raise
            else:
                break
        if self._notes.port != self.port:
            self._notes = replace(self._notes, port=self.port)
            write_notes(self._folder, self._notes)

    def _start_watcher(self) -> None:
        """The server is started by the thread that watches it, since it lives no longer than the thread it is from."""
        self._stopping.clear()
        self._settled.clear()
        self._refusal = None
        self._watcher = threading.Thread(target=self._watch, name="enishi-postgres", daemon=True)
        self._watcher.start()
        try:
            self._settled.wait()
        except BaseException:
            # Ctrl-C while it starts: leave nothing behind.
            self.stop()
            raise
        if self._refusal is not None:
            self._watcher.join()
            raise self._refusal

    def _watch(self) -> None:
        try:
            postmaster = self._launch()
        except StartupRefusal as refusal:
            self._refusal = refusal
            return
        finally:
            self._settled.set()
        while postmaster is not None:
            began = time.monotonic()
            exit_code = postmaster.wait()
            if self._stopping.is_set():
                return
            self._on_event(ServerEvent("died", f"process {postmaster.pid} ended with code {exit_code}"))
            # A server that dies as soon as it is up must not keep the machine busy with restarts.
            self._stopping.wait(max(0.0, _SHORTEST_LIFE_SECONDS - (time.monotonic() - began)))
            postmaster = self._restart()

    def _restart(self) -> Postmaster | None:
        """The server again after it died; None when Enishi stops, or when it can not be brought back."""
        attempt = 0
        while attempt < _RESTART_ATTEMPTS:
            if self._stopping.is_set():
                return None
            try:
                postmaster = self._launch()
            except DiskFull as refusal:
                # Somebody will make room, sooner or later; until then there is nothing that a stop would better.
                self._on_event(ServerEvent("restart-failed", str(refusal)))
                self._stopping.wait(_FULL_DISK_PAUSE_SECONDS)
            except StartupRefusal as refusal:
                attempt += 1
                self._on_event(ServerEvent("restart-failed", f"attempt {attempt}: {refusal}"))
                self._stopping.wait(min(_LONGEST_BACK_OFF_SECONDS, 0.1 * 2**attempt))
            else:
                if postmaster is not None:
                    self._on_event(ServerEvent("restarted", f"process {postmaster.pid} takes connections"))
                return postmaster
        self._on_event(ServerEvent("gave-up", f"{_RESTART_ATTEMPTS} attempts to restart PostgreSQL failed"))
        return None

    def _launch(self) -> Postmaster | None:
        """One start, to readiness. None when a stop was asked for meanwhile."""
        folder = self._folder
        end_leftovers(folder.cluster, STOP_PATIENCE_SECONDS)
        try:
            for stale in self.socket_folder.glob(".s.PGSQL.*"):
                stale.unlink(missing_ok=True)
        except OSError as error:
            raise refusal_of(error, folder.root) from error
        sockets = self.socket_folder
        if sockets.is_relative_to(folder.home):
            sockets = self._place.path / sockets.relative_to(folder.home)
        write_settings(folder, self._place, sockets, self.port, durable=self._durable)
        with ServerLog(folder) as log:
            with self._guard:
                if self._stopping.is_set():
                    return None
                postmaster = self._postmaster = Postmaster(self._spawn(log.descriptor), folder.cluster)
            try:
                postmaster.wait_until_ready(START_LIMIT_SECONDS)
            except ServerExited as exited:
                if self._stopping.is_set():
                    return None
                if exited.exit_code < 0:
                    reason = f"signal {-exited.exit_code} ended it"
                    raise ServerFailed(reason, folder.log_file) from None
                raise log.refusal(port=self.port, major=self._binaries.major) from None
            except ServerSlow:
                postmaster.stop(STOP_PATIENCE_SECONDS)
                raise ServerFailed(f"it was not ready within {START_LIMIT_SECONDS:.0f} s", folder.log_file) from None
        return postmaster

    def _spawn(self, output: int) -> subprocess.Popen[bytes]:
        cluster = self._place.path / self._folder.cluster.name
        try:
            return self._place.spawn([self._binaries.program("postgres"), "-D", cluster], output)
        except OSError as error:
            # Too many processes, or a program that was removed: told as a failed start, which the watcher survives.
            raise ServerFailed(error.strerror or type(error).__name__, self._folder.log_file) from error
