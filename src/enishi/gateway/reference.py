"""The interface's own description: built from the routes at the first request for it, then kept."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from enishi.gateway.docs_page import render_page
from enishi.gateway.http import encode_json


class Reference:
    """The OpenAPI document and the page made from it. ``build`` gives the document."""

    def __init__(self, build: Callable[[], dict[str, Any]]) -> None:
        self._build = build

    @cached_property
    def document(self) -> bytes:
        """The OpenAPI 3.1 document, as JSON."""
        return encode_json(self._build())

    @cached_property
    def page(self) -> bytes:
        """The same to read, as one page of HTML that needs nothing else."""
        return render_page(self._build()).encode()
