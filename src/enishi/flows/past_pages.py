"""History as a replay is given it: page by page in the order of time, with everything that rules may ask of it.

A page is complete in itself. So a replay needs neither the database nor a key, and may go on in another process.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec
from msgspec import Struct
from psycopg import Connection

from enishi import campaigns, customers, purchases
from enishi.flows.context import PurchaseContext
from enishi.flows.past_rules import PastRules, segments_of
from enishi.flows.return_pricing import settings_of
from enishi.program import OnEvent
from enishi.purchases import ReturnInTime, StoredPurchase

_NOTHING_HAPPENED: Mapping[str, datetime] = {}


class Person(Struct, gc=False, frozen=True):
    """What is known of a customer that rules may ask for; ``joined_on`` is in the programme's zone."""

    customer_id: UUID
    joined_at: datetime
    joined_on: date
    held: frozenset[str]
    segments: frozenset[str]
    birth_month: int | None


class Receipt(Struct, gc=False, frozen=True, tag="receipt"):
    """A purchase of a member. ``events`` are what happened to the order, where rules ask for it.

    ``is_new``: it made its customer a member. ``comes_back``: some of it did later.
    """

    stored: StoredPurchase
    is_new: bool
    comes_back: bool
    events: Mapping[str, datetime]


class BroughtBack(Struct, gc=False, frozen=True, tag="return"):
    """Goods of a member that came back."""

    back: ReturnInTime


class Page(Struct, gc=False, frozen=True):
    """A stretch of history: members who appear for the first time, the weather of its days, and what happened."""

    people: list[Person]
    weather: dict[date, list[tuple[str, int, str]]]
    happened: list[Receipt | BroughtBack]
    receipts: int
    """Purchases that were read for it, those of nobody among them."""


class PastReader:
    """Reads history for rules; ``known`` are the members who have appeared so far."""

    def __init__(self, conn: Connection, context: PurchaseContext, rules: Sequence[PastRules], now: datetime) -> None:
        """Begin before the first purchase; ``rules`` tell what has to be looked up."""
        self._conn = conn
        self._context = context
        self._now = now
        self._zone = settings_of(rules[0].versions[-1] if rules[0].versions else None).zone_info
        self._segments = segments_of(one.schedule for one in rules)
        live = [version.rules for one in rules for version in one.schedule.versions.values()]
        self._asks_birthdays = any(one.conditions.birthday_month for one in live)
        self._asks_weather = any(one.conditions.weather for one in live)
        self._asks_events = any(_waits_for_events(one) for one in rules)
        self._returns = purchases.read_returns(conn, now)
        self._next_return: ReturnInTime | None = None
        self.known: dict[UUID, datetime] = {}
        self.returns = 0

    def pages(self) -> Iterator[Page]:
        """Everything that happened, in the order of time."""
        self._next_return = next(self._returns, None)
        for stored in purchases.read_history(self._conn, self._now):
            yield self._page(stored)
        rest = list(self._returns_until(None))
        if rest:
            yield Page([], {}, list(rest), 0)

    def _page(self, stored: list[StoredPurchase]) -> Page:
        seen = {one.customer_id for one in stored if one.customer_id}
        fresh = seen - self.known.keys()
        people = self._meet(sorted(fresh))
        purchase_ids = [one.purchase_id for one in stored]
        returned = purchases.load_returned(self._conn, purchase_ids)
        events = purchases.load_events(self._conn, purchase_ids) if self._asks_events else {}
        happened: list[Receipt | BroughtBack] = []
        for one in stored:
            if one.customer_id is None:
                continue
            happened += self._returns_until(one.occurred_at)
            is_new = one.customer_id in fresh and self.known[one.customer_id] == one.occurred_at
            fresh.discard(one.customer_id)
            comes_back = one.purchase_id in returned
            happened.append(Receipt(one, is_new, comes_back, events.get(one.purchase_id, _NOTHING_HAPPENED)))
        return Page(people, self._weather(stored), happened, len(stored))

    def _returns_until(self, until: datetime | None) -> Iterator[BroughtBack]:
        while self._next_return is not None and (until is None or self._next_return.request.occurred_at < until):
            self.returns += 1
            back = self._next_return
            if back.purchase_id is None:
                # Of a receipt it is whose the receipt is; without one, it is whoever goes on in their place.
                survivor = customers.survivor_of(self._conn, back.customer_id)
                back = msgspec.structs.replace(back, customer_id=survivor)
            yield BroughtBack(back)
            self._next_return = next(self._returns, None)

    def _meet(self, new: list[UUID]) -> list[Person]:
        """Look up who was not known."""
        if not new:
            return []
        segments = campaigns.load_segments(self._conn, new, self._segments) if self._segments else {}
        births: dict[UUID, date | None] = {}
        if self._asks_birthdays:
            records = customers.load_customers(self._conn, self._context.keyring, new)
            births = {one: record.profile.birth_date for one, record in records.items()}
        people: list[Person] = []
        for customer_id, joined_at, kinds in customers.ask_people(self._conn, new)():
            self.known[customer_id] = joined_at
            birth = births.get(customer_id)
            joined_on = joined_at.astimezone(self._zone).date()
            theirs = segments.get(customer_id, frozenset())
            people.append(
                Person(
                    customer_id, joined_at, joined_on, frozenset(kinds), theirs, None if birth is None else birth.month
                )
            )
        return people

    def _weather(self, stored: Sequence[StoredPurchase]) -> dict[date, list[tuple[str, int, str]]]:
        if not self._asks_weather:
            return {}
        days = sorted({one.occurred_at.astimezone(self._zone).date() for one in stored})
        return {on: list(rows) for on, rows in campaigns.load_weather(self._conn, days).items()}


def _waits_for_events(rules: PastRules) -> bool:
    """Whether points of any channel wait for something to happen to their order."""
    return any(
        isinstance(rule, OnEvent) for version in rules.versions for rule in (version.settings.pending or {}).values()
    )
