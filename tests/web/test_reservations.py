"""Reservations on the three faces: the member's own, the counter's customer, the console's week and settings."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from tests.flows.factories import MASTER_KEY, NOW, customer_of
from tests.reservations.factories import STORE, quota, salon, service, stylist
from tests.web.conftest import Browser, problem_of

from enishi import catalog, customers, reservations
from enishi.flows import rank_of
from enishi.kit.identifiers import Identifier, IdentifierKind
from enishi.kit.vault import Keyring

DAY = date(2026, 11, 27)
"""A week after the tests' Friday."""
EVENING = quota(None, opens=1_080, days_before=3)


@pytest.fixture
def mari(conn):
    """A member with a phone, and a salon with one stylist."""
    catalog.save_stores(conn, [catalog.Store(STORE, "サロン"), catalog.Store("OTHER", "別の店")])
    settings = salon(resources=(stylist("a"),), services=(service("cut", "a"),), quotas=(EVENING,))
    reservations.publish_settings(
        conn, STORE, settings, based_on=0, author="system", reason="はじめ", now=NOW - timedelta(days=30)
    )
    newcomer = customers.NewCustomer(
        identifiers=(Identifier(IdentifierKind.PHONE, "090-1234-5678"),),
        joined_at=NOW,
        profile=customers.Profile(name="山田 真理"),
    )
    (customer_id,) = customers.create_customers(conn, Keyring(MASTER_KEY), [newcomer])
    conn.commit()
    return customer_id


@pytest.fixture
def mine(member, mari) -> Browser:
    return member("090-1234-5678")


@pytest.fixture
def silver(monkeypatch) -> None:
    """Everybody is silver, and gold is above."""
    rank = reservations.Rank({"silver": 1, "gold": 2}, "silver", 1)
    monkeypatch.setattr("enishi.flows.reserve_slots.rank_of", lambda _conn, _who, _now: rank)
    monkeypatch.setattr("enishi.flows.rank_of", lambda _conn, _who, _now: rank)
    monkeypatch.setattr("enishi.flows.tier_names", lambda _conn, _language, _now: {"gold": "ゴールド"})


def slots(browser: Browser, **query: Any) -> dict[str, dict[str, Any]]:
    asked = {"store": STORE, "service": "cut", "from": DAY, "days": 1} | query
    prefix = "console" if "customer_id" in query else "my"
    path = f"/api/{prefix}/reservations/slots?" + "&".join(f"{name}={value}" for name, value in asked.items())
    answered = browser.get(path)
    assert answered.status_code == 200, answered.text
    return {slot["time"]: slot for slot in answered.json()["days"][0]["slots"]}


def order(time: str, **fields: Any) -> dict[str, Any]:
    return {
        "request_id": str(uuid4()),
        "store": STORE,
        "service": "cut",
        "starts_at": f"{DAY}T{time}:00+09:00",
    } | fields


def test_a_member_books_sees_cancels_and_takes_it_to_the_calendar(mine):
    (store,) = mine.get("/api/my/reservations/stores").json()["stores"]
    assert (store["name"], store["services"][0]["name"], store["window_days"]) == ("サロン", "カット", 30)
    for first in ("9999-12-31", "0001-01-01"):
        refused = mine.get(f"/api/my/reservations/slots?store={STORE}&service=cut&from={first}")
        assert refused.status_code == 422
    assert slots(mine)["10:00"]["bookable"]
    body = order("10:00", choice="a")
    done = mine.post("/api/my/reservations", body)
    assert done.status_code == 200, done.text
    booking = done.json()["booking"]
    assert (booking["state"], booking["resources"][0]["name"], booking["can_cancel"]) == ("booked", "担当a", True)
    assert mine.post("/api/my/reservations", body).json()["replayed"]
    assert slots(mine)["10:30"]["hindrances"][0]["rule"] == "own_booking"
    calendar = mine.get(f"/api/my/reservations/{booking['booking_id']}.ics")
    assert calendar.headers["content-type"] == "text/calendar; charset=utf-8"
    assert "DTSTART;TZID=Asia/Tokyo:20261127T100000\r\n" in calendar.text
    moved = mine.post(
        f"/api/my/reservations/{booking['booking_id']}:change", {"starts_at": f"{DAY}T11:00:00+09:00", "choice": ""}
    )
    assert moved.json()["booking"]["starts_at"] == "2026-11-27T02:00:00Z"
    assert mine.post(f"/api/my/reservations/{booking['booking_id']}:cancel", {}).json()["booking"]["state"] == (
        "cancelled"
    )
    own = mine.get("/api/my/reservations").json()
    assert (own["coming"], [one["state"] for one in own["past"]]) == ([], ["cancelled"])


