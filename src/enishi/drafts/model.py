"""What a draft of the configuration is: a document under a title, revised until it is sent to review and applied.

A revision is immutable: each edit is another. What was done with a draft is a log of changes, from which follows
where it stands (``lifecycle``).
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from enishi.configuration import Change as Effect
from enishi.configuration import Configuration
from enishi.kit.differences import Difference
from enishi.kit.errors import Conflict, NotFound, Refusal

MAX_TITLE = 100
MAX_REASON = 500
MAX_DOCUMENT_BYTES = 2_000_000
"""The longest document that a draft may hold, as JSON."""


class DraftAction(StrEnum):
    """What somebody did with a draft."""

    CREATE = "create"
    EDIT = "edit"
    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    SEND_BACK = "send_back"
    APPROVE = "approve"
    DISCARD = "discard"


class DraftStage(StrEnum):
    """Where a draft stands. What was approved is ``scheduled`` until it takes effect."""

    WRITING = "writing"
    IN_REVIEW = "in_review"
    SCHEDULED = "scheduled"
    APPLIED = "applied"
    DISCARDED = "discarded"


class Basis(Struct, frozen=True, kw_only=True):
    """What a document would change of what is in force, as somebody saw it.

    ``campaign_versions`` are the newest versions, approved or not, of the campaigns that it names: what somebody else
    wrote of them since then would be written over.
    """

    effects: tuple[Effect, ...]
    campaign_versions: dict[str, int]


class Change(Struct, frozen=True, kw_only=True):
    """One row of the log. ``change_id`` ascends over all drafts.

    ``diff`` is what an edit changed of the revision before. ``accepted`` are dangers, by their codes, and ``basis`` is
    what was seen, where a draft was submitted or approved.
    """

    change_id: int
    draft_id: int
    revision: int
    action: DraftAction
    at: datetime
    author: str
    reason: str
    diff: tuple[Difference, ...] = ()
    accepted: tuple[str, ...] = ()
    basis: Basis | None = None


class Content(Struct, frozen=True, kw_only=True):
    """What a writer decides. ``effective_at`` None brings programme and ladder into force at the approval."""

    title: str
    document: Configuration
    effective_at: datetime | None = None


class Revision(Struct, frozen=True, kw_only=True):
    """Content as it was saved. ``document_hash`` is the same for documents that ask for the same."""

    draft_id: int
    revision: int
    content: Content
    document_hash: bytes
    author: str
    reason: str
    created_at: datetime


class Deed(Struct, frozen=True):
    """Who does something with a draft, and why; ``expected`` is the newest change of it that they have seen."""

    author: str
    reason: str
    at: datetime
    expected: int


class UnknownDraft(NotFound):
    """No draft has this number."""

    code = "unknown-draft"
    title = "Unknown draft"


class InvalidDraft(Refusal):
    """The draft breaks a stated limit. Nothing changed."""

    code = "invalid-draft"
    status = 422
    title = "Invalid draft"


class DraftState(Conflict):
    """The draft can not do this where it stands. Nothing changed."""

    code = "draft-state"
    title = "Not possible in this state"


class DraftChanged(Conflict):
    """Somebody did something with the draft since it was looked at. Nothing changed."""

    code = "draft-changed"
    title = "Changed meanwhile"


class WriterMayNotApprove(Refusal):
    """Whoever worked on a draft may not approve it: that takes another person. Nothing changed."""

    code = "writer-may-not-approve"
    status = 403
    title = "Writers may not approve"


class DraftOutdated(Conflict):
    """What is in force changed since the draft was submitted, so that it would do something else. Nothing changed.

    ``changes`` are what it would change now.
    """

    code = "draft-outdated"
    title = "Settings changed since the draft was submitted"
