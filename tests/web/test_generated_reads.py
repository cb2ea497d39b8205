"""Whatever is sent to what reads, it answers with a documented status and never with a 500."""

from __future__ import annotations

import pytest
from tests.web.generated import OPERATIONS, answer_as_documented


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("method", "path"), [one for one in OPERATIONS if one[0] == "GET"])
def test_generated_requests_get_documented_answers(signed_in, conn, method, path):
    answer_as_documented(signed_in, conn, method, path)
