"""``enishi accounting``: the books of points, month by month."""

from __future__ import annotations

import csv
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Literal
from uuid import UUID

import msgspec
import typer
from psycopg import Connection
from psycopg_pool import ConnectionPool
from rich import box
from rich.table import Table

from enishi import accounting, audit, catalog, flows
from enishi.accounting import AccountingSettings, CohortLine, PointClass, Statement
from enishi.cli.failures import MISUSED, CommandFailed
from enishi.cli.installation import DEFAULT_DATA_DIR, DataDir, reach_database, reach_installation
from enishi.cli.terminal import Json, Ticker, errors, output, print_json
from enishi.kit import clock
from enishi.kit.database import open_pool

app = typer.Typer(help="The books of points: liability, settlement, month-end close.", no_args_is_help=True)
settings_app = typer.Typer(help="How points are valued and booked: show the versions, publish one.")
app.add_typer(settings_app, name="settings")

_ACTOR = "cli"
_MEMBER_HEADS = ("customer_id", "balance", "outstanding", "contract_liability_yen", "provision_yen", "rank")
_CLASS_NAMES = {PointClass.MATERIAL: "contract liability", PointClass.OTHER: "other grants"}

Month = Annotated[
    str, typer.Option("--month", help="The month, such as 2026-04. Default: the last closed one, else the first open.")
]
NeededMonth = Annotated[str, typer.Option("--month", help="The month, such as 2026-04.")]
Words = Annotated[Literal["ja", "en"], typer.Option("--language", help="Language of the file's headings.")]


@settings_app.command("show")
def show_settings(data_dir: DataDir = DEFAULT_DATA_DIR, *, json: Json = False) -> None:
    """Show every version, newest first; with --json, its settings as `publish` takes them."""
    with _books(data_dir) as pool, pool.connection() as conn:
        versions = accounting.load_versions(conn)
    if json:
        print_json(versions[::-1])
        return
    if not versions:
        errors.print("No settings are published: drafts use those to begin with, and no month can be closed.")
    for one in reversed(versions):
        settings = one.settings
        output.print(f"[bold]Version {one.version}[/], from {one.from_month:%Y-%m} on")
        output.print(f"  {one.reason} ({one.author})", markup=False, soft_wrap=True)
        output.print(f"  • stand-alone price of a point: ¥{settings.stand_alone_yen_per_point}")
        output.print(f"  • material right: {settings.material_right.value}")
        output.print(
            f"  • expected use: {settings.fallback_use_rate} of what was granted until there are "
            f"{settings.history_months} months of history"
        )
        output.print(f"  • settlement between stores: ¥{settings.settlement_yen_per_point} a point")
        for account, code in settings.accounts.items():
            output.print(f"  • {account.value}: {code.code} {code.name}", markup=False)


@settings_app.command("publish")
def publish_settings(
    month: Annotated[str, typer.Option("--from", help="The first month they hold for, such as 2026-04.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; kept with the version.")],
    file: Annotated[
        Path | None,
        typer.Argument(help="The settings as JSON, as `show --json` prints them. Default: the figures of 設例22."),
    ] = None,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    *,
    json: Json = False,
) -> None:
    """Publish a version. It never changes again, and it can not reach back into a closed month."""
    settings = AccountingSettings() if file is None else _read_settings(file)
    with _books(data_dir) as pool, pool.connection() as conn:
        version = accounting.publish_settings(conn, settings, _parse_month(month), _ACTOR, reason, clock.now())
    if json:
        print_json(version)
    else:
        output.print(f"Version {version.version} holds from {version.from_month:%Y-%m} on.")


