"""The SQL of the schema ``reservations`` for settings, days and bookings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from psycopg import Connection
from psycopg.rows import args_row, class_row, dict_row, scalar_row, tuple_row

from enishi.reservations.model import Booking, BookingEvent, BookingState, Lane, Plan, QuotaUse, Taken
from enishi.reservations.settings import BookingSettings, SettingsVersion

_PUBLISHING_LOCK = 0x656E_6973_6869_0130
"""Number of the advisory lock under which settings are published: the bytes of "enishi", then this domain's number."""
_decode_settings = msgspec.json.Decoder(BookingSettings).decode
_decode_quotas = msgspec.json.Decoder(tuple[QuotaUse, ...]).decode
_encode = msgspec.json.Encoder().encode


def lock_publishing(conn: Connection) -> None:
    """Wait until no other transaction is publishing; held until this one ends."""
    conn.execute("select pg_advisory_xact_lock(%s)", (_PUBLISHING_LOCK,))


def _version(row: tuple[Any, ...]) -> SettingsVersion:
    store, version, published_at, author, reason, settings = row
    return SettingsVersion(store, version, published_at, author, reason, _decode_settings(settings))


def select_latest_versions(conn: Connection) -> list[SettingsVersion]:
    """The settings in force in each store, by store."""
    with conn.cursor(row_factory=tuple_row) as cursor:
        cursor.execute(
            "select distinct on (store) store, version, published_at, author, reason, settings::text"
            " from reservations.versions order by store, version desc"
        )
        return [_version(row) for row in cursor]


def select_latest_version(conn: Connection, store: str) -> SettingsVersion | None:
    """The settings in force in a store."""
    with conn.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute(
            "select store, version, published_at, author, reason, settings::text"
            " from reservations.versions where store = %s order by version desc limit 1",
            (store,),
        ).fetchone()
    return None if row is None else _version(row)


def select_versions(conn: Connection, store: str, limit: int) -> list[SettingsVersion]:
    """The published settings of a store, newest first."""
    with conn.cursor(row_factory=tuple_row) as cursor:
        cursor.execute(
            "select store, version, published_at, author, reason, settings::text"
            " from reservations.versions where store = %s order by version desc limit %s",
            (store, limit),
        )
        return [_version(row) for row in cursor]


def insert_version(conn: Connection, one: SettingsVersion) -> None:
    """Add one version."""
    conn.execute(
        "insert into reservations.versions (store, version, published_at, author, reason, settings)"
        " values (%s, %s, %s, %s, %s, %s::jsonb)",
        (one.store, one.version, one.published_at, one.author, one.reason, _encode(one.settings).decode()),
    )


def insert_missing_lanes(conn: Connection, store: str, resources: Sequence[str], seats: Sequence[int]) -> None:
    """Make sure that these places exist, given as parallel lists."""
    conn.execute(
        """
        insert into reservations.lanes (store, resource, seat)
        select %s, resource, seat from unnest(%s::text[], %s::smallint[]) as wanted (resource, seat)
        order by resource, seat
        on conflict do nothing
        """,
        (store, list(resources), list(seats)),
    )


def select_lanes(conn: Connection, store: str) -> list[Lane]:
    """Every place that a store has or had."""
    with conn.cursor(row_factory=args_row(Lane)) as cursor:
        return cursor.execute(
            "select lane, resource, seat from reservations.lanes where store = %s order by resource, seat", (store,)
        ).fetchall()


def lock_member(conn: Connection, customer_id: UUID) -> None:
    """Wait until nobody else books for this customer; held until the transaction ends."""
    conn.execute(
        "insert into reservations.members (customer_id) values (%s)"
        " on conflict (customer_id) do update set customer_id = excluded.customer_id",
        (customer_id,),
    )


def try_lock_member(conn: Connection, customer_id: UUID) -> bool:
    """Lock a customer's row if nobody holds it. For those who hold a day already, and so may not wait for a member."""
    found = conn.execute(
        "select 1 from reservations.members where customer_id = %s for no key update skip locked", (customer_id,)
    ).fetchone()
    return found is not None


