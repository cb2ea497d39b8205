"""Tills that send receipts over HTTP, each one until it is acknowledged, and remember every word they were answered.

A till behaves as a real one must: a receipt that got no answer, or 503, is sent again under the same key before the
next one. Whatever else than an acknowledgement or a lack of points it hears is a fault, kept in ``Tills.faults``.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import random
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self
from zoneinfo import ZoneInfo

from tests.e2e.installation import Installation, Json

_SOURCE = "pos"
_CUSTOMERS = 40
_BATCH = 500
_REST_SECONDS = 0.05
_PATIENCE_SECONDS = 20.0
_SHOPPING_AT = datetime(2026, 10, 3, 12, tzinfo=ZoneInfo("Asia/Tokyo"))


def dice(seed: int) -> random.Random:
    """Chance that can be had again."""
    return random.Random(seed)  # noqa: S311 - nothing secret is drawn from it


@dataclass
class Receipt:
    """A body and what became of it. ``stored`` is what the database said of it while no answer had come."""

    body: Json
    unanswered: int = 0
    stored: bool | None = None

    @property
    def key(self) -> str:
        return self.body["external_id"]


@dataclass
class Heard:
    """What all tills heard together."""

    answers: dict[str, tuple[Json, Json]] = field(default_factory=dict)
    """By key: the body, and the first acknowledgement without ``replayed``."""
    short_of_points: set[str] = field(default_factory=set)
    interrupted: int = 0
    """How many receipts had to be sent more than once."""
    repeats: int = 0
    """How many acknowledged receipts were sent again, and answered as before."""
    refused: int = 0
    """How many requests were answered 503 or 429."""
    faults: list[str] = field(default_factory=list)


class Tills:
    """``size`` tills at work. Reproducible by ``seed`` but for the timing."""

    def __init__(self, installation: Installation, seed: int, *, size: int = 8) -> None:
        self.size = size
        self._installation = installation
        self._headers = {"Authorization": f"Bearer {installation.api_key}", "Content-Type": "application/json"}
        self.heard = Heard()
        self._guard = threading.Lock()
        self._closing = threading.Event()
        self._abandoned = threading.Event()
        self._resting = threading.Event()
        self._rested = threading.Semaphore(0)
        self._go_on = threading.Event()
        self._open: dict[int, Receipt] = {}
        self._threads = [
            threading.Thread(target=self._work, args=(number, dice(seed * 1_000 + number)), daemon=True)
            for number in range(size)
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._abandoned.set()
        self._closing.set()
        self._go_on.set()
        for thread in self._threads:
            thread.join()

    @property
    def acknowledged(self) -> int:
        """How many receipts are acknowledged."""
        return len(self.heard.answers)

    def rest(self) -> list[Receipt]:
        """Let every till finish or give up what it is sending, then wait; the receipts that got no answer."""
        self._go_on.clear()
        self._resting.set()
        for _ in self._threads:
            assert self._rested.acquire(timeout=_PATIENCE_SECONDS), "a till hangs"
        with self._guard:
            return [receipt for receipt in self._open.values() if receipt.unanswered]

    def go_on(self) -> None:
        """Let resting tills work again, each beginning with the receipt it has no answer to."""
        self._resting.clear()
        self._go_on.set()

    def finish(self) -> None:
        """Work until every receipt that was begun is acknowledged or refused, and end."""
        self._closing.set()
        self._go_on.set()
        for thread in self._threads:
            thread.join(_PATIENCE_SECONDS)
            assert not thread.is_alive(), "a till hangs"

    def replay(self) -> list[Json]:
        """Send every acknowledged receipt once more, many in one request; the answers that are not the first one's."""
        wrong: list[Json] = []
        known = list(self.heard.answers.values())
        for start in range(0, len(known), _BATCH):
            part = known[start : start + _BATCH]
            status, answered = self._installation.post("/v1/purchases:batch", {"purchases": [one for one, _ in part]})
            assert status == 200, answered
            for (body, first), item in zip(part, answered["items"], strict=True):
                again = item.get("purchase", item)
                if item["status"] != 200 or not again.pop("replayed") or again != first:
                    wrong.append({"sent": body, "first": first, "again": item})
        return wrong

    def _work(self, number: int, chance: random.Random) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._installation.port, timeout=_PATIENCE_SECONDS)
        taken = 0
        with contextlib.closing(connection):
            while not self._abandoned.is_set():
                if self._resting.is_set():
                    self._rested.release()
                    self._go_on.wait()
                receipt = self._open.get(number)
                if receipt is None:
                    if self._closing.is_set():
                        return
                    taken += 1
                    receipt = Receipt(self._draw(f"T{number}-{taken:05}", chance))
                    with self._guard:
                        self._open[number] = receipt
                try:
                    status, answer = self._send(connection, receipt.body)
                except (OSError, http.client.HTTPException):
                    connection.close()
                    status, answer = 0, {}
                if status in {0, 429, 503}:
                    receipt.unanswered += 1
                    with self._guard:
                        self.heard.refused += status != 0
                    self._closing.wait(_REST_SECONDS)
                else:
                    self._hear(number, receipt, status, answer)

    def _draw(self, key: str, chance: random.Random) -> Json:
        """A receipt: often of a member, sometimes with points to use, now and then one that was sent before."""
        kind = chance.random()
        if kind < 0.1 and self.heard.answers:
            with self._guard:
                return chance.choice(list(self.heard.answers.values()))[0]
        body: Json = {
            "source": _SOURCE,
            "external_id": key,
            "channel": "pos",
            "store": f"S{chance.randrange(4)}",
            "occurred_at": (_SHOPPING_AT + timedelta(seconds=chance.randrange(86_400))).isoformat(),
            "lines": [
                {
                    "sku": f"sku-{chance.randrange(10**4)}",
                    "quantity": 1,
                    "unit_price_yen": chance.randrange(50, 5_000),
                }
                for _ in range(chance.randrange(1, 4))
            ],
        }
        if kind < 0.95:
            card = {"kind": "card", "value": f"9001{chance.randrange(_CUSTOMERS):09}"}
            body |= {"identifiers": [card], "points_to_use": chance.randrange(1, 30) if kind < 0.3 else 0}
        return body

    def _send(self, connection: http.client.HTTPConnection, body: Json) -> tuple[int, Json]:
        connection.request("POST", "/v1/purchases", json.dumps(body), self._headers)
        response = connection.getresponse()
        return response.status, json.loads(response.read())

    def _hear(self, number: int, receipt: Receipt, status: int, answer: Json) -> None:
        with self._guard:
            del self._open[number]
            heard = self.heard
            heard.interrupted += receipt.unanswered > 0
            known = heard.answers.get(receipt.key)
            if status in {200, 201}:
                replayed = answer.pop("replayed")
                if known is not None:
                    heard.repeats += 1
                    if not replayed or known[1] != answer:
                        heard.faults.append(f"another answer to {receipt}: {known[1]} became {answer}")
                elif replayed is not (status == 200) or (replayed and not receipt.unanswered):
                    heard.faults.append(f"{receipt} was answered {status} with replayed {replayed}")
                elif receipt.stored is not None and receipt.stored is not replayed:
                    heard.faults.append(f"{receipt} was answered with replayed {replayed}")
                else:
                    heard.answers[receipt.key] = (receipt.body, answer)
            elif answer.get("code") == "insufficient-points" and known is None and not receipt.stored:
                heard.short_of_points.add(receipt.key)
            else:
                heard.faults.append(f"{receipt} was answered {status}: {answer}")
