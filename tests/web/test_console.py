"""What the console shows, and to whom."""

from __future__ import annotations

from uuid import uuid4

import pytest
from tests.web.conftest import problem_of
from tests.web.factories import HANAKO_PHONE, build_chain

from enishi import audit


@pytest.fixture
def chain(conn):
    return build_chain(conn)


def events(conn, action):
    conn.rollback()
    return [event for event in audit.list_events(conn, None, 100) if event.action == action]


def test_home_shows_today_the_days_before_and_the_newest_receipts(signed_in, chain):
    home = signed_in("owner").get("/api/console/home").json()
    assert home["today"] == {"purchases": 2, "total_yen": 880, "points_earned": 3, "points_used": 0, "customers": 1}
    assert home["days"] == [
        {"on": "2026-11-18", "purchases": 1, "total_yen": 1100, "points_earned": 10, "points_used": 0},
        {"on": "2026-11-19", "purchases": 1, "total_yen": 2205, "points_earned": 20, "points_used": 5},
        {"on": "2026-11-20", "purchases": 2, "total_yen": 880, "points_earned": 3, "points_used": 0},
    ]
    assert {one["purchase"]["external_id"]: one["customer"] for one in home["recent"]} == {
        "R-1": {"customer_id": str(chain.hanako), "name": "縁 花子"},
        "R-2": {"customer_id": str(chain.hanako), "name": "縁 花子"},
        "R-3": {"customer_id": str(chain.taro), "name": "縁 太郎"},
        "R-4": None,
    }


@pytest.mark.usefixtures("chain")
def test_home_of_one_store_counts_that_store_only(signed_in):
    home = signed_in("store_manager", ["UENO"]).get("/api/console/home").json()
    assert home["today"] == {"purchases": 1, "total_yen": 330, "points_earned": 3, "points_used": 0, "customers": 1}
    assert [day["total_yen"] for day in home["days"]] == [2205, 330]
    assert {one["purchase"]["store"]["code"] for one in home["recent"]} == {"UENO"}


def test_home_before_the_first_receipt_is_all_zeros(signed_in):
    home = signed_in("owner").get("/api/console/home").json()
    assert home["today"] == {"purchases": 0, "total_yen": 0, "points_earned": 0, "points_used": 0, "customers": 0}
    assert (home["days"], home["recent"]) == ([], [])


@pytest.mark.usefixtures("chain")
def test_home_of_a_chain_that_stopped_reporting_still_shows_its_last_days(signed_in, clock):
    clock.advance(days=60)
    browser = signed_in("owner")
    home = browser.get("/api/console/home").json()
    assert home["today"]["purchases"] == 0
    assert [day["on"] for day in home["days"]] == ["2026-11-18", "2026-11-19", "2026-11-20"]


@pytest.mark.parametrize(
    ("query", "matched_by"), [("０９０ー１２３４ー５６７８", "phone"), ("2900-0000-00017", "card"), ("R-2", "receipt")]
)
def test_a_search_finds_the_customer_with_masked_identifiers(signed_in, chain, query, matched_by):
    answer = signed_in("marketer").post("/api/console/customers:search", {"query": query})
    (found,) = answer.json()["customers"]
    assert (found["customer_id"], found["name"], found["matched_by"]) == (str(chain.hanako), "縁 花子", matched_by)
    assert found["available"] == 25
    assert sorted(one["value"] for one in found["identifiers"]) == ["090-••••-5678", "•••• 0017"]


@pytest.mark.usefixtures("chain")
def test_a_search_is_recorded_without_what_was_searched_for(signed_in, conn):
    signed_in("marketer").post("/api/console/customers:search", {"query": HANAKO_PHONE})
    (event,) = events(conn, "customers.searched")
    assert event.detail["found"] == 1
    assert "phone" in event.detail["searched_as"]
    assert "5678" not in repr(event)


def test_the_head_of_a_customer_page(signed_in, chain):
    customer = signed_in("marketer").get(f"/api/console/customers/{chain.hanako}").json()
    assert customer["name_kana"] == "エニシ ハナコ"
    assert (customer["purchases_count"], customer["purchases_total_yen"]) == (2, 3305)
    assert customer["balance"]["available"] == 25
    assert customer["balance"]["lots"] == [{"kind": "regular", "points": 25, "expires_on": "2027-11-30"}]
    assert customer["balance"]["next_expiry"] == customer["balance"]["lots"][0]
    assert (customer["first_purchase_at"], customer["last_purchase_at"]) == (
        "2026-11-18T03:00:00Z",
        "2026-11-19T03:00:00Z",
    )