def lock_days(conn: Connection, store: str, days: Sequence[date]) -> None:
    """Wait until nobody else books on these days of the store; held until the transaction ends. In their order."""
    conn.execute(
        """
        insert into reservations.days (store, on_day)
        select %s, on_day from unnest(%s::date[]) as on_day order by on_day
        on conflict (store, on_day) do update set on_day = excluded.on_day
        """,
        (store, sorted(set(days))),
    )


def select_taken(conn: Connection, store: str, first: date, last: date) -> list[tuple[date, Taken]]:
    """What bookings of these days occupy, by day."""
    with conn.cursor(row_factory=tuple_row) as cursor:
        cursor.execute(
            """
            select booking.on_day, place.lane, place.from_minute, place.until_minute, booking.booking_id, booking.level
            from reservations.bookings as booking
            join reservations.occupied as place using (booking_id)
            where booking.store = %s and booking.on_day between %s and %s
            order by place.lane, place.from_minute
            """,
            (store, first, last),
        )
        return [(row[0], Taken(*row[1:])) for row in cursor]


def _booking(row: dict[str, Any]) -> Booking:
    row["state"] = BookingState(row["state"])
    row["resources"] = tuple(row["resources"])
    row["quotas"] = _decode_quotas(row["quotas"])
    return Booking(**row)


def insert_booking(conn: Connection, one: Booking) -> bool:
    """Add a booking; False when its key is taken by another."""
    cursor = conn.execute(
        """
        insert into reservations.bookings (
            booking_id, source, external_id, fingerprint, customer_id, store, service, name_ja, name_en, price_yen,
            on_day, starts_at, ends_at, free_at, resources, choice, state, tier, level, settings_version, quotas, face,
            booked_by, booked_at, changed_at, revision, offer_until
        ) values (
            %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s, %s, %s, %s,
            %s, %s
        ) on conflict (source, external_id) do nothing
        """,
        (
            one.booking_id, one.source, one.external_id, one.fingerprint, one.customer_id, one.store, one.service,
            one.name_ja, one.name_en, one.price_yen, one.on_day, one.starts_at, one.ends_at, one.free_at,
            list(one.resources), one.choice, one.state.value, one.tier, one.level, one.settings_version,
            _encode(one.quotas).decode(), one.face, one.booked_by, one.booked_at, one.changed_at, one.revision,
            one.offer_until,
        ),
    )  # fmt: skip
    return cursor.rowcount == 1


def update_booking(conn: Connection, one: Booking) -> None:
    """Write a booking's state and time as they are now."""
    conn.execute(
        """
        update reservations.bookings set
            on_day = %s, starts_at = %s, ends_at = %s, free_at = %s, resources = %s, choice = %s, state = %s,
            tier = %s, level = %s, settings_version = %s, quotas = %s::jsonb, changed_at = %s, revision = %s,
            offer_until = %s
        where booking_id = %s
        """,
        (
            one.on_day, one.starts_at, one.ends_at, one.free_at, list(one.resources), one.choice, one.state.value,
            one.tier, one.level, one.settings_version, _encode(one.quotas).decode(), one.changed_at, one.revision,
            one.offer_until, one.booking_id,
        ),
    )  # fmt: skip


def insert_occupied(conn: Connection, booking_id: UUID, plan: Plan) -> None:
    """Occupy the lanes of a plan. The database refuses what is taken."""
    conn.execute(
        """
        insert into reservations.occupied (booking_id, lane, from_minute, until_minute)
        select %s, lane, %s, %s from unnest(%s::int[]) as lane order by lane
        """,
        (booking_id, plan.from_minute, plan.until_minute, sorted(one.lane for one in plan.lanes)),
    )


def delete_occupied(conn: Connection, booking_id: UUID) -> None:
    """Set free what a booking occupies."""
    conn.execute("delete from reservations.occupied where booking_id = %s", (booking_id,))


def insert_event(conn: Connection, one: BookingEvent) -> None:
    """Add an event to a booking."""
    conn.execute(
        "insert into reservations.events (booking_id, at, actor, event, detail) values (%s, %s, %s, %s, %s::jsonb)",
        (one.booking_id, one.at, one.actor, one.event, _encode(one.detail).decode()),
    )


