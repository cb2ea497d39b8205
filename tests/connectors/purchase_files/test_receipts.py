"""From rows to receipts: whole ones, and why others are refused."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from tests.connectors.purchase_files.factories import HEADER, receipt_rows

from enishi.connectors.purchase_files.columns import ColumnMap, Columns, PaymentColumn, resolve
from enishi.connectors.purchase_files.model import BrokenRow, Cell, Reject, Row
from enishi.connectors.purchase_files.prescan import prescan
from enishi.connectors.purchase_files.receipts import Group, Receipt, build_receipt, group_rows
from enishi.purchases import Channel, Identifier, IdentifierKind, Line, Payment, PaymentMethod, Purchase, TaxMode

TOKYO = ZoneInfo("Asia/Tokyo")
COLUMNS = resolve(HEADER, ColumnMap())


def numbered(rows: Sequence[Sequence[Cell]], first: int = 2) -> Iterator[Row | BrokenRow]:
    return iter([Row(number, list(cells)) for number, cells in enumerate(rows, first)])


def groups_of(rows: Sequence[Sequence[Cell]], header: Sequence[str] = HEADER) -> list[Group]:
    return list(group_rows(numbered(rows), resolve(header, ColumnMap()), len(header)))


def receipts_of(rows: Sequence[Sequence[Cell]], columns: Columns = COLUMNS, width: int = len(HEADER)) -> list[Receipt]:
    return [build_receipt(group, columns, "import") for group in group_rows(numbered(rows), columns, width)]


def code_of(receipt: Receipt) -> str:
    assert receipt.reject is not None
    return receipt.reject.code


def line_of(header: str, cells: Sequence[Cell]) -> Line:
    """The line that one row makes; the receipt's own columns are added."""
    columns = resolve(["store", "date", "receipt", "sku", *header.split()], ColumnMap())
    [receipt] = receipts_of([["001", "2026-04-01", "R1", "A", *cells]], columns, 4 + len(cells))
    assert receipt.purchase is not None, receipt.reject
    return receipt.purchase.lines[0]


def test_rows_that_stand_together_are_one_purchase() -> None:
    [receipt] = receipts_of(receipt_rows(1, lines=2))
    assert receipt.purchase == Purchase(
        source="import",
        external_id="R1",
        channel=Channel.POS,
        store="001",
        occurred_at=datetime(2026, 4, 1, 12, tzinfo=TOKYO),
        identifiers=(Identifier(IdentifierKind.CARD, "2900000000018"),),
        lines=(Line("SKU1", 1, 100), Line("SKU2", 1, 100)),
    )


def test_a_card_on_the_first_row_only_is_the_receipts_card() -> None:
    rows = receipt_rows(1, lines=3)
    rows[1][3] = rows[2][3] = ""
    [receipt] = receipts_of(rows)
    assert receipt.purchase is not None
    assert len(receipt.purchase.lines) == 3


@pytest.mark.parametrize(("column", "value"), [(0, "002"), (1, "2026-04-02 12:00"), (3, "2900000000025")])
def test_rows_that_disagree_about_their_receipt_are_refused_together(column: int, value: str) -> None:
    rows = receipt_rows(1, lines=2)
    rows[1][column] = value
    [receipt] = receipts_of(rows)
    assert code_of(receipt) == "rows-disagree"
    assert receipt.purchase is None


