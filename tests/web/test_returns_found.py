"""Returns that begin at no visit: a receipt found by its number in any of the operator's stores, or no receipt."""

from __future__ import annotations

from uuid import uuid4

import pytest
from msgspec import structs
from tests.flows.factories import NOW, make_context, make_purchase
from tests.flows.test_record_returns import everything
from tests.web.conftest import problem_of
from tests.web.factories import HANAKO_PHONE, build_chain

from enishi import audit, program
from enishi.customers import Identifier, IdentifierKind
from enishi.flows import record_purchases
from enishi.program import ReturnPolicy, ReturnShortfall

TEA = {"name": "お茶", "quantity": 2, "unit_price_yen": 550, "tax_rate_percent": 10}


@pytest.fixture
def chain(conn):
    return build_chain(conn)


def by_hand(chain, **fields):
    return {"store": "SHIBUYA", "customer_id": str(chain.hanako), "goods": [TEA]} | fields


def find(browser, number):
    return browser.post("/api/counter/receipts:find", {"number": number}).json()["receipts"]


def test_a_receipt_is_found_in_another_store_and_says_which_and_whose(signed_in, chain, conn):
    browser = signed_in("staff")
    (found,) = find(browser, " R-2 ")
    assert (found["purchase"]["store"]["name"], found["returned_yen"]) == ("上野店", 0)
    assert found["customer_id"] == str(chain.hanako)
    (nobodys,) = find(browser, "R-4")
    assert nobodys["customer_id"] is None
    assert find(browser, "R-404") == []
    conn.rollback()
    assert [one.action for one in audit.list_events(conn, None, 3)] == ["receipts.searched"] * 3


def test_goods_bought_in_one_store_come_back_to_another(signed_in, chain, conn):
    browser = signed_in("staff")
    path = f"/api/counter/purchases/{chain.in_ueno.purchase_id}"
    body = {"lines": None, "store": "SHIBUYA"}
    quoted = browser.post(f"{path}/returns:quote", body).json()
    done = browser.post(f"{path}/returns", body | {"request_id": str(uuid4())}).json()
    assert done["effect"] == quoted
    (back,) = browser.get(path).json()["returns"]
    assert back["store"]["name"] == "渋谷店"
    assert {entry["store"]["name"] for entry in back["entries"]} == {"渋谷店"}
    (found,) = find(browser, "R-2")
    assert found["returned_yen"] == 2_205
    conn.rollback()
    assert conn.execute("select store from purchases.returns").fetchall() == [("SHIBUYA",)]


def test_staff_find_and_receive_for_their_own_stores_only(signed_in, chain, conn):
    browser = signed_in("staff", ["SHIBUYA"])
    assert find(browser, "R-2") == []
    before = everything(conn)
    own = f"/api/counter/purchases/{chain.in_shibuya.purchase_id}"
    for answer in (
        browser.post(f"{own}/returns", {"lines": None, "store": "UENO", "request_id": str(uuid4())}),
        browser.post("/api/counter/returns:quote", by_hand(chain, store="UENO")),
        browser.post("/api/counter/returns", by_hand(chain, store="UENO", request_id=str(uuid4()))),
        browser.get(f"/api/counter/returns/policy?purchase_id={chain.in_ueno.purchase_id}"),
    ):
        assert problem_of(answer) == (404, "not-found")
    assert everything(conn) == before


