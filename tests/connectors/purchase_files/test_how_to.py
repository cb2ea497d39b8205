"""The how-to on importing does what it says: its own examples are imported here."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from enishi.connectors.purchase_files.columns import ColumnMap, FileOptions, load_map, resolve
from enishi.connectors.purchase_files.examining import examine
from enishi.connectors.purchase_files.reading import open_table
from enishi.connectors.purchase_files.receipts import Receipt, build_receipt, group_rows
from enishi.purchases import Payment, PaymentMethod

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "how-to" / "import-purchases.md").read_text("utf-8")


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    return found[1]


def receipts_of(path: Path) -> list[Receipt]:
    table = open_table(examine(path, FileOptions()), FileOptions())
    columns = resolve(table.header, ColumnMap())
    return [
        build_receipt(group, columns, "import") for group in group_rows(table.read_rows(), columns, len(table.header))
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "cp932", "utf-16"])
def test_the_first_file_is_imported_without_a_mapping(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "sales.csv"
    path.write_text(block("csv"), encoding=encoding)
    first, second = [receipt.purchase for receipt in receipts_of(path)]
    assert first is not None
    assert second is not None
    assert [line.net_yen for line in first.lines] == [2_160, 500]
    assert first.payments == (Payment(PaymentMethod.CASH, 2_660),)
    assert first.occurred_at.isoformat() == "2026-04-01T12:34:00+09:00"
    assert second.identifiers == ()
    assert second.payments == (Payment(PaymentMethod.QR_CODE, 1_080),)


def test_the_mapping_is_one_that_is_understood(tmp_path: Path) -> None:
    path = tmp_path / "columns.toml"
    path.write_text(block("toml"), encoding="utf-8")
    column_map = load_map(path)
    columns = resolve(["Filiale", "Tag", "Zeit", "Bon", "Artikel", "Netto", "店舗", "現金"], column_map)
    assert columns.positions["external_id"] == (0, 1, 3)
    assert columns.constants["channel"] == "ec"
    assert column_map.file.encoding == "euc-jp"


def test_every_reason_that_an_import_gives_is_on_the_page() -> None:
    given = {
        code
        for module in ("receipts", "lines", "values", "reading", "importing")
        for code in re.findall(
            r"(?:Reject|ValueRefused)\(\s*\"([a-z-]+)\"",
            (ROOT / "src/enishi/connectors/purchase_files" / f"{module}.py").read_text("utf-8"),
        )
    }
    assert len(given) > 15
    assert {code for code in given if f"`{code}`" not in PAGE} == set()
