"""Proof that no place is booked twice, that bookings occupy what they should, and that no quota was broken."""

from __future__ import annotations

from psycopg import Connection

from enishi.reservations import verify_queries

Difference = tuple[str, str, str, str]
"""What it is about, the field, what was found, and what the rest gives."""


def find_differences(conn: Connection) -> list[Difference]:
    """Everything in the reservations that contradicts itself; empty when nothing does. Reads only."""
    return [
        *(
            (f"lane {lane}", "place taken twice", f"until minute {until}", f"next from minute {begins}")
            for lane, until, begins in verify_queries.select_overlaps(conn)
        ),
        *(
            (str(booking_id), "places occupied [number, from, until]", found, derived)
            for booking_id, found, derived in verify_queries.select_misplaced(conn)
        ),
        *(
            (f"{store} {on_day}", "more bookings at once than places", str(found), str(capacity))
            for store, on_day, found, capacity in verify_queries.select_overbooked(conn)
        ),
        *(
            (str(booking_id), f"quota {quota}: slots for others", str(found), f"at most {limit}")
            for booking_id, quota, found, limit in verify_queries.select_broken_quotas(conn)
        ),
        *(
            (str(wait_id), "offer of the waiting list", found, derived)
            for wait_id, found, derived in verify_queries.select_stray_waits(conn)
        ),
    ]
