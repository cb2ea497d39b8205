"""Today's rules, tried on the demo's year, give the ledger as it is: points, ranks, what can be used, what is owed.

Every run takes whole years of some members; the nightly one takes them all.
"""

from __future__ import annotations

import os
from zoneinfo import ZoneInfo

import psycopg
from psycopg_pool import ConnectionPool

from enishi import flows
from enishi.configuration import FORMAT, Configuration
from enishi.connectors.completejourney import replay
from enishi.flows import PurchaseContext
from enishi.kit import clock

Pool = ConnectionPool[psycopg.Connection]
IS_LONG = bool(os.environ.get("ENISHI_TEST_LONG"))
RECEIPTS = None if IS_LONG else 2_500


def test_todays_rules_give_the_demos_year_again_to_the_point(pool: Pool, context: PurchaseContext) -> None:
    report = replay(pool, context, receipts=RECEIPTS)
    now = clock.now().astimezone(ZoneInfo("Asia/Tokyo"))
    with pool.connection() as conn:
        tried = flows.backtest(conn, context, Configuration(format=FORMAT), now)
        conn.rollback()
        earned, used = conn.execute(
            """
            select sum(points) filter (where entry_type = 'earn'), -sum(points) filter (where entry_type = 'spend')
            from ledger.journal
            """
        ).fetchone()  # type: ignore[misc]
        standing = dict(
            conn.execute("select tier, count(*) from ranks.standing where level > 0 group by tier").fetchall()
        )
    assert (tried.purchases, tried.total.today.points) == (report.recorded, earned)
    assert (tried.total.today.used_points, tried.total.today.unaffordable_points) == (used, 0)
    assert {one.tier: one.members for one in tried.tiers_today if one.level and one.members} == standing
    assert {move.goes for move in tried.moves} == {0}
    assert tried.ground is not None
    assert tried.ground.evaluations_today == 12
    if IS_LONG:
        assert (tried.total.today.base_points, tried.members) == (4_050_825, 2_469)
    with pool.connection() as conn:
        flows.expire_points(conn, context, now)
    owed, kpis = tried.liability_today, flows.read_month(pool, now.date().replace(day=1)).kpis
    assert owed is not None
    assert (owed.outstanding_points, owed.contract_liability_yen) == (
        kpis.points_outstanding,
        kpis.contract_liability_yen,
    )
    assert tried.outstanding_today == kpis.points_outstanding
