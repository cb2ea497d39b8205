"""Cards on the pages: a lost one is replaced in one call, and what each viewer may see of it."""

from __future__ import annotations

import io
import json
import re
import zipfile
from base64 import urlsafe_b64decode

import pytest
from tests.flows.factories import MASTER_KEY
from tests.web.conftest import Browser, problem_of
from tests.web.factories import HANAKO_CARD, HANAKO_PHONE, TARO_EMAIL, build_chain

from enishi import audit, messaging
from enishi.kit.vault import Keyring


@pytest.fixture
def chain(conn):
    return build_chain(conn)


@pytest.fixture
def staff(signed_in):
    return signed_in("staff")


def path(chain, face="counter"):
    return f"/api/{face}/customers/{chain.hanako}/cards"


def old_card(browser, chain):
    (card,) = browser.get(path(chain)).json()["cards"]
    return card


def actions(conn):
    conn.rollback()
    return [event.action for event in reversed(audit.list_events(conn, None, 100)) if event.action.startswith("card.")]


class TestCounter:
    def test_a_second_tap_gives_the_same_new_card(self, staff, chain, conn):
        body = {"card_id": old_card(staff, chain)["card_id"]}
        first, again = (staff.post(f"{path(chain)}:reissue", body).json() for _ in range(2))
        assert (first["card"]["number"][:2], len(first["card"]["number"])) == ("28", 13)
        assert first["replaces"]["ended_reason"] == "lost"
        assert again == {**first, "replayed": True}
        assert actions(conn) == ["card.reissued", "card.shown_again"]

    def test_old_numbers_stay_masked_and_the_balance_is_untouched(self, staff, chain):
        before = staff.get(f"/api/counter/customers/{chain.hanako}").json()["customer"]["balance"]
        old = old_card(staff, chain)
        answered = staff.post(f"{path(chain)}:reissue", {"card_id": old["card_id"], "reason": "stolen"})
        assert HANAKO_CARD not in answered.text
        listed = staff.get(path(chain))
        assert answered.json()["card"]["number"] not in listed.text
        assert [card["ended_reason"] for card in listed.json()["cards"]] == [None, "stolen"]
        assert staff.get(f"/api/counter/customers/{chain.hanako}").json()["customer"]["balance"] == before

    def test_a_dead_card_leads_to_its_customer_and_says_that_it_has_ended(self, staff, chain):
        staff.post(f"{path(chain)}:reissue", {"card_id": old_card(staff, chain)["card_id"]})
        (found,) = staff.post("/api/counter/lookup", {"query": HANAKO_CARD}).json()["customers"]
        assert found["customer_id"] == str(chain.hanako)
        assert found["ended_card"] == {"ended_at": "2026-11-20T03:05:00Z", "reason": "lost", "replaced": True}
        (by_phone,) = staff.post("/api/counter/lookup", {"query": HANAKO_PHONE}).json()["customers"]
        assert by_phone["ended_card"] is None

    def test_a_card_is_ended_without_another(self, staff, chain, conn):
        body = {"card_id": old_card(staff, chain)["card_id"], "reason": "damaged"}
        ended = staff.post(f"{path(chain)}:end", body).json()
        assert (ended["card"]["ended_reason"], ended["replayed"]) == ("damaged", False)
        assert actions(conn) == ["card.ended"]

    def test_a_member_without_a_card_gets_one(self, staff, chain, conn):
        of_taro = f"/api/counter/customers/{chain.taro}/cards"
        assert staff.get(of_taro).json() == {"cards": []}
        first, again = (staff.post(of_taro, {"request_key": "tap-1"}).json() for _ in range(2))
        assert first["card"] == again["card"]
        assert actions(conn) == ["card.issued", "card.shown_again"]

    def test_cards_that_are_not_the_customers_are_not_found(self, staff, chain, conn):
        card_id = old_card(staff, chain)["card_id"]
        for call in ("reissue", "end"):
            answered = staff.post(f"/api/counter/customers/{chain.taro}/cards:{call}", {"card_id": card_id})
            assert (answered.status_code, answered.json()["field"]) == (404, "card_id")
        assert actions(conn) == []
        assert old_card(staff, chain)["ended_at"] is None

    def test_whoever_may_only_read_can_not_touch_a_card(self, staff, chain, signed_in, conn):
        body = {"card_id": old_card(staff, chain)["card_id"]}
        browser = signed_in("auditor")
        for call, sent in ((":reissue", body), (":end", body), ("", {"request_key": "1"})):
            assert browser.post(f"{path(chain)}{call}", sent).status_code == 403
        assert browser.get(path(chain, "console")).json()["cards"][0]["ended_at"] is None
        assert actions(conn) == []


