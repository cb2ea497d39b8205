"""How a command that can not go on says so: one sentence and its remedy, never a traceback.

``ENISHI_DEBUG=1`` lets the traceback through for whoever develops Enishi.
"""

from __future__ import annotations

import errno
import os
import signal
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType
from typing import Final

import psycopg
from psycopg_pool import PoolTimeout
from rich.markup import escape

from enishi.cli.terminal import errors
from enishi.customers import KeyMismatch
from enishi.kit.database import StartupRefusal
from enishi.kit.errors import Refusal
from enishi.kit.settings import SettingsError
from enishi.kit.vault import WrongKey

FAILED: Final = 1
"""Exit code of a command that was understood and could not be done."""
MISUSED: Final = 2
"""Exit code of a command that was not understood."""
_SIGNALLED: Final = 128


class CommandFailed(Exception):  # noqa: N818 - a refusal is a noun
    """A command can not go on. ``remedy`` says what to do, as a sentence."""

    def __init__(self, message: str, remedy: str = "", *, exit_code: int = FAILED) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.exit_code = exit_code


class Interrupted(BaseException):
    """SIGINT or SIGTERM arrived; raised in the main thread so that everything opened is closed on the way out."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


@contextmanager
def stopping_on_signals() -> Generator[None]:
    """Turn the first SIGINT or SIGTERM into ``Interrupted``; later ones wait for the clean-up they would disturb."""
    raised = False

    def interrupt(number: int, _: FrameType | None) -> None:
        nonlocal raised
        if not raised:
            raised = True
            raise Interrupted(number)

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def exit_code_of(error: BaseException) -> int:
    """Say on stderr what stopped the command, and give the exit code it ends with."""
    if isinstance(error, Interrupted):
        return _SIGNALLED + error.number
    message, remedy, exit_code = describe(error)
    errors.print(f"[bold red]Error:[/] {escape(message)}", soft_wrap=True)
    if remedy:
        errors.print(f"[dim]→[/] {escape(remedy)}", soft_wrap=True)
    return exit_code


def describe(error: BaseException) -> tuple[str, str, int]:
    """What to say of an error: the sentence, the remedy and the exit code."""
    if isinstance(error, CommandFailed):
        return error.message, error.remedy, error.exit_code
    message, remedy = _describe_refusal(error) or _describe_trouble(error)
    return message, remedy, FAILED


def _describe_refusal(error: BaseException) -> tuple[str, str] | None:
    """What to say of an error that Enishi raised on purpose."""
    match error:
        case StartupRefusal():
            return f"{error.message}.", f"{error.remedy[:1].upper()}{error.remedy[1:]}."
        case Refusal():
            return (f"{error.field}: " if error.field else "") + error.detail, error.remedy
        case SettingsError() | KeyMismatch():
            return str(error), ""
        case WrongKey():
            return (
                "What is stored can not be opened with this master key.",
                "Start again with the key this database was set up with.",
            )
        case _:
            return None


def _describe_trouble(error: BaseException) -> tuple[str, str]:
    """What to say of an error that something below Enishi raised."""
    match error:
        case PoolTimeout() | psycopg.OperationalError():
            return (
                "The database stopped answering.",
                "See postgres.log in the data folder, or the log of the server that ENISHI_DATABASE_URL names.",
            )
        case OSError() if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            return "The disk is full.", "Free some space and run the command again; nothing is doubled."
        case OSError():
            return f"{error.filename or 'A file'}: {error.strerror or error}.", ""
        case _:
            return (
                f"Enishi met an error it does not know ({type(error).__name__}).",
                "Run it again with ENISHI_DEBUG=1 to see where, and report that.",
            )


def debugging() -> bool:
    """Whether tracebacks are wanted."""
    return os.environ.get("ENISHI_DEBUG", "") not in {"", "0"}