def test_somebody_elses_booking_is_answered_like_none(mine, conn):
    ken = customer_of(conn, "1")
    wish = reservations.Wish(
        source="x", external_id="1", customer_id=ken, store=STORE, service="cut", starts_at=NOW + timedelta(days=7)
    )
    author = reservations.Author("system", "console")
    at = NOW.replace(hour=12, minute=0) + timedelta(days=7)
    booked = reservations.book(
        conn, msgspec.structs.replace(wish, starts_at=at), rank_of(conn, ken, NOW), author, NOW
    ).booking
    conn.commit()
    for path in (f"{booked.booking_id}:cancel", f"{booked.booking_id}:accept"):
        assert problem_of(mine.post(f"/api/my/reservations/{path}", {})) == (404, "not-found")
    assert problem_of(mine.get(f"/api/my/reservations/{booked.booking_id}.ics")) == (404, "not-found")


@pytest.mark.usefixtures("silver")
def test_what_is_kept_for_gold_is_explained_and_refused_with_its_reason(mine):
    evening = slots(mine)["18:00"]
    assert (evening["bookable"], evening["waitable"], evening["hindrances"][0]["tier"]) == (False, True, "gold")
    assert evening["hindrances"][0]["reason"] == (
        "この日の4枠のうち4枠はゴールド以上の方の優先枠です。一般枠は0枠で、"
        "このご予約を合わせると2枠になります。空きがあれば11月24日(火)から予約できます。"
    )
    refused = mine.post("/api/my/reservations", order("18:00"))
    assert problem_of(refused) == (409, "slot-not-bookable")
    assert refused.json()["reasons"] == [evening["hindrances"][0]["reason"]]
    waiting = mine.post(
        "/api/my/reservations/waits", {"store": STORE, "service": "cut", "on": str(DAY), "opens": 1_080}
    ).json()
    assert (waiting["place"], waiting["from_time"], waiting["until_time"]) == (1, "18:00", "24:00")
    assert mine.post(f"/api/my/reservations/waits/{waiting['wait_id']}:leave", {}).status_code == 204
    assert mine.get("/api/my/reservations").json()["waits"] == []


def test_staff_book_check_in_and_note_who_did_not_come(signed_in, mari, clock):
    staff = signed_in("staff", [STORE])
    body = order("10:00", customer_id=str(mari))
    booking = staff.post("/api/counter/reservations", body).json()["booking"]
    assert booking["customer"]["name"] == "山田 真理"
    path = f"/api/counter/reservations/{booking['booking_id']}"
    assert problem_of(staff.post(f"{path}:settle", {"change": "no_show"})) == (409, "booking-not-changeable")
    clock.now = NOW + timedelta(days=7)
    staff.log_in("the-staff")
    assert staff.post(f"{path}:settle", {"change": "no_show"}).json()["booking"]["state"] == "no_show"
    assert staff.post(f"{path}:settle", {"change": "arrive"}).json()["booking"]["state"] == "arrived"
    calendar = staff.get(f"/api/counter/reservations/calendar?store={STORE}&from={DAY}&days=1").json()
    assert [one["state"] for one in calendar["bookings"]] == ["arrived"]
    assert calendar["spans"] == [{"on": str(DAY), "resource": "a", "spans": [["10:00", "20:00"]]}]
    events = staff.get(path).json()["events"]
    assert [one["event"] for one in events] == ["booked", "no_show", "arrived"]
    assert staff.get(f"/api/counter/reservations/customers/{mari}").json()["past"][0]["state"] == "arrived"


