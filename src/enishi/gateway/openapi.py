"""The OpenAPI 3.1 document, generated from the routes and the very types that decode and encode the bodies."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec

from enishi import __version__
from enishi.gateway import examples
from enishi.gateway.field_notes import FIELD_NOTES
from enishi.gateway.model import InsufficientScope, Problem, Unauthenticated
from enishi.gateway.parameters import Parameter
from enishi.gateway.route import Route, Success
from enishi.kit.errors import Refusal
from enishi.purchases import Purchase

_REF: Final = "#/components/schemas/{name}"
_SECURITY: Final = "apiKey"
_RETRIABLE: Final = frozenset({429, 503})

_INTRODUCTION: Final = """\
Enishi keeps one customer, one points ledger and one timeline for a chain of shops. Machines speak to it here: \
a till, an online shop or an app records a purchase and gets everything that a receipt printer and a screen need.

**Keys.** Send `Authorization: Bearer enk_…`. A key has scopes, and may be bound to stores. A key that is revoked \
stops working within five seconds.

**Repeats.** A purchase is recorded under `(source, external_id)`. Sending the same body again gives the first \
answer again, so whenever an answer was lost (timeout, 503, power cut), send it again.

**Refusals.** Every refusal is `application/problem+json` (RFC 9457) with a stable `code`, the `field` it is about \
and a `remedy`. A refused request has changed nothing; only after a 500 or a 503 is that not certain, and repeating \
the request settles it.

**Load.** When too much waits, a request is refused at once with 429 and `Retry-After` instead of being kept waiting.

**Card numbers.** A body that holds what looks like a payment card number is refused; the number is neither stored \
nor logged.

**Conventions.** Money is integer yen, points are integers. Instants are RFC 3339 with an offset, days are \
`YYYY-MM-DD`. Fields that are not known are refused, so that a misspelt one does not pass in silence; when a name \
comes twice in an object, the last counts. Bodies are at most 1 MiB, a batch 16 MiB. Every answer has an \
`X-Request-Id`, yours if you sent one."""


def build_document(routes: Sequence[Route]) -> dict[str, Any]:
    """The document for these routes."""
    shapes = list(dict.fromkeys(_shapes(routes)))
    _, components = msgspec.json.schema_components(shapes, ref_template=_REF)
    schemas = {name: _polish(name, schema) for name, schema in sorted(components.items())}
    schemas["BatchBody"]["properties"]["purchases"]["items"] = {"$ref": _REF.format(name=Purchase.__name__)}
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Enishi for machines",
            "version": __version__,
            "summary": "Purchases in; explained points, balances and journals out.",
            "description": _INTRODUCTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": tag} for tag in dict.fromkeys(route.tag for route in routes)],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                _SECURITY: {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "enk_<id>_<secret>",
                    "description": "An API key. The scopes that an operation needs are named with it.",
                }
            },
        },
    }


def _shapes(routes: Iterable[Route]) -> Iterable[Any]:
    yield Problem
    for route in routes:
        if route.body is not None:
            yield route.body
        for success in route.answers:
            if success.body is not None:
                yield success.body
    yield Purchase


def _operation(route: Route) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.operation_id,
        "tags": [route.tag],
        "summary": route.summary,
        "description": route.description,
        "security": [] if route.scope is None else [{_SECURITY: [route.scope.value]}],
        "responses": {
            **{str(success.status): _success(route, success) for success in route.answers},
            **_refusals(route.refusals),
        },
    }
    if route.parameters:
        operation["parameters"] = [_parameter(parameter) for parameter in route.parameters]
    if route.body is not None:
        operation["requestBody"] = {
            "required": True,
            "description": f"JSON in UTF-8, at most {route.body_limit // 1024 // 1024} MiB.",
            "content": {
                "application/json": {
                    "schema": {"$ref": _REF.format(name=route.body.__name__)},
                    "example": examples.BODIES[route.operation_id],
                }
            },
        }
    return operation


def _parameter(parameter: Parameter) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": parameter.name,
        "in": parameter.place,
        "required": parameter.place == "path",
        "description": parameter.description,
        "schema": parameter.schema,
    }
    if parameter.example is not None:
        described["example"] = parameter.example
    return described


def _success(route: Route, success: Success) -> dict[str, Any]:
    media: dict[str, Any] = {}
    if success.body is not None:
        media["schema"] = {"$ref": _REF.format(name=success.body.__name__)}
        media["example"] = examples.ANSWERS[route.operation_id, success.status]
    elif success.media_type == "application/json":
        media["schema"] = {"type": "object"}
    else:
        media["schema"] = {"type": "string"}
    return {
        "description": success.description,
        "headers": _headers(success.status, ()),
        "content": {success.media_type: media},
    }


def _refusals(refusals: Sequence[type[Refusal]]) -> dict[str, Any]:
    by_status: dict[int, list[type[Refusal]]] = {}
    for refusal in refusals:
        by_status.setdefault(refusal.status, []).append(refusal)
    return {
        str(status): {
            "description": "\n".join(f"- `{one.code}`: {_first_paragraph(one)}" for one in alike),
            "headers": _headers(status, alike),
            "content": {
                "application/problem+json": {
                    "schema": {"$ref": _REF.format(name=Problem.__name__)},
                    "examples": {one.code: {"value": _problem_example(one)} for one in alike},
                }
            },
        }
        for status, alike in sorted(by_status.items())
    }


def _headers(status: int, refusals: Sequence[type[Refusal]]) -> dict[str, Any]:
    headers: dict[str, Any] = {
        "X-Request-Id": {"description": "Names this request in the log.", "schema": {"type": "string"}}
    }
    if status in _RETRIABLE:
        headers["Retry-After"] = {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}}
    if Unauthenticated in refusals or InsufficientScope in refusals:
        headers["WWW-Authenticate"] = {"description": "What is asked for.", "schema": {"type": "string"}}
    return headers


def _problem_example(refusal: type[Refusal]) -> dict[str, Any]:
    known = examples.PROBLEMS.get(refusal.code)
    if known is not None:
        return known
    return examples.problem(refusal.code, refusal.title, refusal.status, _first_paragraph(refusal))


def _first_paragraph(described: Any) -> str:
    text = inspect.cleandoc(described.__doc__ or "")
    return _as_markdown(" ".join(text.split("\n\n")[0].split()))


def _as_markdown(text: str) -> str:
    return re.sub(r"``([^`]+)``", r"`\1`", text)


def _polish(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """Write docstrings as Markdown, and add what the fields mean."""
    if "description" in schema:
        schema["description"] = _as_markdown(inspect.cleandoc(schema["description"]))
    for field, note in FIELD_NOTES.get(name, {}).items():
        described = schema["properties"][field]
        # A reference may not have siblings in the eyes of every reader, so the note stands beside an allOf.
        schema["properties"][field] = (
            {"allOf": [described], "description": note} if "$ref" in described else {**described, "description": note}
        )
    return schema
