"""A payment card number goes nowhere: not into the database, not into an answer, not into a log."""

from __future__ import annotations

from typing import Any

import pytest
from tests.gateway.client import Api, Till, assert_problem

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


def test_any_place_of_a_receipt_is_looked_at(api: Api, till: Till) -> None:
    number = "4111-1111-1111-1111"
    places: dict[str, dict[str, Any]] = {
        "terminal": {"terminal": number},
        "external_id": {"external_id": number},
        "identifiers[0].value": {"identifiers": [{"kind": "card", "value": number}]},
        "lines[0].sku": {"lines": [{"sku": number, "quantity": 1, "unit_price_yen": 1}]},
        "lines[0].category": {"lines": [{"sku": "1", "quantity": 1, "unit_price_yen": 1, "category": number}]},
        "coupon_codes[0]": {"coupon_codes": [number]},
    }
    before = till.contents()
    for field, fields in places.items():
        answered = api.post("/v1/purchases", till.receipt(**fields))
        assert_problem(answered, 422, "payment-card-number", field)
        assert "1111" not in answered.text
    assert till.contents() == before


@pytest.mark.parametrize(
    "body",
    [
        b'{"4111111111111111": 1}',
        b'{"channel": "4111111111111111"}',
        b'{"note": "4\\u0031111111\\u003111111111"}',
        '{"note": "４１１１１１１１１１１１１１１１"}'.encode(),
        b'["4111111111111111"',
        b'{"external_id": 4111111111111111}',
    ],
)
@pytest.mark.parametrize(
    "path", ["/v1/purchases", "/v1/purchases:batch", "/v1/purchases:quote", "/v1/identifiers:lookup"]
)
def test_no_answer_and_no_log_repeats_the_number(
    api: Api, path: str, body: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    answered = api.post(path, content=body, headers={"Content-Type": "application/json"})
    assert answered.status_code in {400, 422}
    logged = "".join(capfd.readouterr())
    assert logged
    for text in (answered.text, logged):
        assert "11111111" not in text
        assert "１１１１１１１１" not in text


def test_article_numbers_pass(api: Api, till: Till) -> None:
    lines = [{"sku": sku, "quantity": 1, "unit_price_yen": 1} for sku in CODES if sku]
    assert api.post("/v1/purchases", till.receipt(lines=lines)).status_code == 201


def test_a_receipt_number_with_its_date_passes_wherever_luhn_falls(api: Api, till: Till) -> None:
    day = till.occurred_at.strftime("%Y%m%d")
    for number in range(20):
        receipt = till.receipt(external_id=f"4001{day}{number:04}")
        assert api.post("/v1/purchases", receipt).status_code == 201, receipt["external_id"]
