"""The demo's salon: a store with stylists, seats and bookings, all invented, for reservations to show.

It is made once. Its bookings lie around the day on which that happens.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from psycopg import Connection

from enishi import audit, catalog, customers, flows, purchases, reservations
from enishi.flows import PurchaseContext
from enishi.kit import clock
from enishi.kit.errors import Refusal
from enishi.kit.identifiers import Identifier, IdentifierKind
from enishi.reservations import (
    Author,
    BookingSettings,
    DayException,
    EarlyWindow,
    Quota,
    Resource,
    ResourceKind,
    Service,
    Span,
    Wish,
)

SALON_STORE: Final = "SALON"
_NAME: Final = "ヘアサロン 結（架空）"
_ZONE: Final = ZoneInfo("Asia/Tokyo")
_OPEN: Final = (Span(600, 1_200),)
_TUESDAY: Final = 1
_HALF_DAY: Final = (Span(600, 900),)
_STYLISTS: Final = (
    ("sato", "佐藤 あかり", "Akari Sato"),
    ("kimura", "木村 蓮", "Ren Kimura"),
    ("hayashi", "林 ひより", "Hiyori Hayashi"),
)
_SERVICES: Final = (
    ("cut", "カット", "Cut", 60, 0, 5_500, ("sato", "kimura", "hayashi", "seat")),
    ("color", "カラー", "Colour", 90, 30, 8_800, ("sato", "hayashi", "seat")),
    ("spa", "ヘッドスパ", "Head spa", 45, 15, 4_400, ("kimura", "hayashi", "room")),
    ("class", "スタイリング講座（定員8名）", "Styling class (8 places)", 60, 0, 2_200, ("studio",)),
)
_BOOKINGS: Final = (
    (0, 660, "cut", "sato"), (0, 780, "color", ""), (0, 900, "spa", ""), (0, 1_020, "cut", "kimura"),
    (1, 600, "cut", ""), (1, 840, "color", "hayashi"), (1, 1_080, "cut", "sato"), (2, 720, "class", ""),
    (2, 720, "class", ""), (2, 720, "class", ""), (2, 960, "cut", ""), (3, 660, "spa", ""),
    (3, 1_020, "color", "sato"), (4, 780, "cut", "hayashi"), (5, 600, "color", ""), (6, 900, "cut", ""),
    (8, 840, "spa", ""), (9, 660, "cut", "sato"),
)  # fmt: skip
"""Days from the first, minutes of the day, service and who is asked for."""


def seed_demo_salon(conn: Connection, context: PurchaseContext, phone: str) -> int:
    """Make the salon and its bookings, unless there is one; gives the number of bookings made.

    ``phone`` is that of the member whom the demo shows, who gets a booking too.
    """
    if SALON_STORE in reservations.list_settings(conn):
        return 0
    now = clock.now()
    catalog.save_stores(conn, [catalog.Store(SALON_STORE, _NAME, invented=True)])
    today = now.astimezone(_ZONE).date()
    reservations.publish_settings(
        conn,
        SALON_STORE,
        _settings(flows.tier_codes(conn, now), today),
        based_on=0,
        author=audit.SYSTEM,
        reason="デモ用の架空のサロン / An invented salon for the demo",
        now=now,
    )
    return _book(conn, context, _people(conn, context, phone), today, now)


def _settings(tiers: Sequence[str], today: date) -> BookingSettings:
    week = tuple(() if weekday == _TUESDAY else _OPEN for weekday in range(7))
    stylists = tuple(Resource(code=code, kind=ResourceKind.STAFF, name_ja=ja, name_en=en) for code, ja, en in _STYLISTS)
    return BookingSettings(
        week=week,
        exceptions=(DayException(on=today + timedelta(days=12), spans=_HALF_DAY, note_ja="研修", note_en="Training"),),
        resources=(
            *stylists,
            _place("seat", ResourceKind.CHAIR, "カット席", "Seats", 3),
            _place("room", ResourceKind.ROOM, "スパ室", "Spa room", 1),
            _place("studio", ResourceKind.ROOM, "講座室", "Studio", 8),
        ),
        services=tuple(
            Service(
                code=code,
                name_ja=ja,
                name_en=en,
                minutes=minutes,
                buffer_minutes=buffer,
                price_yen=price,
                resources=resources,
                every_minutes=120 if code == "class" else None,
            )
            for code, ja, en, minutes, buffer, price, resources in _SERVICES
        ),
        early=(
            *(EarlyWindow(tier, 45) for tier in tiers[-2:-1]),
            *(EarlyWindow(tier, 60) for tier in tiers[-1:]),
        ),
        quotas=tuple(
            Quota(
                code="evening",
                name_ja="夕方の優先枠",
                name_en="Evening slots",
                tier=tier,
                slots=6,
                days_before=3,
                opens=1_020,
            )
            for tier in tiers[-1:]
        ),
    )


def _place(code: str, kind: ResourceKind, name_ja: str, name_en: str, capacity: int) -> Resource:
    return Resource(code=code, kind=kind, name_ja=name_ja, name_en=name_en, capacity=capacity, chosen_by_member=False)


def _people(conn: Connection, context: PurchaseContext, phone: str) -> list[UUID]:
    """The member whom the demo shows, then others who bought lately."""
    shown = customers.find_by_identifiers(conn, context.keyring, [Identifier(IdentifierKind.PHONE, phone)])
    latest = [one.customer_id for one in purchases.list_latest(conn, 100, None) if one.customer_id is not None]
    return list(dict.fromkeys([*(one.customer_id for one in shown), *latest]))


def _book(conn: Connection, context: PurchaseContext, people: Sequence[UUID], first: date, now: datetime) -> int:
    made = 0
    for place, (ahead, minute, service, choice) in enumerate(_BOOKINGS if people else ()):
        on = first + timedelta(days=ahead)
        starts_at = datetime(on.year, on.month, on.day, minute // 60, minute % 60, tzinfo=_ZONE)
        # The shown member gets the last booking, which lies ahead on whichever day the demo is made.
        customer_id = people[(place + 1) % len(people)] if place + 1 < len(_BOOKINGS) else people[0]
        wish = Wish(
            source="demo",
            external_id=str(place),
            customer_id=customer_id,
            store=SALON_STORE,
            service=service,
            starts_at=starts_at,
            choice=choice,
        )
        try:
            with conn.transaction():
                flows.book_slot(conn, context, wish, Author(audit.SYSTEM, "console"), now)
        except Refusal:
            # Closed on this weekday, or over by now: the salon of the demo has one booking less.
            continue
        made += 1
    return made
