"""People who use the running demo: operators and members with their sessions, a till, and what they look up."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

import httpx
import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

COOKIE = "enishi_session"
MEMBER_COOKIE = "enishi_member"
OURS = {"X-Enishi-Request": "1", "Accept-Language": "ja"}

Json = dict[str, Any]


class Server(Protocol):
    """What these tests need of the running demo."""

    url: str

    def login(self, role: str) -> Json: ...


def credentials(live_server: Server, role: str) -> Json:
    """What a role types to log in."""
    login = live_server.login(role)
    return {"login": login["login"], "password": login["password"]}


@cache
def session_of(url: str, login: str, password: str) -> str:
    """A session's token. Sessions are opened once: checking a password is slow by design."""
    with httpx.Client(base_url=url, headers=OURS) as client:
        client.post("/api/session", json={"login": login, "password": password}).raise_for_status()
        return client.cookies[COOKIE]


def client_of(live_server: Server, role: str = "owner") -> httpx.Client:
    """The role's view of the data, without pages."""
    token = session_of(live_server.url, **credentials(live_server, role))
    return httpx.Client(base_url=live_server.url, headers=OURS, cookies={COOKIE: token})


def sign_in(page: Page, live_server: Server, role: str = "owner") -> None:
    """Take up the role's session in the browser, reading Japanese."""
    token = session_of(live_server.url, **credentials(live_server, role))
    page.context.add_cookies([{"name": COOKIE, "value": token, "url": live_server.url}])
    page.context.add_init_script("localStorage['enishi.language'] ??= 'ja'")


def member_session_of(live_server: Server, phone: str) -> str:
    """A new session of the member with this phone. One contact is sent a few codes an hour and no more."""
    with httpx.Client(base_url=live_server.url, headers=OURS, timeout=30) as client:
        client.post("/api/my/codes", json={"value": phone}).raise_for_status()
        found = re.search(r"(?<!\d)\d{6}(?!\d)", client.get("/api/demo/outbox").json()["messages"][0]["body"])
        assert found is not None
        client.post("/api/my/session", json={"value": phone, "code": found[0]}).raise_for_status()
        return client.cookies[MEMBER_COOKIE]


def sign_in_member(page: Page, live_server: Server, phone: str) -> None:
    """Take up a member's session in the browser, reading Japanese."""
    token = member_session_of(live_server, phone)
    page.context.add_cookies([{"name": MEMBER_COOKIE, "value": token, "url": live_server.url}])
    page.context.add_init_script("localStorage['enishi.language'] ??= 'ja'")


def ask_gateway(live_server: Server, path: str, body: Json) -> httpx.Response:
    """What a till is answered."""
    key = live_server.login("api_key")["password"]
    return httpx.post(f"{live_server.url}{path}", json=body, headers={"authorization": f"Bearer {key}"}, timeout=30)


def console(live_server: Server, path: str = "") -> str:
    """The address of a page of the console."""
    return f"{live_server.url}/console/{path}"


def recent_customers(head_office: httpx.Client) -> list[Json]:
    """Those who bought lately, newest first, as the console shows them."""
    recent = head_office.get("/api/console/home").json()["recent"]
    ids = dict.fromkeys(sale["customer"]["customer_id"] for sale in recent if sale["customer"])
    return [head_office.get(f"/api/console/customers/{customer_id}").json() for customer_id in ids]


def points_of(head_office: httpx.Client, customer_id: str) -> list[Json]:
    """The newest entries of a customer's journal."""
    timeline = head_office.get(
        f"/api/console/customers/{customer_id}/timeline", params={"type": "points", "limit": 100}
    )
    return [item["entry"] for item in timeline.json()["items"]]


def someone_who_spent(head_office: httpx.Client) -> Json:
    """A customer who earned and used points."""
    for customer in recent_customers(head_office):
        if any(entry["points"] < 0 for entry in points_of(head_office, customer["customer_id"])):
            return customer
    pytest.fail("nobody in the seeded data used points")


def identifier(customer: Json, kind: str) -> str:
    """The customer's phone, card …, in full."""
    return next(held["value"] for held in customer["identifiers"] if held["kind"] == kind)
