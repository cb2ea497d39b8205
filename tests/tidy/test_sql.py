"""SQL is literal, stands in queries modules, and each of them speaks of its own schema."""

from __future__ import annotations

import ast
import re
from typing import Final

from tests.tidy.tree import (
    ROOT,
    Module,
    executions,
    is_queries,
    is_statement,
    product_modules,
    statements,
)

SCHEMAS: Final = frozenset(
    {"access", "accounting", "audit", "benefits", "campaigns", "catalog", "connectors", "customers", "drafts"}
    | {"ledger", "messaging", "outbox", "program", "purchases", "ranks", "referrals", "reservations"}
)

_ANY: Final = re.compile("", re.IGNORECASE)
_SESSION: Final = re.compile(r"set (local|transaction) ", re.IGNORECASE)

ELSEWHERE: Final[dict[str, tuple[re.Pattern[str], str]]] = {
    "kit.database.bootstrap": (_ANY, "makes roles and the database, which no schema knows"),
    "kit.database.migrations": (_ANY, "runs the files of migrations/ and keeps the list of them"),
    "kit.outbox": (_ANY, "one statement on the schema outbox, which every room writes to in its own transaction"),
    "connectors.runs": (_ANY, "the queries module of the schema connectors, under the name of its one table"),
    "connectors.completejourney.dataset": (_ANY, "asks DuckDB about the files of the data set, never PostgreSQL"),
    "connectors.purchase_files.reading": (_ANY, "asks DuckDB about an operator's file, never PostgreSQL"),
    "ledger.verification": (_SESSION, "settings of the session that proves the ledger"),
    "flows.verify": (_SESSION, "settings of the session that compares the domains"),
    "cli.verify": (_SESSION, "settings of the session that follows the audit chain"),
    "gateway.operations": (re.compile(r"select 1"), "asks whether the database answers at all"),
}
"""Modules other than queries modules that may hold SQL: which, and why."""

NOT_LITERAL: Final[dict[str, str]] = {
    "kit.database.bootstrap": "role names and passwords can not be parameters; psycopg.sql quotes them",
    "kit.database.migrations": "the text of a migration's own file, without parameters",
    "connectors.completejourney.dataset": "literals too long for the function that runs them: constants of the module",
    "connectors.purchase_files.reading": "one function turns DuckDB's errors into a refusal, for two literals",
}
"""Modules in which what is executed is not a literal in the call, and why that is safe."""


def test_no_statement_is_pieced_together() -> None:
    """A value inside the text of a statement is an injection, or becomes one when its source changes.

    So no f-string, ``%``, ``+``, ``join`` or ``format`` makes SQL; values travel as parameters. psycopg's own types
    refuse a ``str`` that is not literal too; this also covers texts that are put together far from their ``execute``.
    """
    found = [module.at(node) for module in product_modules() for node in module.nodes if _is_pieced_together(node)]
    assert found == []


def test_what_is_executed_stands_literally_in_the_call() -> None:
    """A statement that arrives in a variable can be any statement; the reader, and the reviewer, must see which."""
    found = [
        module.at(call)
        for module in product_modules()
        if module.name not in NOT_LITERAL
        for call in executions(module.tree)
        if not (isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str))
    ]
    assert found == []


def test_sql_stands_in_queries_modules() -> None:
    """A statement anywhere else is a second owner of a table: a change of the schema will miss it.

    ``ELSEWHERE`` lists the deliberate exceptions.
    """
    found = [
        module.at(node)
        for module in product_modules()
        if not is_queries(module)
        for node, text in statements(module)
        if module.name not in ELSEWHERE or not ELSEWHERE[module.name][0].match(text.strip())
    ]
    assert found == []


def test_the_exceptions_are_all_still_needed() -> None:
    """An exception that nothing needs any more is an open door that nobody watches."""
    with_sql = {module.name for module in product_modules() if any(statements(module))}
    assert set(ELSEWHERE) <= with_sql
    assert set(NOT_LITERAL) <= set(ELSEWHERE)


def test_a_query_is_one_function_and_one_statement() -> None:
    """Two statements in one function hide a step from the flow that decides their order and their transaction.

    A function of a queries module that executes takes the connection first and executes once.
    """
    found: list[str] = []
    for module in product_modules():
        if is_queries(module) or module.name == "connectors.runs":
            for function in module.functions:
                calls = list(executions(function))
                first = function.args.args[0].arg if function.args.args else ""
                if len(calls) > 1 or (calls and first != "conn"):
                    found.append(f"{module.at(function)} {function.name}")
    assert found == []


def test_a_queries_module_names_its_own_schema_only() -> None:
    """A join into another domain's tables ties both to one database and one shape, and no import shows it.

    Where two domains are needed, ``flows`` asks both.
    """
    found = [
        f"{module.at(node)} {schema}"
        for module in product_modules()
        for node, text in statements(module)
        for schema in sorted(set(re.findall(r"(?<![\w.'])([a-z]+)\.\w+", text)) & SCHEMAS - {_own_schema(module)})
    ]
    assert found == []


def test_every_schema_has_its_room() -> None:
    """``SCHEMAS`` is what migrations make: a schema that is missing there would not be guarded above."""
    made: set[str] = set()
    for path in sorted((ROOT / "migrations").glob("[0-9]*.sql")):
        made |= set(re.findall(r"^create schema (\w+);", path.read_text(encoding="utf-8"), re.MULTILINE))
    assert made == SCHEMAS


def _own_schema(module: Module) -> str:
    return "outbox" if module.name == "kit.outbox" else module.room


def _is_pieced_together(node: ast.AST) -> bool:
    match node:
        case ast.JoinedStr(values=[first, _, *_]) | ast.BinOp(left=first, op=ast.Add() | ast.Mod()):
            return _is_sql(first)
        case ast.Call(func=ast.Attribute(value=first, attr="format" | "join" | "replace")):
            return _is_sql(first)
        case _:
            return False


def _is_sql(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and is_statement(node.value)
