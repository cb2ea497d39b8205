"""PostgreSQL array literals, made at the speed of ``str.join``.

psycopg writes a list parameter element by element in Python, with a regular expression for each: two thirds of the
time a batch took here. These literals are what ``array_in`` reads; a statement casts them (``%s::uuid[]``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID


def int_array(values: Iterable[int]) -> str:
    """Integers of any width."""
    return "{" + ",".join(map(str, values)) + "}"


def uuid_array(values: Iterable[UUID | None]) -> str:
    """UUIDs; None is null."""
    return "{" + ",".join(["null" if value is None else f"{value.int:032x}" for value in values]) + "}"


def date_array(values: Iterable[date]) -> str:
    """Days."""
    return "{" + ",".join([value.isoformat() for value in values]) + "}"


def instant_array(values: Iterable[datetime]) -> str:
    """Instants; each carries its offset."""
    return '{"' + '","'.join([value.isoformat() for value in values]) + '"}' if (values := list(values)) else "{}"


def bytea_array(values: Iterable[bytes | None]) -> str:
    """Binary strings, in hex; None is null."""
    return "{" + ",".join(["null" if value is None else r'"\\x' + value.hex() + '"' for value in values]) + "}"


def text_array(values: Iterable[str | None]) -> str:
    """Texts of any content, JSON included; None is null."""
    return "{" + ",".join(["null" if value is None else _quote(value) for value in values]) + "}"


def json_array(values: Iterable[bytes | None]) -> str:
    """JSON documents as UTF-8; None is null."""
    return "{" + ",".join(["null" if value is None else _quote(value.decode()) for value in values]) + "}"


def bytea_arrays(values: Iterable[Sequence[bytes]]) -> str:
    """Array literals of differing lengths, which no one array can hold: as texts, each cast to ``bytea[]``."""
    return text_array([bytea_array(value) for value in values])


def text_arrays(values: Iterable[Sequence[str]]) -> str:
    """Array literals of differing lengths, which no one array can hold: as texts, each cast to ``text[]``."""
    return text_array([text_array(value) for value in values])


def _quote(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
