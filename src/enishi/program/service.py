"""Publishing versions of the programme and reading them back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from enishi import audit
from enishi.kit.calendar import require_in_calendar
from enishi.program import queries
from enishi.program.model import (
    EffectiveTimeInPast,
    FixedDate,
    InvalidProgramSettings,
    ProgramSettings,
    ProgramVersion,
)
from enishi.program.rules import day_in_zone
from enishi.program.validation import validate

if TYPE_CHECKING:
    from datetime import datetime

    from psycopg import Connection


def load_versions(conn: Connection) -> tuple[ProgramVersion, ...]:
    """Return all versions in the order that ``version_at`` expects."""
    return queries.select_versions(conn)


def latest_version(conn: Connection) -> int:
    """Return the number of the version published last, 0 before the first: cheap enough to tell a stale copy by."""
    return ask_latest_version(conn)()


def ask_latest_version(conn: Connection) -> Callable[[], int]:
    """Ask for ``latest_version``; in a pipeline the answer is waited for when it is called for."""
    answer = queries.ask_latest_version(conn)
    return lambda: answer() or 0


def publish_version(  # noqa: PLR0917 - one argument per column of the version, in the order of the table
    conn: Connection, settings: ProgramSettings, effective_at: datetime, author: str, reason: str, now: datetime
) -> ProgramVersion:
    """Publish settings as the next version, in the caller's transaction, and record it in the audit.

    ``author`` is named as in the audit (``operator:<id>`` or ``system``). Only the first version may take effect
    before ``now``: purchases of the past are priced by what was in force, also when they are reported late.

    Refuses with ``InvalidProgramSettings``, whose ``problems`` list everything found, and ``EffectiveTimeInPast``.
    """
    _check_settings(settings)
    _check_publication(effective_at, author, reason)
    if isinstance(settings.expiry, FixedDate):
        _check_fixed_date(settings.expiry, settings, effective_at)
    queries.lock_publishing(conn)
    # The lock is taken in a statement of its own: the next one's snapshot then sees what its last holder committed.
    number = latest_version(conn) + 1
    if number > 1 and effective_at < now:
        raise EffectiveTimeInPast(
            f"Version {number} can not take effect at {effective_at.isoformat()}, which is before {now.isoformat()}.",
            field="effective_at",
            remedy="Choose the present or a later instant.",
        )
    version = ProgramVersion(
        version=number,
        effective_at=effective_at,
        published_at=now,
        author=author,
        reason=reason,
        settings=settings,
    )
    queries.insert_version(conn, version)
    audit.record_event(
        conn,
        actor=author,
        action="program.publish",
        target=f"program:{number}",
        detail={"effective_at": effective_at.isoformat(), "reason": reason},
        at=now,
    )
    return version


def _check_settings(settings: ProgramSettings) -> None:
    problems = validate(settings)
    if problems:
        first = problems[0]
        raise InvalidProgramSettings(
            first.detail, field=first.field, remedy=first.remedy, problems=msgspec.to_builtins(problems)
        )


def _check_publication(effective_at: datetime, author: str, reason: str) -> None:
    if effective_at.utcoffset() is None:
        raise InvalidProgramSettings(
            "The effective time has no offset from UTC.",
            field="effective_at",
            remedy="Write it with its offset, such as 2026-04-01T00:00:00+09:00.",
        )
    require_in_calendar(effective_at, "effective_at")
    for field, text in (("author", author), ("reason", reason)):
        if not text.strip():
            raise InvalidProgramSettings(
                f"The {field} is empty.", field=field, remedy="Say who publishes this version, and why."
            )


def _check_fixed_date(expiry: FixedDate, settings: ProgramSettings, effective_at: datetime) -> None:
    begins_on = day_in_zone(effective_at, settings.zone_info)
    if expiry.on < begins_on:
        raise InvalidProgramSettings(
            f"Points would be valid until {expiry.on}, before the version takes effect on {begins_on}.",
            field="expiry.on",
            remedy="Choose a date on or after the day the version takes effect.",
        )
