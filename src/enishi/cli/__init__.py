"""The command ``enishi``: everything an operator does from a terminal.

Invariant: data go to stdout, everything else to stderr; whatever fails ends in one sentence that says what to do.
"""

from __future__ import annotations

from enishi.cli.application import main

__all__ = ["main"]
