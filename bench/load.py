"""Load on the batcher: a number of callers, each sending its next receipt when the last one is answered."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from itertools import count

from msgspec import Struct

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
    return asyncio.run(_run_callers(installation, callers, seconds, points_to_use))


async def _run_callers(installation: Installation, callers: int, seconds: float, points_to_use: int) -> Load:
    limits = Limits()

    def record(batch: list[Purchase]) -> list[RecordedPurchase | Refusal]:
        with installation.pool.connection() as conn:
            return flows.record_purchases(conn, installation.context, batch)

    batcher = Batcher(
        record, max_batch=limits.max_batch, in_flight=limits.purchase_workers, max_queue=limits.purchase_queue
    )
    latencies: list[float] = []
    run = next(_runs)
    until = time.perf_counter() + seconds

    async def call_until_done(caller: int) -> None:
        numbers = count(1)
        while (began := time.perf_counter()) < until:
            external_id = f"B{run:04}-{caller:03}-{next(numbers):06}"
            card = card_number(int(random.random() * installation.customers))
            await batcher.perform(make_receipt(external_id, card, points_to_use))
            latencies.append(time.perf_counter() - began)

    meter = Meter(installation.server_pid)
    began = time.perf_counter()
    await asyncio.gather(*(call_until_done(caller) for caller in range(callers)))
    load = describe_load(len(latencies), time.perf_counter() - began, meter.read(), latencies)
    await batcher.drain()
    return load
