"""Calendar addresses for staff: a secret in the address opens one store's, or one resource's, bookings, until revoked.

The token is shown once and kept as a hash. What it opens names nobody: times, services and resources only.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct
from psycopg import Connection

from enishi.kit.errors import NotFound
from enishi.kit.ids import new_id
from enishi.reservations import queries, waiting_queries
from enishi.reservations.model import OCCUPYING, Booking, Feed, NoReservations
from enishi.reservations.publishing import load_settings, zone_of
from enishi.reservations.settings import BookingSettings

_PAST_DAYS = 31
_AHEAD_DAYS = 366


class FeedContents(Struct, frozen=True):
    """What a calendar address shows."""

    feed: Feed
    zone: str
    settings: BookingSettings
    bookings: tuple[Booking, ...]


def create_feed(
    conn: Connection, store: str, *, resource: str, label: str, actor: str, now: datetime
) -> tuple[Feed, str]:
    """Make a calendar address; gives it with its token, which is not to be had again. Refuses ``NoReservations``."""
    settings = load_settings(conn, store).settings
    if resource and settings.resource(resource) is None:
        raise NoReservations("There is no such resource.", field="resource", remedy="Name one of the store's.")
    token = secrets.token_urlsafe(32)
    feed = Feed(new_id(), store, resource, label, now, actor, None)
    waiting_queries.insert_feed(conn, feed, _hash(token))
    return feed, token


def revoke_feed(conn: Connection, store: str, feed_id: UUID, now: datetime) -> None:
    """End a calendar address, from now on. Refuses ``NotFound``."""
    if not waiting_queries.update_feed_revoked(conn, store, feed_id, now):
        raise NotFound("There is no such calendar address.", field="feed_id")


def list_feeds(conn: Connection, store: str) -> list[Feed]:
    """The calendar addresses of a store, newest first, revoked ones included."""
    return waiting_queries.select_feeds(conn, store)


def open_feed(conn: Connection, token: str, now: datetime) -> FeedContents:
    """The bookings that a token opens, from a month ago on. Refuses ``NotFound`` for one that opens nothing."""
    feed = waiting_queries.select_feed(conn, _hash(token))
    if feed is None:
        raise NotFound("There is no calendar at this address.")
    zone = zone_of(conn, feed.store)
    today = now.astimezone(ZoneInfo(zone)).date()
    found = queries.select_bookings_of_days(
        conn, feed.store, today - timedelta(days=_PAST_DAYS), today + timedelta(days=_AHEAD_DAYS)
    )
    shown = tuple(
        one for one in found if one.state in OCCUPYING and (not feed.resource or feed.resource in one.resources)
    )
    return FeedContents(feed, zone, load_settings(conn, feed.store).settings, shown)


def _hash(token: str) -> bytes:
    return sha256(token.encode("utf-8", "surrogatepass")).digest()
