"""``enishi import``: bring other systems' data in."""

from __future__ import annotations

import typer

app = typer.Typer(help="Bring other systems' data in.", no_args_is_help=True)


@app.callback()
def _root() -> None:
    pass