def test_without_a_receipt_what_such_goods_earn_now_is_taken_back_once(signed_in, chain, conn):
    browser = signed_in("staff")
    before = everything(conn)
    quoted = browser.post("/api/counter/returns:quote", by_hand(chain)).json()
    assert everything(conn) == before
    assert (quoted["refund_yen"], quoted["pay_back_yen"], quoted["points_taken_back"]) == (1_100, 1_100, 10)
    assert (quoted["available"], quoted["points_given_back"], quoted["completes"]) == (15, 0, False)
    body = by_hand(chain, request_id=str(uuid4()))
    done = browser.post("/api/counter/returns", body).json()
    assert (done["effect"], done["replayed"]) == (quoted, False)
    after = everything(conn)
    assert browser.post("/api/counter/returns", body).json() == done | {"replayed": True}
    assert everything(conn) == after
    conn.rollback()
    event = audit.list_events(conn, None, 1)[0]
    assert (event.action, event.target) == ("return.record", f"customer:{chain.hanako}")
    movements = browser.get(f"/api/counter/customers/{chain.hanako}").json()["movements"]
    assert [(one["type"], one["points"]) for one in movements] == [("take_back", -10)]
    assert movements[0]["summary"] == "レシートのない返品により、その商品に付くはずの 10pt を取り消しました。"


def test_without_a_receipt_and_a_customer_no_points_move(signed_in, chain):
    done = signed_in("staff").post("/api/counter/returns", by_hand(chain, customer_id=None, request_id=str(uuid4())))
    effect = done.json()["effect"]
    assert (effect["refund_yen"], effect["points_taken_back"], effect["available"]) == (1_100, 0, None)


def test_who_has_spent_them_is_refused_where_the_policy_says_so_and_nothing_changes(signed_in, chain, conn):
    settings = structs.replace(
        program.default_settings(), returns=ReturnPolicy(shortfall=ReturnShortfall.REFUSE, reissue_days=14)
    )
    context = make_context(conn, settings)
    phone = (Identifier(IdentifierKind.PHONE, HANAKO_PHONE),)
    record_purchases(conn, context, [make_purchase(25, external_id="R-9", identifiers=phone, points_to_use=25)], NOW)
    browser = signed_in("staff")
    before = everything(conn)
    for answer in (
        browser.post("/api/counter/returns:quote", by_hand(chain)),
        browser.post("/api/counter/returns", by_hand(chain, request_id=str(uuid4()))),
    ):
        assert problem_of(answer) == (409, "points-already-spent")
    assert everything(conn) == before
    told = browser.get("/api/counter/returns/policy").json()["sentences"]
    assert told == [
        "レシートがないため、いまの条件で付くはずのポイントを取り消します。",
        "ポイントがすでに使われていて足りないときは、返品を受け付けません。",
        "お支払いに使われたポイントは、分からないため戻しません。",
    ]
    english = browser.get("/api/counter/returns/policy", **{"accept-language": "en"}).json()["sentences"]
    assert english[1] == "Where they have been spent already, the return is refused."


def test_the_policy_of_a_receipt_is_that_of_its_day(signed_in, chain):
    told = signed_in("staff").get(f"/api/counter/returns/policy?purchase_id={chain.in_ueno.purchase_id}").json()
    assert told["sentences"] == [
        "返品した商品に付いたポイントを取り消します。",
        "ポイントがすでに使われていて足りない分は、次に付くポイントから差し引きます。",
        "お支払いに使われたポイントは、返品した割合で戻します。",
        "有効期限を過ぎたポイントは戻りません。",
    ]


@pytest.mark.parametrize(
    "goods", [[], [TEA | {"quantity": 0}], [TEA | {"unit_price_yen": -1}], [TEA | {"name": ""}], [TEA | {"x": 1}]]
)
def test_goods_that_can_not_be_are_refused(signed_in, chain, conn, goods):
    browser = signed_in("staff")
    before = everything(conn)
    body = by_hand(chain, goods=goods)
    assert problem_of(browser.post("/api/counter/returns:quote", body))[0] == 422
    assert problem_of(browser.post("/api/counter/returns", body | {"request_id": str(uuid4())}))[0] == 422
    assert everything(conn) == before


def test_who_may_not_take_goods_back_may_not_search_for_receipts_either(signed_in, chain):
    browser = signed_in("auditor")
    for answer in (
        browser.post("/api/counter/receipts:find", {"number": "R-2"}),
        browser.post("/api/counter/returns:quote", by_hand(chain)),
        browser.get("/api/counter/returns/policy"),
    ):
        assert problem_of(answer) == (403, "permission-denied")
