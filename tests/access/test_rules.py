"""The rules of access, without a database."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from enishi.access import HeldRole, Locale, Operator, Permission, WeakPassword
from enishi.access.rules import (
    Tries,
    after_failure,
    check_password,
    format_key,
    is_locked,
    is_over,
    new_code,
    new_key_parts,
    new_token,
    normalise_code,
    normalise_login,
    parse_key,
)
from enishi.kit.ids import new_id

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def fail(times, tries=None, every=MINUTE):
    tries = tries or Tries()
    for turn in range(times):
        tries = after_failure(tries, NOW + turn * every)
    return tries


def test_nine_failures_lock_nothing_and_the_tenth_locks_for_thirty_minutes():
    assert fail(9).locked_until is None
    tenth = fail(10)
    assert tenth.locked_until == NOW + 9 * MINUTE + 30 * MINUTE
    assert is_locked(tenth, NOW + 39 * MINUTE - timedelta(microseconds=1))
    assert not is_locked(tenth, NOW + 39 * MINUTE)


def test_after_a_lock_counting_begins_anew():
    again = after_failure(fail(10), NOW + timedelta(hours=1))
    assert (again.failures, again.locked_until) == (1, None)


def test_failures_a_day_apart_are_not_in_a_row():
    assert fail(50, every=timedelta(hours=24)).failures == 1
    assert fail(10, every=timedelta(hours=23)).locked_until is not None


@pytest.mark.parametrize(
    ("idle_minutes", "age_hours", "over"), [(14.99, 1, False), (15, 1, True), (0, 11.99, False), (0, 12, True)]
)
def test_a_session_ends_by_idleness_or_age(idle_minutes, age_hours, over):
    seen = NOW - timedelta(minutes=idle_minutes)
    expires = NOW + timedelta(hours=12 - age_hours)
    assert is_over(seen, expires, timedelta(minutes=15), NOW) is over


@pytest.mark.parametrize(
    "password", ["correct horse battery", "パスワードは十二文字以上です", "a1b2c3d4e5f6", "x y z w v u" * 90]
)
def test_long_passwords_of_any_script_are_good(password):
    check_password(password, "hanako")


@pytest.mark.parametrize(
    "password",
    ["", "elevenchars", "aaaaaaaaaaaaaaaa", "121212121212", "hanako-hanako-1", "HANAKO 12345678", "x" * 1025],
)
def test_short_repetitive_and_personal_passwords_are_refused(password):
    with pytest.raises(WeakPassword) as refused:
        check_password(password, "Hanako")
    assert refused.value.field == "password"
    assert not password or password not in refused.value.detail


def test_twelve_is_counted_after_normalisation():
    """A full-width letter is one letter; a decomposed one is not two."""
    with pytest.raises(WeakPassword):
        check_password("がぎぐげござ", "hanako")
    check_password("がぎぐげござじずぜぞだ！", "hanako")


@pytest.mark.parametrize("typed", ["hanako", " Hanako ", "ＨＡＮＡＫＯ", "HANAKO\n"])
def test_a_login_has_one_spelling(typed):
    assert normalise_login(typed) == "hanako"


@pytest.mark.parametrize("typed", ["012345", "012 345", "012-345", "０１２３４５", " 012345 "])
def test_a_code_has_one_spelling(typed):
    assert normalise_code(typed) == "012345"


def test_codes_are_six_digits_and_differ():
    codes = {new_code() for _ in range(200)}
    assert all(re.fullmatch(r"[0-9]{6}", code) for code in codes)
    assert len(codes) > 150


def test_a_key_reads_back_as_it_was_made():
    key_id, secret = new_key_parts()
    assert parse_key(format_key(key_id, secret)) == (key_id, secret)
    assert len(secret) == 43
    assert new_token() != new_token()


@pytest.mark.parametrize(
    "presented",
    [
        "",
        "enk_",
        "enk_abc",
        "enk_abcd_short",
        "sk_abcd_" + "a" * 43,
        "enk_abcd_" + "a" * 65,
        "enk_ABCD_" + "a" * 43,
        "enk_abcd_" + "あ" * 43,
        "enk_abcd_" + "a" * 43 + "\n",
        "Bearer enk_abcd_" + "a" * 43,
        "enk__" + "a" * 43,
    ],
)
def test_what_can_not_be_a_key_is_none(presented):
    assert parse_key(presented) is None


def make_operator(*roles):
    held = tuple(
        HeldRole(f"role{number}", {"ja": "", "en": ""}, frozenset(permissions), stores)
        for number, (permissions, stores) in enumerate(roles)
    )
    return Operator(new_id(), "hanako", "Hanako", Locale.JA, held)


def test_stores_of_several_roles_add_up():
    operator = make_operator(
        (["home.read", "counter.use"], frozenset({"S1"})), (["home.read"], frozenset({"S2"})), (["program.read"], None)
    )
    assert operator.stores_for(Permission.HOME_READ) == {"S1", "S2"}
    assert operator.stores_for(Permission.COUNTER_USE) == {"S1"}
    assert operator.stores_for(Permission.PROGRAM_READ) is None
    assert operator.stores_for(Permission.AUDIT_READ) == frozenset()


def test_one_role_for_all_stores_is_enough():
    operator = make_operator((["home.read"], frozenset({"S1"})), (["home.read"], None))
    assert operator.stores_for(Permission.HOME_READ) is None
    assert operator.may(Permission.HOME_READ)
    assert not operator.may(Permission.AUDIT_READ)
