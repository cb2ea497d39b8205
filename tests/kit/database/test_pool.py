"""The sessions the product works in."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import psycopg

from enishi.kit.database import Database, open_pool

if TYPE_CHECKING:
    from psycopg_pool import ConnectionPool


def _settings(pool: ConnectionPool[psycopg.Connection], *names: str) -> list[str]:
    with pool.connection() as conn:
        return [conn.execute("select current_setting(%s)", [name]).fetchone()[0] for name in names]


def test_a_session_is_in_utc_without_jit_with_generic_plans_and_with_limits(database: Database) -> None:
    with open_pool(database.app_dsn, 1, 2) as pool:
        values = _settings(
            pool,
            "TimeZone",
            "jit",
            "plan_cache_mode",
            "lock_timeout",
            "statement_timeout",
            "idle_in_transaction_session_timeout",
            "application_name",
        )
    assert values == ["UTC", "off", "force_generic_plan", "10s", "30s", "1min", "enishi"]


def test_plans_can_be_made_for_each_question(database: Database) -> None:
    with open_pool(database.app_dsn, 1, 1, generic_plans=False) as pool:
        assert _settings(pool, "plan_cache_mode") == ["auto"]


def test_options_of_the_connection_string_are_kept(database: Database) -> None:
    dsn = psycopg.conninfo.make_conninfo(database.app_dsn, options="-c work_mem=9MB")
    with open_pool(dsn, 1, 1) as pool:
        assert _settings(pool, "work_mem", "jit") == ["9MB", "off"]


def test_a_connection_works_in_a_transaction_that_an_error_undoes(database: Database) -> None:
    with open_pool(database.app_dsn, 1, 1) as pool:
        with contextlib.suppress(psycopg.errors.DivisionByZero), pool.connection() as conn:
            conn.execute("create temporary table seen (a int) on commit preserve rows")
            conn.execute("select 1 / 0")
        with pool.connection() as conn:
            assert conn.execute("select to_regclass('seen')").fetchone() == (None,)


def test_a_statement_is_prepared_at_its_second_use(database: Database) -> None:
    with open_pool(database.app_dsn, 1, 1) as pool, pool.connection() as conn:
        for number in range(3):
            assert conn.execute("select %s::int + 1", [number]).fetchone() == (number + 1,)
        prepared = conn.execute("select count(*) from pg_prepared_statements where statement like 'select $1::int%'")
        assert prepared.fetchone() == (1,)


def test_a_connection_cut_while_idle_is_replaced_before_it_is_handed_out(
    database: Database, admin_conn: psycopg.Connection
) -> None:
    with open_pool(database.app_dsn, 1, 1) as pool:
        with pool.connection() as conn:
            cut = conn.info.backend_pid
        admin_conn.execute("select pg_terminate_backend(%s, 5000)", [cut])
        with pool.connection() as conn:
            assert conn.info.backend_pid != cut
            assert conn.execute("select 1").fetchone() == (1,)
