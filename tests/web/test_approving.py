"""The second pair of eyes: what waits, who may decide, and what became of it; limits and reasons."""

from __future__ import annotations

import csv
import io
from typing import Any
from uuid import uuid4

import pytest
from tests.web.conftest import PASSWORD, Browser, problem_of
from tests.web.factories import build_chain

from enishi import audit

CUSTOMERS = "/api/console/customers"
REQUESTS = "/api/console/points/requests"
LIMITS = "/api/console/points/limits"
REASONS = "/api/console/points/reasons"


@pytest.fixture
def chain(conn):
    return build_chain(conn)


@pytest.fixture
def manager(signed_in):
    return signed_in("store_manager")


def ask(browser, customer_id, points: int = 4_000, **fields: Any) -> str:
    body = {"points": points, "reason": "apology", "store": "SHIBUYA", "request_id": str(uuid4())} | fields
    answer = browser.post(f"{CUSTOMERS}/{customer_id}/adjustments", body)
    assert answer.json()["state"] == "waiting", answer.text
    return answer.json()["request_id"]


def decide(browser, request_id: str, *, approve: bool, note: str = ""):
    return browser.post(f"{REQUESTS}/{request_id}/decision", {"approve": approve, "note": note})


def available(browser, customer_id) -> int:
    return browser.get(f"{CUSTOMERS}/{customer_id}/points").json()["balance"]["available"]


def test_a_request_is_listed_with_who_asked_why_and_what_it_would_do(signed_in, manager, chain):
    request_id = ask(manager, chain.hanako, note="お会計の行き違い")
    page = signed_in("owner").get(REQUESTS).json()
    (one,) = page["requests"]
    assert (one["request_id"], one["requested_by"], one["customer"]["name"]) == (
        request_id,
        "the-store_manager",
        "縁 花子",
    )
    assert (one["reason"], one["note"]) == ({"code": "apology", "name": "お詫び"}, "お会計の行き違い")
    assert (one["effect"]["available_before"], one["effect"]["available_after"]) == (25, 4_025)
    assert (one["may_decide"], one["obstacle"], one["state"]) == ("yes", None, "waiting")
    assert signed_in("auditor").get(REQUESTS).status_code == 403


def test_nobody_decides_their_own_and_a_colleague_decides_once(signed_in, manager, chain, app, hire, conn):
    request_id = ask(manager, chain.hanako)
    assert problem_of(decide(manager, request_id, approve=True)) == (403, "approval-by-another")
    assert problem_of(decide(manager, request_id, approve=False)) == (403, "approval-by-another")
    owner = signed_in("owner")
    assert owner.get(f"{REQUESTS}/count").json() == {"waiting": 1}
    done = decide(owner, request_id, approve=True, note="確認済み").json()
    assert (done["state"], done["replayed"], done["available"]) == ("done", False, 4_025)
    assert decide(owner, request_id, approve=True).json() == done | {"replayed": True}
    assert problem_of(decide(owner, request_id, approve=False)) == (409, "already-decided")
    hire("colleague", "store_manager")
    colleague = Browser(app)
    colleague.log_in("colleague", PASSWORD)
    assert problem_of(decide(colleague, request_id, approve=True)) == (409, "already-decided")
    assert available(owner, chain.hanako) == 4_025
    assert owner.get(f"{REQUESTS}/count").json() == {"waiting": 0}
    (one,) = owner.get(f"{REQUESTS}?state=decided").json()["requests"]
    assert (one["state"], one["decided_by"], one["decision_note"], one["effect"]) == (
        "approved",
        "the-owner",
        "確認済み",
        None,
    )
    conn.rollback()
    assert [event.action for event in audit.list_events(conn, None, 50) if "points.adj" in event.action] == [
        "points.adjustment_approved",
        "points.adjustment_requested",
    ]


def test_what_is_rejected_moves_nothing(signed_in, manager, chain):
    request_id = ask(manager, chain.hanako)
    owner = signed_in("owner")
    assert decide(owner, request_id, approve=False, note="重複").json()["state"] == "refused"
    assert available(owner, chain.hanako) == 25
    assert [one["state"] for one in owner.get(f"{REQUESTS}?state=refused").json()["requests"]] == ["refused"]
    assert owner.get(f"{REQUESTS}?state=approved").json()["requests"] == []


