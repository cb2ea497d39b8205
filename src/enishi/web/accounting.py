"""The console's endpoints for the books of points: movement table, settlement, close, settings, files.

The books are those of the whole company, so they are shown to nobody whose role is held for some stores only.
"""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from fastapi import APIRouter, Query, Response
from psycopg import Connection
from pydantic import AwareDatetime, Field

from enishi import access, accounting, audit, catalog, flows
from enishi.access import Permission
from enishi.accounting import AccountingSettings, Statement
from enishi.catalog import Store
from enishi.kit.errors import InvalidRequest
from enishi.web.accounting_shapes import (
    AsOfShape,
    BooksPage,
    CloseShape,
    FigureShape,
    MonthShape,
    SettingsShape,
    SettingsVersionShape,
    present_figures,
    present_settlement,
    present_statement,
    present_version,
)
from enishi.web.declare import Caller, Conn, Language, Use, requires
from enishi.web.shapes import Body

router = APIRouter(prefix="/api/console/accounting", tags=["console"])

Month = Annotated[date, Query(description="The first day of the month.")]
Reading = Annotated[Caller, requires(Permission.ACCOUNTING_READ)]
Closing = Annotated[Caller, requires(Permission.ACCOUNTING_CLOSE)]
Sheet = Literal["movement", "settlement", "journal", "figures"]


class Close(Body):
    """Which month to close; ``through`` closes every open month before it first."""

    month: date
    through: bool = False


class Publish(Body):
    """Settings to publish, the first month they hold for, and why."""

    from_month: date
    reason: Annotated[str, Field(min_length=1, max_length=500)]
    settings: SettingsShape


@router.get("")
def read_books(
    caller: Reading, conn: Conn, use: Use, language: Language, month: Annotated[date | None, Query()] = None
) -> BooksPage:
    """The books of a month, closed or as a draft; of the last closed month when none is named."""
    _require_whole_company(caller)
    months = flows.list_months(conn, use.clock())
    closes = {one.month: one.closed_at for one in accounting.list_closes(conn)}
    wanted = _first_day(month) if month else (months.closed[-1] if months.closed else months.next_to_close)
    versions = flows.known_settings(conn)
    due = months.open[:-1]
    statement = None if wanted is None else flows.read_month(use.pool, wanted)
    version = flows.settings_for(versions, wanted) if wanted else versions[-1]
    names = access.load_operator_names(conn)
    stores = catalog.load_stores(conn)
    return BooksPage(
        months=[MonthShape(month=one, closed_at=closes.get(one)) for one in (*months.closed, *months.open)],
        due=list(due),
        settings=present_version(version, names),
        statement=None if statement is None else present_statement(statement, names),
        figures=[] if statement is None else _figures_of(conn, statement, language.value),
        settlement=None
        if statement is None
        else present_settlement(accounting.settlement_of(statement, version.settings), stores),
    )


@router.post("/closes")
def close_month(body: Close, caller: Closing, conn: Conn, use: Use) -> list[CloseShape]:
    """Close a month, or show that it is closed. What is closed never changes; each close is recorded."""
    _require_whole_company(caller)
    month = _first_day(body.month)
    if body.through:
        outcomes = flows.close_through(use.pool, use.context, month, actor=caller.actor, now=use.clock())
    else:
        outcomes = [flows.close_month(use.pool, use.context, month, actor=caller.actor, now=use.clock())]
    names = access.load_operator_names(conn)
    return [CloseShape(statement=present_statement(one.statement, names), replayed=one.replayed) for one in outcomes]


@router.get("/settings")
def read_settings(caller: Reading, conn: Conn) -> list[SettingsVersionShape]:
    """Every version of the settings, newest first; empty when none is published."""
    _require_whole_company(caller)
    names = access.load_operator_names(conn)
    return [present_version(one, names) for one in reversed(accounting.load_versions(conn))]


