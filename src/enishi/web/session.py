"""Logging in and out of the console and the counter."""

from collections.abc import Iterator
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field

from enishi import access
from enishi.access import Locale, Operator, SessionToken
from enishi.kit.errors import Refusal
from enishi.web.declare import OPERATOR_COOKIE, Caller, Conn, Language, Use, public, signed_in
from enishi.web.protection import is_https
from enishi.web.shapes import Body, Shape

router = APIRouter(prefix="/api/session", tags=["session"])


class Login(Body):
    """What an operator types."""

    login: Annotated[str, Field(min_length=1, max_length=128, pattern=r"^[^\x00-\x1f\x7f]+$")]
    password: Annotated[str, Field(min_length=1, max_length=1_024)]


class RoleShape(Shape):
    """A role and the stores it is held for (null: all)."""

    role: str
    name: str
    stores: list[str] | None


class Me(Shape):
    """The operator who is signed in."""

    operator_id: UUID
    login: str
    display_name: str
    roles: list[RoleShape]
    permissions: list[str]
    locale: Locale
    demo: bool


def _log_in_turn() -> Iterator[None]:
    """Hold one of the few places at the password check, from before a connection is taken until the answer is there."""
    yield


InTurn = Annotated[None, Depends(_log_in_turn, scope="function", max_concurrency=4)]
"""Each check uses 64 MiB and a core for a while; a flood of log-ins must leave both to everybody else."""


@router.post("")
def log_in(
    body: Login,
    request: Request,
    response: Response,
    *,
    _turn: InTurn,
    _anyone: Annotated[None, public("proves who the operator is")],
    conn: Conn,
    use: Use,
    language: Language,
) -> Me:
    """Start a session: 401 ``login-failed``, 429 ``locked`` after ten failures."""
    outcome = access.log_in(
        conn,
        use.context.keyring,
        body.login,
        body.password,
        now=use.clock(),
        replaces=request.cookies.get(OPERATOR_COOKIE),
    )
    if isinstance(outcome, Refusal):
        # The failure itself is a fact to keep: it counts towards the lock and stands in the audit record.
        conn.commit()
        raise outcome
    set_session_cookie(request, response, OPERATOR_COOKIE, outcome.session, use)
    return _describe(outcome.operator, language, demo=use.settings.demo)


@router.get("")
def read_session(caller: Annotated[Caller, signed_in()], use: Use, language: Language) -> Me:
    """Who is signed in: 401 ``not-signed-in`` or ``session-expired``."""
    return _describe(caller.operator, language, demo=use.settings.demo)


@router.delete("", status_code=204)
def log_out(
    request: Request,
    response: Response,
    *,
    _anyone: Annotated[None, public("ends whatever session the cookie names")],
    conn: Conn,
    use: Use,
) -> None:
    """End the session, if there is one."""
    access.log_out(conn, request.cookies.get(OPERATOR_COOKIE, ""), now=use.clock())
    response.delete_cookie(OPERATOR_COOKIE, path="/")


def set_session_cookie(request: Request, response: Response, name: str, session: SessionToken, use: Use) -> None:
    """Hand the token to the browser so that scripts can not read it and other sites can not send it."""
    response.set_cookie(
        name,
        session.token,
        max_age=int((session.expires_at - use.clock()).total_seconds()),
        path="/",
        httponly=True,
        samesite="strict",
        secure=is_https(request.scope),
    )


def _describe(operator: Operator, language: Locale, *, demo: bool) -> Me:
    return Me(
        operator_id=operator.operator_id,
        login=operator.login,
        display_name=operator.display_name,
        roles=[
            RoleShape(
                role=held.role,
                name=held.names[language],
                stores=None if held.store_codes is None else sorted(held.store_codes),
            )
            for held in operator.roles
        ],
        permissions=sorted(operator.permissions),
        locale=operator.locale,
        demo=demo,
    )
