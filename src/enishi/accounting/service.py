"""Use cases of the books: publishing settings, drawing up a month, closing it, reading what is closed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from msgspec import structs
from psycopg import Connection

from enishi import audit
from enishi.accounting import freezing_queries as freezing
from enishi.accounting import queries
from enishi.accounting.exports import settlement_of
from enishi.accounting.model import CloseRecord, InvalidAccountingSettings, MonthClosed, NotClosed, Statement
from enishi.accounting.rules import month_after
from enishi.accounting.settings_model import AccountingSettings, SettingsVersion
from enishi.accounting.statements import Booked, settings_at
from enishi.accounting.validation import check_settings


class SettingsChanged(Exception):  # noqa: N818 - it says what happened
    """Settings were published for a month while its books were drawn up. Draw them up again."""


BEGINNING = date(2000, 1, 1)
"""Before every receipt that Enishi takes."""


def load_versions(conn: Connection) -> list[SettingsVersion]:
    """All versions of the settings, in the order they were published."""
    return queries.select_versions(conn)


def publish_settings(  # noqa: PLR0917 - one argument per column of the version, in the order of the table
    conn: Connection, settings: AccountingSettings, from_month: date, author: str, reason: str, now: datetime
) -> SettingsVersion:
    """Publish settings as the next version, in the caller's transaction, and record it in the audit.

    They hold from ``from_month`` on, which no close may have reached: what is booked stays booked. The zone is fixed
    with the first close. ``author`` is named as in the audit. Refuses with ``InvalidAccountingSettings`` and
    ``MonthClosed``.
    """
    check_settings(settings)
    if from_month.day != 1:
        raise InvalidAccountingSettings(
            f"{from_month} is not the first day of a month.", field="from_month", remedy="Name a month as 2026-04-01."
        )
    for name, text in (("author", author), ("reason", reason)):
        if not text.strip():
            raise InvalidAccountingSettings(
                f"The {name} is empty.", field=name, remedy="Say who publishes these settings, and why."
            )
    queries.lock_publishing(conn)
    # The lock is taken in a statement of its own: the next one's snapshot then sees what its last holder committed.
    versions = queries.select_versions(conn)
    closes = queries.select_closes(conn, None)
    if closes and from_month <= closes[-1].month:
        raise MonthClosed(
            f"{closes[-1].month:%Y-%m} is closed already.",
            field="from_month",
            remedy=f"Let the settings hold from {month_after(closes[-1].month):%Y-%m} on.",
        )
    if closes and versions and settings.zone != versions[-1].settings.zone:
        raise InvalidAccountingSettings(
            "The zone of the books can not change once a month is closed.",
            field="zone",
            remedy=f"Keep {versions[-1].settings.zone}.",
        )
    version = SettingsVersion(len(versions) + 1, from_month, now, author, reason.strip(), settings)
    queries.insert_version(conn, version)
    audit.record_event(
        conn,
        actor=author,
        action="accounting.published",
        target=f"accounting:{version.version}",
        detail={"from_month": f"{from_month:%Y-%m}", "reason": version.reason},
        at=now,
    )
    return version


def version_for(conn: Connection, month: date) -> SettingsVersion | None:
    """The settings that hold for a month; None when none are published for it."""
    return settings_at(queries.select_versions(conn), month)


def default_version() -> SettingsVersion:
    """What a view of the books uses before settings are published; number 0, and no month closes under it."""
    epoch = datetime.fromisoformat("2000-01-01T00:00:00+00:00")
    return SettingsVersion(0, BEGINNING, epoch, audit.SYSTEM, "not published", AccountingSettings())


def list_closes(conn: Connection, until: datetime | None = None) -> list[CloseRecord]:
    """The closed months, oldest first; ``until`` leaves out closes made later."""
    return queries.select_closes(conn, until)


def load_booked(conn: Connection, closes: Sequence[CloseRecord], walked: date | None) -> Booked:
    """What these closes, which are all up to some month, have booked after the month whose walk is gone on from."""
    if not closes:
        return Booked(None, {}, {}, {})
    last = closes[-1].month
    return Booked(
        last,
        queries.select_booked_points(conn, walked, last),
        queries.select_booked_sales(conn, walked, last),
        {(line.cohort, line.point_class): line for line in queries.select_latest_lines(conn, last)},
    )


def load_closed(conn: Connection, month: date) -> Statement:
    """The books of a closed month as they were closed. Raises ``NotClosed``."""
    head = queries.select_close(conn, month)
    if head is None:
        raise NotClosed(f"{month:%Y-%m} is not closed.", field="month", remedy="Close it, or look at it as a draft.")
    return structs.replace(
        head,
        lines=tuple(queries.select_lines(conn, month)),
        movements=tuple(queries.select_movements(conn, month)),
        figures=freezing.select_figures(conn, month),
        pairs=freezing.select_settlement(conn, month),
    )


def freeze(conn: Connection, statement: Statement, walk: int, *, closed_at: datetime, closed_by: str) -> None:
    """Write the books of a month and the ``walk`` they rest on down, in the caller's transaction, with an audit record.

    Raises ``SettingsChanged`` when other settings hold for the month by now. A month that a concurrent transaction
    closed first makes this fail with a unique violation.
    """
    queries.lock_publishing(conn)
    in_force = version_for(conn, statement.month)
    if in_force is None or in_force.version != statement.settings_version:
        raise SettingsChanged(statement.month)
    queries.insert_close(conn, statement, walk, closed_at, closed_by)
    queries.insert_lines(conn, statement.month, statement.lines)
    queries.insert_movements(conn, statement.month, statement.movements)
    freezing.insert_settlement(conn, statement.month, settlement_of(statement, in_force.settings).pairs)
    freezing.insert_figures(conn, statement.month, statement.figures)
    audit.record_event(
        conn,
        actor=closed_by,
        action="accounting.closed",
        target=f"month:{statement.month:%Y-%m}",
        detail={
            "settings_version": statement.settings_version,
            "contract_liability_yen": statement.kpis.contract_liability_yen,
            "provision_yen": statement.kpis.provision_yen,
        },
        at=closed_at,
    )
