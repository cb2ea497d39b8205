"""Load on the batcher: a number of callers, each sending its next receipt when the last one is answered."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta, timezone
from itertools import count
from typing import Any

from msgspec import Struct
from psycopg import Connection

from bench.cpu import Meter
from bench.filling import card_number
from bench.stage import Installation
from enishi import flows
from enishi.flows import RecordedPurchase
from enishi.gateway import Limits
from enishi.kit.batcher import Batcher
from enishi.kit.errors import Refusal
from enishi.kit.identifiers import Identifier, IdentifierKind
from enishi.purchases import Channel, Line, Payment, PaymentMethod, Purchase

SOURCE = "bench"
"""What the product's receipts are recorded under; the peer's are under ``pgbench``."""
JST = timezone(timedelta(hours=9))
_runs = count(1)
_LINE_2 = Line("4909876543210", 2, 150, 8, 0, "PRODUCE")
_LINE_3 = Line("4901111111116", 1, 980, 10, 100, "DRUG GM")
_PAYMENTS = (Payment(PaymentMethod.CASH, 1_000),)


class Load(Struct, frozen=True):
    """What a run under load came to. Not every peer tells its latencies."""

    answered: int
    per_second: float
    client_us: float
    """CPU a receipt outside the database server, the callers' own share included where they are in the process."""
    server_us: float
    """CPU a receipt in the database server."""
    p50_ms: float | None = None
    p99_ms: float | None = None

    @property
    def cpu_us(self) -> float:
        """All of it."""
        return self.client_us + self.server_us


def describe_load(
    answered: int, elapsed: float, used: tuple[float, float], latencies: Sequence[float] | None = None
) -> Load:
    """A load from what was counted: seconds by the clock, CPU seconds outside and in the server, seconds a receipt."""
    ordered = sorted(latencies or ())
    return Load(
        answered,
        answered / elapsed,
        used[0] / answered * 1e6,
        used[1] / answered * 1e6,
        ordered[len(ordered) // 2] * 1e3 if ordered else None,
        ordered[len(ordered) * 99 // 100] * 1e3 if ordered else None,
    )


def make_receipt(external_id: str, card: str, points_to_use: int = 0) -> Purchase:
    """A receipt of three lines."""
    return Purchase(
        source=SOURCE,
        external_id=external_id,
        channel=Channel.POS,
        store="S1",
        terminal="T1",
        occurred_at=datetime.now(JST),
        identifiers=(Identifier(IdentifierKind.CARD, card),),
        lines=(Line("4901234567894", 1, 100 + int(random.random() * 2_901), 8, 0, "GROCERY"), _LINE_2, _LINE_3),
        payments=_PAYMENTS,
        points_to_use=points_to_use,
    )


def run_callers(installation: Installation, callers: int, seconds: float, points_to_use: int = 0) -> Load:
    """Let so many callers send receipts for customers at random through a batcher set up as the gateway's is."""
    run = next(_runs)

    def record(conn: Connection, batch: list[Purchase]) -> list[RecordedPurchase | Refusal]:
        return flows.record_purchases(conn, installation.context, batch)

    def receipt(caller: int, number: int) -> Purchase:
        card = card_number(int(random.random() * installation.customers))
        return make_receipt(f"B{run:04}-{caller:03}-{number:06}", card, points_to_use)

    async def call(batcher: Batcher[Purchase, RecordedPurchase], caller: int, number: int) -> bool:
        await batcher.perform(receipt(caller, number))
        return True

    return run_batched(installation, callers, seconds, record, call, workers=Limits().purchase_workers)


def run_batched(
    installation: Installation,
    callers: int,
    seconds: float,
    handle: Callable[[Connection, list[Any]], list[Any]],
    call: Callable[[Batcher[Any, Any], int, int], Awaitable[bool]],
    *,
    workers: int = 1,
) -> Load:
    """Let so many callers do ``call(batcher, caller, number)`` one after the other, until the time or their work is up.

    ``handle`` does what the batcher gathers, on as many connections as there are ``workers``; a call that finds no more
    work says False.
    """
    limits = Limits()

    def work(batch: list[Any]) -> list[Any]:
        with installation.pool.connection() as conn:
            return handle(conn, batch)

    batcher: Batcher[Any, Any] = Batcher(
        work, max_batch=limits.max_batch, in_flight=workers, max_queue=limits.purchase_queue
    )
    return asyncio.run(_call_by_turns(installation, callers, seconds, batcher, call))


async def _call_by_turns(
    installation: Installation,
    callers: int,
    seconds: float,
    batcher: Batcher[Any, Any],
    call: Callable[[Batcher[Any, Any], int, int], Awaitable[bool]],
) -> Load:
    latencies: list[float] = []
    until = time.perf_counter() + seconds

    async def call_until_done(caller: int) -> None:
        numbers = count(1)
        while (began := time.perf_counter()) < until and await call(batcher, caller, next(numbers)):
            latencies.append(time.perf_counter() - began)

    meter = Meter(installation.server_pid)
    began = time.perf_counter()
    await asyncio.gather(*(call_until_done(caller) for caller in range(callers)))
    load = describe_load(len(latencies), time.perf_counter() - began, meter.read(), latencies)
    await batcher.drain()
    return load
