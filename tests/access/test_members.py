"""One-time codes under concurrency; what a person sees of them is tested with my page."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import psycopg
import pytest

from enishi import access
from enishi.access import CodeWrong, MemberSession, TooManyCodes
from enishi.kit.ids import new_id

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
PHONE = ("phone", "+819012345678")


def request(conn, keyring, customer_id, address="192.0.2.1"):
    return access.request_member_code(conn, keyring, contact=PHONE, customer_id=customer_id, address=address, now=NOW)


def at_once(count, work):
    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_twenty_requests_at_once_make_five_codes(conn, database, keyring):
    made, refused = [], []

    def ask() -> None:
        with psycopg.connect(database.app_dsn) as own:
            try:
                made.append(request(own, keyring, new_id()))
            except TooManyCodes as refusal:
                refused.append(refusal)

    at_once(20, ask)
    assert (len(made), len(refused)) == (5, 15)
    assert conn.execute("select count(*) from access.member_codes").fetchone() == (5,)


def test_twenty_right_codes_at_once_open_one_session(conn, database, keyring):
    code = request(conn, keyring, new_id()).code
    conn.commit()
    outcomes = []

    def enter() -> None:
        with psycopg.connect(database.app_dsn) as own:
            outcomes.append(type(access.open_member_session(own, keyring, contact=PHONE, code=code, now=NOW)))

    at_once(20, enter)
    assert (outcomes.count(MemberSession), outcomes.count(CodeWrong)) == (1, 19)


def test_guesses_at_once_get_five_tries(conn, database, keyring):
    code = request(conn, keyring, new_id()).code
    conn.commit()
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"

    def guess() -> None:
        with psycopg.connect(database.app_dsn) as own:
            access.open_member_session(own, keyring, contact=PHONE, code=wrong, now=NOW)

    at_once(12, guess)
    assert conn.execute("select tries from access.member_codes").fetchone() == (5,)
    assert isinstance(access.open_member_session(conn, keyring, contact=PHONE, code=code, now=NOW), CodeWrong)


def test_a_code_for_nobody_is_not_handed_out_and_no_guess_opens_it(conn, keyring, monkeypatch):
    monkeypatch.setattr("enishi.access.members.new_code", lambda: "123456")
    assert request(conn, keyring, None).code is None
    assert isinstance(access.open_member_session(conn, keyring, contact=PHONE, code="123456", now=NOW), CodeWrong)


def test_neither_code_nor_contact_nor_address_is_stored_readably(conn, keyring):
    code = request(conn, keyring, new_id()).code
    assert code is not None
    stored = repr(conn.execute("select * from access.member_codes").fetchall())
    for secret in (code, "12345678", "192.0.2.1"):
        assert secret not in stored


@pytest.mark.parametrize("token", ["", "x", "\ud800", "\x00"])
def test_a_token_of_nobody_opens_nothing(conn, token):
    with pytest.raises(access.NotSignedIn):
        access.resume_member_session(conn, token, now=NOW)
    access.close_member_session(conn, token, now=NOW)
