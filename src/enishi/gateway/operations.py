"""Handlers for whoever operates the service: health, readiness, metrics."""

from __future__ import annotations

import asyncio
from typing import Final

from psycopg import Connection

from enishi.gateway.http import Request, Response, answer
from enishi.gateway.metrics import CONTENT_TYPE
from enishi.gateway.model import HealthAnswer
from enishi.gateway.services import Services
from enishi.kit.errors import Unavailable

_READY_SECONDS: Final = 2.0
_OK: Final = HealthAnswer("ok")


async def show_health(_services: Services, _request: Request) -> Response:
    """Say that the process runs."""
    return answer(200, _OK)


async def show_readiness(services: Services, _request: Request) -> Response:
    """Say whether the database answers and the process is not stopping. Refuses ``Unavailable``."""
    if services.draining:
        raise Unavailable("The service is stopping.", retry_after_seconds=1)
    try:
        await asyncio.wait_for(services.lanes.read(_ask_database), _READY_SECONDS)
    except TimeoutError:
        raise Unavailable("The database does not answer.", retry_after_seconds=1) from None
    return answer(200, _OK)


async def show_metrics(services: Services, _request: Request) -> Response:
    """Everything that is counted, for Prometheus."""
    return Response(200, services.metrics.render(), CONTENT_TYPE)


def _ask_database(conn: Connection) -> None:
    conn.execute("select 1")
