"""The list of what went wrong elsewhere names tests that exist."""

from __future__ import annotations

import ast
import re
from typing import Final

from tests.tidy.tree import ROOT

_LIST: Final = ROOT / "docs" / "explanation" / "known-failures.md"
_OF_THE_LEDGER: Final = {1, 2, 3, 4, 5, 8, 9, 10, 14, 15}
_ROW: Final = re.compile(r"^\| (\d+) \|(.+)\|$", re.MULTILINE)
_TEST: Final = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def test_every_failure_of_the_list_has_tests_that_exist() -> None:
    """A list that names tests which were renamed since proves nothing to whoever reads it."""
    rows = {int(number): _TEST.findall(cells) for number, cells in _ROW.findall(_LIST.read_text(encoding="utf-8"))}
    assert rows.keys() >= _OF_THE_LEDGER
    assert [number for number, tests in rows.items() if not tests] == []
    assert [(path, name) for tests in rows.values() for path, name in tests if name not in _tests_of(path)] == []


def _tests_of(path: str) -> set[str]:
    """The names of all tests of a file, also those in classes."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
