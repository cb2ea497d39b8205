"""The roles and the database on an embedded server, made idempotently.

``enishi_owner`` owns the database and runs migrations; ``enishi_app`` is what the product is, with the rights that
migrations grant and no others. Invariant: the administrator ``postgres`` is used here and nowhere else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import psycopg
from psycopg import sql

if TYPE_CHECKING:
    from collections.abc import Mapping

DATABASE: Final = "enishi"


def bootstrap(admin_dsn: str, passwords: Mapping[str, str]) -> None:
    """Make what is missing of the two roles and the database. ``admin_dsn`` names the administrator."""
    with psycopg.connect(admin_dsn, autocommit=True) as conn:
        for role in ("enishi_owner", "enishi_app"):
            _ensure_role(conn, role, passwords[role])
        _ensure_database(conn)


def _ensure_role(conn: psycopg.Connection, role: str, password: str) -> None:
    if conn.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone():
        return
    statement = sql.SQL("create role {} login password {}")
    conn.execute(statement.format(sql.Identifier(role), sql.Literal(password)))


def _ensure_database(conn: psycopg.Connection) -> None:
    if not conn.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone():
        conn.execute("create database enishi owner enishi_owner")
    # Both are repeatable, so a start killed after the line above is completed by the next.
    conn.execute("revoke all on database enishi from public")
    conn.execute("grant connect, temporary on database enishi to enishi_app")
    kinds = conn.execute("select enumvals from pg_settings where name = 'default_toast_compression'").fetchone()
    if kinds is not None and "lz4" in kinds[0]:
        conn.execute("alter database enishi set default_toast_compression = 'lz4'")