def test_what_can_not_be_approved_any_more_says_so_beforehand(signed_in, manager, chain):
    request_id = ask(manager, chain.hanako, -4_000)
    owner = signed_in("owner")
    (one,) = owner.get(REQUESTS).json()["requests"]
    assert (one["obstacle"], one["effect"]["available_after"]) == ("insufficient-points", 25)
    assert problem_of(decide(owner, request_id, approve=True)) == (409, "insufficient-points")
    assert owner.get(f"{REQUESTS}/count").json() == {"waiting": 1}


def test_other_stores_requests_are_neither_seen_nor_decided(signed_in, manager, chain, app, hire):
    request_id = ask(manager, chain.hanako)
    hire("ueno", "store_manager", ["UENO"])
    ueno = Browser(app)
    ueno.log_in("ueno", PASSWORD)
    assert ueno.get(REQUESTS).json()["requests"] == []
    assert ueno.get(f"{REQUESTS}/count").json() == {"waiting": 0}
    assert ueno.get(f"{REQUESTS}?store=SHIBUYA").json()["requests"] == []
    assert problem_of(decide(ueno, request_id, approve=True)) == (404, "not-found")
    assert problem_of(decide(ueno, str(uuid4()), approve=True)) == (404, "not-found")


def test_the_list_is_paged_filtered_and_saved(signed_in, manager, chain, clock):
    asked = []
    for store in ("SHIBUYA", "UENO", "SHIBUYA"):
        asked.append(ask(manager, chain.hanako, store=store, note="=1+1"))
        clock.advance(minutes=1)
    owner = signed_in("owner")
    first = owner.get(f"{REQUESTS}?limit=2").json()
    rest = owner.get(f"{REQUESTS}?limit=2&cursor={first['next_cursor']}").json()
    assert [one["request_id"] for one in (*first["requests"], *rest["requests"])] == asked
    assert rest["next_cursor"] is None
    for request_id in asked:
        decide(owner, request_id, approve=False)
        clock.advance(minutes=1)
    first = owner.get(f"{REQUESTS}?state=decided&limit=2").json()
    rest = owner.get(f"{REQUESTS}?state=decided&limit=2&cursor={first['next_cursor']}").json()
    assert [one["request_id"] for one in (*first["requests"], *rest["requests"])] == asked[::-1]
    (ueno,) = owner.get(f"{REQUESTS}?state=decided&store=UENO").json()["requests"]
    assert ueno["request_id"] == asked[1]
    for broken in ("x", "bnVsbA", "WyIyMDI2Il0"):
        assert problem_of(owner.get(f"{REQUESTS}?cursor={broken}")) == (422, "invalid-request")
    saved = owner.get(f"{REQUESTS}.csv?state=decided")
    rows = list(csv.reader(io.StringIO(saved.text.removeprefix("\ufeff"))))
    assert (len(rows), rows[1][7], rows[1][10]) == (4, "'=1+1", "却下")


def limits_of(page: dict[str, Any], role: str) -> dict[str, Any] | None:
    return next(one["limit"] for one in page["roles"] if one["role"] == role)


def test_limits_are_changed_with_a_diff_and_hold_at_once(signed_in, manager, chain):
    owner = signed_in("owner")
    page = owner.get(LIMITS).json()
    assert limits_of(page, "store_manager") == {"points_each": 10_000, "points_a_day": 50_000, "alone_up_to": 3_000}
    assert limits_of(page, "staff") is None
    assert [one["role"] for one in page["roles"]][-1] == "api"
    assert page["history"] == []
    wanted = {"points_each": 10_000, "points_a_day": 50_000, "alone_up_to": 5_000}
    page = owner.post(f"{LIMITS}/store_manager", wanted).json()
    assert limits_of(page, "store_manager") == wanted
    (change,) = page["history"]
    assert (change["by"], change["subject"], change["target"]) == ("the-owner", "limit", "store_manager")
    assert change["changes"] == [{"field": "alone_up_to", "before": 3_000, "after": 5_000}]
    assert owner.post(f"{LIMITS}/store_manager", wanted).json() == page
    body = {"points": 4_000, "reason": "apology", "store": "SHIBUYA", "request_id": str(uuid4())}
    assert manager.post(f"{CUSTOMERS}/{chain.hanako}/adjustments", body).json()["state"] == "done"
    removed = owner.delete(f"{LIMITS}/store_manager").json()
    assert limits_of(removed, "store_manager") is None
    assert {"field": "points_each", "before": 10_000, "after": None} in removed["history"][0]["changes"]
    again = manager.post(f"{CUSTOMERS}/{chain.hanako}/adjustments", body | {"request_id": str(uuid4())})
    assert problem_of(again) == (403, "adjustment-beyond-limit")


