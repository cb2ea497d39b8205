"""Customers of the past as rules may ask about them, looked up once for each as they appear."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from psycopg import Connection

from enishi import campaigns, customers
from enishi.flows.context import PurchaseContext
from enishi.flows.past_rules import PastRules, segments_of
from enishi.flows.replay_past import Person, Replay
from enishi.flows.return_pricing import settings_of


class People:
    """Who has appeared so far."""

    def __init__(self, conn: Connection, context: PurchaseContext, rules: Sequence[PastRules]) -> None:
        """Nobody yet; ``rules`` tell what is asked."""
        self._conn = conn
        self._context = context
        self._zone = settings_of(rules[0].versions[-1] if rules[0].versions else None).zone_info
        self._segments = segments_of(one.schedule for one in rules)
        live = [version.rules for one in rules for version in one.schedule.versions.values()]
        self._asks_birthdays = any(one.conditions.birthday_month for one in live)
        self._asks_weather = any(one.conditions.weather for one in live)
        self.known: dict[UUID, Person] = {}

    def meet(self, customer_ids: Iterable[UUID], replays: Sequence[Replay]) -> None:
        """Make customers known who were not."""
        new = sorted(set(customer_ids) - self.known.keys())
        if not new:
            return
        segments = campaigns.load_segments(self._conn, new, self._segments) if self._segments else {}
        births: dict[UUID, date | None] = {}
        if self._asks_birthdays:
            records = customers.load_customers(self._conn, self._context.keyring, new)
            births = {one: record.profile.birth_date for one, record in records.items()}
        for customer_id, joined_at, kinds in customers.ask_people(self._conn, new)():
            person = Person(joined_at, joined_at.astimezone(self._zone).date(), frozenset(kinds))
            self.known[customer_id] = person
            birth = births.get(customer_id)
            for replay in replays:
                replay.meet(
                    customer_id,
                    person,
                    segments.get(customer_id, frozenset()),
                    None if birth is None else birth.month,
                )

    def note_weather(self, days: Iterable[date], replays: Sequence[Replay]) -> None:
        """Tell the weather of days."""
        if not self._asks_weather:
            return
        weather = campaigns.load_weather(self._conn, sorted(set(days)))
        for replay in replays:
            if replay.world.campaigns is not None:
                replay.world.campaigns.weather = weather
