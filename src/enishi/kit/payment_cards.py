"""Finding payment card numbers, so that none is ever stored.

PCI DSS keeps whoever holds card numbers in its scope; Enishi refuses a body that has one. A number counts when its
prefix and length are a card scheme's and its check digit (Luhn) is right, written in one piece or in groups with
single spaces or hyphens, in any digits that NFKC folds to ASCII. Codes that only happen to look like one are told
apart by rules that are stated in ``holds_card_number`` and ``is_dated_receipt``.

The first look is at the raw body and costs about two microseconds; only a body that fails it is looked at closely.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final, cast

_SHORTEST = 15
_LONGEST = 16
_DIGITS_TO_ZERO: Final = bytes(48 if 48 <= byte <= 57 else 120 for byte in range(256))  # noqa: PLR2004 - "0" to "9"
_DIGITS_AS_THEY_ARE: Final = bytes(byte if 48 <= byte <= 57 else 120 for byte in range(256))  # noqa: PLR2004
_LONG_RUN: Final = b"0" * _SHORTEST
_SUSPICIOUS_ESCAPE: Final = re.compile(rb"\\(?:[bfnrt]|u00|u[fF][fF]1)")
"""Escapes that may stand for a control character, an ASCII digit or a full-width digit."""
_FULL_WIDTH_LEAD: Final = b"\xef\xbc"
"""How full-width digits begin in UTF-8."""

_RUN: Final = re.compile(r"(?<![0-9])[0-9](?:[ -]?[0-9]){14,}(?![0-9])")
_UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")

_GROUP: Final = re.compile(r"[0-9]+")
_ZERO: Final = 48
_DOUBLED: Final = bytes.maketrans(b"0123456789", bytes((0, 2, 4, 6, 8, 1, 3, 5, 7, 9)))
"""What a digit in an even place from the right counts in Luhn's sum."""
_EXAMINED_CHARACTERS: Final = 512
"""No field takes a longer text, so that one is refused whatever stands further on; and looking ends."""
_EXAMINED_RUN: Final = 64
"""A longer row of digits in a raw body is not tried at every place, but looked at closely at once."""


def is_suspicious(body: bytes) -> bool:
    """Whether the raw JSON may hold a card number or a control character. False means certainly not."""
    return (
        _holds_card_digits(body)
        or (b"\\" in body and _SUSPICIOUS_ESCAPE.search(body) is not None)
        or body.count(_FULL_WIDTH_LEAD) >= _SHORTEST
        or b"\x7f" in body
    )


def _holds_card_digits(body: bytes) -> bool:
    """Whether any fifteen or sixteen digits in a row, spaces and hyphens aside, are those of a card."""
    shape = body.translate(_DIGITS_TO_ZERO, b" -")
    start = shape.find(_LONG_RUN)
    if start < 0:
        return False
    digits = body.translate(_DIGITS_AS_THEY_ARE, b" -")
    while start >= 0:
        end = digits.find(b"x", start)
        run = digits[start : end if end >= 0 else None].decode("ascii")
        if len(run) > _EXAMINED_RUN:
            return True
        for length in (_SHORTEST, _LONGEST):
            for first in range(len(run) - length + 1):
                if _is_card(run[first : first + length]):
                    return True
        start = shape.find(_LONG_RUN, start + len(run))
    return False


def find_offence(document: Any) -> tuple[str, str] | None:
    """The first text of a decoded JSON document that may not be stored: its path, and ``card`` or ``control``.

    Names of fields are looked at as well as values. A path never contains the offending text.
    """
    occurred_on = _day_of(document)
    for path, text in _walk(document):
        if _CONTROL.search(text):
            return path, "control"
        if holds_card_number(text[:_EXAMINED_CHARACTERS]) and not (
            path.endswith("external_id") and is_dated_receipt(text, occurred_on)
        ):
            return path, "card"
    return None


