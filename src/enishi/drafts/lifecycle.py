"""The life of a draft, read from the log of what was done with it: writing, in review, scheduled, applied, discarded.

Nothing but the log is kept. An approval is the end of a draft, as is giving it up: what is wanted afterwards is another
draft. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from enishi.drafts.model import Basis, Change, DraftAction, DraftStage


class Standing(Struct, frozen=True, kw_only=True):
    """Where a draft stands after its log.

    ``writers`` are those who worked on it, and never may approve it. ``submission`` is that of the revision which is
    in review or was applied; ``end`` is the approval or the discarding.
    """

    revision: int = 0
    writers: frozenset[str] = frozenset()
    submission: Change | None = None
    end: Change | None = None
    latest_change: int = 0

    @property
    def in_review(self) -> bool:
        """Whether it waits for somebody's decision."""
        return self.submission is not None and self.end is None

    @property
    def is_open(self) -> bool:
        """Whether anything can still be done with it."""
        return self.end is None

    @property
    def basis(self) -> Basis | None:
        """What the submission said the document would change."""
        return None if self.submission is None else self.submission.basis


def follow(log: Iterable[Change]) -> Standing:
    """Read a draft's log in its order."""
    revision = latest = 0
    writers: set[str] = set()
    submission: Change | None = None
    end: Change | None = None
    for change in log:
        latest = change.change_id
        match change.action:
            case DraftAction.CREATE | DraftAction.EDIT:
                revision, submission = change.revision, None
                writers.add(change.author)
            case DraftAction.SUBMIT:
                submission = change
                writers.add(change.author)
            case DraftAction.WITHDRAW | DraftAction.SEND_BACK:
                submission = None
            case DraftAction.APPROVE | DraftAction.DISCARD:
                end = change
    return Standing(revision=revision, writers=frozenset(writers), submission=submission, end=end, latest_change=latest)


def may(standing: Standing, action: DraftAction) -> bool:
    """Whether a draft that stands here can do this; who may is another question."""
    if standing.revision == 0 or action is DraftAction.CREATE:
        return standing.revision == 0 and action is DraftAction.CREATE
    match action:
        case DraftAction.EDIT | DraftAction.SUBMIT:
            return standing.is_open and not standing.in_review
        case DraftAction.WITHDRAW | DraftAction.SEND_BACK | DraftAction.APPROVE:
            return standing.in_review
        case DraftAction.DISCARD:
            return standing.is_open


def state_at(standing: Standing, effective_at: datetime | None, now: datetime) -> DraftStage:
    """What the draft is now. ``effective_at`` is what its newest revision says."""
    if standing.end is None:
        return DraftStage.IN_REVIEW if standing.in_review else DraftStage.WRITING
    if standing.end.action is DraftAction.DISCARD:
        return DraftStage.DISCARDED
    return DraftStage.SCHEDULED if effective_at is not None and now < effective_at else DraftStage.APPLIED
