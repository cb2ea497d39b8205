"""Looking at files and reading them, whole or damaged, friendly or not."""

from __future__ import annotations

import zipfile
from datetime import datetime
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.connectors.purchase_files.factories import HEADER, receipt_rows, write_csv

from enishi.connectors.purchase_files.columns import FileOptions
from enishi.connectors.purchase_files.examining import examine
from enishi.connectors.purchase_files.model import BrokenRow, FileFormat, Row, Table, UnreadableFile
from enishi.connectors.purchase_files.reading import open_table

PLAIN = FileOptions()


def table_of(path: Path, options: FileOptions = PLAIN) -> Table:
    return open_table(examine(path, options), options)


def rows_of(path: Path, options: FileOptions = PLAIN) -> list[Row | BrokenRow]:
    return list(table_of(path, options).read_rows())


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("utf-8", "utf-8-sig"),
        ("utf-8-sig", "utf-8-sig"),
        ("cp932", "cp932"),
        ("utf-16", "utf-16"),
    ],
)
def test_the_encoding_is_told_by_looking(tmp_path: Path, encoding: str, told: str) -> None:
    path = write_csv(tmp_path / "a.csv", [["髙島屋①", "りんご"]], ["店舗", "商品"], encoding=encoding)
    assert examine(path, PLAIN).encoding == told
    assert table_of(path).header == ["店舗", "商品"]
    assert rows_of(path) == [Row(2, ["髙島屋①", "りんご"])]


def test_shift_jis_is_told_even_when_only_the_last_row_is_japanese(tmp_path: Path) -> None:
    rows = [["shop", f"item{number}"] for number in range(200_000)]
    path = write_csv(tmp_path / "a.csv", [*rows, ["店", "林檎"]], ["store", "sku"], encoding="cp932")
    assert examine(path, PLAIN).encoding == "cp932"


