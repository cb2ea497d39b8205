"""Opening an installation for a command: its settings, its keys and its database.

Invariant: a command other than ``demo``, ``serve`` and ``migrate`` never makes a database; and none goes on with a
master key other than the one the database was set up with.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final

import psycopg
import typer

from enishi.cli.failures import CommandFailed
from enishi.cli.terminal import errors
from enishi.customers import check_master_key, has_master_key
from enishi.kit.collector import settle_collector
from enishi.kit.database import (
    Database,
    OwnedByAnother,
    ServerEvent,
    has_database,
    join_database,
    open_database,
)
from enishi.kit.settings import Settings, load_settings, open_keyring
from enishi.kit.vault import Keyring

DEFAULT_DATA_DIR: Final = Path(".data/enishi")
DEMO_DATA_DIR: Final = Path(".data/demo")

DataDir = Annotated[
    Path,
    typer.Option(
        "--data-dir",
        envvar="ENISHI_DATA_DIR",
        help="Folder of the embedded database and the key file. Not used for the database when ENISHI_DATABASE_URL "
        "names a server.",
        show_default=True,
    ),
]


@dataclass(frozen=True, slots=True)
class Installation:
    """An open installation."""

    settings: Settings
    database: Database
    keyring: Keyring = field(repr=False)


def report_event(event: ServerEvent) -> None:
    """Say what happened to the embedded server."""
    errors.print(f"[yellow]PostgreSQL {event.kind}:[/] {event.detail}", markup=True)


@contextmanager
def open_installation(
    settings: Settings, *, on_event: Callable[[ServerEvent], None] = report_event
) -> Generator[Installation]:
    """Run the database of an installation (made when missing, migrated) while the context lasts.

    The demo also makes its master key when its database has none; anything else refuses to start without one, before
    a database is made.
    """
    if not settings.demo:
        keyring, _ = open_keyring(settings, may_generate=False)
        with open_database(settings.data_dir, on_event=on_event) as database:
            yield _checked(Installation(settings, database, keyring))
        return
    with open_database(settings.data_dir, on_event=on_event) as database:
        keyring, fresh_key = open_keyring(settings, may_generate=not _is_bound_to_a_key(database))
        if fresh_key is not None:
            _announce_key(fresh_key)
        yield _checked(Installation(settings, database, keyring))


@contextmanager
def reach_database(data_dir: Path) -> Generator[Database]:
    """The database of an existing installation: the one a running Enishi has open, or opened for this command alone."""
    settings = read_settings(data_dir)
    if uses_external_server() or has_database(settings.data_dir):
        with _opened_or_joined(settings.data_dir) as database:
            yield database
        return
    remedy = "Run `enishi serve` to make a new installation there, or name another folder with --data-dir."
    if data_dir == DEFAULT_DATA_DIR and has_database(DEMO_DATA_DIR):
        remedy = f"The demo's data are in {DEMO_DATA_DIR}: add --data-dir {DEMO_DATA_DIR}."
    raise CommandFailed(f"There is no Enishi database in {settings.data_dir}.", remedy)


@contextmanager
def reach_installation(data_dir: Path) -> Generator[Installation]:
    """As ``reach_database``, with the keys, for commands that read or write personal data."""
    with reach_database(data_dir) as database:
        settings = read_settings(data_dir)
        keyring, _ = open_keyring(settings, may_generate=False)
        yield _checked(Installation(settings, database, keyring))


@contextmanager
def _opened_or_joined(data_dir: Path) -> Generator[Database]:
    with ExitStack() as opened:
        try:
            database = opened.enter_context(open_database(data_dir, on_event=report_event))
        except OwnedByAnother:
            database = join_database(data_dir)
        yield database


def read_settings(data_dir: Path, *, demo: bool = False, host: str | None = None, port: int | None = None) -> Settings:
    """The settings of this process; what was given on the command line goes before the environment."""
    environ = {name: value for name, value in os.environ.items() if name != "ENISHI_DATA_DIR"}
    if host is not None:
        environ["ENISHI_HOST"] = host
    return load_settings(data_dir=data_dir, demo=demo, port=port, environ=environ)


def uses_external_server() -> bool:
    """Whether the database is somebody else's server, named in the environment."""
    return bool(os.environ.get("ENISHI_DATABASE_URL"))


def _is_bound_to_a_key(database: Database) -> bool:
    with psycopg.connect(database.app_dsn) as conn:
        return has_master_key(conn)


def _checked(installation: Installation) -> Installation:
    with psycopg.connect(installation.database.app_dsn) as conn:
        check_master_key(conn, installation.keyring)
    settle_collector()
    return installation


def _announce_key(path: Path) -> None:
    errors.print(
        f"[bold yellow]A master key was made for this demo:[/] {path}\n"
        "It opens every customer's data here. It is a demo's key: a real installation keeps its key apart from its "
        "data (ENISHI_MASTER_KEY), with a copy in a safe place.",
        soft_wrap=True,
    )
