"""Who may call what: declared on every endpoint, and held to."""

from __future__ import annotations

from typing import Annotated

import pytest
from fastapi import FastAPI
from tests.web.conftest import Browser, problem_of
from tests.web.factories import build_chain
from tests.web.operations import (
    FOR_MEMBERS,
    FOR_OPERATORS,
    NOBODY,
    address_of,
    all_operations,
    guarded_calls,
)

from enishi.access import ApiScope, Permission
from enishi.web import app as web_app
from enishi.web.declare import declared_routes, public

ROLES = {
    "owner": set(Permission),
    "marketer": {
        Permission.HOME_READ,
        Permission.CUSTOMERS_READ,
        Permission.CUSTOMERS_EXPORT,
        Permission.PURCHASES_READ,
        Permission.POINTS_READ,
        Permission.PROGRAM_READ,
        Permission.BENEFITS_READ,
        Permission.BENEFITS_PUBLISH,
        Permission.REFERRALS_READ,
        Permission.REFERRALS_PUBLISH,
        Permission.RESERVATIONS_READ,
        Permission.RANKS_READ,
        Permission.CAMPAIGNS_READ,
        Permission.CAMPAIGNS_WRITE,
        Permission.DRAFTS_WRITE,
    },
    "store_manager": {
        Permission.HOME_READ,
        Permission.CUSTOMERS_READ,
        Permission.CUSTOMERS_READ_PERSONAL,
        Permission.PURCHASES_READ,
        Permission.POINTS_READ,
        Permission.PROGRAM_READ,
        Permission.COUNTER_USE,
        Permission.CARDS_REISSUE,
        Permission.RETURNS_RECORD,
        Permission.POINTS_ADJUST,
        Permission.POINTS_APPROVE,
        Permission.POINTS_TRANSFER,
        Permission.PURCHASES_CLAIM,
        Permission.BENEFITS_READ,
        Permission.BENEFITS_GIVE,
        Permission.REFERRALS_READ,
        Permission.REFERRALS_REVIEW,
        Permission.REFERRALS_CLAIM,
        Permission.RESERVATIONS_READ,
        Permission.RESERVATIONS_WRITE,
        Permission.RESERVATIONS_SETTINGS,
        Permission.RANKS_READ,
        Permission.CAMPAIGNS_READ,
        Permission.CAMPAIGNS_REVIEW,
        Permission.DRAFTS_REVIEW,
    },
    "staff": {
        Permission.COUNTER_USE,
        Permission.CARDS_REISSUE,
        Permission.RETURNS_RECORD,
        Permission.PURCHASES_CLAIM,
        Permission.BENEFITS_GIVE,
        Permission.REFERRALS_CLAIM,
        Permission.RESERVATIONS_READ,
        Permission.RESERVATIONS_WRITE,
    },
    "auditor": {
        Permission.HOME_READ,
        Permission.CUSTOMERS_READ,
        Permission.PURCHASES_READ,
        Permission.POINTS_READ,
        Permission.PROGRAM_READ,
        Permission.AUDIT_READ,
        Permission.ACCOUNTING_READ,
        Permission.BENEFITS_READ,
        Permission.REFERRALS_READ,
        Permission.RESERVATIONS_READ,
        Permission.RANKS_READ,
        Permission.CAMPAIGNS_READ,
    },
    "accountant": {
        Permission.HOME_READ,
        Permission.PURCHASES_READ,
        Permission.POINTS_READ,
        Permission.PROGRAM_READ,
        Permission.ACCOUNTING_READ,
        Permission.ACCOUNTING_CLOSE,
        Permission.RANKS_READ,
        Permission.DRAFTS_REVIEW,
    },
}


@pytest.fixture
def chain(conn):
    return build_chain(conn)


def call(browser, method, path):
    """Call with a body in which everything is missing but what a search asks for."""
    body = None if method == "GET" else {"query": "090-1234-5678"}
    return browser.client.request(method, path, json=body, headers=browser.headers)


def test_every_operation_of_the_pages_is_called_here():
    routes = declared_routes(web_app.build_app().routes)
    declared = {f"{method} {route.path}" for route in routes for method in route.methods if method != "HEAD"}
    assert declared == all_operations()


