"""Ranks on the three faces: ladders are published by whoever may, members are seen, ranks are given by hand."""

from __future__ import annotations

import pytest
from tests.flows.rank_factories import HALF_YEAR, make_ladder, publish, spent, tier
from tests.web.conftest import problem_of
from tests.web.factories import HANAKO_PHONE, build_chain

from enishi.ranks import AnyOf, AtLeast, BenefitReward, Measure, PointsReward


@pytest.fixture
def chain(conn):
    return build_chain(conn)


def test_a_ladder_is_previewed_published_and_seen_with_what_it_changed(signed_in, chain):
    owner = signed_in("owner")
    template = next(one for one in owner.get("/api/console/ranks/templates").json() if one["name"] == "points")
    ladder = template["ladder"]
    assert template["sentences"][1].startswith("シルバー：直近6か月で獲得 200ポイント以上")
    preview = owner.post("/api/console/ranks:preview", ladder).json()
    assert (preview["problems"], preview["changes"]) == ([], [])
    body = {"ladder": ladder, "effective_at": None, "reason": "開始"}
    assert owner.post("/api/console/ranks", body).status_code == 204
    changed = ladder | {"policies": ladder["policies"] | {"grace_days": 14}}
    assert owner.post("/api/console/ranks:preview", changed).json()["changes"] == [
        {"field": "policies.grace_days", "label": "猶予", "before": "0日", "after": "14日"}
    ]
    assert owner.post("/api/console/ranks", body | {"ladder": changed, "reason": "猶予"}).status_code == 204
    page = owner.get("/api/console/ranks").json()
    assert [(one["version"], one["state"], one["reason"]) for one in page["versions"]] == [
        (2, "live", "猶予"),
        (1, "past", "開始"),
    ]
    assert next((one["tier"]["name"], one["asks"], one["members"]) for one in page["tiers"]) == ("レギュラー", None, 2)
    assert page["tiers"][4]["asks"].endswith("、かつ会員カードの保有")
    assert page["next_evaluation_on"] == "2026-12-01"
    broken = ladder | {"tiers": ladder["tiers"][1:]}
    problem = owner.post("/api/console/ranks:preview", broken).json()["problems"][0]
    assert (problem["field"], problem["code"]) == ("tiers[0].criteria", "lowest-asks")
    assert "SHIBUYA" in [one["code"] for one in owner.get("/api/console/ranks/choices").json()["stores"]]
    assert problem_of(owner.post("/api/console/ranks", body | {"ladder": broken})) == (422, "invalid-ladder")


def test_what_an_evaluation_would_do_is_seen_before_and_members_are_listed(signed_in, chain, conn):
    publish(conn, make_ladder(tier("silver", spent(1_000)), tier("gold", spent(3_000)), upgrade="evaluation"))
    conn.commit()
    owner = signed_in("owner")
    foreseen = owner.post("/api/console/ranks:foresee", {}).json()
    assert foreseen["evaluation"]["finished_at"] is not None
    assert [(one["from_tier"]["name"], one["to_tier"]["name"], one["members"]) for one in foreseen["ways"]] == []
    given = {"tier": "gold", "exact": False, "until": "2026-12-31", "reason": "お詫び"}
    path = f"/api/console/customers/{chain.hanako}/rank"
    shown = owner.post(f"{path}:override", given).json()
    assert shown["rank"]["tier"]["code"] == "gold"
    assert shown["rank"]["override"] == {"tier": "gold", "name": "GOLD", "exact": False, "until": "2026-12-31"}
    assert [(one["to_code"], one["cause"], one["reason"]) for one in shown["changes"]] == [
        ("gold", "override", "お詫び")
    ]
    members = owner.get("/api/console/ranks/tiers/gold/members").json()
    assert [one["customer_id"] for one in members["members"]] == [str(chain.hanako)]
    saved = owner.get("/api/console/ranks/tiers/gold/members.csv")
    assert saved.text.splitlines()[1].startswith(f"{chain.hanako},gold,")
    ended = owner.post(f"{path}:end-override", {"reason": "終了"}).json()
    assert (ended["rank"]["override"], ended["changes"][0]["cause_text"]) == (None, "手動の設定が終わりました")
    assert problem_of(owner.post(f"{path}:end-override", {"reason": "終了"}))[0] == 422
    assert problem_of(owner.post(f"{path}:override", given | {"tier": "nobody"}))[1] == "unknown-tier"


