"""The data folder of the embedded server: its layout, its owner's lock, the facts kept beside the cluster.

::

    enishi.lock      held (flock) by the Enishi that owns the folder, with its process id inside
    postgres.json    port and passwords, readable by the owner alone
    postgres.log     what the server says
    postgres/        owned by the user that runs the server
      cluster/       PostgreSQL's own data directory
      run/           the Unix socket

Invariant: what another program made is never written into.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import secrets
import socket
import stat
import tempfile
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from enishi.kit.database.refusals import DiskFull, NotOurFolder, OwnedByAnother, PortTaken, StartupRefusal, refusal_of

if TYPE_CHECKING:
    from enishi.kit.database.accounts import Account

ROLES: Final = ("postgres", "enishi_owner", "enishi_app")
_ROOM_FOR_A_NEW_CLUSTER_BYTES: Final = 256 * 1_048_576
_ROOM_TO_START_BYTES: Final = 48 * 1_048_576
_LOG_LIMIT_BYTES: Final = 16 * 1_048_576
# Above the registered services, below 32768 where Linux begins to hand out ports to outgoing connections.
_PORTS: Final = range(25_000, 32_768)
_PORT_ATTEMPTS: Final = 64
# sun_path of Linux holds 108 bytes with its closing zero.
_SOCKET_PATH_LIMIT_BYTES: Final = 107


@dataclass(frozen=True, slots=True)
class DataFolder:
    """The places in one data folder."""

    root: Path

    @property
    def home(self) -> Path:
        """What the user that runs the server owns."""
        return self.root / "postgres"

    @property
    def cluster(self) -> Path:
        """PostgreSQL's data directory."""
        return self.home / "cluster"

    @property
    def log_file(self) -> Path:
        """Where the server's words go."""
        return self.root / "postgres.log"

    @property
    def notes_file(self) -> Path:
        """Port and passwords."""
        return self.root / "postgres.json"

    @property
    def lock_file(self) -> Path:
        """What the owning process holds locked."""
        return self.root / "enishi.lock"


@dataclass(frozen=True, slots=True)
class Notes:
    """What is remembered between starts: the ``port`` and a password per role of ``ROLES``."""

    port: int | None
    passwords: dict[str, str]


def open_folder(root: Path) -> DataFolder:
    """The data folder at ``root``, made when absent. Refuses a folder that is something else, and one without room."""
    folder = DataFolder(root.absolute())
    try:
        if root.exists() and not root.is_dir():
            raise NotOurFolder(root, "it is a file")
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        if (root / "PG_VERSION").exists():
            raise NotOurFolder(root, "it is a data directory that some PostgreSQL made")
        if folder.home.exists() and not folder.notes_file.exists():
            if any(folder.home.iterdir()):
                raise NotOurFolder(root, "its folder postgres has no postgres.json beside it")
            folder.home.rmdir()
        needed = _ROOM_TO_START_BYTES if folder.cluster.exists() else _ROOM_FOR_A_NEW_CLUSTER_BYTES
        free = free_bytes(root)
    except OSError as error:
        raise refusal_of(error, root) from error
    if free < needed:
        raise DiskFull(root, free)
    return folder


def free_bytes(folder: Path) -> int:
    """What an ordinary user may still write to the disk of ``folder``."""
    state = os.statvfs(folder)
    return state.f_bavail * state.f_frsize


