"""``ledger.verify``: deriving every balance, lot and rank progress again, against reading the journal once."""

from __future__ import annotations

import time
from collections.abc import Iterator

import psycopg

from bench.figures import BenchFailed, Figure, ratio_of_rounds, say
from bench.stage import Installation
from enishi import flows
from enishi.kit.database import open_pool


def measure_verify(installation: Installation, rounds: int) -> Iterator[Figure]:
    """Verify and scan by turns."""
    verified: list[float] = []
    scanned: list[float] = []
    entries = 0
    for number in range(rounds):
        entries, seconds = _scan(installation)
        scanned.append(entries / seconds)
        verified.append(entries / _verify(installation))
        say(f"  round {number + 1}: {entries:,} entries, verify {verified[-1]:,.0f}/s, scan {scanned[-1]:,.0f}/s")
    yield Figure("peer.scan", sorted(scanned)[rounds // 2], "entries/s")
    yield Figure(
        "ledger.verify",
        sorted(verified)[rounds // 2],
        "entries/s",
        "peer.scan",
        ratio_of_rounds(verified, scanned),
    )


def _scan(installation: Installation) -> tuple[int, float]:
    """Entries, and the seconds that one plain statement over all of them takes."""
    with psycopg.connect(installation.database.app_dsn) as conn:
        began = time.perf_counter()
        row = conn.execute("select count(*), sum(points) from ledger.journal").fetchone()
        seconds = time.perf_counter() - began
    if row is None:
        raise AssertionError("An aggregate without grouping always gives a row.")
    return row[0], seconds


def _verify(installation: Installation) -> float:
    """Seconds that ``enishi verify`` takes for the points."""
    with open_pool(installation.database.app_dsn, 1, 2, generic_plans=False, name="verify") as pool:
        began = time.perf_counter()
        outcome = flows.verify_all(pool, installation.context)
        seconds = time.perf_counter() - began
    if not outcome.is_clean:
        raise BenchFailed(f"verify found {len(outcome.ledger.differences) + len(outcome.differences)} differences.")
    return seconds
