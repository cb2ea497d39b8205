"""The SQL of what a close freezes besides the movement table: settlement, key figures; and where entries are booked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from psycopg import Connection

from enishi.accounting.figures import FigureDefinition
from enishi.accounting.model import Figure, MonthFigure, PairSettlement
from enishi.kit.arrays import date_array, int_array, uuid_array


def insert_settlement(conn: Connection, month: date, pairs: Sequence[PairSettlement]) -> None:
    """Write down who pays whom."""
    conn.execute(
        """
        insert into accounting.settlements (
            month, debtor, creditor, debtor_points, creditor_points, debtor_yen, creditor_yen
        )
        select %s, * from unnest(%s::text[], %s::text[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[])
        """,
        (
            month,
            [one.debtor for one in pairs],
            [one.creditor for one in pairs],
            [one.debtor_points for one in pairs],
            [one.creditor_points for one in pairs],
            [one.debtor_yen for one in pairs],
            [one.creditor_yen for one in pairs],
        ),
    )


def select_settlement(conn: Connection, month: date) -> tuple[PairSettlement, ...] | None:
    """Who pays whom for a closed month, by the pair's first and second code; None where it was not written down."""
    row = conn.execute("select settled from accounting.closes where month = %s", (month,)).fetchone()
    if row is None or not row[0]:
        return None
    return _select_pairs(conn, month)


def _select_pairs(conn: Connection, month: date) -> tuple[PairSettlement, ...]:
    rows = conn.execute(
        """
        select debtor, creditor, debtor_points, creditor_points, debtor_yen, creditor_yen
        from accounting.settlements where month = %s
        order by least(debtor, creditor) collate "C", greatest(debtor, creditor) collate "C"
        """,
        (month,),
    ).fetchall()
    return tuple(PairSettlement(*row) for row in rows)


def insert_figures(conn: Connection, month: date, figures: Sequence[MonthFigure]) -> None:
    """Write the key figures of a month down."""
    conn.execute(
        """
        insert into accounting.figures (month, figure, value)
        select %s, * from unnest(%s::text[], %s::numeric[])
        """,
        (month, [one.figure.value for one in figures], [one.value for one in figures]),
    )


def select_figures(conn: Connection, month: date) -> tuple[MonthFigure, ...]:
    """The key figures of a closed month, in the order of their definitions."""
    rows = conn.execute(
        """
        select figure, case when unit = 'percent' then value else trunc(value) end
        from accounting.figures join accounting.figure_definitions using (figure)
        where month = %s
        order by position
        """,
        (month,),
    ).fetchall()
    return tuple(MonthFigure(Figure(figure), value) for figure, value in rows)


def select_definitions(conn: Connection) -> list[FigureDefinition]:
    """What each figure says, in order."""
    rows = conn.execute(
        """
        select figure, unit, name_ja, name_en, definition_ja, definition_en
        from accounting.figure_definitions order by position
        """
    ).fetchall()
    return [FigureDefinition(Figure(row[0]), *row[1:]) for row in rows]


def select_booked_months(
    conn: Connection, entries: Sequence[tuple[UUID, int]], months: Sequence[date]
) -> list[date | None]:
    """Of each entry, which occurred in a month, the month whose closed books took it in; None while none has.

    The first walk that saw an entry decides: its close took in what had occurred by the end of its month, and what
    occurred after it is in the books of its own month.
    """
    rows = conn.execute(
        """
        select (
            select min(closes.month) from accounting.positions
            join accounting.closes using (walk)
            where positions.customer_id = wanted.customer_id and positions.seq >= wanted.seq
        ), wanted.month
        from unnest(%s::uuid[], %s::int[], %s::date[]) with ordinality as wanted (customer_id, seq, month, position)
        order by position
        """,
        (
            uuid_array([customer_id for customer_id, _ in entries]),
            int_array([seq for _, seq in entries]),
            date_array(months),
        ),
    ).fetchall()
    return [None if seen is None else max(seen, month) for seen, month in rows]