@app.command("liability")
def liability(month: Month = "", data_dir: DataDir = DEFAULT_DATA_DIR, *, json: Json = False) -> None:
    """What is owed for points at the end of a month, and what the estimate of their use rests on."""
    with _books(data_dir) as pool:
        statement = _read(pool, month)
    if json:
        print_json({"month": statement.month, "closed_at": statement.closed_at, "kpis": statement.kpis,
                    "estimates": [_describe(one) for one in statement.estimates]})  # fmt: skip
        return
    _announce(statement)
    output.print(f"contract liability   ¥{statement.kpis.contract_liability_yen:,}")
    output.print(f"other grants         ¥{statement.kpis.provision_yen:,}")
    output.print(f"points outstanding   {statement.kpis.points_outstanding:,}")
    for one in statement.estimates:
        basis = "from history" if one.from_history else "by the fixed rate"
        text = f"{_CLASS_NAMES[one.point_class]}: {one.use_rate * 100:.2f} % expected to be used, {basis} "
        text += f"({one.months_of_history} months)"
        if one.back_test is not None and one.back_test.error_percent is not None:
            text += f"; back-test over {one.back_test.months} months: {one.back_test.error_percent:+} %"
        output.print(f"  • {text}")


@app.command("movement")
def movement(month: Month = "", data_dir: DataDir = DEFAULT_DATA_DIR, *, json: Json = False) -> None:
    """The movement table of a month: opening, issued, used, expired, remeasured, closing, in points and yen."""
    with _books(data_dir) as pool:
        statement = _read(pool, month)
    if json:
        print_json(statement)
        return
    _announce(statement)
    for point_class in PointClass:
        _print_movement(point_class, [line for line in statement.lines if line.point_class is point_class])


@app.command("figures")
def figures(
    month: Month = "", data_dir: DataDir = DEFAULT_DATA_DIR, *, language: Words = "ja", json: Json = False
) -> None:
    """The key figures of a month, with what each says: members, purchases, sales, points, use rate, liability."""
    with _books(data_dir) as pool:
        statement = _read(pool, month)
        with pool.connection() as conn:
            definitions = accounting.load_definitions(conn)
    values = {one.figure: one.value for one in statement.figures}
    if json:
        print_json({"month": statement.month, "closed_at": statement.closed_at, "figures": values})
        return
    _announce(statement)
    table = Table(box=box.SIMPLE_HEAD)
    for heading in ("figure", "value", "unit", "definition"):
        table.add_column(heading, justify="right" if heading == "value" else "left", overflow="fold")
    for one in definitions:
        if one.figure in values:
            name, says = (one.name_ja, one.definition_ja) if language == "ja" else (one.name_en, one.definition_en)
            table.add_row(name, f"{values[one.figure]:,}", one.unit, says)
    output.print(table)


@app.command("settle")
def settle(month: Month = "", data_dir: DataDir = DEFAULT_DATA_DIR, *, json: Json = False) -> None:
    """Who issued, who redeemed, and who pays whom, of a month."""
    with _books(data_dir) as pool:
        statement = _read(pool, month)
        with pool.connection() as conn:
            settlement = accounting.settlement_of(statement, _settings_of(conn, statement))
            stores = catalog.load_stores(conn)
    if json:
        print_json(settlement)
        return
    _announce(statement)
    table = Table(title=f"Settlement {statement.month:%Y-%m}", title_justify="left", box=box.SIMPLE_HEAD)
    for heading in ("pays", "to", "points", "back", "net ¥"):
        table.add_column(heading, justify="left" if heading in {"pays", "to"} else "right")
    for pair in settlement.pairs:
        table.add_row(
            *(stores[one].name if one in stores else one or "head office" for one in (pair.debtor, pair.creditor)),
            f"{pair.debtor_points:,}",
            f"{pair.creditor_points:,}",
            f"{pair.net_yen:,}",
        )
    output.print(table)


