"""Handlers that show the interface's own description."""

from __future__ import annotations

from typing import Final

from enishi.gateway.docs_page import CONTENT_SECURITY_POLICY
from enishi.gateway.http import Request, Response
from enishi.gateway.services import Services

_HTML: Final = "text/html; charset=utf-8"


async def show_openapi(services: Services, _request: Request) -> Response:
    """The OpenAPI 3.1 document."""
    return Response(200, services.reference.document)


async def show_docs(services: Services, _request: Request) -> Response:
    """The description as a page to read."""
    headers = (
        ("content-security-policy", CONTENT_SECURITY_POLICY),
        ("referrer-policy", "no-referrer"),
    )
    return Response(200, services.reference.page, _HTML, headers)
