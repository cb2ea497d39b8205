"""Refusals: what Enishi answers when it will not do what was asked.

A refusal is an answer, not a failure: it has a stable code, says what was wrong and where, and what to do about it.
It is rendered as RFC 9457 ``application/problem+json`` by ``gateway`` and ``web``. While a refusal is raised for one
item of a batch, nothing of that item has changed.
"""

from __future__ import annotations

from typing import Any, ClassVar


class Refusal(Exception):  # noqa: N818 - refusals are nouns here, as the house style asks
    """Base of every typed refusal.

    ``code`` is stable and kebab-case; ``status`` is the HTTP status it is answered with; ``title`` is a short English
    name. ``detail`` says what happened to this request, ``field`` which part of it (a JSON path such as
    ``lines[2].sku``), ``remedy`` what the caller can do. ``extra`` are further members of the problem document.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 400
    title: ClassVar[str] = "Refused"

    def __init__(self, detail: str, *, field: str | None = None, remedy: str = "", **extra: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.field = field
        self.remedy = remedy
        self.extra = extra

    def problem(self) -> dict[str, Any]:
        """The refusal as an RFC 9457 problem document."""
        document: dict[str, Any] = {
            "type": f"urn:enishi:problem:{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
        }
        if self.field is not None:
            document["field"] = self.field
        if self.remedy:
            document["remedy"] = self.remedy
        return document | self.extra


class InvalidRequest(Refusal):
    """The request is malformed or breaks a stated limit."""

    code = "invalid-request"
    status = 422
    title = "Invalid request"


class NotFound(Refusal):
    """What was asked for does not exist, or may not be seen by the caller."""

    code = "not-found"
    status = 404
    title = "Not found"


class Conflict(Refusal):
    """The request contradicts what is already recorded."""

    code = "conflict"
    status = 409
    title = "Conflict"


class Overloaded(Refusal):
    """The service is at its limit; nothing was taken in. Try again after ``retry_after_seconds``."""

    code = "overloaded"
    status = 429
    title = "Too many requests"


class Unavailable(Refusal):
    """The service can not answer at present; whether the work was done is not known unless the detail says so."""

    code = "unavailable"
    status = 503
    title = "Unavailable"
