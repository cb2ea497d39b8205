"""What differs between two settings, field by field: for whoever approves a change, and for whoever looks back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import msgspec
from msgspec import Struct

_NAMED_BY = "code"


class Difference(Struct, frozen=True):
    """One field that differs: its path, and its value before and after as JSON; None where there was none."""

    field: str
    before: str | None
    after: str | None


def difference(before: object, after: object) -> tuple[Difference, ...]:
    """Everything that ``after`` changes against ``before``, in the order of ``after``, then what it has no more.

    Both are types that msgspec encodes, or None. Of a list, parts that carry a ``code`` are named by it and not by
    their places, so that one put between others changes nothing but itself; their order is a field of its own. A part
    in which nothing is set is the same as none.
    """
    old, new = (dict(_walk("", msgspec.to_builtins(one))) if one is not None else {} for one in (before, after))
    return tuple(
        Difference(field, old.get(field), new.get(field))
        for field in [*new, *(one for one in old if one not in new)]
        if old.get(field) != new.get(field)
    )


def _walk(path: str, value: Any) -> Iterator[tuple[str, str]]:
    fields = cast("dict[str, Any]", value) if isinstance(value, dict) else {}
    if fields:
        for name, inner in fields.items():
            yield from _walk(f"{path}.{name}" if path else name, inner)
    elif named := _by_code(value):
        yield path, _text(list(named))
        for code, inner in named.items():
            yield from _walk(f"{path}[{code}]", inner)
    elif not isinstance(value, dict):
        yield path, _text(cast("object", value))


def _by_code(value: Any) -> dict[str, dict[str, Any]]:
    """The parts of a list by their codes; nothing where not every part has one of its own."""
    # What msgspec makes of a tuple is a tuple.
    parts = list(cast("tuple[Any, ...]", value)) if isinstance(value, list | tuple) else []
    named: dict[str, dict[str, Any]] = {}
    for part in parts:
        fields = cast("dict[str, Any]", part) if isinstance(part, dict) else {}
        code = fields.get(_NAMED_BY)
        if isinstance(code, str):
            named[code] = {name: one for name, one in fields.items() if name != _NAMED_BY}
    return named if len(named) == len(parts) else {}


def _text(value: object) -> str:
    return msgspec.json.encode(value).decode()
