"""The rejects file: what it shows, what it hides, and how it goes on after a kill."""

from __future__ import annotations

import csv
from pathlib import Path

from enishi.connectors.purchase_files.model import Reject, Row
from enishi.connectors.purchase_files.rejects import REASON_COLUMNS, RejectsFile

NO_PRICE = Reject("no-price", "The row has neither a price nor an amount.", "Fill one of them in.", 3)


def read(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_every_row_of_a_refused_receipt_is_there_with_the_reason(tmp_path: Path) -> None:
    path = tmp_path / "rejects.csv"
    with RejectsFile(path, ["sku", "price"]) as rejects:
        rejects.write([(NO_PRICE, [Row(2, ["A", "100"]), Row(3, ["りんご", ""])])])
    assert read(path) == [
        [*REASON_COLUMNS, "sku", "price"],
        ["2", "no-price", f"Row 3 of the same receipt: {NO_PRICE.detail}", NO_PRICE.remedy, "A", "100"],
        ["3", "no-price", NO_PRICE.detail, NO_PRICE.remedy, "りんご", ""],
    ]
    assert path.stat().st_mode & 0o777 == 0o600


def test_nothing_refused_leaves_no_file(tmp_path: Path) -> None:
    path = tmp_path / "rejects.csv"
    with RejectsFile(path, ["sku"]) as rejects:
        rejects.write([])
    assert not path.exists()


def test_cells_can_not_run_as_formulas_and_hold_no_payment_card(tmp_path: Path) -> None:
    path = tmp_path / "rejects.csv"
    cells = ["=HYPERLINK(1)", "@x", "+81-90-0000-0000", "-5", "4111111111111111", "plain", 4111111111111111.0]
    with RejectsFile(path, list("abcdefg")) as rejects:
        rejects.write([(NO_PRICE, [Row(3, list(cells))])])
    withheld = "(withheld: a payment card number)"
    assert read(path)[1][4:] == ["'=HYPERLINK(1)", "'@x", "+81-90-0000-0000", "-5", withheld, "plain", withheld]


def test_a_run_that_goes_on_cuts_off_what_was_not_settled(tmp_path: Path) -> None:
    path = tmp_path / "rejects.csv"
    with RejectsFile(path, ["sku"]) as rejects:
        rejects.write([(NO_PRICE, [Row(3, ["A"])])])
        settled = rejects.length_bytes
        rejects.write([(NO_PRICE, [Row(4, ["B"])])])
    assert RejectsFile.can_continue(path, settled)
    with RejectsFile(path, ["sku"], settled) as again:
        again.write([(NO_PRICE, [Row(5, ["C"])])])
    assert [row[-1] for row in read(path)] == ["sku", "A", "C"]


def test_a_new_run_begins_the_file_anew(tmp_path: Path) -> None:
    path = tmp_path / "rejects.csv"
    path.write_text("what stood here before, and longer than what comes\n" * 100, encoding="utf-8")
    with RejectsFile(path, ["sku"]) as rejects:
        rejects.write([(NO_PRICE, [Row(3, ["A"])])])
    assert [row[-1] for row in read(path)] == ["sku", "A"]


def test_a_run_does_not_go_on_when_its_rejects_are_gone(tmp_path: Path) -> None:
    assert not RejectsFile.can_continue(tmp_path / "gone.csv", 10)
    assert RejectsFile.can_continue(tmp_path / "gone.csv", 0)
