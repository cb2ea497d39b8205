"""Sales by month, as the books of points allocate them."""

from __future__ import annotations

from datetime import date, datetime

import msgspec
from psycopg import Connection

from enishi.purchases import accounting_queries as queries
from enishi.purchases.model import TaxMode

_Line = tuple[str, int, int, int, int, str, int | None]
_decode_lines = msgspec.json.Decoder(list[_Line]).decode


def load_sales(
    conn: Connection, zone: str, through: date, until: datetime | None
) -> list[tuple[date, int, int, int, int]]:
    """Per month of a zone, through one month: receipts, yen with tax, customers, and sales that earned points.

    The last is without tax (``net_of_tax``) and without the part paid with points (its share of the receipt, rounded
    down), of receipts that earned points. ``until`` leaves out what was recorded later. Needs a transaction.
    """
    earning: dict[date, int] = {}
    for month, tax_mode, lines, total_yen, points in queries.stream_earning_receipts(conn, zone, through, until):
        net = net_of_tax(_decode_lines(lines), tax_mode)
        paid = total_yen - min(points, total_yen)
        earning[month] = earning.get(month, 0) + (net * paid // total_yen if total_yen else 0)
    totals = queries.select_sales_totals(conn, zone, through, until)
    return [(month, count, yen, members, earning.get(month, 0)) for month, count, yen, members in totals]


def net_of_tax(lines: list[_Line], tax_mode: str) -> int:
    """A receipt's goods without consumption tax, which is rounded down once per rate as on the receipt itself."""
    by_rate: dict[int, int] = {}
    for _, quantity, price, rate, discount, _, amount in lines:
        gross = (quantity * price if amount is None else amount) - discount
        by_rate[rate] = by_rate.get(rate, 0) + gross
    if tax_mode != TaxMode.INCLUDED:
        return sum(by_rate.values())
    return sum(gross - gross * rate // (100 + rate) for rate, gross in by_rate.items())
