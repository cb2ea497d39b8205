"""Reading a file as a table, row by row, whatever its format. Invariant: never more of a CSV or Parquet file in memory
than a block of rows; a row that can not be told is said to be so, and reading goes on behind it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, cast

import msgspec
from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from enishi.connectors.purchase_files.columns import FileOptions
from enishi.connectors.purchase_files.model import (
    BrokenRow,
    Cell,
    FileFacts,
    FileFormat,
    Reject,
    Row,
    Table,
    UnreadableFile,
)
from enishi.connectors.purchase_files.values import text_of

if TYPE_CHECKING:
    import duckdb

_LONGEST_CELL: Final = 32_768
"""Characters; also how much of a CSV a quotation mark that is never closed can swallow."""
_NO_TEXT: Final = re.compile(r"[\udc80-\udcff]")
_UNDECODABLE: Final = Reject(
    "undecodable-text", "The row contains bytes that are no text.", "Export the file in UTF-8."
)
_FETCHED_ROWS: Final = 4_096
_MOST_COLUMNS: Final = 1_000


def open_table(facts: FileFacts, options: FileOptions) -> Table:
    """The table in the file. Refuses with ``UnreadableFile`` a file without a header or one its format can not read."""
    match facts.file_format:
        case FileFormat.CSV:
            table = _open_csv(facts)
        case FileFormat.PARQUET:
            table = _open_parquet(facts)
        case FileFormat.XLSX:
            table = _open_workbook(facts, options)
    if not any(name.strip() for name in table.header):
        raise UnreadableFile("The file has no header.", remedy="The first row must name the columns.")
    if len(table.header) > _MOST_COLUMNS:
        raise UnreadableFile(
            f"The file has {len(table.header):,} columns.",
            remedy="Check the delimiter; one row is one line of a receipt.",
        )
    return table


def _open_csv(facts: FileFacts) -> Table:
    names = _first_cells(_read_csv(facts, 0))

    def read_rows() -> Iterator[Row | BrokenRow]:
        rows = _read_csv(facts, len(names))
        next(rows, None)
        return rows

    return Table(names, read_rows)


def _read_csv(facts: FileFacts, columns: int) -> Iterator[Row | BrokenRow]:
    """All rows that are not blank, the header among them. ``columns`` is how many there are, if that is known."""
    csv.field_size_limit(_LONGEST_CELL)
    # Bytes that are no text come through as lone surrogates, and the row that holds them is refused by itself.
    with facts.path.open(encoding=facts.encoding, errors="surrogateescape", newline="") as file:
        reader = csv.reader(file, delimiter=facts.delimiter)
        while True:
            number = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                yield _broken(number, "A quotation mark is opened and not closed, or a cell is longer than any can be.")
                continue
            except UnicodeError as error:
                raise UnreadableFile(
                    f"The text can not be read behind line {number}.", remedy="Export it in UTF-8."
                ) from error
            if reader.line_num > number and _has_swallowed_rows(cells, facts.delimiter, columns):
                yield _broken(number, "A quotation mark is opened and not closed on its line.")
            elif facts.may_hold_bytes and any(map(_NO_TEXT.search, cells)):
                yield BrokenRow(number, msgspec.structs.replace(_UNDECODABLE, row=number))
            elif any(cells):
                yield Row(number, cast("list[Cell]", cells))


def _broken(number: int, reason: str) -> BrokenRow:
    return BrokenRow(
        number, Reject("broken-row", reason, "Close the quotation mark, or double it inside a text.", number)
    )


def _has_swallowed_rows(cells: list[str], delimiter: str, columns: int) -> bool:
    """Whether a cell goes on over lines that look like rows themselves, rather than over lines of a text."""
    return any(
        line.count(delimiter) * 2 >= max(columns - 1, 2)
        for cell in cells
        if "\n" in cell or "\r" in cell
        for line in cell.splitlines()[1:]
    )


def _open_parquet(facts: FileFacts) -> Table:
    if any(character in facts.path.name for character in "*?["):
        raise UnreadableFile(
            "The name of the file contains *, ? or [, which would be read as a pattern.", remedy="Rename the file."
        )
    with _connect() as conn:
        header = [str(row[0]) for row in _query(conn, "describe select * from read_parquet($path)", facts).fetchall()]

    def read_rows() -> Iterator[Row | BrokenRow]:
        # Rows stream through: there is nothing to be kept, and so nothing to spill to a disk.
        with _connect(memory_limit="1GB", temp_directory="") as conn:
            result = _query(conn, "select * from read_parquet($path)", facts)
            number = 0
            while rows := result.fetchmany(_FETCHED_ROWS):
                for row in rows:
                    number += 1
                    yield Row(number, list(row))

    return Table(header, read_rows)


def _connect(**config: str) -> duckdb.DuckDBPyConnection:
    import duckdb  # noqa: PLC0415 - heavy, and every command of ``enishi`` comes by here

    return duckdb.connect(config=dict(config))


def _query(conn: duckdb.DuckDBPyConnection, statement: str, facts: FileFacts) -> duckdb.DuckDBPyConnection:
    import duckdb  # noqa: PLC0415 - as above

    try:
        return conn.execute(statement, {"path": str(facts.path)})
    except duckdb.Error as error:
        raise UnreadableFile("The Parquet file is damaged.", remedy="Export it again.") from error


def _open_workbook(facts: FileFacts, options: FileOptions) -> Table:
    try:
        workbook = CalamineWorkbook.from_path(str(facts.path))  # pyright: ignore[reportUnknownMemberType] - a bare PathLike in its stub
        names = workbook.sheet_names
        if options.sheet is not None and options.sheet not in names:
            raise UnreadableFile(
                f"The workbook has no sheet {options.sheet}.", remedy=f"Its sheets are: {', '.join(names)}."
            )
        sheet = workbook.get_sheet_by_name(options.sheet or names[0])
    except PasswordError as error:
        raise UnreadableFile("The workbook is protected by a password.", remedy="Save it without one.") from error
    except (CalamineError, IndexError, OSError) as error:
        raise UnreadableFile("The workbook is damaged.", remedy="Open it in Excel and save it again.") from error

    def read_rows() -> Iterator[Row | BrokenRow]:
        rows = _sheet_rows()
        next(rows, None)
        return rows

    def _sheet_rows() -> Iterator[Row | BrokenRow]:
        for number, cells in enumerate(sheet.to_python(skip_empty_area=False), 1):
            if any(cell not in ("", None) for cell in cells):
                yield Row(number, list(cells))

    return Table(_first_cells(_sheet_rows()), read_rows)


def _first_cells(rows: Iterator[Row | BrokenRow]) -> list[str]:
    """The names in the first row that has any."""
    for row in rows:
        if isinstance(row, Row):
            return [text_of(cell) for cell in row.cells]
    return []
