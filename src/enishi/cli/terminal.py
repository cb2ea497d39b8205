"""The two streams of a command: data on stdout, words for people on stderr."""

from __future__ import annotations

import sys
from time import monotonic
from types import TracebackType
from typing import Annotated, Any, Final, Self

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

_LINE_SECONDS: Final = 5.0
"""Between two lines about the same work."""
_SPEED_SECONDS: Final = 0.5
"""Before that a speed is chance."""

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


class Ticker:
    """Tells how a long piece of work goes: a bar on a terminal, a line now and then anywhere else."""

    def __init__(self, unit: str) -> None:
        self._unit = unit
        self._bar = Progress(
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
            disable=not errors.is_terminal,
        )
        self._task = self._bar.add_task("", total=None)
        self._doing = ""
        self._began_at = self._told_at = monotonic()
        self._began_with = 0

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def tell(self, doing: str, done: int | None = None, total: int | None = None) -> None:
        """What is being done, and how many of how many are done, as far as that is known."""
        self._bar.update(self._task, description=doing, completed=done, total=total)
        if errors.is_terminal:
            return
        now = monotonic()
        if doing != self._doing:
            self._doing, self._began_at, self._began_with = doing, now, done or 0
        elif now - self._told_at < _LINE_SECONDS and done != total:
            return
        self._told_at = now
        errors.print(self._line(now, doing, done, total), soft_wrap=True)

    def _line(self, now: float, doing: str, done: int | None, total: int | None) -> str:
        if done is None:
            return f"{doing} …"
        if total is None:
            return f"{doing}: {done:,}"
        seconds = now - self._began_at
        speed = f", {(done - self._began_with) / seconds:,.0f} {self._unit}/s" if seconds > _SPEED_SECONDS else ""
        return f"{doing}: {done:,} of {total:,}{speed}"
