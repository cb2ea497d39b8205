"""The one place that reads the wall clock, so that tests and replays can hand in their own."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """The present instant, in UTC."""
    return datetime.now(UTC)
