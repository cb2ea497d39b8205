"""An anonymous receipt becomes a customer's at the counter: seen first, claimed once, by whoever holds it in hand."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.flows.factories import NOON, NOW, make_context, make_purchase
from tests.flows.test_record_returns import everything
from tests.web.conftest import problem_of
from tests.web.factories import build_chain

from enishi import audit, flows
from enishi.purchases import Receipt, Return

RECEIPT = {"receipt": "R-4", "store": "SHIBUYA", "on": "2026-11-20", "total_yen": 550}


@pytest.fixture
def chain(conn):
    return build_chain(conn)


def path(chain, what="claims", customer=None):
    return f"/api/counter/customers/{customer or chain.hanako}/{what}"


def test_the_receipt_and_what_it_earns_are_seen_before_anything_happens(signed_in, chain, conn):
    browser = signed_in("staff")
    before = everything(conn)
    quoted = browser.post(path(chain, "claims:quote"), RECEIPT).json()
    assert (quoted["points"], quoted["available"], quoted["replayed"]) == (5, 30, False)
    assert (quoted["receipt"]["external_id"], quoted["receipt"]["store"]["name"]) == ("R-4", "渋谷店")
    (award,) = quoted["awards"]
    assert (award["kind"], award["points"], award["expires_on"]) == ("regular", 5, "2027-11-30")
    assert award["sentence"] == "税抜 ¥500 ÷ 100円 × 1pt = 5pt、端数切捨て"
    assert everything(conn) == before


def test_a_second_tap_claims_nothing_twice_and_says_the_same(signed_in, chain, conn):
    browser = signed_in("staff")
    done = browser.post(path(chain), RECEIPT).json()
    assert (done["points"], done["available"], done["replayed"]) == (5, 30, False)
    after = everything(conn)
    assert browser.post(path(chain), RECEIPT).json() == done | {
        "replayed": True,
        "receipt": done["receipt"],
    }
    assert everything(conn) == after
    page = browser.get(f"/api/counter/customers/{chain.hanako}").json()
    assert page["customer"]["balance"]["available"] == 30
    assert page["visits"][0]["purchase"]["external_id"] == "R-4"
    conn.rollback()
    claims = [one for one in audit.list_events(conn, None, 20) if one.action == "purchase.claimed"]
    assert [one.target for one in claims] == [f"customer:{chain.hanako}"]
    assert claims[0].actor.startswith("operator:")


@pytest.mark.parametrize(
    "wrong",
    [{"receipt": "R-5"}, {"store": "UENO"}, {"on": "2026-11-19"}, {"total_yen": 551}, {"receipt": "\u3000"}],
)
def test_what_does_not_fit_the_receipt_is_refused_alike(signed_in, chain, conn, wrong):
    browser = signed_in("staff")
    before = everything(conn)
    for what in ("claims:quote", "claims"):
        status, code = problem_of(browser.post(path(chain, what), RECEIPT | wrong))
        assert (status, code) in {(404, "unknown-receipt"), (422, "invalid-request")}
    assert everything(conn) == before


def refused(browser, chain, conn, customer=None):
    before = everything(conn)
    answers = [browser.post(path(chain, what, customer), RECEIPT) for what in ("claims:quote", "claims")]
    assert everything(conn) == before
    assert [problem_of(answer) for answer in answers] == [(409, "not-claimable")] * 2
    return {answer.json()["reason"] for answer in answers}


def test_a_receipt_that_is_somebodys_already_too_old_or_returned_says_so(signed_in, chain, conn, clock):
    context = make_context(conn)
    browser = signed_in("staff")
    clock.advance(days=31)
    # Nobody was active for a month, so the session ended.
    assert browser.log_in("the-staff").status_code == 200
    assert refused(browser, chain, conn) == {"late"}
    clock.advance(days=-31)
    back = Return(source="pos", external_id="B", store="SHIBUYA", occurred_at=NOON, receipt=Receipt("pos", "R-4"))
    flows.record_returns(conn, context, [back], NOW)
    assert refused(browser, chain, conn) == {"returned"}
    other = make_purchase(550, external_id="R-8", store="SHIBUYA", occurred_at=NOON - timedelta(minutes=1))
    flows.record_purchases(conn, context, [other], NOW)
    taken = RECEIPT | {"receipt": "R-8"}
    assert browser.post(path(chain, customer=chain.taro), taken).status_code == 200
    status, code = problem_of(browser.post(path(chain), taken))
    assert (status, code) == (409, "not-claimable")


def test_only_receipts_of_the_operators_stores_by_those_who_may(signed_in, chain, conn):
    before = everything(conn)
    elsewhere = signed_in("staff", ["UENO"])
    assert problem_of(elsewhere.post(path(chain), RECEIPT)) == (404, "not-found")
    assert [one["name"] for one in elsewhere.get("/api/counter/stores").json()["stores"]] == ["上野店"]
    auditor = signed_in("auditor")
    assert problem_of(auditor.post(path(chain), RECEIPT)) == (403, "permission-denied")
    assert everything(conn) == before
