"""Every failure ends in a sentence, a remedy where there is one, and an exit code."""

from __future__ import annotations

import errno
import os
import signal
from pathlib import Path

import psycopg
import pytest
from psycopg_pool import PoolTimeout

from enishi.cli import failures
from enishi.cli.failures import CommandFailed, Interrupted, describe, exit_code_of, stopping_on_signals
from enishi.customers import KeyMismatch
from enishi.kit.database import StartupRefusal
from enishi.kit.errors import InvalidRequest
from enishi.kit.settings import SettingsError
from enishi.kit.vault import WrongKey


@pytest.mark.parametrize(
    ("error", "described"),
    [
        (CommandFailed("No.", "Do it.", exit_code=2), ("No.", "Do it.", 2)),
        (StartupRefusal("The disk is full", "free some space"), ("The disk is full.", "Free some space.", 1)),
        (InvalidRequest("It is empty.", field="name", remedy="Fill it."), ("name: It is empty.", "Fill it.", 1)),
        (InvalidRequest("It is empty."), ("It is empty.", "", 1)),
        (SettingsError("ENISHI_PORT is no port."), ("ENISHI_PORT is no port.", "", 1)),
        (KeyMismatch("Another key."), ("Another key.", "", 1)),
        (OSError(errno.EACCES, "Permission denied", "a.csv"), ("a.csv: Permission denied.", "", 1)),
    ],
)
def test_what_is_known_is_told_in_its_own_words(error: Exception, described: tuple[str, str, int]) -> None:
    assert describe(error) == described


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (psycopg.OperationalError("server closed the connection, host=10.0.0.1 password=x"), "stopped answering"),
        (PoolTimeout("couldn't get a connection"), "stopped answering"),
        (OSError(errno.ENOSPC, "No space left on device"), "The disk is full."),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), "The disk is full."),
        (WrongKey("sealed"), "can not be opened with this master key"),
        (ValueError("secret 4111"), "Enishi met an error it does not know (ValueError)."),
    ],
)
def test_what_comes_from_below_is_told_without_its_details(error: Exception, told: str) -> None:
    message, remedy, exit_code = describe(error)
    assert told in message
    assert "secret" not in message
    assert "password" not in message
    assert remedy
    assert exit_code == 1


def test_a_failure_is_two_lines_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code_of(CommandFailed("It is [not] possible.", "Try [this].")) == 1
    captured = capsys.readouterr()
    assert captured.err == "Error: It is [not] possible.\n→ Try [this].\n"
    assert captured.out == ""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_becomes_an_exit_code_after_everything_was_closed(number: signal.Signals, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    before = signal.getsignal(number)
    with pytest.raises(Interrupted) as interrupted, stopping_on_signals():
        try:
            os.kill(os.getpid(), number)
            signal.pause()
        finally:
            # A second signal must not disturb the clean-up.
            os.kill(os.getpid(), number)
            closed.touch()
    assert closed.exists()
    assert exit_code_of(interrupted.value) == 128 + number
    assert signal.getsignal(number) is before


def test_tracebacks_are_asked_for_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    for value, wanted in (("", False), ("0", False), ("1", True)):
        monkeypatch.setenv("ENISHI_DEBUG", value)
        assert failures.debugging() is wanted
