"""``enishi bench``: run the measurements of a checkout."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

import typer

import enishi
from enishi.cli.failures import CommandFailed

PASS_THROUGH: Final = {"allow_extra_args": True, "ignore_unknown_options": True}


def bench(context: typer.Context) -> None:
    """Measure what is fast against what it is compared with (options are the bench's own; try --help)."""
    checkout = Path(enishi.__file__).resolve().parents[2]
    if not (checkout / "bench" / "__main__.py").is_file():
        raise CommandFailed(
            "The bench is not part of the installed package.",
            "Run it from a checkout of the source: git clone, bin/setup, then .venv/bin/enishi bench.",
        )
    # The bench replaces this process, so that signals reach it and its measurements hold nothing of the command's.
    os.chdir(checkout)
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "bench", *context.args])  # noqa: S606 - our own interpreter
