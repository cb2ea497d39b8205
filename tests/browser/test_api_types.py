"""The types that the pages are compiled against describe the server of this checkout."""

from __future__ import annotations

import json
from pathlib import Path

from enishi.web.app import build_app
from enishi.web.document import describe

DOCUMENT = Path(__file__).parents[2] / "frontend" / "packages" / "api" / "openapi.json"


def test_the_pages_types_come_from_the_api_as_it_is() -> None:
    # When this fails: `python -m enishi.web.openapi > frontend/packages/api/openapi.json`, then `npm run types` there.
    assert json.loads(DOCUMENT.read_text("utf-8")) == json.loads(json.dumps(describe(build_app())))
