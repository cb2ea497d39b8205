"""Logging in and out of the console and the counter."""

from __future__ import annotations

import asyncio
import json
import time

import httpx
import pytest
from tests.web.conftest import PASSWORD, Browser, problem_of

from enishi import access, audit


def actions(conn):
    conn.rollback()
    return [event.action for event in reversed(audit.list_events(conn, None, 100))]


def test_the_right_password_opens_a_session_that_says_who_is_there(browser, hire):
    operator = hire("hanako", "store_manager", ["S2", "S1"])
    answer = browser.log_in("hanako")
    assert answer.status_code == 200
    assert answer.json() == {
        "operator_id": str(operator.operator_id),
        "login": "hanako",
        "display_name": "hanako",
        "roles": [{"role": "store_manager", "name": "店長", "stores": ["S1", "S2"]}],
        "permissions": sorted(operator.permissions),
        "locale": "ja",
        "demo": False,
    }
    assert {"counter.use", "points.approve", "returns.record"} < operator.permissions
    assert "accounting.close" not in operator.permissions
    assert browser.get("/api/session").json() == answer.json()
    assert browser.get("/api/session", **{"accept-language": "en-GB"}).json()["roles"][0]["name"] == "Store manager"


def test_the_cookie_can_not_be_read_by_scripts_or_sent_by_other_sites(browser, hire):
    hire("hanako", "staff")
    cookie = browser.log_in("hanako").headers["set-cookie"]
    assert cookie.startswith("enishi_session=")
    assert cookie.endswith("; HttpOnly; Max-Age=43200; Path=/; SameSite=strict")


def test_over_https_the_cookie_and_the_browser_are_bound_to_https(app, hire):
    hire("hanako", "staff")
    browser = Browser(app)
    browser.client.base_url = "https://enishi.test"
    answer = browser.log_in("hanako")
    assert answer.headers["set-cookie"].endswith("; SameSite=strict; Secure")
    assert answer.headers["strict-transport-security"] == "max-age=31536000"


def test_behind_a_proxy_that_speaks_https_the_cookie_is_bound_to_it_too(browser, hire):
    hire("hanako", "staff")
    browser.headers["x-forwarded-proto"] = "https"
    answer = browser.log_in("hanako")
    assert answer.headers["set-cookie"].endswith("; Secure")
    assert "strict-transport-security" in answer.headers


@pytest.mark.parametrize("login", ["hanako", "nobody"])
def test_a_wrong_password_and_an_unknown_login_are_answered_alike(browser, hire, login):
    hire("hanako", "staff")
    answer = browser.log_in(login, "wrong password!")
    assert problem_of(answer) == (401, "login-failed")
    assert answer.json()["detail"] == "The login or the password is wrong."
    assert "set-cookie" not in answer.headers
    assert problem_of(browser.get("/api/session")) == (401, "not-signed-in")


@pytest.mark.parametrize("login", ["hanako", "nobody"])
def test_the_tenth_failure_locks_even_the_right_password_out_for_thirty_minutes(browser, hire, clock, login):
    hire("hanako", "staff")
    for _ in range(10):
        assert problem_of(browser.log_in(login, "wrong password!")) == (401, "login-failed")
    locked = browser.log_in(login)
    assert problem_of(locked) == (429, "locked")
    assert locked.headers["retry-after"] == "1800"
    clock.advance(minutes=29, seconds=59)
    assert problem_of(browser.log_in(login)) == (429, "locked")
    clock.advance(seconds=1)
    expected = 200 if login == "hanako" else 401
    assert browser.log_in(login).status_code == expected


def test_a_success_forgets_the_failures_before_it(browser, hire):
    hire("hanako", "staff")
    for _ in range(9):
        browser.log_in("hanako", "wrong password!")
    assert browser.log_in("hanako").status_code == 200
    assert problem_of(browser.log_in("hanako", "wrong password!")) == (401, "login-failed")
    assert browser.log_in("hanako").status_code == 200


def test_the_login_may_be_spelled_in_full_width_and_capitals(browser, hire):
    hire("hanako", "staff")
    assert browser.log_in("ＨＡＮＡＫＯ ").status_code == 200


def test_fifteen_idle_minutes_end_the_session(browser, hire, clock):
    hire("hanako", "staff")
    browser.log_in("hanako")
    clock.advance(minutes=14, seconds=59)
    assert browser.get("/api/session").status_code == 200
    clock.advance(minutes=14, seconds=59)
    assert browser.get("/api/session").status_code == 200
    clock.advance(minutes=15)
    assert problem_of(browser.get("/api/session")) == (401, "session-expired")


def test_a_page_that_refreshes_itself_does_not_keep_the_session_alive(browser, hire, clock):
    hire("hanako", "staff")
    browser.log_in("hanako")
    clock.advance(minutes=10)
    assert browser.get("/api/session", **{"x-enishi-background": "1"}).status_code == 200
    clock.advance(minutes=5)
    assert problem_of(browser.get("/api/session")) == (401, "session-expired")


