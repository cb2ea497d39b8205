"""What is generated and committed is what would be generated now."""

from __future__ import annotations

import json

from tests.tidy.tree import ROOT

from enishi.web.app import build_app
from enishi.web.document import describe


def test_the_pages_are_typed_by_the_servers_present_description() -> None:
    """Types made from yesterday's description let a page read a field that the server no longer sends."""
    committed = json.loads((ROOT / "frontend" / "packages" / "api" / "openapi.json").read_text(encoding="utf-8"))
    assert committed == describe(build_app()), (
        "run `.venv/bin/python -m enishi.web.openapi > frontend/packages/api/openapi.json`, "
        "then `npm run types` in frontend/"
    )
