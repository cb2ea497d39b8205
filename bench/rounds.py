"""Product and peer by turns: what disturbs the machine disturbs them alike, and ratios hold where rates do not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from statistics import median

from msgspec import Struct

from bench.figures import Figure, ratio_of_rounds, say
from bench.load import Load

P99_LIMIT_MS = 100.0
_WARM_UP_SECONDS = 2


class Lane(Struct, frozen=True):
    """Something that can be run for a number of seconds."""

    name: str
    run: Callable[[int], Load]


def take_turns(lanes: Sequence[Lane], rounds: int, seconds: int) -> dict[str, list[Load]]:
    """Run every lane once a round, in turning order, after a run each that does not count."""
    turns: dict[str, list[Load]] = {lane.name: [] for lane in lanes}
    for lane in lanes:
        lane.run(min(seconds, _WARM_UP_SECONDS))
    for number in range(rounds):
        for lane in lanes if number % 2 == 0 else reversed(lanes):
            load = lane.run(seconds)
            turns[lane.name].append(load)
            say(
                f"  round {number + 1}: {lane.name} {load.per_second:,.0f}/s; CPU each {load.client_us:,.0f} µs "
                f"outside the server and {load.server_us:,.0f} in it"
            )
    return turns


def describe_peer(name: str, turns: Sequence[Load]) -> Iterator[Figure]:
    """The figures of a peer, which is compared with nothing."""
    yield Figure(name, median([turn.per_second for turn in turns]), "receipts/s")
    yield Figure(f"{name}.cpu", median([turn.cpu_us for turn in turns]), "µs/receipt")


def compare(name: str, turns: Sequence[Load], peer_name: str, peer: Sequence[Load]) -> Iterator[Figure]:
    """The figures of one lane beside its peer: rate, CPU a receipt, and the 99th percentile where it is known."""
    yield Figure(
        name,
        median([turn.per_second for turn in turns]),
        "receipts/s",
        peer_name,
        ratio_of_rounds([turn.per_second for turn in turns], [turn.per_second for turn in peer]),
    )
    latencies = [turn.p99_ms for turn in turns if turn.p99_ms is not None]
    if latencies:
        p99_ms = median(latencies)
        yield Figure(f"{name}.p99", p99_ms, "ms", f"{P99_LIMIT_MS:.0f} ms", p99_ms / P99_LIMIT_MS)
    yield Figure(
        f"{name}.cpu",
        median([turn.cpu_us for turn in turns]),
        "µs/receipt",
        f"{peer_name}.cpu",
        ratio_of_rounds([turn.cpu_us for turn in turns], [turn.cpu_us for turn in peer]),
    )
