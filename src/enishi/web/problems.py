"""Every refusal leaves as RFC 9457 ``application/problem+json``; nothing else of an error ever leaves."""

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from psycopg import OperationalError
from psycopg_pool import PoolTimeout
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from enishi.kit.errors import InvalidRequest, NotFound, Refusal, Unavailable
from enishi.kit.log import get_logger, log_failure
from enishi.web.shapes import TEXT_NOT_KEPT

PROBLEM_TYPE = "application/problem+json"
BODY_BYTES_MAX = 65_536

_log = get_logger("web")


class MethodNotAllowed(Refusal):
    """The address exists, and does not take this method."""

    code = "method-not-allowed"
    status = 405
    title = "Method not allowed"


class BodyTooLarge(Refusal):
    """The body is larger than any that is expected here."""

    code = "body-too-large"
    status = 413
    title = "Body too large"


def body_too_large() -> BodyTooLarge:
    """The refusal of a body beyond ``BODY_BYTES_MAX``."""
    return BodyTooLarge(
        f"The body has more than {BODY_BYTES_MAX:,} bytes; nothing was changed.", remedy="Send less at once."
    )


class UnexpectedFailure(Refusal):
    """Something of ours broke; the log knows more under ``error_id``."""

    code = "unexpected-failure"
    status = 500
    title = "Unexpected failure"


def answer_refusal(refusal: Refusal, headers: dict[str, str] | None = None) -> Response:
    """The refusal as a response, with ``Retry-After`` where it says when to try again."""
    wait = refusal.extra.get("retry_after_seconds")
    own = {} if wait is None else {"retry-after": str(wait)}
    return JSONResponse(
        refusal.problem(), status_code=refusal.status, headers=own | (headers or {}), media_type=PROBLEM_TYPE
    )


def install_handlers(app: FastAPI) -> None:
    """Make every way in which a request can fail answer with a problem document."""
    app.add_exception_handler(Refusal, _on_refusal)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(PoolTimeout, _on_no_database)
    app.add_exception_handler(OperationalError, _on_no_database)


def _on_refusal(_request: Request, error: Exception) -> Response:
    if not isinstance(error, Refusal):
        raise error
    return answer_refusal(error)


def _on_invalid(_request: Request, error: Exception) -> Response:
    """Name the first thing that is wrong. What was sent is not repeated: it may be somebody's number."""
    if not isinstance(error, RequestValidationError):
        raise error
    first: dict[str, Any] = error.errors()[0]
    if first.get("type") == "json_invalid":
        return answer_refusal(InvalidRequest("The body is not JSON.", remedy="Send a JSON object."))
    _, *path = first["loc"]
    if first.get("type") == TEXT_NOT_KEPT and (named := first["ctx"]["field"]):
        path.append(named)
    return answer_refusal(
        InvalidRequest(
            f"{first['msg']}.",
            field="".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".") or None,
            remedy="See the API's description for what is expected here.",
        )
    )


def _on_http(_request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    headers = dict(error.headers or {})
    if error.status_code == 404:  # noqa: PLR2004 - the framework's own "not found"
        return answer_refusal(NotFound("There is nothing at this address."), headers)
    if error.status_code == 405:  # noqa: PLR2004 - the framework's own "method not allowed"
        return answer_refusal(MethodNotAllowed("This address does not take this method."), headers)
    if error.status_code == 413:  # noqa: PLR2004 - the framework's own "content too large"
        return answer_refusal(body_too_large(), headers)
    return answer_refusal(InvalidRequest("The request can not be read."), headers)


def _on_no_database(_request: Request, error: Exception) -> Response:
    log_failure(_log, "database did not answer", error)
    return answer_refusal(
        Unavailable(
            "The database does not answer; nothing was changed.", remedy="Try again shortly.", retry_after_seconds=2
        )
    )


def answer_failure(error: Exception, route: str) -> Response:
    """The answer to an error nobody foresaw: the number under which the log has it, and nothing of the error."""
    error_id = log_failure(_log, "request failed", error, route=route)
    return answer_refusal(
        UnexpectedFailure(
            "Something broke on our side. It was written down.",
            remedy=f"Report it with the number {error_id}.",
            error_id=error_id,
        )
    )
