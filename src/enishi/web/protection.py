"""What every request passes before it reaches an endpoint, and what every answer carries.

A request that changes something must carry ``X-Enishi-Request: 1``: a form or image on another site can not send it, so
a cookie alone never acts (cookies are ``SameSite=Strict`` besides).
"""

import time

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from enishi.kit.errors import Refusal
from enishi.kit.log import get_logger
from enishi.web.problems import BODY_BYTES_MAX, answer_failure, answer_refusal, body_too_large

REQUEST_HEADER = "x-enishi-request"

_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
_REFUSED = 400
"""Statuses from here on are refusals and failures."""
_log = get_logger("web")

# Styles may stand in the page: the component library positions with style attributes and themes with a style element.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)

_HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(self), geolocation=(), microphone=(), payment=()",
    "cross-origin-opener-policy": "same-origin",
}
_HSTS = "max-age=31536000"


class RequestNotOurs(Refusal):
    """The request changes something and does not come from one of our pages."""

    code = "request-header-missing"
    status = 403
    title = "Request header missing"


class Protection:
    """ASGI middleware around the whole app: checks requests to ``/api/``, and completes and logs every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = _Answer(scope, send)
        try:
            refusal = _refuse(scope)
            if refusal is not None:
                await answer_refusal(refusal)(scope, receive, answer.send)
            else:
                await self._app(scope, receive, answer.send)
        except Exception as error:
            if answer.status:
                raise
            await answer_failure(error, _route(scope))(scope, receive, answer.send)
        answer.log()


class _Answer:
    """One answer on its way out: it gets the headers that every answer carries, and leaves a line in the log."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._scope = scope
        self._send = send
        self._began = time.perf_counter()
        self.status = 0

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers.update(_HEADERS)
            if is_https(self._scope):
                headers["strict-transport-security"] = _HSTS
            if self._scope["path"].startswith("/api/"):
                headers["cache-control"] = "no-store"
        await self._send(message)

    def log(self) -> None:
        """Write the line: the route's pattern and the outcome, never the address that was asked for.

        What went well is said only in the debug log.
        """
        duration_ms = round((time.perf_counter() - self._began) * 1_000, 1)
        method = self._scope["method"]
        say = _log.info if self.status >= _REFUSED else _log.debug
        say("request answered", method=method, route=_route(self._scope), status=self.status, duration_ms=duration_ms)


def is_https(scope: Scope) -> bool:
    """Whether the browser speaks HTTPS, to us or to the proxy before us.

    Anybody can write the proxy's header; all it does here is to make an answer stricter.
    """
    return scope.get("scheme") == "https" or Headers(scope=scope).get("x-forwarded-proto") == "https"


def _refuse(scope: Scope) -> Refusal | None:
    """What is wrong with a request to the API before its body is read."""
    if not scope["path"].startswith("/api/"):
        return None
    headers = Headers(scope=scope)
    if scope["method"] not in _SAFE_METHODS and headers.get(REQUEST_HEADER) != "1":
        return RequestNotOurs(
            "A request that changes something needs the header X-Enishi-Request: 1.", remedy="Send the header."
        )
    length = headers.get("content-length", "0")
    # A body whose length is not announced is counted while it is read, by the framework.
    return None if length.isdecimal() and int(length[:10]) <= BODY_BYTES_MAX else body_too_large()


def _route(scope: Scope) -> str:
    return str(getattr(scope.get("route"), "path", ""))