def test_a_row_with_bytes_that_are_no_text_is_refused_by_itself(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    good = "".join(f"店,林檎{number}\n" for number in range(100)).encode()
    path.write_bytes(b"store,sku\n" + good + b"\xe5\xba,\xff\n" + good)
    rows = rows_of(path)
    assert len(rows) == 201
    [broken] = [row for row in rows if isinstance(row, BrokenRow)]
    assert (broken.number, broken.reject.code, broken.reject.row) == (102, "undecodable-text", 102)


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_delimiter_is_told_by_the_header(tmp_path: Path, delimiter: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(delimiter.join(HEADER) + "\n" + delimiter.join("1234567") + "\n", encoding="utf-8")
    assert examine(path, PLAIN).delimiter == delimiter
    assert rows_of(path) == [Row(2, list("1234567"))]


def test_what_the_mapping_says_of_the_file_goes_before_looking(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("店舗;商品,番号\nA;B,C\n".encode("euc-jp"))
    options = FileOptions(encoding="euc-jp", delimiter=";")
    assert table_of(path, options).header == ["店舗", "商品,番号"]


def test_all_line_endings_are_understood_in_one_file(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b\r\n1,2\n3,4\r5,6\r\n\r\n,\n7,8")
    assert rows_of(path) == [Row(2, ["1", "2"]), Row(3, ["3", "4"]), Row(4, ["5", "6"]), Row(7, ["7", "8"])]


def test_a_quotation_mark_that_is_not_closed_spoils_its_own_neighbourhood_only(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('a,b,c\n1,2,3\n4,"5,6\n7,8,9\n1,"2",3\n4,5,6\n', encoding="utf-8")
    rows = rows_of(path)
    assert rows[0] == Row(2, ["1", "2", "3"])
    assert isinstance(rows[1], BrokenRow)
    assert rows[1].number == 3
    assert rows[-1] == Row(6, ["4", "5", "6"])


def test_a_text_of_several_lines_in_quotation_marks_is_one_row(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('a,b,c,d,e\n1,"two\nlines, of text",3,4,5\n1,2,3,4,5\n', encoding="utf-8")
    assert rows_of(path) == [Row(2, ["1", "two\nlines, of text", "3", "4", "5"]), Row(4, list("12345"))]


def test_a_cell_longer_than_any_can_be_is_a_broken_row(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n1," + "x" * 40_000 + "\n3,4\n", encoding="utf-8")
    rows = rows_of(path)
    assert isinstance(rows[0], BrokenRow)
    assert rows[-1] == Row(3, ["3", "4"])


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b"\n \n", "is empty"),
        (b"\x7fELF\x02\x01\x00\x00\x00", "binary data"),
        (b"PAR1 but not really", "damaged"),
        (b"PK\x03\x04 but not really", "damaged"),
        (b"\xd0\xcf\x11\xe0 but not really", "damaged"),
        (bytes(range(1, 256)) * 100, "neither in UTF-8 nor in Shift_JIS"),
        (b"a," * 2_000 + b"b\n", "has 2,001 columns"),
    ],
)
def test_what_is_no_table_is_refused_whole(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(UnreadableFile) as refused:
        rows_of(path)
    assert told in refused.value.detail
    assert refused.value.remedy


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "nothing.csv", tmp_path):
        with pytest.raises(UnreadableFile, match="can not be read"):
            examine(path, PLAIN)


def test_a_workbook_that_unpacks_to_gigabytes_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part,
    ):
        zeros = bytes(1 << 24)
        for _ in range(130):
            part.write(zeros)
    with pytest.raises(UnreadableFile, match="unpacks to more than 2 GB"):
        examine(path, PLAIN)


def test_parquet_keeps_its_types_and_counts_rows_from_one(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    moment = datetime(2026, 4, 1, 12)  # noqa: DTZ001 - Parquet without a zone
    pq.write_table(pa.table({"store": ["1", "2"], "qty": [1, None], "at": [moment, moment]}), path)
    facts = examine(path, PLAIN)
    assert facts.file_format is FileFormat.PARQUET
    assert table_of(path).header == ["store", "qty", "at"]
    assert rows_of(path) == [Row(1, ["1", 1, moment]), Row(2, ["2", None, moment])]


def test_a_parquet_file_cut_short_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"store": ["1"] * 1_000}), path)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(UnreadableFile, match="damaged"):
        rows_of(path)


def test_a_name_that_would_be_a_pattern_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "sales[1].parquet"
    pq.write_table(pa.table({"store": ["1"]}), path)
    with pytest.raises(UnreadableFile, match="read as a pattern"):
        table_of(path)


def test_excel_rows_keep_the_numbers_the_spreadsheet_shows(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet["B3"], sheet["C3"] = "store", "qty"
    sheet["B4"], sheet["C4"] = "001", 2
    sheet["B6"], sheet["C6"] = "002", 1.5
    workbook.save(path)
    assert table_of(path).header == ["", "store", "qty"]
    assert rows_of(path) == [Row(4, ["", "001", 2.0]), Row(6, ["", "002", 1.5])]


def test_a_sheet_is_chosen_by_name_and_a_wrong_name_lists_what_there_is(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    workbook = openpyxl.Workbook()
    workbook.create_sheet("売上").append(["store"])
    workbook.save(path)
    assert table_of(path, FileOptions(sheet="売上")).header == ["store"]
    with pytest.raises(UnreadableFile) as refused:
        table_of(path, FileOptions(sheet="在庫"))
    assert refused.value.remedy == "Its sheets are: Sheet, 売上."


def test_an_empty_workbook_has_no_header(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    openpyxl.Workbook().save(path)
    with pytest.raises(UnreadableFile, match="has no header"):
        table_of(path)


def test_the_digest_is_the_files_own(tmp_path: Path) -> None:
    one = write_csv(tmp_path / "one.csv", receipt_rows(1))
    same = write_csv(tmp_path / "same.csv", receipt_rows(1))
    other = write_csv(tmp_path / "other.csv", receipt_rows(2))
    assert examine(one, PLAIN).sha256 == examine(same, PLAIN).sha256 != examine(other, PLAIN).sha256
