"""The source tree as the tidy tests read it: files by kind, parsed modules, and the SQL in them.

Nothing here imports Enishi: what is checked is the text that people read and commit.
"""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "enishi"

_NOT_OURS = frozenset(
    {".git", ".venv", ".uv", ".data", "node_modules", "static", "dist", "__pycache__", ".hypothesis"}
    | {".pytest_cache", ".ruff_cache", ".import_linter_cache"}
)
"""Folders that are fetched, built or written at run time; git ignores the same ones."""
GENERATED = frozenset({"uv.lock", "frontend/package-lock.json", "frontend/packages/api/src/schema.d.ts"})
"""Committed files that a program writes."""

_STATEMENT = re.compile(
    r"\s*(select\s|insert\s+into\s|update\s+\w+[\w.]*\s+(as\s+\w+\s+)?set\s|delete\s+from\s|with\s+\w+\s+(\([\w,\s]+\)\s+)?as\s|"
    r"truncate\s|create\s+(table|role|database|index|view|schema|function|temp|or\s+replace)\s|drop\s+\w+|alter\s+\w+|"
    r"grant\s|revoke\s|copy\s+\w+|listen\s|notify\s|set\s+(local|transaction|session|\w+\s*=)|describe\s|attach\s|pragma\s)",
    re.IGNORECASE,
)


def files(*suffixes: str) -> list[Path]:
    """Every file of the tree with one of these endings (none: all files), sorted."""
    return [path for path in _all_files() if not suffixes or path.name.endswith(suffixes)]


@cache
def _all_files() -> tuple[Path, ...]:
    found: list[Path] = []
    for folder, folders, names in os.walk(ROOT):
        folders[:] = sorted(set(folders) - _NOT_OURS)
        found += [Path(folder, name) for name in sorted(names)]
    return tuple(found)


def short(path: Path) -> str:
    """The path from the root of the tree, as findings name it."""
    return path.relative_to(ROOT).as_posix()


def is_generated(path: Path) -> bool:
    """Whether a program writes the file."""
    return short(path) in GENERATED


@dataclass(frozen=True, eq=False)
class Module:
    """A parsed Python file; ``name`` is ``ledger.queries`` for ``src/enishi/ledger/queries.py``."""

    path: Path
    name: str
    tree: ast.Module

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Every node of the tree."""
        return tuple(ast.walk(self.tree))

    @cached_property
    def functions(self) -> tuple[ast.FunctionDef | ast.AsyncFunctionDef, ...]:
        """Every function, nested ones included."""
        return tuple(node for node in self.nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))

    @property
    def room(self) -> str:
        """The first part of the name: the layer that the module belongs to."""
        return self.name.partition(".")[0]

    def at(self, node: ast.AST) -> str:
        """Where a node stands, as findings name it."""
        return f"{short(self.path)}:{getattr(node, 'lineno', 1)}"


def product_modules() -> tuple[Module, ...]:
    """Every module of ``src/enishi``."""
    return tuple(module for module in python_modules() if module.path.is_relative_to(PACKAGE))


@cache
def python_modules() -> tuple[Module, ...]:
    """Every Python file of the tree, tests and bench included."""
    return tuple(_parse(path) for path in files(".py"))


def _parse(path: Path) -> Module:
    parts = path.relative_to(PACKAGE if path.is_relative_to(PACKAGE) else ROOT).with_suffix("").parts
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    return Module(path, name, ast.parse(path.read_text(encoding="utf-8"), str(path)))


def is_queries(module: Module) -> bool:
    """Whether a module is one of those that hold SQL."""
    last = module.name.rpartition(".")[2]
    return last == "queries" or last.endswith("_queries")


def is_statement(text: str) -> bool:
    """Whether a text reads as an SQL statement."""
    return _STATEMENT.match(text) is not None


def statements(module: Module) -> Iterator[tuple[ast.AST, str]]:
    """Every literal of a module that reads as SQL, docstrings left out. Of an f-string, its first literal part."""
    left_out = {id(node.value) for node in module.nodes if isinstance(node, ast.Expr)}
    left_out |= {id(part) for node in module.nodes if isinstance(node, ast.JoinedStr) for part in node.values[1:]}
    for node in module.nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in left_out:
            yield from [(node, node.value)] if is_statement(node.value) else []


def executions(tree: ast.AST) -> Iterator[ast.Call]:
    """Every call that sends a statement to a database."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in {"execute", "executemany", "stream", "copy"}
            and node.args
        ):
            yield node
