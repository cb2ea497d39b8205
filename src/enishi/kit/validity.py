"""From what msgspec says of a value that does not fit its type to a refusal that names the field and the remedy."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, Final, cast

from msgspec import inspect

from enishi.kit.errors import InvalidRequest

_MAX_ECHO: Final = 64
"""Of a field name that is not known, this much is repeated in the answer."""
_PLACE: Final = re.compile(r"(?P<what>.*?)(?: - at `(?P<path>[^`]*)`)?", re.DOTALL)
_MISSING: Final = re.compile(r"Object missing required field `(.+)`")
_UNKNOWN: Final = re.compile(r"Object contains unknown field `(.*)`", re.DOTALL)
_BOUND: Final = re.compile(r"Expected `(\w+)` (of length )?(<=|>=|<|>) (-?[0-9]+)")
_PATTERN: Final = re.compile(r"Expected `str` matching regex '(.*)'")
_TYPE: Final = re.compile(r"Expected `(.+)`, got `(.+)`")

_BOUND_WORDS: Final = {"<=": "at most", ">=": "at least", "<": "less than", ">": "more than"}
_TYPE_WORDS: Final = {
    "str": "text", "int": "an integer", "float": "a number", "bool": "true or false", "object": "an object",
    "array": "an array", "null": "null", "datetime": "an instant", "date": "a date", "uuid": "a UUID",
}  # fmt: skip
_INSTANT_REMEDY: Final = "Send it with its offset from UTC, as in 2026-11-22T18:30:00+09:00."
_FIXED: Final = {
    "Expected `datetime` with a timezone component": ("The instant does not say its offset from UTC.", _INSTANT_REMEDY),
    "Integer value out of range": ("The number is outside its limit.", "Send a smaller number."),
    "Invalid RFC3339 encoded datetime": ("This is not an instant as RFC 3339 writes it.", _INSTANT_REMEDY),
}


def describe_invalid(message: str, shape: Any, reference: str = "/v1/openapi.json") -> InvalidRequest:
    """Turn msgspec's message about a value of ``shape`` into a refusal with field, detail and remedy.

    ``reference`` is where the shape is written down.
    """
    parts = _PLACE.fullmatch(message)
    what = message if parts is None else parts["what"]
    path = "" if parts is None or parts["path"] is None else parts["path"].removeprefix("$").removeprefix(".")
    if missing := _MISSING.fullmatch(what):
        return _invalid(_join(path, missing[1]), "The field is missing.", "Add it.")
    if unknown := _UNKNOWN.fullmatch(what):
        return _invalid(
            _join(path, unknown[1][:_MAX_ECHO]),
            "There is no such field.",
            f"Remove it, or compare its spelling with {reference}.",
        )
    detail, remedy = _describe_value(what, path, shape, reference)
    return _invalid(path, detail, remedy)


def _describe_value(what: str, path: str, shape: Any, reference: str) -> tuple[str, str]:
    if bound := _BOUND.fullmatch(what):
        unit = "" if not bound[2] else " items" if bound[1] == "array" else " characters"
        limit = f"{_BOUND_WORDS[bound[3]]} {int(bound[4]):,}{unit}"
        return ("The length is outside its limit." if unit else "The number is outside its limit."), f"Send {limit}."
    if pattern := _PATTERN.fullmatch(what):
        return "The text contains characters that are not allowed here.", f"Send text that matches {pattern[1]}."
    if what in _FIXED:
        return _FIXED[what]
    if what.startswith("Invalid enum value"):
        return "The value is not one of those known here.", f"Send one of: {', '.join(allowed_values(shape, path))}."
    if wrong := _TYPE.fullmatch(what):
        wanted = " or ".join(_TYPE_WORDS.get(name.strip(), name.strip()) for name in wrong[1].split("|"))
        return f"The value is {_TYPE_WORDS.get(wrong[2], wrong[2])}.", f"Send {wanted}."
    return "The value is not valid here.", f"Compare it with {reference}."


def allowed_values(shape: Any, path: str) -> list[str]:
    """The values of the enumeration at ``path`` of a type; empty when there is none."""
    found = _describe_type(shape)
    for step in re.findall(r"\[[^\]]*\]|[^.\[\]]+", path):
        if step.startswith("["):
            found = cast("inspect.Type", getattr(found, "item_type", found))
        elif isinstance(found, inspect.StructType):
            named = {field.encode_name: field.type for field in found.fields}
            found = named.get(step, found)
    if isinstance(found, inspect.EnumType):
        return sorted(str(member.value) for member in found.cls)
    return []


@cache
def _describe_type(shape: Any) -> inspect.Type:
    return inspect.type_info(shape)


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _invalid(field: str, detail: str, remedy: str) -> InvalidRequest:
    return InvalidRequest(detail, field=field or None, remedy=remedy)
