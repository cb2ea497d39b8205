"""Operators, their passwords and their sessions, in the database."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from enishi import access, audit
from enishi.access import (
    Locked,
    LoggedIn,
    LoginFailed,
    LoginTaken,
    NotSignedIn,
    Permission,
    UnknownRole,
    WeakPassword,
    passwords,
)
from enishi.kit.errors import InvalidRequest, NotFound, Refusal

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
PASSWORD = "correct horse battery"


@pytest.fixture
def hanako(conn, quick_passwords):
    operator = access.create_operator(
        conn, "Hanako", PASSWORD, display_name="縁 花子", roles={"store_manager": ["S1"]}, now=NOW
    )
    conn.commit()
    return operator


def test_a_password_is_kept_as_argon2id_of_64_mib_and_nothing_else(conn):
    access.create_operator(conn, "hanako", PASSWORD, display_name="", roles={}, now=NOW)
    (stored,) = conn.execute("select password_hash from access.operators").fetchone()
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert passwords.verify_password(stored, PASSWORD)
    assert not passwords.verify_password(stored, PASSWORD + "x")


@pytest.mark.usefixtures("hanako")
@pytest.mark.parametrize("login", ["hanako", "nobody"])
def test_a_failed_log_in_costs_one_check_whether_the_login_exists_or_not(conn, keyring, monkeypatch, login):
    checks = []

    class Counting:
        def verify(self, stored: str, password: str) -> bool:
            checks.append(password)
            return hasher.verify(stored, password)

        def __getattr__(self, name: str) -> object:
            return getattr(hasher, name)

    hasher = passwords._hasher
    passwords._hash_of_nobody()
    monkeypatch.setattr(passwords, "_hasher", Counting())
    assert isinstance(access.log_in(conn, keyring, login, "wrong password!", now=NOW), LoginFailed)
    assert checks == ["wrong password!"]


def test_nobody_has_no_password(quick_passwords):
    assert not passwords.verify_password(None, PASSWORD)
    assert not passwords.verify_password("not a hash", PASSWORD)


@pytest.mark.usefixtures("hanako")
def test_twenty_tries_at_once_are_counted_singly(conn, database, keyring):
    """A lock that is counted after the check lets as many through as there are connections."""
    outcomes = []

    def attempt() -> None:
        with psycopg.connect(database.app_dsn) as own:
            outcomes.append(type(access.log_in(own, keyring, "hanako", "wrong password!", now=NOW)))

    threads = [threading.Thread(target=attempt) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (outcomes.count(LoginFailed), outcomes.count(Locked)) == (10, 10)
    assert isinstance(access.log_in(conn, keyring, "hanako", PASSWORD, now=NOW), Locked)


@pytest.mark.usefixtures("hanako")
def test_neither_token_nor_login_tries_are_stored_readably(conn, keyring):
    logged_in = access.log_in(conn, keyring, "hanako", PASSWORD, now=NOW)
    access.log_in(conn, keyring, "a-password-in-the-wrong-field", "x", now=NOW)
    assert isinstance(logged_in, LoggedIn)
    sessions = repr(conn.execute("select * from access.operator_sessions").fetchall())
    tries = repr(conn.execute("select * from access.login_tries").fetchall())
    assert logged_in.session.token not in sessions
    assert "a-password" not in tries
    assert len(logged_in.session.token) == 43


@pytest.mark.parametrize("token", ["", "x", "あ", "\ud800", "\x00", "A" * 10_000])
def test_a_token_of_nobody_opens_nothing(conn, token):
    with pytest.raises(NotSignedIn):
        access.resume_session(conn, token, now=NOW)
    access.log_out(conn, token, now=NOW)


def test_a_hash_with_old_parameters_is_renewed_at_log_in(conn, keyring, hanako, monkeypatch):
    from argon2 import PasswordHasher  # noqa: PLC0415 - the newer parameters of this one test

    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    assert isinstance(access.log_in(conn, keyring, "hanako", PASSWORD, now=NOW), LoggedIn)
    (stored,) = conn.execute("select password_hash from access.operators").fetchone()
    assert "$m=16,t=2,p=1$" in stored
    assert isinstance(access.log_in(conn, keyring, hanako.login, PASSWORD, now=NOW), LoggedIn)


@pytest.mark.usefixtures("hanako")
def test_old_sessions_and_tries_are_cleared_away(conn, keyring):
    access.log_in(conn, keyring, "hanako", PASSWORD, now=NOW)
    access.log_in(conn, keyring, "nobody", "wrong password!", now=NOW)
    access.log_in(conn, keyring, "hanako", PASSWORD, now=NOW + timedelta(days=2))
    assert conn.execute("select count(*) from access.operator_sessions").fetchone() == (1,)
    assert conn.execute("select count(*) from access.login_tries").fetchone() == (1,)


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"login": "ＨＡＮＡＫＯ"}, LoginTaken),
        ({"login": "  "}, InvalidRequest),
        ({"login": "x" * 129}, InvalidRequest),
        ({"login": "a\x00b"}, InvalidRequest),
        ({"password": "short"}, WeakPassword),
        ({"roles": {"emperor": None}}, UnknownRole),
        ({"roles": {"staff": []}}, InvalidRequest),
    ],
)
def test_an_operator_who_can_not_be_is_refused_and_nothing_changes(conn, hanako, fields, refusal):
    values = {"login": "taro", "password": PASSWORD, "display_name": "", "roles": {"staff": None}} | fields
    with pytest.raises(refusal) as refused, conn.transaction():
        access.create_operator(conn, values.pop("login"), values.pop("password"), **values, now=NOW)
    assert isinstance(refused.value, Refusal)
    assert refused.value.remedy
    assert [operator.login for operator in access.list_operators(conn)] == [hanako.login]
    assert len(audit.list_events(conn, None, 10)) == 1


def test_roles_are_granted_and_taken_away(conn, hanako):
    granted = access.grant_role(conn, hanako.operator_id, "auditor", None, now=NOW)
    assert granted.stores_for(Permission.AUDIT_READ) is None
    narrowed = access.grant_role(conn, hanako.operator_id, "auditor", ["S2", "S3"], now=NOW)
    assert narrowed.stores_for(Permission.AUDIT_READ) == {"S2", "S3"}
    assert narrowed.stores_for(Permission.HOME_READ) == {"S1", "S2", "S3"}
    left = access.revoke_role(conn, hanako.operator_id, "auditor", now=NOW)
    assert [role.role for role in left.roles] == ["store_manager"]
    assert [event.action for event in audit.list_events(conn, None, 3)] == [
        "operator.role_revoked",
        "operator.role_granted",
        "operator.role_granted",
    ]


def test_an_operator_is_found_by_login_in_any_spelling(conn, hanako):
    assert access.find_operator(conn, " HANAKO") == hanako
    assert access.find_operator(conn, "nobody") is None
    with pytest.raises(NotFound):
        access.load_operator(conn, hanako.operator_id.__class__(int=0))


def test_the_record_names_operators_by_number_never_by_name(conn, hanako):
    (event,) = audit.list_events(conn, None, 1)
    assert (event.action, event.target) == ("operator.created", f"operator:{hanako.operator_id}")
    assert "花子" not in repr(event)


def test_the_built_in_roles_permit_only_what_exists(conn):
    known = {permission.value for permission in Permission}
    rows = conn.execute("select role, permissions from access.roles order by position").fetchall()
    assert [role for role, _ in rows] == ["owner", "marketer", "store_manager", "staff", "auditor", "accountant"]
    assert set(rows[0][1]) == known
    assert all(set(permissions) <= known for _, permissions in rows)