def test_staff_of_another_store_see_and_book_nothing(signed_in, mari):
    staff = signed_in("staff", ["OTHER"])
    assert staff.get("/api/counter/reservations/stores").json() == {"stores": []}
    path = f"/api/counter/reservations/calendar?store={STORE}&from={DAY}"
    assert problem_of(staff.get(path)) == (404, "not-found")
    assert problem_of(staff.post("/api/counter/reservations", order("10:00", customer_id=str(mari)))) == (
        404,
        "not-found",
    )
    assert problem_of(staff.get(f"/api/console/reservations/settings?store={STORE}")) == (404, "not-found")
    assert problem_of(staff.post("/api/console/reservations/settings", {})) == (403, "permission-denied")


def test_settings_are_published_as_versions_with_their_differences(signed_in, mari):
    owner = signed_in("owner")
    held = owner.get(f"/api/console/reservations/settings?store={STORE}").json()
    settings = held["settings"] | {"horizon_days": 60, "quotas": []}
    body = {"store": STORE, "based_on": held["version"], "reason": "年末に備えて", "settings": settings}
    published = owner.post("/api/console/reservations/settings", body).json()
    assert published["version"] == 2
    changes = {one["field"]: (one["before"], one["after"]) for one in published["versions"][0]["changes"]}
    assert changes["horizon_days"] == ("30", "60")
    assert changes["quotas[gold].days_before"] == ("3", None)
    assert problem_of(owner.post("/api/console/reservations/settings", body)) == (409, "booking-settings-changed")
    broken = body | {"based_on": 2, "settings": settings | {"week": []}}
    assert problem_of(owner.post("/api/console/reservations/settings", broken)) == (422, "invalid-booking-settings")
    nonsense = body | {"based_on": 2, "settings": settings | {"slot_minutes": "x"}}
    assert problem_of(owner.post("/api/console/reservations/settings", nonsense)) == (422, "invalid-request")


def test_a_calendar_address_is_shown_once_and_revoked(signed_in, mari, conn):
    owner = signed_in("owner")
    made = owner.post(
        "/api/console/reservations/feeds", {"store": STORE, "resource": "a", "label": "担当aの電話"}
    ).json()
    token = made["path"].removeprefix("/v1/calendars/").removesuffix(".ics")
    assert reservations.open_feed(conn, token, NOW).feed.resource == "a"
    listed = owner.get(f"/api/console/reservations/feeds?store={STORE}").json()["feeds"]
    assert [(one["label"], one["revoked_at"]) for one in listed] == [("担当aの電話", None)]
    body = {"store": STORE, "feed_id": made["feed"]["feed_id"]}
    assert owner.post("/api/console/reservations/feeds:revoke", body).status_code == 204
    assert problem_of(owner.post("/api/console/reservations/feeds:revoke", body)) == (404, "not-found")


@pytest.mark.usefixtures("silver")
def test_the_console_sees_how_quotas_stand_and_what_a_customers_slots_are(signed_in, mari):
    owner = signed_in("owner")
    calendar = owner.get(f"/api/console/reservations/calendar?store={STORE}&from={DAY}&days=1").json()
    (held,) = calendar["quotas"]
    assert (held["total"], held["held"], held["used"], held["holding"]) == (4, 4, 0, True)
    assert not slots(owner, customer_id=mari)["18:00"]["bookable"]
    assert slots(owner, customer_id=mari)["17:00"]["bookable"]
