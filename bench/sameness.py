"""Product and peer are compared only if they do the same: this tells whether their rows are alike."""

from __future__ import annotations

from collections.abc import Iterator
from typing import LiteralString

import psycopg
from msgspec import Struct
from psycopg import sql

from bench.figures import BenchFailed
from bench.load import SOURCE
from bench.stage import Installation
from enishi import flows

PEER_SOURCE = "pgbench"
TOLERANCE = 0.10
_SLACK_BYTES = 2.0
"""What a column may differ by whatever its size: half of the numbers with three digits have four."""

# Per table: how its rows are reached from a purchase. Rows of ``ranks.progress`` belong to customers, and are proven
# by verifying instead.
_TABLES: dict[str, LiteralString] = {
    "purchases.purchases": "purchases.purchases as fact using (purchase_id)",
    "ledger.journal": "ledger.journal as fact using (purchase_id)",
    "outbox.events": "outbox.events as fact on fact.subject_id = purchases.purchase_id",
}


class Alike(Struct, frozen=True):
    """What one column, or the whole row (``*``), of one table comes to per receipt, on either side."""

    table: str
    column: str
    product: float
    peer: float

    @property
    def holds(self) -> bool:
        """Whether the two are alike."""
        return abs(self.product - self.peer) <= max(_SLACK_BYTES, TOLERANCE * max(self.product, self.peer))


def require_sameness(installation: Installation, product: int, peer: int, points_to_use: int) -> None:
    """Raise unless either side left as many purchases as were answered, with rows alike in number and size.

    ``product`` and ``peer`` are the receipts answered with this many points used.
    """
    with psycopg.connect(installation.admin_dsn) as conn:
        conn.execute("set work_mem = '256MB'")
        for source, answered in ((SOURCE, product), (PEER_SOURCE, peer)):
            row = conn.execute(
                "select count(*) from purchases.purchases where source = %s and points_to_use = %s",
                (source, points_to_use),
            ).fetchone()
            # A load that is cut off at its end leaves receipts that were recorded and no longer answered.
            if row is None or row[0] < answered:
                raise BenchFailed(f"{source}: {answered} receipts were answered, {row and row[0]} are recorded.")
        unlike = [one for one in _compare(conn, points_to_use) if not one.holds]
    if unlike:
        told = "; ".join(f"{one.table}.{one.column} {one.product:.1f} against {one.peer:.1f}" for one in unlike)
        raise BenchFailed(f"Product and peer do not write the same rows (per receipt): {told}.")


def require_proof(installation: Installation) -> None:
    """Raise unless every balance, lot and rank progress follows from the facts, the peer's included."""
    outcome = flows.verify_all(installation.pool, installation.context)
    if not outcome.is_clean:
        first = [*outcome.ledger.differences, *outcome.differences][0]
        raise BenchFailed(f"verify found differences after the load, among them {first}.")


def _compare(conn: psycopg.Connection, points_to_use: int) -> Iterator[Alike]:
    """Rows per receipt, and bytes per receipt of each column."""
    for table, join in _TABLES.items():
        schema, name = table.split(".")
        columns = [
            row[0]
            for row in conn.execute(
                "select column_name from information_schema.columns where table_schema = %s and table_name = %s",
                (schema, name),
            )
        ]
        sums = sql.SQL(", ").join(
            sql.SQL("coalesce(sum(pg_column_size(fact.{})), 0)::float8").format(sql.Identifier(column))
            for column in columns
        )
        statement = sql.SQL(
            "select purchases.source, count(distinct purchases.purchase_id), count(*)::float8 * 100,"
            " sum(pg_column_size(fact.*))::float8, {sums}"
            " from purchases.purchases as purchases join {join}"
            " where purchases.points_to_use = %s group by purchases.source"
        ).format(sums=sums, join=sql.SQL(join))
        found = {row[0]: row[1:] for row in conn.execute(statement, (points_to_use,))}
        product, peer = found[SOURCE], found[PEER_SOURCE]
        for position, column in enumerate(["rows, in hundredths", "*", *columns], 1):
            yield Alike(table, column, product[position] / product[0], peer[position] / peer[0])
