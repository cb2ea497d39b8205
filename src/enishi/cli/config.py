"""``enishi config``: programme, ladder and campaigns as a file, from a test environment to production."""

from __future__ import annotations

import json as json_module
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import psycopg
import typer
from rich.markup import escape

from enishi import access, flows
from enishi.cli.backtest_report import print_backtest
from enishi.cli.failures import CommandFailed
from enishi.cli.installation import DEFAULT_DATA_DIR, DataDir, reach_database, reach_installation
from enishi.cli.terminal import Json, Ticker, errors, output, print_json
from enishi.configuration import (
    SCHEMA_FILE,
    Configuration,
    Plan,
    read_configuration,
    refuse_dangers,
    schema,
    write_configuration,
)
from enishi.kit import clock

app = typer.Typer(
    help="Programme, ladder and campaigns as a file: export, compare, check and apply.", no_args_is_help=True
)

_ACTOR = "cli"

File = Annotated[Path, typer.Argument(help="The document, YAML or JSON. - reads standard input.")]
Effective = Annotated[
    datetime | None,
    typer.Option(
        "--effective",
        formats=["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M%z"],
        help="When programme and ladder take effect, such as 2026-12-01T00:00+09:00. Default: now.",
    ),
]
Prune = Annotated[bool, typer.Option("--prune", help="End the campaigns that the document does not name.")]


