"""The SQL of ``accounting``. Each function is one statement on the schema ``accounting``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from psycopg import Connection

from enishi.accounting.model import (
    CloseRecord,
    CohortLine,
    Estimate,
    Kpis,
    Movement,
    MovementKey,
    MovementRow,
    PointClass,
    PointCounts,
    Statement,
    Walk,
    YenMovement,
)
from enishi.accounting.settings_model import AccountingSettings, SettingsVersion

_PUBLISHING_LOCK = 0x656E_6973_6869_0073
"""Number of the advisory lock under which versions are published: the bytes of "enishi", then this domain's number."""

_decode_settings = msgspec.json.Decoder(AccountingSettings).decode
_decode_counts = msgspec.json.Decoder(PointCounts).decode
_decode_estimates = msgspec.json.Decoder(tuple[Estimate, ...]).decode
_decode_kpis = msgspec.json.Decoder(Kpis).decode
_encode = msgspec.json.Encoder().encode


def see_one_instant(conn: Connection) -> None:
    """Let the transaction that begins here see one instant of the database in all its statements."""
    conn.execute("set transaction isolation level repeatable read")


def lift_time_limit(conn: Connection) -> None:
    """Let this transaction's statements take as long as the journal is."""
    conn.execute("set local statement_timeout = 0")


def lock_publishing(conn: Connection) -> None:
    """Wait until no other transaction is publishing; held until this one ends."""
    conn.execute("select pg_advisory_xact_lock(%s)", (_PUBLISHING_LOCK,))


def select_versions(conn: Connection) -> list[SettingsVersion]:
    """All versions of the settings, in the order they were published."""
    rows = conn.execute(
        "select version, from_month, published_at, author, reason, settings::text from accounting.versions"
        " order by version"
    ).fetchall()
    return [SettingsVersion(row[0], row[1], row[2], row[3], row[4], _decode_settings(row[5])) for row in rows]


def insert_version(conn: Connection, version: SettingsVersion) -> None:
    """Add one version."""
    conn.execute(
        "insert into accounting.versions (version, from_month, published_at, author, reason, settings)"
        " values (%s, %s, %s, %s, %s, %s::jsonb)",
        (
            version.version,
            version.from_month,
            version.published_at,
            version.author,
            version.reason,
            _encode(version.settings).decode(),
        ),
    )


def select_closes(conn: Connection, until: datetime | None) -> list[CloseRecord]:
    """The closes, oldest month first; ``until`` leaves out those made later."""
    rows = conn.execute(
        """
        select
            closes.month, closed_at, closed_by, settings_version, walk, newest_at, accounts, entries, balance
        from accounting.closes left join accounting.walks using (walk)
        where %(until)s::timestamptz is null or closed_at <= %(until)s
        order by closes.month
        """,
        {"until": until},
    ).fetchall()
    return [CloseRecord(row[0], row[1], row[2], row[3], None if row[4] is None else Walk(*row[4:])) for row in rows]


def select_booked_points(conn: Connection, after: date | None, through: date) -> dict[MovementKey, int]:
    """What the closes after one month (None: all) and through another have booked, in points."""
    rows = conn.execute(
        """
        select cohort, point_class, movement, issue_store, at_store, sum(points)::bigint
        from accounting.movements where month > coalesce(%s::date, '-infinity') and month <= %s
        group by cohort, point_class, movement, issue_store, at_store
        """,
        (after, through),
    ).fetchall()
    return {_key(row): row[5] for row in rows}


def select_booked_sales(conn: Connection, after: date | None, through: date) -> dict[date, int]:
    """The sales that the closes after one month (None: all) and through another have booked, by month of issue."""
    rows = conn.execute(
        """
        select cohort, sum(sales_yen)::bigint from accounting.cohorts
        where month > coalesce(%s::date, '-infinity') and month <= %s and point_class = 'material'
        group by cohort
        """,
        (after, through),
    ).fetchall()
    return dict(rows)


def select_latest_lines(conn: Connection, through: date) -> list[CohortLine]:
    """Where each cohort stood when a close through this month last had a line of it."""
    rows = conn.execute(
        """
        select distinct on (cohort, point_class)
            cohort, point_class, total::text, moved::text, late::text, sales_yen, allocated_yen, expected_points,
            opening_yen, issued_yen, returned_yen, used_yen, expired_yen, remeasured_yen
        from accounting.cohorts where month <= %s
        order by cohort, point_class, month desc
        """,
        (through,),
    ).fetchall()
    return [_line(row) for row in rows]


def select_lines(conn: Connection, month: date) -> list[CohortLine]:
    """The movement table of a closed month."""
    rows = conn.execute(
        """
        select
            cohort, point_class, total::text, moved::text, late::text, sales_yen, allocated_yen, expected_points,
            opening_yen, issued_yen, returned_yen, used_yen, expired_yen, remeasured_yen
        from accounting.cohorts where month = %s
        order by point_class, cohort
        """,
        (month,),
    ).fetchall()
    return [_line(row) for row in rows]


def select_movements(conn: Connection, month: date) -> list[MovementRow]:
    """What a closed month booked, by store."""
    rows = conn.execute(
        """
        select cohort, point_class, movement, issue_store, at_store, points, late_points
        from accounting.movements where month = %s
        """,
        (month,),
    ).fetchall()
    return sorted((MovementRow(_key(row), row[5], row[6]) for row in rows), key=lambda row: row.key)


