"""A merge of two customers, and its undoing, as they are kept."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from enishi.kit.errors import Conflict


class MergeAction(StrEnum):
    """What was done: two customers became one, or two again."""

    MERGE = "merge"
    UNDO = "undo"


class MergeRefused(Conflict):
    """These two can not be merged, or not be parted, as things stand. Nothing was changed. ``reason`` says why."""

    code = "merge-refused"
    title = "Merge refused"


class StoredMerge(Struct, frozen=True, kw_only=True):
    """A merge or an undo as recorded; ``undoes`` is the merge that an undo has undone."""

    merge_id: UUID
    action: MergeAction
    undoes: UUID | None
    survivor_id: UUID
    absorbed_id: UUID
    reason: str
    actor: str
    request_key: str | None
    fingerprint: bytes
    moved: bytes
    answer: bytes
    recorded_at: datetime


class MergeLine(Struct, frozen=True, kw_only=True):
    """A merge or an undo as it is listed. ``undone_at`` is there for a merge that was undone."""

    merge_id: UUID
    action: MergeAction
    survivor_id: UUID
    absorbed_id: UUID
    reason: str
    actor: str
    recorded_at: datetime
    undone_at: datetime | None


class MovedIdentifier(Struct, frozen=True):
    """An identifier that may go to another customer: its kind is what decides whose a receipt is."""

    lookup: bytes
    kind: str
    customer_id: UUID
    sealed: bytes
    linked_at: datetime
    merged_from: UUID | None
    replaces: bytes | None
    """The card in whose place this one was issued."""


class ConflictPair(Struct, frozen=True):
    """Two customers who were named by one receipt: on how many, and when last."""

    customer_id: UUID
    other_customer_id: UUID
    receipts: int
    latest_at: datetime
