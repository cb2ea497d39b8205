"""What an import is made of: files that can or can not be read, rows, and why a row was refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct

from enishi.kit.errors import Refusal

Cell = object
"""A cell as its format gives it: text, or what Parquet and Excel know better (number, date, truth value, None)."""


class UnreadableFile(Refusal):
    """The file can not be read as a table. Nothing of it was recorded."""

    code = "unreadable-file"
    title = "Unreadable file"


class UnfitColumns(Refusal):
    """The columns do not hold what a receipt needs, or the mapping names one that is not there."""

    code = "unfit-columns"
    title = "Unfit columns"


class FileFormat(StrEnum):
    """How the file is written."""

    CSV = "csv"
    PARQUET = "parquet"
    XLSX = "xlsx"


class Row(NamedTuple):
    """A row of data. ``number`` is what an editor or spreadsheet shows: of lines in CSV, of rows elsewhere."""

    number: int
    cells: list[Cell]


class Reject(Struct, frozen=True):
    """Why rows were refused: a stable code, what is wrong, what to do; ``row`` is the one at fault, if one is."""

    code: str
    detail: str
    remedy: str = ""
    row: int | None = None


class BrokenRow(NamedTuple):
    """A place in the file where no row could be told, and why."""

    number: int
    reject: Reject


class Table(Struct, frozen=True):
    """An open table. ``read_rows`` begins anew at each call and streams."""

    header: list[str]
    read_rows: Callable[[], Iterator[Row | BrokenRow]]


class FileFacts(Struct, frozen=True):
    """What a look at the whole file told: its format and, for CSV, how its text is written."""

    path: Path
    file_format: FileFormat
    size_bytes: int
    sha256: bytes
    encoding: str = ""
    delimiter: str = ""
    may_hold_bytes: bool = False
    """Whether there may be bytes in the text that the encoding does not know."""


class ValueRefused(Exception):  # noqa: N818 - a refusal is a noun
    """One value can not be what its field needs."""

    def __init__(self, code: str, detail: str, remedy: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.remedy = remedy
