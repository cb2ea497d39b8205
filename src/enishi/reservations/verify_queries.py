"""The SQL that proves the schema ``reservations``: each statement gives what contradicts itself."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from psycopg import Connection
from psycopg.rows import tuple_row


def select_overlaps(conn: Connection) -> list[tuple[int, int, int]]:
    """Lanes with two bookings at once: the lane, until when the first lasts, and from when the next."""
    with conn.cursor(row_factory=tuple_row) as cursor:
        return cursor.execute(
            """
            select lane, earlier, from_minute from (
                select
                    lane, from_minute,
                    max(until_minute) over (
                        partition by lane order by from_minute, until_minute
                        rows between unbounded preceding and 1 preceding
                    ) as earlier
                from reservations.occupied
            ) as walked
            where earlier > from_minute
            order by lane, from_minute
            """
        ).fetchall()


def select_misplaced(conn: Connection) -> list[tuple[UUID, str, str]]:
    """Bookings that occupy other places or times than their state and time say."""
    with conn.cursor(row_factory=tuple_row) as cursor:
        return cursor.execute(
            """
            with held as (
                select booking_id, count(*) as places, min(from_minute) as begins, max(until_minute) as ends,
                    count(distinct (from_minute, until_minute)) as spans
                from reservations.occupied group by booking_id
            ),
            compared as (
                select
                    booking.booking_id,
                    concat_ws(' ', coalesce(held.places, 0), held.begins, held.ends, nullif(held.spans, 1)) as found,
                    case when booking.state in ('cancelled', 'late_cancelled', 'lapsed') then '0' else concat_ws(
                        ' ', cardinality(booking.resources),
                        (extract(epoch from booking.starts_at) / 60)::bigint,
                        (extract(epoch from booking.free_at) / 60)::bigint
                    ) end as derived
                from reservations.bookings as booking
                left join held using (booking_id)
            )
            select booking_id, found, derived from compared where found <> derived order by booking_id
            """
        ).fetchall()


def select_overbooked(conn: Connection) -> list[tuple[str, date, int, int]]:
    """Days on which, by the bookings alone, more were there at once at a resource than it has places."""
    with conn.cursor(row_factory=tuple_row) as cursor:
        return cursor.execute(
            """
            with taking as (
                select booking.store, booking.on_day, name as resource, booking.starts_at, booking.free_at
                from reservations.bookings as booking, unnest(booking.resources) as name
                where booking.state not in ('cancelled', 'late_cancelled', 'lapsed')
            ),
            steps as (
                select store, resource, on_day, starts_at as at, 1 as change from taking
                union all
                select store, resource, on_day, free_at, -1 from taking
            ),
            walked as (
                select store, resource, on_day, sum(change) over (
                    partition by store, resource order by at, change rows unbounded preceding
                ) as there
                from steps
            ),
            places as (select store, resource, count(*) as places from reservations.lanes group by store, resource)
            select store, min(on_day), max(there)::int, max(places)::int
            from walked left join places using (store, resource)
            where there > coalesce(places, 0)
            group by store, resource, on_day
            order by store, min(on_day)
            """
        ).fetchall()


def select_broken_quotas(conn: Connection) -> list[tuple[UUID, str, int, int]]:
    """Bookings of members below a rank that took more than what a quota left to them when they were made."""
    with conn.cursor(row_factory=tuple_row) as cursor:
        return cursor.execute(
            """
            select booking.booking_id, use ->> 'quota', (use ->> 'used')::int + (use ->> 'own')::int,
                (use ->> 'total')::int - (use ->> 'held')::int
            from reservations.bookings as booking, jsonb_array_elements(booking.quotas) as use
            where (use ->> 'used')::int + (use ->> 'own')::int > (use ->> 'total')::int - (use ->> 'held')::int
            order by booking.booking_id
            """
        ).fetchall()


def select_stray_waits(conn: Connection) -> list[tuple[UUID, str, str]]:
    """Places of the waiting list whose offer has become something else than they say."""
    with conn.cursor(row_factory=tuple_row) as cursor:
        return cursor.execute(
            """
            select wait.wait_id, wait.state, booking.state
            from reservations.waits as wait join reservations.bookings as booking using (booking_id)
            where (wait.state = 'offered') <> (booking.state = 'offered')
            order by wait.wait_id
            """
        ).fetchall()
