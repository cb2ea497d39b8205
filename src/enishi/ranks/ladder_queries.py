"""The SQL of ``ranks.ladders`` and ``ranks.evaluations``."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from psycopg import Connection
from psycopg.rows import args_row, scalar_row

from enishi.ranks.ladder import Ladder, LadderVersion
from enishi.ranks.model import Evaluation

_PUBLISHING_LOCK = 0x656E_6973_6869_0110
"""Number of the advisory lock under which ladders are published: the bytes of "enishi", then this domain's number."""

_decode = msgspec.json.Decoder(Ladder).decode


def lock_publishing(conn: Connection) -> None:
    """Wait until no other transaction is publishing; held until this one ends."""
    conn.execute("select pg_advisory_xact_lock(%s)", (_PUBLISHING_LOCK,))


def ask_latest(conn: Connection) -> Callable[[], int | None]:
    """Ask for the number of the ladder published last, 0 when there is none."""
    cursor = conn.cursor(row_factory=scalar_row)
    return cursor.execute("select coalesce(max(version), 0) from ranks.ladders").fetchone


def select_ladders(conn: Connection) -> tuple[LadderVersion, ...]:
    """All ladders, ascending by effective time, then by number."""
    rows = conn.execute(
        "select version, effective_at, published_at, author, reason, ladder::text from ranks.ladders"
        " order by effective_at, version"
    ).fetchall()
    return tuple(
        LadderVersion(
            version=row[0],
            effective_at=row[1],
            published_at=row[2],
            author=row[3],
            reason=row[4],
            ladder=_decode(row[5]),
        )
        for row in rows
    )


def insert_ladder(conn: Connection, version: LadderVersion) -> None:
    """Add one ladder."""
    conn.execute(
        "insert into ranks.ladders (version, effective_at, published_at, author, reason, ladder)"
        " values (%s, %s, %s, %s, %s, %s::jsonb)",
        (
            version.version,
            version.effective_at,
            version.published_at,
            version.author,
            version.reason,
            msgspec.json.encode(version.ladder).decode(),
        ),
    )


def select_evaluations(conn: Connection, limit: int) -> list[Evaluation]:
    """The evaluations of all members, latest day first."""

    def make(*row: object) -> Evaluation:
        return Evaluation(**dict(zip(Evaluation.__struct_fields__, row, strict=True)))  # pyright: ignore[reportArgumentType]

    with conn.cursor(row_factory=args_row(make)) as cursor:
        return cursor.execute(
            """
            select
                evaluation_on, looks_at, ladder_version, started_at, finished_at, members, risen, fallen, confirmed
            from ranks.evaluations
            order by evaluation_on desc
            limit %s
            """,
            (limit,),
        ).fetchall()


def upsert_evaluation(conn: Connection, one: Evaluation) -> None:
    """Record how an evaluation stands."""
    conn.execute(
        """
        insert into ranks.evaluations as held (
            evaluation_on, looks_at, ladder_version, started_at, finished_at, members, risen, fallen, confirmed
        )
        values (%s, %s, %s, %s, %s, %s, %s, %s, %s)
        on conflict (evaluation_on) do update set
            finished_at = excluded.finished_at,
            members = excluded.members,
            risen = held.risen + excluded.risen,
            fallen = held.fallen + excluded.fallen,
            confirmed = excluded.confirmed
        """,
        (
            one.evaluation_on,
            one.looks_at,
            one.ladder_version,
            one.started_at,
            one.finished_at,
            one.members,
            one.risen,
            one.fallen,
            one.confirmed,
        ),
    )
