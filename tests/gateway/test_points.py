"""Holds, adjustments, transfers and claims over HTTP."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg_pool import ConnectionPool
from tests.gateway.client import Api, Till, assert_problem

from enishi import access
from enishi.access import ApiScope


def rich(till: Till, points: int = 100) -> tuple[str, str]:
    """A customer with points: their card, and their ID."""
    card = till.new_card()
    return card, till.ring_up(till.receipt(points * 110, card=card))["customer_id"]


def named(card: str) -> list[dict[str, str]]:
    return [{"kind": "card", "value": card}]


def hold_body(card: str, points: int, **fields: Any) -> dict[str, Any]:
    body = {"source": "ec", "external_id": str(uuid4()), "identifiers": named(card), "points": points, "store": "EC"}
    return body | fields


def points_of(api: Api, customer_id: str) -> tuple[int, int]:
    """Available and held."""
    shown = api.get(f"/v1/customers/{customer_id}/points").json()
    return shown["available"], shown["held"]


def test_a_checkout_holds_captures_and_gives_the_rest_back(api: Api, till: Till) -> None:
    card, customer_id = rich(till)
    body = hold_body(card, 60)
    placed = api.post("/v1/points/holds", body)
    assert placed.status_code == 201
    hold = placed.json()
    assert (hold["state"], hold["points"], hold["customer_id"]) == ("open", 60, customer_id)
    assert points_of(api, customer_id) == (40, 60)
    again = api.post("/v1/points/holds", body)
    assert (again.status_code, again.json()) == (200, hold | {"replayed": True})
    path = f"/v1/points/holds/{hold['hold_id']}"
    assert api.get(path).json() == hold
    captured = api.post(f"{path}/capture", {"points": 50}).json()
    assert (captured["state"], captured["captured_points"], captured["replayed"]) == ("captured", 50, False)
    assert api.post(f"{path}/capture", {"points": 50}).json() == captured | {"replayed": True}
    assert points_of(api, customer_id) == (50, 0)
    assert_problem(api.post(f"{path}/release"), 409, "hold-settled", "hold_id")


def test_a_checkout_with_a_hold_is_one_purchase_and_a_return_gives_its_points_back(api: Api, till: Till) -> None:
    card, customer_id = rich(till)
    hold = api.post("/v1/points/holds", hold_body(card, 60, store="S1")).json()
    receipt = till.receipt(1_100, card=card) | {"store": "S1", "hold_id": hold["hold_id"]}
    quoted = api.post("/v1/purchases:quote", receipt).json()
    assert (quoted["points"]["used"], quoted["points"]["earned"]) == (60, 9)
    assert points_of(api, customer_id) == (40, 60)
    recorded = api.post("/v1/purchases", receipt)
    assert recorded.status_code == 201, recorded.text
    assert recorded.json()["points"]["used"] == 60
    assert points_of(api, customer_id) == (49, 0)
    again = api.post("/v1/purchases", receipt)
    assert (again.status_code, again.json()["replayed"]) == (200, True)
    shown = api.get(f"/v1/points/holds/{hold['hold_id']}").json()
    assert (shown["state"], shown["captured_points"]) == ("captured", 60)
    assert shown["purchase_id"] == recorded.json()["purchase_id"]
    other = till.receipt(1_100, card=card) | {"store": "S1", "hold_id": hold["hold_id"]}
    assert_problem(api.post("/v1/purchases", other), 409, "hold-settled", "hold_id")
    back = {
        "source": receipt["source"],
        "external_id": str(uuid4()),
        "store": "S1",
        "occurred_at": receipt["occurred_at"],
        "receipt": {"source": receipt["source"], "external_id": receipt["external_id"]},
    }
    returned = api.post("/v1/returns", back)
    assert returned.status_code == 201, returned.text
    assert returned.json()["points"]["given_back"] == 60
    assert points_of(api, customer_id) == (100, 0)


def test_a_hold_is_released_by_a_call_without_a_body(api: Api, till: Till) -> None:
    card, customer_id = rich(till)
    hold = api.post("/v1/points/holds", hold_body(card, 60)).json()
    released = api.post(f"/v1/points/holds/{hold['hold_id']}/release").json()
    assert released["state"] == "released"
    assert points_of(api, customer_id) == (100, 0)


def test_the_header_may_carry_the_key_of_a_hold(api: Api, till: Till) -> None:
    card, _ = rich(till)
    body = hold_body(card, 10)
    key = body.pop("external_id")
    first = api.post("/v1/points/holds", body, headers={"Idempotency-Key": key})
    second = api.post("/v1/points/holds", body, headers={"Idempotency-Key": key})
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["hold_id"] == second.json()["hold_id"]


def test_holds_sent_at_once_never_exceed_the_balance(api: Api, till: Till) -> None:
    """Known failure 8, through the batcher."""
    card, customer_id = rich(till)
    answers = api.together(*(api.send("POST", "/v1/points/holds", json=hold_body(card, 13)) for _ in range(50)))
    assert sorted(one.status_code for one in answers) == [201] * 7 + [409] * 43
    assert points_of(api, customer_id) == (9, 91)


def test_what_can_not_be_held_is_refused_by_name(api: Api, till: Till) -> None:
    card, customer_id = rich(till)
    assert (
        assert_problem(api.post("/v1/points/holds", hold_body(card, 101)), 409, "insufficient-points", "points")[
            "available"
        ]
        == 100
    )
    both = hold_body(card, 1, customer_id=customer_id)
    assert_problem(api.post("/v1/points/holds", both), 422, "invalid-request", "customer_id")
    assert_problem(api.get(f"/v1/points/holds/{uuid4()}"), 404, "not-found", "hold_id")
    assert_problem(api.post("/v1/points/holds/none/capture", {}), 404, "not-found", "hold_id")
    assert points_of(api, customer_id) == (100, 0)


def test_a_key_for_other_stores_neither_sees_nor_settles_a_hold(
    api: Api, till: Till, pool: ConnectionPool[psycopg.Connection]
) -> None:
    with pool.connection() as conn:
        _, elsewhere = access.create_key(conn, "elsewhere", [ApiScope.POINTS_HOLD], store_codes=["S9"])
    card, customer_id = rich(till)
    body = hold_body(card, 10)
    assert_problem(api.post("/v1/points/holds", body, key=elsewhere), 403, "store-not-allowed", "store")
    hold = api.post("/v1/points/holds", body).json()
    path = f"/v1/points/holds/{hold['hold_id']}"
    assert_problem(api.get(path, key=elsewhere), 404, "not-found", "hold_id")
    assert_problem(api.post(f"{path}/capture", {}, key=elsewhere), 404, "not-found", "hold_id")
    assert points_of(api, customer_id) == (90, 10)


def adjustment(card: str, points: int, **fields: Any) -> dict[str, Any]:
    body = {
        "source": "support",
        "external_id": str(uuid4()),
        "identifiers": named(card),
        "points": points,
        "reason": "apology",
        "store": "S1",
    }
    return body | fields


def test_an_adjustment_moves_points_or_waits_for_approval(api: Api, till: Till) -> None:
    card, customer_id = rich(till)
    body = adjustment(card, 500)
    done = api.post("/v1/points/adjustments", body)
    assert (done.status_code, done.json()["state"], done.json()["balance"]["available"]) == (201, "done", 600)
    assert api.post("/v1/points/adjustments", body).json() == done.json() | {"replayed": True}
    assert_problem(
        api.post("/v1/points/adjustments", adjustment(card, 10_001)), 403, "adjustment-beyond-limit", "points"
    )
    assert_problem(
        api.post("/v1/points/adjustments", adjustment(card, 1, reason="because")), 422, "invalid-request", "reason"
    )
    assert points_of(api, customer_id) == (600, 0)


def test_a_large_adjustment_is_accepted_and_moves_nothing_yet(
    api: Api, till: Till, pool: ConnectionPool[psycopg.Connection]
) -> None:
    with pool.connection() as conn:
        conn.execute("update ledger.adjustment_limits set alone_up_to = 5000 where role = 'api'")
    card, customer_id = rich(till)
    asked = api.post("/v1/points/adjustments", adjustment(card, 6_000))
    assert (asked.status_code, asked.json()["state"], asked.json()["entry_id"]) == (202, "waiting", None)
    assert points_of(api, customer_id) == (100, 0)


def test_a_gift_and_a_family(api: Api, till: Till) -> None:
    giver_card, giver = rich(till)
    _, taker = rich(till)
    body = {
        "source": "app",
        "external_id": str(uuid4()),
        "sender": {"identifiers": named(giver_card)},
        "recipient": {"customer_id": taker},
        "points": 30,
        "store": "APP",
    }
    done = api.post("/v1/points/transfers", body)
    assert (done.status_code, done.json()["balance"]["available"], done.json()["way"]) == (201, 70, "gift")
    assert api.post("/v1/points/transfers", body).status_code == 200
    pooling = body | {"external_id": str(uuid4()), "way": "pool"}
    refused = assert_problem(api.post("/v1/points/transfers", pooling), 409, "transfer-refused", "recipient")
    assert refused["reason"] == "family"
    family = api.post(f"/v1/customers/{taker}/family", {"members": [giver]})
    assert family.json() == {"head_id": taker, "members": [giver]}
    assert api.get(f"/v1/customers/{taker}/family").json() == family.json()
    assert api.post("/v1/points/transfers", pooling).status_code == 201
    assert (points_of(api, giver), points_of(api, taker)) == ((40, 0), (160, 0))
    assert_problem(api.post(f"/v1/customers/{giver}/family", {"members": [taker]}), 409, "family-conflict", "members")


@pytest.mark.parametrize("by", ["number", "path"])
def test_an_anonymous_receipt_is_claimed_once(api: Api, till: Till, by: str) -> None:
    card, customer_id = rich(till)
    other, _ = rich(till)
    receipt = till.receipt(11_000)
    recorded = till.ring_up(receipt)
    body: dict[str, Any] = {
        "source": "pos",
        "store": "S1",
        "on": day_in_japan(till),
        "total_yen": 11_000,
        "identifiers": named(card),
    }
    path = f"/v1/purchases/{recorded['purchase_id']}/claim"
    if by == "number":
        path, body = "/v1/purchases:claim", body | {"receipt": receipt["external_id"]}
    assert_problem(api.post(path, body | {"total_yen": 1}), 404, "unknown-receipt", "receipt")
    claimed = api.post(path, body)
    assert (claimed.status_code, claimed.json()["points_earned"]) == (201, 100)
    assert claimed.json()["awards"][0]["reason"] == "税抜 ¥10,000 ÷ 100円 × 1pt = 100pt、端数切捨て"
    again = api.post(path, body)
    assert (again.status_code, again.json()) == (200, claimed.json() | {"replayed": True})
    refused = assert_problem(api.post(path, body | {"identifiers": named(other)}), 409, "not-claimable", "receipt")
    assert refused["reason"] == "claimed"
    assert points_of(api, customer_id) == (200, 0)


def day_in_japan(till: Till) -> str:
    return (till.occurred_at + timedelta(hours=9)).date().isoformat()


def test_every_movement_in_the_journal_explains_itself(api: Api, till: Till) -> None:
    card, customer_id = rich(till)
    hold = api.post("/v1/points/holds", hold_body(card, 60, external_id=f"order-{customer_id}")).json()
    api.post(f"/v1/points/holds/{hold['hold_id']}/capture", {"points": 50})
    entries = api.get(f"/v1/customers/{customer_id}/journal").json()["entries"]
    assert [entry["type"] for entry in entries] == ["release", "spend", "release", "hold", "earn"]
    for entry in entries:
        explained = api.get(f"/v1/journal/{entry['entry_id']}/explanation", headers={"Accept-Language": "en"})
        assert explained.status_code == 200, explained.text
        assert explained.json()["sentence"]
