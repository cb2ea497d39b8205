"""One row as a line of a receipt: what was bought, how many, and what it cost. Pure."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from enishi.connectors.purchase_files.columns import Columns
from enishi.connectors.purchase_files.model import Cell, ValueRefused
from enishi.connectors.purchase_files.values import discount_of, number_of, percent_of, text_of, yen_of


def read_line(cells: list[Cell], columns: Columns) -> dict[str, Any]:
    """The line as the fields of ``purchases.Line``; its limits are not checked yet. Raises ``ValueRefused``."""
    sku = _text(cells, "sku", columns)
    if not sku:
        raise ValueRefused("no-sku", "The product code is missing.", "Fill it in, or leave out rows that are no goods.")
    quantity, unit_price, shelf, discount = _money(cells, columns)
    line: dict[str, Any] = {"sku": sku, "quantity": quantity, "unit_price_yen": unit_price, "discount_yen": discount}
    if quantity * unit_price != shelf:
        line["amount_yen"] = shelf
    percent = percent_of(_cell(cells, "tax_rate_percent", columns), "tax_rate_percent")
    if percent is not None:
        line["tax_rate_percent"] = percent
    if category := _text(cells, "category", columns):
        line["category"] = category
    return line


def _money(cells: list[Cell], columns: Columns) -> tuple[int, int, int, int]:
    """Quantity, unit price, amount before the discount, and discount, from whichever of them the row gives.

    An amount that is what remains of quantity × price after the discount is taken for just that: tills print it so.
    """
    pieces = number_of(_cell(cells, "quantity", columns), "quantity")
    unit_price = yen_of(_cell(cells, "unit_price_yen", columns), "unit_price_yen")
    amount = yen_of(_cell(cells, "amount_yen", columns), "amount_yen")
    net = yen_of(_cell(cells, "net_yen", columns), "net_yen")
    discount = discount_of(_cell(cells, "discount_yen", columns), "discount_yen") or 0
    quantity = 1 if pieces is None else pieces
    if quantity < 0:
        raise ValueRefused(
            "negative-quantity", "The quantity is negative.", "A return is no purchase; leave it out of this file."
        )
    if net is not None:
        amount = net + discount
    if isinstance(quantity, Decimal):
        if amount is None:
            raise ValueRefused(
                "no-amount", "The quantity is not whole, and no amount is given.", "Give the amount of goods by weight."
            )
        # Goods by weight are one piece at the amount that was charged.
        return 1, amount, amount, discount
    if amount is None:
        if unit_price is None:
            raise ValueRefused("no-price", "The row has neither a price nor an amount.", "Fill one of them in.")
        return quantity, unit_price, quantity * unit_price, discount
    if unit_price is None:
        return quantity, amount // quantity if quantity else 0, amount, discount
    if net is None and discount and amount == quantity * unit_price - discount:
        amount = quantity * unit_price
    return quantity, unit_price, amount, discount


def _cell(cells: list[Cell], field: str, columns: Columns) -> Cell:
    position, constant = columns.of_lines[field]
    return constant if position is None else cells[position]


def _text(cells: list[Cell], field: str, columns: Columns) -> str:
    """The text of a field; of several columns the texts that are there, joined by a hyphen."""
    if len(columns.positions.get(field, ())) > 1:
        parts = [text_of(cells[position]) for position in columns.positions[field]]
        return "-".join(part for part in parts if part)
    return text_of(_cell(cells, field, columns))
