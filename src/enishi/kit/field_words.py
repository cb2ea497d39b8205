"""A changed setting as people read it: what its field is called, and its values, in one language. Pure.

What fields and codes are called belongs to the room whose settings they are; how a path and a value become a line of
text is the same for all, and is here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final, Literal, cast
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from enishi.kit.differences import Difference

Locale = Literal["ja", "en"]
_PART: Final = re.compile(r"([^.\[\]]+)|\[([^\]]*)\]")
_INSTANT: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}.*(Z|[+-]\d{2}:\d{2})")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_UNITS: Final[dict[Locale, dict[str, str]]] = {
    "ja": {
        "yen": "¥{}",
        "points": "{}pt",
        "percent": "{}%",
        "days": "{}日",
        "months": "{}か月",
        "minutes": "{}分",
        "seconds": "{}秒",
        "times": "{}回",
        "pieces": "{}点",
    },
    "en": {
        "yen": "¥{}",
        "points": "{} pt",
        "percent": "{}%",
        "days": "{} d",
        "months": "{} months",
        "minutes": "{} min",
        "seconds": "{} s",
        "times": "{} times",
        "pieces": "{} pieces",
    },
}


class Vocabulary(Struct, frozen=True, kw_only=True):
    """What one room's settings are called in one language.

    ``fields`` names fields by their path, or by any run of its parts: the longest that fits is taken, and one called
    ``""`` is passed over. ``codes`` are what the codes of a field mean, ``units`` what its numbers count where its name
    does not end in it, ``write`` may write a whole part in its own way.
    """

    locale: Locale
    fields: Mapping[str, str]
    codes: Mapping[str, Mapping[str, str]]
    units: Mapping[str, str] = {}
    write: Callable[[Mapping[str, Any]], str | None] = lambda _part: None


class WordedDifference(Struct, frozen=True):
    """A field that differs, in words; None where there was, or is, nothing."""

    field: str
    label: str
    before: str | None
    after: str | None


def word_difference(one: Difference, vocabulary: Vocabulary, zone: ZoneInfo) -> WordedDifference:
    """A difference in words. Instants are on the clocks of ``zone``."""
    return WordedDifference(
        one.field,
        name_field(one.field, vocabulary),
        None if one.before is None else write_json(one.field, one.before, vocabulary, zone),
        None if one.after is None else write_json(one.field, one.after, vocabulary, zone),
    )


def name_field(path: str, vocabulary: Vocabulary) -> str:
    """What a field is called; what nobody has named, and what stands in brackets, is told as it is."""
    parts = [(name, key) for name, key in _PART.findall(path)]
    names: list[str] = []
    at = 0
    while at < len(parts):
        name, key = parts[at]
        if key:
            place = str(int(key) + 1) if key.isdigit() else key
            names.append(f"「{place}」" if vocabulary.locale == "ja" else f"“{place}”")
            at += 1
            continue
        plain = [one for one, _ in parts]
        until = next((end for end in range(len(parts), at, -1) if ".".join(plain[at:end]) in vocabulary.fields), at + 1)
        names.append(vocabulary.fields.get(".".join(plain[at:until]), name))
        at = until
    return " › ".join(one for one in names if one).replace(" › 「", "「").replace(" › “", " “")


def write_json(path: str, text: str, vocabulary: Vocabulary, zone: ZoneInfo) -> str:
    """A value that is kept as JSON, as people write it."""
    names = [name for name, _ in _PART.findall(path) if name]
    known = [one for one in names if one in vocabulary.units or one in vocabulary.codes]
    # A key of a mapping, such as a store, is no name: then what the mapping is of tells the unit.
    field = names[-1] if not known or names[-1] in vocabulary.fields else known[-1]
    return _write(field, msgspec.json.decode(text), vocabulary, zone)


def _write(field: str, value: Any, vocabulary: Vocabulary, zone: ZoneInfo) -> str:
    is_ja = vocabulary.locale == "ja"
    if value is None or value in ("", [], {}):
        return "なし" if is_ja else "none"
    if isinstance(value, bool):
        return ("はい" if value else "いいえ") if is_ja else ("yes" if value else "no")
    if isinstance(value, int):
        unit = vocabulary.units.get(field, field.rpartition("_")[2])
        return _UNITS[vocabulary.locale].get(unit, "{}").format(f"{value:,}")
    if isinstance(value, str):
        return vocabulary.codes.get(field, {}).get(value) or _write_text(value, vocabulary.locale, zone)
    if isinstance(value, list):
        written = [_write(field, one, vocabulary, zone) for one in cast("list[Any]", value)]
        return ("、" if is_ja else ", ").join(written)
    return _write_part(cast("dict[str, Any]", value), vocabulary, zone)


def _write_part(part: Mapping[str, Any], vocabulary: Vocabulary, zone: ZoneInfo) -> str:
    told = vocabulary.write(part)
    if told is not None:
        return told
    is_ja = vocabulary.locale == "ja"
    words = [
        f"{name_field(name, vocabulary)}{'：' if is_ja else ': '}{_write(name, value, vocabulary, zone)}"
        for name, value in part.items()
        if value not in (None, "", [], {}, False)
    ]
    text = ("、" if is_ja else ", ").join(words)
    return f"（{text}）" if is_ja else f"({text})"


def _write_text(value: str, locale: Locale, zone: ZoneInfo) -> str:
    try:
        if _INSTANT.fullmatch(value):
            at = datetime.fromisoformat(value).astimezone(zone)
            return f"{_write_day(at.date(), locale)} {at:%H:%M}"
        return _write_day(date.fromisoformat(value), locale) if _DAY.fullmatch(value) else value
    except (ValueError, OverflowError):
        # A name that looks like a day.
        return value


def _write_day(day: date, locale: Locale) -> str:
    return f"{day:%Y/%m/%d}" if locale == "ja" else f"{day.day} {day:%B} {day.year}"
