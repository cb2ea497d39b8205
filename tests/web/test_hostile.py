"""Whatever is sent, the pages' API answers with a documented status and never with a 500."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from tests.web.conftest import problem_of
from tests.web.factories import build_chain
from tests.web.test_accounting import settings_body
from tests.web.test_benefits import CAKE
from tests.web.test_campaigns import CART, RULES

ENDS = [
    "0001-01-01T00:00:00+00:00",
    "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59+00:00",
    "9999-12-31T23:59:59-23:59",
]
"""Instants which some time zone has no date for."""


@pytest.mark.parametrize(
    "query", ["\x01", "%", "_", "'; drop schema customers cascade; --", "\U0001f600" * 64, "\ufffe"]
)
@pytest.mark.parametrize("path", ["/api/console/customers:search", "/api/counter/lookup"])
def test_a_hostile_search_finds_nobody(signed_in, path, query):
    answer = signed_in("owner").post(path, {"query": query})
    assert answer.status_code == 200
    assert answer.json()["customers"] == []


@pytest.mark.parametrize("at", ENDS)
def test_there_are_no_books_at_the_ends_of_the_calendar(signed_in, at):
    answer = signed_in("owner").get(f"/api/console/accounting/as-of?at={quote(at)}")
    assert (*problem_of(answer), answer.json()["field"]) == (422, "invalid-request", "at")


def test_the_audit_has_no_event_beyond_the_largest_number(signed_in):
    browser = signed_in("owner")
    assert browser.get(f"/api/console/audit?cursor={2**63 - 1}").status_code == 200
    assert problem_of(browser.get(f"/api/console/audit?cursor={2**63}")) == (422, "invalid-request")


@pytest.mark.parametrize("at", ENDS)
def test_nothing_takes_effect_where_it_could_never_be_read_again(signed_in, conn, at):
    chain = build_chain(conn)
    owner = signed_in("owner")
    ladder = owner.get("/api/console/ranks/templates").json()[0]["ladder"]
    sent = {
        "benefits": {"settings": {"benefits": [CAKE], "undo_minutes": 15}},
        "ranks": {"ladder": ladder},
        "drafts": {"title": "Rates", "parts": ["program"]},
    }
    for what, body in sent.items():
        answer = owner.post(f"/api/console/{what}", body | {"effective_at": at, "reason": "A slip"})
        assert answer.status_code == 422, (what, answer.text)
    document = {"benefits": [CAKE | {"from_at": at}], "undo_minutes": 15}
    (problem,) = owner.post("/api/console/benefits:preview", document).json()["problems"]
    assert problem["field"] == "benefits[0].from_at"
    for what in ("benefits", "ranks", "drafts", f"customers/{chain.hanako}"):
        assert owner.get(f"/api/console/{what}").status_code == 200
    assert owner.get(f"/api/counter/customers/{chain.hanako}").status_code == 200


@pytest.mark.parametrize("at", ENDS)
def test_a_campaign_lies_within_the_calendar(signed_in, conn, at):
    chain = build_chain(conn)
    marketer = signed_in("marketer")
    for field in ("starts_at", "ends_at"):
        rules = RULES | {field: at, "award": {"kind": "limited", "valid_until": "2026-12-31"}}
        check = marketer.post("/api/console/campaign-check", {"code": "weekend", "rules": rules})
        assert (field, "outside-calendar") in {(one["field"], one["code"]) for one in check.json()["problems"]}
    sale = CART | {"customer_id": str(chain.hanako), "occurred_at": at}
    assert marketer.post("/api/console/campaign-quote", sale).status_code in {200, 422}


@pytest.mark.parametrize("reason", ["\x00", "Ja\x00", "\ud83d"])
def test_text_that_no_database_keeps_is_refused(signed_in, reason):
    browser = signed_in("accountant")
    text = json.dumps({"from_month": "2026-11-01", "reason": reason, "settings": settings_body()})
    headers = browser.headers | {"content-type": "application/json"}
    answer = browser.client.post("/api/console/accounting/settings", content=text, headers=headers)
    assert problem_of(answer) == (422, "invalid-request")


@pytest.mark.parametrize("name", ["0001-01-01T00:00:00+23:59", "2026-13-45", "9999-12-31T23:59:59Z", "2026-11-20"])
def test_a_name_that_looks_like_a_day_is_a_name(signed_in, name):
    owner = signed_in("owner")
    ladder = owner.get("/api/console/ranks/templates").json()[0]["ladder"]
    assert owner.post("/api/console/ranks", {"ladder": ladder, "effective_at": None, "reason": "x"}).status_code == 204
    ladder["tiers"][1]["name_ja"] = name
    assert owner.post("/api/console/ranks:preview", ladder).status_code == 200


def test_nesting_without_end_is_refused(signed_in):
    browser = signed_in("owner")
    for depth in (500, 5_000, 50_000):
        text = '{"reason": ' + "[" * depth + "]" * depth + "}"
        answer = browser.client.post(
            "/api/console/ranks", content=text, headers=browser.headers | {"content-type": "application/json"}
        )
        assert problem_of(answer)[0] in {413, 422}