def test_every_route_of_the_pages_says_who_may_call_it():
    routes = declared_routes(web_app.build_app().routes)
    assert len(routes) > 25
    assert [route.path for route in routes if len(route.declarations) != 1] == []
    assert [route.path for route in routes if not route.declarations[0].reason] == []


def test_every_route_of_the_gateway_says_who_may_call_it():
    from enishi.gateway.routes import ROUTES  # noqa: PLC0415 - only this test looks at both HTTP rooms

    scopes = {scope.value for scope in ApiScope}
    unguarded = [route.path for route in ROUTES if route.scope not in scopes and not route.public]
    assert len(ROUTES) >= 8
    assert unguarded == []


def test_an_app_with_a_route_that_says_nothing_does_not_start(monkeypatch):
    def handler() -> None: ...

    monkeypatch.setattr(web_app, "install_handlers", lambda app: app.add_api_route("/open", handler))
    with pytest.raises(web_app.UndeclaredEndpointError, match="/open"):
        web_app.build_app()


def test_saying_it_twice_is_no_better_than_not_at_all():
    def handler(_one: Annotated[None, public("a")], _two: Annotated[None, public("b")]) -> None: ...

    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.add_api_route("/twice", handler)
    (route,) = declared_routes(app.routes)
    assert len(route.declarations) == 2


def test_nobody_gets_anything_without_logging_in(browser, chain):
    guarded = [(method, path) for method, path, _ in guarded_calls(chain)]
    for method, path in guarded + [address_of(chain, one) for one in (*FOR_MEMBERS, *FOR_OPERATORS)]:
        assert problem_of(call(browser, method, path)) == (401, "not-signed-in"), path


@pytest.mark.parametrize("role", ROLES)
def test_a_role_opens_what_its_permissions_say_and_nothing_else(signed_in, chain, role, conn):
    browser = signed_in(role)
    for method, path, permission in guarded_calls(chain):
        conn.rollback()
        before = conn.execute("select count(*) from audit.events").fetchone()
        answer = call(browser, method, path)
        if permission in ROLES[role]:
            # What is missing in the request, or is not there, may be refused; who asks may not.
            assert answer.status_code in {200, 204, 404, 422}, (path, answer.text)
        else:
            assert problem_of(answer) == (403, "permission-denied"), path
            assert answer.json()["permission"] == permission
            conn.rollback()
            assert conn.execute("select count(*) from audit.events").fetchone() == before, path


def test_the_owner_reads_whatever_is_there(signed_in, chain):
    browser = signed_in("owner")
    not_there = {"/api/console/campaigns/none", "/api/counter/reservations/calendar", "/api/counter/reservations/slots"}
    for method, path, _ in guarded_calls(chain):
        if method == "GET" and str(NOBODY) not in path:
            answer = call(browser, method, path)
            is_there = path.partition("?")[0] not in not_there and "/drafts/1" not in path
            assert (answer.status_code == 200) is is_there, (path, answer.text)


def test_an_operator_without_any_role_may_only_log_in(app, hire, conn, chain):
    operator = hire("hanako", "staff")
    conn.execute("delete from access.role_grants where operator_id = %s", (operator.operator_id,))
    conn.commit()
    browser = Browser(app)
    assert browser.log_in("hanako").json()["permissions"] == []
    for method, path, _ in guarded_calls(chain):
        assert problem_of(call(browser, method, path)) == (403, "permission-denied"), path


def test_a_role_taken_away_is_gone_with_the_next_request(signed_in, conn):
    browser = signed_in("auditor")
    assert browser.get("/api/console/audit").status_code == 200
    conn.execute("delete from access.role_grants")
    conn.commit()
    assert problem_of(browser.get("/api/console/audit")) == (403, "permission-denied")


def test_a_member_is_nobody_in_the_console_and_an_operator_nobody_on_my_page(app, signed_in, chain):
    operator = signed_in("owner")
    token = operator.client.cookies["enishi_session"]
    for method, path in [address_of(chain, one) for one in FOR_MEMBERS]:
        assert problem_of(call(operator, method, path)) == (401, "not-signed-in"), path
    crossed = Browser(app)
    crossed.client.cookies.set("enishi_member", token)
    assert problem_of(crossed.get("/api/my/card")) == (401, "not-signed-in")
