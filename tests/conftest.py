"""One embedded server for the whole session, and a fresh, migrated database for each test that asks for one.

``ENISHI_TEST_LONG=1`` (``bin/test --long``) is the nightly size: properties try twenty times as many examples.
"""

from __future__ import annotations

import contextlib
import itertools
import os
from typing import TYPE_CHECKING

import hypothesis
import psycopg
import pytest
from psycopg import sql

from enishi.kit.database import Database, EmbeddedServer, migrate

if TYPE_CHECKING:
    from collections.abc import Iterator

_TEMPLATE = "enishi"
_numbers = itertools.count(1)

# Deadlines measure the machine, not the code; on a shared one they only make tests fail by chance.
hypothesis.settings.register_profile("short", deadline=None)
hypothesis.settings.register_profile("long", deadline=None, max_examples=2_000)
hypothesis.settings.load_profile("long" if os.environ.get("ENISHI_TEST_LONG") else "short")


def _failed_checks() -> list[str]:
    """The static checks that ``bin/test`` ran before this session and that found something."""
    return [check for check in os.environ.get("ENISHI_FAILED_CHECKS", "").split(",") if check]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name the failed static checks again where people look: at the end."""
    for check in _failed_checks():
        terminalreporter.write_line(f"FAILED static check: {check}", red=True)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """A session after a failed static check fails, whatever its tests did."""
    if _failed_checks() and exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    """A running server whose database ``enishi`` is migrated and serves as the template of all others."""
    with EmbeddedServer(tmp_path_factory.mktemp("server"), durable=False) as embedded:
        embedded.bootstrap()
        migrate(embedded.dsn("enishi_owner"))
        yield embedded


@pytest.fixture(scope="session")
def admin_conn(server: EmbeddedServer) -> Iterator[psycopg.Connection]:
    """The administrator's connection, to make and drop databases with."""
    with psycopg.connect(server.dsn("postgres", "postgres"), autocommit=True) as conn:
        yield conn


@contextlib.contextmanager
def cloned_database(server: EmbeddedServer, admin_conn: psycopg.Connection) -> Iterator[Database]:
    """A database of its own while the context lasts."""
    name = f"test_{next(_numbers)}"
    admin_conn.execute(
        sql.SQL("create database {} template {} owner enishi_owner strategy file_copy").format(
            sql.Identifier(name), sql.Identifier(_TEMPLATE)
        )
    )
    try:
        yield Database(app_dsn=server.dsn("enishi_app", name), owner_dsn=server.dsn("enishi_owner", name))
    finally:
        admin_conn.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


@pytest.fixture
def database(server: EmbeddedServer, admin_conn: psycopg.Connection) -> Iterator[Database]:
    """A fresh, migrated, empty database."""
    with cloned_database(server, admin_conn) as fresh:
        yield fresh


@pytest.fixture
def conn(database: Database) -> Iterator[psycopg.Connection]:
    """A connection as the product: role ``enishi_app``, in a transaction as the product's are."""
    with contextlib.closing(psycopg.connect(database.app_dsn, options="-c timezone=UTC")) as app:
        yield app


@pytest.fixture
def owner_conn(database: Database) -> Iterator[psycopg.Connection]:
    """A connection as the owner of the schema, to look behind what the product may see."""
    assert database.owner_dsn is not None
    with contextlib.closing(psycopg.connect(database.owner_dsn, options="-c timezone=UTC")) as owner:
        yield owner
