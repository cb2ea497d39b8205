"""Others enter a room by its front door. import-linter knows the layers; which names may cross, only this knows.

A room is a package below ``enishi``. ``kit`` is a shelf of tools: each of its modules is a room by itself, and so is
the package ``kit.database``. Each connector is a room of its own.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from typing import Final, NamedTuple

from tests.tidy.tree import Module, product_modules

INNER: Final[dict[tuple[str, str], str]] = {
    ("cli.doctor", "kit.database.binaries"): "reports which PostgreSQL programs would be used, without using them",
}
"""Imports that go past a front door: who, what, and why."""


class Import(NamedTuple):
    """One imported name: the module it comes from, and ``name`` in it (empty: the module itself)."""

    node: ast.AST
    target: str
    name: str
    bound_as: str


def test_every_room_says_what_it_gives() -> None:
    """Without ``__all__`` whatever a room happens to import is part of what it promises.

    ``kit`` and ``connectors`` give nothing themselves, only what stands in them.
    """
    silent = [
        name for name in sorted(_rooms()) if _is_package(name) and _promises(name) is None and _bound(_modules()[name])
    ]
    assert silent == []


def test_what_a_front_door_promises_is_there() -> None:
    """A name in ``__all__`` that does not exist breaks the caller, not the room."""
    absent = {
        name: sorted(missing)
        for name in sorted(_rooms())
        if (missing := (_promises(name) or frozenset()) - _bound(_modules()[name]))
    }
    assert absent == {}


def test_others_enter_by_the_front_door() -> None:
    """An import of a room's inside ties the importer to how the room works today, and walks around its every check.

    ``from enishi.ledger.queries import insert_entries`` would write a journal that no account counts.
    """
    found: list[str] = []
    for module in product_modules():
        for one in _imports(module):
            room = _room_of(one.target)
            if _is_inside(module.name, room) or (module.name, one.target) in INNER:
                continue
            if one.target != room:
                found.append(f"{module.at(one.node)} goes past enishi.{room} to enishi.{one.target}")
            elif one.name and not _gives(room, one.name):
                found.append(f"{module.at(one.node)} takes {one.name}, which enishi.{room} does not give")
    assert found == []


def test_nobody_reaches_through_an_imported_room() -> None:
    """``ledger.queries.insert_entries`` after ``from enishi import ledger`` is the same trespass by another way."""
    found: list[str] = []
    for module in product_modules():
        rooms = {one.bound_as: one.target for one in _imports(module) if not one.name}
        for node in module.nodes:
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in rooms:
                room = rooms[node.value.id]
                if not _is_inside(module.name, room) and not _gives(room, node.attr):
                    found.append(f"{module.at(node)} {ast.unparse(node)}")
    assert found == []


def test_imports_are_absolute() -> None:
    """A relative import hides which room is entered, from readers and from the checks above."""
    found = [
        module.at(node)
        for module in product_modules()
        for node in module.nodes
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert found == []


def test_the_exceptions_are_all_still_needed() -> None:
    """An exception that nothing needs any more is an open door that nobody watches."""
    used = {(module.name, one.target) for module in product_modules() for one in _imports(module)}
    assert set(INNER) <= used


@cache
def _modules() -> dict[str, Module]:
    return {module.name: module for module in product_modules()}


@cache
def _rooms() -> frozenset[str]:
    return frozenset(_room_of(name) for name in _modules() if name)


def _is_package(name: str) -> bool:
    return _modules()[name].path.name == "__init__.py"


@cache
def _room_of(target: str) -> str:
    """The room that a module below ``enishi`` belongs to."""
    parts = target.split(".")
    if parts[0] == "kit":
        return ".".join(parts[:2])
    if parts[0] == "connectors" and _is_package(".".join(parts[:2])):
        return ".".join(parts[:2])
    return parts[0]


def _is_inside(importer: str, room: str) -> bool:
    return f"{importer}.".startswith(f"{room}.")


@cache
def _promises(room: str) -> frozenset[str] | None:
    """The names in a room's ``__all__``; None when it has none."""
    for node in _modules()[room].tree.body:
        if isinstance(node, ast.Assign) and any(ast.unparse(target) == "__all__" for target in node.targets):
            return frozenset(ast.literal_eval(node.value))
    return None


def _gives(room: str, name: str) -> bool:
    """Whether others may use a name of a room. A single module without ``__all__`` gives what has no underscore."""
    promised = _promises(room)
    if promised is None:
        return not name.startswith("_") and not _is_package(room)
    return name in promised


@cache
def _imports(module: Module) -> tuple[Import, ...]:
    """Everything that a module imports from ``enishi``."""
    return tuple(_find_imports(module))


def _find_imports(module: Module) -> Iterator[Import]:
    for node in module.nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.startswith("enishi."):
                    yield Import(node, alias.name.removeprefix("enishi."), "", alias.asname or "")
        elif isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "enishi":
            origin = (node.module or "").removeprefix("enishi").removeprefix(".")
            for alias in node.names:
                whole = f"{origin}.{alias.name}".removeprefix(".")
                if whole in _modules():
                    yield Import(node, whole, "", alias.asname or alias.name)
                elif origin:
                    yield Import(node, origin, alias.name, alias.asname or alias.name)


def _bound(module: Module) -> set[str]:
    """The names that exist at the top of a module."""
    bound: set[str] = set()
    for node in module.tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            bound |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            bound.add(node.name)
        elif isinstance(node, ast.Assign):
            bound |= {ast.unparse(target) for target in node.targets}
        elif isinstance(node, ast.AnnAssign):
            bound.add(ast.unparse(node.target))
    return bound
