"""Starting the process that works on back-tests: never this one, whose core belongs to tills and pages."""

from __future__ import annotations

import base64
import subprocess
import sys
from types import TracebackType
from typing import Final, Self
from uuid import UUID

import msgspec
from psycopg import Connection

from enishi import drafts
from enishi.cli.backtest_process import Job
from enishi.cli.chores import Pause
from enishi.kit.ids import new_id
from enishi.kit.log import get_logger
from enishi.kit.vault import Keyring

_STOP_SECONDS: Final = 5.0
_log = get_logger("backtest")


class BacktestStarter:
    """Has a process at work whenever a back-test waits and nobody works. A chore tends it; its end ends the process."""

    def __init__(self, dsn: str, keyring: Keyring) -> None:
        self._dsn = dsn
        self._keyring = keyring
        self._process: subprocess.Popen[bytes] | None = None
        self._runner: UUID | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def pid(self) -> int | None:
        """The process that works; None when there is none."""
        return None if self._process is None else self._process.pid

    def tend(self, conn: Connection, _pause: Pause) -> None:
        """Take note of a process that ended, and start one when there is something to do."""
        if self._process is not None:
            if self._process.poll() is None:
                return
            self._put_back(conn, self._process)
        if drafts.is_backtest_waiting(conn):
            conn.rollback()
            self._start()

    def _put_back(self, conn: Connection, ended: subprocess.Popen[bytes]) -> None:
        """What a process left behind need not wait for its lease to run out."""
        if self._runner is not None and drafts.release_backtest(conn, self._runner):
            _log.warning("back-test left behind", pid=ended.pid, exit_status=ended.returncode)
        conn.commit()
        _close(ended)
        self._process = None

    def _start(self) -> None:
        self._runner = new_id()
        # A session of its own keeps Ctrl-C from it: it is told to end by its pipe.
        self._process = subprocess.Popen(
            [sys.executable, "-m", "enishi.cli.backtest_process"], stdin=subprocess.PIPE, start_new_session=True
        )
        job = Job(self._dsn, base64.b64encode(self._keyring.reveal()).decode(), self._runner)
        if self._process.stdin is None:
            raise AssertionError("it was started with a pipe")
        self._process.stdin.write(msgspec.json.encode(job) + b"\n")
        self._process.stdin.flush()

    def stop(self) -> None:
        """End the process, if there is one. What it worked on is taken on again after the next start."""
        if self._process is None:
            return
        _close(self._process)
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None


def _close(process: subprocess.Popen[bytes]) -> None:
    if process.stdin is not None:
        try:
            process.stdin.close()
        except BrokenPipeError:
            return
