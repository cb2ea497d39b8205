"""The gateway as one ASGI application: find the route, admit the caller, run the handler, answer whatever happens.

Invariant: every request that a client waits for is answered, once, and no answer says more of a failure than an id.
"""

from __future__ import annotations

import itertools
import re
import secrets
import time
from typing import Final

import psycopg
from psycopg_pool import ConnectionPool

from enishi import access
from enishi.access import ApiKey
from enishi.flows import PurchaseContext
from enishi.gateway.http import Receive, Request, Response, Scope, Send, refuse
from enishi.gateway.keys import KeyCache
from enishi.gateway.lanes import Lanes, Limits
from enishi.gateway.metrics import Metrics
from enishi.gateway.model import InternalError
from enishi.gateway.openapi import build_document
from enishi.gateway.patience import Patience
from enishi.gateway.reference import Reference
from enishi.gateway.router import Router
from enishi.gateway.routes import ROUTES
from enishi.gateway.services import Services
from enishi.kit import clock
from enishi.kit.errors import Refusal
from enishi.kit.log import get_logger, log_failure
from enishi.kit.settings import Settings

_DRAIN_SECONDS: Final = 30.0
_NOTE_SECONDS: Final = 60.0
"""A key's last use is written down at most this often."""
_UNMATCHED: Final = "unmatched"
_REQUEST_ID: Final = re.compile(rb"[A-Za-z0-9._\-]{1,64}")
_QUIET: Final = frozenset({429, 503})
"""Refusals of a service at its limit: counted, but not logged one by one, which would only add to the load."""

_PROCESS_ID: Final = secrets.token_hex(4)
_request_numbers: Final = itertools.count(1)
_log = get_logger("gateway")


class Gateway:
    """The gateway for machines. Threads start with the first request; ``drain`` ends them."""

    def __init__(self, services: Services, patience: Patience) -> None:
        self._services = services
        self._router = Router(ROUTES)
        self._patience = patience
        self._logs_success = services.settings.log_level == "debug"

    def owns(self, path: str) -> bool:
        """Whether a path belongs to the gateway, for composing it with other applications on one port."""
        return path.startswith("/v1/") or path in {"/v1", "/healthz", "/readyz", "/metrics"}

    async def drain(self, timeout_seconds: float = _DRAIN_SECONDS) -> bool:
        """Take in nothing new (503) and answer everything that was taken in. True when all was done in time."""
        self._services.draining = True
        drained = await self._services.lanes.drain(timeout_seconds)
        _log.info("gateway drained", drained=drained)
        return drained

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection of the ASGI server."""
        if scope["type"] == "http":
            await self._serve(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            await send({"type": "websocket.close", "code": 1003})

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                await self.drain()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = time.perf_counter()
        headers: dict[bytes, bytes] = dict(scope["headers"])
        request_id = _request_id(headers)
        method: str = scope["method"]
        pattern = _UNMATCHED
        key: ApiKey | None = None
        try:
            route, params = self._router.find(method, scope["path"])
            pattern = route.path
            request = Request(
                receive,
                self._patience,
                headers=headers,
                params=params,
                query=scope.get("query_string", b""),
                request_id=request_id,
            )
            if route.scope is not None:
                key = await self._services.keys.admit(headers.get(b"authorization"), route.scope)
                request.key = key
            response = await route.handler(self._services, request)
        except Refusal as refusal:
            response = refuse(refusal)
        except Exception as error:  # noqa: BLE001 - the one place where an unforeseen fault becomes an answer
            response = _fail(error, request_id, method, pattern)
        seconds = time.perf_counter() - began
        self._services.metrics.count_answer(pattern, response.status, response.code, seconds)
        if (response.code and response.status not in _QUIET) or self._logs_success:
            _log.info(
                "request answered",
                request_id=request_id,
                method=method if method.isalpha() else "other",
                route=pattern,
                status=response.status,
                code=response.code,
                key_id=None if key is None else key.key_id,
                duration_ms=round(seconds * 1_000, 2),
            )
        await response.send(send, request_id, with_body=method != "HEAD")


def create_app(
    pool: ConnectionPool[psycopg.Connection],
    context: PurchaseContext,
    settings: Settings,
    limits: Limits | None = None,
) -> Gateway:
    """The gateway over an open pool, which must be able to give ``Limits.connections`` connections.

    The pool stays the caller's: drain the gateway first (its lifespan does), then close the pool.
    """
    metrics = Metrics()
    chosen = Limits() if limits is None else limits
    lanes = Lanes(pool, context, metrics, chosen)

    noted: dict[str, float] = {}

    def authenticate(conn: psycopg.Connection, presented: str) -> ApiKey | None:
        key = access.authenticate_key(conn, presented)
        if key is not None and noted.get(key.key_id, 0.0) < time.monotonic() - _NOTE_SECONDS:
            noted[key.key_id] = time.monotonic()
            access.note_key_use(conn, {key.key_id: clock.now()})
        return key

    async def look_up(presented: str) -> ApiKey | None:
        return await lanes.read(lambda conn: authenticate(conn, presented))

    reference = Reference(lambda: build_document(ROUTES))
    services = Services(context, settings, lanes, KeyCache(look_up), metrics, reference)
    return Gateway(services, Patience(chosen.body_seconds))


def _request_id(headers: dict[bytes, bytes]) -> str:
    """The caller's own request id when it is a plain one, else a fresh one.

    Asking the operating system for randomness gives up the interpreter's lock each time, and under load that costs more
    than all the rest; a random start and a counter tell requests apart as well.
    """
    given = headers.get(b"x-request-id")
    if given is not None and _REQUEST_ID.fullmatch(given):
        return given.decode("ascii")
    return f"{_PROCESS_ID}{next(_request_numbers):08x}"


def _fail(error: Exception, request_id: str, method: str, pattern: str) -> Response:
    error_id = log_failure(_log, "request failed", error, request_id=request_id, method=method, route=pattern)
    return refuse(
        InternalError(
            "Something went wrong inside; whether anything was recorded is not known.",
            remedy="Send the same request again. If it fails again, tell the operator the error_id.",
            error_id=error_id,
        )
    )