@pytest.mark.parametrize(
    ("header", "cells", "line"),
    [
        ("qty price", [3, 100], Line("A", 3, 100)),
        ("qty amount", [3, 100], Line("A", 3, 33, amount_yen=100)),
        ("amount", [250], Line("A", 1, 250)),
        ("qty amount", ["0.352", 420], Line("A", 1, 420)),
        ("qty price discount", [2, 100, "-30"], Line("A", 2, 100, discount_yen=30)),
        ("qty price amount discount", [2, 100, 170, 30], Line("A", 2, 100, discount_yen=30)),
        ("qty price amount discount", [2, 100, 200, 30], Line("A", 2, 100, discount_yen=30)),
        ("qty price amount discount", [3, 100, 280, 0], Line("A", 3, 100, amount_yen=280)),
        ("qty net discount", [2, 170, 30], Line("A", 2, 100, discount_yen=30)),
        ("qty price taxrate category", [1, 100, "8%", "BREAD"], Line("A", 1, 100, 8, category="BREAD")),
        ("qty amount", [0, 0], Line("A", 0, 0)),
    ],
)
def test_a_line_is_told_from_whichever_amounts_there_are(header: str, cells: Sequence[Cell], line: Line) -> None:
    assert line_of(header, cells) == line


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        (0, "", "invalid-value"),
        (0, "渋谷", "invalid-value"),
        (1, "", "no-time"),
        (1, "soon", "bad-time"),
        (4, "", "no-sku"),
        (4, "x" * 200, "invalid-value"),
        (5, -1, "negative-quantity"),
        (5, 2_000_000, "invalid-value"),
        (5, "0.5", "no-amount"),
        (5, "=1+1", "not-a-number"),
        (6, "", "no-price"),
        (6, -100, "negative-amount"),
        (6, 10**9 + 1, "invalid-value"),
        (6, 1e9 + 1, "invalid-value"),
        (6, "99.5", "not-whole-yen"),
    ],
)
def test_one_bad_value_refuses_the_whole_receipt_and_names_its_row(column: int, value: Cell, code: str) -> None:
    rows = [*receipt_rows(1), *receipt_rows(2), *receipt_rows(3)]
    rows[3][column] = value
    if column < 2:
        rows[2][column] = value
    good, bad, also_good = receipts_of(rows)
    assert good.purchase is not None
    assert also_good.purchase is not None
    assert code_of(bad) == code
    assert bad.reject is not None
    assert bad.reject.row in ({4, 5, None} if column < 2 else {5})


def test_a_payment_card_number_is_refused_without_being_repeated() -> None:
    [receipt] = receipts_of(receipt_rows(1, card="4111 1111 1111 1111"))
    assert code_of(receipt) == "payment-card-number"
    assert receipt.reject is not None
    assert "4111" not in receipt.reject.detail


@pytest.mark.parametrize(
    ("spoilt", "code"),
    [
        (["001", "2026-04-01", "", "", "SKU9", 1, 100], "no-receipt-number"),
        (["001", "2026-04-01", "R2", "", "SKU", "9", 1, 100], "wrong-number-of-cells"),
        (["001", "2026-04-01", "R2"], "wrong-number-of-cells"),
    ],
)
def test_receipts_beside_a_row_that_can_not_be_told_are_refused_with_it(spoilt: list[Cell], code: str) -> None:
    rows = [*receipt_rows(1), *receipt_rows(2), spoilt, *receipt_rows(3), *receipt_rows(4)]
    receipts = receipts_of(rows)
    assert [(one.group.key, one.reject.code if one.reject else "") for one in receipts] == [
        ("R1", ""),
        ("R2", "receipt-unclear"),
        (None, code),
        ("R3", "receipt-unclear"),
        ("R4", ""),
    ]


def test_a_broken_row_is_told_with_what_is_wrong_and_spoils_its_neighbours() -> None:
    reject = Reject("broken-row", "A quotation mark is opened and not closed.", "Close it.", 4)
    rows = [*numbered(receipt_rows(1)), BrokenRow(4, reject), *numbered(receipt_rows(2), 5)]
    receipts = [build_receipt(group, COLUMNS, "import") for group in group_rows(iter(rows), COLUMNS, len(HEADER))]
    assert [code_of(receipt) for receipt in receipts] == ["receipt-unclear", "broken-row", "receipt-unclear"]
    assert receipts[1].reject == reject


def test_empty_cells_beyond_the_header_are_no_fault() -> None:
    [receipt] = receipts_of([[*cells, "", ""] for cells in receipt_rows(1)])
    assert receipt.purchase is not None


