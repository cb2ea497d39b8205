"""``enishi offline``: what terminals without a connection spent, and where it was more than there was."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import psycopg
import typer
from rich.table import Table

from enishi import flows
from enishi.cli.installation import DEFAULT_DATA_DIR, DataDir, reach_installation
from enishi.cli.terminal import Json, output, print_json
from enishi.flows import OfflineReport

app = typer.Typer(help="Terminals without a connection.", no_args_is_help=True)

_Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="A day in the programme's zone.")]


@app.command("report")
def report(data_dir: DataDir = DEFAULT_DATA_DIR, *, first: _Day = None, last: _Day = None, json: Json = False) -> None:
    """Show what terminals spent offline, and the receipts that used more points than their customer had.

    By default the last 31 days.
    """
    with (
        reach_installation(data_dir) as installation,
        psycopg.connect(installation.database.app_dsn) as conn,
    ):
        found = flows.offline_report(
            conn,
            flows.PurchaseContext(installation.keyring),
            first=None if first is None else first.date(),
            last=None if last is None else last.date(),
        )
    if json:
        print_json(found)
    else:
        _print(found)


def _print(found: OfflineReport) -> None:
    if not found.terminals:
        output.print(f"No terminal spent points offline from {found.first} to {found.last}.")
        return
    terminals = Table(title=f"Spent offline from {found.first} to {found.last}")
    for heading in ("day", "store", "terminal"):
        terminals.add_column(heading)
    for heading in ("points spent", "receipts over", "points owed"):
        terminals.add_column(heading, justify="right")
    for one in found.terminals:
        terminals.add_row(
            str(one.on_day), one.store, one.terminal, f"{one.spent:,}", f"{one.receipts:,}", f"{one.owed:,}"
        )
    output.print(terminals)
    if found.overspends:
        receipts = Table(title="Receipts that used more than there was")
        for heading in ("day", "store", "terminal", "purchase", "customer"):
            receipts.add_column(heading)
        for heading in ("points used", "points owed"):
            receipts.add_column(heading, justify="right")
        for one in found.overspends:
            receipts.add_row(
                str(one.on_day), one.store, one.terminal, str(one.purchase_id), str(one.customer_id),
                f"{one.points:,}", f"{one.owed:,}",
            )  # fmt: skip
        output.print(receipts)
