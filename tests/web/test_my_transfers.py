"""Points that members give to each other, and pool in their family: told beforehand, done once, seen on both sides."""

from __future__ import annotations

from uuid import uuid4

import pytest
from msgspec import structs
from tests.flows.factories import NOW, make_context, make_purchase
from tests.flows.test_record_returns import everything
from tests.web.conftest import problem_of
from tests.web.factories import HANAKO_CARD, HANAKO_PHONE, TARO_EMAIL, build_chain

from enishi import audit, flows, program
from enishi.customers import Identifier, IdentifierKind
from enishi.program import TransferPolicy

TARO_PHONE = "080-8765-4321"


@pytest.fixture
def chain(conn):
    chain = build_chain(conn)
    context = make_context(
        conn,
        structs.replace(program.default_settings(), transfers=TransferPolicy(fee=2, each=15, a_day=18)),
    )
    # A receipt that names both makes the phone his, and is too small to earn anything.
    both = (Identifier(IdentifierKind.EMAIL, TARO_EMAIL), Identifier(IdentifierKind.PHONE, TARO_PHONE))
    flows.record_purchases(conn, context, [make_purchase(90, store="UENO", identifiers=both)], NOW)
    return chain


@pytest.fixture
def hanako(member, chain):
    return member(HANAKO_PHONE)


@pytest.fixture
def taro(member, chain):
    return member(TARO_EMAIL)


def gift(points=5, to=TARO_PHONE, **fields):
    return {"to": to, "points": points} | fields


def send(browser, **fields):
    return browser.post("/api/my/gifts", gift(**fields) | {"request_id": str(uuid4())})


def test_the_page_tells_terms_and_what_is_left_of_them(hanako, chain):
    page = hanako.get("/api/my/transfers").json()
    assert page == {
        "terms": {"gifts": True, "fee": 2, "each": 15, "a_day": 18, "left_today": 18},
        "available": 25,
        "frozen": False,
        "family": [],
        "may_pool": False,
        "transfers": [],
    }
    assert chain.hanako


def test_a_gift_is_seen_beforehand_with_the_name_masked_and_changes_nothing(hanako, chain, conn):
    before = everything(conn)
    quoted = hanako.post("/api/my/gifts:quote", gift())
    assert quoted.json() == {
        "recipient": "縁• 太•",
        "points": 5,
        "fee": 2,
        "available_after": 18,
        "replayed": False,
    }
    assert "太郎" not in quoted.text
    assert everything(conn) == before
    assert chain.taro


def test_a_second_tap_gives_nothing_twice_and_both_sides_tell_the_gift(hanako, taro, chain, conn):
    body = gift() | {"request_id": str(uuid4())}
    done = hanako.post("/api/my/gifts", body).json()
    assert (done["recipient"], done["points"], done["fee"], done["available_after"]) == ("縁• 太•", 5, 2, 18)
    after = everything(conn)
    assert hanako.post("/api/my/gifts", body).json() == done | {"replayed": True}
    assert everything(conn) == after
    given = hanako.get("/api/my/transfers").json()
    assert given["terms"]["left_today"] == 13
    (one,) = given["transfers"]
    assert (one["way"], one["other"], one["points"], one["fee"]) == ("gift", "縁• 太•", -5, 2)
    received = taro.get("/api/my/transfers").json()
    (other,) = received["transfers"]
    assert (other["other"], other["points"], other["fee"], received["available"]) == ("縁• 花•", 5, 0, 8)
    for browser, entry in ((hanako, one), (taro, other)):
        why = browser.get(f"/api/my/entries/{entry['entry_id']}/explanation").json()
        assert why["entry"]["store"]["name"] == "マイページ"
        assert [item["entry"]["type"] for item in browser.get("/api/my/history").json()["items"] if "entry" in item]
    conn.rollback()
    events = [one for one in audit.list_events(conn, None, 20) if one.action == "points.transferred"]
    assert [(one.actor, one.target) for one in events] == [(f"member:{chain.hanako}", f"customer:{chain.hanako}")]


@pytest.mark.parametrize(
    ("fields", "answer"),
    [
        ({"points": 16}, (409, "transfer-refused")),
        ({"to": HANAKO_CARD}, (422, "invalid-request")),
        ({"to": "080-0000-0000"}, (404, "not-found")),
        ({"to": "?"}, (404, "not-found")),
        ({"points": 0}, (422, "invalid-request")),
    ],
)
def test_what_the_programme_does_not_allow_is_refused_and_changes_nothing(hanako, conn, fields, answer):
    before = everything(conn)
    assert problem_of(hanako.post("/api/my/gifts:quote", gift(**fields))) == answer
    assert problem_of(send(hanako, **fields)) == answer
    assert everything(conn) == before


def test_the_day_has_a_limit_of_which_the_refusal_tells_what_is_left(hanako, conn):
    assert send(hanako, points=15).status_code == 200
    before = everything(conn)
    refused = send(hanako, points=5)
    assert problem_of(refused) == (409, "transfer-refused")
    assert (refused.json()["reason"], refused.json()["left"]) == ("day", 3)
    assert everything(conn) == before


def test_of_a_poor_member_nothing_is_taken(taro, conn):
    before = everything(conn)
    assert problem_of(send(taro, points=4, to=HANAKO_CARD)) == (409, "insufficient-points")
    assert everything(conn) == before


