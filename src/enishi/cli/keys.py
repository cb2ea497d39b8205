"""``enishi keys``: the API keys of machines."""

from __future__ import annotations

from typing import Annotated

import psycopg
import typer
from rich.table import Table

from enishi import access
from enishi.cli.installation import DEFAULT_DATA_DIR, DataDir, reach_database
from enishi.cli.terminal import Json, errors, output, print_json

app = typer.Typer(help="API keys: make, list and revoke the keys by which machines call Enishi.", no_args_is_help=True)

_ACTOR = "cli"


@app.command("create")
def create(
    name: Annotated[str, typer.Argument(help="Which system uses the key, e.g. 'POS Shinjuku'.")],
    scope: Annotated[
        list[str], typer.Option("--scope", "-s", help=f"What it may call; repeat it. {', '.join(access.ApiScope)}.")
    ],
    store: Annotated[
        list[str] | None, typer.Option("--store", help="Limit it to this store code; repeat it. Default: all stores.")
    ] = None,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    *,
    json: Json = False,
) -> None:
    """Make a key. It is shown this once and stored only as a hash."""
    with reach_database(data_dir) as database, psycopg.connect(database.app_dsn) as conn:
        key, secret = access.create_key(conn, name, scope, store_codes=store, actor=_ACTOR)
    if json:
        print_json(
            {"key_id": key.key_id, "name": key.name, "scopes": sorted(key.scopes), "stores": store, "key": secret}
        )
        return
    errors.print("Keep this key now; it can not be shown again.")
    output.print(secret, soft_wrap=True)


@app.command("list")
def list_(data_dir: DataDir = DEFAULT_DATA_DIR, *, json: Json = False) -> None:
    """List all keys, newest first, revoked ones included."""
    with reach_database(data_dir) as database, psycopg.connect(database.app_dsn) as conn:
        records = access.list_keys(conn)
    if json:
        print_json(records)
        return
    table = Table()
    for heading in ("id", "name", "scopes", "stores", "created", "last used", "state"):
        # An id that is cut off could not be revoked.
        table.add_column(heading, overflow="fold", no_wrap=heading == "id")
    for one in records:
        table.add_row(
            one.key_id,
            one.name,
            ", ".join(one.scopes),
            "all" if one.store_codes is None else ", ".join(one.store_codes),
            f"{one.created_at:%Y-%m-%d}",
            "" if one.last_used_at is None else f"{one.last_used_at:%Y-%m-%d %H:%M}",
            "works" if one.revoked_at is None else f"revoked {one.revoked_at:%Y-%m-%d}",
        )
    output.print(table)


@app.command("revoke")
def revoke(
    key_id: Annotated[str, typer.Argument(help="The key's id, as `enishi keys list` shows it.")],
    data_dir: DataDir = DEFAULT_DATA_DIR,
    *,
    json: Json = False,
) -> None:
    """End a key for good. A serving Enishi refuses it within seconds."""
    with reach_database(data_dir) as database, psycopg.connect(database.app_dsn) as conn:
        access.revoke_key(conn, key_id, actor=_ACTOR)
    if json:
        print_json({"key_id": key_id, "revoked": True})
    else:
        output.print(f"Key {key_id} is revoked.")
