"""Requests that are generated from the description of the pages' API, and what may be answered to them."""

from __future__ import annotations

import os

import hypothesis
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

_CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
OPERATIONS = [
    (method.upper(), path)
    for path, operations in describe(web_app.build_app())["paths"].items()
    for method in operations
    if not (path == "/api/session" and method == "delete")
]
"""Logging out would end the session that the other requests need."""
_LONG = bool(os.environ.get("ENISHI_TEST_LONG"))
_EXAMPLES = (
    {"POST": 200, "PUT": 200, "GET": 40, "DELETE": 10} if _LONG else {"POST": 50, "PUT": 50, "GET": 15, "DELETE": 5}
)


def answer_as_documented(signed_in, conn, method: str, path: str) -> None:
    """Send generated requests to an operation, and hold every answer against the description."""
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
        case.call_and_validate(headers={"x-enishi-request": "1"}, cookies=cookies, checks=_CHECKS)

    bend()