@app.command("export")
def export(
    to: Annotated[Path | None, typer.Option("--to", help="The file to write. Default: standard output.")] = None,
    data_dir: DataDir = DEFAULT_DATA_DIR,
) -> None:
    """Write down what is in force, as a document that `apply` takes. Campaigns are those approved and not over."""
    now = clock.now()
    with reach_database(data_dir) as database, psycopg.connect(database.app_dsn) as conn:
        current = flows.read_current(conn, now, now)
    document = write_configuration(current.configuration)
    if to is None:
        sys.stdout.write(document)
        return
    to.write_text(document, encoding="utf-8")
    beside = to.with_name(SCHEMA_FILE)
    beside.write_text(json_module.dumps(schema(), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    errors.print(f"Wrote {escape(str(to))}, and {SCHEMA_FILE} beside it for your editor.")


@app.command("schema")
def print_schema() -> None:
    """Print the JSON Schema of the documents, with which an editor completes and checks them."""
    print_json(schema())


@app.command("validate")
def validate(
    file: File, effective: Effective = None, data_dir: DataDir = DEFAULT_DATA_DIR, *, json: Json = False
) -> None:
    """Check a document against what exists here, and change nothing. Dangers are told and are no failure."""
    plan = _examine(file, effective, data_dir, prune=False)
    if json:
        print_json({"valid": True, "dangers": plan.dangers})
        return
    output.print("The document can be applied here.")
    _print_dangers(plan)


@app.command("diff")
def diff(
    file: File,
    effective: Effective = None,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    *,
    prune: Prune = False,
    json: Json = False,
) -> None:
    """Show what applying a document would change, field by field."""
    plan = _examine(file, effective, data_dir, prune=prune)
    if json:
        print_json(plan)
    else:
        _print_plan(plan)


@app.command("backtest")
def backtest(
    file: File,
    since: Annotated[
        datetime | None,
        typer.Option("--since", formats=["%Y-%m-%d"], help="First day of the figures (UTC). Default: all history."),
    ] = None,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    *,
    json: Json = False,
) -> None:
    """Try a document on everything that was bought so far, beside today's rules. Changes nothing.

    Campaigns that lie ahead are moved back by whole years of 52 weeks.
    """
    wanted = _read(file)
    with (
        reach_installation(data_dir) as installation,
        psycopg.connect(installation.database.app_dsn) as conn,
        Ticker("receipts") as ticker,
    ):
        tried = flows.backtest(
            conn,
            flows.PurchaseContext(installation.keyring),
            wanted,
            clock.now(),
            since=None if since is None else since.replace(tzinfo=UTC),
            on_progress=lambda done, total: ticker.tell("Trying it on the past", done, total),
        )
    if json:
        print_json(tried)
    else:
        print_backtest(tried)


@app.command("apply")
def apply(  # noqa: PLR0917 - as many options as there are things to say
    file: File,
    reason: Annotated[str, typer.Option("--reason", help="Why; kept with every version and in the audit.")],
    approved_by: Annotated[
        str | None,
        typer.Option(
            "--approved-by",
            help="Log-in of the operator who approved the campaigns. Without it they wait for a review here.",
        ),
    ] = None,
    accept: Annotated[
        list[str] | None,
        typer.Option("--accept", help="Accept a danger by its code, such as program.rate-cut. Can be given again."),
    ] = None,
    effective: Effective = None,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    *,
    prune: Prune = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Apply without asking.")] = False,
    json: Json = False,
) -> None:
    """Bring a document into force: all of it, or nothing. Applied again it changes nothing."""
    wanted = _read(file)
    now = clock.now()
    at = now if effective is None else effective
    accepted = frozenset(accept or ())
    with reach_database(data_dir) as database, psycopg.connect(database.app_dsn) as conn:
        plan = flows.examine_configuration(conn, wanted, at, now, prune=prune)
        conn.rollback()
        if not json:
            _print_plan(plan)
        refuse_dangers(plan, accepted)
        if plan.changes and not yes:
            typer.confirm("Apply this? Published versions can not be changed.", abort=True, err=True)
        order = flows.ConfigurationOrder(
            author=_ACTOR,
            approver=None if approved_by is None else _approver(conn, approved_by),
            reason=reason,
            effective_at=at,
            accepted=accepted,
            prune=prune,
        )
        conn.rollback()
        applied = flows.apply_configuration(conn, wanted, order, now)
    if json:
        print_json(applied)
    else:
        _print_applied(applied)


def _approver(conn: psycopg.Connection, login: str) -> str:
    """The operator, as the audit names them."""
    operator = access.find_operator(conn, login)
    if operator is None or "campaigns.review" not in operator.permissions:
        raise CommandFailed(
            f"{login} may not approve campaigns.", "Name an operator whose role permits it, or leave --approved-by out."
        )
    return f"operator:{operator.operator_id}"


def _read(file: Path) -> Configuration:
    if str(file) == "-":
        return read_configuration(sys.stdin.buffer.read())
    try:
        return read_configuration(file.read_bytes())
    except OSError as error:
        raise CommandFailed(f"{file} can not be read: {error.strerror}.", "Name a file that exists.") from error


def _examine(file: Path, effective: datetime | None, data_dir: Path, *, prune: bool) -> Plan:
    wanted = _read(file)
    now = clock.now()
    at = now if effective is None else effective.astimezone(UTC)
    with reach_database(data_dir) as database, psycopg.connect(database.app_dsn) as conn:
        return flows.examine_configuration(conn, wanted, at, now, prune=prune)


def _print_plan(plan: Plan) -> None:
    if not plan.changes:
        output.print("Nothing would change.")
    heading = ""
    for one in plan.changes:
        place = f"{one.section} {one.subject}".rstrip()
        if place != heading:
            output.print(f"[bold]{escape(place)}[/]")
            heading = place
        before, after = ("—" if value is None else value for value in (one.before, one.after))
        output.print(f"  {one.field or '(all)'}: {before} → {after}", markup=False, soft_wrap=True)
    if plan.left_alone:
        output.print(f"Left as they are, since the document does not name them: {', '.join(plan.left_alone)}.")
    _print_dangers(plan)


def _print_dangers(plan: Plan) -> None:
    for one in plan.dangers:
        errors.print(f"[yellow]Danger[/] [bold]{one.code}[/] {escape(one.field)}: {escape(one.detail)}", soft_wrap=True)
        errors.print(f"  {one.remedy} To do it all the same: --accept {one.code}", markup=False, soft_wrap=True)


def _print_applied(applied: flows.AppliedConfiguration) -> None:
    done: Sequence[str] = [
        *([f"programme version {applied.program_version}"] if applied.program_version else []),
        *([f"ladder version {applied.ladder_version}"] if applied.ladder_version else []),
        *(f"campaign {code}: {state.value}" for code, state in applied.campaigns.items()),
    ]
    output.print("Applied: " + "; ".join(done) + "." if done else "Nothing to do: all of it is in force already.")
