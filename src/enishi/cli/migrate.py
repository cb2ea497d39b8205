"""``enishi migrate``: bring a database to the schema of this code."""

from __future__ import annotations

import os

import psycopg

from enishi.cli.failures import CommandFailed
from enishi.cli.installation import DEFAULT_DATA_DIR, DataDir, read_settings, report_event, uses_external_server
from enishi.cli.terminal import Json, output, print_json
from enishi.kit import database


def migrate(data_dir: DataDir = DEFAULT_DATA_DIR, *, json: Json = False) -> None:
    """Bring the database to the schema of this version.

    Migrations only go forward and never change once released. An embedded database is also migrated by [bold]serve[/]
    and [bold]demo[/]; for a server of your own, name its owner in ENISHI_OWNER_DATABASE_URL and run this at every
    upgrade.
    """
    if uses_external_server():
        applied = _migrate_external()
    else:
        settings = read_settings(data_dir)
        with database.EmbeddedServer(settings.data_dir, on_event=report_event) as server:
            server.bootstrap()
            applied = database.migrate(server.dsn("enishi_owner"))
    if json:
        print_json({"applied": applied})
    elif applied:
        output.print(f"Applied {len(applied)}: {', '.join(applied)}")
    else:
        output.print("The database is up to date.")


def _migrate_external() -> list[str]:
    owner_url = os.environ.get("ENISHI_OWNER_DATABASE_URL")
    if not owner_url:
        raise CommandFailed(
            "The owner of the database is not known.",
            "Set ENISHI_OWNER_DATABASE_URL to the role that owns the database named in ENISHI_DATABASE_URL.",
        )
    try:
        return database.migrate(owner_url)
    except psycopg.OperationalError as error:
        raise CommandFailed(
            "The server named by ENISHI_OWNER_DATABASE_URL does not answer.",
            "Check the address, the role and its password, and that the server is running.",
        ) from error