@app.command("close")
def close(
    month: NeededMonth,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    *,
    through: Annotated[bool, typer.Option("--through", help="Close every open month before it first.")] = False,
    json: Json = False,
) -> None:
    """Close a month. What is closed never changes; closing it again only shows it."""
    with reach_installation(data_dir) as installation:
        context = flows.PurchaseContext(installation.keyring)
        with open_pool(installation.database.app_dsn, 1, 2, generic_plans=False, name="close") as pool:
            run = flows.close_through if through else _close_one
            outcomes = run(pool, context, _parse_month(month), actor=_ACTOR, now=clock.now())
    if json:
        print_json([{"month": one.statement.month, "closed_at": one.statement.closed_at, "replayed": one.replayed,
                     "kpis": one.statement.kpis} for one in outcomes])  # fmt: skip
        return
    for one in outcomes:
        kpis = one.statement.kpis
        state = "was closed before" if one.replayed else "is closed"
        output.print(
            f"{one.statement.month:%Y-%m} {state}: contract liability ¥{kpis.contract_liability_yen:,}, "
            f"other grants ¥{kpis.provision_yen:,}, {kpis.points_outstanding:,} points."
        )


def _close_one(
    pool: ConnectionPool[Connection], context: flows.PurchaseContext, month: date, *, actor: str, now: datetime
) -> list[flows.CloseOutcome]:
    return [flows.close_month(pool, context, month, actor=actor, now=now)]


@app.command("export")
def export(
    month: NeededMonth,
    file: Annotated[Path | None, typer.Option("--output", "-o", help="Where to. Default: stdout.")] = None,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    *,
    language: Words = "ja",
    json: Json = False,
) -> None:
    """The double entries of a closed month as CSV, with your account codes. Each export is recorded."""
    with _books(data_dir) as pool, pool.connection() as conn:
        statement = accounting.load_closed(conn, _parse_month(month))
        lines = accounting.journal_of(statement, _settings_of(conn, statement))
        audit.record_event(
            conn,
            actor=_ACTOR,
            action="accounting.exported",
            target=f"month:{statement.month:%Y-%m}",
            detail={"file": "journal", "rows": len(lines)},
            at=clock.now(),
        )
    if json:
        print_json(lines)
        return
    text = accounting.as_csv(accounting.journal_sheet(lines, language))
    if file is None:
        sys.stdout.write(text)
    else:
        file.write_text(text, encoding="utf-8", newline="")
        errors.print(f"{len(lines)} lines are in {file}.")


@app.command("as-of")
def as_of(
    at: Annotated[datetime, typer.Argument(formats=["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"])],
    customer: Annotated[UUID | None, typer.Option("--customer", help="One customer's ID. Default: all.")] = None,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    *,
    json: Json = False,
) -> None:
    """Points and what was owed for them at any past instant, from what was recorded by then.

    An instant without an offset is on the clock of the books.
    """
    with _books(data_dir) as pool:
        found = flows.read_books_at(pool, _instant(pool, at), customer)
    if json:
        print_json(found)
        return
    output.print(f"balance              {found.balance:,} points of {found.accounts:,} accounts")
    output.print(f"outstanding          {found.outstanding:,} points, those on hold included")
    output.print(f"contract liability   ¥{found.contract_liability_yen:,}")
    output.print(f"other grants         ¥{found.provision_yen:,}")
    for lot in found.lots:
        output.print(f"  • {lot.points:,} points valid through {lot.expires_on}")


@app.command("members")
def members(
    at: Annotated[datetime, typer.Argument(formats=["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"])],
    file: Annotated[Path, typer.Option("--output", "-o", help="The CSV file to write.")],
    data_dir: DataDir = DEFAULT_DATA_DIR,
    *,
    json: Json = False,
) -> None:
    """Every customer's points, part of the liability and rank at a past instant, as CSV. The export is recorded."""
    count = 0
    with _books(data_dir) as pool, file.open("w", encoding="utf-8", newline="") as opened:
        instant = _instant(pool, at)
        opened.write(accounting.as_csv([_MEMBER_HEADS]))
        lines = csv.writer(opened)
        with Ticker("customers") as ticker:
            for one in flows.list_members_at(pool, instant):
                lines.writerow(msgspec.structs.astuple(one))
                count += 1
                ticker.tell("Writing customers", count, None)
        with pool.connection() as conn:
            audit.record_event(
                conn,
                actor=_ACTOR,
                action="accounting.exported",
                target=f"instant:{instant.isoformat()}",
                detail={"file": "members", "rows": count},
                at=clock.now(),
            )
    if json:
        print_json({"at": instant, "customers": count, "file": str(file)})
    else:
        errors.print(f"{count:,} customers are in {file}.")


