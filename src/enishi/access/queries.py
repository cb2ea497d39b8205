"""The SQL of operators, their roles, tries and sessions. Each function is one statement on the schema ``access``."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from psycopg import Connection
from psycopg.rows import class_row

from enishi.access.rules import Tries


class OperatorRow(Struct, frozen=True):
    """An operator as stored."""

    operator_id: UUID
    login: str
    display_name: str
    password_hash: str
    locale: str
    disabled_at: datetime | None


class HeldRoleRow(Struct, frozen=True):
    """A role held by an operator, with what it permits."""

    role: str
    name_ja: str
    name_en: str
    permissions: list[str]
    store_codes: list[str] | None


class RoleRow(Struct, frozen=True):
    """A role with what it permits."""

    role: str
    name_ja: str
    name_en: str
    permissions: list[str]


class SessionRow(Struct, frozen=True):
    """An operator's session as stored."""

    operator_id: UUID
    last_seen_at: datetime
    expires_at: datetime
    disabled_at: datetime | None


def insert_operator(conn: Connection, operator: OperatorRow, created_at: datetime) -> bool:
    """Add an operator; False when the login is taken."""
    cursor = conn.execute(
        "insert into access.operators (operator_id, login, display_name, password_hash, locale, created_at)"
        " values (%s, %s, %s, %s, %s, %s) on conflict (login) do nothing",
        (
            operator.operator_id,
            operator.login,
            operator.display_name,
            operator.password_hash,
            operator.locale,
            created_at,
        ),
    )
    return cursor.rowcount == 1


def select_operator_by_login(conn: Connection, login: str) -> OperatorRow | None:
    """The operator with this normalised login."""
    cursor = conn.cursor(row_factory=class_row(OperatorRow))
    return cursor.execute(
        "select operator_id, login, display_name, password_hash, locale, disabled_at"
        " from access.operators where login = %s",
        (login,),
    ).fetchone()


def select_operator(conn: Connection, operator_id: UUID) -> OperatorRow | None:
    """The operator with this ID."""
    cursor = conn.cursor(row_factory=class_row(OperatorRow))
    return cursor.execute(
        "select operator_id, login, display_name, password_hash, locale, disabled_at"
        " from access.operators where operator_id = %s",
        (operator_id,),
    ).fetchone()


def select_operators(conn: Connection) -> list[OperatorRow]:
    """All operators, by login."""
    cursor = conn.cursor(row_factory=class_row(OperatorRow))
    return cursor.execute(
        "select operator_id, login, display_name, password_hash, locale, disabled_at"
        " from access.operators order by login"
    ).fetchall()


def update_password_hash(conn: Connection, operator_id: UUID, password_hash: str) -> None:
    """Replace the password hash."""
    conn.execute("update access.operators set password_hash = %s where operator_id = %s", (password_hash, operator_id))


def update_disabled_at(conn: Connection, operator_id: UUID, disabled_at: datetime | None) -> None:
    """Disable an operator, or (None) enable again."""
    conn.execute("update access.operators set disabled_at = %s where operator_id = %s", (disabled_at, operator_id))


def select_role_names(conn: Connection) -> list[str]:
    """All roles, widest first."""
    return [name for (name,) in conn.execute("select role from access.roles order by position")]


def select_roles(conn: Connection) -> list[RoleRow]:
    """All roles with their names, widest first."""
    with conn.cursor(row_factory=class_row(RoleRow)) as cursor:
        return cursor.execute(
            "select role, name_ja, name_en, permissions from access.roles order by position"
        ).fetchall()


def upsert_role_grant(
    conn: Connection, operator_id: UUID, role: str, store_codes: Sequence[str] | None, *, granted_at: datetime
) -> None:
    """Grant a role for some stores (None: all), replacing the stores of an earlier grant."""
    conn.execute(
        "insert into access.role_grants (operator_id, role, store_codes, granted_at) values (%s, %s, %s, %s)"
        " on conflict (operator_id, role) do update set store_codes = excluded.store_codes,"
        " granted_at = excluded.granted_at",
        (operator_id, role, None if store_codes is None else list(store_codes), granted_at),
    )


