"""JSON Schema in words: the type of a field and its limits, as the API reference writes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]


def name_of_reference(schema: Schema) -> str:
    """The schema that a reference points to; empty when it is none."""
    reference = schema.get("$ref", "")
    return str(reference).rpartition("/")[2]


def type_of(schema: Schema) -> str:
    """The type in words: ``list of Line``, ``instant``, ``integer or null``."""
    if name := name_of_reference(schema):
        return name
    for combining in ("allOf", "anyOf"):
        if combining in schema:
            return " or ".join(type_of(part) for part in schema[combining])
    if "enum" in schema:
        return " or ".join(f'"{value}"' for value in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {type_of(schema.get('items', {}))}"
    formats = {"date-time": "instant", "date": "day", "uuid": "UUID"}
    return formats.get(str(schema.get("format")), str(schema.get("type", "anything")))


def constraints_of(schema: Schema) -> str:
    """The limits of a field in words, its default last."""
    found = schema
    for part in schema.get("anyOf", ()):
        if part.get("type") != "null":
            found = part
    words = [
        _range(found.get("minimum"), found.get("maximum"), ""),
        _range(found.get("minLength"), found.get("maxLength"), " characters"),
        _range(found.get("minItems"), found.get("maxItems"), " items"),
    ]
    default = schema.get("default")
    if default not in (None, "", [], ()):
        words.append(f"default {default}")
    return ", ".join(word for word in words if word)


def _range(least: int | None, most: int | None, unit: str) -> str:
    if least is not None and most is not None:
        return f"{least:,} to {most:,}{unit}"
    if most is not None:
        return f"at most {most:,}{unit}"
    return "" if least is None else f"at least {least:,}{unit}"
