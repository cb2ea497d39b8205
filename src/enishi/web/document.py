"""The OpenAPI document of the pages' API: exactly what the endpoints take and give, from which types are generated."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from enishi import __version__
from enishi.web.problems import PROBLEM_TYPE
from enishi.web.shapes import Problem

_DESCRIPTION = (
    "What the console, the counter and my page ask the server. For machines (POS, shops, apps) there is `/v1`, "
    "described at `/v1/docs`. Requests that change something need the header `X-Enishi-Request: 1`. Generated texts "
    "follow `Accept-Language` (ja, en)."
)


def describe(app: FastAPI) -> dict[str, Any]:
    """The document, in which every operation can also answer with a problem."""
    document: dict[str, Any] = get_openapi(
        title="Enishi: pages", version=__version__, description=_DESCRIPTION, routes=app.routes
    )
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    schemas["Problem"] = Problem.model_json_schema()
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    problem = {"content": {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    for path in document["paths"].values():
        for operation in path.values():
            operation["responses"].pop("422", None)
            operation["responses"]["4XX"] = {"description": "The request was refused."} | problem
            operation["responses"]["5XX"] = {"description": "It could not be answered."} | problem
    return document
