"""Sales and uses of points in the months that tests of the books play in."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import psycopg
from msgspec import structs
from psycopg_pool import ConnectionPool
from tests.flows.factories import JST, card, make_context, make_purchase

from enishi import accounting, flows, program
from enishi.accounting import AccountingSettings, SettingsVersion, Statement
from enishi.program import AfterDays
from enishi.purchases import Channel

MEMBER = "2900000000017"
MARCH, APRIL, MAY, JUNE, JULY = (date(2026, month, 1) for month in (3, 4, 5, 6, 7))
ACTOR = "operator:00000000-0000-7000-8000-000000000001"


def day(month: int, on: int, hour: int = 12) -> datetime:
    """An hour of 2026 in Tokyo."""
    return datetime(2026, month, on, hour, tzinfo=JST)


OPENING = day(3, 1)


class Shop:
    """A chain that gives a point for every ¥10 before tax, and keeps books."""

    def __init__(self, conn: psycopg.Connection, pool: ConnectionPool) -> None:
        rule = structs.replace(program.default_settings().earning, unit_yen=10)
        self.conn = conn
        self.pool = pool
        # Points of the online shop can be used twenty days later.
        pending = {Channel.EC: AfterDays(20)}
        self.context = make_context(conn, structs.replace(program.default_settings(), earning=rule, pending=pending))

    def sell(
        self, at: datetime, points: int, *, store: str = "S1", member: str = MEMBER, late: datetime | None = None,
        **fields: object,
    ):  # fmt: skip
        """A sale of ten yen a point before tax, recorded when it occurred or ``late``; ``fields`` are others of it."""
        fields |= {"identifiers": card(member), "occurred_at": at, "store": store}
        return self._record(make_purchase(points * 11, **fields), late or at)

    def use(
        self, at: datetime, points: int, *, store: str = "S1", member: str = MEMBER, late: datetime | None = None,
        **fields: object,
    ):  # fmt: skip
        """Goods paid with points alone, which earn nothing; ``fields`` are others of the receipt."""
        fields |= {"identifiers": card(member), "occurred_at": at, "points_to_use": points, "store": store}
        return self._record(make_purchase(points, **fields), late or at)

    def _record(self, purchase, recorded_at: datetime):
        (outcome,) = flows.record_purchases(self.conn, self.context, [purchase], recorded_at)
        assert isinstance(outcome, flows.RecordedPurchase), outcome
        return outcome

    def publish(self, from_month: date = MARCH, now: datetime = OPENING, **fields: object) -> SettingsVersion:
        """Publish settings: those to begin with, but for some fields."""
        with self.conn.transaction():
            return accounting.publish_settings(
                self.conn,
                structs.replace(AccountingSettings(), **fields),
                from_month,
                ACTOR,
                "Decided by the board",
                now,
            )

    def close(self, month: date, now: datetime | None = None) -> Statement:
        """Close a month on the third day of the next."""
        at = now or day(month.month + 1, 3)
        return flows.close_month(self.pool, self.context, month, actor=ACTOR, now=at).statement


def rate(text: str) -> Decimal:
    """A rate as settings hold it."""
    return Decimal(text)
