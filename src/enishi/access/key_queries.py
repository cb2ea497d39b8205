"""The SQL of API keys. Each function is one statement on the schema ``access``."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct
from psycopg import Connection
from psycopg.rows import class_row

from enishi.access.model import KeyRecord


class KeyRow(Struct, frozen=True):
    """A key that is not revoked, as stored."""

    key_id: str
    name: str
    secret_hash: bytes
    scopes: list[str]
    store_codes: list[str] | None


def insert_key(conn: Connection, key: KeyRow, created_at: datetime) -> bool:
    """Add a key; False when there is one with this ID."""
    cursor = conn.execute(
        "insert into access.api_keys (key_id, name, secret_hash, scopes, store_codes, created_at)"
        " values (%s, %s, %s, %s, %s, %s) on conflict (key_id) do nothing",
        (key.key_id, key.name, key.secret_hash, key.scopes, key.store_codes, created_at),
    )
    return cursor.rowcount == 1


def select_live_key(conn: Connection, key_id: str) -> KeyRow | None:
    """A key that is not revoked."""
    cursor = conn.cursor(row_factory=class_row(KeyRow))
    return cursor.execute(
        "select key_id, name, secret_hash, scopes, store_codes from access.api_keys"
        " where key_id = %s and revoked_at is null",
        (key_id,),
    ).fetchone()


def select_keys(conn: Connection) -> list[KeyRecord]:
    """All keys, newest first, revoked ones included."""
    cursor = conn.cursor(row_factory=class_row(KeyRecord))
    return cursor.execute(
        "select key_id, name, scopes, store_codes, created_at, last_used_at, revoked_at"
        " from access.api_keys order by created_at desc, key_id"
    ).fetchall()


def update_revoked_at(conn: Connection, key_id: str, revoked_at: datetime) -> bool:
    """Revoke a key; False when there is none with this ID that still works."""
    cursor = conn.execute(
        "update access.api_keys set revoked_at = %s where key_id = %s and revoked_at is null", (revoked_at, key_id)
    )
    return cursor.rowcount == 1


def update_last_used(conn: Connection, uses: Mapping[str, datetime]) -> None:
    """Note when keys were last used; an earlier instant never replaces a later one."""
    key_ids: Sequence[str] = sorted(uses)
    conn.execute(
        "update access.api_keys set last_used_at = used.at"
        " from unnest(%s::text[], %s::timestamptz[]) as used (key_id, at)"
        " where api_keys.key_id = used.key_id and (last_used_at is null or last_used_at < used.at)",
        (key_ids, [uses[key_id] for key_id in key_ids]),
    )
