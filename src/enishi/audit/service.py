"""Recording who did what, and proving that the record was not touched."""

from collections.abc import Sequence
from datetime import UTC, datetime

from msgspec import structs
from psycopg import Connection

from enishi.audit import queries
from enishi.audit.model import ChainHead, ChainReport, Detail, Event
from enishi.audit.rules import GENESIS, check_chain, hash_event
from enishi.kit.ids import new_id


def record_event(
    conn: Connection, *, actor: str, action: str, target: str = "", detail: Detail | None = None, at: datetime
) -> Event:
    """Append an event to the chain, in the caller's transaction.

    Transactions that record an event follow each other from this call to their commit, so call it last.
    """
    queries.lock_chain(conn)
    # The lock is taken in a statement of its own: the next one's snapshot then sees what its last holder committed.
    head = queries.select_head(conn) or GENESIS
    draft = Event(
        seq=head.seq + 1,
        event_id=new_id(),
        at=at.astimezone(UTC),
        actor=actor,
        action=action,
        target=target,
        detail=dict(detail or {}),
        previous_hash=head.hash,
        hash=b"",
    )
    event = structs.replace(draft, hash=hash_event(draft))
    queries.insert_event(conn, event)
    return event


def list_events(conn: Connection, before_seq: int | None, limit: int) -> list[Event]:
    """A page of events, newest first; ``before_seq`` is the number of the last event of the page before."""
    return queries.select_events_before(conn, before_seq, limit)


def list_events_on(conn: Connection, targets: Sequence[str], actions: Sequence[str], limit: int) -> list[Event]:
    """What was done, of these kinds, with these targets, newest first."""
    return queries.select_events_on(conn, targets, actions, limit) if targets else []


def verify_chain(conn: Connection, *, last: int | None = None, anchor: ChainHead | None = None) -> ChainReport:
    """Follow the chain from its beginning, or only its ``last`` events, and report the first break.

    ``anchor`` is a head that was noted earlier, outside the database: a chain that no longer passes through it is
    broken even when what remains fits, which is how a cut-off end shows.
    """
    head = queries.select_head(conn) or GENESIS
    start = GENESIS
    if last is not None and head.seq > last:
        start = queries.select_link(conn, head.seq - last) or GENESIS
    report = check_chain(queries.stream_events_after(conn, start.seq), start)
    if report.intact and anchor is not None and queries.select_link(conn, anchor.seq) != anchor:
        return ChainReport(
            events=report.events, head=report.head, broken_at=anchor.seq, reason="it is not the event noted as the head"
        )
    return report
