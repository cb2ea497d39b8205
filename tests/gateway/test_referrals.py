"""Referrals over HTTP: the app asks for a code, a till claims it, a purchase pays."""

from __future__ import annotations

from uuid import uuid4

import psycopg
import pytest
from psycopg_pool import ConnectionPool
from tests.gateway.client import Api, Till, assert_problem

from enishi import access, referrals
from enishi.access import ApiScope
from enishi.kit import clock
from enishi.referrals import ReferralSettings


@pytest.fixture(scope="module", autouse=True)
def _published(pool: ConnectionPool[psycopg.Connection]) -> None:
    now = clock.now()
    with pool.connection() as conn:
        settings = ReferralSettings(referrer_claims=100, terminal_claims=1)
        referrals.publish_version(conn, settings, now, "system", "Opening", now)


def member(till: Till) -> tuple[str, str]:
    card = till.new_card()
    return card, till.ring_up(till.receipt(550, card=card))["customer_id"]


def code_of(api: Api, customer_id: str) -> str:
    shown = api.post(f"/v1/customers/{customer_id}/referral-code")
    assert shown.status_code == 200, shown.text
    return shown.json()["code"]


def test_a_code_is_claimed_once_and_the_next_purchase_pays_both(api: Api, till: Till) -> None:
    _, anna = member(till)
    card, ben = member(till)
    shown = api.post(f"/v1/customers/{anna}/referral-code").json()
    assert shown["spelt"] == f"{shown['code'][:4]}-{shown['code'][4:]}"
    assert (shown["path"], len(shown["terms"])) == (f"/my/join/{shown['code']}", 3)
    assert code_of(api, anna) == shown["code"]
    body = {"source": "app", "code": shown["spelt"], "identifiers": [{"kind": "card", "value": card}]}
    claimed = api.post("/v1/referrals:claim", body)
    assert claimed.status_code == 201
    referral = claimed.json()["referral"]
    assert (referral["state"], referral["referrer_id"], referral["referee_id"]) == ("open", anna, ben)
    again = api.post("/v1/referrals:claim", body)
    assert (again.status_code, again.json()) == (200, {"replayed": True, "referral": referral})
    receipt = till.receipt(1_100, card=card, occurred_at=clock.now().isoformat())
    bought = till.ring_up(receipt)
    assert bought["notices"] == ["referral-rewarded"]
    assert bought["points"]["balance"]["available"] == 5 + 10 + 500
    assert till.ring_up(receipt)["notices"] == ["referral-rewarded"]
    assert api.get(f"/v1/customers/{anna}/points").json()["available"] == 505
    history = api.get(f"/v1/customers/{anna}/referrals").json()
    (paid,) = history["referred"]
    assert (paid["state"], paid["referrer_points"], paid["purchase_id"]) == ("paid", 500, bought["purchase_id"])
    assert api.get(f"/v1/customers/{ben}/referrals").json()["referred_by"] == paid
    explained = api.get(f"/v1/journal/{paid['entries'][0]}/explanation").json()
    assert explained["sentence"].startswith("ご紹介特典：")


def test_what_can_not_be_claimed_is_refused_and_what_looks_odd_is_held(api: Api, till: Till) -> None:
    _, anna = member(till)
    _, ben = member(till)
    _, chie = member(till)
    code = code_of(api, anna)

    def claim(customer_id: str, code: str, **fields: object):
        return api.post("/v1/referrals:claim", {"source": "pos", "code": code, "customer_id": customer_id} | fields)

    assert_problem(claim(ben, "K7QM"), 404, "unknown-referral-code", "code")
    own = assert_problem(claim(anna, code), 409, "referral-refused", "code")
    assert own["reason"] == "self"
    assert_problem(claim(str(uuid4()), code), 404, "not-found", "customer_id")
    assert claim(ben, code, store="S1", terminal="T1").json()["referral"]["state"] == "open"
    held = claim(chie, code, store="S1", terminal="T1").json()["referral"]
    assert (held["state"], [one["rule"] for one in held["findings"]]) == ("held", ["terminal"])
    already = assert_problem(claim(chie, code_of(api, ben)), 409, "referral-refused", "code")
    assert already["reason"] == "already"
    listed = api.get("/v1/referrals?state=held&limit=1").json()
    assert listed["referrals"] == [held]
    first = api.get("/v1/referrals?limit=1").json()
    second = api.get(f"/v1/referrals?limit=1&cursor={first['next_cursor'].replace('+', '%2B')}").json()
    assert first["referrals"] != second["referrals"]
    assert_problem(api.get("/v1/referrals?state=odd"), 422, "invalid-request", "state")
    assert_problem(api.get("/v1/referrals?cursor=1"), 422, "invalid-request", "cursor")
    assert_problem(api.get("/v1/referrals?limit=0"), 422, "invalid-request", "limit")


def test_a_key_claims_at_its_stores_and_sees_what_was_claimed_there(
    api: Api, till: Till, pool: ConnectionPool[psycopg.Connection]
) -> None:
    with pool.connection() as conn:
        scopes = [ApiScope.REFERRALS_READ, ApiScope.REFERRALS_WRITE]
        _, elsewhere = access.create_key(conn, "S9", scopes, store_codes=["S9"])
    _, anna = member(till)
    _, ben = member(till)
    body = {"source": "pos", "code": code_of(api, anna), "customer_id": ben, "store": "S1"}
    assert_problem(api.post("/v1/referrals:claim", body, key=elsewhere), 403, "store-not-allowed", "store")
    assert api.post("/v1/referrals:claim", body | {"store": "S9"}, key=elsewhere).status_code == 201
    (seen,) = api.get("/v1/referrals", key=elsewhere).json()["referrals"]
    assert seen["referee_id"] == ben
