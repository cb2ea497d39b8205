"""A gateway over a real database, called in process by a client that a test reads like a conversation.

The tests of one module share a database and a gateway, and keep apart by their receipts and cards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import psycopg
import pytest
from psycopg_pool import ConnectionPool
from tests.conftest import cloned_database
from tests.flows.factories import make_context
from tests.gateway.client import Api, Till

from enishi import access
from enishi.access import ApiScope
from enishi.flows import PurchaseContext
from enishi.gateway import Gateway, Limits, create_app
from enishi.kit.database import Database, EmbeddedServer, open_pool
from enishi.kit.settings import Settings

MakeGateway = Callable[[Limits], Gateway]


@pytest.fixture(scope="module")
def database(server: EmbeddedServer, admin_conn: psycopg.Connection) -> Iterator[Database]:
    """A migrated database for the module."""
    with cloned_database(server, admin_conn) as fresh:
        yield fresh


@pytest.fixture(scope="module")
def pool(database: Database) -> Iterator[ConnectionPool[psycopg.Connection]]:
    with open_pool(database.app_dsn, 1, 2 * Limits().connections) as opened:
        yield opened


@pytest.fixture(scope="module")
def context(pool: ConnectionPool[psycopg.Connection]) -> PurchaseContext:
    """A context whose programme gives a point for every ¥100 before tax."""
    with pool.connection() as conn:
        return make_context(conn)


@pytest.fixture(scope="module")
def key(pool: ConnectionPool[psycopg.Connection]) -> str:
    """A key that may call everything, everywhere."""
    with pool.connection() as conn:
        _, secret = access.create_key(conn, "tests", list(ApiScope))
    return secret


@pytest.fixture(scope="module")
def make_gateway(
    pool: ConnectionPool[psycopg.Connection], context: PurchaseContext, tmp_path_factory: pytest.TempPathFactory
) -> MakeGateway:
    """Makes further gateways over the module's database, with limits of their own."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"))
    return lambda limits: create_app(pool, context, settings, limits)


@pytest.fixture(scope="module")
def api(make_gateway: MakeGateway, key: str) -> Iterator[Api]:
    with Api(make_gateway(Limits()), key) as client:
        yield client


@pytest.fixture
def till(api: Api, conn: psycopg.Connection) -> Till:
    """A till at store S1, and a look behind the counter at what is recorded."""
    return Till(api, conn)
