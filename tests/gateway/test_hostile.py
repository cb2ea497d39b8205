"""Whatever is sent, the gateway answers with a documented status and never with a 500.

Requests are generated from the gateway's own description, valid ones and ones that are bent; then come those that
people made by hand.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import httpx
import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.gateway.client import Api, Till

JSON = {"Content-Type": "application/json"}
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]


@pytest.fixture(scope="module")
def schema(api: Api) -> Any:
    return schemathesis.openapi.from_dict(api.get("/v1/openapi.json").json())


def generate(operation: Any, count: int, use: Callable[[schemathesis.Case], None]) -> None:
    """Use this many generated requests, always the same ones."""

    @hypothesis.settings(
        max_examples=count,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @hypothesis.given(case=operation.as_strategy())
    def each(case: schemathesis.Case) -> None:
        use(case)

    each()


def send(api: Api, case: schemathesis.Case) -> httpx.Response:
    """Send a generated request with a key that may, and hold the answer against the description."""
    request = case.as_transport_kwargs(base_url="http://gateway")
    headers = {name: value for name, value in request["headers"].items() if name.lower() != "authorization"}
    content = request.get("data")
    if "json" in request:
        content = json.dumps(request["json"])
        headers |= JSON
    answered = api.run(
        api.send(
            request["method"],
            request["url"],
            params=request.get("params"),
            content=content,
            headers={name: value.encode("latin-1", "replace") for name, value in headers.items()},
        )
    )
    case.validate_response(answered, checks=CHECKS)
    return answered


def test_generated_purchases_are_answered_one_by_one_as_quotes_and_in_batches(api: Api, schema: Any) -> None:
    bodies: list[Any] = []
    statuses: Counter[int] = Counter()

    def use(case: schemathesis.Case) -> None:
        statuses[send(api, case).status_code] += 1
        try:
            bodies.append(json.loads(json.dumps(case.body)))
        except TypeError:
            return
        quoted = api.post("/v1/purchases:quote", content=json.dumps(bodies[-1]), headers=JSON)
        assert quoted.status_code < 500, quoted.text

    generate(schema["/v1/purchases"]["POST"], 500, use)
    assert statuses[201] + statuses[200] > 5
    assert statuses[422] > 100
    assert len(bodies) > 300
    for first in range(0, len(bodies), 100):
        part = bodies[first : first + 100]
        answered = api.post("/v1/purchases:batch", content=json.dumps({"purchases": part}), headers=JSON)
        assert answered.status_code == 200, answered.text
        assert len(answered.json()["items"]) == len(part)
        assert {item["status"] for item in answered.json()["items"]} <= {200, 201, 409, 422}


@pytest.mark.parametrize(
    ("method", "path", "count"),
    [
        ("POST", "/v1/purchases:batch", 12),
        ("POST", "/v1/identifiers:lookup", 150),
        ("GET", "/v1/customers/{customer_id}", 40),
        ("GET", "/v1/customers/{customer_id}/points", 40),
        ("GET", "/v1/customers/{customer_id}/journal", 80),
        ("GET", "/v1/journal/{entry_id}/explanation", 60),
    ],
)
def test_generated_requests_get_documented_answers(api: Api, schema: Any, method: str, path: str, count: int) -> None:
    statuses: Counter[int] = Counter()

    def use(case: schemathesis.Case) -> None:
        statuses[send(api, case).status_code] += 1

    generate(schema[path][method], count, use)
    assert statuses.total() >= count // 2


_LINES = '[{"sku":"1","quantity":1,"unit_price_yen":1}]'


def bent(external_id: str = '"1"', lines: str = _LINES, at: str = '"2026-01-01T00:00:00Z"', more: str = "") -> str:
    """A receipt as text, so that its parts may be what no encoder would write."""
    start = '"source":"pos","channel":"pos","store":"S1"'
    return f'{{{start},"external_id":{external_id},"lines":{lines},"occurred_at":{at}{more}}}'


def line(quantity: str, price: str = "1") -> str:
    return f'[{{"sku":"1","quantity":{quantity},"unit_price_yen":{price}}}]'


BENT = {
    "numbers without end": bent(lines=line("9" * 5_000)),
    "numbers without end beside an escape": bent('"\\u0041"', line("9" * 5_000)),
    "a number with an exponent": bent(lines=line("1e400")),
    "a negative zero": bent(lines=line("-0", "-0.0")),
    "a fraction": bent(lines=line("0.1")),
    "not a number": bent(lines=line("NaN", "Infinity")),
    "a key that comes twice": bent(more=',"external_id":"2"'),
    "a NUL in a text": bent('"a\\u0000b"'),
    "a raw NUL": bent('"a\x00b"'),
    "a lone surrogate": bent('"\\ud800"'),
    "a lone surrogate at the end": bent('"x\\udfff"'),
    "a raw surrogate": bent('"\ud800"'),
    "lists in lists": "[" * 200_000,
    "objects in objects": '{"a":' * 150_000 + "1" + "}" * 150_000,
    "lists where lines should be": bent(lines="[" * 500_000),
    "lists beside an escape": bent('"\\u0041"', "[" * 500_000),
    "a field name without end": f'{{"{"x" * 1_000_000}":1}}',
    "fields without end": "{" + ",".join(f'"{number}":1' for number in range(50_000)) + "}",
    "text where an object should be": '"purchase"',
    "a year before all calendars": bent(at='"0001-01-01T00:00:00+23:59"'),
    "a year after all calendars": bent(at='"9999-12-31T23:59:59-23:59"'),
    "an offset of a day": bent(at='"2026-01-01T00:00:00+24:00"'),
    "a leap second": bent(at='"2016-12-31T23:59:60Z"'),
    "amounts that do not fit": bent(
        '"huge"',
        "[" + ",".join([line("1000000", "1000000000")[1:-1]] * 1_000) + "]",
        more=',"identifiers":[{"kind":"card","value":"7"}]',
    ),
    "statements": bent('"\'); drop table ledger.journal; --"'),
    "markup": bent('"<script>alert(1)</script>"'),
    "text from right to left": bent('"\u202e1"', more=',"terminal":"\ufeff"'),
    "every plane": bent('"\U0010ffff\U0001f9f8"'),
}


@pytest.mark.parametrize("name", BENT)
@pytest.mark.parametrize(
    "path", ["/v1/purchases", "/v1/purchases:quote", "/v1/purchases:batch", "/v1/identifiers:lookup"]
)
def test_what_people_bend_by_hand_is_answered_too(api: Api, till: Till, path: str, name: str) -> None:
    body = f'{{"purchases":[{BENT[name]}]}}' if path.endswith("batch") else BENT[name]
    answered = api.post(path, content=body.encode("utf-8", "surrogatepass"), headers=JSON)
    assert answered.status_code in {200, 201, 400, 409, 413, 422}, answered.text[:500]
    if answered.status_code >= 400:
        assert answered.headers["content-type"] == "application/problem+json"
        assert len(answered.content) < 2_000
    assert till.ring_up(till.receipt())["replayed"] is False


def test_when_a_name_comes_twice_the_last_counts(api: Api) -> None:
    first = bent('"first"', more=',"external_id":"counts"')
    second = bent('"counts"')
    assert api.post("/v1/purchases", content=first, headers=JSON).status_code == 201
    assert api.post("/v1/purchases", content=second, headers=JSON).json()["replayed"] is True


def test_ten_megabytes_of_receipts_are_taken_in_a_batch_and_refused_singly(api: Api, till: Till) -> None:
    receipts = [till.receipt(lines=[{"sku": "x" * 120, "quantity": 1, "unit_price_yen": 1}] * 60) for _ in range(1_000)]
    body = json.dumps({"purchases": receipts})
    assert 9_000_000 < len(body) < 16_000_000
    answered = api.post("/v1/purchases:batch", content=body, headers=JSON)
    assert {item["status"] for item in answered.json()["items"]} == {201}
    assert api.post("/v1/purchases", content=body, headers=JSON).status_code == 413
