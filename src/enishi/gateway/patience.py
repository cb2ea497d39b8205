"""An end to waiting for bodies that do not come, at next to no cost for those that do.

A timer for each request is a tenth of what a request costs. Here one timer serves all of them: a request notes when it
began to read and strikes the note out when it is done; now and then somebody looks for notes that are too old.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable
from typing import Any, Final, TypeVar

from enishi.gateway.model import BodyTimeout

T = TypeVar("T")

BODY_SECONDS: Final = 30.0
"""How long a body may take to arrive. It may be noticed a quarter of that later."""


class Patience:
    """Limits how long the readings of one event loop take."""

    def __init__(self, seconds: float = BODY_SECONDS) -> None:
        self._seconds = seconds
        self._began: dict[asyncio.Task[Any], float] = {}
        self._given_up: set[asyncio.Task[Any]] = set()
        self._watched_loop: asyncio.AbstractEventLoop | None = None

    async def limit(self, reading: Awaitable[T]) -> T:
        """Await ``reading`` in the current task. Refuses ``BodyTimeout`` when it takes too long."""
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a body is read in a task")
        if self._watched_loop is not task.get_loop():
            self._watch(task.get_loop())
        self._began[task] = time.monotonic()
        try:
            return await reading
        except asyncio.CancelledError:
            if task not in self._given_up:
                raise
            task.uncancel()
            raise BodyTimeout(
                f"The body did not arrive within {self._seconds:.0f} seconds; nothing was recorded.",
                remedy="Send the request again.",
            ) from None
        finally:
            del self._began[task]
            self._given_up.discard(task)

    def _watch(self, loop: asyncio.AbstractEventLoop) -> None:
        self._watched_loop = loop
        loop.call_later(self._seconds / 4, self._look, loop)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        """Give up readings that are too old; look again later as long as there are any."""
        self._watched_loop = None
        oldest = time.monotonic() - self._seconds
        for task, began in self._began.items():
            if began < oldest and task not in self._given_up:
                self._given_up.add(task)
                task.cancel()
        if self._began:
            self._watch(loop)
