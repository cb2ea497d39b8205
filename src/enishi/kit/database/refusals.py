"""Why the database could not be started, said once and with a way out.

Invariant: every failure an operator can cause or cure ends in a ``StartupRefusal`` whose text is one sentence.
"""

from __future__ import annotations

import errno
import re
from pathlib import Path
from typing import Final


class StartupRefusal(Exception):  # noqa: N818 - refusals are nouns here, as the house style asks
    """Enishi can not start, and this is what the operator can do.

    ``message`` states what is wrong as a clause without a full stop, ``remedy`` what to do, likewise. ``str()`` of the
    refusal joins them into one sentence.
    """

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(f"{message}: {remedy}.")
        self.message = message
        self.remedy = remedy


class PortTaken(StartupRefusal):
    """Another program listens on the port."""

    def __init__(self, port: int) -> None:
        super().__init__(
            f"Port {port} on 127.0.0.1 is taken by another program",
            "stop that program, ask for another port, or ask for none and let Enishi choose a free one",
        )


class DiskFull(StartupRefusal):
    """The file system of the data folder has no room."""

    def __init__(self, folder: Path, free_bytes: int | None = None) -> None:
        room = "no room" if free_bytes is None else f"only {free_bytes // 1_048_576} MB free"
        super().__init__(
            f"The disk that holds the data folder {folder} has {room}",
            "free some space there or choose a data folder on another disk, then start again; nothing was lost",
        )


class FolderNotWritable(StartupRefusal):
    """The data folder can be read at best."""

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(
            f"The data folder {folder} can not be written to ({reason})",
            "make it writable for the user that runs Enishi or choose another data folder",
        )


class NotOurFolder(StartupRefusal):
    """What lies in the data folder was not made by Enishi."""

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(
            f"{folder} is not a data folder of Enishi ({reason})",
            "choose an empty or a new folder; nothing in this one was touched",
        )


class WrongServerVersion(StartupRefusal):
    """The data were written by another major version of PostgreSQL."""

    def __init__(self, folder: Path, found: str, ours: int) -> None:
        super().__init__(
            f"The data in {folder} were written by PostgreSQL {found}, but this Enishi brings PostgreSQL {ours}",
            f"run the version of Enishi that made them, or point ENISHI_PG_BIN at the programs of PostgreSQL {found}",
        )


class OwnedByAnother(StartupRefusal):
    """A running Enishi already owns the data folder."""

    def __init__(self, folder: Path, pid: str) -> None:
        super().__init__(
            f"Another Enishi (process {pid}) is running on the data folder {folder}",
            "stop that one first or choose another data folder",
        )


class BinariesMissing(StartupRefusal):
    """There is no PostgreSQL to run on this machine."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"No usable PostgreSQL programs were found ({reason})",
            "set ENISHI_PG_BIN to the folder with the programs of PostgreSQL 18, or ENISHI_DATABASE_URL to a server"
            " that already runs",
        )


class ServerFailed(StartupRefusal):
    """PostgreSQL ended while starting, for a reason not known here; its own words are passed on."""

    def __init__(self, reason: str, log_file: Path) -> None:
        super().__init__(f"PostgreSQL did not start ({reason})", f"read the end of {log_file} for the cause")


def refusal_of(error: OSError, folder: Path) -> StartupRefusal:
    """The refusal that an error of the file system below ``folder`` amounts to."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return DiskFull(folder)
    return FolderNotWritable(folder, error.strerror or type(error).__name__)


_VERSION_MISMATCH: Final = re.compile(r"initialized by PostgreSQL version (\S+?),")
_LAST_WORDS: Final = re.compile(r"(?:FATAL|PANIC|error):\s+(.*)")


def refusal_in_log(text: str, *, folder: Path, port: int, log_file: Path, major: int) -> StartupRefusal:
    """The refusal that the server's log of one failed start amounts to."""
    if "No space left on device" in text or "Disk quota exceeded" in text:
        return DiskFull(folder)
    if "Address already in use" in text:
        return PortTaken(port)
    if "Read-only file system" in text:
        return FolderNotWritable(folder, "read-only file system")
    if mismatch := _VERSION_MISMATCH.search(text):
        return WrongServerVersion(folder, mismatch[1], major)
    # Its own verdict if it gave one, else whatever it said last.
    words = _LAST_WORDS.findall(text) or [line for line in text.splitlines() if line.strip()]
    return ServerFailed(words[-1].strip() if words else "it said nothing", log_file)
