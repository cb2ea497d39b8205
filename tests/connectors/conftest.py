"""A pool and a context as a process has them, over a fresh database with a programme in force since 2020."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg
import pytest
from psycopg_pool import ConnectionPool

from enishi import audit, program
from enishi.flows import PurchaseContext
from enishi.kit.database import Database, open_pool
from enishi.kit.vault import Keyring

Pool = ConnectionPool[psycopg.Connection]


@pytest.fixture
def context() -> PurchaseContext:
    return PurchaseContext(Keyring(bytes(range(32))))


@pytest.fixture
def pool(database: Database) -> Iterator[Pool]:
    with open_pool(database.app_dsn, 1, 4) as opened:
        yield opened


@pytest.fixture
def programme(pool: Pool) -> None:
    """1 point for ¥100 before tax, in force from 2020 on."""
    begin = datetime(2020, 1, 1, tzinfo=UTC)
    with pool.connection() as conn:
        program.publish_version(conn, program.default_settings(), begin, audit.SYSTEM, "opening", begin)
