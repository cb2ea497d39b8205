"""A back-test of a draft: asked for, worked on by a process of its own, and kept with the revision it tried."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from enishi.kit.errors import Conflict, NotFound

MAX_ATTEMPTS = 3
"""A back-test whose process died so often is given up: it would take every next one down as well."""
LEASE_SECONDS = 20.0
"""A process that was not heard of for so long is taken for dead."""


class BacktestState(StrEnum):
    """Where a back-test stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Backtest(Struct, frozen=True):
    """A back-test as ``runner`` takes it on; ``document`` is JSON, ``history_until`` the same for each attempt."""

    backtest_id: int
    runner: UUID
    draft_id: int
    revision: int
    document: str
    since: datetime | None
    history_until: datetime
    attempts: int


class BacktestBrief(Struct, frozen=True):
    """A back-test without its result.

    ``document_hash`` is that of the revision it tried, ``rules_hash`` that of the rules it was held against: what has
    another now is answered no more by its result.
    """

    backtest_id: int
    draft_id: int
    revision: int
    document_hash: bytes
    requested_by: str
    requested_at: datetime
    since: datetime | None
    state: str
    attempts: int
    started_at: datetime | None
    finished_at: datetime | None
    history_until: datetime | None
    rules_hash: bytes | None
    receipts_done: int
    receipts_total: int | None
    error_code: str | None
    error_detail: str | None


class UnknownBacktest(NotFound):
    """The draft has no such back-test."""

    code = "unknown-backtest"
    title = "Unknown back-test"


class BacktestWaits(Conflict):
    """A back-test of the draft waits or runs already. Nothing changed."""

    code = "backtest-waits"
    title = "A back-test is under way"


class NoBacktestWaits(Conflict):
    """There is no back-test of the draft to call off. Nothing changed."""

    code = "no-backtest-waits"
    title = "No back-test is under way"
