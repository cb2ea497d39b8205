"""Migrations are applied once, in order, whole or not at all; what contradicts that is refused."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg import sql

from enishi.kit.database import Database, EmbeddedServer, StartupRefusal, migrate, require_migrated
from enishi.kit.database.migrations import read_migrations

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def bare(server: EmbeddedServer, admin_conn: psycopg.Connection, request: pytest.FixtureRequest) -> Iterator[Database]:
    """A database without any migration."""
    name = sql.Identifier(f"bare_{abs(hash(request.node.name))}")
    admin_conn.execute(sql.SQL("create database {} owner enishi_owner").format(name))
    plain = name.as_string().strip('"')
    yield Database(app_dsn=server.dsn("enishi_app", plain), owner_dsn=server.dsn("enishi_owner", plain))
    admin_conn.execute(sql.SQL("drop database {} with (force)").format(name))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two migrations, the second of which builds on the first."""
    (tmp_path / "0001_first.sql").write_text("create table a (x int); insert into a values (1);", encoding="utf-8")
    (tmp_path / "0010_second.sql").write_text("alter table a add y int; update a set y = x + 1;", encoding="utf-8")
    (tmp_path / "schema.sql").write_text("this is not a migration", encoding="utf-8")
    return tmp_path


def _rows(database: Database, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(database.owner_dsn) as conn:
        return conn.execute(query.encode()).fetchall()


def test_what_is_missing_is_applied_in_order_and_recorded(bare: Database, folder: Path) -> None:
    assert migrate(bare.owner_dsn, folder) == ["0001_first", "0010_second"]
    assert _rows(bare, "select x, y from a") == [(1, 2)]
    assert _rows(bare, "select version, name from public.schema_migrations order by version") == [
        (1, "first"),
        (10, "second"),
    ]
    assert migrate(bare.owner_dsn, folder) == []


def test_a_failing_file_leaves_nothing_of_itself_and_keeps_those_before(bare: Database, folder: Path) -> None:
    (folder / "0011_third.sql").write_text("create table b (x int); select 1 / 0;", encoding="utf-8")
    with pytest.raises(psycopg.errors.DivisionByZero):
        migrate(bare.owner_dsn, folder)
    assert _rows(bare, "select to_regclass('b'), max(version) from public.schema_migrations") == [(None, 10)]
    (folder / "0011_third.sql").write_text("create table b (x int);", encoding="utf-8")
    assert migrate(bare.owner_dsn, folder) == ["0011_third"]


def test_a_file_changed_after_it_was_applied_is_refused(bare: Database, folder: Path) -> None:
    migrate(bare.owner_dsn, folder)
    (folder / "0001_first.sql").write_text("create table a (x bigint);", encoding="utf-8")
    with pytest.raises(StartupRefusal) as refused:
        migrate(bare.owner_dsn, folder)
    assert str(refused.value) == (
        "Migration 0001_first was changed after it had been applied to this database: restore the file as it was"
        " released and put the change into a new migration."
    )


def test_a_database_ahead_of_the_code_is_refused(bare: Database, folder: Path) -> None:
    migrate(bare.owner_dsn, folder)
    (folder / "0010_second.sql").unlink()
    with pytest.raises(StartupRefusal, match="ahead of this Enishi: it has migration 0010_second"):
        migrate(bare.owner_dsn, folder)


def test_a_file_slipped_in_before_an_applied_one_is_refused(bare: Database, folder: Path) -> None:
    migrate(bare.owner_dsn, folder)
    (folder / "0005_late.sql").write_text("create table b (x int);", encoding="utf-8")
    with pytest.raises(StartupRefusal, match=r"0005_late is missing .* number the file after 0010"):
        migrate(bare.owner_dsn, folder)


def test_two_files_of_one_number_are_refused(folder: Path) -> None:
    (folder / "0010_rival.sql").write_text("select 1;", encoding="utf-8")
    with pytest.raises(StartupRefusal, match="share a number: 0010_rival and 0010_second"):
        read_migrations(folder)


def test_two_runners_at_once_apply_each_file_once(bare: Database, folder: Path) -> None:
    (folder / "0011_slow.sql").write_text("select pg_sleep(0.3); create table c (x int);", encoding="utf-8")
    answers: list[list[str]] = []
    runners = [threading.Thread(target=lambda: answers.append(migrate(bare.owner_dsn, folder))) for _ in range(3)]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join()
    assert sorted(answers) == [[], [], ["0001_first", "0010_second", "0011_slow"]]


def test_a_migration_gives_up_on_a_lock_instead_of_stopping_the_shop(bare: Database, folder: Path) -> None:
    migrate(bare.owner_dsn, folder)
    third = folder / "0011_third.sql"
    third.write_text(
        "do $$ begin assert current_setting('lock_timeout') = '10s'; end $$;"
        "set local lock_timeout = '100ms'; alter table a add z int;",
        encoding="utf-8",
    )
    with psycopg.connect(bare.owner_dsn) as holder:
        holder.execute("select * from a")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            migrate(bare.owner_dsn, folder)
    assert migrate(bare.owner_dsn, folder) == ["0011_third"]


def test_a_product_without_the_owners_rights_still_knows_whether_it_is_migrated(bare: Database, folder: Path) -> None:
    with pytest.raises(StartupRefusal, match="lacks 2 migrations, from 0001_first on: set ENISHI_OWNER_DATABASE_URL"):
        require_migrated(bare.app_dsn, folder)
    migrate(bare.owner_dsn, folder)
    require_migrated(bare.app_dsn, folder)


def test_the_product_can_not_rewrite_the_record(database: Database) -> None:
    with psycopg.connect(database.app_dsn) as conn, pytest.raises(psycopg.errors.InsufficientPrivilege):
        conn.execute("delete from public.schema_migrations")
