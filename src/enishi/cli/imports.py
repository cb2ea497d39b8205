"""``enishi import``: bring other systems' data in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer
from rich.table import Table

from enishi.cli.failures import FAILED, MISUSED, CommandFailed, Interrupted
from enishi.cli.installation import DEFAULT_DATA_DIR, DataDir, reach_installation
from enishi.cli.terminal import Json, Ticker, errors, output, print_json
from enishi.connectors.purchase_files import (
    DEFAULT_BATCH,
    DEFAULT_SOURCE,
    FileFormat,
    ImportPlan,
    ImportReport,
    Observer,
    import_purchases,
    load_map,
)
from enishi.flows import PurchaseContext
from enishi.kit.database import open_pool

app = typer.Typer(help="Bring other systems' data in.", no_args_is_help=True)

_LARGEST_BATCH: Final = 10_000


@app.callback()
def imports() -> None:
    """Bring other systems' data in."""


@app.command("purchases")
def purchases(
    file: Annotated[Path, typer.Argument(help="CSV, Parquet or Excel; one row is one line of a receipt.")],
    *,
    file_format: Annotated[
        FileFormat | None, typer.Option("--format", "-f", help="What the file is. Default: told by looking at it.")
    ] = None,
    column_map: Annotated[
        Path | None,
        typer.Option("--map", "-m", help="Mapping of columns (TOML). Default: told by the headers."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", "-n", help="Try everything and record nothing.")] = False,
    rejects: Annotated[
        Path | None,
        typer.Option("--rejects", help="Where refused rows go. Default: FILE.rejects.csv in the current folder."),
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(
            "--source",
            "-s",
            help="Which system the receipts are from; receipt numbers are unique within it. "
            f"Default: the mapping's, else '{DEFAULT_SOURCE}'.",
        ),
    ] = None,
    batch: Annotated[
        int, typer.Option("--batch", min=1, max=_LARGEST_BATCH, help="Receipts in one transaction.")
    ] = DEFAULT_BATCH,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    json: Json = False,
) -> None:
    """Import receipts from a file, through the same path that a till's call takes.

    Receipts are taken whole or not at all; refused rows go to the rejects file with the reason and the remedy. Run it
    again after a kill, or twice by mistake: nothing is recorded twice. It may run beside a serving Enishi. Exit code
    1 when receipts were refused.
    """
    mapping = load_map(column_map)
    chosen_rejects = rejects
    if rejects is None and not dry_run:
        chosen_rejects = Path(f"{file.name}.rejects.csv")
    if chosen_rejects is not None and chosen_rejects.absolute() == file.absolute():
        raise CommandFailed(
            "The rejects file and the imported file are the same.", "Name another with --rejects.", exit_code=MISUSED
        )
    plan = ImportPlan(
        path=file,
        column_map=mapping,
        file_format=file_format,
        source=source or mapping.source or DEFAULT_SOURCE,
        batch=batch,
        dry_run=dry_run,
        rejects=chosen_rejects,
    )
    report = _run(plan, data_dir)
    if json:
        print_json({"file": str(file), "dry_run": dry_run, "rejects": _written(plan, report), "report": report})
    else:
        _print_report(plan, report)
    if report.refused:
        raise typer.Exit(FAILED)


def _run(plan: ImportPlan, data_dir: Path) -> ImportReport:
    with (
        reach_installation(data_dir) as installation,
        open_pool(installation.database.app_dsn, 1, 4) as pool,
        Ticker("receipts") as ticker,
    ):
        doing = "Trying receipts" if plan.dry_run else "Recording receipts"
        observer = Observer(
            on_rows=lambda rows: ticker.tell("Looking through the rows of the file", rows),
            on_receipts=lambda done, total: ticker.tell(doing, done, total),
        )
        try:
            return import_purchases(pool, PurchaseContext(installation.keyring), plan, observer)
        except Interrupted:
            errors.print("Stopping; run the same command again and it goes on from here.")
            raise


def _written(plan: ImportPlan, report: ImportReport) -> str | None:
    return str(plan.rejects) if report.refused and plan.rejects is not None else None


def _print_report(plan: ImportPlan, report: ImportReport) -> None:
    summary = Table.grid(padding=(0, 2))
    summary.add_column()
    summary.add_column(justify="right")
    for label, number in (
        ("rows", report.rows),
        ("receipts", report.receipts),
        ("would be recorded" if plan.dry_run else "recorded", report.recorded),
        ("recorded before", report.repeated),
        ("refused", report.refused),
        ("points earned", report.points_earned),
    ):
        if number or label in {"rows", "receipts"}:
            summary.add_row(label, f"{number:,}")
    output.print(summary)
    if report.without_program:
        errors.print(
            f"[yellow]{report.without_program:,} receipts earned nothing:[/] no earning programme was in force then.",
            soft_wrap=True,
        )
    if not report.refused:
        return
    table = Table(title="Refused", title_justify="left", title_style="bold")
    for heading in ("row", "reason", "what is wrong", "what to do"):
        table.add_column(heading)
    for one in report.examples:
        table.add_row(str(one.row), one.code, one.detail, one.remedy)
    output.print(table)
    if report.refused > len(report.examples):
        reasons = ", ".join(f"{code} {count:,}" for code, count in sorted(report.reasons.items()))
        output.print(f"{report.refused:,} receipts in all: {reasons}", soft_wrap=True)
    if written := _written(plan, report):
        output.print(f"Their rows are in {written}; correct them there and import that file.", soft_wrap=True)
