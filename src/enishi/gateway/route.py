"""What a path of the gateway is, as data: what it takes, what it answers, what it refuses, and who may call it.

Each part of the gateway describes its own paths beside its handlers or in ``routes``, which puts them all together.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final

from msgspec import Struct

from enishi.access import ApiScope
from enishi.gateway.http import BODY_LIMIT, Request, Response
from enishi.gateway.model import (
    BodyTimeout,
    BodyTooLarge,
    InsufficientScope,
    InternalError,
    MalformedBody,
    PaymentCardNumber,
    Unauthenticated,
    UnexpectedBody,
    UnsupportedMediaType,
)
from enishi.gateway.parameters import Parameter
from enishi.gateway.services import Services
from enishi.kit.errors import InvalidRequest, Overloaded, Refusal, Unavailable

Handler = Callable[[Services, Request], Awaitable[Response]]

_BODY_REFUSALS: Final = (
    MalformedBody, BodyTimeout, BodyTooLarge, UnsupportedMediaType, InvalidRequest, PaymentCardNumber,
)  # fmt: skip
_NO_BODY_REFUSALS: Final = (UnexpectedBody, BodyTimeout)


class Success(Struct, frozen=True):
    """An answer that is not a refusal. ``body`` is its type; None for a document in ``media_type``."""

    status: int
    description: str
    body: Any = None
    media_type: str = "application/json"


class Route(Struct, frozen=True, kw_only=True):
    """One method on one path. Exactly one of ``scope`` and ``public`` (the reason why) is set."""

    method: str
    path: str
    handler: Handler
    tag: str
    summary: str
    description: str
    scope: ApiScope | None = None
    public: str = ""
    body: Any = None
    body_limit: int = BODY_LIMIT
    parameters: tuple[Parameter, ...] = ()
    answers: tuple[Success, ...]
    own_refusals: tuple[type[Refusal], ...] = ()
    uses_database: bool = True

    @property
    def operation_id(self) -> str:
        """The name of the operation: that of its handler."""
        return self.handler.__name__  # pyright: ignore[reportFunctionMemberAccess, reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType] - handlers are functions

    @property
    def refusals(self) -> tuple[type[Refusal], ...]:
        """Everything that the path may refuse."""
        return (
            *(() if self.scope is None else (Unauthenticated, InsufficientScope)),
            *(_NO_BODY_REFUSALS if self.body is None else _BODY_REFUSALS),
            *self.own_refusals,
            *((Overloaded, Unavailable) if self.uses_database else ()),
            InternalError,
        )
