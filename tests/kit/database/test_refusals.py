"""What the server's log says of a failed start is told to the operator as a cause with a remedy."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from enishi.kit.database import server_log
from enishi.kit.database.folder import DataFolder
from enishi.kit.database.refusals import (
    DiskFull,
    FolderNotWritable,
    PortTaken,
    ServerFailed,
    StartupRefusal,
    WrongServerVersion,
    refusal_in_log,
    refusal_of,
)

_FOLDER = Path("/data")


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ('LOG:  could not bind IPv4 address "127.0.0.1": Address already in use', PortTaken),
        ('FATAL:  could not write lock file "postmaster.pid": No space left on device', DiskFull),
        ('PANIC:  could not write to file "pg_wal/x": Disk quota exceeded', DiskFull),
        ('FATAL:  could not create lock file "postmaster.pid": Read-only file system', FolderNotWritable),
        (
            "DETAIL:  The data directory was initialized by PostgreSQL version 17, which is not compatible",
            WrongServerVersion,
        ),
        ("FATAL:  could not map anonymous shared memory: Cannot allocate memory", ServerFailed),
        ("", ServerFailed),
    ],
)
def test_words_of_the_log_and_the_refusal_they_amount_to(words: str, kind: type) -> None:
    refusal = refusal_in_log(words, folder=_FOLDER, port=25_001, log_file=_FOLDER / "postgres.log", major=18)
    assert type(refusal) is kind


def test_an_unknown_cause_passes_on_the_servers_last_words() -> None:
    words = "LOG:  starting\nFATAL:  first\nLOG:  more\nFATAL:  could not map anonymous shared memory\n"
    refusal = refusal_in_log(words, folder=_FOLDER, port=1, log_file=_FOLDER / "postgres.log", major=18)
    assert str(refusal) == (
        "PostgreSQL did not start (could not map anonymous shared memory): read the end of /data/postgres.log for the"
        " cause."
    )


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (errno.ENOSPC, DiskFull),
        (errno.EDQUOT, DiskFull),
        (errno.EROFS, FolderNotWritable),
        (errno.EACCES, FolderNotWritable),
    ],
)
def test_errors_of_the_file_system_and_the_refusal_they_amount_to(code: int, kind: type) -> None:
    assert type(refusal_of(OSError(code, "why"), _FOLDER)) is kind


@pytest.mark.parametrize(("free", "refusal"), [(0, DiskFull), (10**9, ServerFailed)])
def test_a_server_that_said_nothing_on_a_full_disk_ended_for_want_of_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, refusal: type[StartupRefusal]
) -> None:
    monkeypatch.setattr(server_log, "free_bytes", lambda _: free)
    with server_log.ServerLog(DataFolder(tmp_path)) as log:
        assert type(log.refusal(port=25_432, major=18)) is refusal
