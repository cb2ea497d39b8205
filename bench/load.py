"""Load on the batcher: a number of callers, each sending its next receipt when the last one is answered."""

from __future__ import annotations

import asyncio
import random
import time
from datetime import datetime, timedelta, timezone
from itertools import count

from msgspec import Struct

from bench.stage import Stage, card_number
from enishi import flows
from enishi.flows import RecordedPurchase
from enishi.kit.batcher import Batcher
from enishi.kit.errors import Refusal
from enishi.kit.identifiers import Identifier, IdentifierKind
from enishi.purchases import Channel, Line, Payment, PaymentMethod, Purchase

JST = timezone(timedelta(hours=9))
_receipts = count(1)
_LINE_2 = Line("4909876543210", 2, 150, 8, 0, "PRODUCE")
_LINE_3 = Line("4901111111116", 1, 980, 10, 100, "DRUG GM")
_PAYMENTS = (Payment(PaymentMethod.CASH, 1_000),)


class Load(Struct, frozen=True):
    """What a run under load came to."""

    per_second: float
    p50_ms: float
    p99_ms: float
    answered: int


def make_receipt(stage: Stage, points_to_use: int = 0) -> Purchase:
    """A receipt of three lines for a customer at random."""
    price_yen = random.randint(100, 3_000)
    return Purchase(
        source="bench",
        external_id=f"B{next(_receipts):010}",
        channel=Channel.POS,
        store="S1",
        terminal="T1",
        occurred_at=datetime.now(JST),
        identifiers=(Identifier(IdentifierKind.CARD, card_number(random.randrange(stage.customers))),),
        lines=(Line("4901234567894", 1, price_yen, 8, 0, "GROCERY"), _LINE_2, _LINE_3),
        payments=_PAYMENTS,
        points_to_use=points_to_use,
    )


def make_batcher(stage: Stage, max_batch: int, in_flight: int = 2) -> Batcher[Purchase, RecordedPurchase | Refusal]:
    """A batcher set up as the gateway's is."""

    def record(batch: list[Purchase]) -> list[RecordedPurchase | Refusal]:
        with stage.pool.connection() as conn:
            return flows.record_purchases(conn, stage.context, batch)

    return Batcher(record, max_batch=max_batch, in_flight=in_flight)


def run_callers(stage: Stage, callers: int, seconds: float, points_to_use: int = 0) -> Load:
    """Let this many callers send receipts through a batcher for this long."""
    return asyncio.run(_run_callers(stage, callers, seconds, points_to_use))


async def _run_callers(stage: Stage, callers: int, seconds: float, points_to_use: int) -> Load:
    batcher = make_batcher(stage, max_batch=128)
    latencies: list[float] = []
    until = time.perf_counter() + seconds

    async def call_until_done() -> None:
        while (began := time.perf_counter()) < until:
            await batcher.perform(make_receipt(stage, points_to_use))
            latencies.append(time.perf_counter() - began)

    began = time.perf_counter()
    await asyncio.gather(*(call_until_done() for _ in range(callers)))
    elapsed = time.perf_counter() - began
    await batcher.drain()
    latencies.sort()
    return Load(
        len(latencies) / elapsed,
        latencies[len(latencies) // 2] * 1_000,
        latencies[len(latencies) * 99 // 100] * 1_000,
        len(latencies),
    )
