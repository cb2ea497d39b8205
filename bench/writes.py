"""``award.*``, ``spend.*``: receipts recorded through the batcher and over HTTP, by turns with their peers."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import ExitStack
from functools import partial

from bench.figures import Figure, say
from bench.gateway import open_gateway, run_http_callers
from bench.hordak import MISSING, has_hordak, prepare_hordak, run_hordak
from bench.load import Load, run_callers
from bench.peer import install_peer, run_peer
from bench.rounds import Lane, compare, describe_peer, take_turns
from bench.ruling import open_ruled
from bench.sameness import require_proof, require_sameness
from bench.stage import Installation, Stage

AWARD_PEER = "peer.pgbench_award"
_UNGUARDED_PEER = "peer.pgbench_award_unguarded"
SPEND_PEER = "peer.pgbench_spend"
POINTS_TO_USE = 20
_CALLERS = {"award.batcher_256": 256, "award.batcher_64": 64, "award.batcher_16": 16}
_HTTP = "award.http_256"
_RULED = "award.ruled_256"
_SPEND = "spend.batcher_256"
_HORDAK = "peer.hordak"
NAMES = (*_CALLERS, _HTTP, _RULED, _SPEND, _UNGUARDED_PEER, _HORDAK)


def measure_writes(stage: Stage, wanted: Collection[str], rounds: int, seconds: int) -> Iterator[Figure]:
    """The figures of the lanes in ``wanted``, each beside its peer, after proof that both did the same."""
    with stage.open_installation("writes") as installation, ExitStack() as opened:
        install_peer(installation)
        lanes = _prepare_lanes(stage, installation, wanted, opened)
        ruled = opened.enter_context(open_ruled(stage)) if _RULED in wanted else None
        if ruled is not None:
            lanes.append(Lane(_RULED, partial(run_callers, ruled, 256)))
        stage.checkpoint()
        turns = take_turns(lanes, rounds, seconds)
        _check(installation, turns)
        if ruled is not None:
            require_proof(ruled)
    awards = turns.get(AWARD_PEER, [])
    if awards:
        yield from describe_peer(AWARD_PEER, awards)
    for name, taken in turns.items():
        if name.startswith("award.") or name in {_UNGUARDED_PEER, _HORDAK}:
            yield from compare(name, taken, AWARD_PEER, awards)
    if _SPEND in turns:
        yield from describe_peer(SPEND_PEER, turns[SPEND_PEER])
        yield from compare(_SPEND, turns[_SPEND], SPEND_PEER, turns[SPEND_PEER])


def _prepare_lanes(stage: Stage, installation: Installation, wanted: Collection[str], opened: ExitStack) -> list[Lane]:
    lanes: list[Lane] = []
    if wanted != {_SPEND}:
        lanes.append(Lane(AWARD_PEER, partial(run_peer, stage, installation)))
    lanes += [
        Lane(name, partial(run_callers, installation, callers)) for name, callers in _CALLERS.items() if name in wanted
    ]
    if _HTTP in wanted:
        gateway = opened.enter_context(open_gateway(stage, installation))
        lanes.append(Lane(_HTTP, partial(run_http_callers, gateway, 256)))
    if _SPEND in wanted:
        lanes.append(Lane(SPEND_PEER, partial(run_peer, stage, installation, points_to_use=POINTS_TO_USE)))
        lanes.append(Lane(_SPEND, partial(run_callers, installation, 256, points_to_use=POINTS_TO_USE)))
    if _UNGUARDED_PEER in wanted:
        lanes.append(Lane(_UNGUARDED_PEER, partial(run_peer, stage, installation, guarded=False)))
    if _HORDAK in wanted and has_hordak():
        database = opened.enter_context(stage.open_database("hordak", empty=True))
        prepare_hordak(database)
        lanes.append(Lane(_HORDAK, partial(run_hordak, database, stage.server.pid)))
    elif _HORDAK in wanted:
        say(MISSING)
    return lanes


def _check(installation: Installation, turns: dict[str, list[Load]]) -> None:
    """Nothing is worth comparing unless both sides did the same and the ledger holds."""

    def answered(name: str) -> int:
        return sum(turn.answered for turn in turns.get(name, []))

    awarded = sum(answered(name) for name in turns if name.startswith("award.") and name != _RULED)
    if awarded:
        require_sameness(installation, awarded, answered(AWARD_PEER), 0)
    if _SPEND in turns:
        require_sameness(installation, answered(_SPEND), answered(SPEND_PEER), POINTS_TO_USE)
    require_proof(installation)
