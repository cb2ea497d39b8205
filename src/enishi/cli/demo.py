"""``enishi demo``: a real retailer's year, loaded through the path of a till's call and then served."""

from __future__ import annotations

import os
from typing import Annotated, Final

import msgspec
import typer
from rich.console import Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from enishi import access
from enishi.cli.demo_benefits import seed_demo_benefits
from enishi.cli.demo_salon import seed_demo_salon
from enishi.cli.failures import FAILED, CommandFailed, Interrupted
from enishi.cli.installation import DEMO_DATA_DIR, DataDir, Installation, open_installation, read_settings
from enishi.cli.serve import Alarm, Host, Port, address_of, run_server
from enishi.cli.terminal import Json, Ticker, errors, output, print_json
from enishi.connectors import completejourney
from enishi.connectors.completejourney import ReplayReport
from enishi.flows import PurchaseContext
from enishi.kit.database import open_pool
from enishi.kit.log import configure_logging
from enishi.kit.settings import Settings

_FACES: Final = (
    ("Console 管理画面", "/console/", "head office"),
    ("Counter 店頭画面", "/counter/", "staff, tablet"),
    ("My page マイページ", "/my/", "members, phone"),
    ("Sent messages 送信箱", "/outbox", "one-time codes"),
    ("API reference", "/v1/docs", "tills and shops"),
)
_PANEL_WIDTH: Final = 84


def demo(
    receipts: Annotated[
        int | None,
        typer.Option("--receipts", min=1, help="Load so many receipts, whole years of as many customers as have them."),
    ] = None,
    *,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Load, then stop.")] = False,
    port: Port = None,
    host: Host = None,
    data_dir: DataDir = DEMO_DATA_DIR,
    json: Json = False,
) -> None:
    """Load a real retailer's year and serve console, counter and my page over it.

    155,848 receipts of The Complete Journey take the very path that a till's call takes; people, contacts and names of
    stores are invented and marked as such. Stop it whenever you like: started again, it goes on where it was, and once
    everything is loaded it is up in seconds. To begin afresh, remove the data folder.
    """
    settings = read_settings(data_dir, demo=True, port=port, host=host)
    if "ENISHI_LOG_LEVEL" not in os.environ:
        # A line for each request would bury the addresses and log-ins.
        settings = msgspec.structs.replace(settings, log_level="warning")
    configure_logging(settings.log_level)
    if not no_serve:
        from enishi.cli.hosting import require_free_port  # noqa: PLC0415 - see enishi.cli.application

        require_free_port(settings.host, settings.port)
    alarm = Alarm()
    exit_code = 0
    with (
        errors.status("Starting PostgreSQL …") as status,
        open_installation(settings, on_event=alarm.hear) as installation,
    ):
        status.stop()
        report = _load(installation, receipts)
        logins = _seed_access(installation)

        def tell() -> None:
            if json:
                print_json({"address": address_of(settings), "replay": report, "logins": logins})
            elif no_serve:
                _print_report(report, settings)
            else:
                _print_welcome(settings, logins)

        if no_serve:
            tell()
        else:
            exit_code = run_server(installation, alarm, tell)
    if exit_code == FAILED:
        raise CommandFailed(
            "The demo stopped because its database or its HTTP server could not be kept running.",
            f"{settings.data_dir / 'postgres.log'} names the cause; start the demo again once that is cured.",
        )


def _load(installation: Installation, receipts: int | None) -> ReplayReport | None:
    """Replay what is not loaded yet; None when everything was."""
    context = PurchaseContext(installation.keyring)
    with open_pool(installation.database.app_dsn, 1, 4, name="demo") as pool:
        with pool.connection() as conn:
            if completejourney.has_replayed(conn, receipts):
                return None
        with Ticker("receipts") as ticker:
            ticker.tell("Setting up the chain")
            with pool.connection() as conn:
                completejourney.prepare_chain(conn, context)
            ticker.tell("Reading the data set")
            try:
                return completejourney.replay(
                    pool,
                    context,
                    receipts=receipts,
                    on_progress=lambda done, total: ticker.tell("Replaying receipts", done, total),
                )
            except Interrupted:
                errors.print("Stopping; run the demo again and it goes on from here.")
                raise


def _seed_access(installation: Installation) -> list[access.DemoLogin]:
    with open_pool(installation.database.app_dsn, 1, 1, name="demo") as pool:
        with pool.connection() as conn:
            seed_demo_salon(conn, PurchaseContext(installation.keyring), completejourney.SHOWN_PHONE)
        with pool.connection() as conn:
            seed_demo_benefits(conn, PurchaseContext(installation.keyring), completejourney.SHOWN_PHONE)
        with pool.connection() as conn:
            return access.seed_demo_access(conn)


def _print_report(report: ReplayReport | None, settings: Settings) -> None:
    if report is None:
        output.print(f"Everything was loaded before; the data are in {settings.data_dir}.")
        return
    output.print(f"{report.receipts:,} receipts are loaded in {settings.data_dir}.")
    if report.refused:
        reasons = ", ".join(f"{code} {count:,}" for code, count in sorted(report.reasons.items()))
        output.print(f"[yellow]{report.refused:,} were refused:[/] {reasons}")


def _print_welcome(settings: Settings, logins: list[access.DemoLogin]) -> None:
    address = address_of(settings)
    faces = Table.grid(padding=(0, 2))
    faces.add_column(no_wrap=True)
    faces.add_column(no_wrap=True, overflow="ignore")
    faces.add_column(style="dim", no_wrap=True)
    for name, path, purpose in _FACES:
        faces.add_row(f"[bold]{name}[/]", f"[link={address}{path}]{address}{path}[/link]", purpose)
    people = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for heading in ("log in at", "login", "password", "as"):
        people.add_column(heading, no_wrap=True)
    for one in logins:
        if one.face != "api":
            people.add_row(
                one.face, f"[bold]{one.login}[/]", f"[bold]{one.password}[/]", f"{one.display_name} ({one.role})"
            )
    people.add_row("my page", f"[bold]{completejourney.SHOWN_PHONE}[/]", "a code, at /outbox", "a member")
    keys = [Text.assemble(("API key ", "dim"), (one.password, "bold")) for one in logins if one.face == "api"]
    notes = Text(
        "Purchases are real and anonymous (The Complete Journey, $1 = ¥100). People, contacts, names of stores and "
        "means of payment are invented. Ctrl-C stops everything; the data are kept.",
        style="dim",
    )
    body = Group(faces, Text(), people, Text(), *keys, Text(), notes)
    output.print(Panel(body, title="[bold]縁 Enishi[/]", title_align="left", padding=(1, 2), width=_PANEL_WIDTH))