def holds_card_number(text: str) -> bool:
    """Whether a payment card number stands in the text.

    A number that adjoins letters counts only when the text has no other digits, and a UUID never counts: in longer
    codes (LINE user IDs, app IDs) a run of digits that satisfies Luhn is chance.
    """
    if len(text) < _SHORTEST:
        return False
    folded = text if text.isascii() else unicodedata.normalize("NFKC", text)
    folded = _UUID.sub("", folded)
    digit_count = sum(map(len, _GROUP.findall(folded)))
    return digit_count >= _SHORTEST and any(
        _is_card(digits) and (not adjoins_letter or digit_count == len(digits))
        for digits, adjoins_letter in _candidates(folded)
    )


def is_dated_receipt(text: str, occurred_on: date | None) -> bool:
    """Whether a receipt number contains the receipt's own date (or a neighbouring day's), as YYYYMMDD or YYMMDD.

    Chains build receipt numbers from store, date and a counter; one in ten of those that begin like a card would pass
    Luhn by chance. That a card number contains the very date has a chance of one in a hundred thousand.
    """
    if occurred_on is None:
        return False
    days = (occurred_on + timedelta(days=shift) for shift in (-1, 0, 1))
    digits = re.sub(r"[ -]", "", text)
    return any(day.strftime("%y%m%d") in digits for day in days)


def _candidates(text: str) -> Iterator[tuple[str, bool]]:
    """Sequences of whole groups of digits that have a card's length, and whether each adjoins a letter."""
    for run in _RUN.finditer(text):
        digits = ""
        starts: dict[int, int] = {}
        ends: dict[int, int] = {}
        for group in _GROUP.finditer(text, run.start(), run.end()):
            starts[len(digits)] = group.start()
            digits += group.group()
            ends[len(digits)] = group.end()
        for first, start in starts.items():
            for last in (first + _SHORTEST, first + _LONGEST):
                if last in ends:
                    end = ends[last]
                    yield digits[first:last], text[max(0, start - 1) : start].isalpha() or text[end : end + 1].isalpha()


def _is_card(digits: str) -> bool:
    return _is_scheme(digits) and _passes_luhn(digits)


def _is_scheme(digits: str) -> bool:
    """Whether prefix and length are those of American Express, JCB, Visa, Mastercard, Discover or UnionPay."""
    if digits[0] not in "123456":
        return False
    four = int(digits[:4])
    if len(digits) == _SHORTEST:
        return digits[:2] in {"34", "37"} or four in {1800, 2131}
    return (
        digits[0] == "4"
        or 5100 <= four <= 5599  # noqa: PLR2004 - the ranges are the schemes' own
        or 2221 <= four <= 2720  # noqa: PLR2004
        or 3528 <= four <= 3589  # noqa: PLR2004
        or four == 6011  # noqa: PLR2004
        or 6440 <= four <= 6599  # noqa: PLR2004
        or digits[:2] == "62"
    )


def _passes_luhn(digits: str) -> bool:
    reverse = digits.encode("ascii")[::-1]
    plain = sum(reverse[::2]) - _ZERO * len(reverse[::2])
    return (plain + sum(reverse[1::2].translate(_DOUBLED))) % 10 == 0


def _day_of(document: Any) -> date | None:
    """The calendar day on which the receipt says it occurred, in its own offset."""
    if not isinstance(document, dict):
        return None
    occurred_at = cast("dict[str, Any]", document).get("occurred_at")
    if not isinstance(occurred_at, str):
        return None
    try:
        day = date.fromisoformat(occurred_at[:10])
    except ValueError:
        return None
    return day if date.min < day < date.max else None


def _walk(document: Any) -> Iterator[tuple[str, str]]:
    """Every text in the document with its path, in order. A field's own name is reported at the object's path."""
    pending: list[tuple[str, Any]] = [("", document)]
    while pending:
        path, value = pending.pop()
        if isinstance(value, str):
            yield path, value
        elif isinstance(value, list):
            items = cast("list[Any]", value)
            pending += [(f"{path}[{position}]", item) for position, item in reversed(list(enumerate(items)))]
        elif isinstance(value, dict):
            fields = cast("dict[str, Any]", value)
            for name in fields:
                yield path, name
            prefix = f"{path}." if path else ""
            pending += [(f"{prefix}{name}", item) for name, item in reversed(fields.items())]