def test_a_receipt_of_more_lines_than_any_can_have_is_refused() -> None:
    whole, parted, rest = receipts_of([*receipt_rows(1, lines=1_000), *receipt_rows(2, lines=1_002)])
    assert whole.purchase is not None
    assert code_of(parted) == "too-many-lines"
    assert rest.group.key == "R2"


def test_a_receipt_number_of_several_columns_is_whole_or_missing() -> None:
    column_map = ColumnMap(columns={"external_id": ["store", "receipt"]})
    columns = resolve(HEADER, column_map)
    rows = [*receipt_rows(1, lines=1), *receipt_rows(2, lines=1)]
    rows[1][2] = ""
    receipts = receipts_of(rows, columns)
    assert [one.group.key for one in receipts] == ["001-R1", None]


def test_words_mean_what_is_usual_or_what_the_mapping_says() -> None:
    header = [*HEADER, "支払方法", "channel", "tax_mode"]
    column_map = ColumnMap(values={"payment_method": {"つけ": "invoice"}})
    columns = resolve(header, column_map)
    rows = [
        [*receipt_rows(1, lines=1)[0], "現金", "通販", "外税"],
        [*receipt_rows(2, lines=1)[0], "つけ", "", ""],
        [*receipt_rows(3, lines=1)[0], "ビール券", "", ""],
    ]
    first, second, third = receipts_of(rows, columns, len(header))
    assert first.purchase is not None
    assert first.purchase.channel is Channel.EC
    assert first.purchase.tax_mode is TaxMode.EXCLUDED
    assert first.purchase.payments == (Payment(PaymentMethod.CASH, 110),), "without an amount, what the receipt costs"
    assert second.purchase is not None
    assert second.purchase.payments == (Payment(PaymentMethod.INVOICE, 100),)
    assert code_of(third) == "invalid-value"


def test_stores_that_are_written_by_name_get_their_code_from_the_mapping() -> None:
    column_map = ColumnMap(values={"store": {"渋谷店": "001"}})
    rows = receipt_rows(1, lines=1)
    rows[0][0] = "渋谷店"
    [receipt] = receipts_of(rows, resolve(HEADER, column_map))
    assert receipt.purchase is not None
    assert receipt.purchase.store == "001"


def test_each_way_of_paying_may_have_a_column_of_its_own() -> None:
    header = [*HEADER, "現金", "クレジット"]
    column_map = ColumnMap(
        payments=(PaymentColumn(PaymentMethod.CASH, "現金"), PaymentColumn(PaymentMethod.CREDIT_CARD, "クレジット"))
    )
    [receipt] = receipts_of([[*receipt_rows(1, lines=1)[0], 40, 60]], resolve(header, column_map), len(header))
    assert receipt.purchase is not None
    assert receipt.purchase.payments == (Payment(PaymentMethod.CASH, 40), Payment(PaymentMethod.CREDIT_CARD, 60))


def test_coupon_codes_of_all_rows_are_gathered() -> None:
    header = [*HEADER, "coupon", "points_used"]
    rows = [[*cells, code, 50] for cells, code in zip(receipt_rows(1, lines=3), ["C1", "C2", "C1"], strict=True)]
    [receipt] = receipts_of(rows, resolve(header, ColumnMap()), len(header))
    assert receipt.purchase is not None
    assert receipt.purchase.coupon_codes == ("C1", "C2")
    assert receipt.purchase.points_to_use == 50


def test_a_receipt_written_twice_is_harmless_and_one_in_pieces_is_not() -> None:
    twice = [*receipt_rows(1), *receipt_rows(2), *receipt_rows(1)]
    pieces = [*receipt_rows(3, lines=1), *receipt_rows(4), *receipt_rows(3, lines=2)[1:]]
    told: list[int] = []
    scanned = prescan(groups_of([*twice, *pieces]), told.append)
    assert (scanned.receipts, scanned.rows) == (6, 10)
    assert told[-1] == 10
    parted = {group.key for group in groups_of([*twice, *pieces]) if scanned.is_parted(group)}
    assert parted == {"R3"}
