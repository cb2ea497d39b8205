"""What counts as a payment card number, and what only looks like one."""

from __future__ import annotations

import json
import time
from datetime import date
from typing import Any

import pytest

from enishi.kit.payment_cards import find_offence, holds_card_number, is_dated_receipt, is_suspicious

CARDS = [
    "4111111111111111",
    "4111 1111 1111 1111",
    "4111-1111-1111-1111",
    "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
    "5555555555554444",
    "2223003122003222",
    "378282246310005",
    "3782 822463 10005",
    "3530111333300000",
    "6011111111111117",
    "6221260012345674",
    "card 4111111111111111 exp 12/27",
    "4111111111111111 1227",
    "No.4111111111111111",
    "visa4111111111111111",
    "４１１１１１１１１１１１１１１１",
    "4111 1111 1111 1111",
]
CODES = [
    "4901234567894",
    "04901234567894",
    "49012345678941",
    "4111111111111112",
    "9001234567890",
    "0421-03-20261122-0187",
    "41111111111111111",
    "U4111111111111111abcdef0123456789a",
    "41111111-1111-4111-8111-111111111111",
    "0000000000000000",
    "7992739871300000",
    "",
]


@pytest.mark.parametrize("text", CARDS)
def test_a_card_number_in_any_usual_spelling_is_found(text: str) -> None:
    assert holds_card_number(text)
    assert is_suspicious(json.dumps({"note": text}).encode())
    assert is_suspicious(json.dumps({"note": text}, ensure_ascii=False).encode())


@pytest.mark.parametrize("text", CODES)
def test_an_article_number_or_another_code_is_no_card(text: str) -> None:
    assert not holds_card_number(text)


def test_a_receipt_number_that_contains_the_day_of_the_receipt_is_no_card() -> None:
    receipt = "4001202611220172"
    assert holds_card_number(receipt)
    assert is_dated_receipt(receipt, date(2026, 11, 22))
    assert is_dated_receipt(receipt, date(2026, 11, 23))
    assert not is_dated_receipt(receipt, date(2026, 11, 24))
    assert not is_dated_receipt(receipt, None)


def test_looking_at_the_worst_of_bodies_ends_soon() -> None:
    for text in ("4" * 1_000_000, "4 " * 500_000, "4111-1111-1111-1112 " * 50_000):
        began = time.process_time()
        assert is_suspicious(json.dumps({"note": text}).encode()) in {True, False}
        assert find_offence({"note": text}) is None
        assert time.process_time() - began < 2


def test_an_ordinary_receipt_is_not_looked_at_closely() -> None:
    body = {"source": "pos", "occurred_at": "2026-11-22T18:30:00+09:00", "lines": [{"sku": "4901234567894"}] * 30}
    assert not is_suspicious(json.dumps(body).encode())
    assert not is_suspicious(json.dumps({"category": "緑茶（税込）"}, ensure_ascii=False).encode())
    assert not is_suspicious(b'{"external_id": "0421-03-20261122-0187", "sku": "9999999999999999999"}')


def test_digits_that_run_on_do_not_hide_a_card() -> None:
    assert is_suspicious(b'{"note": "2026-11-22 4111 1111 1111 1111 1227", "more": "0421-03-20261122-0187"}')
    assert is_suspicious(b'{"more": "0421-03-20261122-0187", "note": "378282246310005"}')


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ({"a": [{"b": "x"}, {"b": "4111111111111111"}]}, "a[1].b"),
        ({"4111111111111111": 1}, ""),
        (["4111111111111111"], "[0]"),
        ("4111111111111111", ""),
    ],
)
def test_the_place_is_named_and_the_number_is_not(document: Any, path: str) -> None:
    assert find_offence(document) == (path, "card")