class TestConsole:
    def test_numbers_are_in_full_only_for_those_who_may_read_personal_data(self, chain, signed_in):
        for role, shown in (("owner", HANAKO_CARD), ("marketer", f"•••• {HANAKO_CARD[-4:]}")):
            assert signed_in(role).get(path(chain, "console")).json()["cards"][0]["number"] == shown


def sign_in(app, conn, contact):
    """A browser in which the member with this contact is signed in."""
    browser = Browser(app)
    browser.post("/api/my/codes", {"value": contact})
    conn.rollback()
    (message,) = messaging.list_recent(conn, Keyring(MASTER_KEY), limit=1)
    code = re.search(r"[0-9]{6}", message.body)
    assert code is not None
    assert browser.post("/api/my/session", {"value": contact, "code": code[0]}).status_code == 200
    return browser


def unpack(response):
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        return json.loads(archive.read("pass.json"))


@pytest.mark.usefixtures("chain")
class TestMyPage:
    def test_a_member_replaces_a_lost_card_with_one_call_and_shows_the_new_one(self, app, chain, conn):
        my = sign_in(app, conn, HANAKO_PHONE)
        balance = my.get("/api/my/card").json()["balance"]
        (old,) = my.get("/api/my/cards").json()["cards"]
        assert old["number"] == HANAKO_CARD
        first, again = (my.post("/api/my/cards:reissue", {"card_id": old["card_id"]}).json() for _ in range(2))
        assert again == {**first, "replayed": True}
        card = my.get("/api/my/card").json()
        assert (card["card_number"], card["balance"]) == (first["card"]["number"], balance)
        assert actions(conn) == ["card.reissued", "card.shown_again"]
        assert audit.list_events(conn, None, 1)[0].actor == f"member:{chain.hanako}"

    def test_nobody_elses_card_is_there(self, app, conn):
        (card,) = sign_in(app, conn, HANAKO_PHONE).get("/api/my/cards").json()["cards"]
        taro = sign_in(app, conn, TARO_EMAIL)
        assert taro.get("/api/my/cards").json()["cards"] == []
        assert problem_of(taro.post("/api/my/cards:reissue", {"card_id": card["card_id"]})) == (404, "not-found")
        for file in ("apple.pkpass", "google-wallet"):
            assert problem_of(taro.get(f"/api/my/cards/{card['card_id']}/{file}")) == (404, "not-found")
        assert actions(conn) == []

    def test_without_keys_no_wallet_is_offered(self, app, conn):
        my = sign_in(app, conn, HANAKO_PHONE)
        listed = my.get("/api/my/cards").json()
        assert listed["wallet"] == {"apple": False, "google": False, "is_test": False}
        for file in ("apple.pkpass", "google-wallet"):
            answered = my.get(f"/api/my/cards/{listed['cards'][0]['card_id']}/{file}")
            assert problem_of(answered) == (404, "wallet-not-offered")

    def test_the_demo_gives_passes_that_say_they_are_a_test(self, make_app, conn):
        my = sign_in(make_app(demo=True), conn, HANAKO_PHONE)
        listed = my.get("/api/my/cards").json()
        assert listed["wallet"] == {"apple": True, "google": True, "is_test": True}
        card_id = listed["cards"][0]["card_id"]
        answered = my.get(f"/api/my/cards/{card_id}/apple.pkpass")
        assert answered.headers["content-type"] == "application/vnd.apple.pkpass"
        assert "no-store" in answered.headers["cache-control"]
        described = unpack(answered)
        assert (described["serialNumber"], described["voided"]) == (card_id, False)
        assert described["barcodes"][0]["message"] == HANAKO_CARD
        assert described["storeCard"]["primaryFields"][0]["value"] == "縁 花子"
        assert described["storeCard"]["headerFields"][0]["value"] == "TEST"
        led = my.get(f"/api/my/cards/{card_id}/google-wallet")
        assert led.status_code == 303
        claims = led.headers["location"].rpartition("/")[2].split(".")[1]
        saved = json.loads(urlsafe_b64decode(claims + "==="))["payload"]["loyaltyObjects"][0]
        assert (saved["accountId"], saved["state"]) == (HANAKO_CARD, "ACTIVE")

    def test_the_pass_of_a_replaced_card_is_void(self, make_app, conn):
        my = sign_in(make_app(demo=True), conn, HANAKO_PHONE)
        (old,) = my.get("/api/my/cards").json()["cards"]
        new = my.post("/api/my/cards:reissue", {"card_id": old["card_id"]}).json()["card"]
        voided = [unpack(my.get(f"/api/my/cards/{one['card_id']}/apple.pkpass"))["voided"] for one in (old, new)]
        assert voided == [True, False]
