"""Kinds of points that wind down: until when they can be used at all, as the ledger asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from enishi import program
from enishi.ledger import Ending, Kind
from enishi.program import ProgramSettings, ProgramVersion

_KINDS = {"regular": Kind.REGULAR, "limited": Kind.LIMITED}


def ending_of(settings: ProgramSettings) -> Ending | None:
    """The last days of the kinds that wind down; None when none does."""
    if not settings.last_use_on:
        return None
    return {_KINDS[kind]: last for kind, last in settings.last_use_on.items()}


def ending_at(versions: Sequence[ProgramVersion], now: datetime) -> Ending | None:
    """As ``ending_of``, of the version in force at an instant."""
    version = program.version_at(versions, now)
    return None if version is None else ending_of(version.settings)
