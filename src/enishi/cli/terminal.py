"""The two streams of a command: data on stdout, words for people on stderr."""

from __future__ import annotations

import sys
from typing import Annotated, Any, Final

import msgspec
import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

output: Final = Console(highlight=False)
"""Where a command's result goes."""
errors: Final = Console(stderr=True, highlight=False)
"""Where progress, notices and errors go."""

Json = Annotated[bool, typer.Option("--json", help="Print the result as one JSON document on stdout.")]


def print_json(value: Any) -> None:
    """Print a value (frozen types, lists, dicts) as one line of JSON."""
    sys.stdout.write(msgspec.json.encode(value).decode() + "\n")
    sys.stdout.flush()


class SpeedColumn(ProgressColumn):
    """How many a second, over the last moments."""

    def __init__(self, unit: str) -> None:
        super().__init__()
        self._unit = unit

    def render(self, task: Task) -> Text:
        """The speed, once it is known."""
        speed = task.finished_speed or task.speed
        return Text("" if speed is None else f"{speed:,.0f} {self._unit}/s", style="cyan")


def progress_bar(unit: str) -> Progress:
    """A progress bar on stderr that shows how many ``unit`` are done, how fast, and how long it will take yet."""
    return Progress(
        SpinnerColumn(),
        TextColumn("[progress.description]{task.description}"),
        BarColumn(bar_width=None),
        MofNCompleteColumn(),
        SpeedColumn(unit),
        TimeElapsedColumn(),
        TextColumn("[dim]left[/]"),
        TimeRemainingColumn(),
        console=errors,
        speed_estimate_period=10.0,
    )
