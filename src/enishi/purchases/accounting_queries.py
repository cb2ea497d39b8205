"""The SQL with which the books read the schema ``purchases``: sales by month."""

from __future__ import annotations

from datetime import date, datetime

from psycopg import Connection


def select_sales(
    conn: Connection, zone: str, through: date, until: datetime | None
) -> list[tuple[date, int, int, int, int]]:
    """Per month of a zone, through one month: receipts, yen with tax, customers, and sales that earned points.

    The last is without tax (rounded down once per receipt and rate) and without the part paid with points (its share
    of the receipt, rounded down), of receipts that earned points. ``until`` leaves out what was recorded later.
    """
    return conn.execute(
        """
        with receipts as (
            select
                purchase_id, customer_id, total_yen, points_to_use, points_earned, tax_mode, lines,
                date_trunc('month', occurred_at at time zone %(zone)s)::date as month
            from purchases.purchases
            where occurred_at < ((%(through)s::date + interval '1 month') at time zone %(zone)s)
            and (%(until)s::timestamptz is null or recorded_at <= %(until)s)
        ),
        rates as (
            select
                purchase_id, tax_mode, (line ->> 3)::bigint as rate,
                sum(coalesce((line ->> 6)::bigint, (line ->> 1)::bigint * (line ->> 2)::bigint) - (line ->> 4)::bigint)
                    as yen
            from receipts cross join lateral json_array_elements(lines) as line
            where points_earned > 0
            group by purchase_id, tax_mode, rate
        ),
        nets as (
            select
                purchase_id,
                sum(case tax_mode when 'included' then yen - div(yen * rate, 100 + rate) else yen end)::bigint as net
            from rates group by purchase_id
        )
        select
            month, count(*), sum(total_yen)::bigint, count(distinct customer_id),
            coalesce(sum(net * (total_yen - least(points_to_use, total_yen)) / nullif(total_yen, 0)), 0)::bigint
        from receipts left join nets using (purchase_id)
        group by month
        order by month
        """,
        {"zone": zone, "through": through, "until": until},
    ).fetchall()
