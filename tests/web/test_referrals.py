"""Referrals on the three faces: published, entered at the counter, looked into in the console."""

from __future__ import annotations

import pytest
from tests.flows.factories import MASTER_KEY, NOW, card
from tests.web.conftest import problem_of
from tests.web.factories import build_chain

from enishi import customers, referrals
from enishi.customers import NewCustomer
from enishi.kit.vault import Keyring
from enishi.referrals import Cap, ReferralSettings
from enishi.web.benefit_shapes import whole


@pytest.fixture
def chain(conn):
    return build_chain(conn)


def test_a_code_is_entered_at_the_counter_and_a_held_one_is_decided_in_the_console(signed_in, chain, conn):
    owner = signed_in("owner")
    settings = whole(ReferralSettings(referrer_claims=1, cap=Cap(3, "month")))
    published = owner.post("/api/console/referrals", {"settings": settings, "effective_at": None, "reason": "Opening"})
    assert published.status_code == 204, published.text
    with conn.transaction():
        code = referrals.code_of(conn, chain.hanako, NOW)
        people = [NewCustomer(joined_at=NOW, identifiers=card(f"90000000000{number}")) for number in (71, 72)]
        first, second = customers.create_customers(conn, Keyring(MASTER_KEY), people)
    staff = signed_in("staff", ["SHIBUYA"])
    path = f"/api/counter/customers/{first}/referral"
    assert staff.get(path).json() == {"referred_by": None, "can_claim": True, "referred": 0}
    body = {"code": code.lower(), "store": "SHIBUYA"}
    assert staff.post(path, body).json()["state"] == "open"
    assert staff.get(path).json()["can_claim"] is False
    assert problem_of(staff.post(path, body | {"code": "K7QM"})) == (404, "unknown-referral-code")
    held = staff.post(f"/api/counter/customers/{second}/referral", body).json()
    assert (held["state"], "findings" in held) == ("checking", False)
    manager = signed_in("store_manager", ["SHIBUYA"])
    (shown,) = manager.get("/api/console/referrals/list?state=held").json()["referrals"]
    assert [one["rule"] for one in shown["findings"]] == ["referrer"]
    assert shown["referrer"]["customer_id"] == str(chain.hanako)
    decide = f"/api/console/referrals/{shown['referral_id']}:decide"
    assert problem_of(staff.post(decide, {"approve": True, "note": "Fine"})) == (403, "permission-denied")
    assert manager.post(decide, {"approve": True, "note": "Sisters, both here"}).json()["state"] == "open"
    assert problem_of(manager.post(decide, {"approve": False, "note": "No"})) == (409, "referral-decided")
    page = owner.get("/api/console/referrals").json()
    assert [(one["state"], one["count"]) for one in page["tally"]] == [("open", 2)]
    assert page["versions"][0]["sentences"][2] == "特典の対象は1か月に3名までです。"
    seen = owner.get(f"/api/console/customers/{chain.hanako}/referrals").json()
    assert (seen["referred_by"], [one["referee"]["customer_id"] for one in seen["referred"]]) == (
        None,
        [str(second), str(first)],
    )
    theirs = manager.get(f"/api/console/customers/{first}/referrals").json()
    assert (theirs["referred_by"]["referrer"]["customer_id"], theirs["referred"]) == (str(chain.hanako), [])
    elsewhere = signed_in("marketer", ["UENO"]).get(f"/api/console/customers/{first}/referrals").json()
    assert elsewhere == {"referred_by": None, "referred": []}
