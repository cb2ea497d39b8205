"""What a large journal costs: ``award.batcher_256_after_10m`` and ``ledger.verify``."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import partial

from bench import proof
from bench.figures import Figure
from bench.load import run_callers
from bench.rounds import Lane, compare, describe_peer, take_turns
from bench.stage import Stage

AWARDS_AFTER = "award.batcher_256_after_10m"
NAMES = (AWARDS_AFTER, proof.NAME)
_WITHOUT = "peer.without_history"
_CALLERS = 256


def measure_history(stage: Stage, wanted: Collection[str], history: int, rounds: int, seconds: int) -> Iterator[Figure]:
    """Awards with ``history`` entries behind them by turns with awards without; and the proof of all those entries."""
    with stage.open_installation("behind", history=history) as behind:
        if AWARDS_AFTER in wanted:
            with stage.open_installation("fresh") as fresh:
                lanes = [
                    Lane(_WITHOUT, partial(run_callers, fresh, _CALLERS)),
                    Lane(AWARDS_AFTER, partial(run_callers, behind, _CALLERS)),
                ]
                stage.checkpoint()
                turns = take_turns(lanes, rounds, seconds)
            yield from describe_peer(_WITHOUT, turns[_WITHOUT])
            yield from compare(AWARDS_AFTER, turns[AWARDS_AFTER], _WITHOUT, turns[_WITHOUT])
        if proof.NAME in wanted:
            yield from proof.measure_verify(behind)
