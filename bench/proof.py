"""``ledger.verify``: deriving every balance, lot and rank progress again, against reading the journal once."""

from __future__ import annotations

import time
from collections.abc import Iterator

import psycopg

from bench.figures import BenchFailed, Figure, say
from bench.stage import Installation
from enishi import flows
from enishi.kit.database import open_pool

NAME = "ledger.verify"
_PEER = "peer.scan"


def measure_verify(installation: Installation) -> Iterator[Figure]:
    """Verify once, which takes long enough, between two scans."""
    entries, before = _scan(installation)
    seconds = _verify(installation)
    _, after = _scan(installation)
    verified, scanned = entries / seconds, 2 * entries / (before + after)
    say(f"  {entries:,} entries, verify {verified:,.0f}/s, scan {scanned:,.0f}/s")
    yield Figure(_PEER, scanned, "entries/s")
    yield Figure(NAME, verified, "entries/s", _PEER, verified / scanned)


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
