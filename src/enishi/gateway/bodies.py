"""From bytes to typed values, and from what msgspec says of a bad body to a refusal that names the field and remedy."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any, Final, Generic, TypeVar, cast

import msgspec
from msgspec import inspect

from enishi.gateway.model import MalformedBody, PaymentCardNumber
from enishi.kit.errors import InvalidRequest
from enishi.kit.payment_cards import find_offence, is_suspicious

T = TypeVar("T")

_MAX_ECHO = 64
"""Of a field name that is not known, this much is repeated in the answer."""

_decode_anything = msgspec.json.Decoder().decode


class BodyDecoder(Generic[T]):
    """Decodes JSON bodies into one type. Thread-safe."""

    def __init__(self, shape: type[T]) -> None:
        self._shape = shape
        self._decoder = msgspec.json.Decoder(shape)

    def decode(self, body: bytes | msgspec.Raw) -> T:
        """The value of a body that may be stored.

        Refusals: ``PaymentCardNumber`` before anything of the body is looked at more closely, so that no answer can
        repeat the number; ``MalformedBody`` when it is not JSON in UTF-8; ``InvalidRequest`` naming the field.
        """
        raw = bytes(body)
        _examine(raw)
        try:
            return _guard(self._decoder.decode, raw)
        except msgspec.ValidationError as error:
            raise describe_invalid(str(error), self._shape) from None

    def decode_outline(self, body: bytes) -> T:
        """The value of a body whose parts are ``msgspec.Raw``, each to be given to a ``decode`` of its own.

        Refuses what ``decode`` refuses, of the outline; the parts are not examined, unless the outline is refused.
        """
        try:
            return _guard(self._decoder.decode, body)
        except msgspec.ValidationError as error:
            _examine(body)
            raise describe_invalid(str(error), self._shape) from None


def _examine(raw: bytes) -> None:
    if not is_suspicious(raw):
        return
    try:
        document = _guard(_decode_anything, raw)
    except msgspec.ValidationError as error:
        # Whatever fits no type at all, an integer of thousands of digits, fits the wanted one neither.
        raise describe_invalid(str(error), Any) from None
    refuse_offences(document)


def refuse_offences(document: Any) -> None:
    """Refuse a decoded document that holds a payment card number or a control character."""
    offence = find_offence(document)
    if offence is None:
        return
    path, kind = offence
    if kind == "card":
        raise PaymentCardNumber(
            "The body holds what looks like a payment card number. It was not stored and not logged.",
            field=path or None,
            remedy="Leave the card number out; say how the receipt was paid in payments[].method. If this is a number "
            "of your own, write it so that it can not be taken for a payment card: with a letter between its digits.",
        )
    raise InvalidRequest(
        "The text contains a control character.", field=path or None, remedy="Send printable characters only."
    )


def _guard(decode: Callable[[bytes], T], raw: bytes) -> T:
    """Decode, and refuse what is not JSON. A ``ValidationError`` passes: that is JSON with another shape."""
    try:
        return decode(raw)
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError as error:
        raise MalformedBody(f"{error}.", remedy="Send one JSON document.") from None
    except UnicodeDecodeError:
        raise MalformedBody("The body is not UTF-8.", remedy="Send JSON in UTF-8.") from None
    except RecursionError:
        raise MalformedBody("The body is nested too deeply.", remedy="Send the documented shape.") from None


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


def describe_invalid(message: str, shape: Any) -> InvalidRequest:
    """Turn msgspec's message about a value of ``shape`` into a refusal with field, detail and remedy."""
    parts = _PLACE.fullmatch(message)
    what = message if parts is None else parts["what"]
    path = "" if parts is None or parts["path"] is None else parts["path"].removeprefix("$").removeprefix(".")
    if missing := _MISSING.fullmatch(what):
        return _invalid(_join(path, missing[1]), "The field is missing.", "Add it.")
    if unknown := _UNKNOWN.fullmatch(what):
        return _invalid(
            _join(path, unknown[1][:_MAX_ECHO]),
            "There is no such field.",
            "Remove it, or compare its spelling with /v1/openapi.json.",
        )
    detail, remedy = _describe_value(what, path, shape)
    return _invalid(path, detail, remedy)


def _describe_value(what: str, path: str, shape: Any) -> tuple[str, str]:
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
    return "The value is not valid here.", "Compare it with /v1/openapi.json."


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
