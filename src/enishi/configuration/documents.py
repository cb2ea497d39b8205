"""Configuration as a file: YAML that reads as it means, and a JSON Schema with which an editor helps to write it."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from enishi.configuration.model import Configuration
from enishi.kit.validity import describe_invalid
from enishi.kit.yaml_documents import read_yaml, write_yaml

SCHEMA_FILE: Final = "enishi-configuration.schema.json"
"""What the schema is called beside a document, so that editors find it."""
_HEAD: Final = f"# yaml-language-server: $schema={SCHEMA_FILE}\n"


def read_configuration(document: bytes) -> Configuration:
    """Return what a document in YAML or JSON says.

    Raises ``UnreadableDocument`` with the line where it is not YAML, and ``InvalidRequest`` with the field where it is
    no configuration: an unknown field is never passed over.
    """
    value = read_yaml(document)
    try:
        return msgspec.convert(value, Configuration)
    except msgspec.ValidationError as error:
        raise describe_invalid(str(error), Configuration, SCHEMA_FILE) from None


def write_configuration(configuration: Configuration) -> str:
    """Return the document that says this; ``read_configuration`` takes it for the same."""
    return _HEAD + write_yaml(msgspec.to_builtins(configuration))


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of the documents."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Enishi configuration",
        **msgspec.json.schema(Configuration),
    }
