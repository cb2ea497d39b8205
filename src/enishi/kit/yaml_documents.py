"""YAML as Enishi reads and writes it: the plain part of YAML 1.2 that JSON could say too, within limits.

Reading follows the core schema of YAML 1.2, because under the rules of 1.1 a key ``on`` is a boolean and 17:00 is the
number 1,020. Numbers are whole and without leading zeros, so that the code 00292 stays a code. Anchors, tags and
repeated keys are refused: each makes a document mean something else than it shows, and a few anchors make a small file
endless. Writing quotes whatever another reader could take for something else.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final, cast

import yaml
from yaml.events import AliasEvent
from yaml.nodes import MappingNode, Node, ScalarNode

from enishi.kit.errors import Refusal

MAX_BYTES: Final = 4_000_000
"""The largest document that is read."""
MAX_DEPTH: Final = 40
"""How deep lists and mappings may stand in each other."""
_WIDTH: Final = 110


class UnreadableDocument(Refusal):
    """The document is not the YAML that Enishi reads. ``line`` counts from 1."""

    code = "unreadable-document"
    status = 422
    title = "Unreadable document"


class _Loader(yaml.BaseLoader):
    """The core schema, without anchors, tags and repeated keys."""

    depth = 0

    def compose_node(self, parent: Node | None, index: Any) -> Node | None:
        """Compose a node, which is no alias, has neither anchor nor tag, and is not too deep."""
        event: Any = cast("Any", self.peek_event())  # pyright: ignore[reportUnknownMemberType]
        mark = event.start_mark
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
            raise _refuse("The document uses an anchor or an alias.", mark, "Write the value out where it is meant.")
        if getattr(event, "tag", None) is not None:
            raise _refuse("The document uses a tag.", mark, "Write plain values.")
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise _refuse(f"Something stands more than {MAX_DEPTH} levels deep.", mark, "Make the document flatter.")
        node = super().compose_node(parent, index)
        self.depth -= 1
        if isinstance(node, MappingNode):
            _refuse_repeated_keys(node)
        return node


def _refuse_repeated_keys(node: MappingNode) -> None:
    seen: set[str] = set()
    for key, _ in cast("list[tuple[Node, Node]]", node.value):
        if not isinstance(key, ScalarNode):
            raise _refuse("A key is not a plain word.", key.start_mark, "Use text as keys.")
        if key.value in seen:
            raise _refuse(f"The key {key.value[:64]!r} stands twice.", key.start_mark, "Keep one of the two.")
        seen.add(key.value)


def _construct_key(loader: yaml.BaseLoader, node: MappingNode) -> dict[str, Any]:
    """A mapping whose keys stay text, whatever they look like."""
    pairs = cast("list[tuple[ScalarNode, Node]]", node.value)
    return {key.value: loader.construct_object(value, deep=True) for key, value in pairs}  # pyright: ignore[reportUnknownMemberType]


_NULL, _BOOL, _INT = (f"tag:yaml.org,2002:{name}" for name in ("null", "bool", "int"))
_resolve = cast("Callable[[str, re.Pattern[str], list[str]], None]", _Loader.add_implicit_resolver)  # pyright: ignore[reportUnknownMemberType]
_resolve(_NULL, re.compile(r"^(?:~|null|Null|NULL|)$"), ["~", "n", "N", ""])
_resolve(_BOOL, re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF"))
_resolve(_INT, re.compile(r"^(?:0|-?[1-9][0-9]{0,399})$"), list("-0123456789"))
_Loader.add_constructor(_NULL, lambda loader, node: None)  # noqa: ARG005 - as the library calls it
_Loader.add_constructor(_BOOL, lambda loader, node: node.value.lower() == "true")  # noqa: ARG005
_Loader.add_constructor(_INT, lambda loader, node: int(node.value))  # noqa: ARG005
_Loader.add_constructor("tag:yaml.org,2002:map", _construct_key)


def read_yaml(document: bytes) -> Any:
    """Return the value of a document in UTF-8. Raises ``UnreadableDocument`` with the line."""
    if len(document) > MAX_BYTES:
        raise UnreadableDocument(
            f"The document has {len(document):,} bytes.", remedy=f"Keep it below {MAX_BYTES:,} bytes."
        )
    try:
        text = document.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableDocument("The document is not UTF-8.", remedy="Save it as UTF-8.") from error
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - builds plain values only
    except yaml.MarkedYAMLError as error:
        raise _refuse(f"This is not YAML: {error.problem}.", error.problem_mark, "Check indents and quotes.") from error
    except yaml.YAMLError as error:
        raise UnreadableDocument("The document holds characters that YAML does not allow.") from error


def write_yaml(value: Any) -> str:
    """Return plain values as a document that ``read_yaml`` and any other reader take for the same."""
    return yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=_WIDTH, default_flow_style=False)


def _refuse(detail: str, mark: Any, remedy: str) -> UnreadableDocument:
    if mark is None:
        return UnreadableDocument(detail, remedy=remedy)
    return UnreadableDocument(detail, field=f"line {mark.line + 1}", remedy=remedy, line=mark.line + 1)
