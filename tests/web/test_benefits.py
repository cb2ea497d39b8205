"""Benefits on the three faces: published with a reason, given at the counter, shown to the member."""

from __future__ import annotations

from uuid import uuid4

import pytest
from tests.flows.rank_factories import make_ladder, spent, tier
from tests.flows.rank_factories import publish as publish_ladder
from tests.web.conftest import problem_of
from tests.web.factories import build_chain

CAKE = {
    "code": "cake", "kind": "gift", "name_ja": "ケーキ", "name_en": "Cake", "note_ja": "", "note_en": "",
    "tier": None, "and_above": True, "rewards_only": False, "limit": {"times": 1, "per": "visit"}, "stores": [],
    "channels": [], "from_at": None, "until_at": None, "min_amount_yen": 0, "skus": [], "windows": [], "opens_at": None,
}  # fmt: skip


@pytest.fixture
def chain(conn):
    return build_chain(conn)


def publish(browser, *benefits):
    body = {"settings": {"benefits": list(benefits), "undo_minutes": 15}, "effective_at": None, "reason": "New menu"}
    return browser.post("/api/console/benefits", body)


def test_benefits_are_drafted_previewed_and_published_with_their_changes(signed_in):
    head_office = signed_in("marketer")
    draft = {"benefits": [CAKE | {"name_en": ""}], "undo_minutes": 15}
    assert head_office.client.put(
        "/api/console/benefits/draft", json=draft, headers=head_office.headers
    ).status_code == 204  # fmt: skip
    preview = head_office.post("/api/console/benefits:preview", draft).json()
    assert [one["field"] for one in preview["problems"]] == ["benefits[0].name_en"]
    assert (preview["holders"][0]["who"], preview["holders"][0]["often"]) == ("すべての会員", "1回のご来店に1回まで")
    assert problem_of(publish(head_office, *draft["benefits"])) == (422, "invalid-benefits")
    assert head_office.get("/api/console/benefits").json()["draft"]["settings"]["benefits"][0]["code"] == "cake"
    assert publish(head_office, CAKE).status_code == 204
    assert publish(head_office, CAKE | {"name_en": "Tart"}).status_code == 204
    page = head_office.get("/api/console/benefits").json()
    assert page["draft"] is None
    assert [(one["version"], one["state"], one["reason"]) for one in page["versions"]] == [
        (2, "live", "New menu"),
        (1, "past", "New menu"),
    ]
    assert page["versions"][0]["changes"] == [
        {"field": "benefits[cake].name_en", "before": '"Cake"', "after": '"Tart"'}
    ]


def test_staff_see_what_to_give_mark_it_once_and_take_it_back(signed_in, chain, conn):
    owner = signed_in("owner")
    assert publish(owner, CAKE).status_code == 204
    staff = signed_in("staff", ["SHIBUYA"])
    path = f"/api/counter/customers/{chain.hanako}/benefits"
    shown = staff.get(f"{path}?store=SHIBUYA").json()
    assert [(one["name"], one["state"], one["to_give"]) for one in shown["benefits"]] == [("ケーキ", "available", True)]
    body = {"store": "SHIBUYA", "request_id": str(uuid4())}
    given = staff.post(f"{path}/cake/give", body).json()
    assert (given["left"], given["replayed"], given["give"]["name"]) == (0, False, "ケーキ")
    assert staff.post(f"{path}/cake/give", body).json()["replayed"] is True
    other = staff.post(f"{path}/cake/give", body | {"request_id": str(uuid4())})
    assert problem_of(other) == (409, "benefit-already-given")
    elsewhere = staff.post(f"{path}/cake/give", {"store": "ELSEWHERE", "request_id": str(uuid4())})
    assert problem_of(elsewhere) == (404, "not-found")
    undone = staff.post(f"{path}:undo", {"give_id": given["give"]["give_id"], "reason": "Wrong guest"})
    assert undone.json()["undo_reason"] == "Wrong guest"
    counts = owner.get("/api/console/benefits/gives").json()
    assert [(one["benefit"], one["given"], one["undone"]) for one in counts["counts"]] == [("cake", 1, 1)]
    assert problem_of(publish(staff, CAKE)) == (403, "permission-denied")


def test_a_preview_says_for_how_many_members_of_each_rank_it_changes(signed_in, conn):
    publish_ladder(conn, make_ladder(tier("gold", spent(3_000))))
    build_chain(conn)
    head_office = signed_in("marketer")
    assert publish(head_office, CAKE, CAKE | {"code": "tart", "name_ja": "タルト"}).status_code == 204
    draft = {
        "benefits": [
            CAKE | {"tier": "gold"},
            CAKE | {"code": "tea", "name_ja": "お茶", "rewards_only": True, "limit": None},
        ],
        "undo_minutes": 15,
    }
    preview = head_office.post("/api/console/benefits:preview", draft).json()
    assert [(one["code"], one["name"], one["members"]) for one in preview["tiers"]] == [
        ("base", "BASE", 1),
        ("gold", "GOLD", 1),
    ]
    assert [(one["code"], one["tiers"]) for one in preview["holders"]] == [("cake", ["gold"]), ("tea", [])]
    assert preview["moves"] == [
        {"code": "cake", "name": "ケーキ", "gains": [], "loses": ["base"]},
        {"code": "tart", "name": "タルト", "gains": [], "loses": ["base", "gold"]},
    ]
