"""What the staff at the till see: who it is, what may be spent, and why; never an identifier in full."""

from __future__ import annotations

import pytest
from tests.web.conftest import problem_of
from tests.web.factories import HANAKO_CARD, build_chain

from enishi import audit


@pytest.fixture
def chain(conn):
    return build_chain(conn)


@pytest.mark.parametrize("query", [HANAKO_CARD, "090 1234 5678", "2900-0000-00017"])
def test_a_card_or_a_phone_finds_the_customer(signed_in, chain, query):
    (found,) = signed_in("staff").post("/api/counter/lookup", {"query": query}).json()["customers"]
    assert (found["customer_id"], found["available"]) == (str(chain.hanako), 25)


@pytest.mark.usefixtures("chain")
def test_a_card_nobody_has_finds_nobody(signed_in):
    assert signed_in("staff").post("/api/counter/lookup", {"query": "9999"}).json() == {"customers": []}


@pytest.mark.parametrize("role", ["staff", "owner"])
def test_identifiers_are_masked_at_the_till_for_everybody(signed_in, chain, role):
    browser = signed_in(role)
    page = browser.get(f"/api/counter/customers/{chain.hanako}")
    looked_up = browser.post("/api/counter/lookup", {"query": HANAKO_CARD})
    for answer in (page, looked_up):
        assert "12345678" not in answer.text
        assert HANAKO_CARD not in answer.text
    assert "090-••••-5678" in page.text


def test_the_page_shows_balance_and_last_visits_with_their_points(signed_in, chain):
    page = signed_in("staff").get(f"/api/counter/customers/{chain.hanako}").json()
    assert page["customer"]["name"] == "縁 花子"
    assert page["customer"]["balance"]["available"] == 25
    assert [visit["purchase"]["external_id"] for visit in page["visits"]] == ["R-2", "R-1"]
    assert [entry["points"] for entry in page["visits"][0]["entries"]] == [-5, 20]


def test_staff_of_one_store_see_visits_to_it_only_and_the_whole_balance(signed_in, chain):
    browser = signed_in("staff", ["SHIBUYA"])
    page = browser.get(f"/api/counter/customers/{chain.hanako}").json()
    assert [visit["purchase"]["external_id"] for visit in page["visits"]] == ["R-1"]
    assert page["customer"]["balance"]["available"] == 25
    shown, hidden = chain.in_shibuya.awards[0].entry_id, chain.in_ueno.awards[0].entry_id
    assert browser.get(f"/api/counter/entries/{shown}/explanation").json()["entry"]["points"] == 10
    assert problem_of(browser.get(f"/api/counter/entries/{hidden}/explanation")) == (404, "not-found")


def test_each_look_up_and_view_is_recorded(signed_in, chain, conn):
    browser = signed_in("staff")
    browser.post("/api/counter/lookup", {"query": HANAKO_CARD})
    browser.get(f"/api/counter/customers/{chain.hanako}")
    conn.rollback()
    viewed, searched, *_ = audit.list_events(conn, None, 2)
    assert (viewed.action, viewed.target) == ("customer.viewed", f"customer:{chain.hanako}")
    assert viewed.detail == {"face": "counter", "identifiers": "masked"}
    assert (searched.action, searched.detail["face"], searched.detail["found"]) == ("customers.searched", "counter", 1)
    assert HANAKO_CARD not in repr(searched)
