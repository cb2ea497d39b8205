"""``enishi program``: what points are earned by, from a file."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec
import psycopg
import typer

from enishi import program
from enishi.cli.failures import CommandFailed
from enishi.cli.installation import DEFAULT_DATA_DIR, DataDir, reach_database
from enishi.cli.terminal import Json, errors, output, print_json
from enishi.kit import clock
from enishi.program import ProgramSettings

app = typer.Typer(help="The points programme: show its versions, publish another.", no_args_is_help=True)

_ACTOR = "cli"


@app.command("show")
def show(data_dir: DataDir = DEFAULT_DATA_DIR, *, json: Json = False) -> None:
    """Show every version, newest first, in plain words; with --json, its settings as `publish` takes them."""
    with reach_database(data_dir) as database, psycopg.connect(database.app_dsn) as conn:
        versions = program.load_versions(conn)
    if json:
        print_json(versions[::-1])
        return
    if not versions:
        errors.print("No version is published: purchases earn nothing. `enishi program publish` publishes the first.")
    in_force = program.version_at(versions, clock.now())
    for one in reversed(versions):
        state = " [green](in force)[/]" if one is in_force else ""
        output.print(f"[bold]Version {one.version}[/]{state}, effective {one.effective_at:%Y-%m-%d %H:%M %Z}")
        output.print(f"  {one.reason} ({one.author})", markup=False, soft_wrap=True)
        _print_sentences(one.settings)


@app.command("publish")
def publish(
    file: Annotated[
        Path | None,
        typer.Argument(help="The settings as JSON, as `show --json` prints them. Default: ¥100 before tax → 1 point."),
    ] = None,
    reason: Annotated[str, typer.Option("--reason", help="Why; kept with the version.")] = "Opening",
    effective: Annotated[
        datetime | None,
        typer.Option(
            "--effective",
            formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"],
            help="When it takes effect, on the programme's own clock. Only the first version may lie in the past. "
            "Default: now.",
        ),
    ] = None,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Publish without asking.")] = False,
    json: Json = False,
) -> None:
    """Publish a version. It never changes again; a correction is another version, effective from then on."""
    settings = program.default_settings() if file is None else _read_settings(file)
    problems = program.validate(settings)
    if problems:
        raise CommandFailed(f"{problems[0].field}: {problems[0].detail}", problems[0].remedy)
    with reach_database(data_dir) as database, psycopg.connect(database.app_dsn) as conn:
        if not yes:
            _print_sentences(settings)
            typer.confirm("Publish this? A published version can not be changed.", abort=True, err=True)
        now = clock.now()
        instant = now if effective is None else effective.replace(tzinfo=settings.zone_info)
        version = program.publish_version(conn, settings, instant, _ACTOR, reason, now)
    if json:
        print_json(version)
    else:
        output.print(f"Version {version.version} is published, effective {version.effective_at:%Y-%m-%d %H:%M %Z}.")


def _read_settings(file: Path) -> ProgramSettings:
    try:
        return msgspec.json.decode(file.read_bytes(), type=ProgramSettings)
    except OSError as error:
        raise CommandFailed(f"{file} can not be read: {error.strerror}.", "Name a file that exists.") from error
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise CommandFailed(
            f"{file} does not hold the settings of a programme: {error}.",
            "`enishi program show --json` prints those of a version: its `settings` are what this command takes.",
        ) from error


def _print_sentences(settings: ProgramSettings) -> None:
    for sentence in program.describe(settings, "en"):
        output.print(f"  • {sentence}", markup=False, soft_wrap=True)