def lock_folder(folder: DataFolder) -> int:
    """Own the folder until the returned descriptor is closed, or this process ends in whatever way."""
    try:
        descriptor = os.open(folder.lock_file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise refusal_of(error, folder.root) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(descriptor, 32).decode("ascii", "replace").strip() or "unknown"
        os.close(descriptor)
        raise OwnedByAnother(folder.root, holder) from None
    try:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
    except OSError as error:
        os.close(descriptor)
        raise refusal_of(error, folder.root) from error
    return descriptor


def read_notes(folder: DataFolder) -> Notes:
    """The remembered port and passwords; fresh passwords, written down, for a new folder."""
    try:
        text = folder.notes_file.read_text(encoding="utf-8")
    except FileNotFoundError:
        notes = Notes(port=None, passwords={role: secrets.token_urlsafe(24) for role in ROLES})
        write_notes(folder, notes)
        return notes
    except OSError as error:
        raise refusal_of(error, folder.root) from error
    try:
        document: dict[str, Any] = json.loads(text)
        return Notes(port=document["port"], passwords={role: document["passwords"][role] for role in ROLES})
    except (ValueError, KeyError, TypeError):
        raise StartupRefusal(
            f"{folder.notes_file}, which holds the passwords of the database, can not be read as JSON",
            "restore that file from a backup of the data folder",
        ) from None


def write_notes(folder: DataFolder, notes: Notes) -> None:
    """Remember, whole or not at all."""
    document = json.dumps({"port": notes.port, "passwords": notes.passwords}, indent=1)
    building = folder.notes_file.with_suffix(".new")
    try:
        descriptor = os.open(building, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(document)
            file.flush()
            os.fsync(file.fileno())
        building.replace(folder.notes_file)
    except OSError as error:
        raise refusal_of(error, folder.root) from error


def make_home(folder: DataFolder, account: Account | None) -> None:
    """The folder that the server's user owns, with its socket folder."""
    try:
        for path in (folder.home, folder.home / "run"):
            path.mkdir(mode=0o700, exist_ok=True)
            if account is not None:
                os.chown(path, account.uid, account.gid)
    except OSError as error:
        raise refusal_of(error, folder.root) from error


def open_log(folder: DataFolder) -> int:
    """A descriptor at the end of the server's log; a log that grew long is set aside first, and one such is kept."""
    try:
        if folder.log_file.exists() and folder.log_file.stat().st_size > _LOG_LIMIT_BYTES:
            folder.log_file.replace(folder.log_file.with_suffix(".log.1"))
        return os.open(folder.log_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise refusal_of(error, folder.root) from error


def choose_port(requested: int | None, remembered: int | None) -> int:
    """The port to listen on: the requested one or a refusal, else the remembered one, else a free one."""
    if requested is not None:
        if not _is_free(requested):
            raise PortTaken(requested)
        return requested
    if remembered is not None and _is_free(remembered):
        return remembered
    for _ in range(_PORT_ATTEMPTS):
        port = secrets.choice(_PORTS)
        if _is_free(port):
            return port
    raise StartupRefusal(
        f"No free port was found between {_PORTS[0]} and {_PORTS[-1]} on 127.0.0.1",
        "stop programs that listen there or ask for a port by number",
    )


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As PostgreSQL does, so that connections of the past do not count as a listener.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def choose_socket_folder(folder: DataFolder, account: Account | None) -> Path:
    """Where the Unix socket lies: in the data folder, or in a short place when the kernel's path limit forbids that."""
    inside = folder.home / "run"
    longest = inside / f".s.PGSQL.{_PORTS[-1]}.lock"
    if len(os.fsencode(longest)) <= _SOCKET_PATH_LIMIT_BYTES:
        return inside
    uid = os.geteuid() if account is None else account.uid
    digest = blake2b(os.fsencode(folder.root), digest_size=6).hexdigest()
    outside = Path(tempfile.gettempdir()) / f"enishi-{uid}-{digest}"
    with contextlib.suppress(FileExistsError):
        outside.mkdir(mode=0o700)
        if account is not None:
            os.chown(outside, account.uid, account.gid)
    state = outside.lstat()
    if not stat.S_ISDIR(state.st_mode) or state.st_uid != uid or state.st_mode & 0o077:
        # Somebody else was there first; in a folder all can write to, that is not ours to use.
        outside = Path(tempfile.mkdtemp(prefix="enishi-"))
        if account is not None:
            os.chown(outside, account.uid, account.gid)
    return outside
