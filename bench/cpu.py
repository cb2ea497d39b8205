"""How much processor time a process and its children have used, from ``/proc``."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PROC = Path("/proc")
# Fields of /proc/<pid>/stat counted from the one after the command's name.
_PARENT, _USER, _SYSTEM, _CHILDREN_USER, _CHILDREN_SYSTEM = 1, 11, 12, 13, 14


def own_seconds() -> float:
    """What this process and its children that have ended have used."""
    return sum(os.times()[:4])


class Meter:
    """Reads what the database server and whoever works outside it have used since the meter was made, in seconds."""

    def __init__(self, server_pid: int, client_seconds: Callable[[], float] = own_seconds) -> None:
        self._server_pid = server_pid
        self._client_seconds = client_seconds
        self._client = client_seconds()
        self._server = family_seconds(server_pid)

    def read(self) -> tuple[float, float]:
        """Outside the server, and in it."""
        return self._client_seconds() - self._client, family_seconds(self._server_pid) - self._server


def family_seconds(pid: int) -> float:
    """What a process and its children have used, those that have ended included; grandchildren are not counted."""
    fields = _read_stat(pid)
    ticks = sum(map(int, fields[_USER : _CHILDREN_SYSTEM + 1]))
    for child in _children_of(pid):
        ticks += int(child[_USER]) + int(child[_SYSTEM])
    return ticks / _TICKS


def backend_nanoseconds(pid: int) -> int:
    """What one process has used, to the nanosecond, as of when it last stopped running."""
    return int((_PROC / str(pid) / "schedstat").read_bytes().split()[0])


def _children_of(pid: int) -> Iterator[list[str]]:
    for entry in _PROC.iterdir():
        if entry.name.isdigit():
            try:
                fields = _read_stat(int(entry.name))
            except OSError:
                continue
            if int(fields[_PARENT]) == pid:
                yield fields


def _read_stat(pid: int) -> list[str]:
    # The name of the command is in brackets and may hold anything, brackets too.
    return (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
