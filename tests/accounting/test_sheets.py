"""The books as files."""

from __future__ import annotations

import csv
import io

import pytest
from tests.accounting.factories import APRIL, day, rate

from enishi import accounting


def read(text: str) -> list[list[str]]:
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_movement_table_is_a_file_whose_columns_add_up(shop, language):
    shop.publish(fallback_use_rate=rate("0.95"))
    shop.sell(day(4, 10), 10_000)
    shop.use(day(4, 20), 4_500)
    heads, line, total, other = read(accounting.as_csv(accounting.movement_sheet(shop.close(APRIL), language)))
    assert len(heads) == len(line) == len(total) == len(other) == 20
    assert line[0] == "2026-04"
    figures = ["10000", "0", "-4500", "0", "0", "5500", "0", "0", "9500"]
    assert line[2:] == ["2026-04", "0", *figures, "0", "8676", "0", "-4110", "0", "0", "4566"]
    assert total[3:] == line[3:]
    assert other[3:] == ["0"] * 17


def test_the_settlement_names_the_stores(shop):
    shop.publish()
    shop.sell(day(4, 10), 100, store="S1")
    shop.use(day(4, 20), 40, store="S2")
    settlement = accounting.settlement_of(shop.close(APRIL), accounting.AccountingSettings())
    names = {"S1": "渋谷店", "S2": "上野店"}
    rows = read(accounting.as_csv(accounting.settlement_sheet(settlement, names.__getitem__, "ja")))
    assert rows[1] == ["2026-04", "S1", "渋谷店", "S2", "上野店", "40", "0", "40", "0", "40"]


def test_a_text_that_a_spreadsheet_would_run_is_defused_and_numbers_stay_numbers():
    assert read(accounting.as_csv([("=1+1", "-5", "@x", "+x", "ok")])) == [["'=1+1", "-5", "'@x", "'+x", "ok"]]
