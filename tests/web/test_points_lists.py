"""What expires over all members, what terminals spent offline, and points that change hands at head office."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from tests.flows.factories import MASTER_KEY, NOON, NOW, make_purchase
from tests.web.conftest import problem_of
from tests.web.factories import HANAKO_PHONE, build_chain

from enishi import audit, flows, program
from enishi.customers import Identifier, IdentifierKind
from enishi.flows import PurchaseContext
from enishi.kit.vault import Keyring
from enishi.program import MonthsToMonthEnd, TransferPolicy

EXPIRING = "/api/console/points/expiring"
OFFLINE = "/api/console/points/offline"
CUSTOMERS = "/api/console/customers"


def short_lived() -> program.ProgramSettings:
    return msgspec.structs.replace(program.default_settings(), expiry=MonthsToMonthEnd(1), offline_spend_cap=500)


def rows_of(answer) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))


def test_what_expires_is_shown_by_day_and_by_member(signed_in, conn):
    chain = build_chain(conn, short_lived())
    owner = signed_in("owner")
    assert owner.get(EXPIRING).json()["days"] == []
    page = owner.get(f"{EXPIRING}?days=60").json()
    assert (page["first"], page["last"], page["points"]) == ("2026-11-20", "2027-01-18", 28)
    assert page["days"] == [{"expires_on": "2026-12-31", "kind": "regular", "members": 2, "points": 28}]
    found = {one["customer_id"]: (one["name"], one["points"]) for one in page["members"]}
    assert found == {str(chain.hanako): ("縁 花子", 25), str(chain.taro): ("縁 太郎", 3)}
    first = owner.get(f"{EXPIRING}?days=60&limit=1").json()
    rest = owner.get(f"{EXPIRING}?days=60&limit=1&cursor={first['next_cursor']}").json()
    assert {first["members"][0]["customer_id"], rest["members"][0]["customer_id"]} == set(found)
    assert rest["next_cursor"] is None
    assert owner.get(f"{EXPIRING}?days=60&on=2026-12-30").json()["members"] == []
    assert len(owner.get(f"{EXPIRING}?days=60&on=2026-12-31").json()["members"]) == 2


def test_what_expires_can_be_saved_without_names(signed_in, conn):
    chain = build_chain(conn, short_lived())
    rows = rows_of(signed_in("owner").get(f"{EXPIRING}.csv?days=60"))
    assert sorted(rows[1:]) == sorted([[str(chain.hanako), "25", "2026-12-31"], [str(chain.taro), "3", "2026-12-31"]])
    conn.rollback()
    (event,) = [one for one in audit.list_events(conn, None, 20) if one.action == "points.expiring_exported"]
    assert event.detail == {"rows": 2}


@pytest.mark.parametrize("query", ["days=0", "days=367", "on=2020-01-01", "on=0001-01-01", "cursor=x", "limit=101"])
def test_a_query_that_makes_no_sense_is_refused(signed_in, conn, query):
    build_chain(conn)
    assert problem_of(signed_in("owner").get(f"{EXPIRING}?{query}")) == (422, "invalid-request")


def test_the_company_s_expiring_points_are_not_for_who_has_some_stores_only(signed_in, conn):
    build_chain(conn)
    browser = signed_in("store_manager", ["UENO"])
    assert problem_of(browser.get(EXPIRING)) == (403, "permission-denied")
    assert problem_of(browser.get(f"{EXPIRING}.csv")) == (403, "permission-denied")


@pytest.fixture
def offline(conn):
    """Hanako has 25 points; she used 20 in Shibuya, and 30 in Ueno at a terminal without a connection: 25 are owed."""
    chain = build_chain(conn, short_lived())
    context = PurchaseContext(Keyring(MASTER_KEY))
    phone = (Identifier(IdentifierKind.PHONE, HANAKO_PHONE),)
    for store, terminal, points, price, minutes in (("SHIBUYA", "T1", 20, 20, 0), ("UENO", "T9", 30, 30, 1)):
        purchase = make_purchase(
            price,
            external_id=f"O-{store}",
            store=store,
            terminal=terminal,
            identifiers=phone,
            points_to_use=points,
            offline=True,
            occurred_at=NOON + timedelta(minutes=minutes),
        )
        (outcome,) = flows.record_purchases(conn, context, [purchase], NOW)
        assert isinstance(outcome, flows.RecordedPurchase), outcome
    conn.rollback()
    return chain


def test_offline_spends_are_shown_by_terminal_with_cap_and_what_is_owed(signed_in, offline):
    page = signed_in("owner").get(OFFLINE).json()
    assert (page["first"], page["last"], page["cap"]) == ("2026-10-21", "2026-11-20", 500)
    assert page["sums"] == {"terminals": 2, "spent": 50, "receipts": 1, "owed": 25}
    shown = [
        (one["store"]["name"], one["terminal"], one["spent"], one["cap"], one["owed"]) for one in page["terminals"]
    ]
    assert shown == [("渋谷店", "T1", 20, 500, 0), ("上野店", "T9", 30, 500, 25)]
    over = signed_in("auditor").get(f"{OFFLINE}/overspends").json()
    (receipt,) = over["receipts"]
    assert (receipt["customer_id"], receipt["customer_name"]) == (str(offline.hanako), "縁 花子")
    assert (receipt["points"], receipt["owed"], receipt["terminal"]) == (30, 25, "T9")


@pytest.mark.usefixtures("offline")
def test_offline_spends_are_paged_filtered_scoped_and_saved(signed_in):
    owner = signed_in("owner")
    first = owner.get(f"{OFFLINE}?limit=1").json()
    rest = owner.get(f"{OFFLINE}?limit=1&cursor={first['next_cursor']}").json()
    assert [one["terminal"] for one in (*first["terminals"], *rest["terminals"])] == ["T1", "T9"]
    assert rest["next_cursor"] is None
    owed = owner.get(f"{OFFLINE}?only_owed=true").json()
    assert (owed["sums"]["spent"], [one["terminal"] for one in owed["terminals"]]) == (30, ["T9"])
    assert owner.get(f"{OFFLINE}?last=2026-11-19").json()["terminals"] == []
    rows = rows_of(owner.get(f"{OFFLINE}.csv?store=UENO"))
    assert rows[1:] == [["2026-11-20", "UENO", "上野店", "T9", "30", "500", "1", "25"]]
    shibuya = signed_in("store_manager", ["SHIBUYA"])
    assert [one["terminal"] for one in shibuya.get(OFFLINE).json()["terminals"]] == ["T1"]
    assert shibuya.get(f"{OFFLINE}?store=UENO").json()["terminals"] == []
    assert shibuya.get(f"{OFFLINE}/overspends").json()["receipts"] == []
    for query in (
        "first=2026-11-21&last=2026-11-20",
        "first=2000-01-01",
        "last=0001-01-01&first=9999-12-31",
        "cursor=e30",
    ):
        assert problem_of(owner.get(f"{OFFLINE}?{query}")) == (422, "invalid-request")
    assert owner.get(f"{OFFLINE}?last=0001-01-01").status_code == 422
    assert owner.get(f"{OFFLINE}?first=9999-12-31&last=9999-12-31").json()["terminals"] == []


def with_a_fee() -> program.ProgramSettings:
    return msgspec.structs.replace(program.default_settings(), transfers=TransferPolicy(fee=2, each=20, a_day=30))


def gift(recipient_id, points: int, **fields: Any) -> dict[str, Any]:
    return {"recipient_id": str(recipient_id), "points": points, "store": "UENO"} | fields


def available(browser, customer_id) -> int:
    return browser.get(f"{CUSTOMERS}/{customer_id}/points").json()["balance"]["available"]


def test_a_gift_is_shown_before_it_is_given_and_given_once(signed_in, conn):
    chain = build_chain(conn, with_a_fee())
    browser = signed_in("store_manager")
    path = f"{CUSTOMERS}/{chain.hanako}/transfers"
    page = browser.get(path).json()
    assert page["terms"] == {"gifts": True, "fee": 2, "each": 20, "a_day": 30, "left_today": 30}
    assert (page["customer"]["name"], page["family"]) == ("縁 花子", None)
    quoted = browser.post(f"{path}:quote", gift(chain.taro, 20)).json()
    assert (quoted["recipient"]["name"], quoted["fee"], quoted["available_after"]) == ("縁 太郎", 2, 3)
    assert available(browser, chain.hanako) == 25
    sent = gift(chain.taro, 20, request_id=str(uuid4()))
    assert browser.post(path, sent).json() == quoted
    assert browser.post(path, sent).json() == quoted | {"replayed": True}
    assert (available(browser, chain.hanako), available(browser, chain.taro)) == (3, 23)
    assert browser.get(path).json()["terms"]["left_today"] == 10
    refused = browser.post(f"{path}:quote", gift(chain.taro, 11))
    assert (*problem_of(refused), refused.json()["reason"]) == (409, "transfer-refused", "day")
    refused = browser.post(path, gift(chain.taro, 3, request_id=str(uuid4())))
    assert problem_of(refused) == (409, "insufficient-points")
    assert problem_of(browser.post(f"{path}:quote", gift(chain.hanako, 1))) == (422, "invalid-request")
    assert problem_of(browser.post(f"{path}:quote", gift(uuid4(), 1))) == (404, "not-found")
    assert problem_of(browser.post(f"{path}:quote", gift(chain.taro, 1, store="NOWHERE"))) == (422, "invalid-request")
    assert (available(browser, chain.hanako), available(browser, chain.taro)) == (3, 23)


def test_a_family_is_set_and_its_members_pool_freely(signed_in, conn):
    chain = build_chain(conn, with_a_fee())
    browser = signed_in("owner")
    pool = gift(chain.taro, 25, way="pool")
    path = f"{CUSTOMERS}/{chain.hanako}/transfers"
    refused = browser.post(f"{path}:quote", pool)
    assert (*problem_of(refused), refused.json()["reason"]) == (409, "transfer-refused", "family")
    family = browser.post(f"{CUSTOMERS}/{chain.taro}/family", {"members": [str(chain.hanako)]}).json()
    assert (family["head"]["name"], [one["name"] for one in family["members"]]) == ("縁 太郎", ["縁 花子"])
    assert browser.get(path).json()["family"] == family
    assert browser.get(f"{CUSTOMERS}/{chain.taro}/transfers").json()["own_family"] == family
    assert browser.post(path, pool | {"request_id": str(uuid4())}).json()["fee"] == 0
    assert available(browser, chain.taro) == 28
    other_way = browser.post(f"{CUSTOMERS}/{chain.hanako}/family", {"members": [str(chain.taro)]})
    assert problem_of(other_way) == (409, "family-conflict")
    many = {"members": [str(uuid4()) for _ in range(13)]}
    assert problem_of(browser.post(f"{CUSTOMERS}/{chain.taro}/family", many)) == (422, "invalid-request")
    unknown = browser.post(f"{CUSTOMERS}/{chain.taro}/family", {"members": [str(uuid4())]})
    assert problem_of(unknown) == (404, "not-found")
    assert browser.get(path).json()["family"] == family


def test_only_who_may_transfers(signed_in, conn):
    chain = build_chain(conn)
    auditor = signed_in("auditor")
    sent = gift(chain.taro, 5, request_id=str(uuid4()))
    assert problem_of(auditor.post(f"{CUSTOMERS}/{chain.hanako}/transfers", sent)) == (403, "permission-denied")
    assert problem_of(auditor.post(f"{CUSTOMERS}/{chain.hanako}/family", {"members": []})) == (403, "permission-denied")
    ueno = signed_in("store_manager", ["UENO"])
    elsewhere = ueno.post(f"{CUSTOMERS}/{chain.hanako}/transfers", sent | {"store": "SHIBUYA"})
    assert problem_of(elsewhere) == (403, "permission-denied")
    assert available(ueno, chain.hanako) == 25
