"""The part of the calendar that settings may speak of."""

from __future__ import annotations

from datetime import UTC, datetime

from enishi.kit.errors import InvalidRequest

_FIRST, _LAST = datetime(1900, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)


def is_in_calendar(at: datetime) -> bool:
    """Whether an instant is far from the ends of the calendar: what is nearer can not be told in every time zone.

    PostgreSQL keeps such instants, and nothing could read them again.
    """
    return _FIRST <= at < _LAST


def require_in_calendar(at: datetime, field: str) -> None:
    """Refuse an instant that is too near to the ends of the calendar. Raises ``InvalidRequest``."""
    if not is_in_calendar(at):
        raise InvalidRequest(
            "The instant lies before 1900 or after 9000.", field=field, remedy="Check the digits of the year."
        )
