"""Which column holds what: told by headers, or by a mapping."""

from __future__ import annotations

from pathlib import Path

import pytest

from enishi.connectors.purchase_files.columns import ColumnMap, load_map, resolve
from enishi.connectors.purchase_files.model import UnfitColumns
from enishi.purchases import PaymentMethod


def test_japanese_headers_are_understood() -> None:
    header = [
        "店舗コード",
        "購入日",
        "時刻",
        "レシート番号",
        "会員番号",
        "商品コード",
        "数量",
        "単価",
        "値引額",
        "税率",
        "部門",
    ]
    columns = resolve(header, ColumnMap())
    assert columns.positions == {
        "store": (0,),
        "occurred_at": (1, 2),
        "external_id": (3,),
        "card": (4,),
        "sku": (5,),
        "quantity": (6,),
        "unit_price_yen": (7,),
        "discount_yen": (8,),
        "tax_rate_percent": (9,),
        "category": (10,),
    }
    assert columns.constants == {"channel": "pos", "tax_mode": "included"}


def test_english_headers_are_understood_in_any_spelling() -> None:
    header = ["Store ID", "Transaction_Timestamp", "basket-id", "E-mail", "Product ID", "QTY", "sales_value"]
    columns = resolve(header, ColumnMap())
    assert columns.positions == {
        "store": (0,),
        "occurred_at": (1,),
        "external_id": (2,),
        "email": (3,),
        "sku": (4,),
        "quantity": (5,),
        "net_yen": (6,),
    }


def test_of_two_columns_with_one_meaning_the_first_counts() -> None:
    header = ["store", "date", "receipt", "sku", "price", "単価"]
    assert resolve(header, ColumnMap()).positions["unit_price_yen"] == (4,)


def test_what_the_mapping_says_goes_before_the_headers(tmp_path: Path) -> None:
    mapping = tmp_path / "columns.toml"
    mapping.write_text(
        """
        source = "old-pos"
        zone = "Asia/Tokyo"
        [columns]
        external_id = ["店舗", "日付", "No."]
        occurred_at = ["日付", "時刻"]
        amount_yen = "金額"
        [constants]
        terminal = "7"
        [values.payment_method]
        "掛け払い" = "invoice"
        [[payments]]
        method = "cash"
        amount = "現金"
        """,
        encoding="utf-8",
    )
    column_map = load_map(mapping)
    columns = resolve(["店舗", "日付", "時刻", "No.", "単品コード", "金額", "現金"], column_map)
    assert column_map.source == "old-pos"
    assert columns.positions["external_id"] == (0, 1, 3)
    assert columns.positions["occurred_at"] == (1, 2)
    assert columns.positions["sku"] == (4,)
    assert columns.positions["store"] == (0,), "a part of the receipt number still is what its header says"
    assert columns.constants["terminal"] == "7"
    assert columns.values["payment_method"]["掛け払い"] == "invoice"
    assert columns.payments == ((PaymentMethod.CASH, 6),)


def test_missing_columns_are_named_with_those_that_are_there() -> None:
    with pytest.raises(UnfitColumns) as refused:
        resolve(["日付", "売上"], ColumnMap())
    assert refused.value.detail == (
        "No column was found for external_id, store, sku, unit_price_yen or amount_yen. The columns are: 日付, 売上."
    )


def test_a_constant_stands_for_a_column_that_is_not_there() -> None:
    columns = resolve(["date", "receipt", "sku", "price"], ColumnMap(constants={"store": 1}))
    assert columns.constants["store"] == "1"
    assert columns.has("store")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[columns\n", "can not be used"),
        ("[columns]\nprize = 'x'", "names a field that does not exist: prize"),
        ("zone = 'Asia/Atlantis'", "names a time zone that does not exist"),
        ("zone = '../etc/passwd'", "names a time zone that does not exist"),
        ("colour = 1", "unknown field `colour`"),
        ("source = 'a b'", "can not be used"),
        ("[file]\ndelimiter = ',,'", "can not be used"),
    ],
)
def test_a_mapping_that_can_not_be_used_says_why(tmp_path: Path, text: str, told: str) -> None:
    mapping = tmp_path / "columns.toml"
    mapping.write_text(text, encoding="utf-8")
    with pytest.raises(UnfitColumns) as refused:
        load_map(mapping)
    assert told in refused.value.detail


def test_a_column_that_the_mapping_names_and_the_file_lacks_is_refused() -> None:
    with pytest.raises(UnfitColumns, match="amount_yen is in the column 金額, which the file does not have"):
        resolve(["date", "receipt", "sku", "store"], ColumnMap(columns={"amount_yen": "金額"}))
