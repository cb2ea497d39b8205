"""A shop with books over a fresh database."""

from __future__ import annotations

import pytest
from tests.accounting.factories import Shop

from enishi.kit.database import open_pool


@pytest.fixture
def pool(database):
    """Connections as the product's."""
    with open_pool(database.app_dsn, 1, 4) as opened:
        yield opened


@pytest.fixture
def shop(conn, pool) -> Shop:
    """A shop that has sold nothing yet."""
    return Shop(conn, pool)
