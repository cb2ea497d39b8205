"""The SQL of ``program``. Each function is one statement on the schema ``program``."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec
from psycopg.rows import scalar_row, tuple_row

from enishi.program.model import ProgramSettings, ProgramVersion

if TYPE_CHECKING:
    from psycopg import Connection

_PUBLISHING_LOCK = 0x656E_6973_6869_0040
"""Number of the advisory lock under which versions are published: the bytes of "enishi", then this domain's number."""

_settings_decoder = msgspec.json.Decoder(ProgramSettings)


def lock_publishing(conn: Connection) -> None:
    """Wait until no other transaction is publishing; held until this one ends."""
    conn.execute("select pg_advisory_xact_lock(%s)", (_PUBLISHING_LOCK,))


def ask_latest_version(conn: Connection) -> Callable[[], int | None]:
    """Ask for the number of the version published last, 0 when there is none.

    In a pipeline the answer is waited for when it is called for.
    """
    cursor = conn.cursor(row_factory=scalar_row)
    return cursor.execute("select coalesce(max(version), 0) from program.versions").fetchone


def select_versions(conn: Connection) -> tuple[ProgramVersion, ...]:
    """Return all versions, ascending by effective time, then by number."""
    with conn.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute(
            "select version, effective_at, published_at, author, reason, settings::text from program.versions"
            " order by effective_at, version"
        ).fetchall()
    return tuple(
        ProgramVersion(
            version=version,
            effective_at=effective_at,
            published_at=published_at,
            author=author,
            reason=reason,
            settings=_settings_decoder.decode(settings),
        )
        for version, effective_at, published_at, author, reason, settings in rows
    )


def insert_version(conn: Connection, version: ProgramVersion) -> None:
    """Add one version."""
    conn.execute(
        "insert into program.versions (version, effective_at, published_at, author, reason, settings)"
        " values (%s, %s, %s, %s, %s, %s::jsonb)",
        (
            version.version,
            version.effective_at,
            version.published_at,
            version.author,
            version.reason,
            msgspec.json.encode(version.settings).decode(),
        ),
    )
