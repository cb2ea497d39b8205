"""Campaigns in the console: written by one, approved by another, tried before, and explained after."""

from __future__ import annotations

import pytest
from tests.web.conftest import problem_of
from tests.web.factories import build_chain

RULES = {
    "name_ja": "週末2倍",
    "name_en": "Double weekend",
    "starts_at": "2026-11-01T00:00:00+09:00",
    "ends_at": "2026-12-01T00:00:00+09:00",
    "effect": {"kind": "multiplier", "times_percent": 200},
    "ceilings": {"budget_points": 1_000},
}
FRIDAYS = {"conditions": {"weekdays": ["fri"], "from_yen": 1_000}}
CART = {"store": "SHIBUYA", "lines": [{"sku": "A", "unit_price_yen": 2_200}]}
CAMPAIGNS = "/api/console/campaigns"


@pytest.fixture
def chain(conn):
    return build_chain(conn)


def create(browser, code="weekend", **rules):
    return browser.post(CAMPAIGNS, {"code": code, "rules": RULES | rules, "reason": "Autumn"})


def do(browser, deed, code="weekend", **fields):
    return browser.post(f"{CAMPAIGNS}/{code}/{deed}", {"reason": f"To {deed}", **fields})


def test_a_campaign_goes_from_draft_to_live_by_two_people_and_its_log_tells_it(signed_in, chain):
    marketer, owner = signed_in("marketer"), signed_in("owner")
    made = create(marketer, **FRIDAYS).json()
    assert (made["state"], made["may_submit"], made["may_decide"]) == ("draft", True, False)
    edited = marketer.post(
        f"{CAMPAIGNS}/weekend/draft",
        {"rules": RULES | {"name_en": "Double Friday"} | FRIDAYS, "reason": "Name", "expected": made["latest_change"]},
    ).json()
    assert edited["log"][0]["differences"] == [
        {
            "field": "name_en",
            "before": '"Double weekend"',
            "after": '"Double Friday"',
            "label": "名前（英語）",
            "before_text": "Double weekend",
            "after_text": "Double Friday",
        }
    ]
    assert problem_of(do(marketer, "submit", expected=made["latest_change"])) == (409, "campaign-changed")
    assert do(marketer, "submit").json()["in_review"] is True
    assert problem_of(do(marketer, "approve")) == (403, "permission-denied")
    live = do(owner, "approve").json()
    assert (live["state"], live["figures"]["budget_left"]) == ("live", 1_000)
    assert [one["action"] for one in live["log"]] == ["approve", "submit", "edit", "create"]
    assert live["current"]["description"][0] == "基本ポイントが 2倍になります。"
    assert do(owner, "pause").json()["state"] == "paused"
    assert problem_of(do(owner, "pause")) == (409, "campaign-state")
    assert do(owner, "resume").json()["state"] == "live"
    listed = owner.get(CAMPAIGNS).json()
    assert [(one["code"], one["state"], one["has_draft"]) for one in listed["campaigns"]] == [
        ("weekend", "live", False)
    ]
    assert do(owner, "end").json()["state"] == "ended"


def test_whoever_wrote_it_may_not_approve_it(signed_in, chain):
    owner = signed_in("owner")
    create(owner)
    do(owner, "submit")
    assert problem_of(do(owner, "approve")) == (403, "author-may-not-approve")
    assert owner.get(f"{CAMPAIGNS}/weekend").json()["state"] == "in_review"
    assert do(owner, "reject").json()["state"] == "draft"


def test_rules_are_checked_before_they_are_saved(signed_in, chain):
    marketer = signed_in("marketer")
    rules = RULES | {
        "effect": {"kind": "added", "points": 300},
        "award": {"kind": "limited"},
        "conditions": {"stores": ["NOWHERE"]},
        "premium": {"benefit": "all_comers"},
    }
    check = marketer.post("/api/console/campaign-check", {"code": "weekend", "rules": rules}).json()
    assert [(one["field"], one["label"], one["code"]) for one in check["problems"]] == [
        ("award.valid_days", "有効日数", "limited-without-end"),
        ("conditions.stores", "対象店舗", "unknown-store"),
    ]
    assert check["problems"][1]["detail"] == "店舗コード NOWHERE の店舗はありません。"
    assert [(one["code"], one["is_over"], one["limit_yen"]) for one in check["premiums"]] == [("all_comers", True, 200)]
    assert problem_of(create(marketer, award={"kind": "limited"})) == (422, "invalid-campaign")
    assert marketer.get(CAMPAIGNS).json()["campaigns"] == []


