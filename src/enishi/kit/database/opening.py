"""Opening the database for a run of Enishi: the embedded server or an external one, migrated and ready.

An external server is named by ``ENISHI_DATABASE_URL`` (the product's role) and ``ENISHI_OWNER_DATABASE_URL`` (the role
that owns the database and runs migrations).
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import psycopg

from enishi.kit.database.migrations import migrate, require_migrated
from enishi.kit.database.refusals import StartupRefusal
from enishi.kit.database.supervisor import EmbeddedServer, ServerEvent, log_event

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Database:
    """A migrated database: ``app_dsn`` is for the product, ``owner_dsn`` for migrations and schema dumps only.

    Both are libpq connection strings and hold passwords. ``owner_dsn`` is None on an external server whose owner was
    not named.
    """

    # Kept out of the representation, which ends up in logs and tracebacks.
    app_dsn: str = field(repr=False)
    owner_dsn: str | None = field(repr=False)


@contextmanager
def open_database(
    data_dir: Path,
    port: int | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    on_event: Callable[[ServerEvent], None] = log_event,
) -> Generator[Database]:
    """The database of ``data_dir`` while the context lasts, or the external one that the environment names.

    Raises ``StartupRefusal`` with the remedy when it can not be had.
    """
    environ = os.environ if environ is None else environ
    if url := environ.get("ENISHI_DATABASE_URL"):
        yield _open_external(url, environ.get("ENISHI_OWNER_DATABASE_URL"))
        return
    with EmbeddedServer(data_dir, port, on_event=on_event) as server:
        server.bootstrap()
        owner_dsn = server.dsn("enishi_owner")
        migrate(owner_dsn)
        yield Database(app_dsn=server.dsn("enishi_app"), owner_dsn=owner_dsn)


def _open_external(app_url: str, owner_url: str | None) -> Database:
    try:
        if owner_url:
            migrate(owner_url)
        require_migrated(app_url)
    except psycopg.OperationalError as error:
        reason = " ".join(str(error).split())
        raise StartupRefusal(
            f"The database server named by ENISHI_DATABASE_URL does not answer ({reason})",
            "check the address, the role and its password, and that the server is running",
        ) from error
    except psycopg.errors.UndefinedObject as error:
        raise StartupRefusal(
            "The database server named by ENISHI_OWNER_DATABASE_URL has no role enishi_app, which the product works as",
            "make it with `create role enishi_app login password '…'`, then start again",
        ) from error
    return Database(app_dsn=app_url, owner_dsn=owner_url or None)