def delete_role_grant(conn: Connection, operator_id: UUID, role: str) -> None:
    """Take a role away."""
    conn.execute("delete from access.role_grants where operator_id = %s and role = %s", (operator_id, role))


def select_held_roles(conn: Connection, operator_id: UUID) -> list[HeldRoleRow]:
    """The roles an operator holds, widest first."""
    cursor = conn.cursor(row_factory=class_row(HeldRoleRow))
    return cursor.execute(
        "select role, name_ja, name_en, permissions, store_codes"
        " from access.role_grants join access.roles using (role) where operator_id = %s order by position",
        (operator_id,),
    ).fetchall()


def ensure_tries(conn: Connection, login_lookup: bytes) -> None:
    """Make sure that a login has a row to lock."""
    conn.execute(
        "insert into access.login_tries (login_lookup, failures) values (%s, 0) on conflict do nothing",
        (login_lookup,),
    )


def lock_tries(conn: Connection, login_lookup: bytes) -> Tries:
    """Read a login's tries and keep others out until the transaction ends, so that tries at once are counted singly."""
    cursor = conn.cursor(row_factory=class_row(Tries))
    found = cursor.execute(
        "select failures, last_failed_at, locked_until from access.login_tries where login_lookup = %s for update",
        (login_lookup,),
    ).fetchone()
    return found or Tries()


def update_tries(conn: Connection, login_lookup: bytes, tries: Tries) -> None:
    """Store what was counted."""
    conn.execute(
        "update access.login_tries set failures = %s, last_failed_at = %s, locked_until = %s where login_lookup = %s",
        (tries.failures, tries.last_failed_at, tries.locked_until, login_lookup),
    )


def delete_old_tries(conn: Connection, before: datetime) -> None:
    """Forget tries that no longer count, so that invented logins do not fill the table."""
    conn.execute(
        "delete from access.login_tries where login_lookup in ("
        "select login_lookup from access.login_tries"
        " where last_failed_at < %s for update skip locked)",
        (before,),
    )


def insert_session(
    conn: Connection, token_hash: bytes, operator_id: UUID, *, created_at: datetime, expires_at: datetime
) -> None:
    """Open a session."""
    conn.execute(
        "insert into access.operator_sessions (token_hash, operator_id, created_at, last_seen_at, expires_at)"
        " values (%s, %s, %s, %s, %s)",
        (token_hash, operator_id, created_at, created_at, expires_at),
    )


def select_session(conn: Connection, token_hash: bytes) -> SessionRow | None:
    """A session by its token's hash."""
    cursor = conn.cursor(row_factory=class_row(SessionRow))
    return cursor.execute(
        "select operator_id, last_seen_at, expires_at, disabled_at"
        " from access.operator_sessions join access.operators using (operator_id) where token_hash = %s",
        (token_hash,),
    ).fetchone()


def update_session_seen(conn: Connection, token_hash: bytes, seen_at: datetime) -> None:
    """Note that the session was used."""
    conn.execute(
        "update access.operator_sessions set last_seen_at = %(at)s"
        " where token_hash = %(token)s and last_seen_at < %(at)s",
        {"at": seen_at, "token": token_hash},
    )


def delete_session(conn: Connection, token_hash: bytes) -> UUID | None:
    """End a session; gives whose it was."""
    row = conn.execute(
        "delete from access.operator_sessions where token_hash = %s returning operator_id", (token_hash,)
    ).fetchone()
    return row[0] if row else None


def delete_sessions_of(conn: Connection, operator_id: UUID) -> None:
    """End all sessions of an operator."""
    conn.execute("delete from access.operator_sessions where operator_id = %s", (operator_id,))


def delete_old_sessions(conn: Connection, before: datetime) -> None:
    """Remove sessions that ended long enough ago that nobody asks for them again."""
    conn.execute("delete from access.operator_sessions where expires_at < %s", (before,))
