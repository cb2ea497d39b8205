"""What every request passes before it reaches an endpoint, and what every answer carries.

A request that changes something must carry ``X-Enishi-Request: 1``: a form or image on another site can not send it, so
a cookie alone never acts (cookies are ``SameSite=Strict`` besides). Bodies are small; a larger one is refused unread.
"""

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from enishi.kit.errors import Refusal
from enishi.web.problems import answer_refusal

BODY_BYTES_MAX = 65_536
REQUEST_HEADER = "x-enishi-request"

_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}

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
_HSTS = "max-age=31536000; includeSubDomains"


class RequestNotOurs(Refusal):
    """The request changes something and does not come from one of our pages."""

    code = "request-header-missing"
    status = 403
    title = "Request header missing"


class BodyTooLarge(Refusal):
    """The body is larger than any that is expected here."""

    code = "body-too-large"
    status = 413
    title = "Body too large"


class Protection:
    """ASGI middleware: checks requests to ``/api/`` and sets the security headers of every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = _Answer(scope, send)
        headers = Headers(scope=scope)
        if not scope["path"].startswith("/api/"):
            await self._app(scope, receive, answer.send)
        elif scope["method"] not in _SAFE_METHODS and headers.get(REQUEST_HEADER) != "1":
            refusal = RequestNotOurs(
                "A request that changes something needs the header X-Enishi-Request: 1.", remedy="Send the header."
            )
            await answer_refusal(refusal)(scope, receive, answer.send)
        elif not _fits(headers.get("content-length", "0")):
            await answer_refusal(_too_large())(scope, receive, answer.send)
        else:
            await self._app(scope, _LimitedBody(receive).receive, answer.send)


class _LimitedBody:
    """Reads a body whose length was not announced, up to the limit."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._read = 0

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._read += len(message.get("body", b""))
            if self._read > BODY_BYTES_MAX:
                raise _too_large()
        return message


class _Answer:
    """Adds the headers that every answer carries."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._is_api = scope["path"].startswith("/api/")
        self._is_secure = scope.get("scheme") == "https"
        self._send = send

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.update(_HEADERS)
            if self._is_secure:
                headers["strict-transport-security"] = _HSTS
            if self._is_api:
                headers["cache-control"] = "no-store"
        await self._send(message)


def _fits(content_length: str) -> bool:
    return content_length.isdecimal() and len(content_length) < 10 and int(content_length) <= BODY_BYTES_MAX  # noqa: PLR2004 - no sane length has ten digits


def _too_large() -> BodyTooLarge:
    return BodyTooLarge(
        f"The body has more than {BODY_BYTES_MAX:,} bytes; nothing was changed.", remedy="Send less at once."
    )
