"""What changed between two settings, in words of a language, whichever room the settings belong to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, Literal
from zoneinfo import ZoneInfo

from enishi import campaigns, program, ranks
from enishi.kit.differences import Difference
from enishi.kit.field_words import Locale, Vocabulary, WordedDifference, name_field, word_difference

Room = Literal["program", "ladder", "campaign"]
"""Whose settings they are."""
_VOCABULARIES: Final[dict[Room, Callable[[Locale], Vocabulary]]] = {
    "program": program.vocabulary,
    "ladder": ranks.vocabulary,
    "campaign": campaigns.vocabulary,
}


def word_changes(
    room: Room, differences: Iterable[Difference], locale: Locale, zone: ZoneInfo
) -> list[WordedDifference]:
    """Differences with the field named and both values written; instants are on the clocks of ``zone``."""
    vocabulary = _VOCABULARIES[room](locale)
    return [word_difference(one, vocabulary, zone) for one in differences]


def word_field(room: Room, field: str, locale: Locale) -> str:
    """What a field is called, by its path."""
    return name_field(field, _VOCABULARIES[room](locale))
