"""``ranks.evaluation``: all members evaluated, against one plain aggregate over the same months of progress.

Each customer has the months of twenty purchases. The ladder is the one of points and count within six months, and needs
a card for its highest rank. A first evaluation gives six members in ten a rank; the one two months later is timed.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import psycopg

from bench.figures import BenchFailed, Figure, say
from bench.stage import Installation, Stage
from enishi import flows, ranks
from enishi.kit.database import open_pool

NAME = "ranks.evaluation"
PURCHASES = 20
"""Purchases of each customer, over eight months."""
_PEER = "peer.aggregate"
_LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
_FIRST = datetime(2026, 9, 1, 0, 5, tzinfo=UTC)
_SECOND = datetime(2026, 11, 1, 0, 5, tzinfo=UTC)


def measure_ranks(stage: Stage) -> Iterator[Figure]:
    """Evaluate twice, the second time by the clock; then the aggregate."""
    with stage.open_installation("ranked") as installation:
        _fill(installation)
        stage.checkpoint()
        members, seconds, moved = _evaluate(installation)
        plain = _aggregate(installation)
    product = members / seconds
    say(f"  {members:,} members in {seconds:,.1f} s, {moved:,} ranks written; aggregate {plain:,.0f}/s")
    yield Figure(_PEER, plain, "members/s")
    yield Figure(NAME, product, "members/s", _PEER, product / plain)


def _fill(installation: Installation) -> None:
    """Months of progress, of few points for some and many for others."""
    with psycopg.connect(installation.admin_dsn) as conn:
        conn.execute(
            """
            insert into ranks.progress (customer_id, month, amount_yen, net_yen, purchases, points_earned, days)
            select
                customer_id, ('2026-03-01'::date + make_interval(months => step))::date, 3000 * level, 2700 * level,
                case when step < 4 then 3 else 2 end, 27 * level, 7
            from (
                select customer_id, power(hashtext(customer_id::text) & 15, 2)::integer / 16 as level
                from ledger.accounts
            ) as members
            cross join generate_series(0, 7) as step
            on conflict (customer_id, month) do nothing
            """
        )
        conn.commit()
        ranks.publish_ladder(conn, ranks.TEMPLATES["points"](), _LONG_AGO, "system", "Bench", _LONG_AGO)
    with psycopg.connect(installation.admin_dsn, autocommit=True) as conn:
        conn.execute("vacuum analyze ranks.progress")


def _evaluate(installation: Installation) -> tuple[int, float, int]:
    """Members that were looked at, the seconds of the second evaluation, and how many ranks it wrote."""
    members, moved, seconds = 0, 0, 0.0
    with (
        open_pool(installation.database.app_dsn, 1, 1, generic_plans=False, name="ranks") as pool,
        pool.connection() as conn,
    ):
        for now in (_FIRST, _SECOND):
            began = time.perf_counter()
            done = flows.evaluate_ranks(conn, installation.context, now).evaluation
            took = time.perf_counter() - began
            say(f"  evaluation of {done.evaluation_on}: {done.members:,} members in {took:,.1f} s")
            members, moved, seconds = done.members, done.risen + done.fallen + done.confirmed, took
        again = flows.evaluate_ranks(conn, installation.context, _SECOND, on=_SECOND.date()).evaluation
    if (again.risen, again.fallen, again.confirmed) != (0, 0, 0):
        raise BenchFailed(f"A second evaluation of the same day changed something: {again}.")
    return members, seconds, moved


def _aggregate(installation: Installation) -> float:
    """Members a second of one statement that adds up six months and does nothing with it."""
    last = date(2026, 10, 31)
    with psycopg.connect(installation.admin_dsn) as conn:
        began = time.perf_counter()
        row = conn.execute(
            "select count(*) from (select customer_id, sum(points_earned), sum(purchases) from ranks.progress"
            " where month between %s and %s group by customer_id) as sums",
            (last.replace(month=5, day=1), last - timedelta(days=30)),
        ).fetchone()
        seconds = time.perf_counter() - began
    return (row[0] if row else 0) / seconds
