"""Names say what a thing is for."""

from __future__ import annotations

import ast
import re

from tests.tidy.tree import ROOT, files, python_modules, short

_DRAWERS = frozenset({"util", "utils", "helper", "helpers", "common", "misc", "shared", "stuff", "manager", "managers"})
_TEXTS_OF_ALL_FACES = re.compile(r"frontend/packages/i18n/src/common\.(ja|en)\.ts")
"""The phrases that console, counter and my page share: a catalogue of texts, not a place for code."""


def test_no_module_is_a_drawer() -> None:
    """What is put into ``utils`` belongs to nobody: it is imported from everywhere and can never be moved again.

    A function whose room is not clear shows that a room is missing.
    """
    drawers: list[str] = []
    for path in files(".py", ".ts", ".tsx"):
        words = {part.partition(".")[0].lower() for part in path.relative_to(ROOT).parts}
        if words & _DRAWERS and not _TEXTS_OF_ALL_FACES.fullmatch(short(path)):
            drawers.append(short(path))
    assert drawers == []


def test_no_class_manages() -> None:
    """A ``Manager`` has no end to its duties, so everything that is left over gathers in it."""
    python = [
        module.at(node)
        for module in python_modules()
        for node in module.nodes
        if isinstance(node, ast.ClassDef) and node.name.endswith("Manager")
    ]
    typescript = [
        short(path)
        for path in files(".ts", ".tsx")
        if re.search(r"\b(class|interface|type) \w+Manager\b", path.read_text(encoding="utf-8"))
    ]
    assert python + typescript == []