def test_a_frozen_account_gives_nothing_and_the_page_says_so(hanako, chain, conn):
    conn.rollback()
    flows.set_frozen(conn, chain.hanako, flows.FreezeOrder(frozen=True, reason="x"), "operator:x", NOW)
    before = everything(conn)
    assert problem_of(send(hanako)) == (409, "account-frozen")
    assert hanako.get("/api/my/transfers").json()["frozen"] is True
    assert everything(conn) == before


def test_numbers_can_not_be_tried_one_after_the_other(hanako, taro, clock):
    for number in range(5):
        assert problem_of(hanako.post("/api/my/gifts:quote", gift(to=f"080-0000-000{number}")))[0] == 404
    refused = hanako.post("/api/my/gifts:quote", gift())
    assert problem_of(refused) == (429, "too-many-tries")
    assert refused.headers["retry-after"] == "3600"
    # Another member is not kept from it, and an hour later this one tries on, ten times a day at most.
    assert taro.post("/api/my/gifts:quote", gift(points=1, to=HANAKO_CARD)).status_code == 200
    clock.advance(hours=1)
    assert hanako.post("/api/my/gifts:quote", gift()).status_code == 200
    for number in range(5):
        assert problem_of(hanako.post("/api/my/gifts:quote", gift(to=f"080-0000-001{number}")))[0] == 404
    clock.advance(hours=2)
    assert problem_of(hanako.post("/api/my/gifts:quote", gift())) == (429, "too-many-tries")


def test_a_family_is_shown_and_its_points_move_to_the_head(hanako, taro, chain, conn):
    conn.rollback()
    flows.set_family(conn, chain.taro, [chain.hanako], "operator:x", NOW)
    page = hanako.get("/api/my/transfers").json()
    assert page["family"] == [
        {"name": "縁 太郎", "head": True, "me": False},
        {"name": "縁 花子", "head": False, "me": True},
    ]
    assert page["may_pool"] is True
    before = everything(conn)
    assert hanako.post("/api/my/pool:quote", {"points": 20}).json()["available_after"] == 5
    assert everything(conn) == before
    body = {"points": 20, "request_id": str(uuid4())}
    done = hanako.post("/api/my/pool", body).json()
    assert (done["recipient"], done["fee"], done["available_after"]) == ("縁 太郎", 0, 5)
    assert hanako.post("/api/my/pool", body).json() == done | {"replayed": True}
    head = taro.get("/api/my/transfers").json()
    assert (head["available"], head["may_pool"], len(head["family"])) == (23, False, 2)
    assert [(one["way"], one["other"], one["points"]) for one in head["transfers"]] == [("pool", "縁 花子", 20)]


def test_without_a_family_nothing_is_pooled(hanako, conn):
    before = everything(conn)
    for path, body in (("pool:quote", {"points": 1}), ("pool", {"points": 1, "request_id": str(uuid4())})):
        assert problem_of(hanako.post(f"/api/my/{path}", body)) == (409, "transfer-refused")
    assert everything(conn) == before


RECEIPT = {"receipt": "R-4", "store": "SHIBUYA", "on": "2026-11-20", "total_yen": 550}


def test_a_member_claims_their_own_receipt_once(hanako, taro, chain, conn):
    assert {one["name"] for one in hanako.get("/api/my/stores").json()["stores"]} >= {"渋谷店", "上野店"}
    before = everything(conn)
    assert hanako.post("/api/my/claims:quote", RECEIPT).json()["points"] == 5
    assert everything(conn) == before
    done = hanako.post("/api/my/claims", RECEIPT).json()
    assert (done["points"], done["available"], done["replayed"]) == (5, 30, False)
    assert hanako.post("/api/my/claims", RECEIPT).json()["replayed"] is True
    assert problem_of(taro.post("/api/my/claims", RECEIPT)) == (409, "not-claimable")
    conn.rollback()
    event = next(one for one in audit.list_events(conn, None, 9) if one.action == "purchase.claimed")
    assert (event.actor, event.target) == (f"member:{chain.hanako}", f"customer:{chain.hanako}")


def test_receipts_can_not_be_guessed(hanako, conn):
    before = everything(conn)
    for total in range(5):
        wrong = RECEIPT | {"total_yen": total}
        assert problem_of(hanako.post("/api/my/claims" if total % 2 else "/api/my/claims:quote", wrong))[0] == 404
    for path in ("claims:quote", "claims"):
        assert problem_of(hanako.post(f"/api/my/{path}", RECEIPT)) == (429, "too-many-tries")
    # The limits of receipts and of members' numbers are apart.
    assert hanako.post("/api/my/gifts:quote", gift()).status_code == 200
    assert everything(conn) == before


@pytest.mark.usefixtures("chain")
def test_nothing_of_it_opens_without_a_session(browser):
    for path in ("transfers", "stores"):
        assert problem_of(browser.get(f"/api/my/{path}")) == (401, "not-signed-in")
    for path, body in (("gifts:quote", gift()), ("pool:quote", {"points": 1}), ("claims", RECEIPT)):
        assert problem_of(browser.post(f"/api/my/{path}", body)) == (401, "not-signed-in")
