"""The books on the console: what they show, who closes them, and the files."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import pytest
from tests.web.conftest import problem_of
from tests.web.factories import build_chain

from enishi import accounting, audit
from enishi.accounting import AccountingSettings

BOOKS = "/api/console/accounting"
NOVEMBER = "2026-11-01"


@pytest.fixture
def chain(conn):
    return build_chain(conn)


@pytest.fixture
def december(clock, chain):
    """The third of December, when November can be closed."""
    clock.now = datetime(2026, 12, 3, 3, 0, tzinfo=UTC)


def settings_body(**fields) -> dict:
    accounts = {key.value: {"code": one.code, "name": one.name} for key, one in accounting.default_accounts().items()}
    return {
        "zone": "Asia/Tokyo",
        "stand_alone_yen_per_point": "1",
        "material_right": "purchases",
        "fallback_use_rate": "1",
        "history_months": 12,
        "settlement_yen_per_point": "1",
        "accounts": accounts,
    } | fields


def publish(browser, **fields):
    body = {"from_month": NOVEMBER, "reason": "監査法人と合意", "settings": settings_body(**fields)}
    return browser.post(f"{BOOKS}/settings", body)


def events(conn, action):
    conn.rollback()
    return [event for event in audit.list_events(conn, None, 100) if event.action == action]


@pytest.mark.usefixtures("chain")
def test_an_open_month_is_shown_as_a_draft_under_the_settings_to_begin_with(signed_in):
    page = signed_in("accountant").get(BOOKS).json()
    assert page["months"] == [{"month": NOVEMBER, "closed_at": None}]
    assert page["due"] == []
    assert (page["settings"]["version"], page["statement"]["closed_at"]) == (0, None)
    (line,) = page["statement"]["lines"]
    assert (line["moved"]["issued"], line["moved"]["used"], line["closing_points"]) == (33, 5, 28)
    assert line["yen"]["closing"] == sum(line["yen"][part] for part in line["yen"] if part != "closing")
    pairs = [(one["debtor"]["name"], one["creditor"]["name"], one["net_yen"]) for one in page["settlement"]["pairs"]]
    assert pairs == [("渋谷店", "上野店", 5)]


@pytest.mark.usefixtures("december")
def test_the_accountant_publishes_settings_and_closes_the_month_once(signed_in, conn):
    browser = signed_in("accountant")
    published = publish(browser)
    assert (published.status_code, published.json()["version"], published.json()["author"]) == (
        200,
        1,
        "the-accountant",
    )
    first = browser.post(f"{BOOKS}/closes", {"month": NOVEMBER, "through": True})
    assert first.status_code == 200
    (close,) = first.json()
    assert (close["replayed"], close["statement"]["closed_by"]) == (False, "the-accountant")
    again = browser.post(f"{BOOKS}/closes", {"month": NOVEMBER}).json()
    assert again == [close | {"replayed": True}]
    page = browser.get(BOOKS).json()
    assert page["months"][0] == {"month": NOVEMBER, "closed_at": "2026-12-03T03:00:00Z"}
    assert page["statement"] == close["statement"]
    assert len(events(conn, "accounting.closed")) == 1


@pytest.mark.usefixtures("december")
def test_a_reader_closes_and_publishes_nothing(signed_in, conn):
    browser = signed_in("auditor")
    assert problem_of(publish(browser)) == (403, "permission-denied")
    assert problem_of(browser.post(f"{BOOKS}/closes", {"month": NOVEMBER})) == (403, "permission-denied")
    assert accounting.list_closes(conn) == []
    assert accounting.load_versions(conn) == []


@pytest.mark.usefixtures("december")
def test_refusals_of_a_close_say_what_to_do(signed_in, conn):
    browser = signed_in("owner")
    refused = browser.post(f"{BOOKS}/closes", {"month": NOVEMBER})
    assert problem_of(refused) == (409, "no-accounting-settings")
    publish(browser)
    assert problem_of(browser.post(f"{BOOKS}/closes", {"month": "2026-12-01"})) == (409, "month-not-over")
    assert problem_of(browser.post(f"{BOOKS}/closes", {"month": "2026-11-02"})) == (422, "invalid-request")
    assert accounting.list_closes(conn) == []


@pytest.mark.usefixtures("december")
@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"fallback_use_rate": "1.5"}, "invalid-accounting-settings"),
        ({"zone": "Nowhere/None"}, "invalid-accounting-settings"),
        ({"fallback_use_rate": "1e-3"}, "invalid-request"),
        ({"accounts": {}}, "invalid-accounting-settings"),
        ({"accounts": {"nonsense": {"code": "1", "name": "x"}}}, "invalid-accounting-settings"),
    ],
)
def test_settings_that_can_not_be_right_are_refused(signed_in, conn, fields, code):
    status, found = problem_of(publish(signed_in("owner"), **fields))
    assert (status, found) == (422, code)
    assert accounting.load_versions(conn) == []


@pytest.mark.usefixtures("chain")
def test_nobody_with_some_stores_only_sees_the_books(signed_in):
    browser = signed_in("auditor", ["UENO"])
    for path in (BOOKS, f"{BOOKS}/settings", f"{BOOKS}/movement.csv?month={NOVEMBER}"):
        assert problem_of(browser.get(path)) == (403, "permission-denied")


@pytest.mark.usefixtures("december")
def test_the_files_can_be_downloaded_and_each_download_is_recorded(signed_in, conn):
    browser = signed_in("accountant")
    publish(browser)
    journal = f"{BOOKS}/journal.csv?month={NOVEMBER}"
    assert problem_of(browser.get(journal)) == (404, "month-not-closed")
    browser.post(f"{BOOKS}/closes", {"month": NOVEMBER})
    rows = {}
    for sheet in ("movement", "settlement", "journal"):
        answer = browser.get(f"{BOOKS}/{sheet}.csv?month={NOVEMBER}")
        assert answer.headers["content-disposition"] == f'attachment; filename="{sheet}-2026-11.csv"'
        rows[sheet] = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert rows["settlement"][1][:5] == ["2026-11", "SHIBUYA", "渋谷店", "UENO", "上野店"]
    debit, credit = (sum(int(row[side] or 0) for row in rows["journal"][1:]) for side in (4, 5))
    assert debit == credit > 0
    assert [one.detail["file"] for one in events(conn, "accounting.exported")] == ["journal", "settlement", "movement"]


def test_the_books_of_an_instant(signed_in, chain):
    browser = signed_in("auditor")
    now = browser.get(f"{BOOKS}/as-of?at=2026-11-20T04:00:00Z").json()
    assert (now["accounts"], now["balance"], now["outstanding"]) == (2, 28, 28)
    before = browser.get(f"{BOOKS}/as-of?at=2026-11-20T03:00:00Z").json()
    assert (before["accounts"], before["balance"], before["contract_liability_yen"]) == (0, 0, 0)
    hanako = browser.get(f"{BOOKS}/as-of?at=2026-11-20T04:00:00Z&customer_id={chain.hanako}").json()
    assert (hanako["balance"], [lot["points"] for lot in hanako["lots"]]) == (25, [25])


def test_before_any_points_the_page_is_empty_and_not_broken(signed_in):
    page = signed_in("owner").get(BOOKS).json()
    assert (page["months"], page["statement"], page["settlement"]) == ([], None, None)
    assert page["settings"]["settings"]["stand_alone_yen_per_point"] == str(
        AccountingSettings().stand_alone_yen_per_point
    )
