"""The SQL of drafts: their revisions, and the log of what was done with them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from psycopg import Connection
from psycopg.rows import scalar_row

from enishi.configuration import Configuration
from enishi.drafts.model import Basis, Change, Content, DraftAction, Revision
from enishi.kit.arrays import text_array
from enishi.kit.differences import Difference

_CHANGING_LOCK = 0x656E_6973_6869_0150
"""Number of the advisory lock under which drafts change: the bytes of "enishi", then this domain's number."""

_decode_document = msgspec.json.Decoder(Configuration).decode
_decode_diff = msgspec.json.Decoder(tuple[Difference, ...]).decode
_decode_basis = msgspec.json.Decoder(Basis).decode
_encode = msgspec.json.Encoder().encode


def lock_changes(conn: Connection) -> None:
    """Wait until no other transaction changes a draft; held until this one ends."""
    conn.execute("select pg_advisory_xact_lock(%s)", (_CHANGING_LOCK,))


def ask_latest_change(conn: Connection) -> Callable[[], int | None]:
    """Ask for the number of the newest change, 0 before the first."""
    cursor = conn.cursor(row_factory=scalar_row)
    return cursor.execute("select coalesce(max(change_id), 0) from drafts.changes").fetchone


def ask_latest_draft(conn: Connection) -> Callable[[], int | None]:
    """Ask for the number of the newest draft, 0 before the first."""
    cursor = conn.cursor(row_factory=scalar_row)
    return cursor.execute("select coalesce(max(draft_id), 0) from drafts.drafts").fetchone


def select_log(conn: Connection, draft_ids: Sequence[int] | None) -> list[Change]:
    """The log of these drafts, of all of them where None, in its order."""
    rows = conn.execute(
        """
        select change_id, draft_id, revision, action, at, author, reason, diff::text, accepted, basis::text
        from drafts.changes
        where %(ids)s::integer[] is null or draft_id = any(%(ids)s::integer[])
        order by change_id
        """,
        {"ids": None if draft_ids is None else list(draft_ids)},
    ).fetchall()
    return [
        Change(
            change_id=change_id,
            draft_id=draft_id,
            revision=revision,
            action=DraftAction(action),
            at=at,
            author=author,
            reason=reason,
            diff=_decode_diff(diff),
            accepted=tuple(accepted),
            basis=None if basis is None else _decode_basis(basis),
        )
        for change_id, draft_id, revision, action, at, author, reason, diff, accepted, basis in rows
    ]


def select_newest_revisions(conn: Connection) -> list[Revision]:
    """The newest revision of every draft."""
    rows = conn.execute(
        """
        select distinct on (draft_id)
            draft_id, revision, title, document::text, document_hash, effective_at, author, reason, created_at
        from drafts.revisions
        order by draft_id, revision desc
        """
    ).fetchall()
    return [_revision(row) for row in rows]


def select_revisions(conn: Connection, draft_id: int) -> list[Revision]:
    """The revisions of a draft, ascending."""
    rows = conn.execute(
        """
        select draft_id, revision, title, document::text, document_hash, effective_at, author, reason, created_at
        from drafts.revisions
        where draft_id = %s
        order by revision
        """,
        (draft_id,),
    ).fetchall()
    return [_revision(row) for row in rows]


def _revision(row: tuple[Any, ...]) -> Revision:
    draft_id, number, title, document, document_hash, effective_at, author, reason, created_at = row
    return Revision(
        draft_id=draft_id,
        revision=number,
        content=Content(title=title, document=_decode_document(document), effective_at=effective_at),
        document_hash=document_hash,
        author=author,
        reason=reason,
        created_at=created_at,
    )


def insert_draft(conn: Connection, draft_id: int, created_at: datetime) -> None:
    """Add a draft."""
    conn.execute("insert into drafts.drafts (draft_id, created_at) values (%s, %s)", (draft_id, created_at))


def insert_revision(conn: Connection, one: Revision, document: bytes) -> None:
    """Add a revision; ``document`` is its document as it is kept."""
    conn.execute(
        """
        insert into drafts.revisions (
            draft_id, revision, title, document, document_hash, effective_at, author, reason, created_at
        )
        values (%s, %s, %s, %s::json, %s, %s, %s, %s, %s)
        """,
        (
            one.draft_id,
            one.revision,
            one.content.title,
            document.decode(),
            one.document_hash,
            one.content.effective_at,
            one.author,
            one.reason,
            one.created_at,
        ),
    )


def insert_change(conn: Connection, change: Change) -> None:
    """Add a row to the log."""
    conn.execute(
        """
        insert into drafts.changes (
            change_id, draft_id, revision, action, at, author, reason, diff, accepted, basis
        )
        values (%s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s::text[], %s::json)
        """,
        (
            change.change_id,
            change.draft_id,
            change.revision,
            change.action.value,
            change.at,
            change.author,
            change.reason,
            _encode(change.diff).decode(),
            text_array(change.accepted),
            None if change.basis is None else _encode(change.basis).decode(),
        ),
    )