def select_close(conn: Connection, month: date) -> Statement | None:
    """The head of a closed month, without its lines and movements."""
    row = conn.execute(
        """
        select month, since, settings_version, estimates::text, kpis::text, closed_at, closed_by
        from accounting.closes where month = %s
        """,
        (month,),
    ).fetchone()
    if row is None:
        return None
    estimates, kpis = _decode_estimates(row[3]), _decode_kpis(row[4])
    return Statement(row[0], row[1], row[2], (), (), estimates, kpis, (), row[5], row[6])


def insert_close(conn: Connection, statement: Statement, walk: int, closed_at: datetime, closed_by: str) -> None:
    """Add the head of a closed month."""
    conn.execute(
        "insert into accounting.closes (month, closed_at, closed_by, settings_version, since, estimates, kpis, walk,"
        " settled) values (%s, %s, %s, %s, %s, %s::jsonb, %s::jsonb, %s, true)",
        (
            statement.month,
            closed_at,
            closed_by,
            statement.settings_version,
            statement.since,
            _encode(statement.estimates).decode(),
            _encode(statement.kpis).decode(),
            walk,
        ),
    )


def insert_lines(conn: Connection, month: date, lines: Sequence[CohortLine]) -> None:
    """Add the movement table of a closed month."""
    conn.execute(
        """
        insert into accounting.cohorts (
            month, cohort, point_class, total, moved, late, sales_yen, allocated_yen, expected_points, opening_yen,
            issued_yen, returned_yen, used_yen, expired_yen, remeasured_yen, closing_yen
        )
        select %s, * from unnest(
            %s::date[], %s::text[], %s::jsonb[], %s::jsonb[], %s::jsonb[], %s::bigint[], %s::bigint[], %s::bigint[],
            %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[]
        )
        """,
        (
            month,
            [line.cohort for line in lines],
            [line.point_class.value for line in lines],
            [_encode(line.total).decode() for line in lines],
            [_encode(line.moved).decode() for line in lines],
            [_encode(line.late).decode() for line in lines],
            [line.sales_yen for line in lines],
            [line.allocated_yen for line in lines],
            [line.expected_points for line in lines],
            [line.yen.opening for line in lines],
            [line.yen.issued for line in lines],
            [line.yen.returned for line in lines],
            [line.yen.used for line in lines],
            [line.yen.expired for line in lines],
            [line.yen.remeasured for line in lines],
            [line.yen.closing for line in lines],
        ),
    )


def insert_movements(conn: Connection, month: date, rows: Sequence[MovementRow]) -> None:
    """Add what a closed month booked, by store."""
    conn.execute(
        """
        insert into accounting.movements (
            month, cohort, point_class, movement, issue_store, at_store, points, late_points
        )
        select %s, * from unnest(
            %s::date[], %s::text[], %s::text[], %s::text[], %s::text[], %s::bigint[], %s::bigint[]
        )
        """,
        (
            month,
            [row.key.cohort for row in rows],
            [row.key.point_class.value for row in rows],
            [row.key.movement.value for row in rows],
            [row.key.issue_store for row in rows],
            [row.key.at_store for row in rows],
            [row.points for row in rows],
            [row.late_points for row in rows],
        ),
    )


def _key(row: tuple[Any, ...]) -> MovementKey:
    return MovementKey(row[0], PointClass(row[1]), Movement(row[2]), row[3], row[4])


def _line(row: tuple[Any, ...]) -> CohortLine:
    total, moved, late = (_decode_counts(text) for text in row[2:5])
    yen = YenMovement(*row[8:14])
    return CohortLine(row[0], PointClass(row[1]), total, moved, late, row[5], row[6], row[7], yen)


def select_differences(conn: Connection) -> list[tuple[str, str, str, str]]:
    """Where closed months disagree with themselves: month and cohort, field, what was found, what the rest gives.

    Checked of each line: it opens where the cohort's last line closed, and its points since issue are those of all
    closes by then, both in the lines and by store.
    """
    return conn.execute(
        """
        with lines as (
            select
                *, lag(closing_yen, 1, 0::bigint) over earlier as closed_before,
                sum((moved ->> 'issued')::bigint) over through as issued,
                sum((moved ->> 'used')::bigint) over through as used
            from accounting.cohorts
            window
                earlier as (partition by cohort, point_class order by month),
                through as (partition by cohort, point_class order by month)
        ),
        by_store as (
            select month, cohort, point_class,
                coalesce(sum(points) filter (where movement = 'issued'), 0) as issued,
                coalesce(sum(points) filter (where movement = 'used'), 0) as used
            from accounting.movements group by month, cohort, point_class
        ),
        named as (
            select
                to_char(lines.month, 'YYYY-MM') || ' ' || to_char(lines.cohort, 'YYYY-MM') || ' ' || lines.point_class
                    as line,
                lines.*, coalesce(by_store.issued, 0) as store_issued, coalesce(by_store.used, 0) as store_used
            from lines left join by_store using (month, cohort, point_class)
        )
        select line, 'books.opening_yen', opening_yen::text, closed_before::text
        from named where opening_yen <> closed_before
        union all
        select line, 'books.total.issued', total ->> 'issued', issued::text
        from named where (total ->> 'issued')::bigint <> issued
        union all
        select line, 'books.total.used', total ->> 'used', used::text
        from named where (total ->> 'used')::bigint <> used
        union all
        select line, 'books.movements.issued', store_issued::text, moved ->> 'issued'
        from named where (moved ->> 'issued')::bigint <> store_issued
        union all
        select line, 'books.movements.used', store_used::text, moved ->> 'used'
        from named where (moved ->> 'used')::bigint <> store_used
        order by 1, 2
        """
    ).fetchall()