def launch(marketer, owner, code, **rules):
    create(marketer, code, **rules)
    do(marketer, "submit", code)
    assert do(owner, "approve", code).status_code == 200


def test_the_calendar_shows_overlaps_with_what_they_come_to_together(signed_in, chain):
    marketer, owner = signed_in("marketer"), signed_in("owner")
    group = {"stacking": {"group": "autumn", "mode": "best_of"}}
    launch(marketer, owner, "double", **group)
    launch(
        marketer,
        owner,
        "hundred",
        effect={"kind": "added", "points": 100},
        ends_at="2026-11-25T00:00:00+09:00",
        **group,
    )
    query = "since=2026-11-21T00:00:00%2B09:00&until=2026-12-05T00:00:00%2B09:00&sample_yen=5500"
    calendar = owner.get(f"/api/console/campaign-calendar?{query}").json()
    assert [one["code"] for one in calendar["bars"]] == ["double", "hundred"]
    assert [
        (one["base_points"], one["points"], [(part["code"], part["points"]) for part in one["parts"]])
        for one in calendar["stretches"]
    ] == [(50, 150, [("double", 0), ("hundred", 100)]), (50, 100, [("double", 50)])]
    assert calendar["stretches"][0]["parts"][0]["sentence"] == (
        "同じグループの「週末2倍」のほうが有利なため、そちらが適用されます。"
    )


def test_a_quote_says_what_applies_and_why_not_and_so_does_a_recorded_receipt(signed_in, chain):
    marketer, owner = signed_in("marketer"), signed_in("owner")
    launch(marketer, owner, "friday", **FRIDAYS)
    launch(marketer, owner, "online", conditions={"channels": ["ec"]})
    quote = owner.post("/api/console/campaign-quote", CART | {"customer_id": str(chain.hanako)}).json()
    assert (quote["points"], [(one["campaign"], one["points"]) for one in quote["awards"]]) == (
        40,
        [(None, 20), ("friday", 20)],
    )
    assert quote["not_applied"] == [
        {
            "campaign": "online",
            "name": "週末2倍",
            "reason": "conditions",
            "sentence": "条件を満たしていません。チャネル：店舗（条件：オンラインショップ）",
            "findings": [
                {
                    "condition": "channels",
                    "label": "チャネル",
                    "holds": False,
                    "found": "店舗",
                    "needed": "オンラインショップ",
                }
            ],
        }
    ]
    # Recorded before the campaigns were approved: nothing was live then.
    assert owner.get(f"/api/console/purchases/{chain.in_shibuya.purchase_id}/campaigns").json() == []


def test_a_draft_is_tried_beside_what_is_live_before_anybody_approves_it(signed_in, chain):
    marketer, owner = signed_in("marketer"), signed_in("owner")
    launch(marketer, owner, "friday", **FRIDAYS)
    draft = {"code": "fifty", "rules": RULES | {"effect": {"kind": "added", "points": 50}, "name_en": "Fifty"}}
    cart = CART | {"customer_id": str(chain.hanako)}
    tried = marketer.post("/api/console/campaign-quote", cart | {"draft": draft}).json()
    assert [(one["campaign"], one["points"]) for one in tried["awards"]] == [(None, 20), ("fifty", 50), ("friday", 20)]
    replaced = {"code": "friday", "rules": RULES | {"conditions": {"weekdays": ["mon"]}}}
    tried = marketer.post("/api/console/campaign-quote", cart | {"draft": replaced}).json()
    assert (tried["points"], [one["campaign"] for one in tried["not_applied"]]) == (20, ["friday"])
    assert marketer.post("/api/console/campaign-quote", cart).json()["points"] == 40
    assert [one["code"] for one in marketer.get(CAMPAIGNS).json()["campaigns"]] == ["friday"]


def test_the_form_chooses_from_the_stores_and_ranks_there_are(signed_in, chain):
    choices = signed_in("marketer").get("/api/console/campaign-choices").json()
    assert "SHIBUYA" in [one["code"] for one in choices["stores"]]
    assert choices["ranks"] == []
