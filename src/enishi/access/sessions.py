"""Logging in and out of the console and the counter.

Invariant: a browser's token is stored nowhere but in the browser, and no answer tells whether a login exists.
"""

from datetime import datetime
from math import ceil

from psycopg import Connection

from enishi import audit
from enishi.access import queries
from enishi.access.model import (
    Locked,
    LoggedIn,
    LoginFailed,
    NotSignedIn,
    Operator,
    SessionExpired,
    SessionToken,
)
from enishi.access.operators import load_operator
from enishi.access.passwords import hash_password, needs_new_hash, verify_password
from enishi.access.queries import OperatorRow
from enishi.access.rules import (
    FAILURES_FORGOTTEN_AFTER,
    SESSION_IDLE,
    SESSION_LIFETIME,
    SESSION_SEEN_EVERY,
    Tries,
    after_failure,
    hash_token,
    is_locked,
    is_over,
    new_token,
    normalise_login,
)
from enishi.kit.vault import Keyring


def log_in(
    conn: Connection, keyring: Keyring, login: str, password: str, *, now: datetime, replaces: str | None = None
) -> LoggedIn | LoginFailed | Locked:
    """Check a password and open a session; ``replaces`` is the token the browser held until now, which ends.

    A refusal is returned, not raised: the caller commits it, because a failure counts. The tenth failure in a row
    locks the login for 30 minutes, for the right password too, whether or not the login exists.
    """
    normal = normalise_login(login)
    lookup = keyring.blind("operator login", normal)
    queries.ensure_tries(conn, lookup)
    tries = queries.lock_tries(conn, lookup)
    if is_locked(tries, now):
        return _locked(tries, now)
    row = queries.select_operator_by_login(conn, normal)
    matches = verify_password(None if row is None else row.password_hash, password)
    if row is None or not matches or row.disabled_at is not None:
        return _refuse_failed(conn, lookup, row, after_failure(tries, now), now)
    queries.update_tries(conn, lookup, Tries())
    if needs_new_hash(row.password_hash):
        queries.update_password_hash(conn, row.operator_id, hash_password(password))
    if replaces:
        queries.delete_session(conn, hash_token(replaces))
    queries.delete_old_sessions(conn, now - SESSION_LIFETIME)
    queries.delete_old_tries(conn, now - FAILURES_FORGOTTEN_AFTER)
    session = SessionToken(token=new_token(), expires_at=now + SESSION_LIFETIME)
    queries.insert_session(
        conn, hash_token(session.token), row.operator_id, created_at=now, expires_at=session.expires_at
    )
    operator = load_operator(conn, row.operator_id)
    actor = f"operator:{row.operator_id}"
    audit.record_event(conn, actor=actor, action="operator.logged_in", target=actor, at=now)
    return LoggedIn(operator=operator, session=session)


def resume_session(conn: Connection, token: str, *, now: datetime, keep_alive: bool = True) -> Operator:
    """Whose session this is, with the roles held now. Refuses ``NotSignedIn`` and ``SessionExpired``.

    ``keep_alive`` False is for requests that no person made, such as a page refreshing itself: they do not postpone
    the end of an idle session.
    """
    token_hash = hash_token(token)
    session = queries.select_session(conn, token_hash) if token else None
    if session is None or session.disabled_at is not None:
        raise NotSignedIn("Nobody is signed in here.", remedy="Log in.")
    if is_over(session.last_seen_at, session.expires_at, SESSION_IDLE, now):
        raise SessionExpired("The session has ended because it was not used.", remedy="Log in again.")
    if keep_alive and now - session.last_seen_at >= SESSION_SEEN_EVERY:
        queries.update_session_seen(conn, token_hash, now)
    return load_operator(conn, session.operator_id)


def log_out(conn: Connection, token: str, *, now: datetime) -> None:
    """End a session, if there is one."""
    operator_id = queries.delete_session(conn, hash_token(token))
    if operator_id is not None:
        actor = f"operator:{operator_id}"
        audit.record_event(conn, actor=actor, action="operator.logged_out", target=actor, at=now)


def _refuse_failed(
    conn: Connection, lookup: bytes, row: OperatorRow | None, tries: Tries, now: datetime
) -> LoginFailed:
    queries.update_tries(conn, lookup, tries)
    audit.record_event(
        conn,
        actor=f"login:{lookup[:8].hex()}",
        action="operator.login_failed",
        target="" if row is None else f"operator:{row.operator_id}",
        detail={"failures": tries.failures, "locks": is_locked(tries, now)},
        at=now,
    )
    return LoginFailed(
        "The login or the password is wrong.",
        remedy="Check both; after ten failures in a row the login is locked for 30 minutes.",
    )


def _locked(tries: Tries, now: datetime) -> Locked:
    wait = 0 if tries.locked_until is None else ceil((tries.locked_until - now).total_seconds())
    return Locked(
        "This login is locked after ten failures in a row.",
        remedy=f"Try again in {ceil(wait / 60)} minutes.",
        retry_after_seconds=wait,
    )
