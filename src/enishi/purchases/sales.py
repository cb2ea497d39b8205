"""Sales as the books of points see them: what of a receipt is allocated, and the figures of a month."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import msgspec
from msgspec import Struct
from psycopg import Connection

from enishi.kit.ids import least_id
from enishi.purchases import accounting_queries, queries, return_queries
from enishi.purchases.model import Line, Purchase, TaxMode
from enishi.purchases.returns import remaining
from enishi.purchases.rules import milliseconds, total_yen

_Line = tuple[str, int, int, int, int, str, int | None]
_decode_lines = msgspec.json.Decoder(list[_Line]).decode
_decode_returned = msgspec.json.Decoder(list[tuple[int, int]]).decode


class MonthFigures(Struct, frozen=True):
    """Receipts of a month as they were recorded, returns apart; yen with tax, before points are used."""

    receipts: int
    sales_yen: int
    member_receipts: int
    member_sales_yen: int
    customers: int
    returns: int
    refund_yen: int


def load_month_figures(conn: Connection, since: datetime, before: datetime, until: datetime | None) -> MonthFigures:
    """The figures of a span; ``until`` leaves out receipts that were recorded later."""
    first, end = (least_id(milliseconds(one.astimezone(UTC))) for one in (since, before))
    receipts = accounting_queries.select_month_figures(conn, first, end, until)
    return MonthFigures(*receipts, *accounting_queries.select_return_figures(conn, since, before))


def load_sales(conn: Connection, purchase_ids: Sequence[UUID]) -> dict[UUID, tuple[int, int]]:
    """Of receipts, what is allocated between goods and points, in yen, and the points they earned when recorded.

    The yen are without tax (``net_of_tax``) and without the part paid with points (its share of the receipt, rounded
    down). Of a claimed receipt, both are of what had not come back by the claim.
    """
    found: dict[UUID, tuple[int, int]] = {}
    shrunk: dict[UUID, int] = {}
    for row in accounting_queries.select_receipts(conn, purchase_ids) if purchase_ids else []:
        purchase_id, tax_mode, lines, total, points_used, points, claimed_total = row
        if claimed_total is not None and claimed_total != total:
            shrunk[purchase_id] = claimed_total
        paid = total - min(points_used, total)
        net = net_of_tax(_decode_lines(lines), tax_mode)
        found[purchase_id] = (net * paid // total if total else 0, points)
    for purchase_id, left in _load_left(conn, shrunk).items():
        lines = [_as_stored(line) for line in left.lines]
        found[purchase_id] = (net_of_tax(lines, left.tax_mode), found[purchase_id][1])
    return found


def net_of_tax(lines: list[_Line], tax_mode: str) -> int:
    """A receipt's goods without consumption tax, which is rounded down once per rate as on the receipt itself."""
    by_rate: dict[int, int] = {}
    for _, quantity, price, rate, discount, _, amount in lines:
        gross = (quantity * price if amount is None else amount) - discount
        by_rate[rate] = by_rate.get(rate, 0) + gross
    if tax_mode != TaxMode.INCLUDED:
        return sum(by_rate.values())
    return sum(gross - gross * rate // (100 + rate) for rate, gross in by_rate.items())


def _load_left(conn: Connection, claimed_yen: dict[UUID, int]) -> dict[UUID, Purchase]:
    """What was left of claimed receipts when they were claimed: after as many returns as bring them to that total."""
    if not claimed_yen:
        return {}
    returns = return_queries.select_returns_of(conn, list(claimed_yen))
    found: dict[UUID, Purchase] = {}
    for purchase in queries.select_by_ids(conn, list(claimed_yen)):
        quantities: dict[int, int] = {}
        for one in returns.get(purchase.purchase_id, []):
            for line, quantity in _decode_returned(one.lines):
                quantities[line] = quantities.get(line, 0) + quantity
            left = remaining(purchase, quantities)
            if left is not None and total_yen(left) == claimed_yen[purchase.purchase_id]:
                found[purchase.purchase_id] = left
                break
    return found


def _as_stored(line: Line) -> _Line:
    return (
        line.sku, line.quantity, line.unit_price_yen, line.tax_rate_percent, line.discount_yen, line.category,
        line.amount_yen,
    )  # fmt: skip
