"""Lanes: where batches of receipts are handled, in a thread or in a process of its own.

Python computes on one core at a time in a process. A long run is therefore handled by processes, which are given
receipts and give outcomes over pipes; a short one by threads, which need no time to start. Both run the same code.

Invariant: a lane handles one batch after the other, in the order they were submitted. A process ends by itself when the
one that started it ends, however that ends: its pipe closes.
"""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from enum import StrEnum
from typing import IO, Final

import msgspec
import psycopg
from msgspec import Struct
from psycopg import Connection
from psycopg_pool import ConnectionPool

from enishi import flows
from enishi.flows import NO_PROGRAM, PurchaseContext, QuotedPurchase, RecordedPurchase
from enishi.kit.errors import Refusal, Unavailable
from enishi.purchases import Purchase

LANES: Final = min(max(len(os.sched_getaffinity(0)), 2), 4)
"""How many work at once: two at least, so that one computes while the other waits for the disk; beyond four, reading
and the database hold them up."""
LONG_RUN: Final = 5_000
"""Receipts from which on processes are worth their start."""
STOP_SECONDS: Final = 60.0

_LENGTH_BYTES: Final = 8
_encode = msgspec.json.Encoder().encode


class Work(StrEnum):
    """What is done with a batch."""

    RECORD = "record"
    QUOTE = "quote"


class Taken(Struct, frozen=True, array_like=True, tag="taken", gc=False):
    """A receipt that was recorded, or would be. ``repeated``: it was recorded before, and nothing changed."""

    repeated: bool
    points_earned: int
    without_program: bool


class Refused(Struct, frozen=True, array_like=True, tag="refused", gc=False):
    """A receipt that was refused, as its ``Refusal`` says; ``fields`` are those that differ from what is recorded."""

    code: str
    detail: str
    remedy: str
    field: str | None
    fields: tuple[str, ...]


Outcome = Taken | Refused
_decode_outcomes = msgspec.json.Decoder(list[Outcome]).decode


class Job(Struct, frozen=True):
    """What a process is told when it starts. Holds the database's password and the master key: for a pipe only."""

    dsn: str
    master_key: str
    work: Work
    in_history: bool = False


def perform(conn: Connection, context: PurchaseContext, work: Work, batch: Sequence[Purchase]) -> list[Outcome]:
    """Handle one batch and tell the outcomes in order."""
    if work is Work.RECORD:
        return [_tell(outcome) for outcome in flows.record_purchases(conn, context, batch)]
    return [_tell(outcome) for outcome in flows.quote_purchases(conn, context, batch)]


def _tell(outcome: RecordedPurchase | QuotedPurchase | Refusal) -> Outcome:
    if isinstance(outcome, RecordedPurchase):
        return Taken(outcome.replayed, outcome.points_earned, NO_PROGRAM in outcome.notices)
    if isinstance(outcome, QuotedPurchase):
        return Taken(repeated=False, points_earned=outcome.points_earned, without_program=False)
    return Refused(outcome.code, outcome.detail, outcome.remedy, outcome.field, tuple(outcome.extra.get("fields", ())))


class Lane:
    """Handles what is submitted, one batch after the other. ``handle`` runs in the lane's own thread."""

    def __init__(self, handle: Callable[[Sequence[Purchase]], list[Outcome]], name: str) -> None:
        self._handle = handle
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name)

    def submit(self, batch: Sequence[Purchase]) -> Future[list[Outcome]]:
        """Hand in a batch."""
        return self._thread.submit(self._handle, batch)

    def close(self) -> None:
        """Finish what was begun, forget what was not, and end."""
        self._thread.shutdown(cancel_futures=True)


class ProcessFailed(Unavailable):
    """A process that handled receipts ended, or could not go on. What it answered is on disk."""

    code = "process-failed"
    title = "Process failed"


class LaneProcess:
    """A process of ours that handles batches: ``enishi.connectors.lane_process``."""

    def __init__(self, job: Job) -> None:
        # A session of its own keeps Ctrl-C from it: it is told to end by its pipe, after the batch it works on.
        self._process = subprocess.Popen(
            [sys.executable, "-m", "enishi.connectors.lane_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        write_frame(self._input, _encode(job))

    def handle(self, batch: Sequence[Purchase]) -> list[Outcome]:
        """Have a batch handled. Raises ``psycopg.OperationalError`` and ``ProcessFailed``."""
        try:
            write_frame(self._input, _encode(batch))
            answer = read_frame(self._output)
        except OSError as error:
            raise self._failed() from error
        if answer is None:
            raise self._failed()
        if answer[:1] != b"[":
            told: dict[str, str] = msgspec.json.decode(answer)
            if told["error"] == DATABASE:
                raise psycopg.OperationalError("the database stopped answering a process that handles receipts")
            raise self._failed()
        return _decode_outcomes(answer)

    def close(self) -> None:
        """Let it finish and end; kill it if it does not."""
        self._input.close()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._output.close()

    def _failed(self) -> ProcessFailed:
        return ProcessFailed(
            "A process that handles receipts ended unexpectedly.",
            remedy="Run the same command again: it goes on where it was, and nothing is doubled.",
        )

    @property
    def _input(self) -> IO[bytes]:
        if self._process.stdin is None:
            raise AssertionError("it was started with a pipe")
        return self._process.stdin

    @property
    def _output(self) -> IO[bytes]:
        if self._process.stdout is None:
            raise AssertionError("it was started with a pipe")
        return self._process.stdout


DATABASE: Final = "database"
"""The error that a process tells when its database does not answer; all others are its own."""


def write_frame(pipe: IO[bytes], body: bytes) -> None:
    """Send one message: its length, then the message."""
    pipe.write(len(body).to_bytes(_LENGTH_BYTES, "big"))
    pipe.write(body)
    pipe.flush()


def read_frame(pipe: IO[bytes]) -> bytes | None:
    """The next message; None when the other side has gone, in whatever state."""
    head = pipe.read(_LENGTH_BYTES)
    if len(head) < _LENGTH_BYTES:
        return None
    length = int.from_bytes(head, "big")
    body = pipe.read(length)
    return body if len(body) == length else None


@contextmanager
def open_lanes(
    pool: ConnectionPool[Connection], context: PurchaseContext, work: Work, *, receipts: int, lanes: int = LANES
) -> Generator[list[Lane]]:
    """Lanes for a run over so many ``receipts``. When they close, what was begun is finished, and nothing else."""
    in_processes = receipts >= LONG_RUN and isinstance(pool.conninfo, str)
    with ExitStack() as stack:
        opened: list[Lane] = []
        for number in range(lanes):
            if in_processes:
                master_key = base64.b64encode(context.keyring.reveal()).decode()
                process = LaneProcess(Job(str(pool.conninfo), master_key, work, context.in_history))
                stack.callback(process.close)
                lane = Lane(process.handle, f"lane-{number}")
            else:
                lane = Lane(_in_thread(pool, context, work), f"lane-{number}")
            stack.callback(lane.close)
            opened.append(lane)
        yield opened


def _in_thread(
    pool: ConnectionPool[Connection], context: PurchaseContext, work: Work
) -> Callable[[Sequence[Purchase]], list[Outcome]]:
    def handle(batch: Sequence[Purchase]) -> list[Outcome]:
        with pool.connection() as conn:
            return perform(conn, context, work, batch)

    return handle
