"""Which column holds which field: from a mapping in TOML, or told by the headers themselves, Japanese or English. Pure.

A mapping file::

    source = "old-pos"                # constants of all receipts
    channel = "pos"
    zone = "Asia/Tokyo"
    date_format = "%Y/%m/%d %H:%M"

    [columns]                         # field = column, or several columns
    external_id = ["店舗", "日付", "レシート番号"]
    occurred_at = ["日付", "時刻"]
    sku = "商品コード"

    [constants]                       # fields that no column holds
    store = "001"

    [values.payment_method]           # what is written = what is meant
    "現金" = "cash"

    [[payments]]                      # one column for each way of paying
    method = "cash"
    amount = "現金"

    [file]                            # where it can not be told by itself
    encoding = "cp932"
    delimiter = ","
    sheet = "売上"
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Annotated, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from msgspec import Meta, Struct

from enishi.connectors.purchase_files.headers import FIELD_OF_HEADER, TIME, VALUES, fold
from enishi.connectors.purchase_files.model import UnfitColumns
from enishi.purchases import Channel, IdentifierKind, PaymentMethod, TaxMode

IDENTIFIERS: Final = tuple(kind.value for kind in IdentifierKind)
RECEIPT_FIELDS: Final = (
    "external_id",
    "store",
    "occurred_at",
    "terminal",
    "channel",
    "tax_mode",
    "points_to_use",
    "payment_method",
    "payment_amount_yen",
    "coupon_code",
    *IDENTIFIERS,
)
"""Fields of the receipt: the same on each of its rows, or on its first only."""
LINE_FIELDS: Final = (
    "sku",
    "quantity",
    "unit_price_yen",
    "amount_yen",
    "net_yen",
    "discount_yen",
    "tax_rate_percent",
    "category",
)
"""Fields of a line."""
_FIELDS: Final = frozenset({*RECEIPT_FIELDS, *LINE_FIELDS})
_REQUIRED: Final = ("external_id", "store", "occurred_at", "sku")
_PRICES: Final = ("unit_price_yen", "amount_yen", "net_yen")


class PaymentColumn(Struct, frozen=True, forbid_unknown_fields=True):
    """A column with the amount that was paid in one way."""

    method: PaymentMethod
    amount: str


class FileOptions(Struct, frozen=True, forbid_unknown_fields=True):
    """How the file is written, where it can not be told by looking."""

    encoding: str | None = None
    delimiter: Annotated[str, Meta(min_length=1, max_length=1)] | None = None
    sheet: str | None = None


class ColumnMap(Struct, frozen=True, forbid_unknown_fields=True):
    """A mapping as its author wrote it. What it leaves out is told by the headers."""

    source: Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._:\-]+$")] | None = None
    channel: Channel = Channel.POS
    tax_mode: TaxMode = TaxMode.INCLUDED
    zone: str = "Asia/Tokyo"
    date_format: str | None = None
    columns: dict[str, str | list[str]] = {}
    constants: dict[str, str | int] = {}
    values: dict[str, dict[str, str]] = {}
    payments: tuple[PaymentColumn, ...] = ()
    file: FileOptions = FileOptions()


class Columns(Struct, frozen=True, dict=True):
    """Where each field is found in this very file: positions of columns, or a constant."""

    positions: dict[str, tuple[int, ...]]
    constants: dict[str, str]
    values: dict[str, dict[str, str]]
    payments: tuple[tuple[PaymentMethod, int], ...]
    zone: ZoneInfo
    date_format: str | None

    def has(self, field: str) -> bool:
        """Whether the field is given at all."""
        return field in self.positions or field in self.constants

    @cached_property
    def of_lines(self) -> dict[str, tuple[int | None, str | None]]:
        """For each field of a line its first column, or a constant, or neither: looked at for every row of a file."""
        return {
            field: (self.positions[field][0] if field in self.positions else None, self.constants.get(field))
            for field in LINE_FIELDS
        }


def load_map(path: Path | None) -> ColumnMap:
    """Read a mapping; None gives the empty one. Raises ``UnfitColumns``."""
    if path is None:
        return ColumnMap()
    try:
        document = tomllib.loads(path.read_text("utf-8-sig"))
        column_map = msgspec.convert(document, ColumnMap)
        ZoneInfo(column_map.zone)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise UnfitColumns(
            f"The mapping {path.name} can not be used: {error}.", remedy="Correct it as the how-to on importing shows."
        ) from error
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise UnfitColumns(
            f"The mapping {path.name} names a time zone that does not exist.", remedy="Write it as Asia/Tokyo."
        ) from error
    unknown = sorted({*column_map.columns, *column_map.constants, *column_map.values} - _FIELDS)
    if unknown:
        raise UnfitColumns(
            f"The mapping {path.name} names a field that does not exist: {unknown[0]}.",
            remedy=f"The fields are {', '.join(sorted(_FIELDS))}.",
        )
    return column_map


def resolve(header: Sequence[str], column_map: ColumnMap) -> Columns:
    """Find every field's columns. Raises ``UnfitColumns`` naming what is missing and what there is."""
    positions = _positions(header, column_map)
    constants = {field: str(value) for field, value in column_map.constants.items()}
    constants.setdefault("channel", column_map.channel.value)
    constants.setdefault("tax_mode", column_map.tax_mode.value)
    missing = [field for field in _REQUIRED if field not in positions and field not in constants]
    if not any(field in positions for field in _PRICES):
        missing.append("unit_price_yen or amount_yen")
    if missing:
        raise UnfitColumns(
            f"No column was found for {', '.join(missing)}. The columns are: {', '.join(header)[:500]}.",
            remedy="Say in a mapping (--map) which column holds it, or give it a constant value there.",
        )
    return Columns(
        positions=positions,
        constants=constants,
        values=_value_maps(column_map),
        payments=tuple((one.method, _find(header, one.amount, "payments")) for one in column_map.payments),
        zone=ZoneInfo(column_map.zone),
        date_format=column_map.date_format,
    )


def _positions(header: Sequence[str], column_map: ColumnMap) -> dict[str, tuple[int, ...]]:
    positions: dict[str, tuple[int, ...]] = {}
    for field, named in column_map.columns.items():
        names = [named] if isinstance(named, str) else named
        positions[field] = tuple(_find(header, name, field) for name in names)
    # A column that is one of several, say the store in a receipt number, still means what its header says.
    taken = {found[0] for found in positions.values() if len(found) == 1}
    told: dict[str, int] = {}
    for position, name in enumerate(header):
        field = FIELD_OF_HEADER.get(fold(name))
        # Of two columns with the same meaning the first counts; what the mapping says goes before both.
        if field is not None and position not in taken:
            told.setdefault(field, position)
    moment = told.pop(TIME, None)
    for field, position in told.items():
        if field not in positions and field not in column_map.constants:
            positions[field] = (position,)
    if moment is not None and "occurred_at" not in column_map.columns and "occurred_at" in positions:
        positions["occurred_at"] = (*positions["occurred_at"], moment)
    return positions


def _find(header: Sequence[str], name: str, field: str) -> int:
    for position, column in enumerate(header):
        if column == name or fold(column) == fold(name):
            return position
    raise UnfitColumns(
        f"The mapping says that {field} is in the column {name}, which the file does not have.",
        remedy=f"Its columns are: {', '.join(header)[:500]}.",
    )


def _value_maps(column_map: ColumnMap) -> dict[str, dict[str, str]]:
    merged = {field: dict(known) for field, known in VALUES.items()}
    for field, given in column_map.values.items():
        merged.setdefault(field, {}).update({fold(written): meant for written, meant in given.items()})
    return merged
