"""Runs over somebody else's data: how far each has come. Invariant: a position never runs ahead of what is on disk."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct
from psycopg import Connection
from psycopg.rows import args_row


class Run(Struct, frozen=True):
    """How far a run has come, and what became of the receipts up to ``position``."""

    run_key: bytes
    kind: str
    label: str
    position: int = 0
    rejects_bytes: int = 0
    recorded: int = 0
    repeated: int = 0
    refused: int = 0
    finished_at: datetime | None = None


def select_run(conn: Connection, run_key: bytes) -> Run | None:
    """A run by its key."""
    with conn.cursor(row_factory=args_row(Run)) as cursor:
        return cursor.execute(
            """
            select run_key, kind, label, position, rejects_bytes, recorded, repeated, refused, finished_at
            from connectors.runs where run_key = %s
            """,
            (run_key,),
        ).fetchone()


def upsert_run(conn: Connection, run: Run, now: datetime) -> None:
    """Write a run down as it stands now."""
    conn.execute(
        """
        insert into connectors.runs (
            run_key, kind, label, started_at, finished_at, position, rejects_bytes, recorded, repeated, refused
        )
        values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
        on conflict (run_key) do update set
            label = excluded.label, finished_at = excluded.finished_at, position = excluded.position,
            rejects_bytes = excluded.rejects_bytes, recorded = excluded.recorded, repeated = excluded.repeated,
            refused = excluded.refused
        """,
        (
            run.run_key,
            run.kind,
            run.label,
            now,
            run.finished_at,
            run.position,
            run.rejects_bytes,
            run.recorded,
            run.repeated,
            run.refused,
        ),
    )


def select_shift_days(conn: Connection, name: str) -> int | None:
    """By how many days the dates of a replayed data set were moved; None before its first replay."""
    row = conn.execute("select shift_days from connectors.replays where name = %s", (name,)).fetchone()
    return None if row is None else row[0]


def insert_shift_days(conn: Connection, name: str, shift_days: int, now: datetime) -> None:
    """Remember the shift for good."""
    conn.execute(
        "insert into connectors.replays (name, shift_days, chosen_at) values (%s, %s, %s)", (name, shift_days, now)
    )
