"""What the bench says: figures on standard output, everything else on standard error."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from statistics import median

import msgspec
from msgspec import Struct


class BenchFailed(Exception):  # noqa: N818 - the figures are void, and the message says why
    """Something was not as the figures would claim it to be; none is given."""


class Figure(Struct, frozen=True):
    """One measured value and how it stands to what it is compared with.

    ``ratio`` is value ÷ the value of ``against``; both are null for a figure that is compared with nothing.
    """

    name: str
    value: float
    unit: str
    against: str | None = None
    ratio: float | None = None


def ratio_of_rounds(product: Sequence[float], peer: Sequence[float]) -> float:
    """The median of the ratios of the rounds: each compares what was measured next to each other."""
    return median([one / other for one, other in zip(product, peer, strict=True)])


def render_json(figure: Figure) -> str:
    """One object on one line, its numbers with four significant digits."""
    rounded = msgspec.structs.replace(
        figure, value=_round(figure.value), ratio=None if figure.ratio is None else _round(figure.ratio)
    )
    return msgspec.json.encode(rounded).decode()


def render_text(figure: Figure) -> str:
    """One line of a table for people."""
    compared = "" if figure.ratio is None else f"{_round(figure.ratio):>9g} × {figure.against}"
    return f"{figure.name:<44} {_round(figure.value):>12,g} {figure.unit:<14}{compared}".rstrip()


def _round(value: float) -> float:
    return float(f"{value:.4g}")


def say(text: str) -> None:
    """Tell the person who waits."""
    print(text, file=sys.stderr, flush=True)