@pytest.mark.parametrize(
    ("role", "limit", "status", "code"),
    [
        ("store_manager", (100, 50, 10), 422, "invalid-request"),
        ("store_manager", (10, 50, 11), 422, "invalid-request"),
        ("store_manager", (0, 0, 0), 422, "invalid-request"),
        ("store_manager", (10, 2_000_000_000, 1), 422, "invalid-request"),
        ("nobody", (10, 50, 1), 404, "not-found"),
    ],
)
def test_limits_that_make_no_sense_are_refused(signed_in, role, limit, status, code):
    owner = signed_in("owner")
    before = owner.get(LIMITS).json()
    body = dict(zip(("points_each", "points_a_day", "alone_up_to"), limit, strict=True))
    assert problem_of(owner.post(f"{LIMITS}/{role}", body)) == (status, code)
    assert owner.get(LIMITS).json() == before


def ended_of(reason: dict[str, Any]) -> dict[str, Any]:
    return {key: reason[key] for key in ("name_ja", "name_en", "position")} | {"ended": True}


def test_reasons_are_added_renamed_and_ended(signed_in, manager, chain):
    owner = signed_in("owner")
    added = owner.post(f"{REASONS}/opening", {"name_ja": "開店記念", "name_en": "Opening", "position": 9}).json()
    assert added["reasons"][-1]["code"] == "opening"
    renamed = owner.post(f"{REASONS}/opening", {"name_ja": "新店記念", "name_en": "Opening", "position": 9}).json()
    assert renamed["history"][0]["changes"] == [{"field": "ja", "before": "開店記念", "after": "新店記念"}]
    form = manager.get("/api/console/points/adjusting").json()
    assert form["reasons"][-1] == {"code": "opening", "name": "新店記念"}
    ended = {"name_ja": "新店記念", "name_en": "Opening", "position": 9, "ended": True}
    page = owner.post(f"{REASONS}/opening", ended).json()
    assert page["reasons"][-1]["ended_at"] == "2026-11-20T03:05:00Z"
    assert owner.post(f"{REASONS}/opening", ended).json() == page
    form = manager.get("/api/console/points/adjusting").json()
    assert "opening" not in [one["code"] for one in form["reasons"]]
    assert problem_of(owner.post(f"{REASONS}/Bad!", ended)) == (422, "invalid-request")
    assert problem_of(owner.post(f"{REASONS}/x", ended | {"name_en": ""})) == (422, "invalid-request")
    last, *others = page["reasons"][:-1]
    for one in others:
        assert owner.post(f"{REASONS}/{one['code']}", ended_of(one)).status_code == 200
    refused = owner.post(f"{REASONS}/{last['code']}", ended_of(last))
    assert problem_of(refused) == (422, "invalid-request")


@pytest.mark.usefixtures("chain")
def test_only_who_may_set_limits_sees_and_sets_them(signed_in, manager):
    assert problem_of(manager.get(LIMITS)) == (403, "permission-denied")
    body = {"points_each": 10, "points_a_day": 10, "alone_up_to": 10}
    assert problem_of(manager.post(f"{LIMITS}/store_manager", body)) == (403, "permission-denied")
    assert problem_of(manager.delete(f"{LIMITS}/store_manager")) == (403, "permission-denied")
    scoped = signed_in("owner", ["UENO"])
    assert problem_of(scoped.get(LIMITS)) == (403, "permission-denied")
