"""Many receipts over several connections: order by customer, order of outcomes, and what happens when one fails."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import psycopg
import pytest
from psycopg_pool import ConnectionPool

from enishi.connectors.pipeline import Chunk, Item, handle_in_order
from enishi.purchases import Channel, Line, Purchase

Pool = ConnectionPool[psycopg.Connection]


def item(customer: int, number: int) -> Item:
    purchase = Purchase(
        source="test",
        external_id=str(number),
        channel=Channel.POS,
        store="1",
        occurred_at=datetime(2026, 4, 1, tzinfo=UTC),
        lines=(Line("A", 1, 100),),
    )
    return Item(customer, purchase)


def test_outcomes_come_back_in_order_with_the_chunks_tag(pool: Pool) -> None:
    chunks = [Chunk(tag, [item(number, 10 * tag + number) for number in range(10)]) for tag in range(20)]
    settled: list[tuple[int, list[str]]] = []
    handle_in_order(
        pool,
        lambda _conn, batch: [purchase.external_id for purchase in batch],
        chunks,
        lambda tag, outcomes: settled.append((tag, list(outcomes))),
    )
    assert settled == [(tag, [str(10 * tag + number) for number in range(10)]) for tag in range(20)]


def test_one_customers_receipts_are_handled_in_their_order_by_one_lane(pool: Pool) -> None:
    handled: dict[str, list[int]] = {}

    def handle(_: psycopg.Connection, batch: Sequence[Purchase]) -> list[None]:
        handled.setdefault(threading.current_thread().name, []).extend(int(one.external_id) for one in batch)
        return [None] * len(batch)

    chunks = [Chunk(None, [item(number, 10 * tag + number) for number in range(10)]) for tag in range(20)]
    handle_in_order(pool, handle, chunks, lambda _tag, _outcomes: None)
    assert len(handled) == 2
    for numbers in handled.values():
        assert numbers == sorted(numbers)
        assert len({number % 2 for number in numbers}) == 1


def test_both_lanes_work_at_the_same_time(pool: Pool) -> None:
    meeting = threading.Barrier(2, timeout=20)

    def handle(_: psycopg.Connection, batch: Sequence[Purchase]) -> list[None]:
        meeting.wait()
        return [None] * len(batch)

    handle_in_order(pool, handle, [Chunk(None, [item(0, 0), item(1, 1)])], lambda _tag, _outcomes: None)


def test_a_failure_stops_before_anything_new_is_begun_and_is_raised(pool: Pool) -> None:
    drawn: list[int] = []
    settled: list[int] = []

    def chunks() -> Iterator[Chunk[int]]:
        for tag in range(100):
            drawn.append(tag)
            yield Chunk(tag, [item(0, tag)])

    def handle(_: psycopg.Connection, batch: Sequence[Purchase]) -> list[None]:
        if batch[0].external_id == "5":
            raise psycopg.OperationalError("the server has gone")
        return [None] * len(batch)

    with pytest.raises(psycopg.OperationalError):
        handle_in_order(pool, handle, chunks(), lambda tag, _outcomes: settled.append(tag))
    assert settled == [0, 1, 2, 3, 4]
    assert len(drawn) < 12


def test_a_chunk_without_items_is_settled_too(pool: Pool) -> None:
    settled: list[tuple[str, int]] = []
    handle_in_order(pool, lambda _conn, _batch: [], [Chunk("x", [])], lambda tag, got: settled.append((tag, len(got))))
    assert settled == [("x", 0)]
