"""Members who try numbers one after the other: so many tries in vain an hour and a day, for each kind of thing.

Tries that succeed do not count; what a person may see or do with what they found has limits of its own.
"""

from datetime import datetime, timedelta
from math import ceil
from uuid import UUID

from psycopg import Connection

from enishi.access import guess_queries as queries
from enishi.kit.errors import Refusal

GUESSES_AN_HOUR = 5
GUESSES_A_DAY = 10
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


class TooManyTries(Refusal):
    """Too many tries came to nothing; ``retry_after_seconds`` says when the next may be."""

    code = "too-many-tries"
    status = 429
    title = "Too many tries"


def require_guesses_left(conn: Connection, customer_id: UUID, what: str, now: datetime) -> None:
    """Refuse ``TooManyTries`` where the member has tried in vain too often; others of theirs wait for this one."""
    queries.lock_guesses(conn, customer_id, what)
    tries = queries.select_tries(conn, customer_id, what, now - _DAY)
    waits = [
        window - (now - tries[-most])
        for window, most in ((_HOUR, GUESSES_AN_HOUR), (_DAY, GUESSES_A_DAY))
        if len(tries) >= most and now - tries[-most] < window
    ]
    if waits:
        seconds = max(1, ceil(max(waits).total_seconds()))
        raise TooManyTries(
            "Too many tries came to nothing.",
            remedy=f"Try again in {ceil(seconds / 60)} minutes, or ask in the shop.",
            retry_after_seconds=seconds,
        )


def note_guess(conn: Connection, customer_id: UUID, what: str, now: datetime) -> None:
    """Keep that a try came to nothing. The caller commits it together with its refusal."""
    queries.delete_old_tries(conn, customer_id, now - _DAY)
    queries.insert_try(conn, customer_id, what, now)