def select_events(conn: Connection, booking_id: UUID) -> list[BookingEvent]:
    """What has happened to a booking, oldest first."""
    with conn.cursor(row_factory=class_row(BookingEvent)) as cursor:
        return cursor.execute(
            "select booking_id, at, actor, event, detail from reservations.events where booking_id = %s"
            " order by event_id",
            (booking_id,),
        ).fetchall()


def select_booking(conn: Connection, booking_id: UUID) -> Booking | None:
    """One booking."""
    with conn.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(
            """
            select
                booking_id, source, external_id, fingerprint, customer_id, store, service, name_ja, name_en, price_yen,
                on_day, starts_at, ends_at, free_at, resources, choice, state, tier, level, settings_version,
                quotas::text as quotas, face, booked_by, booked_at, changed_at, revision, offer_until
            from reservations.bookings where booking_id = %s
            """,
            (booking_id,),
        ).fetchone()
    return None if row is None else _booking(row)


def select_booking_by_key(conn: Connection, source: str, external_id: str) -> Booking | None:
    """The booking that was made under a key."""
    with conn.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(
            """
            select
                booking_id, source, external_id, fingerprint, customer_id, store, service, name_ja, name_en, price_yen,
                on_day, starts_at, ends_at, free_at, resources, choice, state, tier, level, settings_version,
                quotas::text as quotas, face, booked_by, booked_at, changed_at, revision, offer_until
            from reservations.bookings where source = %s and external_id = %s
            """,
            (source, external_id),
        ).fetchone()
    return None if row is None else _booking(row)


def select_bookings_of_customer(conn: Connection, customer_id: UUID, limit: int) -> list[Booking]:
    """A customer's bookings, the latest to begin first."""
    with conn.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            """
            select
                booking_id, source, external_id, fingerprint, customer_id, store, service, name_ja, name_en, price_yen,
                on_day, starts_at, ends_at, free_at, resources, choice, state, tier, level, settings_version,
                quotas::text as quotas, face, booked_by, booked_at, changed_at, revision, offer_until
            from reservations.bookings where customer_id = %s order by starts_at desc, booking_id limit %s
            """,
            (customer_id, limit),
        )
        return [_booking(row) for row in cursor]


def select_bookings_of_days(conn: Connection, store: str, first: date, last: date) -> list[Booking]:
    """A store's bookings of these days, by beginning."""
    with conn.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            """
            select
                booking_id, source, external_id, fingerprint, customer_id, store, service, name_ja, name_en, price_yen,
                on_day, starts_at, ends_at, free_at, resources, choice, state, tier, level, settings_version,
                quotas::text as quotas, face, booked_by, booked_at, changed_at, revision, offer_until
            from reservations.bookings where store = %s and on_day between %s and %s order by starts_at, booking_id
            """,
            (store, first, last),
        )
        return [_booking(row) for row in cursor]


def select_open_spans(conn: Connection, customer_id: UUID, since: datetime) -> list[tuple[UUID, datetime, datetime]]:
    """A customer's bookings that are still to come or going on, in any store: which, from when to when."""
    with conn.cursor(row_factory=tuple_row) as cursor:
        return cursor.execute(
            "select booking_id, starts_at, ends_at from reservations.bookings"
            " where customer_id = %s and state in ('offered', 'booked') and ends_at > %s",
            (customer_id, since),
        ).fetchall()


def select_missed(conn: Connection, customer_id: UUID, store: str, late: bool, since: datetime) -> list[datetime]:
    """When a customer did not come to a store, or (``late``) cancelled after the deadline."""
    with conn.cursor(row_factory=scalar_row) as cursor:
        return cursor.execute(
            """
            select case when state = 'no_show' then starts_at else changed_at end
            from reservations.bookings
            where customer_id = %s and store = %s and starts_at > %s
                and (state = 'no_show' or (%s and state = 'late_cancelled'))
            """,
            (customer_id, store, since, late),
        ).fetchall()
