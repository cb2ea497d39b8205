"""Recording a long stream of receipts: prepared in one thread, recorded over several connections at once.

Invariant: receipts of one customer are recorded in the order they came in, whatever the number of connections; and
outcomes are told in the order of the receipts, so that whoever is told them knows that all before are on disk.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from typing import Final, Generic, NamedTuple, TypeVar

from psycopg import Connection
from psycopg_pool import ConnectionPool

from enishi.purchases import Purchase

LANES: Final = 2
"""Connections that record at once. While one waits for the disk, the other computes."""
_CHUNKS_AHEAD: Final = 3
"""How many chunks may be under way; bounds memory, and how much is sent again after a kill."""

Tag = TypeVar("Tag")
Outcome = TypeVar("Outcome")
Handle = Callable[[Connection, Sequence[Purchase]], Sequence[Outcome]]
"""What is done with a batch: ``record_purchases`` or ``quote_purchases``, one outcome per purchase."""


class Item(NamedTuple):
    """A receipt to be recorded. Receipts with the same ``customer`` number are recorded in their order."""

    customer: int
    purchase: Purchase


class Chunk(NamedTuple, Generic[Tag]):
    """Receipts that are handed in together, with whatever the caller wants to have back with their outcomes."""

    tag: Tag
    items: Sequence[Item]


class _Begun(NamedTuple, Generic[Tag, Outcome]):
    chunk: Chunk[Tag]
    lanes: list[tuple[list[int], Future[Sequence[Outcome]]]]


def handle_in_order(
    pool: ConnectionPool[Connection],
    handle: Handle[Outcome],
    chunks: Iterable[Chunk[Tag]],
    on_settled: Callable[[Tag, Sequence[Outcome]], None],
    *,
    lanes: int = LANES,
) -> None:
    """Handle all chunks and give the outcomes of each to ``on_settled``, in order.

    ``chunks`` is drawn from and ``on_settled`` called in the calling thread; each chunk is shared out to ``lanes``
    connections by customer. When anything raises, what is under way is finished first, and nothing new is begun.
    """
    under_way: deque[_Begun[Tag, Outcome]] = deque()
    with ExitStack() as stack:
        threads = [
            stack.enter_context(ThreadPoolExecutor(1, thread_name_prefix=f"lane-{number}")) for number in range(lanes)
        ]
        for chunk in chunks:
            under_way.append(_begin(pool, handle, threads, chunk))
            if len(under_way) > _CHUNKS_AHEAD:
                _settle(under_way.popleft(), on_settled)
        while under_way:
            _settle(under_way.popleft(), on_settled)


def _begin(
    pool: ConnectionPool[Connection],
    handle: Handle[Outcome],
    threads: Sequence[ThreadPoolExecutor],
    chunk: Chunk[Tag],
) -> _Begun[Tag, Outcome]:
    places: list[list[int]] = [[] for _ in threads]
    for place, item in enumerate(chunk.items):
        places[item.customer % len(threads)].append(place)

    def run(batch: list[Purchase]) -> Sequence[Outcome]:
        with pool.connection() as conn:
            return handle(conn, batch)

    return _Begun(
        chunk,
        [
            (mine, thread.submit(run, [chunk.items[place].purchase for place in mine]))
            for thread, mine in zip(threads, places, strict=True)
            if mine
        ],
    )


def _settle(begun: _Begun[Tag, Outcome], on_settled: Callable[[Tag, Sequence[Outcome]], None]) -> None:
    by_place: dict[int, Outcome] = {}
    for places, future in begun.lanes:
        by_place.update(zip(places, future.result(), strict=True))
    on_settled(begun.chunk.tag, [by_place[place] for place in range(len(begun.chunk.items))])
