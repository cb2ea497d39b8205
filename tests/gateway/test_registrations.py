"""Joining over HTTP: the app registers a member, who is welcomed once."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest
from psycopg_pool import ConnectionPool
from tests.campaigns.factories import make_rules
from tests.gateway.client import Api, Till, assert_problem

from enishi import access, campaigns
from enishi.access import ApiScope
from enishi.campaigns import AddedPoints, Deed, Trigger
from enishi.kit import clock


@pytest.fixture(scope="module", autouse=True)
def _launched(pool: ConnectionPool[psycopg.Connection]) -> None:
    now = clock.now()
    at = now - timedelta(hours=2)
    rules = make_rules(
        AddedPoints(300),
        trigger=Trigger.JOINING,
        starts_at=now - timedelta(days=1),
        ends_at=now + timedelta(days=1),
    )
    with pool.connection() as conn:
        campaigns.create_campaign(conn, "welcome", rules, Deed("operator:writer", "Trial", at))
        campaigns.submit_campaign(conn, "welcome", Deed("operator:writer", "Trial", at))
        campaigns.approve_campaign(conn, "welcome", Deed("operator:reviewer", "Trial", at))


def test_a_member_joins_in_the_app_is_welcomed_once_and_reads_why(api: Api, till: Till) -> None:
    body = {
        "source": "app",
        "identifiers": [{"kind": "card", "value": till.new_card()}],
        "person": {"name": "縁 千恵", "birth_date": "1991-04-02"},
    }
    joined = api.post("/v1/customers", body)
    assert joined.status_code == 201, joined.text
    member = joined.json()
    (award,) = member["awards"]
    assert (award["campaign"], award["points"], award["reason"]) == ("welcome", 300, "「試験」300pt")
    assert (member["replayed"], member["balance"]["available"]) == (False, 300)
    again = api.post("/v1/customers", body)
    assert (again.status_code, again.json()["customer_id"], again.json()["awards"]) == (200, member["customer_id"], [])
    told = api.get(f"/v1/journal/{award['entry_id']}/explanation").json()
    assert told["sentence"].startswith("「試験」300pt")
    bought = till.ring_up(till.receipt(1_100, card=body["identifiers"][0]["value"]))
    assert (bought["customer_id"], bought["notices"]) == (member["customer_id"], [])
    assert bought["points"]["balance"]["available"] == 310


def test_what_can_not_join_is_refused(api: Api, till: Till, pool: ConnectionPool[psycopg.Connection]) -> None:
    nobody = {"source": "app", "identifiers": []}
    assert api.post("/v1/customers", nobody).status_code == 422
    broken = {"source": "app", "identifiers": [{"kind": "phone", "value": "12"}]}
    assert_problem(api.post("/v1/customers", broken), 422, "invalid-identifier", "identifiers[0].value")
    with pool.connection() as conn:
        _, elsewhere = access.create_key(conn, "S9", [ApiScope.CUSTOMERS_WRITE], store_codes=["S9"])
        _, reader = access.create_key(conn, "reader", [ApiScope.CUSTOMERS_READ])
    body = {"source": "app", "store": "S1", "identifiers": [{"kind": "card", "value": till.new_card()}]}
    assert_problem(api.post("/v1/customers", body, key=elsewhere), 403, "store-not-allowed", "store")
    assert api.post("/v1/customers", body, key=reader).status_code == 403
    assert api.post("/v1/customers", body | {"store": "S9"}, key=elsewhere).status_code == 201
