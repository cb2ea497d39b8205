"""Making a PostgreSQL cluster, and writing the settings it is started with.

Invariant: a cluster is complete or absent. It is made beside its place and renamed, so that a first start that was
killed or ran out of disk leaves nothing to trip over.
"""

from __future__ import annotations

import os
import secrets
import shutil
from typing import TYPE_CHECKING

from enishi.kit.database.refusals import WrongServerVersion, refusal_of
from enishi.kit.database.server_log import ServerLog
from enishi.kit.database.tuning import render_settings, server_settings

if TYPE_CHECKING:
    from pathlib import Path

    from enishi.kit.database.binaries import Binaries
    from enishi.kit.database.folder import DataFolder
    from enishi.kit.database.postmaster import Place

_SETTINGS_FILE = "enishi.conf"


def ensure_cluster(folder: DataFolder, place: Place, binaries: Binaries, password: str, *, durable: bool) -> None:
    """Make the cluster when there is none, with ``password`` for its administrator; refuse one of another version."""
    try:
        if not folder.cluster.exists():
            _make_cluster(folder, place, binaries, password, durable=durable)
        major = (folder.cluster / "PG_VERSION").read_text(encoding="ascii").strip()
    except OSError as error:
        raise refusal_of(error, folder.root) from error
    if major != str(binaries.major):
        raise WrongServerVersion(folder.root, major, binaries.major)


def _make_cluster(folder: DataFolder, place: Place, binaries: Binaries, password: str, *, durable: bool) -> None:
    for abandoned in folder.home.glob("cluster.*.new"):
        shutil.rmtree(abandoned, ignore_errors=True)
    # A name of its own, since the initdb of an Enishi that was just killed may still be on its way out.
    building = folder.home / f"cluster.{secrets.token_hex(4)}.new"
    password_file = building.with_suffix(".password")
    try:
        _write_private(password_file, password + "\n", place)
        arguments: list[str | Path] = [
            binaries.program("initdb"),
            f"--pgdata={place.path / building.name}",
            "--username=postgres",
            f"--pwfile={place.path / password_file.name}",
            "--auth=scram-sha-256",
            "--data-checksums",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
        ]
        if not durable:
            arguments.append("--no-sync")
        with ServerLog(folder) as log:
            if place.spawn(arguments, log.descriptor).wait() != 0:
                raise log.refusal(port=0, major=binaries.major)
        with (building / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write(f"\ninclude '{_SETTINGS_FILE}'\n# Settings of your own go below this line.\n")
            file.flush()
            os.fsync(file.fileno())
        building.replace(folder.cluster)
    finally:
        password_file.unlink(missing_ok=True)
        shutil.rmtree(building, ignore_errors=True)


def write_settings(folder: DataFolder, place: Place, sockets: Path, port: int, *, durable: bool) -> None:
    """Write the settings of this start. ``sockets`` is the socket folder as the server reaches it."""
    try:
        settings = server_settings(cluster=folder.cluster, sockets=sockets, port=port, durable=durable)
        building = folder.cluster / f"{_SETTINGS_FILE}.new"
        building.unlink(missing_ok=True)
        _write_private(building, render_settings(settings), place)
        building.replace(folder.cluster / _SETTINGS_FILE)
    except OSError as error:
        raise refusal_of(error, folder.root) from error


def _write_private(path: Path, text: str, place: Place) -> None:
    """A file that only the server's user can read."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        if place.account is not None:
            os.fchown(descriptor, place.account.uid, place.account.gid)
        file.write(text)
        file.flush()
        os.fsync(descriptor)
