"""Nothing unfinished, nothing left over from a debugging session, and no waiting without a reason."""

from __future__ import annotations

import ast
import re
from typing import Final

from tests.tidy.tree import Module, files, is_generated, product_modules, python_modules, short

_UNFINISHED: Final = re.compile(
    "|".join(rf"\b{first}{second}\b" for first, second in (("TO", "DO"), ("FIX", "ME"), ("X", "XX"), ("HA", "CK")))
)
_SPEAKS: Final = frozenset({"cli"})

SLEEPS: Final[dict[str, str]] = {
    "kit.database.postmaster": "watches PostgreSQL's processes and pid file, which tell nobody when they change",
}
"""Modules of the product that may sleep, and why nothing better was to be had."""


def test_nothing_is_marked_as_unfinished() -> None:
    """A note in the source is a defect that no list of defects knows. What is missing becomes an issue or is done."""
    found = [
        f"{short(path)}:{number}"
        for path in files(".py", ".ts", ".tsx", ".css", ".html", ".sql", ".sh", ".toml", "justfile")
        if not is_generated(path)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if _UNFINISHED.search(line)
    ]
    assert found == []


def test_nothing_is_a_stub() -> None:
    """A function that raises because it is not written passes every check but the customer's.

    Abstract members of a ``Protocol`` end in ``...`` instead, and nothing else does.
    """
    unwritten = "NotImplemented" + "Error"
    raising = [
        module.at(node)
        for module in python_modules()
        for node in module.nodes
        if isinstance(node, ast.Name) and node.id == unwritten
    ]
    empty = [
        module.at(function)
        for module in product_modules()
        for function in _functions_outside_protocols(module)
        if isinstance(function.body[-1], ast.Expr)
        and isinstance(function.body[-1].value, ast.Constant)
        and function.body[-1].value.value is ...
    ]
    assert raising + empty == []


def test_only_the_command_line_prints() -> None:
    """What a server prints nobody reads, it is no log line, and it may hold a person's data: logs drop what they must.

    The command line writes through its two streams in ``enishi.cli.terminal``.
    """
    found = [
        module.at(node)
        for module in product_modules()
        if module.room not in _SPEAKS
        for node in module.nodes
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"print", "breakpoint"}
    ]
    assert found == []


def test_no_console_output_is_left_in_the_pages() -> None:
    """A line left in a page for debugging shows its reader, in every browser, what only the developer should see."""
    found = [
        short(path)
        for path in files(".ts", ".tsx")
        if re.search(r"\bconsole\.(log|debug|info|trace)\(|\bdebugger\b", path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_nothing_sleeps_without_a_reason() -> None:
    """A sleep holds a thread and guesses how long something takes: too short on a slow day, too long on all others.

    Wait for the event itself. ``SLEEPS`` names where there is none to wait for.
    """
    sleeping = {
        module.name
        for module in product_modules()
        for node in module.nodes
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"time.sleep", "sleep"}
    }
    assert sleeping == set(SLEEPS)


def _functions_outside_protocols(module: Module) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    in_protocols = {
        id(node)
        for owner in module.nodes
        if isinstance(owner, ast.ClassDef) and any("Protocol" in ast.unparse(base) for base in owner.bases)
        for node in owner.body
    }
    return [
        node
        for node in module.nodes
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and id(node) not in in_protocols
        and not any("overload" in ast.unparse(decorator) for decorator in node.decorator_list)
    ]
