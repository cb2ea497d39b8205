"""A client for the gateway in process, and a till that speaks through it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import datetime, timedelta
from itertools import count
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx
import psycopg

from enishi.gateway import Gateway
from enishi.gateway.routes import ROUTES
from enishi.kit import clock

T = TypeVar("T")

_numbers = count(1)

TABLES = (
    "customers.customers",
    "customers.identifiers",
    "customers.conflicts",
    "purchases.purchases",
    "purchases.returns",
    "ledger.accounts",
    "ledger.journal",
    "ranks.progress",
    "outbox.events",
    "catalog.stores",
)
PROBLEM = "application/problem+json"
KNOWN_CODES = {refusal.code for route in ROUTES for refusal in route.refusals} | {"method-not-allowed"}
"""What the description speaks of; a method that no path has can not be described in OpenAPI."""


class Api:
    """Sends requests to a gateway from an event loop of its own, and drains the gateway when it is done."""

    def __init__(self, gateway: Gateway, key: str) -> None:
        self.gateway = gateway
        self.key = key
        self._runner = asyncio.Runner()
        self._http = httpx.AsyncClient(transport=httpx.ASGITransport(gateway), base_url="http://gateway")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.run(self.gateway.drain())
        self.run(self._http.aclose())
        self._runner.close()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on the client's loop."""
        return self._runner.run(work)

    async def send(
        self, method: str, path: str, *, key: str | None = "", headers: dict[str, Any] | None = None, **body: Any
    ) -> httpx.Response:
        """One request. ``key`` is the client's own unless given; None presents none."""
        sent = dict(headers or {})
        if key is not None:
            sent["Authorization"] = f"Bearer {key or self.key}"
        return await self._http.request(method, path, headers=sent, **body)

    def post(self, path: str, json: Any = None, **options: Any) -> httpx.Response:
        if json is not None:
            options["json"] = json
        return self.run(self.send("POST", path, **options))

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.run(self.send("GET", path, **options))

    def together(self, *requests: Coroutine[Any, Any, httpx.Response]) -> list[httpx.Response]:
        """Send requests at once."""

        async def gather() -> list[httpx.Response]:
            return list(await asyncio.gather(*requests))

        return self.run(gather())


class Till:
    """Makes receipts, records them, and looks at what the database holds."""

    def __init__(self, api: Api, conn: psycopg.Connection) -> None:
        self._api = api
        self._conn = conn
        self.occurred_at = clock.now().replace(microsecond=0) - timedelta(hours=1)

    def receipt(self, price_yen: int = 1_100, card: str | None = None, **fields: Any) -> dict[str, Any]:
        """A body with one line, by default of ¥1,100 with 10 % tax: ten points."""
        body: dict[str, Any] = {
            "source": "pos",
            "external_id": f"R{next(_numbers):06}",
            "channel": "pos",
            "store": "S1",
            "occurred_at": self.occurred_at.isoformat(),
            "lines": [{"sku": "4901234567894", "quantity": 1, "unit_price_yen": price_yen}],
        }
        if card is not None:
            body["identifiers"] = [{"kind": "card", "value": card}]
        return body | fields

    def ring_up(self, body: dict[str, Any]) -> dict[str, Any]:
        """Record a receipt and return the answer; it must succeed."""
        answered = self._api.post("/v1/purchases", body)
        assert answered.status_code in {200, 201}, answered.text
        return answered.json()

    def new_card(self) -> str:
        """A member card that nobody has yet. It begins like no payment card."""
        return f"9001{next(_numbers):09}"

    def recorded(self, receipt: dict[str, Any]) -> list[tuple[Any, ...]]:
        """What is recorded under a receipt's key."""
        found = self._conn.execute(
            "select * from purchases.purchases where source = %s and external_id = %s",
            (receipt["source"], receipt["external_id"]),
        ).fetchall()
        self._conn.rollback()
        return found

    def contents(self) -> dict[str, list[tuple[Any, ...]]]:
        """Everything that recording a purchase can change."""
        found = {table: self._conn.execute(f"select * from {table} order by 1, 2").fetchall() for table in TABLES}
        self._conn.rollback()
        return found

    def expiry_of(self, occurred_at: datetime) -> str:
        """The last day of what was earned then: the end of the twelfth month after."""
        local = occurred_at + timedelta(hours=9)
        month = local.replace(day=1, year=local.year + 1)
        after = (month + timedelta(days=31)).replace(day=1)
        return (after - timedelta(days=1)).date().isoformat()


def assert_problem(answered: httpx.Response, status: int, code: str, field: str | None = None) -> dict[str, Any]:
    """The answer is a problem document of this status and code, about this field."""
    assert answered.headers["content-type"] == PROBLEM, answered.text
    document = answered.json()
    assert (answered.status_code, document["code"], document.get("field")) == (status, code, field), document
    assert document["status"] == status
    assert code in KNOWN_CODES
    assert document["type"] == f"urn:enishi:problem:{code}"
    assert document["title"]
    assert document["detail"]
    return document