def test_identifiers_are_shown_in_full_only_to_who_may_read_personal_data(signed_in, chain, conn):
    path = f"/api/console/customers/{chain.hanako}"

    def values(browser):
        return sorted(one["value"] for one in browser.get(path).json()["identifiers"])

    assert values(signed_in("auditor")) == ["090-••••-5678", "•••• 0017"]
    assert values(signed_in("owner")) == ["+819012345678", "2900000000017"]
    views = events(conn, "customer.viewed")
    assert [view.detail["identifiers"] for view in views] == ["full", "masked"]
    assert {view.target for view in views} == {f"customer:{chain.hanako}"}


def test_the_timeline_shows_receipts_with_their_points_newest_first(signed_in, chain):
    timeline = signed_in("marketer").get(f"/api/console/customers/{chain.hanako}/timeline").json()
    newest, oldest = timeline["items"]
    assert timeline["next_cursor"] is None
    assert newest["purchase"] == {
        "purchase_id": str(chain.in_ueno.purchase_id),
        "external_id": "R-2",
        "source": "pos",
        "channel": "pos",
        "store": {"code": "UENO", "name": "上野店"},
        "terminal": "",
        "occurred_at": "2026-11-19T12:00:00+09:00",
        "recorded_at": "2026-11-20T03:05:00Z",
        "total_yen": 2205,
        "lines_count": 1,
        "points_used": 5,
        "points_earned": 20,
        "merged": False,
    }
    assert [(entry["type"], entry["points"], entry["balance_after"]) for entry in newest["entries"]] == [
        ("spend", -5, 5),
        ("earn", 20, 25),
    ]
    assert oldest["entries"][0]["summary"] == "税抜 ¥1,000 ÷ 100円 × 1pt = 10pt、端数切捨て"


def test_the_timeline_can_show_points_alone_page_by_page(signed_in, chain):
    browser = signed_in("marketer")
    path = f"/api/console/customers/{chain.hanako}/timeline?type=points&limit=2"
    first = browser.get(path).json()
    assert [(item["item"], item["entry"]["points"]) for item in first["items"]] == [("entry", 20), ("entry", -5)]
    second = browser.get(f"{path}&cursor={first['next_cursor']}").json()
    assert [item["entry"]["points"] for item in second["items"]] == [10]
    assert second["next_cursor"] is None


@pytest.mark.parametrize("query", ["cursor=nonsense", "limit=0", "limit=101", "type=everything", "cursor=%00"])
def test_a_timeline_refuses_what_it_did_not_give_out(signed_in, chain, query):
    answer = signed_in("marketer").get(f"/api/console/customers/{chain.hanako}/timeline?{query}")
    assert problem_of(answer)[0] == 422


def test_a_receipt_in_full(signed_in, chain):
    receipt = signed_in("marketer").get(f"/api/console/purchases/{chain.in_ueno.purchase_id}").json()
    assert receipt["lines"] == [
        {
            "sku": "SKU1",
            "category": "",
            "quantity": 1,
            "unit_price_yen": 2205,
            "tax_rate_percent": 10,
            "discount_yen": 0,
            "net_yen": 2205,
            "pieces": 1,
            "returned": 0,
        }
    ]
    assert receipt["taxes"] == [{"rate_percent": 10, "gross_yen": 2205, "tax_yen": 200}]
    assert (receipt["customer_id"], receipt["tax_mode"]) == (str(chain.hanako), "included")
    assert [entry["points"] for entry in receipt["entries"]] == [-5, 20]


def test_why_in_both_languages(signed_in, chain):
    browser = signed_in("marketer")
    path = f"/api/console/entries/{chain.in_shibuya.awards[0].entry_id}/explanation"
    japanese = browser.get(path).json()
    assert japanese["sentence"] == "税抜 ¥1,000 ÷ 100円 × 1pt = 10pt、端数切捨て"
    assert japanese["version"]["version"] == 1
    assert japanese["purchase"]["external_id"] == "R-1"
    assert japanese["steps"]
    english = browser.get(path, **{"accept-language": "en"}).json()
    assert english["sentence"] == "¥1,000 before tax ÷ ¥100 × 1 pt = 10 pt, rounded down"
    assert english["version"]["reason"] == "Opening of the tests"


