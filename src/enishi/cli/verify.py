"""``enishi verify``: prove the points from the journal, and the audit chain from its hashes."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from enishi import audit, flows
from enishi.audit import ChainReport
from enishi.cli.failures import FAILED
from enishi.cli.installation import DEFAULT_DATA_DIR, DataDir, reach_installation
from enishi.cli.terminal import Json, Ticker, output, print_json
from enishi.flows import VerifyOutcome
from enishi.kit.database import open_pool

_SHOWN_DIFFERENCES = 100


def verify(
    data_dir: DataDir = DEFAULT_DATA_DIR,
    *,
    books: Annotated[
        bool,
        typer.Option("--books/--no-books", help="Follow the whole journal for the closed months, too."),
    ] = True,
    json: Json = False,
) -> None:
    """Derive every balance, lot and rank progress again from the facts, and follow the audit chain.

    Reads only, and may run beside a serving Enishi. Exit code 1 when anything differs; each difference is listed.
    """
    with (
        reach_installation(data_dir) as installation,
        open_pool(installation.database.app_dsn, 1, 2, generic_plans=False, name="verify") as pool,
    ):
        with Ticker("slices") as ticker:
            outcome = flows.verify_all(
                pool,
                flows.PurchaseContext(installation.keyring),
                lambda done, total: ticker.tell("Deriving balances from the journal", done, total),
                books=books,
            )
        with pool.connection() as conn:
            conn.execute("set local statement_timeout = 0")
            chain = audit.verify_chain(conn)
    is_clean = outcome.is_clean and chain.intact
    if json:
        print_json({"ok": is_clean, "verified": outcome, "audit": _describe(chain)})
    else:
        _print_report(outcome, chain)
    if not is_clean:
        raise typer.Exit(FAILED)


def _describe(chain: ChainReport) -> dict[str, object]:
    return {
        "intact": chain.intact,
        "events": chain.events,
        "head_seq": chain.head.seq,
        "head_hash": chain.head.hash.hex(),
        "broken_at": chain.broken_at,
        "reason": chain.reason,
    }


def _print_report(outcome: VerifyOutcome, chain: ChainReport) -> None:
    summary = Table.grid(padding=(0, 2))
    summary.add_column()
    summary.add_column(justify="right")
    for label, number in (
        ("accounts", outcome.ledger.accounts),
        ("journal entries", outcome.ledger.entries),
        ("points issued", outcome.ledger.issued),
        ("points redeemed", outcome.ledger.redeemed),
        ("points outstanding", outcome.ledger.outstanding),
        ("purchases", outcome.purchases),
        ("audit events", chain.events),
    ):
        summary.add_row(label, f"{number:,}")
    output.print(summary)
    differences = [
        (str(one.customer_id), one.field, str(one.found), str(one.derived)) for one in outcome.ledger.differences
    ] + [(one.customer_id, one.field, one.found, one.derived) for one in outcome.differences]
    if differences:
        _print_differences(differences)
    else:
        output.print("[green]✓[/] Every balance, lot and rank progress follows from the journal and the purchases.")
        output.print("[green]✓[/] No place is booked twice, and what was kept for a rank was not given to others.")
    if chain.intact:
        output.print("[green]✓[/] The audit chain is whole.")
    else:
        output.print(f"[bold red]✗[/] The audit chain is broken at event {chain.broken_at}: {chain.reason}.")


def _print_differences(differences: list[tuple[str, str, str, str]]) -> None:
    table = Table(title=f"{len(differences):,} differences", title_style="bold red")
    for heading in ("customer", "field", "found", "derived"):
        table.add_column(heading)
    for row in differences[:_SHOWN_DIFFERENCES]:
        table.add_row(*row)
    output.print(table)
    if len(differences) > _SHOWN_DIFFERENCES:
        output.print(f"The first {_SHOWN_DIFFERENCES} are shown; --json lists them all.")
