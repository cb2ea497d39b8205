"""One run of PostgreSQL's first process: start it, know when it is ready, stop it, find one that an earlier run left.

The server is started with the data folder as an open directory handle when root steps down to another user. The
kernel lets a process enter ``/proc/self/fd/N`` without asking for rights on the folders above, so the data may lie
below a folder (a checkout in ``/root``) that this user can not enter, and the user gains nothing but this one folder.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from enishi.kit.database.refusals import StartupRefusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enishi.kit.database.accounts import Account

_POLL_SECONDS: Final = 0.02
_LAUNCHER: Final = Path(__file__).with_name("launch.py")
_PID_LINE, _STATUS_LINE = 0, 7


class ServerExited(Exception):  # noqa: N818 - it names what happened
    """The server ended before it was ready, with ``exit_code``, negative for a signal; its log says why."""

    def __init__(self, exit_code: int) -> None:
        super().__init__(exit_code)
        self.exit_code = exit_code


class ServerSlow(Exception):  # noqa: N818 - it names what happened
    """The server is alive but not ready within the limit."""


class Place:
    """A folder as a program under ``account`` can reach it: by its path, or through an open handle of ours."""

    def __init__(self, folder: Path, account: Account | None) -> None:
        self.account = account
        self._handle: int | None = None
        if account is not None and sys.platform == "linux":
            self._handle = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        self.path = folder if self._handle is None else Path(f"/proc/self/fd/{self._handle}")

    def spawn(self, arguments: Sequence[str | Path], output: int) -> subprocess.Popen[bytes]:
        """Start a program there as the account, in a session of its own, bound to the life of the calling thread."""
        uid, gid = (-1, -1) if self.account is None else (self.account.uid, self.account.gid)
        return subprocess.Popen(  # noqa: S603 - our own binaries
            [sys.executable, "-I", "-S", _LAUNCHER, str(uid), str(gid), str(os.getpid()), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            pass_fds=() if self._handle is None else (self._handle,),
            cwd="/",
            # Nothing of the caller's environment, where PGDATA and its kin would change what is started.
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
        )

    def close(self) -> None:
        """Let go of the handle; programs started with it keep theirs."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


class Postmaster:
    """A running server process on ``cluster``."""

    def __init__(self, process: subprocess.Popen[bytes], cluster: Path) -> None:
        self._process = process
        self._cluster = cluster
        self._stop_requested = False

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def wait_until_ready(self, limit_seconds: float) -> None:
        """Return once it takes connections; recovery after a crash may come first.

        Raises ``ServerExited`` when it ended instead, ``ServerSlow`` when the limit passed.
        """
        deadline = time.monotonic() + limit_seconds
        while not self._is_ready():
            exit_code = self._process.poll()
            if exit_code is not None:
                raise ServerExited(exit_code)
            if time.monotonic() > deadline:
                raise ServerSlow
            time.sleep(_POLL_SECONDS)

    def _is_ready(self) -> bool:
        lines = _read_pid_file(self._cluster)
        return (
            len(lines) > _STATUS_LINE
            and lines[_PID_LINE].strip() == str(self.pid)
            and lines[_STATUS_LINE].strip() == "ready"
        )

    def wait(self) -> int:
        """Wait for its end and return the exit code, negative for a signal."""
        return self._process.wait()

    def stop(self, patience_seconds: float) -> None:
        """End it: by fast shutdown, which loses nothing, then at once, then by force."""
        for number, seconds in ((signal.SIGINT, patience_seconds), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 10.0)):
            self._process.send_signal(number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(seconds)
                return


def _read_pid_file(cluster: Path) -> list[str]:
    try:
        return (cluster / "postmaster.pid").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []


def processes_on(cluster: Path) -> list[int]:
    """The PostgreSQL processes that live in this cluster, whoever started them. Linux only; elsewhere always none."""
    try:
        wanted = cluster.stat()
        numbers = [int(name) for name in os.listdir("/proc") if name.isdigit()]  # noqa: PTH208 - names, not paths
    except OSError:
        return []
    found: list[int] = []
    for number in numbers:
        try:
            # The name keeps us from taking an operator's shell in that folder for a server.
            if Path(f"/proc/{number}/comm").read_text(encoding="utf-8", errors="replace").strip() != "postgres":
                continue
            here = Path(f"/proc/{number}/cwd").stat()
        except OSError:
            continue
        if (here.st_dev, here.st_ino) == (wanted.st_dev, wanted.st_ino):
            found.append(number)
    return found


def end_leftovers(cluster: Path, patience_seconds: float) -> None:
    """Stop what an earlier, killed Enishi left running on this cluster, and clear a pid file that misleads.

    Call it only while owning the data folder. A pid file whose process is gone stays: PostgreSQL examines it together
    with the shared memory it names. One whose number now belongs to another program is removed, since PostgreSQL
    would take that program for a server.
    """
    first = _first_process(cluster)
    orders = ((signal.SIGINT, patience_seconds), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 10.0))
    for number, seconds in orders:
        living = processes_on(cluster)
        if not living:
            break
        # Without its first process the others end by themselves; force is for those that did not.
        receivers = living if number == signal.SIGKILL else [first] if first in living else []
        for receiver in receivers:
            with contextlib.suppress(ProcessLookupError):
                os.kill(receiver, number)
        deadline = time.monotonic() + (seconds if receivers else min(seconds, 10.0))
        while processes_on(cluster) and time.monotonic() < deadline:
            time.sleep(_POLL_SECONDS)
    if living := processes_on(cluster):
        raise StartupRefusal(
            f"PostgreSQL processes of an earlier run are still on {cluster} and can not be ended ({living})",
            "end them by hand, then start again",
        )
    if first is not None and _exists(first):
        (cluster / "postmaster.pid").unlink(missing_ok=True)


def _first_process(cluster: Path) -> int | None:
    lines = _read_pid_file(cluster)
    try:
        # A server in single-user mode writes its number negated.
        return abs(int(lines[_PID_LINE])) if lines else None
    except ValueError:
        return None


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
