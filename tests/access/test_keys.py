"""API keys: shown once, stored as a hash, scoped, and gone when revoked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from enishi import access, audit
from enishi.access import ApiScope, UnknownScope
from enishi.kit.errors import InvalidRequest, NotFound

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def test_a_key_may_do_what_it_was_made_for(conn):
    key, presented = access.create_key(conn, "POS", ["purchases:write", "points:read"], store_codes=["S1"], now=NOW)
    assert presented.startswith(f"enk_{key.key_id}_")
    found = access.authenticate_key(conn, presented)
    assert found == key
    assert found.scopes == {ApiScope.PURCHASES_WRITE, ApiScope.POINTS_READ}
    assert found.store_codes == {"S1"}


def test_a_key_without_stores_is_for_all(conn):
    key, _ = access.create_key(conn, "Shop", ["purchases:write"])
    assert key.store_codes is None


def test_the_secret_is_stored_nowhere(conn):
    _, presented = access.create_key(conn, "POS", ["purchases:write"], now=NOW)
    secret = presented.rpartition("_")[2]
    assert secret not in repr(conn.execute("select * from access.api_keys").fetchall())
    assert secret not in repr(audit.list_events(conn, None, 10))
    assert secret not in repr(access.list_keys(conn))


def test_a_wrong_secret_or_another_keys_is_nobody(conn):
    one, first = access.create_key(conn, "one", ["purchases:write"], now=NOW)
    _, second = access.create_key(conn, "two", ["purchases:write"], now=NOW)
    crossed = f"enk_{one.key_id}_{second.rpartition('_')[2]}"
    swapped = first[:-1] + ("a" if first[-1] != "a" else "b")
    assert access.authenticate_key(conn, first) == one
    for presented in (crossed, swapped, first.upper(), first + "a", "", "enk_none_" + "a" * 43, "\x00", "é" * 60):
        assert access.authenticate_key(conn, presented) is None


def test_a_revoked_key_is_nobody_and_can_not_be_revoked_again(conn):
    key, presented = access.create_key(conn, "POS", ["purchases:write"], now=NOW)
    access.revoke_key(conn, key.key_id, now=NOW)
    assert access.authenticate_key(conn, presented) is None
    with pytest.raises(NotFound):
        access.revoke_key(conn, key.key_id, now=NOW)
    (record,) = access.list_keys(conn)
    assert record.revoked_at == NOW
    assert [event.action for event in audit.list_events(conn, None, 10)] == ["key.revoked", "key.created"]


def test_last_use_is_noted_for_many_keys_at_once_and_never_goes_back(conn):
    one, _ = access.create_key(conn, "one", ["purchases:write"], now=NOW)
    two, _ = access.create_key(conn, "two", ["purchases:write"], now=NOW)
    access.note_key_use(conn, {one.key_id: NOW, two.key_id: NOW + timedelta(minutes=1), "gone": NOW})
    access.note_key_use(conn, {one.key_id: NOW - timedelta(minutes=5)})
    access.note_key_use(conn, {})
    used = {record.name: record.last_used_at for record in access.list_keys(conn)}
    assert used == {"one": NOW, "two": NOW + timedelta(minutes=1)}


@pytest.mark.parametrize(
    ("fields", "refusal", "field"),
    [
        ({"name": ""}, InvalidRequest, "name"),
        ({"name": "x" * 129}, InvalidRequest, "name"),
        ({"scopes": []}, InvalidRequest, "scopes"),
        ({"scopes": ["purchases:delete"]}, UnknownScope, "scopes"),
        ({"store_codes": []}, InvalidRequest, "stores"),
    ],
)
def test_a_key_that_makes_no_sense_is_refused_and_not_made(conn, fields, refusal, field):
    wanted = {"name": "POS", "scopes": ["purchases:write"], "store_codes": None} | fields
    with pytest.raises(refusal) as refused:
        access.create_key(conn, **wanted, now=NOW)
    assert refused.value.field == field
    assert access.list_keys(conn) == []


def test_the_promise_about_revocation_is_five_seconds():
    assert access.KEY_CACHE_SECONDS == 5
