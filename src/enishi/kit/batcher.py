"""Natural batching: concurrent calls share one piece of work, and each gets the answer to its own item.

A few worker threads stand ready. A free one takes what has gathered, handles it as one batch, and answers every caller.
A lone call is handled at once. Beside a batch in hand, a free worker begins when as many have gathered as are in hand,
or after a moment; so batches grow by themselves under load, and none is so small that it costs more than it carries.

The invariants: an item that was taken in is handled exactly once and its caller is answered exactly once; an item that
was refused (queue full, or closing) was not handled at all; a caller that goes away takes nothing back.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from types import TracebackType
from typing import Any, Generic, Self, TypeVar, cast

from msgspec import Struct

from enishi.kit.errors import Overloaded, Unavailable
from enishi.kit.log import get_logger, log_failure

T = TypeVar("T")
R = TypeVar("R")

_MAX_RETRY_SECONDS = 60
_PACE_WEIGHT = 0.1
"""How much the latest batch counts in the running mean of seconds an item."""
_DRAIN_SECONDS = 30.0
_GATHER_SECONDS = 0.02
"""How long a free worker lets calls gather beside a batch in hand: longer than a batch takes as a rule, so that only
those behind one that is held up ever wait for it."""

_log = get_logger("batcher")

_Outcome = tuple[Any, Any]
"""A caller's future and what it is answered: a value, or an exception to be raised there."""


class BatchReport(Struct, frozen=True):
    """What one batch was like, for metrics."""

    size: int
    """Items in the batch."""
    seconds: float
    """How long the handling took."""
    waiting: int
    """Items that were queued when the batch was done."""
    failed: bool
    """Whether the batch failed as a whole, so that every caller was answered ``Unavailable``."""


