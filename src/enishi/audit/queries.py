"""The SQL of ``audit``. Each function is one statement on the schema ``audit``."""

from collections.abc import Iterator, Sequence

from psycopg import Connection
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from enishi.audit.model import ChainHead, Event
from enishi.kit.arrays import text_array

_CHAIN_LOCK = 0x656E_6973_6869_0001
"""Number of the advisory lock under which events are appended: the bytes of "enishi", then 1."""


def lock_chain(conn: Connection) -> None:
    """Wait until no other transaction is appending; held until this one ends."""
    conn.execute("select pg_advisory_xact_lock(%s)", (_CHAIN_LOCK,))


def select_head(conn: Connection) -> ChainHead | None:
    """The newest event's number and hash."""
    cursor = conn.cursor(row_factory=class_row(ChainHead))
    return cursor.execute("select seq, hash from audit.events order by seq desc limit 1").fetchone()


def insert_event(conn: Connection, event: Event) -> None:
    """Append one event."""
    conn.execute(
        "insert into audit.events (seq, event_id, at, actor, action, target, detail, previous_hash, hash)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            event.seq,
            event.event_id,
            event.at,
            event.actor,
            event.action,
            event.target,
            Jsonb(event.detail),
            event.previous_hash,
            event.hash,
        ),
    )


def select_events_before(conn: Connection, before_seq: int | None, limit: int) -> list[Event]:
    """Events older than ``before_seq`` (None: from the newest), newest first."""
    cursor = conn.cursor(row_factory=class_row(Event))
    return cursor.execute(
        "select seq, event_id, at, actor, action, target, detail, previous_hash, hash from audit.events"
        " where %(before)s::bigint is null or seq < %(before)s order by seq desc limit %(limit)s",
        {"before": before_seq, "limit": limit},
    ).fetchall()


def select_events_on(conn: Connection, targets: Sequence[str], actions: Sequence[str], limit: int) -> list[Event]:
    """The newest events of these kinds on these targets, newest first."""
    cursor = conn.cursor(row_factory=class_row(Event))
    return cursor.execute(
        "select seq, event_id, at, actor, action, target, detail, previous_hash, hash from audit.events"
        " where target = any(%s::text[]) and target <> '' and action = any(%s::text[]) order by seq desc limit %s",
        (text_array(targets), text_array(actions), limit),
    ).fetchall()


def select_link(conn: Connection, seq: int) -> ChainHead | None:
    """The number and hash of one event."""
    cursor = conn.cursor(row_factory=class_row(ChainHead))
    return cursor.execute("select seq, hash from audit.events where seq = %s", (seq,)).fetchone()


def stream_events_after(conn: Connection, after_seq: int) -> Iterator[Event]:
    """Events newer than ``after_seq``, oldest first, fetched a thousand at a time: a chain may be long."""
    with conn.cursor("audit_chain", row_factory=class_row(Event)) as cursor:
        cursor.itersize = 1_000
        cursor.execute(
            "select seq, event_id, at, actor, action, target, detail, previous_hash, hash from audit.events"
            " where seq > %s order by seq",
            (after_seq,),
        )
        yield from cursor
