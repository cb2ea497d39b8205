"""Recording purchases over HTTP: the answer, repeats, refusals, and that a refused request has changed nothing."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from tests.gateway.client import Api, Till, assert_problem

from enishi import access


def test_a_purchase_is_answered_with_everything_a_receipt_printer_needs(api: Api, till: Till) -> None:
    answered = api.post("/v1/purchases", till.receipt(2_178, card=till.new_card()))
    assert answered.status_code == 201
    assert answered.headers["content-type"] == "application/json"
    assert answered.headers["cache-control"] == "no-store"
    body = answered.json()
    expires_on = till.expiry_of(till.occurred_at)
    assert body["replayed"] is False
    assert body["total_yen"] == 2_178
    assert body["notices"] == []
    assert body["points"] == {
        "earned": 19,
        "used": 0,
        "awards": [
            {
                "kind": "regular",
                "points": 19,
                "expires_on": expires_on,
                "reason": "税抜 ¥1,980 ÷ 100円 × 1pt = 19pt、端数切捨て",
                "entry_id": f"{body['customer_id']}-1",
            }
        ],
        "balance": {
            "available": 19,
            "regular": 19,
            "limited": 0,
            "next_expiry": {"kind": "regular", "points": 19, "expires_on": expires_on},
        },
        "pending": [],
    }


def test_the_reason_is_given_in_the_language_asked_for(api: Api, till: Till) -> None:
    answered = api.post(
        "/v1/purchases", till.receipt(2_178, card=till.new_card()), headers={"Accept-Language": "en-GB, ja;q=0.5"}
    )
    reason = answered.json()["points"]["awards"][0]["reason"]
    assert "¥1,980" in reason
    assert reason.isascii() or "÷" in reason
    assert "税抜" not in reason


def test_an_anonymous_sale_is_kept_without_points(api: Api, till: Till) -> None:
    answered = api.post("/v1/purchases", till.receipt())
    body = answered.json()
    assert answered.status_code == 201
    points = {"earned": 0, "used": 0, "awards": [], "balance": None, "pending": []}
    assert (body["customer_id"], body["points"]) == (None, points)


def test_a_repeat_gets_the_first_answer_again_and_changes_nothing(api: Api, till: Till) -> None:
    receipt = till.receipt(card=till.new_card())
    first = api.post("/v1/purchases", receipt)
    before = till.contents()
    again = api.post("/v1/purchases", receipt)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json() | {"replayed": True}
    assert till.contents() == before


def test_another_body_under_a_known_key_is_refused_and_the_differing_fields_are_named(api: Api, till: Till) -> None:
    card = till.new_card()
    receipt = till.receipt(card=card)
    till.ring_up(receipt)
    before = till.contents()
    answered = api.post("/v1/purchases", till.receipt(2_200, card=card, external_id=receipt["external_id"]))
    document = assert_problem(answered, 409, "idempotency-conflict", "lines")
    assert document["fields"] == ["lines"]
    assert till.contents() == before


def test_points_that_are_not_there_are_refused_with_what_is(api: Api, till: Till) -> None:
    card = till.new_card()
    till.ring_up(till.receipt(card=card))
    before = till.contents()
    answered = api.post("/v1/purchases", till.receipt(card=card, points_to_use=11))
    document = assert_problem(answered, 409, "insufficient-points", "points_to_use")
    assert (document["available"], document["requested"]) == (10, 11)
    assert till.contents() == before


def test_points_can_not_be_used_without_a_customer(api: Api, till: Till) -> None:
    before = till.contents()
    answered = api.post("/v1/purchases", till.receipt(points_to_use=1))
    assert_problem(answered, 422, "no-customer-for-points", "identifiers")
    assert till.contents() == before


def test_twenty_calls_at_once_with_one_key_make_one_purchase_and_get_one_answer(
    api: Api, till: Till, conn: psycopg.Connection
) -> None:
    receipt = till.receipt(card=till.new_card())
    answers = api.together(*(api.send("POST", "/v1/purchases", json=receipt) for _ in range(20)))
    assert sorted(answer.status_code for answer in answers) == [200] * 19 + [201]
    bodies = [answer.json() for answer in answers]
    assert [body["replayed"] for body in bodies].count(False) == 1
    assert all(body | {"replayed": False} == bodies[0] | {"replayed": False} for body in bodies)
    assert len(till.recorded(receipt)) == 1
    found = conn.execute(
        "select sum(points), count(*) from ledger.journal where customer_id = %s", (bodies[0]["customer_id"],)
    )
    assert found.fetchone() == (10, 1)


def test_twenty_calls_at_once_with_one_key_and_two_bodies_record_one_of_them(api: Api, till: Till) -> None:
    card = till.new_card()
    one = till.receipt(card=card)
    other = till.receipt(2_200, card=card, external_id=one["external_id"])
    answers = api.together(*(api.send("POST", "/v1/purchases", json=body) for body in [one, other] * 10))
    assert sorted(answer.status_code for answer in answers) == [200] * 9 + [201] + [409] * 10
    assert len(till.recorded(one)) == 1


class TestIdempotencyKey:
    def test_it_stands_for_the_external_id_when_the_body_has_none(self, api: Api, till: Till) -> None:
        receipt = till.receipt(card=till.new_card())
        without = {name: value for name, value in receipt.items() if name != "external_id"}
        first = api.post("/v1/purchases", without, headers={"Idempotency-Key": receipt["external_id"]})
        assert first.status_code == 201, first.text
        assert till.ring_up(receipt) == first.json() | {"replayed": True}

    @pytest.mark.parametrize("spelling", ["{}", '"{}"'])
    def test_it_may_repeat_the_external_id(self, api: Api, till: Till, spelling: str) -> None:
        receipt = till.receipt()
        header = spelling.format(receipt["external_id"])
        assert api.post("/v1/purchases", receipt, headers={"Idempotency-Key": header}).status_code == 201

    def test_one_that_differs_is_refused(self, api: Api, till: Till) -> None:
        before = till.contents()
        answered = api.post("/v1/purchases", till.receipt(), headers={"Idempotency-Key": "another"})
        assert_problem(answered, 422, "idempotency-key-mismatch", "external_id")
        assert till.contents() == before

    @pytest.mark.parametrize("header", ["", "x" * 129, '"R', "é"])
    def test_one_that_can_not_be_a_receipt_number_is_refused(self, api: Api, till: Till, header: str) -> None:
        answered = api.post("/v1/purchases", till.receipt(), headers={"Idempotency-Key": header.encode()})
        assert_problem(answered, 422, "invalid-request", "Idempotency-Key")

    def test_another_missing_field_is_still_named(self, api: Api, till: Till) -> None:
        receipt = till.receipt()
        del receipt["external_id"], receipt["store"]
        answered = api.post("/v1/purchases", receipt, headers={"Idempotency-Key": "R-77"})
        assert_problem(answered, 422, "invalid-request", "store")


INVALID: list[tuple[dict[str, Any], str, str]] = [
    ({"lines": []}, "lines", "Send at least 1 items."),
    ({"lines": [{"sku": "1", "quantity": -1, "unit_price_yen": 1}]}, "lines[0].quantity", "Send at least 0."),
    (
        {"lines": [{"sku": "1", "quantity": 1_000_001, "unit_price_yen": 1}]},
        "lines[0].quantity",
        "Send at most 1,000,000.",
    ),
    ({"lines": [{"sku": "1", "quantity": 1.5, "unit_price_yen": 1}]}, "lines[0].quantity", "Send an integer."),
    ({"lines": [{"sku": "1", "quantity": 1}]}, "lines[0].unit_price_yen", "Add it."),
    ({"lines": [{"sku": "1", "quantity": 1, "unit_price_yen": 1, "discount_yen": 2}]}, "lines[0].discount_yen", ""),
    ({"channel": "fax"}, "channel", "Send one of: app, ec, line, pos."),
    ({"payments": [{"method": "barter", "amount_yen": 1}]}, "payments[0].method", "Send one of: bank_transfer, "),
    (
        {"occurred_at": "2026-11-22T10:00:00"},
        "occurred_at",
        "Send it with its offset from UTC, as in 2026-11-22T18:30:00+09:00.",
    ),
    ({"occurred_at": "0001-01-01T00:00:00+23:59"}, "occurred_at", ""),
    ({"occurred_at": "yesterday"}, "occurred_at", "Send it with its offset"),
    ({"source": "a b"}, "source", "Send text that matches"),
    ({"terminal": "x" * 65}, "terminal", "Send at most 64 characters."),
    ({"colour": "blue"}, "colour", "Remove it, or compare its spelling with /v1/openapi.json."),
    ({"identifiers": [{"kind": "phone", "value": "12"}]}, "identifiers[0].value", ""),
    ({"points_to_use": 1_101, "identifiers": [{"kind": "card", "value": "1"}]}, "points_to_use", ""),
    ({"store": "S1\n"}, "store", "Send printable characters only."),
    ({"terminal": "a\x00b"}, "terminal", "Send printable characters only."),
    ({"lines": [{"sku": "1", "quantity": 1, "unit_price_yen": 1, "category": "\x1b[31m"}]}, "lines[0].category", ""),
]


@pytest.mark.parametrize(("fields", "field", "remedy"), INVALID)
def test_a_body_that_is_not_valid_is_refused_with_its_field_and_a_remedy(
    api: Api, till: Till, fields: dict[str, Any], field: str, remedy: str
) -> None:
    before = till.contents()
    answered = api.post("/v1/purchases", till.receipt(**fields))
    assert answered.status_code == 422
    document = answered.json()
    assert (document["field"], document["remedy"][: len(remedy)]) == (field, remedy), document
    assert document["remedy"]
    assert till.contents() == before


class TestStores:
    @pytest.fixture
    def bound_key(self, conn: psycopg.Connection) -> str:
        with conn.transaction():
            _, secret = access.create_key(
                conn, "S1 only", ["purchases:write", "purchases:quote", "journal:read"], store_codes=["S1"]
            )
        return secret

    def test_a_key_bound_to_a_store_records_its_receipts(self, api: Api, till: Till, bound_key: str) -> None:
        assert api.post("/v1/purchases", till.receipt(store="S1"), key=bound_key).status_code == 201

    @pytest.mark.parametrize("path", ["/v1/purchases", "/v1/purchases:quote"])
    def test_and_is_refused_those_of_another(self, api: Api, till: Till, bound_key: str, path: str) -> None:
        before = till.contents()
        answered = api.post(path, till.receipt(store="S2"), key=bound_key)
        assert_problem(answered, 403, "store-not-allowed", "store")
        assert till.contents() == before

    def test_in_a_batch_only_the_items_of_other_stores_are_refused(self, api: Api, till: Till, bound_key: str) -> None:
        body = {"purchases": [till.receipt(store="S2"), till.receipt(store="S1")]}
        items = api.post("/v1/purchases:batch", body, key=bound_key).json()["items"]
        assert [item["status"] for item in items] == [403, 201]
        assert items[0]["problem"]["field"] == "store"

    def test_entries_of_other_stores_are_not_shown(self, api: Api, till: Till, bound_key: str) -> None:
        card = till.new_card()
        here = till.ring_up(till.receipt(card=card, store="S1"))
        there = till.ring_up(till.receipt(card=card, store="S2"))
        journal = api.get(f"/v1/customers/{here['customer_id']}/journal", key=bound_key).json()
        assert [entry["store"] for entry in journal["entries"]] == ["S1"]
        entry_id = there["points"]["awards"][0]["entry_id"]
        assert_problem(api.get(f"/v1/journal/{entry_id}/explanation", key=bound_key), 404, "not-found", "entry_id")
        assert api.get(f"/v1/journal/{entry_id}/explanation").status_code == 200


class TestQuote:
    def test_it_says_what_recording_would_answer_and_writes_nothing(self, api: Api, till: Till) -> None:
        card = till.new_card()
        till.ring_up(till.receipt(card=card))
        before = till.contents()
        receipt = till.receipt(2_178, card=card, points_to_use=3)
        quoted = api.post("/v1/purchases:quote", receipt)
        assert quoted.status_code == 200
        assert till.contents() == before
        recorded = till.ring_up(receipt)
        points = recorded["points"]
        for award in points["awards"]:
            del award["entry_id"]
        assert quoted.json() == {
            "customer_id": recorded["customer_id"], "total_yen": recorded["total_yen"], "points": points,
            "notices": recorded["notices"], "campaigns_not_applied": [], "rank": None,
        }  # fmt: skip

    def test_somebody_unknown_is_not_registered(self, api: Api, till: Till) -> None:
        before = till.contents()
        assert api.post("/v1/purchases:quote", till.receipt(card=till.new_card())).json()["customer_id"] is None
        assert till.contents() == before

    def test_it_refuses_what_recording_would_refuse(self, api: Api, till: Till) -> None:
        answered = api.post("/v1/purchases:quote", till.receipt(card=till.new_card(), points_to_use=1))
        assert_problem(answered, 409, "insufficient-points", "points_to_use")


class TestBatch:
    def test_every_item_is_answered_in_order_and_a_refused_one_touches_no_other(self, api: Api, till: Till) -> None:
        card = till.new_card()
        good = till.receipt(card=card)
        body = {
            "purchases": [
                good,
                till.receipt(channel="fax"),
                till.receipt(card=card, points_to_use=500),
                good,
                till.receipt(2_200, external_id=good["external_id"]),
                till.receipt(terminal="4111 1111 1111 1111"),
                till.receipt(card=card),
            ]
        }
        answered = api.post("/v1/purchases:batch", body)
        assert answered.status_code == 200
        items = answered.json()["items"]
        assert [item["status"] for item in items] == [201, 422, 409, 200, 409, 422, 201]
        assert [item["problem"]["code"] for item in items if "problem" in item] == [
            "invalid-request", "insufficient-points", "idempotency-conflict", "payment-card-number",
        ]  # fmt: skip
        assert items[1]["problem"]["field"] == "channel"
        assert items[3]["purchase"] == items[0]["purchase"] | {"replayed": True}
        assert items[6]["purchase"]["points"]["balance"]["available"] == 20
        assert [len(till.recorded(receipt)) for receipt in body["purchases"]] == [1, 0, 0, 1, 1, 0, 1]

    def test_a_thousand_are_taken_and_one_more_is_refused_whole(self, api: Api, till: Till) -> None:
        receipts = [till.receipt(card=f"{number % 50:04}") for number in range(1_001)]
        before = till.contents()
        assert_problem(api.post("/v1/purchases:batch", {"purchases": receipts}), 422, "invalid-request", "purchases")
        assert till.contents() == before
        answered = api.post("/v1/purchases:batch", {"purchases": receipts[:1_000]})
        assert {item["status"] for item in answered.json()["items"]} == {201}
        assert all(till.recorded(receipt) for receipt in receipts[:1_000])

    @pytest.mark.parametrize(
        ("body", "field"),
        [({}, "purchases"), ({"purchases": []}, "purchases"), ({"purchases": {}}, "purchases"), ([], None)],
    )
    def test_an_outline_that_is_not_valid_is_refused(self, api: Api, body: Any, field: str | None) -> None:
        assert_problem(api.post("/v1/purchases:batch", body), 422, "invalid-request", field)
