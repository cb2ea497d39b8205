"""Chores run at the start and whenever due, one failing does not stop the others, and a stop is heard in between."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from enishi.cli.chores import Chore, daily, every, running_chores
from enishi.kit.database import open_pool

TOKYO = ZoneInfo("Asia/Tokyo")
FAR = timedelta(days=1)


@pytest.fixture
def pool(database):
    with open_pool(database.app_dsn, min_size=1, max_size=2) as opened:
        yield opened


@pytest.mark.parametrize(
    ("ended_at", "due_at"),
    [
        (datetime(2026, 11, 30, 15, 0, 59, tzinfo=UTC), datetime(2026, 11, 30, 15, 1, tzinfo=UTC)),
        (datetime(2026, 11, 30, 15, 1, tzinfo=UTC), datetime(2026, 12, 1, 15, 1, tzinfo=UTC)),
        (datetime(2026, 11, 30, 3, 0, tzinfo=UTC), datetime(2026, 11, 30, 15, 1, tzinfo=UTC)),
    ],
)
def test_a_daily_chore_is_due_a_minute_after_midnight_of_the_zone(ended_at, due_at):
    assert daily(lambda: TOKYO, timedelta(minutes=1))(ended_at) == due_at


def test_midnight_is_that_of_the_local_day_also_when_clocks_change():
    new_york = ZoneInfo("America/New_York")
    next_after = daily(lambda: new_york, timedelta(minutes=1))
    assert next_after(datetime(2026, 10, 31, 12, tzinfo=UTC)) == datetime(2026, 11, 1, 4, 1, tzinfo=UTC)
    assert next_after(datetime(2026, 11, 1, 12, tzinfo=UTC)) == datetime(2026, 11, 2, 5, 1, tzinfo=UTC)


def test_every_chore_runs_at_the_start_although_one_of_them_fails(pool):
    done = threading.Event()

    def fail(_conn, _pause):
        raise RuntimeError

    def work(conn, _pause):
        assert conn.execute("select 1").fetchone() == (1,)
        done.set()

    with running_chores(pool, [Chore("fails", fail, every(FAR)), Chore("works", work, every(FAR))]):
        assert done.wait(10)


def test_a_chore_runs_again_when_it_is_due(pool):
    runs = threading.Semaphore(0)
    chore = Chore("often", lambda _conn, _pause: runs.release(), every(timedelta(milliseconds=5)))
    with running_chores(pool, [chore]):
        assert all(runs.acquire(timeout=10) for _ in range(3))


def test_a_long_chore_hears_the_stop_between_two_steps(pool):
    begun = threading.Event()
    steps: list[str] = []

    def work(_conn, pause):
        begun.set()
        while True:
            pause()
            threading.Event().wait(0.001)

    with running_chores(pool, [Chore("long", work, every(FAR))]):
        assert begun.wait(10)
        steps.append("stopping")
    assert not [thread for thread in threading.enumerate() if thread.name == "chores"]
    assert steps == ["stopping"]
