"""PostgreSQL array parameters in the binary format, made at the speed of ``bytes.join`` and ``struct.pack``.

psycopg adapts a list element by element in Python, which took two thirds of the time of a batch here; texts of array
literals were quicker, but the server then has to parse them. What is built here is what ``array_recv`` reads: the
number of dimensions, whether there are nulls, the element type, the length and lower bound, then each element after
its length. A statement names the type it wants (``%s::uuid[]``) as it would for a list.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import psycopg
from psycopg.abc import Buffer
from psycopg.adapt import Dumper
from psycopg.pq import Format

_NULL = struct.pack(">i", -1)
_LENGTHS = tuple(struct.pack(">i", length) for length in range(4_096))
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_EPOCH_DAY = date(2000, 1, 1).toordinal()
_MICROSECOND = timedelta(microseconds=1)


class ArrayParameter(bytes):
    """An array as the server receives it; the subclass says of what."""

    __slots__ = ()


class _Dumper(Dumper):
    format = Format.BINARY

    def dump(self, obj: ArrayParameter) -> Buffer:
        return obj


class _Kind:
    """A type of element, and the class of the parameters that are arrays of it."""

    def __init__(self, name: str) -> None:
        element = psycopg.postgres.types[name]
        self.parameter: type[ArrayParameter] = type(f"{name.capitalize()}Array", (ArrayParameter,), {"__slots__": ()})
        self._element_oid = element.oid
        self._empty = self.parameter(struct.pack(">iii", 0, 0, element.oid))
        dumper = type(f"{name.capitalize()}ArrayDumper", (_Dumper,), {"oid": element.array_oid})
        psycopg.adapters.register_dumper(self.parameter, dumper)

    def of_blobs(self, elements: list[bytes | None]) -> ArrayParameter:
        """An array of elements of any length; None is null."""
        if not elements:
            return self._empty
        try:
            parts = [_NULL if one is None else _LENGTHS[len(one)] + one for one in elements]
        except IndexError:
            parts = [_NULL if one is None else struct.pack(">i", len(one)) + one for one in elements]
        return self.parameter(b"".join((self._head(len(elements)), *parts)))

    def of_numbers(self, code: str, size: int, elements: list[int]) -> ArrayParameter:
        """An array of elements that ``struct`` writes as ``code``, in ``size`` bytes each; none is null."""
        if not elements:
            return self._empty
        count = len(elements)
        flat = [size] * (2 * count)
        flat[1::2] = elements
        return self.parameter(self._head(count) + struct.pack(">" + ("i" + code) * count, *flat))

    def _head(self, count: int) -> bytes:
        return struct.pack(">iiiii", 1, 1, self._element_oid, count, 1)


_INTEGERS = _Kind("int8")
_UUIDS = _Kind("uuid")
_DATES = _Kind("date")
_INSTANTS = _Kind("timestamptz")
_BYTEAS = _Kind("bytea")
_TEXTS = _Kind("text")
_JSONS = _Kind("json")


def int_array(values: Iterable[int]) -> ArrayParameter:
    """Integers of any width the server has."""
    return _INTEGERS.of_numbers("q", 8, list(values))


def uuid_array(values: Iterable[UUID | None]) -> ArrayParameter:
    """UUIDs; None is null."""
    return _UUIDS.of_blobs([None if value is None else value.int.to_bytes(16, "big") for value in values])


def date_array(values: Iterable[date]) -> ArrayParameter:
    """Days."""
    return _DATES.of_numbers("i", 4, [value.toordinal() - _EPOCH_DAY for value in values])


def instant_array(values: Iterable[datetime]) -> ArrayParameter:
    """Instants, each with its offset."""
    return _INSTANTS.of_numbers("q", 8, [(value - _EPOCH) // _MICROSECOND for value in values])


def bytea_array(values: Iterable[bytes | None]) -> ArrayParameter:
    """Binary strings; None is null."""
    return _BYTEAS.of_blobs(list(values))


def text_array(values: Iterable[str | None]) -> ArrayParameter:
    """Texts; None is null. A NUL character, which no text of the server can hold, makes the statement fail."""
    return _TEXTS.of_blobs([None if value is None else value.encode() for value in values])


def json_array(values: Iterable[bytes | None]) -> ArrayParameter:
    """JSON documents as UTF-8; None is null."""
    return _JSONS.of_blobs(list(values))


def bytea_arrays(values: Iterable[Sequence[bytes]]) -> ArrayParameter:
    """Arrays of differing lengths, which no one array can hold: as literals, each to be cast to ``bytea[]``."""
    return text_array(["{" + ",".join([r'"\\x' + one.hex() + '"' for one in value]) + "}" for value in values])


def text_arrays(values: Iterable[Sequence[str]]) -> ArrayParameter:
    """Arrays of differing lengths, which no one array can hold: as literals, each to be cast to ``text[]``."""
    return text_array(["{" + ",".join([_quote(one) for one in value]) + "}" for value in values])


def _quote(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