def test_an_operator_of_one_store_sees_its_receipts_only_and_whole_balances(signed_in, chain):
    browser = signed_in("store_manager", ["SHIBUYA"])
    customer = f"/api/console/customers/{chain.hanako}"
    timeline = browser.get(f"{customer}/timeline").json()
    assert [item["purchase"]["external_id"] for item in timeline["items"]] == ["R-1"]
    points = browser.get(f"{customer}/timeline?type=points").json()
    assert [item["entry"]["points"] for item in points["items"]] == [10]
    head = browser.get(customer).json()
    assert (head["purchases_count"], head["purchases_total_yen"], head["balance"]["available"]) == (1, 1100, 25)
    assert browser.get(f"/api/console/purchases/{chain.in_shibuya.purchase_id}").status_code == 200
    elsewhere = browser.get(f"/api/console/purchases/{chain.in_ueno.purchase_id}")
    unknown = browser.get(f"/api/console/purchases/{uuid4()}")
    assert problem_of(elsewhere) == problem_of(unknown) == (404, "not-found")
    assert elsewhere.json() == unknown.json()
    entry = chain.in_ueno.awards[0].entry_id
    assert problem_of(browser.get(f"/api/console/entries/{entry}/explanation")) == (404, "not-found")
    search = browser.post("/api/console/customers:search", {"query": "R-2"})
    assert search.json()["customers"] == []


@pytest.mark.parametrize(
    "path",
    [
        "customers/{unknown}",
        "customers/{unknown}/timeline",
        "customers/{unknown}/timeline.csv",
        "purchases/{unknown}",
        "entries/{unknown}-1/explanation",
        "entries/nonsense/explanation",
        "entries/%00/explanation",
        "entries/{unknown}-99999999999999999999/explanation",
    ],
)
def test_what_does_not_exist_is_not_found(signed_in, path):
    answer = signed_in("owner").get("/api/console/" + path.format(unknown=uuid4()))
    assert problem_of(answer) == (404, "not-found")


def test_the_timeline_as_a_file_opens_in_a_spreadsheet(signed_in, chain, conn):
    answer = signed_in("marketer").get(f"/api/console/customers/{chain.hanako}/timeline.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    header, *rows = answer.content.decode("utf-8-sig").splitlines()
    assert header == "日時,種別,店舗,店舗名,チャネル,レシート番号,金額（円）,ポイント,残高,説明"
    assert [row.split(",")[1] for row in rows] == ["購買", "利用", "付与", "購買", "付与"]
    (event,) = events(conn, "customer.exported")
    assert event.detail == {"rows": 5}


@pytest.mark.usefixtures("chain")
def test_the_programme_in_plain_words_with_its_history(signed_in):
    page = signed_in("marketer").get("/api/console/program").json()
    assert page["current"] == page["versions"][0]
    assert page["current"]["author"] == "system"
    assert page["current"]["settings"]["earning"]["unit_yen"] == 100
    assert any("100円" in sentence for sentence in page["current"]["sentences"])


def test_before_a_programme_is_published_the_page_says_none(signed_in):
    assert signed_in("marketer").get("/api/console/program").json() == {"current": None, "versions": []}


def test_the_audit_page_names_who_did_what_and_that_the_chain_holds(signed_in, chain):
    browser = signed_in("auditor")
    browser.get(f"/api/console/customers/{chain.hanako}")
    page = browser.get("/api/console/audit?limit=2").json()
    assert page["chain_ok"] is True
    assert [event["action"] for event in page["events"]] == ["customer.viewed", "operator.logged_in"]
    assert page["events"][0]["actor_name"] == "the-auditor"
    assert page["events"][0]["actor"].startswith("operator:")
    older = browser.get(f"/api/console/audit?limit=2&cursor={page['next_cursor']}").json()
    assert [event["action"] for event in older["events"]] == ["operator.created", "program.publish"]
    assert older["next_cursor"] is None


def test_the_audit_page_says_when_somebody_touched_the_record(signed_in, owner_conn):
    browser = signed_in("auditor")
    owner_conn.execute("update audit.events set actor = 'operator:somebody-else' where seq = 1")
    owner_conn.commit()
    assert browser.get("/api/console/audit").json()["chain_ok"] is False