def test_staff_and_members_see_the_way_to_the_next_rank(signed_in, chain, conn, member):
    staff = signed_in("staff", ["SHIBUYA"])
    path = f"/api/counter/customers/{chain.hanako}/rank"
    assert staff.get(path).json() is None
    publish(conn, make_ladder(tier("silver", spent(5_000))))
    conn.commit()
    shown = staff.get(path).json()
    assert shown["line"] == "BASE：あと¥1,695でSILVER（2026/11/30まで）"
    assert shown["next"]["ways"][0][0] | {"by": None} == {
        "question": "amount_with_tax",
        "unit": "yen",
        "found": 3_305,
        "needed": 5_000,
        "missing": 1_695,
        "missing_text": "¥1,695",
        "label": "直近6か月でお買上げ ¥5,000（税込）",
        "found_text": "¥3,305",
        "by": None,
        "window": "months:6",
        "channels": [],
        "stores": [],
        "categories": [],
    }
    mine = member(HANAKO_PHONE).get("/api/my/rank").json()
    assert mine["line"] == shown["line"]
    assert [one["code"] for one in mine["ladder"]] == ["base", "silver"]
    assert staff.get("/api/console/ranks").status_code == 403
    assert staff.post(f"/api/console/customers/{chain.hanako}/rank:override", {}).status_code in {403, 422}


def test_staff_see_that_a_rank_was_given_by_hand_and_members_do_not(signed_in, chain, conn, member):
    rewards = (PointsReward("rise", 500), BenefitReward("cake", "birthday-cake"))
    publish(conn, make_ladder(tier("silver", spent(5_000), *rewards)))
    conn.commit()
    given = {"tier": "silver", "exact": True, "until": None, "reason": "お詫び"}
    path = f"/customers/{chain.hanako}/rank"
    shown = signed_in("owner").post(f"/api/console{path}:override", given).json()
    assert {one["kind"]: (one["state"], one["entry_id"] is not None) for one in shown["rewards"]} == {
        "points": ("credited", True),
        "benefit": ("waiting", False),
    }
    at_counter = signed_in("staff", ["SHIBUYA"]).get(f"/api/counter{path}").json()
    assert at_counter["override"] == {"tier": "silver", "name": "SILVER", "exact": True, "until": None}
    mine = member(HANAKO_PHONE).get("/api/my/rank").json()
    assert (mine["tier"]["code"], mine["override"]) == ("silver", None)


def test_the_nearest_alternative_is_first_and_changes_say_what_was_found(signed_in, conn):
    gold = AnyOf((spent(10_000), AtLeast(Measure.PURCHASES, 3, HALF_YEAR)))
    publish(conn, make_ladder(tier("silver", spent(3_000)), tier("gold", gold)))
    chain = build_chain(conn)
    path = f"/api/console/customers/{chain.hanako}/rank"
    shown = signed_in("marketer").get(path, **{"accept-language": "en"}).json()
    assert [[one["missing_text"] for one in way] for way in shown["rank"]["next"]["ways"]] == [
        ["1 purchase"],
        ["¥6,695"],
    ]
    (change,) = shown["changes"]
    ((finding,),) = change["ways"]
    assert finding | {"begins": None} == {
        "label": "¥3,000 spent (with tax) in the latest 6 months",
        "found_text": "¥3,305",
        "fulfilled": True,
        "begins": None,
    }


def test_cuts_are_proposed_from_what_members_bought_in_the_latest_window_that_is_over(signed_in, conn):
    publish(conn, make_ladder(tier("silver", spent(3_000))))
    build_chain(conn)
    owner = signed_in("owner")
    asked = {"measure": "amount_with_tax", "window": {"kind": "months", "months": 6}, "shares": [50]}
    # Everything was bought in the month that is still running.
    before = owner.post("/api/console/ranks:propose", asked).json()
    assert (before["last"], before["cuts"], before["below_members"]) == ("2026-10-01", [], before["members"])
    conn.execute("update ranks.progress set month = '2026-10-01' where month = '2026-11-01'")
    conn.commit()
    found = owner.post("/api/console/ranks:propose", asked).json()
    assert (found["first"], found["last"]) == ("2026-05-01", "2026-10-01")
    assert [(one["value"], one["members"]) for one in found["cuts"]] == [(3_300, 1)]
    assert sum(one["members"] for one in found["bands"]) == found["members"]
    assert sum(one["revenue_yen"] for one in found["tenths"]) == found["revenue_yen"]
    year = owner.post(
        "/api/console/ranks:propose", asked | {"window": {"kind": "calendar", "period": "year", "start_month": 4}}
    )
    assert (year.json()["first"], year.json()["last"]) == ("2025-04-01", "2026-03-01")
    assert problem_of(owner.post("/api/console/ranks:propose", asked | {"shares": [50, 20]})) == (
        422,
        "invalid-request",
    )
    days = asked | {"window": {"kind": "days", "days": 30}}
    assert owner.post("/api/console/ranks:propose", days).json()["field"] == "window"
    assert owner.post("/api/console/ranks:propose", asked | {"window": {"kind": "months"}}).json()["field"] == "months"


def test_whoever_is_for_some_stores_reads_ladders_and_publishes_none(signed_in, conn, chain):
    manager = signed_in("owner", ["SHIBUYA"])
    ladder = manager.get("/api/console/ranks/templates").json()[0]["ladder"]
    body = {"ladder": ladder, "effective_at": None, "reason": "開始"}
    assert problem_of(manager.post("/api/console/ranks", body)) == (403, "permission-denied")
    assert manager.get("/api/console/ranks").json()["versions"] == []
