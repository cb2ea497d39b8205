"""Batches whose items come with who sends them: split into batches of one author each, for flows that take one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from psycopg import Connection

from enishi.flows import PurchaseContext

Flow = Callable[[Connection, PurchaseContext, Sequence[Any], Any], list[Any]]


def by_author(flow: Flow) -> Callable[[Connection, PurchaseContext, Sequence[Any]], list[Any]]:
    """An operation on pairs of item and author; outcomes come in the order of the items."""

    def operate(conn: Connection, context: PurchaseContext, batch: Sequence[Any]) -> list[Any]:
        positions: dict[Any, list[int]] = {}
        for position, (_, author) in enumerate(batch):
            positions.setdefault(author, []).append(position)
        outcomes: dict[int, Any] = {}
        for author, own in positions.items():
            answers = flow(conn, context, [batch[position][0] for position in own], author)
            outcomes |= dict(zip(own, answers, strict=True))
        return [outcomes[position] for position in range(len(batch))]

    return operate
