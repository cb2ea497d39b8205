"""Merging two customers over HTTP: a preview, the merge, its repeat, its undo, and who may."""

from __future__ import annotations

from typing import Any

import pytest
from tests.gateway.client import Api, Till, assert_problem

REASON = "Showed both cards at the till"


class Pair:
    """Two customers with a card each, as a till made them; ten points of the first and twenty of the second."""

    def __init__(self, api: Api, till: Till) -> None:
        self.api = api
        self.cards = till.new_card(), till.new_card()
        self.one, self.two = (
            till.ring_up(till.receipt(price, card=card))["customer_id"]
            for card, price in zip(self.cards, (1_100, 2_200), strict=True)
        )

    def merge(self, headers: dict[str, str] | None = None, **more: Any):
        body = {"absorbed_id": self.two, "reason": REASON} | more
        return self.api.post(f"/v1/customers/{self.one}/merges", body, headers=headers)

    def undo(self, **more: Any):
        return self.api.post(f"/v1/customers/{self.two}/merges:undo", {"reason": "Mother and daughter"} | more)

    def available(self, customer_id: str) -> int:
        return self.api.get(f"/v1/customers/{customer_id}/points").json()["available"]


@pytest.fixture
def pair(api: Api, till: Till) -> Pair:
    return Pair(api, till)


def test_a_preview_writes_nothing_and_says_what_the_merge_then_does(pair: Pair) -> None:
    shown = pair.merge(preview=True)
    assert (shown.status_code, shown.json()["preview"], pair.available(pair.one)) == (200, True, 10)
    done = pair.merge()
    assert done.status_code == 201
    told = done.json()
    assert (told["points"], told["receipts"], told["identifiers"]) == (20, 1, 1)
    assert (told["survivor"]["balance"], told["absorbed"]["balance"]) == (30, 0)
    assert told | {"merge_id": "", "preview": True, "recorded_at": ""} == shown.json() | {
        "merge_id": "",
        "recorded_at": "",
    }


def test_the_absorbed_id_leads_on_and_its_card_simply_works(pair: Pair, api: Api, till: Till) -> None:
    assert pair.merge().status_code == 201
    shown = api.get(f"/v1/customers/{pair.two}").json()
    assert (shown["customer_id"], shown["asked_as"], len(shown["identifiers"])) == (pair.one, pair.two, 2)
    assert api.get(f"/v1/customers/{pair.one}").json()["asked_as"] is None
    bought = till.ring_up(till.receipt(card=pair.cards[1], points_to_use=25))
    assert bought["customer_id"] == pair.one
    journal = api.get(f"/v1/customers/{pair.two}/journal").json()["entries"]
    assert [entry["type"] for entry in journal] == ["merge_out", "earn"]
    assert "会員統合" in api.get(f"/v1/journal/{journal[0]['entry_id']}/explanation").json()["sentence"]
    undone = pair.undo()
    assert undone.status_code == 201
    assert (undone.json()["moved"], undone.json()["took"]) == (20, 25)
    assert (pair.available(pair.one), undone.json()["absorbed"]["balance"]) == (
        10,
        20 - 25 + bought["points"]["earned"],
    )


def test_a_named_request_is_answered_once_and_another_body_is_refused(pair: Pair) -> None:
    key = {"Idempotency-Key": f"merge-{pair.one}"}
    first, again = pair.merge(key), pair.merge(key)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == {**first.json(), "replayed": True}
    assert_problem(pair.merge(key, reason="Another"), 409, "idempotency-conflict", "Idempotency-Key")
    assert assert_problem(pair.merge(), 409, "merge-refused", "customer_id")["reason"] == "already-merged"


def test_refusals_say_what_to_do(pair: Pair, api: Api) -> None:
    assert assert_problem(pair.undo(), 409, "merge-refused", "customer_id")["reason"] == "not-merged"
    assert_problem(pair.merge(absorbed_id=pair.one), 422, "invalid-request", "absorbed_id")
    assert_problem(pair.merge(reason=" "), 422, "invalid-request", "reason")
    nobody = "019aa93c-5f20-7d54-8f0e-3b6a1c2d4e5f"
    assert_problem(pair.merge(absorbed_id=nobody), 404, "not-found", "customer_id")
    assert pair.available(pair.two) == 20
