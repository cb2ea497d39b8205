"""Returns over HTTP: of a receipt by its number or its purchase, repeats, and refusals that change nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.gateway.client import TABLES, Api, Till, assert_problem

assert "purchases.returns" in TABLES


def bring_back(till: Till, receipt: dict[str, Any] | None, name: str, **fields: Any) -> dict[str, Any]:
    body: dict[str, Any] = {
        "source": "pos",
        "external_id": name,
        "store": "S1",
        "occurred_at": (till.occurred_at + timedelta(minutes=30)).isoformat(),
    }
    if receipt is not None:
        body["receipt"] = {"source": receipt["source"], "external_id": receipt["external_id"]}
    return body | fields


def test_goods_of_a_receipt_come_back_and_the_answer_says_what_to_pay(api: Api, till: Till) -> None:
    card = till.new_card()
    till.ring_up(till.receipt(11_000, card=card))
    receipt = till.receipt(2_200, card=card, points_to_use=100)
    bought = till.ring_up(receipt)
    answered = api.post("/v1/returns", bring_back(till, receipt, f"{card}-R1"))
    body = answered.json()
    assert answered.status_code == 201, body
    assert (body["purchase_id"], body["customer_id"]) == (bought["purchase_id"], bought["customer_id"])
    assert (body["refund_yen"], body["pay_back_yen"], body["completes"]) == (2_200, 2_100, True)
    points = body["points"]
    assert (points["taken_back"], points["given_back"], points["owed"]) == (bought["points"]["earned"], 100, 0)
    assert points["balance"]["available"] == 100
    again = api.post("/v1/returns", bring_back(till, receipt, f"{card}-R1"))
    assert (again.status_code, again.json()) == (200, body | {"replayed": True})


def test_a_return_can_name_the_purchase_in_its_path_and_its_key_in_the_header(api: Api, till: Till) -> None:
    receipt = till.receipt(1_100, card=till.new_card())
    bought = till.ring_up(receipt)
    body = bring_back(till, None, "ignored", lines=[{"line": 1, "quantity": 1}])
    del body["external_id"]
    path = f"/v1/purchases/{bought['purchase_id']}/returns"
    answered = api.post(path, body, headers={"Idempotency-Key": f"{receipt['external_id']}-R"})
    assert answered.status_code == 201, answered.text
    assert answered.json()["points"]["taken_back"] == 10


def test_more_than_there_is_is_refused_and_nothing_changes(api: Api, till: Till) -> None:
    receipt = till.receipt(1_100, card=till.new_card())
    till.ring_up(receipt)
    before = till.contents()
    body = bring_back(till, receipt, "R-more", lines=[{"line": 1, "quantity": 2}])
    document = assert_problem(api.post("/v1/returns", body), 422, "invalid-return", "lines[0].quantity")
    assert document["left"] == 1
    assert till.contents() == before


def test_unknown_purchases_and_receipts_are_not_found(api: Api, till: Till) -> None:
    body = bring_back(till, till.receipt(), "R-unknown")
    assert_problem(api.post("/v1/returns", body), 404, "unknown-receipt", "receipt")
    path = "/v1/purchases/019aa93f-1d8c-7b02-9a41-6c7d8e9f0a1b/returns"
    assert_problem(api.post(path, bring_back(till, None, "R-unknown")), 404, "not-found", "purchase_id")
    assert_problem(
        api.post("/v1/purchases/nonsense/returns", bring_back(till, None, "R-x")), 404, "not-found", "purchase_id"
    )


def test_another_return_under_a_known_key_is_refused(api: Api, till: Till) -> None:
    receipt = till.receipt(1_100, card=till.new_card())
    till.ring_up(receipt)
    api.post("/v1/returns", bring_back(till, receipt, f"{receipt['external_id']}-R"))
    before = till.contents()
    other = bring_back(till, receipt, f"{receipt['external_id']}-R", terminal="T9")
    assert_problem(api.post("/v1/returns", other), 409, "idempotency-conflict", "external_id")
    assert till.contents() == before
