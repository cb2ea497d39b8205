"""Many receipts in several lanes: order by customer, order of outcomes, and what happens when one fails."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager

import pytest
from tests.connectors.factories import item

from enishi.connectors.lanes import Lane, Outcome, Taken
from enishi.connectors.pipeline import Chunk, handle_in_order
from enishi.purchases import Purchase

Handle = Callable[[Sequence[Purchase]], list[Outcome]]


@contextmanager
def lanes_that(handle: Handle, count: int = 2) -> Iterator[list[Lane]]:
    """So many lanes that handle batches in this way."""
    with ExitStack() as stack:
        lanes = [Lane(handle, f"lane-{number}") for number in range(count)]
        for lane in lanes:
            stack.callback(lane.close)
        yield lanes


def number_outcomes(batch: Sequence[Purchase]) -> list[Outcome]:
    """Outcomes that tell which receipt they belong to."""
    return [Taken(repeated=False, points_earned=int(one.external_id), without_program=False) for one in batch]


def test_outcomes_come_back_in_order_with_the_chunks_tag() -> None:
    chunks = [Chunk(tag, [item(number, 10 * tag + number) for number in range(10)]) for tag in range(20)]
    settled: list[tuple[int, list[Outcome]]] = []
    with lanes_that(number_outcomes) as lanes:
        handle_in_order(lanes, chunks, lambda tag, outcomes: settled.append((tag, list(outcomes))))
    assert settled == [
        (tag, number_outcomes([item(0, 10 * tag + number).purchase for number in range(10)])) for tag in range(20)
    ]


def test_one_customers_receipts_are_handled_in_their_order_by_one_lane() -> None:
    handled: dict[str, list[int]] = {}

    def handle(batch: Sequence[Purchase]) -> list[Outcome]:
        handled.setdefault(threading.current_thread().name, []).extend(int(one.external_id) for one in batch)
        return number_outcomes(batch)

    chunks = [Chunk(None, [item(number, 10 * tag + number) for number in range(10)]) for tag in range(20)]
    with lanes_that(handle) as lanes:
        handle_in_order(lanes, chunks, lambda _tag, _outcomes: None)
    assert len(handled) == 2
    for numbers in handled.values():
        assert numbers == sorted(numbers)
        assert len({number % 2 for number in numbers}) == 1


def test_all_lanes_work_at_the_same_time() -> None:
    meeting = threading.Barrier(3, timeout=20)

    def handle(batch: Sequence[Purchase]) -> list[Outcome]:
        meeting.wait()
        return number_outcomes(batch)

    with lanes_that(handle, 3) as lanes:
        handle_in_order(lanes, [Chunk(None, [item(n, n) for n in range(3)])], lambda _tag, _outcomes: None)


def test_a_failure_stops_before_anything_new_is_begun_and_is_raised() -> None:
    drawn: list[int] = []
    settled: list[int] = []

    def chunks() -> Iterator[Chunk[int]]:
        for tag in range(100):
            drawn.append(tag)
            yield Chunk(tag, [item(0, tag)])

    def handle(batch: Sequence[Purchase]) -> list[Outcome]:
        if batch[0].external_id == "5":
            raise RuntimeError("the sixth receipt")
        return number_outcomes(batch)

    with lanes_that(handle) as lanes, pytest.raises(RuntimeError, match="the sixth receipt"):
        handle_in_order(lanes, chunks(), lambda tag, _outcomes: settled.append(tag))
    assert settled == [0, 1, 2, 3, 4]
    assert len(drawn) < 12


def test_a_chunk_without_items_is_settled_too() -> None:
    settled: list[tuple[str, int]] = []
    with lanes_that(number_outcomes) as lanes:
        handle_in_order(lanes, [Chunk("x", [])], lambda tag, outcomes: settled.append((tag, len(outcomes))))
    assert settled == [("x", 0)]
