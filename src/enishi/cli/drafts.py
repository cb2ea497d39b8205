"""``enishi drafts``: what is to change, where it stands, and how it fared on the past."""

from __future__ import annotations

import sys
from typing import Annotated

import psycopg
import typer

from enishi import drafts
from enishi.cli.installation import DEFAULT_DATA_DIR, DataDir, reach_database
from enishi.cli.terminal import Json, output, print_json
from enishi.configuration import write_configuration
from enishi.drafts import BacktestBrief, Draft
from enishi.kit import clock

app = typer.Typer(
    help="Drafts of the configuration: list them, show one with its history, write its document down.",
    no_args_is_help=True,
)

Number = Annotated[int, typer.Argument(help="The draft's number.", min=1)]


@app.command("list")
def list_drafts(data_dir: DataDir = DEFAULT_DATA_DIR, *, json: Json = False) -> None:
    """List every draft, the one changed last first."""
    with reach_database(data_dir) as database, psycopg.connect(database.app_dsn) as conn:
        found = drafts.list_drafts(conn, clock.now())
    if json:
        print_json(
            [
                {
                    "draft": one.draft_id,
                    "title": one.current.content.title,
                    "state": one.state.value,
                    "revision": one.current.revision,
                    "effective_at": one.current.content.effective_at,
                    "changed_at": one.changed_at,
                }
                for one in found
            ]
        )
        return
    if not found:
        output.print("There is no draft. They are written in the console, and approved there by somebody else.")
    for one in found:
        output.print(
            f"{one.draft_id}  {one.state.value:10} {one.changed_at:%Y-%m-%d %H:%M}  {one.current.content.title}",
            markup=False,
            soft_wrap=True,
        )


@app.command("show")
def show(draft: Number, data_dir: DataDir = DEFAULT_DATA_DIR, *, json: Json = False) -> None:
    """Show a draft with its history and its back-tests; with --json, everything that is kept but the results."""
    with reach_database(data_dir) as database, psycopg.connect(database.app_dsn) as conn:
        found = drafts.load_draft(conn, draft, clock.now())
        tried = drafts.list_backtests(conn, draft)
    if json:
        print_json(
            {
                "draft": found.draft_id,
                "state": found.state.value,
                "content": found.current.content,
                "log": found.log,
                "backtests": [
                    {"backtest": one.backtest_id, "revision": one.revision, "state": one.state} for one in tried
                ],
            }
        )
        return
    _print_draft(found)
    for one in tried:
        output.print(_tell(one), markup=False, soft_wrap=True)


@app.command("export")
def export(draft: Number, data_dir: DataDir = DEFAULT_DATA_DIR) -> None:
    """Write a draft's document to standard output, as `enishi config` takes it."""
    with reach_database(data_dir) as database, psycopg.connect(database.app_dsn) as conn:
        found = drafts.load_draft(conn, draft, clock.now())
    sys.stdout.write(write_configuration(found.current.content.document))


def _print_draft(found: Draft) -> None:
    content = found.current.content
    when = "with the approval" if content.effective_at is None else f"{content.effective_at:%Y-%m-%d %H:%M %Z}"
    output.print(
        f"{found.draft_id} {content.title}: {found.state.value}, revision {found.current.revision}, effective {when}",
        markup=False,
        soft_wrap=True,
    )
    for change in found.log:
        output.print(
            f"{change.at:%Y-%m-%d %H:%M} {change.action.value} revision {change.revision}: "
            f"{change.reason} ({change.author})",
            markup=False,
            soft_wrap=True,
        )


def _tell(one: BacktestBrief) -> str:
    total = "?" if one.receipts_total is None else f"{one.receipts_total:,}"
    why = "" if one.error_code is None else f" ({one.error_code}: {one.error_detail})"
    return (
        f"back-test {one.backtest_id} of revision {one.revision}: {one.state}{why}, "
        f"{one.receipts_done:,} of {total} receipts"
    )
