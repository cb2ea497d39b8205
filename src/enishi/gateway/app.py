"""The gateway as one application: find the route, admit the caller, run the handler, answer whatever happens.

It is served over RSGI, and answers over ASGI too, where a test or another server calls it in process. Both ways only
take the request apart and hand out the answer; what happens in between is one function.

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
from enishi.gateway.asgi import AsgiBody, Receive, Send, send_response
from enishi.gateway.asgi import Scope as AsgiScope
from enishi.gateway.http import Request, Response, refuse
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
from enishi.kit.rsgi import Exchange, Incoming, Scope, read_headers
from enishi.kit.settings import Settings

_DRAIN_SECONDS: Final = 30.0
_NOTE_SECONDS: Final = 60.0
"""A key's last use is written down at most this often."""
_UNMATCHED: Final = "unmatched"
_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._\-]{1,64}")
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

    async def __rsgi__(self, scope: Scope, exchange: Exchange) -> None:
        """Serve one request of the RSGI server."""
        method = scope.method
        response = await self._answer(method, scope.path, scope.query_string, read_headers(scope.headers), exchange)
        if method == "HEAD":
            exchange.response_empty(response.status, response.headers)
        else:
            exchange.response_bytes(response.status, response.headers, response.body)

    async def __call__(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        """Serve one request, or the lifespan, of an ASGI server."""
        if scope["type"] == "http":
            headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
            query: bytes = scope.get("query_string", b"")
            method: str = scope["method"]
            body = AsgiBody(receive)
            response = await self._answer(method, scope["path"], query.decode("latin-1"), headers, body)
            await send_response(send, response, with_body=method != "HEAD")
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

    async def _answer(self, method: str, path: str, query: str, headers: dict[str, str], body: Incoming) -> Response:
        """What is to be answered to a request, whatever happens."""
        began = time.perf_counter()
        request_id = _request_id(headers.get("x-request-id"))
        pattern = _UNMATCHED
        key: ApiKey | None = None
        try:
            route, params = self._router.find(method, path)
            pattern = route.path
            request = Request(body, self._patience, headers=headers, params=params, query=query, request_id=request_id)
            if route.scope is not None:
                key = request.key = await self._services.keys.admit(headers.get("authorization"), route.scope)
            if route.body is None:
                await request.refuse_body()
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
        response.headers.append(("x-request-id", request_id))
        return response


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


def _request_id(given: str | None) -> str:
    """The caller's own request id when it is a plain one, else a fresh one.

    Asking the operating system for randomness gives up the interpreter's lock each time, and under load that costs more
    than all the rest; a random start and a counter tell requests apart as well.
    """
    if given is not None and _REQUEST_ID.fullmatch(given):
        return given
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
