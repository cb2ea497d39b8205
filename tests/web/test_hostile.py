"""Whatever is sent, the pages' API answers with a documented status and never with a 500."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    "query", ["\x00", "%", "_", "'; drop schema customers cascade; --", "\U0001f600" * 64, "\ufffe"]
)
@pytest.mark.parametrize("path", ["/api/console/customers:search", "/api/counter/lookup"])
def test_a_hostile_search_finds_nobody(signed_in, path, query):
    answer = signed_in("owner").post(path, {"query": query})
    assert answer.status_code == 200
    assert answer.json()["customers"] == []
