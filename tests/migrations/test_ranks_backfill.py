"""An installation from before ranks: what 0110 works out for its old facts is what recording them today gives."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from tests.flows.factories import customer_of, make_context
from tests.flows.shopping_year import CARD, shop_for_a_year

from enishi.kit.database import Database, EmbeddedServer, migrate
from enishi.kit.database.migrations import read_migrations

MIGRATIONS = Path(__file__).parents[2] / "migrations"
RANKS = 110
TABLES = (
    ("program", "versions"),
    ("purchases", "purchases"),
    ("purchases", "returns"),
    ("purchases", "claims"),
    ("ranks", "progress"),
)
WORKED_OUT = (
    "select return_id, refund_net_yen from purchases.returns order by 1",
    "select purchase_id, net_yen from purchases.claims order by 1",
    "select customer_id, month, amount_yen, purchases, points_earned, net_yen, days from ranks.progress order by 1, 2",
)


@pytest.fixture
def old(server: EmbeddedServer, admin_conn: psycopg.Connection, tmp_path: Path) -> Iterator[Database]:
    """A database as it was before ranks: with the migrations up to them."""
    for one in read_migrations(MIGRATIONS):
        if one.version < RANKS:
            shutil.copy(MIGRATIONS / f"{one.label}.sql", tmp_path)
    admin_conn.execute("create database before_ranks owner enishi_owner")
    plain = Database(
        app_dsn=server.dsn("enishi_app", "before_ranks"), owner_dsn=server.dsn("enishi_owner", "before_ranks")
    )
    try:
        migrate(plain.owner_dsn, tmp_path)
        yield plain
    finally:
        admin_conn.execute("drop database before_ranks with (force)")


def copy_old_facts(new: psycopg.Connection, old: psycopg.Connection) -> None:
    """Carry over what the old tables have columns for."""
    for schema, table in TABLES:
        columns = [
            sql.Identifier(name)
            for (name,) in old.execute(
                "select column_name from information_schema.columns where table_schema = %s and table_name = %s"
                " and is_generated = 'NEVER' order by ordinal_position",
                (schema, table),
            )
        ]
        parts = {"table": sql.Identifier(schema, table), "columns": sql.SQL(", ").join(columns)}
        with (
            new.cursor().copy(sql.SQL("copy (select {columns} from {table}) to stdout").format(**parts)) as source,
            old.cursor().copy(sql.SQL("copy {table} ({columns}) from stdin").format(**parts)) as target,
        ):
            for piece in source:
                target.write(piece)


def test_amounts_before_tax_and_days_of_visits_are_worked_out_for_facts_from_before(conn, owner_conn, old) -> None:
    context = make_context(conn)
    customer_of(conn, CARD)
    shop_for_a_year(conn, context)
    expected = [owner_conn.execute(one).fetchall() for one in WORKED_OUT]
    with psycopg.connect(old.owner_dsn) as held:
        copy_old_facts(owner_conn, held)
    assert "0110_ranks" in migrate(old.owner_dsn, MIGRATIONS)
    with psycopg.connect(old.owner_dsn, options="-c timezone=UTC") as held:
        found = [held.execute(one).fetchall() for one in WORKED_OUT]
    assert found == expected
    assert [len(one) for one in found] == [20, 10, 14]
    assert sum(bool(net and days) for *_, net, days in found[2]) > 10