@router.post("/settings")
def publish_settings(body: Publish, caller: Closing, conn: Conn, use: Use) -> SettingsVersionShape:
    """Publish a version of the settings. It never changes again; each publication is recorded."""
    _require_whole_company(caller)
    version = accounting.publish_settings(
        conn, _settings_of(body.settings), body.from_month, caller.actor, body.reason, use.clock()
    )
    return present_version(version, access.load_operator_names(conn))


@router.get(
    "/{sheet}.csv",
    response_class=Response,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
def export_sheet(  # noqa: PLR0917 - what the framework hands in
    sheet: Sheet, month: Month, caller: Reading, conn: Conn, use: Use, language: Language
) -> Response:
    """The movement table, settlement, double entries or key figures of a month as a file. Each export is recorded.

    The double entries are given of closed months only.
    """
    _require_whole_company(caller)
    wanted = _first_day(month)
    statement = accounting.load_closed(conn, wanted) if sheet == "journal" else flows.read_month(use.pool, wanted)
    rows = _rows_of(conn, sheet, statement, language.value)
    audit.record_event(
        conn,
        actor=caller.actor,
        action="accounting.exported",
        target=f"month:{wanted:%Y-%m}",
        detail={"file": sheet, "rows": len(rows) - 1},
        at=use.clock(),
    )
    return Response(
        accounting.as_csv(rows).encode(),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{sheet}-{wanted:%Y-%m}.csv"'},
    )


@router.get("/as-of")
def read_as_of(
    at: Annotated[AwareDatetime, Query()], caller: Reading, use: Use, customer_id: UUID | None = None
) -> AsOfShape:
    """Points and what was owed for them at a past instant, of one customer or of all, as recorded by then."""
    _require_whole_company(caller)
    return AsOfShape.model_validate(msgspec.to_builtins(flows.read_books_at(use.pool, at, customer_id)))


def _figures_of(conn: Connection, statement: Statement, language: Literal["ja", "en"]) -> list[FigureShape]:
    before = accounting.select_figures(conn, accounting.month_after(statement.month, -1))
    return present_figures(statement.figures, before, accounting.load_definitions(conn), language)


def _rows_of(
    conn: Connection, sheet: Sheet, statement: Statement, language: Literal["ja", "en"]
) -> list[tuple[str, ...]]:
    if sheet == "movement":
        return accounting.movement_sheet(statement, language)
    if sheet == "figures":
        return accounting.figure_sheet(statement, accounting.load_definitions(conn), language)
    settings = flows.settings_for(flows.known_settings(conn), statement.month).settings
    if sheet == "journal":
        return accounting.journal_sheet(accounting.journal_of(statement, settings), language)
    stores = catalog.load_stores(conn)
    settlement = accounting.settlement_of(statement, settings)
    return accounting.settlement_sheet(settlement, lambda code: _name_of(code, stores, language), language)


def _name_of(code: str, stores: Mapping[str, Store], language: Literal["ja", "en"]) -> str:
    if code in stores:
        return stores[code].name
    return code or {"ja": "本部", "en": "head office"}[language]


def _settings_of(shape: SettingsShape) -> AccountingSettings:
    try:
        return msgspec.convert(shape.model_dump(mode="json"), AccountingSettings)
    except msgspec.ValidationError as error:
        raise accounting.InvalidAccountingSettings(
            f"{error}.", field="settings", remedy="Compare with the settings in force."
        ) from error


def _first_day(month: date) -> date:
    if month.day != 1:
        raise InvalidRequest(
            f"{month} is not the first day of a month.", field="month", remedy="Name the month by its first day."
        )
    flows.require_books_of(month)
    return month


def _require_whole_company(caller: Caller) -> None:
    if caller.stores is not None:
        raise access.PermissionDenied(
            "The books are those of the whole company, and your role is for some stores only.",
            remedy="Ask the owner of this installation for a role that is held for all stores.",
        )
