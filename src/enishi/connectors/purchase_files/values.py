"""Reading values as people and systems write them: amounts, quantities, tax rates, instants. Pure."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from enishi.connectors.purchase_files.model import Cell, ValueRefused

_MONEY_SIGNS: Final = re.compile(r"[¥￥\\,'\s円]|JPY", re.IGNORECASE)
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]{0,9})?")
_ACCOUNTING_MINUS: Final = re.compile(r"[▲△−－]")
_JAPANESE_DATE: Final = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")
_JAPANESE_TIME: Final = re.compile(r"(\d{1,2})時(\d{1,2})分(?:(\d{1,2})秒)?")
_DATE: Final = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_COMPACT_DATE: Final = re.compile(r"(\d{4})(\d{2})(\d{2})")
_TIME: Final = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6})\d*)?)?")
_COMPACT_TIME: Final = re.compile(r"(\d{2})(\d{2})(\d{2})?")
_OFFSET: Final = re.compile(r"(?:Z|[+-]\d{2}:?\d{2})$")
_TAX_WORDS: Final = {"軽減": 8, "軽減税率": 8, "標準": 10, "標準税率": 10, "非課税": 0, "不課税": 0, "免税": 0}
_MOST_DIGITS: Final = 15
_TRUE_PERCENT_FROM: Final = 1
_WHOLE_DAY: Final = timedelta(days=1)


def text_of(cell: Cell) -> str:
    """The cell as text: a whole number without a decimal point, a date in ISO form, nothing for an empty cell."""
    if isinstance(cell, str):
        # An apostrophe marks what must stay text, in spreadsheets and in our rejects file, where it disarms formulas.
        return (cell[1:] if cell[:1] == "'" else cell).strip()
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime) and cell.time() == time.min and cell.tzinfo is None:
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell).strip()


def number_of(cell: Cell, field: str) -> Decimal | int | None:
    """The cell as a number, whatever it is decorated with; None when it is empty. Raises ``ValueRefused``.

    Only what has a fraction is a ``Decimal``.
    """
    # Nearly every number is plain digits or is not there, and this is asked five times a row.
    if cell is None or cell == "":
        return None
    if type(cell) is int:
        return cell
    if type(cell) is str and cell.isascii() and cell.isdigit() and len(cell) <= _MOST_DIGITS:
        return int(cell)
    text = text_of(cell)
    if not text:
        return None
    folded = _MONEY_SIGNS.sub("", unicodedata.normalize("NFKC", _ACCOUNTING_MINUS.sub("-", text)))
    if folded.startswith("(") and folded.endswith(")"):
        folded = f"-{folded[1:-1]}"
    if not _NUMBER.fullmatch(folded):
        raise ValueRefused("not-a-number", f"{field} is not a number: {_quote(text)}.", "Write it in digits.")
    try:
        number = Decimal(folded)
    except InvalidOperation:
        raise ValueRefused("not-a-number", f"{field} is not a number: {_quote(text)}.", "Write it in digits.") from None
    return int(number) if number == number.to_integral_value() else number


def yen_of(cell: Cell, field: str) -> int | None:
    """The cell in whole yen, zero or more; None when it is empty. Raises ``ValueRefused``."""
    number = number_of(cell, field)
    if number is None:
        return None
    if isinstance(number, Decimal):
        raise ValueRefused(
            "not-whole-yen", f"{field} is not a whole number of yen: {number}.", "Yen have no fractions."
        )
    if number < 0:
        raise ValueRefused(
            "negative-amount",
            f"{field} is negative: {number}.",
            "A return or a cancellation is no purchase; leave it out of this file.",
        )
    return number


def discount_of(cell: Cell, field: str) -> int | None:
    """As ``yen_of``; a discount is written with or without its minus sign."""
    number = number_of(cell, field)
    if isinstance(number, int):
        return abs(number)
    return None if number is None else yen_of(str(abs(number)), field)


def percent_of(cell: Cell, field: str) -> int | None:
    """A tax rate in percent: ``8``, ``8%``, ``0.08`` or a word such as 軽減. Raises ``ValueRefused``."""
    return _percent_of(text_of(cell), field)


@lru_cache(maxsize=256)
def _percent_of(written: str, field: str) -> int | None:
    text = unicodedata.normalize("NFKC", written).replace("*", "").replace("※", "").strip()
    if text in _TAX_WORDS:
        return _TAX_WORDS[text]
    number = number_of(text.removesuffix("%").removesuffix("税率"), field)
    if number is None:
        return None
    percent = number * 100 if 0 < number < _TRUE_PERCENT_FROM else number
    if percent != int(percent) or percent < 0:
        raise ValueRefused("bad-tax-rate", f"{field} is no tax rate: {_quote(text)}.", "Write 8 or 10.")
    return int(percent)


def instant_of(cells: list[Cell], zone: ZoneInfo, pattern: str | None) -> datetime:
    """The instant that one cell, or a date and a time in two, stand for. Raises ``ValueRefused``.

    Without an offset of its own it is told in ``zone``; a day without a time is its noon. ``pattern`` is a format of
    ``strptime`` for what stands in the cells, joined by a space.
    """
    ready = _combine(cells)
    if ready is None:
        text = unicodedata.normalize("NFKC", " ".join(part for part in map(text_of, cells) if part))
        if not text:
            raise ValueRefused("no-time", "The date of the purchase is missing.", "Fill it in.")
        try:
            ready = _parse(text) if pattern is None else datetime.strptime(text, pattern)  # noqa: DTZ007 - placed below
        except ValueError:
            raise ValueRefused(
                "bad-time",
                f"{_quote(text)} is no date and time that is understood.",
                "Write it as 2026-04-01 12:34:56, or name its form in the mapping as date_format.",
            ) from None
    return ready if ready.tzinfo is not None else ready.replace(tzinfo=zone)


def _combine(cells: list[Cell]) -> datetime | None:
    """The instant out of cells that are dates and times already; None when their text must be read."""
    match cells:
        case [datetime() as whole]:
            return whole
        case [date() as day]:
            return datetime.combine(day, time(12))
        case [(date() as day), (time() as moment)]:
            return datetime.combine(day, moment)
        case [(date() as day), (timedelta() as moment)] if timedelta() <= moment < _WHOLE_DAY:
            return datetime.combine(day, time()) + moment
        case _:
            return None


def _parse(text: str) -> datetime:
    """Read the usual ways of writing an instant; raises ``ValueError`` for all others."""
    offset = _OFFSET.search(text)
    body = text[: offset.start()] if offset and (":" in text or "T" in text) else text
    rest = _JAPANESE_DATE.sub(r"\1-\2-\3", body)
    rest = _JAPANESE_TIME.sub(lambda match: f"{match[1]}:{int(match[2]):02d}:{int(match[3] or 0):02d}", rest)
    day, _, moment = rest.strip().replace("T", " ").partition(" ")
    if len(day) == len("20260401123456") and not moment:
        day, moment = day[:8], day[8:]
    matched_day = _DATE.fullmatch(day) or _COMPACT_DATE.fullmatch(day)
    if matched_day is None:
        raise ValueError(text)
    year, month, date_of_month = (int(part) for part in matched_day.groups())
    moment = moment.strip()
    matched_time = _TIME.fullmatch(moment) or _COMPACT_TIME.fullmatch(moment)
    if not moment:
        hour, minute, second, fraction = "12", "0", None, None
    elif matched_time is None:
        raise ValueError(text)
    else:
        hour, minute, second, fraction = (*matched_time.groups(), None)[:4]
    # A business day that ends after midnight is written with hours beyond 24 (25:30 is half past one).
    extra_days, hour_of_day = divmod(int(hour or 0), 24)
    instant = datetime(  # noqa: DTZ001 - the caller places it in a zone
        year,
        month,
        date_of_month,
        hour_of_day,
        int(minute or 0),
        int(second or 0),
        int((fraction or "0").ljust(6, "0")),
    ) + timedelta(days=min(extra_days, 2))
    if body is not text and offset is not None:
        return instant.replace(tzinfo=datetime.fromisoformat(f"2000-01-01T00:00:00{offset.group()}").tzinfo)
    return instant


def _quote(text: str) -> str:
    """A value as an error may show it: short, and without what would disturb a terminal or a spreadsheet."""
    printable = "".join(character if character.isprintable() else "�" for character in text[:40])
    return f"“{printable}{'…' if len(text) > 40 else ''}”"  # noqa: PLR2004 - as above
