"""Who may call an endpoint is declared on the endpoint, and nowhere else.

Each route carries exactly one of ``requires(permission)``, ``signed_in()``, ``member()`` and ``public(why)``; the app
refuses to start with a route that carries none. The declaration is also what does the checking, so that what is written
on a route and what happens can not differ.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from fastapi import Depends, Request
from fastapi.routing import APIRoute, iter_route_contexts
from msgspec import Struct
from psycopg import Connection
from psycopg_pool import ConnectionPool
from starlette.routing import BaseRoute

from enishi import access
from enishi.access import Locale, Operator, Permission
from enishi.wallet import Wallet

if TYPE_CHECKING:
    from enishi.flows import PurchaseContext
    from enishi.kit.settings import Settings

OPERATOR_COOKIE = "enishi_session"
MEMBER_COOKIE = "enishi_member"
BACKGROUND_HEADER = "x-enishi-background"
"""Sent by pages that refresh themselves: such a request does not keep an idle session alive."""


_LOCALES = {locale.value for locale in Locale}


class Resources(Struct, frozen=True):
    """What the endpoints of one app work with."""

    pool: ConnectionPool[Connection]
    context: "PurchaseContext"
    settings: "Settings"
    clock: Callable[[], datetime]
    wallet: Wallet


def resources(request: Request) -> Resources:
    """What the app was made with."""
    return request.app.state.enishi


Use = Annotated[Resources, Depends(resources)]


def connection(use: Use) -> Iterator[Connection]:
    """One connection and one transaction for the request: committed before the answer is sent, undone on a refusal."""
    with use.pool.connection() as conn:
        yield conn


Conn = Annotated[Connection, Depends(connection, scope="function")]


def preferred_locale(request: Request) -> Locale:
    """The first language of ``Accept-Language`` that Enishi speaks; Japanese when there is none."""
    wanted: list[tuple[float, int, Locale]] = []
    for position, part in enumerate(request.headers.get("accept-language", "").split(",")[:20]):
        tag, _, parameter = part.strip().partition(";")
        primary = tag.strip().lower().partition("-")[0]
        if primary in _LOCALES:
            wanted.append((-_weight(parameter), position, Locale(primary)))
    return min(wanted)[2] if wanted else Locale.JA


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    try:
        return float(value) if name == "q" else 1.0
    except ValueError:
        return 0.0


Language = Annotated[Locale, Depends(preferred_locale)]


class Caller(Struct, frozen=True):
    """The operator who calls, and the stores for which the endpoint's permission is held (None: all)."""

    operator: Operator
    stores: frozenset[str] | None

    @property
    def actor(self) -> str:
        """How the audit record names the operator."""
        return f"operator:{self.operator.operator_id}"

    @property
    def sees_personal_data(self) -> bool:
        """Whether identifiers are shown in full."""
        return self.operator.may(Permission.CUSTOMERS_READ_PERSONAL)


class Declaration:
    """What a route says about who may call it. ``audience`` and ``reason`` are for reading, in tests and documents."""

    audience: str
    reason: str


class _Requires(Declaration):
    audience = "operator"

    def __init__(self, permission: Permission | None) -> None:
        self.permission = permission
        self.reason = permission or "any operator who is signed in"

    def __call__(self, request: Request, conn: Conn, use: Use) -> Caller:
        operator = access.resume_session(
            conn,
            request.cookies.get(OPERATOR_COOKIE, ""),
            now=use.clock(),
            keep_alive=BACKGROUND_HEADER not in request.headers,
        )
        if self.permission is None:
            return Caller(operator=operator, stores=frozenset())
        if not operator.may(self.permission):
            raise access.PermissionDenied(
                f"This needs the permission {self.permission}.",
                remedy="Ask the owner of this installation for a role that has it.",
                permission=self.permission,
            )
        return Caller(operator=operator, stores=operator.stores_for(self.permission))


class _Member(Declaration):
    audience = "member"
    reason = "the member's own data"

    def __call__(self, request: Request, conn: Conn, use: Use) -> UUID:
        return access.resume_member_session(conn, request.cookies.get(MEMBER_COOKIE, ""), now=use.clock())


class _Public(Declaration):
    audience = "public"

    def __init__(self, why: str) -> None:
        self.reason = why

    def __call__(self) -> None:
        """Let everybody pass."""


def requires(permission: Permission) -> Any:
    """Only operators with ``permission``; gives the handler its ``Caller``."""
    return Depends(_Requires(permission), scope="function")


def signed_in() -> Any:
    """Only operators, whatever their roles; gives the handler its ``Caller``."""
    return Depends(_Requires(None), scope="function")


def member() -> Any:
    """Only members; gives the handler the member's customer ID."""
    return Depends(_Member(), scope="function")


def public(why: str) -> Any:
    """Everybody, for the reason stated."""
    return Depends(_Public(why))


class DeclaredRoute(Struct, frozen=True):
    """A route as the app serves it, with what it declares; anything but one declaration is a mistake."""

    path: str
    methods: tuple[str, ...]
    declarations: tuple[Declaration, ...]


def declared_routes(routes: Sequence[BaseRoute]) -> list[DeclaredRoute]:
    """Every route of an app, with who may call it."""
    return [
        DeclaredRoute(
            path=str(context.path),
            methods=tuple(sorted(context.methods or ())),
            declarations=_declarations(context.original_route),
        )
        for context in iter_route_contexts(routes)
    ]


def _declarations(route: BaseRoute) -> tuple[Declaration, ...]:
    if not isinstance(route, APIRoute):
        return ()
    calls = [dependant.call for dependant in route.dependant.dependencies]
    return tuple(call for call in calls if isinstance(call, Declaration))
