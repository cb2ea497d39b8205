"""Working on the back-tests that drafts asked for: one at a time, in a process that serves nobody.

What is read is read in statements of their own, by a connection that can not write, so no vacuum waits and no lock is
held. How far it is, is told once a second over another connection, and hearing nothing for a while hands the work on.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from datetime import datetime
from types import TracebackType
from typing import Final, Self
from uuid import UUID

import msgspec
import psycopg
from psycopg import Connection

from enishi import campaigns, drafts, program, ranks
from enishi.configuration import Configuration
from enishi.flows.backtest import Backtest, backtest
from enishi.flows.context import PurchaseContext
from enishi.kit import clock
from enishi.kit.errors import Refusal
from enishi.kit.log import get_logger, log_failure

BEAT_SECONDS: Final = 1.0
"""Between two words about how far it is."""
_log = get_logger("backtest")

Connect = Callable[[], Connection]


class LostBacktest(Exception):  # noqa: N818 - it is no error
    """The work was cancelled, or is somebody else's by now."""


def hash_rules(conn: Connection, now: datetime) -> bytes:
    """SHA-256 of the rules that have decided purchases so far: what a draft is held against by a back-test.

    Versions never change, so their numbers stand for them; what takes effect later plays no part yet.
    """
    versions = [(one.version, one.effective_at) for one in program.load_versions(conn) if one.effective_at <= now]
    # The end of what is live now is its planned one: it plays no part before it has come.
    spans = sorted(
        (one.version.code, one.version.version, one.since, one.until if one.until <= now else None)
        for one in campaigns.load_schedule(conn).spans
        if one.since <= now
    )
    ladder = ranks.current_ladder(conn, now)
    number = None if ladder is None else ladder.version.version
    return hashlib.sha256(msgspec.json.encode((versions, spans, number))).digest()


def read_result(result: str) -> Backtest | None:
    """A result that was kept; None where another version of Enishi wrote it in a form that this one does not read."""
    try:
        return msgspec.json.decode(result, type=Backtest)
    except msgspec.ValidationError:
        return None


def run_backtest(read: Connect, write: Connect, context: PurchaseContext, runner: UUID) -> bool:
    """Take on the next back-test and see it through; False where nothing waits.

    ``read`` opens a connection that can not write, ``write`` one that can. A database that goes away is raised: the
    work is then taken on again by whoever comes next.
    """
    now = clock.now()
    with read() as conn:
        rules = hash_rules(conn, now)
    with write() as conn:
        taken = drafts.claim_backtest(conn, runner, rules, now)
    if taken is None:
        return False
    try:
        with _Pulse(write, taken) as pulse:
            result, receipts = _try(read, context, taken, pulse)
        with write() as conn:
            drafts.keep_result(conn, taken, result, receipts, clock.now())
    except LostBacktest:
        pass
    except psycopg.OperationalError:
        raise
    except Refusal as refusal:
        _fail(write, taken, refusal.code, refusal.detail)
    except Exception as error:  # noqa: BLE001 - told to whoever asked for it, and logged
        _fail(write, taken, "unexpected-failure", log_failure(_log, "back-test failed", error))
    return True


def _try(read: Connect, context: PurchaseContext, taken: drafts.Backtest, pulse: _Pulse) -> tuple[str, int]:
    document = msgspec.json.decode(taken.document, type=Configuration)
    with read() as conn:
        tried = backtest(conn, context, document, taken.history_until, since=taken.since, on_progress=pulse.note)
    return msgspec.json.encode(tried).decode(), pulse.done


def _fail(write: Connect, taken: drafts.Backtest, code: str, detail: str) -> None:
    with write() as conn:
        drafts.keep_failure(conn, taken, code, detail, clock.now())


class _Pulse:
    """Tells once a second how far the work is, from a thread and over a connection of its own."""

    def __init__(self, write: Connect, taken: drafts.Backtest) -> None:
        self._write = write
        self._taken = taken
        self._stop = threading.Event()
        self._lost = False
        self._thread = threading.Thread(target=self._beat, name="pulse", daemon=True)
        self.done = 0
        self.total: int | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def note(self, done: int, total: int) -> None:
        """Remember how far it is. Raises ``LostBacktest`` once the work is nobody's or somebody else's."""
        self.done, self.total = done, total
        if self._lost:
            raise LostBacktest

    def _beat(self) -> None:
        try:
            with self._write() as conn:
                while not self._stop.wait(BEAT_SECONDS):
                    if not drafts.tell_progress(conn, self._taken, self.done, self.total):
                        self._lost = True
                        return
                    conn.commit()
        except psycopg.Error as error:
            log_failure(_log, "back-test lost its connection", error)
            self._lost = True
