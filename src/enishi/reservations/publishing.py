"""A store's settings: publishing versions of them, and reading the one in force."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import msgspec
from psycopg import Connection

from enishi import audit, catalog
from enishi.reservations import queries
from enishi.reservations.model import InvalidBookingSettings, NoReservations, SettingsChanged
from enishi.reservations.settings import BookingSettings, Service, SettingsVersion
from enishi.reservations.validation import validate


def publish_settings(
    conn: Connection,
    store: str,
    settings: BookingSettings,
    *,
    based_on: int,
    author: str,
    reason: str,
    now: datetime,
    tiers: Collection[str] | None = None,
) -> SettingsVersion:
    """Publish a store's settings as its next version, in force at once, and record it in the audit.

    ``based_on`` is the version that they were made from (0: none). Refusals: ``InvalidBookingSettings``,
    ``SettingsChanged``.
    """
    problems = validate(settings, tiers)
    if not reason.strip():
        raise InvalidBookingSettings("The reason is empty.", field="reason", remedy="Say why, for whoever looks next.")
    if problems:
        first = problems[0]
        raise InvalidBookingSettings(
            first.detail, field=first.field, remedy=first.remedy, problems=msgspec.to_builtins(problems)
        )
    queries.lock_publishing(conn)
    latest = queries.select_latest_version(conn, store)
    number = 0 if latest is None else latest.version
    if number != based_on:
        raise SettingsChanged(
            f"These settings were made from version {based_on}; version {number} is in force.",
            field="based_on",
            remedy="Load the settings again, and make the change there.",
            version=number,
        )
    version = SettingsVersion(store, number + 1, now, author, reason, settings)
    queries.insert_version(conn, version)
    places = [(one.code, seat) for one in settings.resources for seat in range(1, one.capacity + 1)]
    queries.insert_missing_lanes(conn, store, [code for code, _ in places], [seat for _, seat in places])
    audit.record_event(
        conn,
        actor=author,
        action="reservations.settings_published",
        target=f"store:{store}",
        detail={"version": version.version, "reason": reason},
        at=now,
    )
    return version


def load_settings(conn: Connection, store: str) -> SettingsVersion:
    """The settings in force in a store. Refuses ``NoReservations``."""
    found = queries.select_latest_version(conn, store)
    if found is None:
        raise NoReservations(
            "This store takes no reservations.", field="store", remedy="Choose a store that has published services."
        )
    return found


def list_settings(conn: Connection) -> dict[str, SettingsVersion]:
    """The settings in force, by store."""
    return {one.store: one for one in queries.select_latest_versions(conn)}


def list_versions(conn: Connection, store: str, limit: int = 100) -> list[SettingsVersion]:
    """The published settings of a store, newest first."""
    return queries.select_versions(conn, store, limit)


def require_service(settings: BookingSettings, code: str, choice: str = "") -> Service:
    """A service that can be booked, with the resource asked for. Refuses ``NoReservations``."""
    found = settings.service(code)
    if found is None or found.ended:
        raise NoReservations("There is no such service.", field="service", remedy="Choose one of the store's services.")
    if choice:
        resource = settings.resource(choice)
        if resource is None or choice not in found.resources or resource.ended or not resource.chosen_by_member:
            raise NoReservations(
                "This can not be asked for with this service.",
                field="choice",
                remedy="Leave it out, or ask for another.",
            )
    return found


def zone_of(conn: Connection, store: str) -> str:
    """The zone that a store's clocks show."""
    found = catalog.load_stores(conn).get(store)
    return "Asia/Tokyo" if found is None else found.zone
