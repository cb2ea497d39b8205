"""``expiry.sweep``: booking a lot of every account as expired, against one plain UPDATE that empties the same rows."""

from __future__ import annotations

import time
from collections.abc import Iterator

import psycopg
from psycopg import sql

from bench.figures import BenchFailed, Figure, say
from bench.stage import Installation, Stage
from enishi import flows
from enishi.kit.database import open_pool

NAME = "expiry.sweep"
_PEER = "peer.update"
_LONG_AGO = "2025-11-30"


def measure_expiry(stage: Stage) -> Iterator[Figure]:
    """Sweep once, which takes long enough, beside the update of the same rows in another copy."""
    with stage.open_installation("updated") as updated:
        _let_expire(updated)
        stage.checkpoint()
        rows, seconds = _update(updated)
        plain = rows / seconds
    with stage.open_installation("swept") as swept:
        _let_expire(swept)
        stage.checkpoint()
        lots, seconds = _sweep(swept)
        product = lots / seconds
        _prove(swept, lots)
    say(f"  {lots:,} lots, sweep {product:,.0f}/s, plain update {plain:,.0f}/s")
    yield Figure(_PEER, plain, "lots/s")
    yield Figure(NAME, product, "lots/s", _PEER, product / plain)


def _let_expire(installation: Installation) -> None:
    """Make the one lot of every account, and the entry it came by, one that ended long ago."""
    with psycopg.connect(installation.admin_dsn) as conn:
        conn.execute("set session_replication_role = replica")
        conn.execute(
            sql.SQL(
                "update ledger.accounts set lots = jsonb_build_array(jsonb_build_array('r', {}::text, balance))"
            ).format(sql.Literal(_LONG_AGO))
        )
        conn.execute(
            sql.SQL(
                "update ledger.journal set lots = json_build_array(json_build_array('r', {}::text, points))"
            ).format(sql.Literal(_LONG_AGO))
        )
    with psycopg.connect(installation.admin_dsn, autocommit=True) as conn:
        conn.execute("vacuum (full, analyze) ledger.accounts, ledger.journal")


def _update(installation: Installation) -> tuple[int, float]:
    """Rows, and the seconds of the statement with its commit; past the triggers, which want entries that explain it."""
    with psycopg.connect(installation.admin_dsn) as conn:
        conn.execute("set session_replication_role = replica")
        conn.commit()
        began = time.perf_counter()
        rows = conn.execute("update ledger.accounts set seq = seq + 1, balance = 0, lots = '[]'").rowcount
        conn.commit()
        return rows, time.perf_counter() - began


def _sweep(installation: Installation) -> tuple[int, float]:
    """Lots, and the seconds that ``enishi expire`` takes for them."""
    with (
        open_pool(installation.database.app_dsn, 1, 1, generic_plans=False, name="expire") as pool,
        pool.connection() as conn,
    ):
        began = time.perf_counter()
        outcome = flows.expire_points(conn, installation.context)
        return outcome.entries, time.perf_counter() - began


def _prove(installation: Installation, lots: int) -> None:
    with psycopg.connect(installation.database.app_dsn) as conn:
        row = conn.execute("select count(*), coalesce(sum(balance), 0)::bigint from ledger.accounts").fetchone()
    if row != (lots, 0):
        raise BenchFailed(f"After sweeping {lots:,} lots there are accounts with (number, points) {row}.")
    with open_pool(installation.database.app_dsn, 1, 2, generic_plans=False, name="verify") as pool:
        if not flows.verify_all(pool, installation.context).is_clean:
            raise BenchFailed("verify found differences after the sweep.")
