"""Recording a long stream of receipts: prepared in one thread, recorded over several connections at once.

Invariant: receipts of one customer are recorded in the order they came in, whatever the number of connections; and
``position`` counts receipts whose outcome is on disk together with that of all before them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from typing import Final, NamedTuple

from msgspec import Struct
from psycopg import Connection
from psycopg_pool import ConnectionPool

from enishi.flows import RecordedPurchase
from enishi.kit.errors import Refusal
from enishi.purchases import Purchase

LANES: Final = 2
"""Connections that record at once. While one waits for the disk, the other computes."""
_CHUNKS_AHEAD: Final = 3
"""How many chunks may be under way; bounds memory, and how much is sent again after a kill."""

Outcome = RecordedPurchase | Refusal
Record = Callable[[Connection, Sequence[Purchase]], Sequence[Outcome]]


class Settled(Struct, frozen=True):
    """A chunk whose every receipt has its outcome. ``position`` is that of its last receipt, from 1."""

    position: int
    purchases: Sequence[Purchase]
    outcomes: Sequence[Outcome]


class Item(NamedTuple):
    """A receipt to be recorded. Receipts with the same ``customer`` number are recorded in their order."""

    customer: int
    purchase: Purchase


class _Chunk(NamedTuple):
    position: int
    purchases: list[Purchase]
    lanes: list[tuple[list[int], Future[Sequence[Outcome]]]]


def record_in_order(
    pool: ConnectionPool[Connection],
    record: Record,
    chunks: Iterable[Sequence[Item]],
    on_settled: Callable[[Settled], None],
    *,
    position: int = 0,
    lanes: int = LANES,
) -> int:
    """Record all chunks and return the position reached.

    ``chunks`` is drawn from and ``on_settled`` called in the calling thread, chunk by chunk in order; each chunk is
    shared out to ``lanes`` connections by customer. ``position`` is where the stream begins. When anything raises,
    what is under way is finished first, and nothing new is begun.
    """
    under_way: deque[_Chunk] = deque()
    with ExitStack() as stack:
        threads = [
            stack.enter_context(ThreadPoolExecutor(1, thread_name_prefix=f"lane-{number}")) for number in range(lanes)
        ]
        for chunk in chunks:
            position += len(chunk)
            under_way.append(_begin(pool, record, threads, position, chunk))
            if len(under_way) > _CHUNKS_AHEAD:
                on_settled(_settle(under_way.popleft()))
        while under_way:
            on_settled(_settle(under_way.popleft()))
    return position


def _begin(
    pool: ConnectionPool[Connection],
    record: Record,
    threads: Sequence[ThreadPoolExecutor],
    position: int,
    chunk: Sequence[Item],
) -> _Chunk:
    places: list[list[int]] = [[] for _ in threads]
    for place, item in enumerate(chunk):
        places[item.customer % len(threads)].append(place)

    def run(batch: list[Purchase]) -> Sequence[Outcome]:
        with pool.connection() as conn:
            return record(conn, batch)

    return _Chunk(
        position,
        [item.purchase for item in chunk],
        [
            (mine, thread.submit(run, [chunk[place].purchase for place in mine]))
            for thread, mine in zip(threads, places, strict=True)
            if mine
        ],
    )


def _settle(chunk: _Chunk) -> Settled:
    outcomes: list[Outcome | None] = [None] * len(chunk.purchases)
    for places, future in chunk.lanes:
        for place, outcome in zip(places, future.result(), strict=True):
            outcomes[place] = outcome
    return Settled(chunk.position, chunk.purchases, [one for one in outcomes if one is not None])
