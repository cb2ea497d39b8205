"""Operators: who they are, what they may do, and how they are made."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from psycopg import Connection

from enishi import audit
from enishi.access import queries
from enishi.access.model import HeldRole, Locale, LoginTaken, Operator, Role, UnknownRole
from enishi.access.passwords import hash_password
from enishi.access.queries import OperatorRow
from enishi.access.rules import check_password, normalise_login
from enishi.kit.clock import now as present_instant
from enishi.kit.errors import InvalidRequest, NotFound
from enishi.kit.ids import new_id

_LOGIN_LENGTH_MAX = 128


def create_operator(
    conn: Connection,
    login: str,
    password: str,
    *,
    display_name: str,
    roles: Mapping[str, Sequence[str] | None],
    locale: Locale = Locale.JA,
    now: datetime | None = None,
    actor: str = audit.SYSTEM,
) -> Operator:
    """Make an operator who holds ``roles`` (role → store codes; None: all stores).

    Refuses ``WeakPassword``, ``LoginTaken``, ``UnknownRole`` and an empty login (``InvalidRequest``).
    """
    normal = normalise_login(login)
    if not 0 < len(normal) <= _LOGIN_LENGTH_MAX or not normal.isprintable():
        raise InvalidRequest(
            f"A login has 1 to {_LOGIN_LENGTH_MAX} printable characters.", field="login", remedy="Choose another one."
        )
    check_password(password, normal)
    instant = now or present_instant()
    row = OperatorRow(
        operator_id=new_id(),
        login=normal,
        display_name=display_name.strip() or normal,
        password_hash=hash_password(password),
        locale=locale.value,
        disabled_at=None,
    )
    if not queries.insert_operator(conn, row, instant):
        raise LoginTaken(f"An operator {normal} exists already.", field="login", remedy="Choose another login.")
    for role, store_codes in roles.items():
        _grant(conn, row.operator_id, role, store_codes, instant)
    audit.record_event(
        conn,
        actor=actor,
        action="operator.created",
        target=f"operator:{row.operator_id}",
        detail={"roles": sorted(roles)},
        at=instant,
    )
    return _assemble(conn, row)


def grant_role(
    conn: Connection,
    operator_id: UUID,
    role: str,
    store_codes: Sequence[str] | None,
    *,
    now: datetime,
    actor: str = audit.SYSTEM,
) -> Operator:
    """Grant a role for some stores (None: all). Refuses ``UnknownRole`` and ``NotFound``."""
    operator = load_operator(conn, operator_id)
    _grant(conn, operator_id, role, store_codes, now)
    audit.record_event(
        conn,
        actor=actor,
        action="operator.role_granted",
        target=f"operator:{operator_id}",
        detail={"role": role, "stores": None if store_codes is None else sorted(store_codes)},
        at=now,
    )
    return load_operator(conn, operator.operator_id)


def revoke_role(
    conn: Connection, operator_id: UUID, role: str, *, now: datetime, actor: str = audit.SYSTEM
) -> Operator:
    """Take a role away; it takes effect with the operator's next request. Refuses ``NotFound``."""
    load_operator(conn, operator_id)
    queries.delete_role_grant(conn, operator_id, role)
    audit.record_event(
        conn,
        actor=actor,
        action="operator.role_revoked",
        target=f"operator:{operator_id}",
        detail={"role": role},
        at=now,
    )
    return load_operator(conn, operator_id)


def set_password(
    conn: Connection, operator_id: UUID, password: str, *, now: datetime, actor: str = audit.SYSTEM
) -> None:
    """Replace the password and end all sessions of the operator. Refuses ``WeakPassword`` and ``NotFound``."""
    operator = load_operator(conn, operator_id)
    check_password(password, operator.login)
    queries.update_password_hash(conn, operator_id, hash_password(password))
    queries.delete_sessions_of(conn, operator_id)
    audit.record_event(conn, actor=actor, action="operator.password_set", target=f"operator:{operator_id}", at=now)


def disable_operator(conn: Connection, operator_id: UUID, *, now: datetime, actor: str = audit.SYSTEM) -> None:
    """Shut an operator out and end all of their sessions. Refuses ``NotFound``."""
    load_operator(conn, operator_id)
    queries.update_disabled_at(conn, operator_id, now)
    queries.delete_sessions_of(conn, operator_id)
    audit.record_event(conn, actor=actor, action="operator.disabled", target=f"operator:{operator_id}", at=now)


def load_operator(conn: Connection, operator_id: UUID) -> Operator:
    """An operator with the roles held now. Refuses ``NotFound``."""
    row = queries.select_operator(conn, operator_id)
    if row is None:
        raise NotFound("There is no such operator.")
    return _assemble(conn, row)


def find_operator(conn: Connection, login: str) -> Operator | None:
    """The operator with this login, in any spelling."""
    row = queries.select_operator_by_login(conn, normalise_login(login))
    return None if row is None else _assemble(conn, row)


def list_operators(conn: Connection) -> list[Operator]:
    """All operators, by login."""
    return [_assemble(conn, row) for row in queries.select_operators(conn)]


def load_operator_names(conn: Connection) -> dict[str, str]:
    """The logins of all operators by their ID as text, for showing records that name them by ID."""
    return {str(row.operator_id): row.login for row in queries.select_operators(conn)}


def _grant(conn: Connection, operator_id: UUID, role: str, store_codes: Sequence[str] | None, now: datetime) -> None:
    known = queries.select_role_names(conn)
    if role not in known:
        raise UnknownRole(f"There is no role {role}.", field="role", remedy=f"Choose one of {', '.join(known)}.")
    if store_codes is not None and not store_codes:
        raise InvalidRequest(
            "A role is held for all stores or for at least one.", field="stores", remedy="Name a store, or none at all."
        )
    queries.upsert_role_grant(conn, operator_id, role, store_codes, granted_at=now)


def _assemble(conn: Connection, row: OperatorRow) -> Operator:
    return Operator(
        operator_id=row.operator_id,
        login=row.login,
        display_name=row.display_name,
        locale=Locale(row.locale),
        roles=tuple(
            HeldRole(
                role=held.role,
                names=MappingProxyType({"ja": held.name_ja, "en": held.name_en}),
                permissions=frozenset(held.permissions),
                store_codes=None if held.store_codes is None else frozenset(held.store_codes),
            )
            for held in queries.select_held_roles(conn, row.operator_id)
        ),
    )


def list_roles(conn: Connection) -> list[Role]:
    """Every role, widest first."""
    return [
        Role(row.role, MappingProxyType({"ja": row.name_ja, "en": row.name_en}), frozenset(row.permissions))
        for row in queries.select_roles(conn)
    ]
