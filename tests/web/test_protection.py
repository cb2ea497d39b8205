"""What every request passes and every answer carries."""

from __future__ import annotations

import pytest
from tests.web.conftest import Browser, problem_of

from enishi import access, flows


def test_a_change_without_our_header_is_refused_and_changes_nothing(browser, hire, conn):
    hire("hanako", "staff")
    del browser.headers["x-enishi-request"]
    answer = browser.log_in("hanako")
    assert problem_of(answer) == (403, "request-header-missing")
    assert "set-cookie" not in answer.headers
    assert conn.execute("select count(*) from access.operator_sessions").fetchone() == (0,)


def test_another_sites_form_can_not_log_anybody_out(browser, hire):
    hire("hanako", "staff")
    browser.log_in("hanako")
    ours = browser.headers.pop("x-enishi-request")
    assert problem_of(browser.delete("/api/session")) == (403, "request-header-missing")
    browser.headers["x-enishi-request"] = ours
    assert browser.get("/api/session").status_code == 200


@pytest.mark.parametrize("path", ["/", "/api/session", "/api/nothing", "/nothing.js"])
def test_every_answer_carries_the_security_headers(browser, path):
    headers = browser.get(path).headers
    policy = headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "strict-transport-security" not in headers


def test_answers_of_the_api_are_kept_nowhere(browser):
    assert browser.get("/api/session").headers["cache-control"] == "no-store"


def test_a_body_that_is_too_large_is_refused_unread(browser):
    answer = browser.post("/api/session", {"login": "x", "password": "y" * 70_000})
    assert problem_of(answer) == (413, "body-too-large")


def test_a_body_of_unknown_length_is_read_no_further_than_the_limit(browser):
    chunks = iter([b'{"login":"', *([b"x" * 10_000] * 10), b'"}'])
    headers = browser.headers | {"content-type": "application/json"}
    answer = browser.client.post("/api/session", content=chunks, headers=headers)
    assert problem_of(answer) == (413, "body-too-large")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'"x"', b"\xff\xfe", b"null", b"1e999", b"[" * 50_000])
def test_a_body_that_is_no_json_object_is_refused(browser, content):
    headers = browser.headers | {"content-type": "application/json"}
    answer = browser.client.post("/api/session", content=content, headers=headers)
    assert problem_of(answer)[0] == 422


def test_a_form_is_not_taken_for_json(browser):
    answer = browser.client.post("/api/session", data={"login": "a", "password": "b"}, headers=browser.headers)
    assert problem_of(answer)[0] == 422


def test_a_failure_of_ours_is_numbered_and_tells_nothing_else(make_app, monkeypatch):
    app = make_app()

    def fail(*_args: object, **_named: object) -> None:
        raise RuntimeError("secret of hanako")

    monkeypatch.setattr(access, "resume_session", fail)
    answer = Browser(app).get("/api/session")
    assert problem_of(answer) == (500, "unexpected-failure")
    assert "hanako" not in answer.text
    assert answer.json()["error_id"] in answer.json()["remedy"]
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_refused_request_leaves_nothing_behind(signed_in, conn, monkeypatch):
    """One transaction a request: what was written before the refusal is undone with it."""
    browser = signed_in("owner")
    conn.rollback()
    before = conn.execute("select count(*) from audit.events").fetchone()

    def refuse(conn, *_args: object, **_named: object) -> None:
        conn.execute("insert into catalog.stores (code, name) values ('HALF', 'half')")
        raise flows.NoCustomerForPoints("half done")

    monkeypatch.setattr(flows, "find_customers", refuse)
    assert problem_of(browser.post("/api/console/customers:search", {"query": "090-1234-5678"}))[0] == 422
    conn.rollback()
    assert conn.execute("select count(*) from catalog.stores where code = 'HALF'").fetchone() == (0,)
    assert conn.execute("select count(*) from audit.events").fetchone() == before


def test_the_first_language_we_speak_is_taken(browser, hire):
    hire("hanako", "staff")
    browser.log_in("hanako")

    def role_name(accept: str) -> str:
        return browser.get("/api/session", **{"accept-language": accept}).json()["roles"][0]["name"]

    assert role_name("fr, en-GB;q=0.8, ja;q=0.5") == "Store staff"
    assert role_name("en;q=0.1, ja;q=0.9") == "店舗スタッフ"
    assert role_name("") == "店舗スタッフ"
    assert role_name("*;q=x,,;;,en;q=") == "Store staff"
