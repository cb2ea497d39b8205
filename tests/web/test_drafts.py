"""Drafts over HTTP: made of what is in force, read in words, decided by another, with back-tests that are kept."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
import psycopg
import pytest
from tests.campaigns.factories import END, make_rules
from tests.configuration.factories import LADDER
from tests.flows.factories import LONG_AGO, NOW
from tests.web.conftest import problem_of
from tests.web.factories import build_chain
from tests.web.test_backtest_shapes import TRIED

from enishi import audit, campaigns, drafts, flows, ranks
from enishi.campaigns import Deed

PATH = "/api/console/drafts"
REASON = "来月からの還元率"


@pytest.fixture
def chain(conn: psycopg.Connection) -> Any:
    made = build_chain(conn)
    ranks.publish_ladder(conn, LADDER, LONG_AGO, audit.SYSTEM, "Opening", LONG_AGO)
    campaigns.create_campaign(
        conn, "december", make_rules(ends_at=END.replace(year=2027)), Deed("operator:x", "Trial", NOW)
    )
    conn.commit()
    return made


@pytest.fixture
def writer(signed_in, chain):
    return signed_in("marketer")


@pytest.fixture
def owner(signed_in, chain):
    return signed_in("owner")


def make(browser, **fields):
    answer = browser.post(PATH, {"title": "還元率を2倍に", "parts": ["program"], "reason": REASON} | fields)
    assert answer.status_code == 201, answer.text
    return answer.json()


def edit(browser, draft, points, **fields):
    document = draft["document"]
    document["program"]["earning"]["points_per_unit"] = points
    body = {"title": draft["title"], "document": document, "effective_at": None, "reason": REASON}
    return browser.post(f"{PATH}/{draft['draft']}/revisions", body | {"expected": draft["latest_change"]} | fields)


def do(browser, draft, deed, **fields):
    body = {"reason": REASON, "expected": draft["latest_change"]} | fields
    return browser.post(f"{PATH}/{draft['draft']}/deeds/{deed}", body)


def test_a_draft_is_made_of_what_is_in_force_and_told_in_words(writer):
    draft = make(writer, parts=["program", "ladder"], campaigns=["december"])
    assert (draft["state"], draft["parts"]) == ("writing", ["program", "ladder", "campaigns"])
    assert {one["section"] for one in draft["check"]["changes"]} == {"campaigns"}
    edited = edit(writer, draft, 0).json()
    assert (edited["revision"], edited["may_submit"], edited["may_decide"]) == (2, True, False)
    rows = [(one["label"], one["before"], one["after"]) for one in edited["check"]["changes"]]
    assert ("単位ごとのポイント", "1pt", "0pt") in rows
    (danger,) = edited["check"]["dangers"]
    assert (danger["code"], danger["detail"]) == ("program.rate-cut", "還元率が 1 % から 0 % に下がります。")
    assert edited["log"][0]["differences"] == [{"label": "単位ごとのポイント", "before": "1pt", "after": "0pt"}]
    english = writer.get(f"{PATH}/{draft['draft']}", **{"accept-language": "en"}).json()
    assert english["check"]["dangers"][0]["detail"] == "The rate would fall from 1 % to 0 %."
    assert "Points for each unit" in {one["label"] for one in english["check"]["changes"]}
    brief = writer.get(PATH).json()["drafts"][0]
    assert (brief["title"], brief["created_by"], brief["revision"]) == ("還元率を2倍に", "the-marketer", 2)


@pytest.mark.parametrize(("part", "field"), [("zone", "program.zone"), ("stores", "ladder.tiers[1].criteria.stores")])
def test_what_can_not_be_told_in_words_is_a_problem_of_the_draft(writer, part, field):
    draft = make(writer, parts=["program", "ladder"])
    document = draft["document"]
    if part == "zone":
        document["program"]["zone"] = "Asia/Tokio"
    else:
        document["ladder"]["tiers"][1]["criteria"]["stores"] = "east"
    checked = writer.post("/api/console/draft-check", {"document": document}).json()
    assert [one["field"] for one in checked["problems"]] == [field]
    body = {"title": "Slip", "document": document, "effective_at": None, "reason": REASON}
    saved = writer.post(f"{PATH}/{draft['draft']}/revisions", body | {"expected": draft["latest_change"]})
    assert saved.status_code == 200
    assert [one["field"] for one in saved.json()["check"]["problems"]] == [field]
    assert writer.get(f"{PATH}/{draft['draft']}").status_code == 200


def test_what_is_written_is_explained_before_it_is_saved(writer):
    document = make(writer)["document"]
    document["program"]["earning"]["points_per_unit"] = 2
    check = writer.post("/api/console/draft-check", {"document": document}).json()
    assert [(one["total_yen"], one["points"]) for one in check["examples"]] == [(540, 9), (1_980, 36), (10_800, 196)]
    assert check["sentences"][0].startswith("税抜金額 100円")
    document["program"]["earning"]["points_per_unit"] = 200
    (problem,) = writer.post("/api/console/draft-check", {"document": document}).json()["problems"]
    assert problem["field"] == "program.earning.points_per_unit"
    document["program"]["zone"] = "Mars/Phobos"
    problems = writer.post("/api/console/draft-check", {"document": document}).json()["problems"]
    assert problems[0]["detail"] == "「Mars/Phobos」というタイムゾーンはありません。"
    document["ladder"] = make(writer, parts=["ladder"])["document"]["ladder"]
    document["ladder"]["tiers"][1]["criteria"] = None
    problems = writer.post("/api/console/draft-check", {"document": document}).json()["problems"]
    assert [one["label"] for one in problems if one["section"] == "ladder"] == ["ランク「2」 › 条件"]
    document["program"]["earning"]["rounding"] = "up"
    assert problem_of(writer.post("/api/console/draft-check", {"document": document})) == (422, "invalid-request")


def test_another_person_approves_and_the_programme_says_so(writer, owner):
    draft = edit(writer, make(writer), 2, effective_at="2026-12-01T00:00:00+09:00").json()
    assert problem_of(do(writer, draft, "approve")) == (403, "permission-denied")
    draft = do(writer, draft, "submit").json()
    assert (draft["state"], draft["may_withdraw"], draft["may_decide"]) == ("in_review", True, False)
    seen = owner.get(f"{PATH}/{draft['draft']}").json()
    assert seen["may_decide"]
    assert problem_of(do(owner, {**draft, "latest_change": 1}, "approve")) == (409, "draft-changed")
    done = do(owner, draft, "approve").json()
    assert (done["state"], done["may_edit"], done["may_discard"]) == ("scheduled", False, False)
    assert [one["label"] for one in done["check"]["changes"]] == ["単位ごとのポイント"]
    newest = owner.get("/api/console/program").json()["versions"][0]
    assert (newest["version"], newest["author"]) == (2, "the-marketer")
    assert newest["effective_at"] == "2026-11-30T15:00:00Z"


def test_a_writer_of_all_permissions_may_not_decide_alone(owner):
    draft = do(owner, edit(owner, make(owner), 2).json(), "submit").json()
    assert (draft["may_decide"], draft["is_own_work"]) == (False, True)
    assert problem_of(do(owner, draft, "approve")) == (403, "writer-may-not-approve")
    assert do(owner, draft, "withdraw").json()["state"] == "writing"


def test_campaigns_in_a_draft_are_for_those_who_may_approve_campaigns(writer, signed_in):
    accountant = signed_in("accountant")
    draft = do(writer, make(writer, parts=[], campaigns=["december"]), "submit").json()
    answer = do(accountant, draft, "approve")
    assert problem_of(answer) == (403, "permission-denied")
    assert answer.json()["permission"] == "campaigns.review"
    assert do(accountant, draft, "send_back").json()["state"] == "writing"


def test_roles_for_some_stores_leave_settings_alone(signed_in, chain):
    local = signed_in("marketer", ["UENO"])
    body = {"title": "x", "parts": ["program"], "reason": REASON}
    assert problem_of(local.post(PATH, body)) == (403, "permission-denied")
    assert local.get(PATH).json() == {"drafts": [], "may_write": False, "may_review": False}
    assert problem_of(local.get(f"{PATH}/1/backtests/1/result")) == (403, "permission-denied")


def test_a_draft_travels_as_a_file(writer):
    draft = edit(writer, make(writer), 2).json()
    file = writer.get(f"{PATH}/{draft['draft']}/document.yaml")
    assert file.headers["content-disposition"] == 'attachment; filename="draft-1-2.yaml"'
    other = make(writer, parts=[], yaml=file.text)
    assert other["document"] == draft["document"]
    put = {"yaml": file.text.replace("points_per_unit: 2", "points_per_unit: 3"), "reason": REASON}
    path = f"{PATH}/{other['draft']}/document.yaml"
    changed = writer.post(path, put | {"expected": other["latest_change"]}).json()
    assert changed["document"]["program"]["earning"]["points_per_unit"] == 3
    broken = writer.post(path, put | {"yaml": "format: [", "expected": changed["latest_change"]})
    assert problem_of(broken) == (422, "unreadable-document")
    assert problem_of(writer.post(PATH, {"title": "x", "parts": [], "reason": REASON})) == (422, "invalid-draft")


def test_a_back_test_is_asked_for_watched_and_read(writer, owner, conn, clock):
    draft = edit(writer, make(writer), 2).json()
    path = f"{PATH}/{draft['draft']}/backtests"
    asked = writer.post(path, {}).json()
    assert (asked["state"], asked["revision"], asked["requested_by"]) == ("queued", 2, "the-marketer")
    assert problem_of(writer.post(path, {})) == (409, "backtest-waits")
    assert problem_of(writer.get(f"{path}/{asked['backtest']}/result")) == (409, "no-backtest-result")
    assert writer.post(f"{path}/cancel", {}).json()["state"] == "cancelled"
    asked = writer.post(path, {"since": "2026-11-01T00:00:00+09:00"}).json()
    conn.rollback()
    rules = flows.hash_rules(conn, clock())
    taken = drafts.claim_backtest(conn, UUID(int=1), rules, clock())
    drafts.tell_progress(conn, taken, 5, 9)
    conn.commit()
    running = writer.get(f"{path}/{asked['backtest']}").json()
    assert (running["state"], running["receipts_done"], running["receipts_total"]) == ("running", 5, 9)
    drafts.keep_result(conn, taken, msgspec.json.encode(TRIED).decode(), 9, clock())
    conn.commit()
    done = writer.get(f"{path}/{asked['backtest']}").json()
    assert (done["state"], done["stale"]) == ("done", [])
    result = writer.get(f"{path}/{asked['backtest']}/result").json()
    assert (result["total"]["difference_points"], result["moves"][0]["some"][0]["name"]) == (20, None)
    edit(writer, draft, 3)
    ranks.publish_ladder(conn, LADDER, clock(), audit.SYSTEM, "Again", clock())
    conn.commit()
    stale = owner.get(f"{PATH}/{draft['draft']}").json()["backtests"][0]
    assert (stale["revision"], stale["stale"]) == (2, ["document", "rules"])
    assert owner.get(f"{path}/{asked['backtest']}/result").json()["moves"][0]["some"][0]["name"] == ""
    assert audit.list_events(conn, None, 1)[0].action == "draft.backtest-read"


def test_choices_are_what_there_is(writer):
    assert writer.get("/api/console/draft-choices").json() == {
        "has_program": True,
        "has_ladder": True,
        "campaigns": [{"code": "december", "name": "試験", "has_draft": True}],
    }
