"""API keys: ``enk_<id>_<secret>``, shown once, stored as a hash, scoped, revocable."""

import hmac
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from psycopg import Connection

from enishi import audit
from enishi.access import key_queries
from enishi.access.key_queries import KeyRow
from enishi.access.model import ApiKey, ApiScope, KeyRecord, UnknownScope
from enishi.access.rules import format_key, hash_token, new_key_parts, parse_key
from enishi.kit.clock import now as present_instant
from enishi.kit.errors import InvalidRequest, NotFound

_NAME_LENGTH_MAX = 128
_SCOPES = {scope.value for scope in ApiScope}


def create_key(
    conn: Connection,
    name: str,
    scopes: Iterable[str],
    *,
    store_codes: Sequence[str] | None = None,
    now: datetime | None = None,
    actor: str = audit.SYSTEM,
) -> tuple[ApiKey, str]:
    """Make a key for ``scopes`` at ``store_codes`` (None: all stores); also gives the key to present, this once.

    Refuses ``UnknownScope`` and, for an empty name, scope list or store list, ``InvalidRequest``.
    """
    key_id, secret = new_key_parts()
    row = make_key_row(key_id, secret, name, scopes, store_codes)
    instant = now or present_instant()
    key_queries.insert_key(conn, row, instant)
    audit.record_event(
        conn,
        actor=actor,
        action="key.created",
        target=f"key:{key_id}",
        detail={"scopes": row.scopes, "stores": row.store_codes},
        at=instant,
    )
    return _as_key(row), format_key(key_id, secret)


def make_key_row(
    key_id: str, secret: str, name: str, scopes: Iterable[str], store_codes: Sequence[str] | None
) -> KeyRow:
    """Check what a key is to be, and give the row that is stored for it."""
    wanted = sorted(set(scopes))
    unknown = [scope for scope in wanted if scope not in _SCOPES]
    if unknown:
        raise UnknownScope(
            f"There is no scope {unknown[0]}.", field="scopes", remedy=f"Choose from {', '.join(ApiScope)}."
        )
    if not wanted:
        raise InvalidRequest("A key needs at least one scope.", field="scopes", remedy=f"Choose {', '.join(ApiScope)}.")
    if not 0 < len(name.strip()) <= _NAME_LENGTH_MAX:
        raise InvalidRequest(
            f"A key's name has 1 to {_NAME_LENGTH_MAX} characters.", field="name", remedy="Say which system uses it."
        )
    if store_codes is not None and not store_codes:
        raise InvalidRequest(
            "A key is for all stores or for at least one.", field="stores", remedy="Name a store, or none at all."
        )
    return KeyRow(
        key_id=key_id,
        name=name.strip(),
        secret_hash=hash_token(secret),
        scopes=wanted,
        store_codes=None if store_codes is None else sorted(set(store_codes)),
    )


def authenticate_key(conn: Connection, presented: str) -> ApiKey | None:
    """What the presented key may do; None when it is no key of ours, or revoked.

    Callers may keep the answer for ``KEY_CACHE_SECONDS``, under a hash of what was presented, and no longer.
    """
    parts = parse_key(presented)
    if parts is None:
        return None
    key_id, secret = parts
    row = key_queries.select_live_key(conn, key_id)
    if row is None or not hmac.compare_digest(row.secret_hash, hash_token(secret)):
        return None
    return _as_key(row)


def note_key_use(conn: Connection, uses: Mapping[str, datetime]) -> None:
    """Note when keys (by ID) were last used. Meant to be called every minute or so, not at each request."""
    if uses:
        key_queries.update_last_used(conn, uses)


def list_keys(conn: Connection) -> list[KeyRecord]:
    """All keys, newest first, revoked ones included."""
    return key_queries.select_keys(conn)


def revoke_key(conn: Connection, key_id: str, *, now: datetime | None = None, actor: str = audit.SYSTEM) -> None:
    """End a key for good; it stops working within ``KEY_CACHE_SECONDS``. Refuses ``NotFound``."""
    instant = now or present_instant()
    if not key_queries.update_revoked_at(conn, key_id, instant):
        raise NotFound(f"There is no key {key_id} that still works.", remedy="List the keys to see their IDs.")
    audit.record_event(conn, actor=actor, action="key.revoked", target=f"key:{key_id}", at=instant)


def _as_key(row: KeyRow) -> ApiKey:
    return ApiKey(
        key_id=row.key_id,
        name=row.name,
        scopes=frozenset(row.scopes),
        store_codes=None if row.store_codes is None else frozenset(row.store_codes),
    )
