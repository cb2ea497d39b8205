"""Whatever is sent, the pages' API answers with a documented status and never with a 500."""

from __future__ import annotations

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.web.factories import build_chain

from enishi.web import app as web_app
from enishi.web.document import describe

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
OPERATIONS = [
    (method.upper(), path)
    for path, operations in describe(web_app.build_app())["paths"].items()
    for method in operations
    if not (path == "/api/session" and method == "delete")
]
"""Logging out would end the session that the other requests need."""
_EXAMPLES = {"POST": 200, "GET": 40, "DELETE": 10}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_generated_requests_get_documented_answers(signed_in, conn, method, path):
    build_chain(conn)
    browser = signed_in("owner")
    cookies = dict(browser.client.cookies)
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", browser.client.app)

    @hypothesis.settings(
        max_examples=_EXAMPLES[method],
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @hypothesis.given(case=schema[path][method].as_strategy())
    def bend(case: schemathesis.Case) -> None:
        case.call_and_validate(headers={"x-enishi-request": "1"}, cookies=cookies, checks=CHECKS)

    bend()


@pytest.mark.parametrize(
    "query", ["\x00", "%", "_", "'; drop schema customers cascade; --", "\U0001f600" * 64, "\ufffe"]
)
@pytest.mark.parametrize("path", ["/api/console/customers:search", "/api/counter/lookup"])
def test_a_hostile_search_finds_nobody(signed_in, path, query):
    answer = signed_in("owner").post(path, {"query": query})
    assert answer.status_code == 200
    assert answer.json()["customers"] == []
