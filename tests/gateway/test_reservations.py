"""Reservations over HTTP: what is free and why not, booking once, moving, settling, waiting, calendars."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
import pytest
from tests.flows.factories import customer_of
from tests.gateway.client import Api, assert_problem
from tests.reservations.factories import STORE, quota, salon, service, stylist

from enishi import access, catalog, reservations
from enishi.access import ApiScope
from enishi.kit import clock

TOKYO = ZoneInfo("Asia/Tokyo")


def start(hour: int, days: int) -> datetime:
    on = clock.now().astimezone(TOKYO).date() + timedelta(days=days)
    return datetime(on.year, on.month, on.day, hour, tzinfo=TOKYO)


@pytest.fixture(scope="module")
def people(pool) -> list[UUID]:
    """Three members, and a salon with one chair whose evenings are kept for gold."""
    with pool.connection() as conn:
        catalog.save_stores(conn, [catalog.Store(STORE, "サロン")])
        reservations.publish_settings(
            conn,
            STORE,
            salon(
                resources=(stylist("a"),),
                services=(service("cut", "a"),),
                quotas=(quota(None, opens=1_080),),
                max_open=20,
            ),
            based_on=0,
            author="system",
            reason="Tests",
            now=clock.now(),
        )
        return [customer_of(conn, f"77{number}") for number in range(3)]


def order(named: UUID, at: datetime, key: str, **fields: Any) -> dict[str, Any]:
    return {
        "source": "shop",
        "external_id": key,
        "customer_id": str(named),
        "store": STORE,
        "service": "cut",
        "starts_at": at.isoformat(),
    } | fields


def test_what_is_free_is_booked_once_and_its_repeat_is_the_same(api: Api, people):
    services = api.get(f"/v1/reservations/services?store={STORE}", headers={"Accept-Language": "en"}).json()
    assert [one["name"] for one in services["services"]] == ["Cut"]
    on = start(10, 7)
    path = f"/v1/reservations/availability?store={STORE}&service=cut&from={on.date()}&days=1&customer_id={people[0]}"
    slots = api.get(path).json()["days"][0]["slots"]
    assert sum(one["bookable"] for one in slots) == len(slots) == 19
    body = order(people[0], on, "one")
    booked = api.post("/v1/reservations", body)
    assert booked.status_code == 201, booked.text
    again = api.post("/v1/reservations", body)
    assert (again.status_code, again.json()) == (200, booked.json() | {"replayed": True})
    taken = api.get(path).json()["days"][0]["slots"][1]
    assert (taken["bookable"], taken["hindrances"][-1]["reason"]) == (False, "満席です。")
    refused = assert_problem(
        api.post("/v1/reservations", order(people[1], on, "two")), 409, "slot-not-bookable", "starts_at"
    )
    assert [one["rule"] for one in refused["hindrances"]] == ["taken"]
    assert_problem(
        api.post("/v1/reservations", order(people[1], on, "one")), 409, "idempotency-conflict", "external_id"
    )


def test_a_booking_is_moved_checked_in_and_completed_and_listed(api: Api, people):
    by_card = {"customer_id": None, "identifiers": [{"kind": "card", "value": "771"}]}
    booked = api.post("/v1/reservations", order(people[1], start(10, 8), "three", **by_card)).json()
    path = f"/v1/reservations/{booked['booking_id']}"
    moved = api.post(f"{path}/change", {"starts_at": start(14, 8).isoformat()}).json()
    assert datetime.fromisoformat(moved["starts_at"]) == start(14, 8)
    assert api.get(path).json()["starts_at"] == moved["starts_at"]
    assert api.post(f"{path}/check-in").json()["state"] == "arrived"
    assert api.post(f"{path}/complete").json()["state"] == "done"
    assert_problem(api.post(f"{path}/cancel"), 409, "booking-not-changeable")
    assert_problem(api.post(f"{path}/no-show"), 409, "booking-not-changeable")
    listed = api.get(f"/v1/reservations?store={STORE}&from={start(0, 8).date()}").json()["bookings"]
    assert [one["booking_id"] for one in listed] == [booked["booking_id"]]
    own = api.get(f"/v1/customers/{people[1]}/reservations").json()["bookings"]
    assert [one["booking_id"] for one in own] == [booked["booking_id"]]


def test_a_cancelled_slot_goes_to_the_waiting_list_and_is_accepted(api: Api, people):
    booked = api.post("/v1/reservations", order(people[0], start(10, 9), "four")).json()
    body = {"customer_id": str(people[2]), "store": STORE, "service": "cut", "on": str(start(0, 9).date())}
    waiting = api.post("/v1/reservations/waiting", body | {"opens": 600, "closes": 630})
    assert (waiting.status_code, waiting.json()["state"]) == (201, "waiting")
    assert api.post("/v1/reservations/waiting", body).status_code == 200
    assert api.post(f"/v1/reservations/{booked['booking_id']}/cancel").json()["state"] == "cancelled"
    (offer,) = api.get(f"/v1/customers/{people[2]}/reservations").json()["bookings"]
    assert offer["state"] == "offered"
    assert offer["offer_until"] is not None
    assert api.post(f"/v1/reservations/{offer['booking_id']}/accept").json()["state"] == "booked"
    left = api.post(f"/v1/reservations/waiting/{waiting.json()['wait_id']}/leave", {"customer_id": str(people[2])})
    assert left.json()["state"] == "taken"


def test_leaving_the_waiting_list_again_says_that_it_was_left(api: Api, people):
    body = {"customer_id": str(people[2]), "store": STORE, "service": "cut", "on": str(start(0, 12).date())}
    waiting = api.post("/v1/reservations/waiting", body).json()
    path, who = f"/v1/reservations/waiting/{waiting['wait_id']}/leave", {"customer_id": str(people[2])}
    first, again = (api.post(path, who).json() for _ in range(2))
    assert (first["state"], first["replayed"]) == ("left", False)
    assert again == first | {"replayed": True}


def test_a_key_of_another_store_sees_nothing_of_it(api: Api, people, pool):
    booked = api.post("/v1/reservations", order(people[0], start(10, 10), "five")).json()
    with pool.connection() as conn:
        _, key = access.create_key(conn, "elsewhere", list(ApiScope), store_codes=["ELSE"])
    path = f"/v1/reservations/{booked['booking_id']}"
    assert_problem(api.get(path, key=key), 404, "not-found", "booking_id")
    assert_problem(api.post(f"{path}/cancel", key=key), 404, "not-found", "booking_id")
    assert_problem(
        api.get(f"/v1/reservations?store={STORE}&from=2026-01-01", key=key), 403, "store-not-allowed", "store"
    )
    assert api.get(f"/v1/customers/{people[0]}/reservations", key=key).json() == {"bookings": []}
    assert_problem(api.get(f"/v1/reservations?store={STORE}&from=tomorrow"), 422, "invalid-request", "from")


def test_a_calendar_opens_by_its_secret_and_names_nobody(api: Api, people, pool: Any):
    api.post("/v1/reservations", order(people[0], start(10, 11), "six"))
    with pool.connection() as conn:
        feed, token = reservations.create_feed(conn, STORE, resource="", label="All", actor="system", now=clock.now())
    answered = api.get(f"/v1/calendars/{token}.ics", key=None)
    assert answered.headers["content-type"] == "text/calendar; charset=utf-8"
    assert f"DTSTART;TZID=Asia/Tokyo:{start(10, 11):%Y%m%dT%H%M%S}\r\n" in answered.text
    assert str(people[0]) not in answered.text
    with pool.connection() as conn:
        reservations.revoke_feed(conn, STORE, feed.feed_id, clock.now())
    assert_problem(api.get(f"/v1/calendars/{token}.ics", key=None), 404, "not-found")


def test_nothing_is_booked_twice_in_all_of_this(people, conn: psycopg.Connection):
    assert reservations.find_differences(conn) == []
