"""The application for people: the API of the three faces, and the pages themselves."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import FastAPI
from fastapi.routing import APIRoute
from psycopg import Connection
from psycopg_pool import ConnectionPool
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.responses import JSONResponse, Response

from enishi import __version__
from enishi.kit import clock as wall_clock
from enishi.wallet import open_wallet
from enishi.web import (
    accounting,
    adjusting,
    approving,
    benefits,
    campaigns,
    cards,
    claims,
    console,
    counter,
    demo,
    document,
    draft_backtests,
    drafts,
    expiring,
    ladder_design,
    ladders,
    limits,
    merging,
    my_claims,
    my_reservations,
    my_transfers,
    mypage,
    offline,
    pages,
    points_at,
    ranks,
    referrals,
    reservation_settings,
    returns,
    returns_found,
    session,
    staff_reservations,
    transferring,
)
from enishi.web.declare import Resources, declared_routes, public
from enishi.web.problems import BODY_BYTES_MAX, install_handlers
from enishi.web.protection import Protection

if TYPE_CHECKING:
    from enishi.flows import PurchaseContext
    from enishi.kit.settings import Settings


_PARTS = (
    session,
    console,
    accounting,
    points_at,
    adjusting,
    approving,
    limits,
    expiring,
    offline,
    transferring,
    merging,
    counter,
    claims,
    returns_found,
    returns,
    mypage,
    my_transfers,
    my_claims,
    cards,
    benefits,
    campaigns,
    ladder_design,
    ladders,
    drafts,
    draft_backtests,
    ranks,
    referrals,
    demo,
    my_reservations,
    reservation_settings,
    staff_reservations,
)


class UndeclaredEndpointError(RuntimeError):
    """A route does not say who may call it."""


def create_app(
    pool: ConnectionPool[Connection],
    context: "PurchaseContext",
    settings: "Settings",
    *,
    clock: Callable[[], datetime] = wall_clock.now,
) -> FastAPI:
    """The app, ready to serve. Raises ``UndeclaredEndpointError`` rather than serve a route open by mistake."""
    app = build_app()
    app.state.enishi = Resources(
        pool=pool, context=context, settings=settings, clock=clock, wallet=open_wallet(settings)
    )
    return app


def build_app() -> FastAPI:
    """The app without what it needs to serve: enough to describe it."""
    app = FastAPI(
        title="Enishi",
        version=__version__,
        # Its own pages for these load scripts from other sites.
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=_operation_id,
    )
    for part in _PARTS:
        app.include_router(part.router)
    app.add_api_route("/api/openapi.json", _serve_document(app), methods=["GET"], include_in_schema=False)
    # Last, because its addresses match everything.
    app.include_router(pages.router)
    install_handlers(app)
    # The one added last is the outermost.
    app.add_middleware(RequestBodyLimitMiddleware, max_body_size=BODY_BYTES_MAX)
    app.add_middleware(Protection)
    open_routes = [route.path for route in declared_routes(app.routes) if len(route.declarations) != 1]
    if open_routes:
        raise UndeclaredEndpointError(f"These routes do not say who may call them: {', '.join(open_routes)}")
    return app


def _serve_document(app: FastAPI) -> Callable[..., Response]:
    def serve_openapi(_anyone: Annotated[None, public("describes the API and holds no data")]) -> Response:
        return JSONResponse(_document(app))

    return serve_openapi


def _document(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        app.openapi_schema = document.describe(app)
    return app.openapi_schema


def _operation_id(route: APIRoute) -> str:
    """The face and the handler's name, such as ``console_read_home``."""
    return f"{route.tags[0]}_{route.name}" if route.tags else route.name