@contextmanager
def _books(data_dir: Path) -> Generator[ConnectionPool[Connection]]:
    with (
        reach_database(data_dir) as database,
        open_pool(database.app_dsn, 1, 2, generic_plans=False, name="accounting") as pool,
    ):
        yield pool


def _parse_month(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m").replace(tzinfo=UTC).date()
    except ValueError:
        raise CommandFailed(f"{text!r} is no month.", "Write it as 2026-04.", exit_code=MISUSED) from None


def _read(pool: ConnectionPool[Connection], month: str) -> Statement:
    if month:
        return flows.read_month(pool, _parse_month(month))
    with pool.connection() as conn:
        months = flows.list_months(conn, clock.now())
    wanted = months.closed[-1] if months.closed else months.next_to_close
    if wanted is None:
        raise CommandFailed("There are no points yet, and so no books.")
    return flows.read_month(pool, wanted)


def _instant(pool: ConnectionPool[Connection], at: datetime) -> datetime:
    """An instant in UTC; without an offset it is on the clock of the books."""
    with pool.connection() as conn:
        zone = flows.known_settings(conn)[-1].settings.zone_info
    return (at if at.tzinfo is not None else at.replace(tzinfo=zone)).astimezone(UTC)


def _settings_of(conn: Connection, statement: Statement) -> AccountingSettings:
    return flows.settings_for(flows.known_settings(conn), statement.month).settings


def _read_settings(file: Path) -> AccountingSettings:
    try:
        return msgspec.json.decode(file.read_bytes(), type=AccountingSettings)
    except OSError as error:
        raise CommandFailed(f"{file} can not be read: {error.strerror}.", "Name a file that exists.") from error
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise CommandFailed(
            f"{file} does not hold the settings of the books: {error}.",
            "`enishi accounting settings show --json` prints those of a version: its `settings` are what this takes.",
        ) from error


def _describe(estimate: accounting.Estimate) -> dict[str, object]:
    error = estimate.back_test.error_percent if estimate.back_test else None
    return msgspec.to_builtins(estimate) | {"back_test_error_percent": error}


def _announce(statement: Statement) -> None:
    if statement.closed_at is not None:
        output.print(f"[bold]{statement.month:%Y-%m}[/], closed on {statement.closed_at:%Y-%m-%d %H:%M %Z}")
        return
    since = "" if statement.since == statement.month else f", with every month since {statement.since:%Y-%m}"
    output.print(f"[bold]{statement.month:%Y-%m}[/], a draft: not closed{since}")


def _print_movement(point_class: PointClass, lines: Sequence[CohortLine]) -> None:
    for unit, title in (("points", "points"), ("yen", "¥")):
        table = Table(title=f"{_CLASS_NAMES[point_class]}, {title}", title_justify="left", box=box.SIMPLE_HEAD)
        table.add_column("issued in")
        heads = ("opening", "issued", "returned", "used", "expired", "adjusted" if unit == "points" else "remeasured")
        for heading in (*heads, "closing"):
            table.add_column(heading, justify="right")
        for line in lines:
            table.add_row(f"{line.cohort:%Y-%m}", *_numbers([line], unit))
        table.add_row("total", *_numbers(lines, unit), style="bold")
        output.print(table)


def _numbers(lines: Sequence[CohortLine], unit: str) -> list[str]:
    if unit == "yen":
        yen = accounting.add_yen(line.yen for line in lines)
        numbers = (yen.opening, yen.issued, yen.returned, yen.used, yen.expired, yen.remeasured, yen.closing)
    else:
        moved = accounting.add_points(line.moved for line in lines)
        closing = accounting.add_points(line.total for line in lines).outstanding
        numbers = (
            closing - moved.outstanding,
            moved.issued,
            -moved.returned,
            -moved.used,
            -moved.expired,
            -moved.adjusted,
            closing,
        )
    return [f"{number:,}" for number in numbers]
