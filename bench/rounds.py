"""Product and peer by turns: what disturbs the machine disturbs them alike, and ratios hold where rates do not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from statistics import median

from msgspec import Struct

from bench import cpu
from bench.figures import Figure, ratio_of_rounds, say
from bench.load import Load

P99_LIMIT_MS = 100.0
_WARM_UP_SECONDS = 2


class Lane(Struct, frozen=True):
    """Something that can be run for a number of seconds. ``client_seconds`` tells the CPU of whoever does the work
    outside the database server.
    """

    name: str
    run: Callable[[int], Load]
    client_seconds: Callable[[], float] = cpu.own_seconds


class Turn(Struct, frozen=True):
    """One run of one lane. CPU in µs a receipt, outside the database server and in it."""

    load: Load
    client_us: float
    server_us: float

    @property
    def cpu_us(self) -> float:
        """All of it."""
        return self.client_us + self.server_us


def take_turns(lanes: Sequence[Lane], rounds: int, seconds: int, server_pid: int) -> dict[str, list[Turn]]:
    """Run every lane once a round, in turning order, after a run each that does not count.

    ``server_pid`` is the first process of the database server.
    """
    for lane in lanes:
        lane.run(min(seconds, _WARM_UP_SECONDS))
    turns: dict[str, list[Turn]] = {lane.name: [] for lane in lanes}
    for number in range(rounds):
        for lane in lanes if number % 2 == 0 else reversed(lanes):
            turn = _take_turn(lane, seconds, server_pid)
            turns[lane.name].append(turn)
            say(f"  round {number + 1}: {lane.name} {turn.load.per_second:,.0f}/s, {turn.cpu_us:,.0f} µs of CPU each")
    return turns


def _take_turn(lane: Lane, seconds: int, server_pid: int) -> Turn:
    client, server = lane.client_seconds(), cpu.family_seconds(server_pid)
    load = lane.run(seconds)
    client, server = lane.client_seconds() - client, cpu.family_seconds(server_pid) - server
    return Turn(load, client / load.answered * 1e6, server / load.answered * 1e6)


def describe_peer(name: str, turns: Sequence[Turn]) -> Iterator[Figure]:
    """The figures of a peer, which is compared with nothing."""
    yield Figure(name, median([turn.load.per_second for turn in turns]), "receipts/s")
    yield Figure(f"{name}.cpu", median([turn.cpu_us for turn in turns]), "µs/receipt")


def compare(name: str, turns: Sequence[Turn], peer_name: str, peer: Sequence[Turn]) -> Iterator[Figure]:
    """The figures of one lane beside its peer: rate, CPU a receipt, and the 99th percentile where it is known."""
    yield Figure(
        name,
        median([turn.load.per_second for turn in turns]),
        "receipts/s",
        peer_name,
        ratio_of_rounds([turn.load.per_second for turn in turns], [turn.load.per_second for turn in peer]),
    )
    latencies = [turn.load.p99_ms for turn in turns if turn.load.p99_ms is not None]
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
