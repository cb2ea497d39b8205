"""Handling a long stream of receipts: prepared in one thread, handled in several lanes at once.

Invariant: receipts of one customer are handled in the order they came in, whatever the number of lanes; and outcomes
are told in the order of the receipts, so that whoever is told them knows that all before are on disk.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from typing import Final, Generic, NamedTuple, TypeVar

from enishi.connectors.lanes import Lane, Outcome
from enishi.purchases import Purchase

_CHUNKS_AHEAD: Final = 3
"""How many chunks may be under way; bounds memory, and how much is sent again after a kill."""

Tag = TypeVar("Tag")


class Item(NamedTuple):
    """A receipt to be handled. Receipts with the same ``customer`` number are handled in their order."""

    customer: int
    purchase: Purchase


class Chunk(NamedTuple, Generic[Tag]):
    """Receipts that are handed in together, with whatever the caller wants to have back with their outcomes."""

    tag: Tag
    items: Sequence[Item]


class _Begun(NamedTuple, Generic[Tag]):
    chunk: Chunk[Tag]
    shares: list[tuple[list[int], Future[list[Outcome]]]]


def handle_in_order(
    lanes: Sequence[Lane],
    chunks: Iterable[Chunk[Tag]],
    on_settled: Callable[[Tag, Sequence[Outcome]], None],
) -> None:
    """Handle all chunks and give the outcomes of each to ``on_settled``, in order.

    ``chunks`` is drawn from and ``on_settled`` called in the calling thread; each chunk is shared out to the lanes by
    customer. When anything raises, nothing new is begun.
    """
    under_way: deque[_Begun[Tag]] = deque()
    for chunk in chunks:
        under_way.append(_begin(lanes, chunk))
        if len(under_way) > _CHUNKS_AHEAD:
            _settle(under_way.popleft(), on_settled)
    while under_way:
        _settle(under_way.popleft(), on_settled)


def _begin(lanes: Sequence[Lane], chunk: Chunk[Tag]) -> _Begun[Tag]:
    places: list[list[int]] = [[] for _ in lanes]
    for place, item in enumerate(chunk.items):
        places[item.customer % len(lanes)].append(place)
    return _Begun(
        chunk,
        [
            (mine, lane.submit([chunk.items[place].purchase for place in mine]))
            for lane, mine in zip(lanes, places, strict=True)
            if mine
        ],
    )


def _settle(begun: _Begun[Tag], on_settled: Callable[[Tag, Sequence[Outcome]], None]) -> None:
    by_place: dict[int, Outcome] = {}
    for places, future in begun.shares:
        by_place.update(zip(places, future.result(), strict=True))
    on_settled(begun.chunk.tag, [by_place[place] for place in range(len(begun.chunk.items))])
