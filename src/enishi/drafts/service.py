"""Writing drafts and what is done with them: every step is a row of the log, with who, why and what differs.

Whoever changes anything does so behind one lock and names the newest change that they have seen, so nobody writes over
what they have not read.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from psycopg import Connection

from enishi import audit
from enishi.drafts import queries
from enishi.drafts.lifecycle import Standing, follow, may, state_at
from enishi.drafts.model import (
    Basis,
    Change,
    Content,
    Deed,
    DraftAction,
    DraftChanged,
    DraftStage,
    DraftState,
    InvalidDraft,
    Revision,
    UnknownDraft,
    WriterMayNotApprove,
)
from enishi.drafts.rules import check_content, check_reason, compare, encode_document, hash_document
from enishi.kit.differences import Difference


class Draft(Struct, frozen=True, kw_only=True):
    """A draft with its revisions and its log, and where it stands at an instant."""

    draft_id: int
    revisions: tuple[Revision, ...]
    log: tuple[Change, ...]
    standing: Standing
    state: DraftStage

    @property
    def current(self) -> Revision:
        """The newest revision."""
        return self.revisions[-1]


class DraftBrief(Struct, frozen=True, kw_only=True):
    """A draft in a list: its newest revision, and when it last changed."""

    draft_id: int
    current: Revision
    standing: Standing
    state: DraftStage
    created_by: str
    changed_at: datetime


def list_drafts(conn: Connection, now: datetime) -> list[DraftBrief]:
    """Every draft, the one changed last first."""
    logs: dict[int, list[Change]] = {}
    for change in queries.select_log(conn, None):
        logs.setdefault(change.draft_id, []).append(change)
    found: list[DraftBrief] = []
    for revision in queries.select_newest_revisions(conn):
        log = logs[revision.draft_id]
        standing = follow(log)
        found.append(
            DraftBrief(
                draft_id=revision.draft_id,
                current=revision,
                standing=standing,
                state=state_at(standing, revision.content.effective_at, now),
                created_by=log[0].author,
                changed_at=log[-1].at,
            )
        )
    return sorted(found, key=lambda one: one.standing.latest_change, reverse=True)


def load_draft(conn: Connection, draft_id: int, now: datetime) -> Draft:
    """One draft. Raises ``UnknownDraft``."""
    revisions = queries.select_revisions(conn, draft_id)
    if not revisions:
        raise UnknownDraft(
            f"There is no draft {draft_id}.", field="draft_id", remedy="Look the number up in the list of drafts."
        )
    log = queries.select_log(conn, [draft_id])
    standing = follow(log)
    return Draft(
        draft_id=draft_id,
        revisions=tuple(revisions),
        log=tuple(log),
        standing=standing,
        state=state_at(standing, revisions[-1].content.effective_at, now),
    )


def lock_draft(conn: Connection, draft_id: int, deed: Deed, action: DraftAction) -> Draft:
    """The draft, which nobody else changes until the transaction ends.

    Refuses ``UnknownDraft``, ``DraftChanged`` when ``deed.expected`` is not its newest change, ``DraftState`` when it
    can not do this, ``WriterMayNotApprove``.
    """
    check_reason(deed.reason)
    queries.lock_changes(conn)
    # The lock is taken in a statement of its own: the next one's snapshot then sees what its last holder committed.
    held = load_draft(conn, draft_id, deed.at)
    if deed.expected != held.standing.latest_change:
        raise DraftChanged(
            "Somebody has done something with the draft meanwhile.",
            remedy="Load it again and compare before you go on.",
            latest_change=held.standing.latest_change,
        )
    if not may(held.standing, action):
        raise DraftState(
            f"The draft is {held.state.value.replace('_', ' ')}; this is not possible now.",
            remedy="Load it again.",
            state=held.state.value,
        )
    if action is DraftAction.APPROVE and deed.author in held.standing.writers:
        raise WriterMayNotApprove(
            "Who worked on the draft or sent it to review may not approve it.",
            remedy="Have another person with the permission drafts.review decide.",
        )
    return held


def create_draft(conn: Connection, content: Content, author: str, reason: str, at: datetime) -> Draft:
    """Begin a draft, in the caller's transaction. Refuses ``InvalidDraft``.

    What it asks for may still be wrong; sending it to review finds that out.
    """
    check_reason(reason)
    check_content(content)
    queries.lock_changes(conn)
    draft_id = (queries.ask_latest_draft(conn)() or 0) + 1
    queries.insert_draft(conn, draft_id, at)
    deed = Deed(author, reason, at, 0)
    _write_revision(conn, draft_id, 1, content, deed)
    log_deed(conn, draft_id, 1, DraftAction.CREATE, deed)
    return load_draft(conn, draft_id, at)


def edit_draft(conn: Connection, draft_id: int, content: Content, deed: Deed) -> Draft:
    """Save content as the next revision. Refuses ``InvalidDraft``, and what ``lock_draft`` refuses."""
    check_content(content)
    held = lock_draft(conn, draft_id, deed, DraftAction.EDIT)
    changes = compare(held.current.content, content)
    if not changes:
        raise InvalidDraft("Nothing differs from what is saved.", field="document", remedy="Change something.")
    number = held.current.revision + 1
    _write_revision(conn, draft_id, number, content, deed)
    log_deed(conn, draft_id, number, DraftAction.EDIT, deed, diff=changes)
    return load_draft(conn, draft_id, deed.at)


def withdraw_draft(conn: Connection, draft_id: int, deed: Deed) -> Draft:
    """Take it back from review. Refuses what ``lock_draft`` refuses."""
    return _do(conn, draft_id, DraftAction.WITHDRAW, deed)


def send_back_draft(conn: Connection, draft_id: int, deed: Deed) -> Draft:
    """Send it back to its writers, with the reason. Refuses what ``lock_draft`` refuses."""
    return _do(conn, draft_id, DraftAction.SEND_BACK, deed)


def discard_draft(conn: Connection, draft_id: int, deed: Deed) -> Draft:
    """Give it up for good. Refuses what ``lock_draft`` refuses."""
    return _do(conn, draft_id, DraftAction.DISCARD, deed)


def _do(conn: Connection, draft_id: int, action: DraftAction, deed: Deed) -> Draft:
    held = lock_draft(conn, draft_id, deed, action)
    log_deed(conn, draft_id, held.current.revision, action, deed)
    return load_draft(conn, draft_id, deed.at)


def _write_revision(conn: Connection, draft_id: int, number: int, content: Content, deed: Deed) -> None:
    revision = Revision(
        draft_id=draft_id,
        revision=number,
        content=content,
        document_hash=hash_document(content.document),
        author=deed.author,
        reason=deed.reason,
        created_at=deed.at,
    )
    queries.insert_revision(conn, revision, encode_document(content.document))


def log_deed(
    conn: Connection,
    draft_id: int,
    revision: int,
    action: DraftAction,
    deed: Deed,
    *,
    diff: Sequence[Difference] = (),
    accepted: Sequence[str] = (),
    basis: Basis | None = None,
) -> None:
    """Write a step down, in the log and in the audit record. The caller holds the draft by ``lock_draft``."""
    change = Change(
        change_id=(queries.ask_latest_change(conn)() or 0) + 1,
        draft_id=draft_id,
        revision=revision,
        action=action,
        at=deed.at,
        author=deed.author,
        reason=deed.reason,
        diff=tuple(diff),
        accepted=tuple(accepted),
        basis=basis,
    )
    queries.insert_change(conn, change)
    audit.record_event(
        conn,
        actor=deed.author,
        action=f"draft.{action.value}",
        target=f"draft:{draft_id}",
        detail={"revision": revision, "reason": deed.reason, "accepted": list(accepted)},
        at=deed.at,
    )
