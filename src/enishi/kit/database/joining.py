"""Reaching a database that another Enishi already runs, so that commands work beside a running `enishi serve`.

Invariant: nothing is started, made or migrated here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
from psycopg.conninfo import make_conninfo

from enishi.kit.database.folder import DataFolder, read_notes
from enishi.kit.database.migrations import require_migrated
from enishi.kit.database.opening import Database
from enishi.kit.database.refusals import StartupRefusal

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Literal


def has_database(data_dir: Path) -> bool:
    """Whether ``data_dir`` holds the cluster of an embedded server, running or not."""
    return DataFolder(data_dir.absolute()).cluster.is_dir()


def join_database(data_dir: Path) -> Database:
    """The database of the embedded server that another process runs on ``data_dir``.

    Raises ``StartupRefusal`` when it does not answer, or has another schema than this code.
    """
    notes = read_notes(DataFolder(data_dir.absolute()))

    def dsn(role: Literal["enishi_owner", "enishi_app"]) -> str:
        return make_conninfo(
            host="127.0.0.1", port=notes.port or 0, user=role, password=notes.passwords[role], dbname="enishi"
        )

    database = Database(app_dsn=dsn("enishi_app"), owner_dsn=dsn("enishi_owner"))
    try:
        require_migrated(database.app_dsn)
    except psycopg.OperationalError as error:
        raise StartupRefusal(
            f"Another Enishi runs on the data folder {data_dir}, but its database does not answer",
            "wait until it has started, or stop it and try again",
        ) from error
    return database
