"""``hold.…``, ``return.…``: what moves points besides purchases, through the batcher, by turns with awards."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Collection, Iterator
from functools import partial
from itertools import count, islice
from typing import Any

from psycopg import Connection

from bench.figures import BenchFailed, Figure
from bench.filling import card_number
from bench.load import JST, SOURCE, Load, make_receipt, run_batched, run_callers
from bench.rounds import Lane, compare, describe_peer, take_turns
from bench.sameness import require_proof
from bench.stage import Installation, Stage
from enishi import flows
from enishi.flows import CaptureHold, PlaceHold
from enishi.kit import clock
from enishi.kit.batcher import Batcher
from enishi.kit.errors import Refusal
from enishi.kit.identifiers import Identifier, IdentifierKind
from enishi.purchases import Receipt, Return

_AWARD = "award.beside_operations"
_HOLD = "hold_capture.batcher_256"
_RETURN = "return.batcher_256"
NAMES = (_HOLD, _RETURN)
_CALLERS = 256
_PREPARED = 1_000
_PER_SECOND = 6_000
"""So many receipts are made ready for each second of a turn of returns; more than can be returned in it."""
_runs = count(1)


def measure_operations(stage: Stage, wanted: Collection[str], rounds: int, seconds: int) -> Iterator[Figure]:
    """Holds, each with its capture, and returns of whole receipts, beside awards on the same server."""
    with stage.open_installation("operations") as installation:
        lanes = [Lane(_AWARD, partial(run_callers, installation, _CALLERS))]
        if _HOLD in wanted:
            lanes.append(Lane(_HOLD, partial(_run_holds, installation)))
        if _RETURN in wanted:
            lanes.append(Lane(_RETURN, partial(_run_returns, installation)))
        stage.checkpoint()
        turns = take_turns(lanes, rounds, seconds)
        require_proof(installation)
    awards = turns.pop(_AWARD)
    yield from describe_peer(_AWARD, awards)
    for name, taken in turns.items():
        yield from compare(name, taken, _AWARD, awards)


def _require(outcomes: list[Any]) -> list[Any]:
    for outcome in outcomes:
        if isinstance(outcome, Refusal):
            raise BenchFailed(f"An operation was refused: {outcome}")
    return outcomes


def _run_holds(installation: Installation, seconds: int) -> Load:
    """Every call sets 20 points aside and uses them: two operations, one after the other."""
    run = next(_runs)

    def change(conn: Connection, batch: list[Any]) -> list[Any]:
        return _require(flows.change_holds(conn, installation.context, batch))

    async def call(batcher: Batcher[Any, Any], caller: int, number: int) -> bool:
        card = card_number(int(random.random() * installation.customers))
        placed = await batcher.perform(
            PlaceHold(
                source=SOURCE,
                external_id=f"H{run:04}-{caller:03}-{number:06}",
                identifiers=(Identifier(IdentifierKind.CARD, card),),
                points=20,
                store="EC",
            )
        )
        await batcher.perform(CaptureHold(hold_id=placed.hold.hold_id))
        return True

    return run_batched(installation, _CALLERS, seconds, change, call)


def _run_returns(installation: Installation, seconds: int) -> Load:
    """Every call brings a whole receipt back that was recorded before the turn."""
    run = next(_runs)
    receipts = deque(_record_receipts(installation, run, _PER_SECOND * seconds))
    at = clock.now().astimezone(JST)

    def bring_back(conn: Connection, batch: list[Return]) -> list[Any]:
        return _require(flows.record_returns(conn, installation.context, batch))

    async def call(batcher: Batcher[Any, Any], _caller: int, _number: int) -> bool:
        if not receipts:
            return False
        external_id = receipts.popleft()
        await batcher.perform(
            Return(
                source=SOURCE,
                external_id=f"{external_id}-R",
                store="S1",
                occurred_at=at,
                receipt=Receipt(SOURCE, external_id),
            )
        )
        return True

    return run_batched(installation, _CALLERS, seconds, bring_back, call)


def _record_receipts(installation: Installation, run: int, wanted: int) -> list[str]:
    names = (f"R{run:04}-{number:07}" for number in range(wanted))
    recorded: list[str] = []
    while batch := list(islice(names, _PREPARED)):
        receipts = [make_receipt(name, card_number(random.randrange(installation.customers))) for name in batch]
        with installation.pool.connection() as conn:
            _require(flows.record_purchases(conn, installation.context, receipts))
        recorded += batch
    return recorded
