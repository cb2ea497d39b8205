"""The tree of commands. Each lives in a module of its own, which imports what is heavy only when it runs."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

import enishi
from enishi.cli import (
    accounting,
    bench,
    campaigns,
    config,
    confirm,
    demo,
    doctor,
    drafts,
    expire,
    imports,
    keys,
    migrate,
    offline,
    operators,
    program,
    ranks,
    serve,
    verify,
)
from enishi.cli.failures import Interrupted, debugging, exit_code_of, stopping_on_signals
from enishi.cli.terminal import output

app = typer.Typer(
    name="enishi",
    help="Enishi (縁): one customer, one points ledger and one timeline for a chain of shops.",
    epilog="Begin with [bold]enishi demo[/]. Every command explains itself with --help.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("demo")(demo.demo)
app.command("serve")(serve.serve)
app.command("migrate")(migrate.migrate)
app.command("verify")(verify.verify)
app.command("expire")(expire.expire)
app.command("confirm")(confirm.confirm)
app.add_typer(config.app, name="config")
app.add_typer(imports.app, name="import")
app.add_typer(keys.app, name="keys")
app.add_typer(offline.app, name="offline")
app.add_typer(operators.app, name="operators")
app.add_typer(program.app, name="program")
app.add_typer(campaigns.app, name="campaigns")
app.add_typer(drafts.app, name="drafts")
app.add_typer(ranks.app, name="ranks")
app.add_typer(accounting.app, name="accounting")
app.command("doctor")(doctor.doctor)
app.command("bench", context_settings=bench.PASS_THROUGH, add_help_option=False)(bench.bench)


def _print_version(wanted: bool) -> None:
    if wanted:
        output.print(f"enishi {enishi.__version__}")
        raise typer.Exit


@app.callback()
def root(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Enishi (縁): one customer, one points ledger and one timeline for a chain of shops."""


def main() -> None:
    """Run the command line. Ends the process with 0, 1 (could not be done), 2 (not understood) or 128 + signal."""
    try:
        with stopping_on_signals():
            app()
    except (Exception, Interrupted) as error:
        if debugging() and not isinstance(error, Interrupted):
            raise
        sys.exit(exit_code_of(error))
