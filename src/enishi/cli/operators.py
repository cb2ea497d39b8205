"""``enishi operators``: the people who work with the console and the counter."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import psycopg
import typer

from enishi import access
from enishi.cli.failures import MISUSED, CommandFailed
from enishi.cli.installation import DEFAULT_DATA_DIR, DataDir, reach_database
from enishi.cli.terminal import Json, output, print_json

app = typer.Typer(help="Operators: the people who work with the console and the counter.", no_args_is_help=True)

_ACTOR = "cli"
_PASSWORD_VARIABLE = "ENISHI_OPERATOR_PASSWORD"  # noqa: S105 - the name of a variable


@app.command("create")
def create(
    login: Annotated[str, typer.Argument(help="What they log in with.")],
    role: Annotated[
        list[str],
        typer.Option("--role", "-r", help="owner, marketer, store_manager, staff or auditor; repeat it for several."),
    ],
    name: Annotated[str, typer.Option("--name", help="Their name as others see it. Default: the login.")] = "",
    store: Annotated[
        list[str] | None, typer.Option("--store", help="Limit the roles to this store; repeat it. Default: all.")
    ] = None,
    *,
    locale: Annotated[access.Locale, typer.Option(help="Language of their pages.")] = access.Locale.JA,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    json: Json = False,
) -> None:
    """Make an operator. The password is asked for, or read from ENISHI_OPERATOR_PASSWORD.

    The first operator of a new installation needs the role [bold]owner[/].
    """
    password = _ask_password()
    with reach_database(data_dir) as database, psycopg.connect(database.app_dsn) as conn:
        operator = access.create_operator(
            conn, login, password, display_name=name, roles=dict.fromkeys(role, store), locale=locale, actor=_ACTOR
        )
    if json:
        print_json({"operator_id": operator.operator_id, "login": operator.login, "roles": sorted(role)})
    else:
        output.print(f"Operator {operator.login} can log in to the console at /console/.")


def _ask_password() -> str:
    """The new operator's password. It is never an argument: those are read by everyone on the machine."""
    given = os.environ.get(_PASSWORD_VARIABLE)
    if given:
        return given
    if not sys.stdin.isatty():
        raise CommandFailed(
            "There is no terminal to ask for the password.",
            f"Set {_PASSWORD_VARIABLE} for this command.",
            exit_code=MISUSED,
        )
    return typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