class Batcher(Generic[T, R]):
    """Gathers single calls into batches for ``handle``, on ``in_flight`` threads of its own.

    ``handle`` takes a list of items and returns one outcome for each, in order; an outcome that is an exception is
    raised at its own caller and concerns nobody else. When ``handle`` itself raises, each caller of the batch is
    answered ``Unavailable`` and the worker carries on. ``max_batch`` bounds a batch, ``max_queue`` what may wait:
    beyond it a call is refused with ``Overloaded`` at once. ``observe`` is called after every batch, on its thread.
    """

    def __init__(
        self,
        handle: Callable[[list[T]], Sequence[R | Exception]],
        *,
        max_batch: int = 128,
        in_flight: int = 2,
        max_queue: int = 4_096,
        name: str = "batcher",
        observe: Callable[[BatchReport], None] | None = None,
    ) -> None:
        if min(max_batch, in_flight, max_queue) < 1:
            raise ValueError("max_batch, in_flight and max_queue are at least 1")
        self._handle = handle
        self._max_batch = max_batch
        self._in_flight = in_flight
        self._max_queue = max_queue
        self._name = name
        self._observe = observe
        self._queue: deque[tuple[T, Any, asyncio.AbstractEventLoop | None]] = deque()
        self._ready = threading.Condition(threading.Lock())
        self._idle = 0
        self._called = 0
        self._busy_items = 0
        self._seconds_per_item = 0.0
        self._closing = False
        self._threads: list[threading.Thread] = []

    async def perform(self, item: T) -> R:
        """Hand in ``item`` and wait for its outcome.

        Cancelling the wait does not cancel the item. Refusals: ``Overloaded`` when too many wait already,
        ``Unavailable`` when closing or when the batch failed as a whole; and whatever ``handle`` answered the item.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[R] = loop.create_future()
        self._take_in(item, future, loop)
        return await future

    def submit(self, item: T) -> Future[R]:
        """Hand in ``item`` from any thread; the future holds its outcome. Refuses as ``perform`` does."""
        future: Future[R] = Future()
        self._take_in(item, future, None)
        return future

    @property
    def waiting(self) -> int:
        """How many items are queued and not yet in a batch."""
        return len(self._queue)

    @property
    def in_hand(self) -> int:
        """How many items are in batches being handled."""
        return self._busy_items

    def close(self, timeout_seconds: float = _DRAIN_SECONDS) -> bool:
        """Take in nothing more, answer everything that was taken in, and end the threads.

        What is still queued after ``timeout_seconds`` is answered ``Unavailable`` without having been handled. Returns
        whether everything was handled in time. Call it off the event loop that waits for the answers.
        """
        deadline = time.monotonic() + timeout_seconds
        with self._ready:
            self._closing = True
            self._ready.notify_all()
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        with self._ready:
            stranded = list(self._queue)
            self._queue.clear()
        _settle(stranded, [_stopped() for _ in stranded])
        return not stranded and not any(thread.is_alive() for thread in self._threads)

    async def drain(self, timeout_seconds: float = _DRAIN_SECONDS) -> bool:
        """``close`` for callers on an event loop, which goes on delivering answers meanwhile."""
        return await asyncio.to_thread(self.close, timeout_seconds)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _take_in(self, item: T, future: Any, loop: asyncio.AbstractEventLoop | None) -> None:
        with self._ready:
            if self._closing:
                raise Unavailable(
                    "The service is stopping and takes in nothing new; nothing was recorded.",
                    remedy="Send the request again; another process or the restarted one will take it.",
                    retry_after_seconds=1,
                )
            if len(self._queue) >= self._max_queue:
                raise self._overloaded()
            if not self._threads:
                self._start()
            self._queue.append((item, future, loop))
            if self._idle > self._called and (len(self._queue) == 1 or self._is_enough()):
                # Counted as called until one of them has run, so that the next item need not call another.
                self._called += 1
                self._ready.notify()

    def _start(self) -> None:
        # Daemon threads: a process that ends without draining is not held up; its open transactions roll back.
        self._threads = [
            threading.Thread(target=self._work, name=f"{self._name}-{number}", daemon=True)
            for number in range(1, self._in_flight + 1)
        ]
        for thread in self._threads:
            thread.start()

    def _overloaded(self) -> Overloaded:
        seconds = math.ceil(len(self._queue) * self._seconds_per_item / self._in_flight)
        return Overloaded(
            f"{self._max_queue} requests are waiting already; this one was not taken in and nothing was recorded.",
            remedy="Send it again after the time in Retry-After.",
            retry_after_seconds=min(max(1, seconds), _MAX_RETRY_SECONDS),
        )

    def _next_batch(self) -> list[tuple[T, Any, asyncio.AbstractEventLoop | None]]:
        """Wait for work and take a share of it; empty when closing and nothing is left.

        The share is what is outstanding (queued or being handled) divided by the number of workers: taking more would
        leave the next worker idle while this one holds everybody's answers.
        """
        with self._ready:
            give_up_at: float | None = None
            while not self._closing:
                if not self._queue:
                    give_up_at = None
                    self._wait()
                elif self._is_enough():
                    break
                elif give_up_at is None:
                    give_up_at = time.monotonic() + _GATHER_SECONDS
                elif (left := give_up_at - time.monotonic()) > 0:
                    self._wait(left)
                else:
                    break
            share = -(-(len(self._queue) + self._busy_items) // self._in_flight)
            size = min(self._max_batch, len(self._queue), share)
            self._busy_items += size
            return [self._queue.popleft() for _ in range(size)]

    def _is_enough(self) -> bool:
        """Whether what is queued is worth a batch of its own beside those in hand, whose callers will be back soon.

        A batch has a cost of its own, however small it is; an idle database has none. So a worker starts at once when
        nothing is in hand, and otherwise when there is as much to do as is being done.
        """
        return len(self._queue) >= min(self._max_batch, self._busy_items)

    def _wait(self, seconds: float | None = None) -> None:
        self._idle += 1
        self._ready.wait(seconds)
        self._idle -= 1
        self._called = 0

    def _work(self) -> None:
        while batch := self._next_batch():
            began = time.perf_counter()
            failed = False
            outcomes: Sequence[R | Exception]
            try:
                outcomes = self._handle([item for item, _, _ in batch])
                if len(outcomes) != len(batch):
                    raise RuntimeError("handle returned another number of outcomes than it was given items")  # noqa: TRY301 - answered like any other fault of handle
            except Exception as error:  # noqa: BLE001 - callers are waiting; each is answered and the fault is logged
                failed = True
                error_id = log_failure(_log, "batch failed", error, size=len(batch))
                outcomes = [_batch_failure(error_id) for _ in batch]
            seconds = time.perf_counter() - began
            with self._ready:
                self._busy_items -= len(batch)
                self._seconds_per_item += _PACE_WEIGHT * (seconds / len(batch) - self._seconds_per_item)
            _settle(batch, outcomes)
            if self._observe is not None:
                self._observe(BatchReport(len(batch), seconds, len(self._queue), failed))


def _stopped() -> Unavailable:
    return Unavailable(
        "The service stopped before this request was begun; nothing was recorded.",
        remedy="Send it again.",
        retry_after_seconds=1,
    )


def _batch_failure(error_id: str) -> Unavailable:
    return Unavailable(
        "The request could not be completed, and whether it was recorded is not known.",
        remedy="Send the same request again: what was recorded is not recorded twice.",
        retry_after_seconds=1,
        error_id=error_id,
    )


def _settle(batch: Sequence[tuple[Any, Any, asyncio.AbstractEventLoop | None]], outcomes: Sequence[Any]) -> None:
    """Answer every caller: those on an event loop by one call into the loop, however many they are."""
    by_loop: dict[asyncio.AbstractEventLoop, list[_Outcome]] = {}
    for (_, future, loop), outcome in zip(batch, outcomes, strict=True):
        if loop is not None:
            by_loop.setdefault(loop, []).append((future, outcome))
        elif cast("Future[Any]", future).set_running_or_notify_cancel():
            _answer(future, outcome)
    for loop, pairs in by_loop.items():
        # A loop that has closed has no callers left; what they asked for is done all the same.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(_answer_all, pairs)


def _answer_all(pairs: list[_Outcome]) -> None:
    for future, outcome in pairs:
        if not future.done():
            _answer(future, outcome)


def _answer(future: Any, outcome: Any) -> None:
    if isinstance(outcome, Exception):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)
