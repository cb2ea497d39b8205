"""One call gives a migrated database, embedded or external."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from enishi.kit.database import Database, EmbeddedServer, StartupRefusal, open_database
from enishi.kit.database.migrations import read_migrations
from enishi.kit.database.postmaster import processes_on

if TYPE_CHECKING:
    from pathlib import Path


def test_the_embedded_server_is_started_migrated_and_stopped(data_dir: Path) -> None:
    with open_database(data_dir, environ={}) as database, psycopg.connect(database.app_dsn) as conn:
        applied = conn.execute("select count(*), current_user from public.schema_migrations").fetchone()
        assert applied == (len(read_migrations()), "enishi_app")
    assert processes_on(data_dir / "postgres" / "cluster") == []


def test_an_external_server_is_used_as_it_is(database: Database, tmp_path: Path) -> None:
    environ = {"ENISHI_DATABASE_URL": database.app_dsn, "ENISHI_OWNER_DATABASE_URL": database.owner_dsn}
    with open_database(tmp_path / "data", environ=environ) as opened:
        assert opened == database
    with open_database(tmp_path / "data", environ={"ENISHI_DATABASE_URL": database.app_dsn}) as opened:
        assert opened == Database(app_dsn=database.app_dsn, owner_dsn=None)
    assert not (tmp_path / "data").exists()


def test_an_external_server_that_does_not_answer_is_refused(tmp_path: Path) -> None:
    environ = {"ENISHI_DATABASE_URL": "postgresql://enishi_app@127.0.0.1:1/enishi"}
    with pytest.raises(StartupRefusal, match=r"ENISHI_DATABASE_URL does not answer .* check the address"):
        open_database(tmp_path, environ=environ).__enter__()


def test_an_external_server_without_the_products_role_is_refused(data_dir: Path, tmp_path: Path) -> None:
    with EmbeddedServer(data_dir, durable=False) as server:
        with psycopg.connect(server.dsn("postgres")) as admin:
            admin.execute("drop owned by enishi_app")
            admin.execute("drop role enishi_app")
        url = server.dsn("enishi_owner")
        environ = {"ENISHI_DATABASE_URL": url, "ENISHI_OWNER_DATABASE_URL": url}
        with pytest.raises(StartupRefusal, match=r"has no role enishi_app, .*`create role enishi_app login"):
            open_database(tmp_path, environ=environ).__enter__()


def test_passwords_do_not_show_in_the_representation(database: Database) -> None:
    assert repr(database) == "Database()"
