"""``backtest.year``: a real retailer's year by today's rules and by others at once, against recording it.

Today's rules have to give the journal to the point, or there is no figure.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import msgspec
import psycopg

from bench.figures import BenchFailed, Figure, say
from bench.stage import Stage
from enishi import flows
from enishi.configuration import FORMAT, Configuration
from enishi.connectors import completejourney
from enishi.kit import clock

NAME = "backtest.year"
_LIVE = "peer.live_year"
_WITHIN = "backtest.seconds"
_LIMIT = "limit.one_minute"
_LIMIT_SECONDS = 60


def measure_backtest(stage: Stage, receipts: int | None) -> Iterator[Figure]:
    """Replay the year, or ``receipts`` of it, once; then try twice the points on it."""
    with stage.open_installation("backtest", publishes=False) as installation:
        with installation.pool.connection() as conn:
            completejourney.prepare_chain(conn, installation.context)
        stage.checkpoint()
        began = time.perf_counter()
        report = completejourney.replay(installation.pool, installation.context, receipts=receipts)
        live = time.perf_counter() - began
        stage.checkpoint()
        with psycopg.connect(installation.database.app_dsn) as conn:
            now = clock.now()
            in_force = flows.read_current(conn, now, now).configuration.program
            if in_force is None:
                raise BenchFailed("The year has no programme.")
            earning = msgspec.structs.replace(in_force.earning, points_per_unit=2 * in_force.earning.points_per_unit)
            wanted = Configuration(format=FORMAT, program=msgspec.structs.replace(in_force, earning=earning))
            began = time.perf_counter()
            tried = flows.backtest(conn, installation.context, wanted, now)
            seconds = time.perf_counter() - began
            _require_sameness(conn, tried.total.today.points)
        say(f"  {report.receipts:,} receipts: recorded in {live:.1f} s, tried by both rules in {seconds:.1f} s")
        yield Figure(_LIVE, report.receipts / live, "receipts/s")
        yield Figure(NAME, report.receipts / seconds, "receipts/s", _LIVE, live / seconds)
        yield Figure(_WITHIN, seconds, "s", _LIMIT, seconds / _LIMIT_SECONDS)


def _require_sameness(conn: psycopg.Connection, points: int) -> None:
    row = conn.execute(
        """
        select sum(points) from ledger.journal
        where entry_type = 'earn' and purchase_id is not null
        """
    ).fetchone()
    if row is None or row[0] != points:
        raise BenchFailed(f"Today's rules gave {points} points, and the journal says {row}.")
