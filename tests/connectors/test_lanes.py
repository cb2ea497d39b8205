"""Lanes in threads and in processes: the same outcomes, and processes that never outlive their purpose."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import msgspec
import psutil
import psycopg
import pytest
from psycopg_pool import ConnectionPool
from tests.connectors.factories import purchase

from enishi import purchases
from enishi.connectors import lanes
from enishi.connectors.lanes import Lane, Outcome, ProcessFailed, Refused, Taken, Work, open_lanes
from enishi.flows import PurchaseContext
from enishi.kit.vault import Keyring

pytestmark = pytest.mark.usefixtures("programme")

Pool = ConnectionPool[psycopg.Connection]


@pytest.fixture(params=["thread", "process"])
def lane(
    pool: Pool, context: PurchaseContext, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Lane]:
    """One lane that records, of either kind."""
    monkeypatch.setattr(lanes, "LONG_RUN", 1 if request.param == "process" else 1_000_000)
    with open_lanes(pool, context, Work.RECORD, receipts=10, lanes=1) as [opened]:
        yield opened


@pytest.fixture
def process_lane(pool: Pool, context: PurchaseContext, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lane]:
    """One lane in a process."""
    monkeypatch.setattr(lanes, "LONG_RUN", 1)
    with open_lanes(pool, context, Work.RECORD, receipts=10, lanes=1) as [opened]:
        yield opened


def children() -> list[psutil.Process]:
    """The processes that this one started as lanes and that run yet."""
    return [one for one in psutil.Process().children() if "enishi.connectors.lane_process" in one.cmdline()]


def taken(*, repeated: bool = False, points: int = 1) -> Outcome:
    return Taken(repeated=repeated, points_earned=points, without_program=False)


def test_outcomes_are_the_same_in_a_thread_and_in_a_process(lane: Lane, pool: Pool) -> None:
    unknown_card = msgspec.structs.replace(
        purchase(3), identifiers=(purchases.Identifier(purchases.IdentifierKind.CARD, "??"),)
    )
    first = lane.submit([purchase(1), purchase(2), purchase(1), unknown_card]).result(60)
    assert first[:3] == [taken(), taken(), taken(repeated=True)]
    refused = first[3]
    assert isinstance(refused, Refused)
    assert (refused.code, refused.field) == ("invalid-identifier", "identifiers[0].value")
    [conflict] = lane.submit([purchase(1, price=220)]).result(60)
    assert isinstance(conflict, Refused)
    assert (conflict.code, conflict.fields) == ("idempotency-conflict", ("lines",))
    with pool.connection() as conn:
        assert purchases.count_purchases(conn) == 2


def test_the_offset_of_a_receipt_survives_the_pipe(lane: Lane, pool: Pool) -> None:
    lane.submit([purchase(1)]).result(60)
    with pool.connection() as conn:
        row = conn.execute("select occurred_at, offset_minutes from purchases.purchases").fetchone()
    assert row is not None
    assert (row[0].isoformat(), row[1]) == ("2026-04-01T03:00:00+00:00", 540)


def test_quoting_records_nothing(pool: Pool, context: PurchaseContext, monkeypatch: pytest.MonkeyPatch) -> None:
    for threshold in (1, 1_000_000):
        monkeypatch.setattr(lanes, "LONG_RUN", threshold)
        with open_lanes(pool, context, Work.QUOTE, receipts=10, lanes=1) as [lane]:
            assert lane.submit([purchase(1)]).result(60) == [taken()]
    with pool.connection() as conn:
        assert purchases.count_purchases(conn) == 0


def test_no_process_is_left_when_lanes_are_closed(
    pool: Pool, context: PurchaseContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "LONG_RUN", 1)
    with open_lanes(pool, context, Work.RECORD, receipts=10, lanes=2) as opened:
        for lane in opened:
            lane.submit([purchase(1)]).result(60)
        assert len(children()) == 2
    assert children() == []


def test_a_killed_process_is_told_as_a_refusal_with_a_way_on(process_lane: Lane) -> None:
    process_lane.submit([purchase(1)]).result(60)
    [child] = children()
    child.send_signal(signal.SIGKILL)
    with pytest.raises(ProcessFailed) as failed:
        process_lane.submit([purchase(2)]).result(60)
    assert "Run the same command again" in failed.value.remedy


def test_a_database_that_goes_away_is_told_as_such(process_lane: Lane, admin_conn: psycopg.Connection) -> None:
    process_lane.submit([purchase(1)]).result(60)
    admin_conn.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'enishi_app' and state is not null"
    )
    with pytest.raises(psycopg.OperationalError):
        process_lane.submit([purchase(2)]).result(60)


def test_a_process_ends_by_itself_when_the_one_that_started_it_is_killed(pool: Pool) -> None:
    assert isinstance(pool.conninfo, str)
    read_end, write_end = os.pipe()
    job = lanes.Job(pool.conninfo, "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", Work.RECORD)
    child = subprocess.Popen(
        [sys.executable, "-m", "enishi.connectors.lane_process"], stdin=read_end, stdout=subprocess.PIPE
    )
    os.close(read_end)
    with os.fdopen(write_end, "wb") as pipe:
        lanes.write_frame(pipe, msgspec.json.encode(job))
        lanes.write_frame(pipe, msgspec.json.encode([purchase(1)]))
        assert child.stdout is not None
        assert lanes.read_frame(child.stdout) is not None
    # The pipe is closed now, as the kernel closes it for a process that was killed.
    assert child.wait(30) == 0
    child.stdout.close()


def test_the_key_travels_by_pipe_and_opens_what_was_sealed_here(context: PurchaseContext) -> None:
    again = Keyring(context.keyring.reveal())
    assert again.blind("card", "1") == context.keyring.blind("card", "1")


def test_a_message_cut_short_is_no_message() -> None:
    read_end, write_end = os.pipe()
    with os.fdopen(write_end, "wb") as pipe:
        lanes.write_frame(pipe, b"whole")
        pipe.write((100).to_bytes(8, "big") + b"cut sho")
    with os.fdopen(read_end, "rb") as pipe:
        assert lanes.read_frame(pipe) == b"whole"
        assert lanes.read_frame(pipe) is None
        assert lanes.read_frame(pipe) is None
