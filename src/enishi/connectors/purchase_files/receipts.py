"""From rows to receipts: rows that stand together and share a receipt number are one purchase.

Invariant: a receipt is taken whole or not at all. When one of its rows is refused, or it can not be told whether a row
beside it belongs to it, all its rows are refused.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

import msgspec

from enishi.connectors.purchase_files.columns import IDENTIFIERS, Columns
from enishi.connectors.purchase_files.headers import fold
from enishi.connectors.purchase_files.lines import read_line
from enishi.connectors.purchase_files.model import BrokenRow, Cell, Reject, Row, ValueRefused
from enishi.connectors.purchase_files.values import (
    instant_of,
    text_of,
    yen_of,
)
from enishi.kit.payment_cards import find_offence, is_suspicious
from enishi.purchases import Payment, Purchase, total_yen

MAX_LINES: Final = 1_000
"""As many lines as a purchase may have."""
_PATH: Final = re.compile(r"^(?P<what>.*) - at `\$\.(?P<path>[^`]+)`$")
_LINE_OF_PATH: Final = re.compile(r"lines\[(\d+)\]")
_NO_NUMBER: Final = Reject("no-receipt-number", "The receipt number is missing.", "Fill it in on every row.")
_MUST_AGREE: Final = (
    "store",
    "occurred_at",
    "terminal",
    "channel",
    "tax_mode",
    "points_to_use",
    "payment_method",
    "payment_amount_yen",
    *IDENTIFIERS,
)


class Group(NamedTuple):
    """Rows that stand together under one receipt number; ``key`` is None where none is. ``reject`` is known early."""

    key: str | None
    rows: list[Row]
    reject: Reject | None = None


class Receipt(NamedTuple):
    """A group and what came of it: a purchase to be recorded, or why not."""

    group: Group
    purchase: Purchase | None
    reject: Reject | None

    @property
    def customer(self) -> int:
        """A number that receipts of one customer share, as far as their first identifier tells."""
        if self.purchase is None or not self.purchase.identifiers:
            return zlib.crc32((self.group.key or "").encode("utf-8", "replace"))
        return zlib.crc32(self.purchase.identifiers[0].value.encode())


def group_rows(rows: Iterator[Row | BrokenRow], columns: Columns, width: int) -> Iterator[Group]:
    """Groups in the order of the file. ``width`` is how many columns the header has."""
    key_positions = columns.positions.get("external_id", ())
    constant_key = columns.constants.get("external_id")
    current: Group | None = None
    gap: int | None = None
    for row in rows:
        key = None
        fault = row.reject if isinstance(row, BrokenRow) else _fault_of(row, width)
        if fault is None and isinstance(row, Row):
            key = _key_of(row.cells, key_positions, constant_key)
        if isinstance(row, BrokenRow) or key is None:
            if current is not None:
                yield _mark_unclear(current, row.number)
                current = None
            told = Row(row.number, []) if isinstance(row, BrokenRow) else row
            yield Group(None, [told], fault or msgspec.structs.replace(_NO_NUMBER, row=row.number))
            gap = row.number
        elif current is not None and key == current.key and len(current.rows) <= MAX_LINES:
            current.rows.append(row)
        else:
            if current is not None:
                yield _limit(current)
            fresh = Group(key, [row])
            current = fresh if gap is None else _mark_unclear(fresh, gap)
            gap = None
    if current is not None:
        yield _limit(current)


def _fault_of(row: Row, width: int) -> Reject | None:
    extra = len(row.cells) - width
    if extra < 0 or (extra > 0 and any(text_of(cell) for cell in row.cells[width:])):
        return Reject(
            "wrong-number-of-cells",
            f"The row has {len(row.cells)} cells, and the header {width}.",
            "Put texts that contain the delimiter into quotation marks.",
            row.number,
        )
    return None


def _key_of(cells: list[Cell], positions: tuple[int, ...], constant: str | None) -> str | None:
    if not positions:
        return constant
    if len(positions) == 1:
        return text_of(cells[positions[0]]) or None
    parts = [text_of(cells[position]) for position in positions]
    return "-".join(parts) if all(parts) else None


def _mark_unclear(group: Group, number: int) -> Group:
    return group._replace(
        reject=Reject(
            "receipt-unclear",
            f"Row {number} beside this receipt could not be told, and may be a part of it.",
            "Correct that row and import the receipt again.",
        )
    )


def _limit(group: Group) -> Group:
    if len(group.rows) <= MAX_LINES or group.reject is not None:
        return group
    return group._replace(
        reject=Reject(
            "too-many-lines",
            f"The receipt has more than {MAX_LINES:,} lines.",
            "Check the column of receipt numbers; one receipt has one number of its own.",
        )
    )


def build_receipt(group: Group, columns: Columns, source: str) -> Receipt:
    """The purchase that a group stands for, or the reason why it can not be one."""
    if group.reject is not None or group.key is None:
        return Receipt(group, None, group.reject)
    row = group.rows[0]
    try:
        document = _receipt_document(group, columns, source)
        lines: list[dict[str, Any]] = []
        for row in group.rows:
            lines.append(read_line(row.cells, columns))
        document["lines"] = lines
        purchase = _with_payments(msgspec.convert(document, Purchase), group.rows[0].cells, columns)
    except ValueRefused as refused:
        return Receipt(group, None, Reject(refused.code, refused.detail, refused.remedy, row.number))
    except msgspec.ValidationError as error:
        return Receipt(group, None, _translate(error, group))
    return _withhold_card_numbers(Receipt(group, purchase, None))


def _receipt_document(group: Group, columns: Columns, source: str) -> dict[str, Any]:
    """What the rows say of the receipt as a whole; they must agree, or leave it to the first."""
    first = group.rows[0].cells
    for field in _MUST_AGREE:
        for position in columns.positions.get(field, ()):
            for row in group.rows:
                cell = row.cells[position]
                if cell != first[position] and text_of(cell) not in {"", text_of(first[position])}:
                    raise ValueRefused(
                        "rows-disagree",
                        f"The rows of this receipt differ in {field} (row {row.number}).",
                        "Give each receipt a number of its own, joined from several columns if need be.",
                    )
    document: dict[str, Any] = {
        "source": source,
        "external_id": group.key,
        "channel": _word(first, "channel", columns),
        "store": _word(first, "store", columns),
        "occurred_at": _instant(first, columns),
        "tax_mode": _word(first, "tax_mode", columns),
        "terminal": _text(first, "terminal", columns),
        "identifiers": [
            {"kind": kind, "value": value} for kind in IDENTIFIERS if (value := _text(first, kind, columns))
        ],
    }
    points = yen_of(_cell(first, "points_to_use", columns), "points_to_use")
    if points:
        document["points_to_use"] = points
    if columns.has("coupon_code"):
        document["coupon_codes"] = list(
            dict.fromkeys(code for row in group.rows if (code := _text(row.cells, "coupon_code", columns)))
        )
    return document


def _instant(cells: list[Cell], columns: Columns) -> datetime:
    positions = columns.positions.get("occurred_at")
    given: list[Cell] = (
        [columns.constants.get("occurred_at")] if positions is None else [cells[position] for position in positions]
    )
    return instant_of(given, columns.zone, columns.date_format)


def _with_payments(purchase: Purchase, cells: list[Cell], columns: Columns) -> Purchase:
    payments = [
        Payment(method, amount)
        for method, position in columns.payments
        if (amount := yen_of(cells[position], "payments"))
    ]
    if not payments and (method := _word(cells, "payment_method", columns)):
        amount = yen_of(_cell(cells, "payment_amount_yen", columns), "payment_amount_yen")
        if amount is None:
            amount = max(total_yen(purchase) - purchase.points_to_use, 0)
        payments = msgspec.convert([{"method": method, "amount_yen": amount}], list[Payment])
    return msgspec.structs.replace(purchase, payments=tuple(payments)) if payments else purchase


def _withhold_card_numbers(receipt: Receipt) -> Receipt:
    """Refuse a receipt that holds a payment card number, as every channel does."""
    body = msgspec.json.encode(receipt.purchase)
    if not is_suspicious(body):
        return receipt
    offence = find_offence(msgspec.json.decode(body))
    if offence is None or offence[1] != "card":
        return receipt
    return Receipt(
        receipt.group,
        None,
        Reject(
            "payment-card-number",
            f"{offence[0]} holds what looks like a payment card number.",
            "Leave it out of the file; a number of your own needs a letter between its digits.",
        ),
    )


def row_of_field(group: Group, field: str | None) -> int | None:
    """The row that a field of the purchase, such as ``lines[2].sku``, came from; None for the receipt as a whole."""
    match = _LINE_OF_PATH.match(field or "")
    if match is None or int(match[1]) >= len(group.rows):
        return None
    return group.rows[int(match[1])].number


def _translate(error: msgspec.ValidationError, group: Group) -> Reject:
    """What msgspec says of a value that breaks a limit, told of the row it came from."""
    match = _PATH.match(str(error))
    if match is None:
        return Reject("invalid-value", f"{error}.", "Correct the value.")
    field = match["path"].rpartition(".")[2]
    return Reject(
        "invalid-value", f"{field}: {match['what']}.", "Correct the value.", row_of_field(group, match["path"])
    )


def _cell(cells: Sequence[Cell], field: str, columns: Columns) -> Cell:
    positions = columns.positions.get(field)
    return columns.constants.get(field) if positions is None else cells[positions[0]]


def _text(cells: Sequence[Cell], field: str, columns: Columns) -> str:
    """The text of a field; of several columns the texts that are there, joined by a hyphen."""
    positions = columns.positions.get(field, ())
    if len(positions) <= 1:
        return text_of(_cell(cells, field, columns))
    return "-".join(text for position in positions if (text := text_of(cells[position])))


def _word(cells: Sequence[Cell], field: str, columns: Columns) -> str:
    """What a field means that is written in words of its own; a word nobody explained stays as it is."""
    text = _text(cells, field, columns)
    if not text:
        return columns.constants.get(field, "")
    known = columns.values.get(field, {})
    return known.get(fold(text), text)
