"""A small salon, its members, and a clock that stands still."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
from msgspec import structs

from enishi import catalog, customers, reservations
from enishi.customers import NewCustomer
from enishi.kit.identifiers import Identifier, IdentifierKind
from enishi.kit.vault import Keyring
from enishi.reservations import (
    Author,
    Booked,
    BookingSettings,
    Quota,
    Rank,
    Resource,
    ResourceKind,
    Service,
    Span,
    Wish,
)

TOKYO = ZoneInfo("Asia/Tokyo")
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=TOKYO).astimezone(UTC)
"""A Tuesday, at noon in Tokyo."""
TODAY = date(2026, 11, 24)
STORE = "SALON"
LEVELS = {"bronze": 0, "silver": 1, "gold": 2}
MEMBER = Author("member:test", "mypage")
STAFF = Author("operator:test", "counter")
KEYRING = Keyring(bytes(range(32)))

OPEN_DAILY = tuple((Span(600, 1_200),) for _ in range(7))
"""10:00 to 20:00 on every day."""


def stylist(code: str, **fields: Any) -> Resource:
    return Resource(code=code, kind=ResourceKind.STAFF, name_ja=f"担当{code}", name_en=f"Stylist {code}", **fields)


def service(code: str = "cut", *resources: str, **fields: Any) -> Service:
    return Service(
        code=code,
        name_ja="カット",
        name_en="Cut",
        resources=resources or ("a", "b"),
        **{"minutes": 60, "price_yen": 5_500} | fields,
    )


def salon(**fields: Any) -> BookingSettings:
    """Two stylists, a cut of an hour, open from ten to eight."""
    plain = BookingSettings(
        week=OPEN_DAILY,
        resources=(stylist("a"), stylist("b")),
        services=(service(),),
    )
    return structs.replace(plain, **fields)


def quota(slots: int | None = 4, **fields: Any) -> Quota:
    return Quota(
        code="gold",
        name_ja="ゴールド枠",
        name_en="Gold slots",
        slots=slots,
        **{"tier": "gold", "days_before": 3} | fields,
    )


def rank(code: str = "") -> Rank:
    """The rank of this code, or none."""
    return Rank(LEVELS, code, LEVELS[code]) if code else Rank(LEVELS)


def at(hour: int, minute: int = 0, *, days: int = 7) -> datetime:
    """A time of the clock in Tokyo, so many days from today."""
    on = TODAY + timedelta(days=days)
    return datetime(on.year, on.month, on.day, hour, minute, tzinfo=TOKYO).astimezone(UTC)


def publish(conn: psycopg.Connection, settings: BookingSettings, based_on: int = 0) -> None:
    catalog.save_stores(conn, [catalog.Store(STORE, "サロン")])
    reservations.publish_settings(
        conn, STORE, settings, based_on=based_on, author="operator:test", reason="Test", now=NOW - timedelta(days=90)
    )


def join(conn: psycopg.Connection, count: int = 1) -> list[UUID]:
    """New members with a card and an e-mail address each."""
    people = [
        NewCustomer(
            identifiers=(
                Identifier(IdentifierKind.CARD, f"29000000{number:05d}"),
                Identifier(IdentifierKind.EMAIL, f"member{number}@example.com"),
            ),
            joined_at=NOW - timedelta(days=400),
        )
        for number in range(count)
    ]
    return list(customers.create_customers(conn, KEYRING, people))


def wish(customer_id: UUID, starts_at: datetime, key: str = "", **fields: Any) -> Wish:
    return Wish(
        source="test",
        external_id=key or f"{customer_id}-{starts_at.isoformat()}",
        customer_id=customer_id,
        starts_at=starts_at,
        **{"store": STORE, "service": "cut"} | fields,
    )


def book(
    conn: psycopg.Connection,
    customer_id: UUID,
    starts_at: datetime,
    *,
    tier: str = "",
    author: Author = MEMBER,
    now: datetime = NOW,
    **fields: Any,
) -> Booked:
    return reservations.book(conn, wish(customer_id, starts_at, **fields), rank(tier), author, now)
