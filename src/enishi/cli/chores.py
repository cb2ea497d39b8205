"""What a serving Enishi does by itself, on one thread beside the requests: at its start, and again whenever it is due.

A chore is safe to run at any time, in several processes at once, and again after being cut off. So nothing is kept of
what ran when: a start catches up with whatever was missed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from psycopg import Connection
from psycopg_pool import ConnectionPool

from enishi.kit import clock
from enishi.kit.log import get_logger, log_failure

RETRY_AFTER: Final = timedelta(minutes=1)
"""How long a chore that failed is left alone."""
_STOP_SECONDS: Final = 10.0
_log = get_logger("chores")


class Stopping(Exception):  # noqa: N818 - it is no error
    """Enishi is stopping: a chore that is told so ends between two transactions."""


Pause = Callable[[], None]
"""Called by a long chore between two transactions; raises ``Stopping`` when it is to end."""


@dataclass(frozen=True, slots=True)
class Chore:
    """Something to be done again and again. ``next_after`` says when, given the end of the last time."""

    name: str
    run: Callable[[Connection, Pause], None]
    next_after: Callable[[datetime], datetime]


def every(interval: timedelta) -> Callable[[datetime], datetime]:
    """Due a fixed time after its last end."""
    return lambda ended_at: ended_at + interval


def daily(zone: Callable[[], ZoneInfo], after_midnight: timedelta) -> Callable[[datetime], datetime]:
    """Due once a day, so long after midnight of a zone, which is asked for each time."""

    def next_after(ended_at: datetime) -> datetime:
        local = ended_at.astimezone(zone())
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
        due = midnight + after_midnight
        return due if due > local else midnight + timedelta(days=1) + after_midnight

    return next_after


@contextmanager
def running_chores(pool: ConnectionPool[Connection], chores: Sequence[Chore]) -> Generator[None]:
    """Do the chores on a thread while the context lasts; its end waits for a transaction, not for a whole chore."""
    stop = threading.Event()
    thread = threading.Thread(target=_do, args=(pool, chores, stop), name="chores", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(_STOP_SECONDS)


def _do(pool: ConnectionPool[Connection], chores: Sequence[Chore], stop: threading.Event) -> None:
    def pause() -> None:
        if stop.is_set():
            raise Stopping

    due = [(clock.now(), chore) for chore in chores]
    while due:
        position = min(range(len(due)), key=lambda index: due[index][0])
        at, chore = due[position]
        if stop.wait(max(0.0, (at - clock.now()).total_seconds())):
            return
        try:
            due[position] = (_run(pool, chore, pause), chore)
        except Stopping:
            return


def _run(pool: ConnectionPool[Connection], chore: Chore, pause: Pause) -> datetime:
    """Do one chore; returns when it is due again."""
    try:
        with pool.connection() as conn:
            chore.run(conn, pause)
        return chore.next_after(clock.now())
    except Stopping:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, the other chores must go on, and this one be tried again
        log_failure(_log, f"chore failed: {chore.name}", error)
        return clock.now() + RETRY_AFTER
