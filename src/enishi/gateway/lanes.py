"""The threads behind the gateway: lanes with a queue each, so that no kind of work can starve another.

*Purchases* is the batcher: concurrent single calls share transactions; so do the lanes of ``OPERATIONS``. *Bulk*
records whole batches that came in one request. *Reads* answers questions. Each lane refuses at once when too much
waits, and finishes what it took in before it closes. A worker takes a connection from the pool for each piece of work,
so one that was cut is replaced.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final, TypeVar, cast

import psycopg
from msgspec import Struct
from psycopg import Connection
from psycopg_pool import ConnectionPool, PoolTimeout

from enishi import flows
from enishi.flows import PurchaseContext, RecordedPurchase
from enishi.gateway.by_author import by_author
from enishi.gateway.metrics import Metrics
from enishi.gateway.patience import BODY_SECONDS
from enishi.kit.batcher import Batcher
from enishi.kit.errors import Refusal
from enishi.purchases import Purchase

A = TypeVar("A")

Operation = Callable[[Connection, PurchaseContext, Sequence[Any]], list[Any]]
"""A flow that takes a batch and gives an outcome for each item, a refusal among them."""
OPERATIONS: Final[dict[str, Operation]] = {
    "returns": flows.record_returns,
    "purchase_events": flows.record_purchase_events,
    "cancellations": flows.cancel_purchases,
    "holds": flows.change_holds,
    "adjustments": by_author(flows.adjust_points),
    "transfers": by_author(flows.transfer_points),
    "claims": by_author(flows.claim_purchases),
    "benefits": by_author(flows.give_benefits),
    "referrals": by_author(flows.claim_referrals),
    "registrations": by_author(flows.register_members),
}
"""What is batched besides purchases, each on a lane of its own with one worker."""

Work = Callable[[Connection], Any]
Outcome = RecordedPurchase | Refusal

_UNREACHABLE: Final = (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout)
"""The database did not answer; anything else that a piece of work raises is its own fault."""


class Limits(Struct, frozen=True):
    """How much is done at once and how much may wait. The sum of the ``workers`` is the connections used at most."""

    max_batch: int = 128
    """Purchases in one transaction of the batcher."""
    purchase_workers: int = 2
    purchase_queue: int = 4_096
    bulk_workers: int = 2
    bulk_queue: int = 8
    read_workers: int = 4
    read_queue: int = 512
    body_seconds: float = BODY_SECONDS
    """How long a body may take to arrive."""

    @property
    def connections(self) -> int:
        """How many connections the pool must be able to give."""
        return self.purchase_workers + self.bulk_workers + self.read_workers + len(OPERATIONS)


class Lanes:
    """The lanes of one gateway."""

    def __init__(
        self,
        pool: ConnectionPool[psycopg.Connection],
        context: PurchaseContext,
        metrics: Metrics,
        limits: Limits,
    ) -> None:
        self._pool = pool
        self._context = context
        self._metrics = metrics
        self._purchases: Batcher[Purchase, Outcome] = Batcher(
            self._record,
            max_batch=limits.max_batch,
            in_flight=limits.purchase_workers,
            max_queue=limits.purchase_queue,
            name="purchases",
            observe=metrics.count_batch,
        )
        self._bulk: Batcher[Work, Any] = Batcher(
            self._run, max_batch=1, in_flight=limits.bulk_workers, max_queue=limits.bulk_queue, name="bulk"
        )
        self._reads: Batcher[Work, Any] = Batcher(
            self._run, max_batch=1, in_flight=limits.read_workers, max_queue=limits.read_queue, name="reads"
        )
        self._operations: dict[str, Batcher[Any, Any]] = {
            name: Batcher(
                partial(self._operate, operation),
                max_batch=limits.max_batch,
                in_flight=1,
                max_queue=limits.purchase_queue,
                name=name,
            )
            for name, operation in OPERATIONS.items()
        }
        for name, lane in (
            *self._operations.items(),
            ("purchases", self._purchases),
            ("bulk", self._bulk),
            ("reads", self._reads),
        ):
            metrics.watch_queue(name, lambda lane=lane: lane.waiting, lambda lane=lane: lane.in_hand)

    async def record(self, purchase: Purchase) -> RecordedPurchase:
        """Record a purchase together with whatever else has gathered. Raises what ``record_purchases`` refuses."""
        # A refusal among the outcomes is raised here by the batcher, so what comes back is a recorded purchase.
        return cast("RecordedPurchase", await self._purchases.perform(purchase))

    async def operate(self, name: str, item: object) -> Any:
        """Carry out one of ``OPERATIONS`` on an item, with whatever else has gathered. Raises what it refuses."""
        return await self._operations[name].perform(item)

    async def read(self, work: Callable[[Connection], A]) -> A:
        """Run ``work`` on a connection, in a transaction of its own."""
        return cast("A", await self._reads.perform(work))

    async def run_bulk(self, work: Callable[[Connection], A]) -> A:
        """Run ``work``, which records many purchases and commits itself, on a connection."""
        return cast("A", await self._bulk.perform(work))

    def record_on(self, conn: Connection, batch: Sequence[Purchase]) -> list[Outcome]:
        """Record a batch on a connection and count what is new; for work that runs in a lane."""
        outcomes = flows.record_purchases(conn, self._context, batch)
        fresh = [one for one in outcomes if isinstance(one, RecordedPurchase) and not one.replayed]
        if fresh:
            earned, used = sum(one.points_earned for one in fresh), sum(one.points_used for one in fresh)
            self._metrics.count_purchases(len(fresh), earned, used)
        return outcomes

    async def drain(self, timeout_seconds: float) -> bool:
        """Finish what was taken in, all lanes at once. Returns whether everything was finished in time."""
        lanes: tuple[Batcher[Any, Any], ...] = (self._purchases, self._bulk, self._reads, *self._operations.values())
        return all(await asyncio.gather(*(lane.drain(timeout_seconds) for lane in lanes)))

    def _record(self, batch: list[Purchase]) -> Sequence[Outcome]:
        with self._pool.connection() as conn:
            return self.record_on(conn, batch)

    def _operate(self, operation: Operation, batch: list[Any]) -> list[Any]:
        with self._pool.connection() as conn:
            return operation(conn, self._context, batch)

    def _run(self, pieces: list[Work]) -> list[Any]:
        try:
            with self._pool.connection() as conn:
                return [piece(conn) for piece in pieces]
        except _UNREACHABLE:
            raise
        except Exception as error:  # noqa: BLE001 - a refusal or a fault of this piece alone: raised at its caller
            return [error]
