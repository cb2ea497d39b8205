"""How much processor time a process and its children have used, from ``/proc``."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PROC = Path("/proc")
# Fields of /proc/<pid>/stat counted from the one after the command's name.
_PARENT, _USER, _SYSTEM = 1, 11, 12
# What the title of a session's process holds when its client came over the Unix socket.
_SESSION = b"[local]"


def own_seconds() -> float:
    """What this process and its children that have ended have used."""
    return sum(os.times()[:4])


class Meter:
    """Reads what the sessions of the database server and whoever works outside it have used since the meter was made.

    Seconds. A session that has ended counts for nothing, so it is read before they end; the server's own upkeep
    (checkpoints, vacuum) is not counted, since it falls on whoever happens to run.
    """

    def __init__(self, server_pid: int, client_seconds: Callable[[], float] = own_seconds) -> None:
        self._server_pid = server_pid
        self._client_seconds = client_seconds
        self._client = client_seconds()
        self._server = _session_seconds(server_pid)

    def read(self) -> tuple[float, float]:
        """Outside the server, and in it."""
        return self._client_seconds() - self._client, _session_seconds(self._server_pid) - self._server


def process_seconds(pid: int) -> float:
    """What one process has used, without its children."""
    fields = _read_stat(pid)
    return (int(fields[_USER]) + int(fields[_SYSTEM])) / _TICKS


def backend_nanoseconds(pid: int) -> int:
    """What one process with one thread has used, to the nanosecond, as of when it last stopped running."""
    return int((_PROC / str(pid) / "schedstat").read_bytes().split()[0])


def _session_seconds(server_pid: int) -> float:
    """What the sessions of a server have used, whose first process has this id."""
    nanoseconds = 0
    for entry in _PROC.iterdir():
        if entry.name.isdigit():
            try:
                if int(_read_stat(int(entry.name))[_PARENT]) == server_pid and _SESSION in _read_title(entry):
                    nanoseconds += backend_nanoseconds(int(entry.name))
            except OSError:
                continue
    return nanoseconds / 1e9


def _read_title(process: Path) -> bytes:
    return (process / "cmdline").read_bytes()


def _read_stat(pid: int) -> list[str]:
    # The name of the command is in brackets and may hold anything, brackets too.
    return (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
