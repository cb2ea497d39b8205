"""Bringing a database to the schema of this code: plain SQL files, forward only, each in a transaction of its own.

Invariant: an applied file never changes, and a database is never older or newer than the code that runs on it.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

import psycopg

import enishi
from enishi.kit.database.refusals import StartupRefusal

# Any constant will do; two runners must only agree on it.
_RUNNER_LOCK: Final = 0x656E_6973_6869
_FILE_NAME: Final = re.compile(r"(\d{4})_([a-z0-9_]+)\.sql")
_SESSION: Final = "-c lock_timeout=10s -c statement_timeout=30min -c timezone=UTC -c client_min_messages=warning"


@dataclass(frozen=True, slots=True)
class Migration:
    """One file: its ``version`` (the number it begins with), ``name``, text and the SHA-256 of it in hex."""

    version: int
    name: str
    text: str
    sha256: str

    @property
    def label(self) -> str:
        """``0001_customers``, as people say it."""
        return f"{self.version:04d}_{self.name}"


def migrations_folder() -> Path:
    """Where the files lie: in the installed package, or at the root of a checkout."""
    package = Path(enishi.__file__).parent
    installed = package / "migrations"
    return installed if installed.is_dir() else package.parents[1] / "migrations"


def read_migrations(folder: Path | None = None) -> list[Migration]:
    """All migrations of ``folder`` (None: those of this code), in order. ``schema.sql`` is not one of them.

    Numbers may leave gaps. Raises ``StartupRefusal`` when two files share one, or when there are no files at all.
    """
    folder = migrations_folder() if folder is None else folder
    found: list[Migration] = []
    for path in sorted(folder.glob("*.sql")):
        match = _FILE_NAME.fullmatch(path.name)
        if match is None:
            continue
        text = path.read_text(encoding="utf-8")
        digest = hashlib.sha256(text.encode()).hexdigest()
        found.append(Migration(version=int(match[1]), name=match[2], text=text, sha256=digest))
    for earlier, later in pairwise(found):
        if earlier.version == later.version:
            raise StartupRefusal(
                f"Two migrations share a number: {earlier.label} and {later.label}",
                "give the newer one the next free number",
            )
    if not found:
        raise StartupRefusal(f"There are no migrations in {folder}", "install Enishi again")
    return found


def migrate(owner_dsn: str, folder: Path | None = None) -> list[str]:
    """Apply what is missing and return the labels of what was applied, in order.

    A failing file leaves the database as the file before it did. Raises ``StartupRefusal`` when an applied file was
    changed or the database is ahead of the code, and ``psycopg.Error`` when the SQL of a file fails.
    """
    migrations = read_migrations(folder)
    applied_now: list[str] = []
    with psycopg.connect(owner_dsn, autocommit=True, options=_SESSION, application_name="enishi migrate") as conn:
        # Held by the session, so that it spans all the transactions; a second runner waits, then finds nothing to do.
        conn.execute("set lock_timeout = '10min'")
        conn.execute("select pg_advisory_lock(%s)", [_RUNNER_LOCK])
        conn.execute("set lock_timeout = '10s'")
        _ensure_record(conn)
        missing = _missing(migrations, _select_applied(conn))
        for migration in missing:
            with conn.transaction():
                # Sent as bytes and without parameters, which lets one file hold many statements.
                conn.execute(migration.text.encode())
                conn.execute(
                    "insert into public.schema_migrations (version, name, sha256) values (%s, %s, %s)",
                    [migration.version, migration.name, migration.sha256],
                )
            applied_now.append(migration.label)
    return applied_now


def require_migrated(dsn: str, folder: Path | None = None) -> None:
    """Refuse with ``StartupRefusal`` unless the database has exactly the migrations of this code."""
    with psycopg.connect(dsn, autocommit=True) as conn:
        row = conn.execute("select to_regclass('public.schema_migrations') is not null").fetchone()
        applied = _select_applied(conn) if row is not None and row[0] else {}
    missing = _missing(read_migrations(folder), applied)
    if missing:
        raise StartupRefusal(
            f"The database lacks {len(missing)} migrations, from {missing[0].label} on",
            "set ENISHI_OWNER_DATABASE_URL to the owner of the database and run `enishi migrate`",
        )


def _ensure_record(conn: psycopg.Connection) -> None:
    conn.execute(
        """
        create table if not exists public.schema_migrations (
            version integer primary key check (version > 0),
            name text not null,
            sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
            applied_at timestamptz not null default now()
        )
        """
    )
    conn.execute("grant select on public.schema_migrations to enishi_app")


def _select_applied(conn: psycopg.Connection) -> dict[int, tuple[str, str]]:
    rows = conn.execute("select version, name, sha256 from public.schema_migrations order by version").fetchall()
    return {version: (name, sha256) for version, name, sha256 in rows}


def _missing(migrations: list[Migration], applied: dict[int, tuple[str, str]]) -> list[Migration]:
    """The migrations yet to apply, after checking that what was applied is what the code has."""
    known = {migration.version for migration in migrations}
    newest_applied = max(applied, default=0)
    for version, (name, _) in applied.items():
        if version not in known:
            raise StartupRefusal(
                f"The database is ahead of this Enishi: it has migration {version:04d}_{name}, which the code does not",
                "run the newer version of Enishi that made it, or restore a backup from before",
            )
    for migration in migrations:
        record = applied.get(migration.version)
        if record is not None and record[1] != migration.sha256:
            raise StartupRefusal(
                f"Migration {migration.label} was changed after it had been applied to this database",
                "restore the file as it was released and put the change into a new migration",
            )
        if record is None and migration.version < newest_applied:
            # Applied now, it would run in another order here than on a new database.
            raise StartupRefusal(
                f"Migration {migration.label} is missing from this database, which already has later ones",
                f"number the file after {newest_applied:04d}",
            )
    return [migration for migration in migrations if migration.version not in applied]