def test_twelve_hours_end_the_session_however_busy(browser, hire, clock):
    hire("hanako", "staff")
    browser.log_in("hanako")
    for _ in range(71):
        clock.advance(minutes=10)
        assert browser.get("/api/session").status_code == 200
    clock.advance(minutes=10)
    assert problem_of(browser.get("/api/session")) == (401, "session-expired")


def test_logging_out_ends_the_session_on_the_server_too(app, browser, hire):
    hire("hanako", "staff")
    browser.log_in("hanako")
    stolen = Browser(app)
    stolen.client.cookies.set("enishi_session", browser.client.cookies["enishi_session"])
    assert stolen.get("/api/session").status_code == 200
    assert browser.delete("/api/session").status_code == 204
    assert problem_of(stolen.get("/api/session")) == (401, "not-signed-in")
    assert browser.delete("/api/session").status_code == 204


def test_logging_in_again_replaces_the_token_of_the_browser(app, browser, hire):
    hire("hanako", "staff")
    browser.log_in("hanako")
    first = browser.client.cookies["enishi_session"]
    browser.log_in("hanako")
    assert browser.client.cookies["enishi_session"] != first
    stale = Browser(app)
    stale.client.cookies.set("enishi_session", first)
    assert problem_of(stale.get("/api/session")) == (401, "not-signed-in")


def test_a_disabled_operator_is_out_at_once_and_can_not_come_back(browser, hire, conn, clock):
    operator = hire("hanako", "staff")
    browser.log_in("hanako")
    access.disable_operator(conn, operator.operator_id, now=clock())
    conn.commit()
    assert problem_of(browser.get("/api/session")) == (401, "not-signed-in")
    assert problem_of(browser.log_in("hanako")) == (401, "login-failed")


def test_a_new_password_ends_every_session(browser, hire, conn, clock):
    operator = hire("hanako", "staff")
    browser.log_in("hanako")
    access.set_password(conn, operator.operator_id, "another long password", now=clock())
    conn.commit()
    assert problem_of(browser.get("/api/session")) == (401, "not-signed-in")
    assert problem_of(browser.log_in("hanako")) == (401, "login-failed")
    assert browser.log_in("hanako", "another long password").status_code == 200


def test_every_log_in_failure_and_log_out_is_recorded_without_what_was_typed(browser, hire, conn):
    hire("hanako", "staff")
    browser.log_in("hanako", "wrong password!")
    browser.log_in("my-secret-typed-here", "wrong password!")
    browser.log_in("hanako")
    browser.delete("/api/session")
    assert actions(conn) == [
        "operator.created",
        "operator.login_failed",
        "operator.login_failed",
        "operator.logged_in",
        "operator.logged_out",
    ]
    assert "my-secret" not in repr(audit.list_events(conn, None, 100))
    assert audit.verify_chain(conn).intact


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"login": "hanako"}, "password"),
        ({"login": "", "password": PASSWORD}, "login"),
        ({"login": "hanako", "password": "x" * 1025}, "password"),
        ({"login": "hanako", "password": PASSWORD, "admin": True}, "admin"),
        ({"login": ["hanako"], "password": PASSWORD}, "login"),
    ],
)
def test_a_malformed_log_in_names_the_field_and_repeats_nothing(browser, body, field):
    answer = browser.post("/api/session", body)
    assert problem_of(answer) == (422, "invalid-request")
    assert answer.json()["field"] == field
    assert PASSWORD not in answer.text


@pytest.mark.parametrize("login", ["\x00", "\ud800", "a\x00b", "😀" * 32])
def test_hostile_logins_are_only_wrong(browser, login):
    content = json.dumps({"login": login, "password": login + "x"})
    answer = browser.client.post(
        "/api/session", content=content, headers=browser.headers | {"content-type": "application/json"}
    )
    assert answer.status_code in {401, 422}


def test_at_most_four_passwords_are_checked_at_once(make_app, monkeypatch):
    """Each check takes 64 MiB and a core; a flood of log-ins must leave both to everybody else."""
    app = make_app(connections=12)
    inside, most = [], []

    def check(*_args: object, **_named: object) -> access.LoginFailed:
        inside.append(1)
        most.append(len(inside))
        time.sleep(0.05)
        inside.pop()
        return access.LoginFailed("no")

    async def flood() -> list[int]:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://enishi.test") as client:
            body = {"login": "hanako", "password": PASSWORD}
            answers = await asyncio.gather(
                *(client.post("/api/session", json=body, headers={"x-enishi-request": "1"}) for _ in range(12))
            )
        return [answer.status_code for answer in answers]

    monkeypatch.setattr(access, "log_in", check)
    assert asyncio.run(flood()) == [401] * 12
    assert max(most) == 4
