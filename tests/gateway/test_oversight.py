"""Decisions about adjustments, frozen accounts, expired points given again; and bodies where none is read."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg_pool import ConnectionPool
from tests.gateway.client import Api, Till, assert_problem
from tests.gateway.test_points import adjustment, hold_body, points_of, rich

from enishi import access, flows
from enishi.access import ApiScope
from enishi.flows import PurchaseContext
from enishi.gateway.routes import ROUTES
from enishi.kit import clock

REQUESTS = "/v1/points/adjustments"


@pytest.fixture(scope="module")
def approver(pool: ConnectionPool[psycopg.Connection]) -> str:
    """The key of somebody else, who may approve; above 5,000 points an API key needs them."""
    with pool.connection() as conn:
        conn.execute("update ledger.adjustment_limits set alone_up_to = 5000 where role = 'api'")
        _, secret = access.create_key(conn, "approver", [ApiScope.POINTS_APPROVE])
    return secret


def ask(api: Api, card: str, points: int = 6_000, **fields: Any) -> str:
    asked = api.post("/v1/points/adjustments", adjustment(card, points, **fields))
    assert asked.status_code == 202, asked.text
    return asked.json()["request_id"]


def waiting(api: Api, key: str, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while True:
        page = api.get(REQUESTS, key=key, params=query).json()
        found += page["requests"]
        if page["next_cursor"] is None:
            return found
        query["cursor"] = page["next_cursor"]


def test_somebody_else_lists_approves_and_refuses(api: Api, till: Till, approver: str) -> None:
    card, customer_id = rich(till)
    first, second = ask(api, card, note="レジ障害"), ask(api, card, 7_000)
    listed = {one["request_id"]: one for one in waiting(api, approver, limit=1)}
    assert (listed[first]["points"], listed[first]["note"], listed[first]["state"]) == (6_000, "レジ障害", "waiting")
    shown = api.get(f"{REQUESTS}/{first}", key=approver).json()
    assert shown == listed[first]
    decision = f"{REQUESTS}/{first}/decision"
    assert_problem(api.post(decision, {"approve": True}), 403, "approval-by-another")
    assert points_of(api, customer_id) == (100, 0)
    done = api.post(decision, {"approve": True, "note": "確認済み"}, key=approver)
    assert (done.status_code, done.json()["state"], done.json()["balance"]["available"]) == (200, "approved", 6_100)
    assert api.post(decision, {"approve": True}, key=approver).json() == done.json() | {"replayed": True}
    assert_problem(api.post(decision, {"approve": False}, key=approver), 409, "already-decided", "request_id")
    refused = api.post(f"{REQUESTS}/{second}/decision", {"approve": False}, key=approver).json()
    assert (refused["state"], refused["entry_id"]) == ("refused", None)
    assert points_of(api, customer_id) == (6_100, 0)
    decided = {one["request_id"]: one["state"] for one in waiting(api, approver, state="decided")}
    assert (decided[first], decided[second]) == ("approved", "refused")
    assert first not in {one["request_id"] for one in waiting(api, approver)}
    assert second not in {one["request_id"] for one in waiting(api, approver, state="approved")}


def test_a_key_for_other_stores_neither_sees_nor_decides(
    api: Api, till: Till, approver: str, pool: ConnectionPool[psycopg.Connection]
) -> None:
    with pool.connection() as conn:
        _, elsewhere = access.create_key(conn, "s9", [ApiScope.POINTS_APPROVE], store_codes=["S9"])
    card, customer_id = rich(till)
    request_id = ask(api, card)
    assert waiting(api, elsewhere) == []
    assert_problem(api.get(f"{REQUESTS}/{request_id}", key=elsewhere), 404, "not-found", "request_id")
    refused = api.post(f"{REQUESTS}/{request_id}/decision", {"approve": True}, key=elsewhere)
    assert_problem(refused, 404, "not-found", "request_id")
    assert points_of(api, customer_id) == (100, 0)
    assert_problem(api.post(f"/v1/customers/{customer_id}/freeze", {}, key=approver), 403, "insufficient-scope")


@pytest.mark.parametrize(
    ("query", "field"),
    [("state=open", "state"), ("limit=0", "limit"), ("limit=x", "limit"), ("cursor=x", "cursor"), ("page=1", None)],
)
def test_a_query_that_makes_no_sense_is_refused(api: Api, approver: str, query: str, field: str | None) -> None:
    assert_problem(api.get(f"{REQUESTS}?{query}", key=approver), 422, "invalid-request", field)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "approve"),
        ({"approve": "yes"}, "approve"),
        ({"approve": True, "more": 1}, "more"),
        ({"approve": True, "note": "\x00"}, "note"),
    ],
)
def test_a_hostile_decision_changes_nothing(
    api: Api, till: Till, approver: str, body: dict[str, Any], field: str
) -> None:
    card, customer_id = rich(till)
    request_id = ask(api, card)
    assert_problem(api.post(f"{REQUESTS}/{request_id}/decision", body, key=approver), 422, "invalid-request", field)
    for unknown in (uuid4(), "none"):
        refused = api.post(f"{REQUESTS}/{unknown}/decision", {"approve": True}, key=approver)
        assert_problem(refused, 404, "not-found", "request_id")
    assert points_of(api, customer_id) == (100, 0)


def test_a_frozen_account_takes_points_in_and_lets_none_out(api: Api, till: Till) -> None:
    card, customer_id = rich(till)
    path = f"/v1/customers/{customer_id}/freeze"
    frozen = api.post(path, {"frozen": True, "reason": "many uses"}).json()
    assert (frozen["replayed"], frozen["frozen_at"] is None) == (False, False)
    again = api.post(path, {"frozen": True, "reason": "again"}).json()
    assert again == frozen | {"replayed": True}
    assert_problem(api.post("/v1/points/holds", hold_body(card, 10)), 409, "account-frozen")
    for body in ({"frozen": False}, {"frozen": False, "reason": ""}, {"frozen": False, "reason": " "}):
        assert_problem(api.post(path, body), 422, "invalid-request", "reason")
    assert api.post(path, {"frozen": False, "reason": "cleared"}).json()["frozen_at"] is None
    assert api.post("/v1/points/holds", hold_body(card, 10)).status_code == 201
    unknown = api.post(f"/v1/customers/{uuid4()}/freeze", {"frozen": True, "reason": "x"})
    assert_problem(unknown, 404, "not-found", "customer_id")


def test_expired_points_are_given_again_once(
    api: Api, till: Till, pool: ConnectionPool[psycopg.Connection], context: PurchaseContext
) -> None:
    _, customer_id = rich(till)
    with pool.connection() as conn:
        conn.commit()
        flows.expire_points(conn, context, clock.now() + timedelta(days=500))
    expired = api.get(f"/v1/customers/{customer_id}/journal").json()["entries"][0]
    assert (expired["type"], expired["points"]) == ("expire", -100)
    path = f"/v1/journal/{expired['entry_id']}/reinstatement"
    body = {"reason": "apology", "store": "S1", "points": 60}
    assert_problem(api.post(path, body | {"points": 101}), 422, "invalid-request", "points")
    assert_problem(api.post(path, body | {"reason": "because"}), 422, "invalid-request", "reason")
    done = api.post(path, body)
    assert (done.status_code, done.json()["points"], done.json()["balance"]["available"]) == (201, 60, 60)
    again = api.post(path, body)
    assert (again.status_code, again.json()) == (200, done.json() | {"replayed": True})
    assert_problem(api.post(path, body | {"points": 40}), 409, "idempotency-conflict", "entry_id")
    earned = f"/v1/journal/{customer_id}-1/reinstatement"
    assert_problem(api.post(earned, body), 404, "not-found", "entry_id")
    assert_problem(api.post("/v1/journal/nothing/reinstatement", body), 404, "not-found", "entry_id")
    assert points_of(api, customer_id) == (60, 0)


BODILESS = [route for route in ROUTES if route.body is None]


@pytest.mark.parametrize("route", BODILESS, ids=lambda one: f"{one.method} {one.path}")
def test_a_path_without_a_body_refuses_one(api: Api, route: Any) -> None:
    path = re.sub(r"\{\w+\}", str(uuid4()), route.path)
    for body in (b"{}", b"{not json", b"\x00", b" "):
        refused = api.run(api.send(route.method, path, content=body))
        assert_problem(refused, 400, "unexpected-body")
        assert refused.headers["connection"] == "close"


def test_a_refused_body_issues_no_card_and_an_empty_one_is_none(api: Api, till: Till) -> None:
    _, customer_id = rich(till)
    path = f"/v1/customers/{customer_id}/cards"
    before = len(api.get(path).json()["cards"])
    assert_problem(api.run(api.send("POST", path, content=b"{broken")), 400, "unexpected-body")
    assert len(api.get(path).json()["cards"]) == before

    async def nothing() -> Any:
        return
        yield b""

    assert api.run(api.send("POST", path, content=nothing())).status_code == 201
    assert api.run(api.send("POST", path)).status_code == 201
    assert len(api.get(path).json()["cards"]) == before + 2
