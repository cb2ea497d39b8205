"""Benefits over HTTP: what a shop asks, and what a till marks."""

from __future__ import annotations

import time
from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest
from psycopg_pool import ConnectionPool
from tests.benefits.factories import make_benefit, publish
from tests.gateway.client import Api, Till, assert_problem

from enishi import access
from enishi.access import ApiScope
from enishi.benefits import BenefitKind
from enishi.kit import clock


@pytest.fixture(scope="module", autouse=True)
def _published(pool: ConnectionPool[psycopg.Connection]) -> None:
    shipping = make_benefit(
        "free-shipping",
        kind=BenefitKind.FREE_SHIPPING,
        name_ja="送料無料",
        tier=None,
        limit=None,
        channels=("ec",),
        min_amount_yen=3_000,
    )
    cake = make_benefit("cake", tier=None)
    effective_at = clock.now() + timedelta(seconds=0.2)
    with pool.connection() as conn:
        publish(conn, [cake, shipping, make_benefit("gold-only", tier="gold")], effective_at)
    time.sleep(max(0.0, (effective_at - clock.now()).total_seconds()))


@pytest.fixture
def customer_id(till: Till) -> str:
    return till.ring_up(till.receipt(1_100, card=till.new_card()))["customer_id"]


def give_body(**fields: object) -> dict[str, object]:
    return {"source": "pos", "external_id": str(uuid4()), "store": "S1"} | fields


def test_a_shop_asks_whether_this_order_ships_free_and_hears_why_not(api: Api, customer_id: str) -> None:
    path = f"/v1/customers/{customer_id}/benefits"

    def shipping(query: str) -> dict[str, object]:
        shown = api.get(f"{path}?{query}").json()
        return next(one for one in shown["benefits"] if one["code"] == "free-shipping")

    few = shipping("channel=ec&amount_yen=2999")
    assert (few["entitled"], few["state"], few["reason"]) == (
        False, "amount_needed", "¥3,000以上のご購入で適用されます。"
    )  # fmt: skip
    assert few["conditions"][-1] == {"label": "ご購入金額", "holds": False, "found": "¥2,999", "needed": "¥3,000"}
    assert shipping("channel=ec&amount_yen=3000")["entitled"] is True
    assert shipping("channel=pos")["state"] == "other_channel"
    shown = api.get(path).json()
    assert [(one["code"], one["state"], one["to_give"]) for one in shown["benefits"]] == [
        ("cake", "available", True),
        ("free-shipping", "available", False),
        ("gold-only", "rank_needed", False),
    ]
    assert (shown["tier"], shown["version"]) == (None, 1)
    assert_problem(api.get(f"{path}?channel=fax"), 422, "invalid-request", "channel")
    assert_problem(api.get(f"{path}?amount_yen=1.5"), 422, "invalid-request", "amount_yen")
    assert_problem(api.get(f"/v1/customers/{uuid4()}/benefits"), 404, "not-found", "customer_id")


def test_a_till_marks_a_benefit_once_and_takes_it_back(api: Api, customer_id: str) -> None:
    path = f"/v1/customers/{customer_id}/benefits"
    body = give_body(terminal="03")
    first = api.post(f"{path}/cake:give", body)
    assert first.status_code == 201
    given = first.json()
    assert (given["benefit"], given["number"], given["left"], given["undone"]) == ("cake", 1, 0, False)
    again = api.post(f"{path}/cake:give", body)
    assert (again.status_code, again.json()) == (200, given | {"replayed": True})
    refused = assert_problem(api.post(f"{path}/cake:give", give_body()), 409, "benefit-already-given", "benefit")
    assert (refused["store"], refused["give_id"]) == ("S1", given["give_id"])
    assert_problem(api.post(f"{path}/gold-only:give", give_body()), 409, "benefit-not-due", "benefit")
    assert_problem(api.post(f"{path}/nothing:give", give_body()), 404, "unknown-benefit", "benefit")
    undone = api.post(f"{path}:undo", {"give_id": given["give_id"], "reason": "Wrong guest"})
    assert (undone.status_code, undone.json()["benefit"]) == (200, "cake")
    twice = api.post(f"{path}:undo", {"give_id": given["give_id"], "reason": "Wrong guest"})
    assert_problem(twice, 409, "undo-too-late")
    assert api.post(f"{path}/cake:give", body).json() == given | {"replayed": True, "undone": True}
    assert api.post(f"{path}/cake:give", give_body()).status_code == 201


def test_a_key_gives_only_at_its_stores_and_only_with_its_scope(
    api: Api, customer_id: str, pool: ConnectionPool[psycopg.Connection]
) -> None:
    with pool.connection() as conn:
        _, reader = access.create_key(conn, "reader", [ApiScope.BENEFITS_READ])
        _, elsewhere = access.create_key(conn, "S9", [ApiScope.BENEFITS_GIVE], store_codes=["S9"])
    path = f"/v1/customers/{customer_id}/benefits"
    assert api.get(path, key=reader).status_code == 200
    assert_problem(api.post(f"{path}/cake:give", give_body(), key=reader), 403, "insufficient-scope")
    assert_problem(api.post(f"{path}/cake:give", give_body(), key=elsewhere), 403, "store-not-allowed", "store")
    assert api.post(f"{path}/cake:give", give_body()).status_code == 201
