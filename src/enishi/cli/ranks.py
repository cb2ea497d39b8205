"""``enishi ranks``: the ladder of ranks from a file, and the evaluation of all members."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec
import psycopg
import typer

from enishi import flows, program, ranks
from enishi.cli.failures import CommandFailed
from enishi.cli.installation import DEFAULT_DATA_DIR, DataDir, reach_database, reach_installation
from enishi.cli.ladder_proposal import print_proposal
from enishi.cli.terminal import Json, Ticker, errors, output, print_json
from enishi.kit import clock
from enishi.kit.database import open_pool
from enishi.kit.differences import difference
from enishi.ranks import Ladder, LadderVersion, Measure

app = typer.Typer(help="Member ranks: show ladders, publish another, evaluate all members.", no_args_is_help=True)
_ACTOR = "cli"


@app.command("templates")
def templates(
    name: Annotated[str | None, typer.Argument(help="One of them; prints it as JSON, as `publish` takes it.")] = None,
) -> None:
    """The ladders that ship with Enishi, in plain words; with a name, that ladder as JSON to edit and publish."""
    if name is None:
        for one, make in ranks.TEMPLATES.items():
            output.print(f"[bold]{one}[/]")
            _print_sentences(make())
        return
    found = ranks.TEMPLATES.get(name)
    if found is None:
        raise CommandFailed(f"There is no template {name!r}.", "Use one of: " + ", ".join(ranks.TEMPLATES) + ".")
    print_json(found())


@app.command("show")
def show(data_dir: DataDir = DEFAULT_DATA_DIR, *, json: Json = False) -> None:
    """Show every ladder, newest first, in plain words; with --json, each as `publish` takes it in `ladder`."""
    with reach_database(data_dir) as database, psycopg.connect(database.app_dsn) as conn:
        ladders = ranks.load_ladders(conn)
    if json:
        print_json([one.version for one in ladders[::-1]])
        return
    if not ladders:
        errors.print("No ladder is published: there are no ranks. `enishi ranks templates` shows ones to begin with.")
    in_force = ranks.ladder_at(ladders, clock.now())
    for one in reversed(ladders):
        state = " [green](in force)[/]" if one is in_force else ""
        version = one.version
        output.print(f"[bold]Ladder {version.version}[/]{state}, effective {version.effective_at:%Y-%m-%d %H:%M %Z}")
        output.print(f"  {version.reason} ({version.author})", markup=False, soft_wrap=True)
        _print_sentences(version.ladder)


@app.command("propose")
def propose(
    top: Annotated[
        list[int], typer.Option("--top", help="Share of members in per cent at or above a tier. Give it for each tier.")
    ],
    measure: Annotated[Measure, typer.Option("--measure", help="What the ladder is to count.")] = (
        Measure.AMOUNT_WITH_TAX
    ),
    months: Annotated[int, typer.Option("--months", min=1, max=120, help="Of so many whole months.")] = 6,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    *,
    json: Json = False,
) -> None:
    """Propose where the cuts of a ladder would lie, from what members bought, with the revenue each tier carries.

    `--top 5 --top 20 --top 50` asks for three tiers that hold 5, 15 and 30 per cent of the members.
    """
    with reach_database(data_dir) as database, psycopg.connect(database.app_dsn) as conn:
        versions = program.load_versions(conn)
        zone = versions[-1].settings.zone_info if versions else ZoneInfo("Asia/Tokyo")
        last_month = (clock.now().astimezone(zone).date().replace(day=1) - timedelta(days=1)).replace(day=1)
        proposal = ranks.propose_ladder(conn, measure, last_month, months, sorted(top))
    if json:
        print_json(proposal)
    else:
        print_proposal(proposal, measure, last_month, months)


@app.command("evaluate")
def evaluate(
    on: Annotated[
        datetime | None,
        typer.Option("--on", formats=["%Y-%m-%d"], help="As of the latest evaluation day by then. Default: today."),
    ] = None,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count who would move; write nothing.")] = False,
    json: Json = False,
) -> None:
    """Evaluate all members: who rises, stays and falls. `serve` does it by itself; a second run changes nothing."""
    with (
        reach_installation(data_dir) as installation,
        open_pool(installation.database.app_dsn, 1, 1, generic_plans=False, name="ranks") as pool,
        pool.connection() as conn,
        Ticker("members") as ticker,
    ):
        outcome = flows.evaluate_ranks(
            conn,
            flows.PurchaseContext(installation.keyring),
            on=None if on is None else on.date(),
            dry_run=dry_run,
            actor=_ACTOR,
            progress=lambda done: ticker.tell("Evaluating members", done, done),
        )
    if json:
        print_json(outcome)
        return
    done = outcome.evaluation
    output.print(f"Evaluation of {done.evaluation_on:%Y-%m-%d}, looking at what was bought through {done.looks_at}.")
    if outcome.replayed:
        output.print("It had been run to its end before; nothing was changed.")
    rose, fell, kept = ("would rise", "would fall", "would stay") if dry_run else ("rose", "fell", "stayed")
    output.print(f"{done.members:,} members: {done.risen:,} {rose}, {done.fallen:,} {fell}, {done.confirmed:,} {kept}.")
    for way, members in sorted(outcome.moves.items()):
        output.print(f"  • {way}: {members:,}", markup=False)


@app.command("publish")
def publish(
    file: Annotated[Path | None, typer.Argument(help="The ladder as JSON, as `templates NAME` prints it.")] = None,
    template: Annotated[str | None, typer.Option("--template", help="A ladder that ships with Enishi instead.")] = None,
    reason: Annotated[str, typer.Option("--reason", help="Why; kept with the ladder.")] = "Opening",
    effective: Annotated[
        datetime | None,
        typer.Option(
            "--effective",
            formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"],
            help="When it takes effect, on the programme's own clock. Only the first ladder may lie in the past. "
            "Default: now.",
        ),
    ] = None,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Publish without asking.")] = False,
    json: Json = False,
) -> None:
    """Publish a ladder. It never changes again; a correction is another ladder. Members keep the ranks they hold."""
    ladder = _choose(file, template)
    problems = ranks.validate(ladder)
    if problems:
        raise CommandFailed(f"{problems[0].field}: {problems[0].detail}", problems[0].remedy)
    with reach_database(data_dir) as database, psycopg.connect(database.app_dsn) as conn:
        now = clock.now()
        instant = now if effective is None else effective.replace(tzinfo=_zone(conn))
        if not yes:
            _print_sentences(ladder)
            for change in difference(ranks.latest_ladder(conn), ladder):
                errors.print(f"  {change.field}: {change.before} → {change.after}", markup=False, soft_wrap=True)
            typer.confirm("Publish this? A published ladder can not be changed.", abort=True, err=True)
        version = ranks.publish_ladder(conn, ladder, instant, _ACTOR, reason, now)
    _tell(version, as_json=json)


def _zone(conn: psycopg.Connection) -> ZoneInfo:
    """The programme's zone, in which instants without an offset are meant."""
    versions = program.load_versions(conn)
    return (versions[-1].settings if versions else program.default_settings()).zone_info


def _tell(version: LadderVersion, *, as_json: bool) -> None:
    if as_json:
        print_json(version)
    else:
        output.print(f"Ladder {version.version} is published, effective {version.effective_at:%Y-%m-%d %H:%M %Z}.")


def _choose(file: Path | None, template: str | None) -> Ladder:
    if (file is None) == (template is None):
        raise CommandFailed("Name a file or a template.", "`enishi ranks templates` shows those that ship with Enishi.")
    if file is None:
        make = ranks.TEMPLATES.get(template or "")
        if make is None:
            raise CommandFailed(
                f"There is no template {template!r}.", "Use one of: " + ", ".join(ranks.TEMPLATES) + "."
            )
        return make()
    try:
        return msgspec.json.decode(file.read_bytes(), type=Ladder)
    except OSError as error:
        raise CommandFailed(f"{file} can not be read: {error.strerror}.", "Name a file that exists.") from error
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise CommandFailed(
            f"{file} does not hold a ladder: {error}.",
            "`enishi ranks templates points` prints one that this command takes.",
        ) from error


def _print_sentences(ladder: Ladder) -> None:
    for sentence in ranks.describe_ladder(ladder, "en"):
        output.print(f"  • {sentence}", markup=False, soft_wrap=True)
