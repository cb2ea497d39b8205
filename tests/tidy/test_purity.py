"""Rules and models compute: the same values in, the same values out, at any time and on any machine."""

from __future__ import annotations

import ast
from typing import Final

from tests.tidy.tree import Module, product_modules

_PURE: Final = frozenset({"rules", "model"})
_PURE_BESIDES: Final = frozenset(
    {"program.validation", "program.explanations", "program.descriptions", "program.wording", "purchases.returns"}
    | {"accounting.attribution", "accounting.estimation", "accounting.exports", "accounting.statements"}
    | {
        "campaigns.basis",
        "campaigns.calendar",
        "campaigns.conditions",
        "campaigns.descriptions",
        "campaigns.explanations",
    }
    | {"campaigns.lifecycle", "campaigns.premiums", "campaigns.sale", "campaigns.stacking", "campaigns.validation"}
    | {"campaigns.welcoming", "campaigns.wording", "campaigns.worth"}
    | {"reservations.settings", "reservations.calendar", "reservations.validation", "reservations.icalendar"}
    | {"accounting.validation", "accounting.standing", "accounting.settings_model"}
    | {"benefits.validation", "benefits.wording", "referrals.wording"}
    | {"reservations.wording", "drafts.lifecycle"}
    | {
        "ranks.ladder",
        "ranks.calendar",
        "ranks.moves",
        "ranks.progress",
        "ranks.sentences",
        "ranks.telling",
        "ranks.templates",
        "ranks.validation",
        "ranks.wording",
    }
)
_WORLD: Final = frozenset(
    {"asyncio", "getpass", "http", "io", "os", "pathlib", "platform", "random", "secrets"}
    | {"shutil", "socket", "subprocess", "sys", "tempfile", "threading", "time", "urllib", "uuid"}
    | {"psycopg", "duckdb", "httpx", "fastapi", "granian", "structlog", "logging"}
    | {"enishi.kit.clock", "enishi.kit.ids", "enishi.kit.log", "enishi.kit.settings", "enishi.kit.database"}
)
_VALUES_OF_THE_WORLD: Final = frozenset({("uuid", "UUID")})
"""Names that a pure module may import from a module that also reaches the world."""
_READS_THE_CLOCK: Final = frozenset({"now", "utcnow", "today", "fromtimestamp", "localtime"})
_REACHES_OUT: Final = frozenset({"open", "input", "print", "exec", "eval", "__import__"})

IMPURE: Final[dict[str, tuple[frozenset[str], str]]] = {
    "access.rules": (
        frozenset({"secrets"}),
        "makes tokens, key secrets and one-time codes, beside the rules of what these must be; decides nothing by them",
    ),
}


def test_rules_and_models_reach_no_clock_chance_or_machine() -> None:
    """A rule that looks at the clock prices yesterday's receipt by today, and its test passes until midnight.

    What a rule depends on must be among its arguments: then history can be replayed, a quote equals the purchase, and
    a property test can try a thousand cases.
    """
    found: list[str] = []
    for module in _pure_modules():
        allowed = IMPURE.get(module.name, (frozenset[str](), ""))[0]
        for node in module.nodes:
            for origin, name in _imported(node):
                reached = {origin, origin.partition(".")[0], f"{origin}.{name}"} & _WORLD - allowed
                if reached and (origin, name) not in _VALUES_OF_THE_WORLD:
                    found.append(f"{module.at(node)} imports {origin}")
            if isinstance(node, ast.Call) and _called(node.func) in _READS_THE_CLOCK | _REACHES_OUT:
                found.append(f"{module.at(node)} calls {ast.unparse(node.func)}")
    assert found == []


def test_every_domain_with_rules_is_looked_at() -> None:
    """A check over no files would pass for ever."""
    names = {module.name for module in _pure_modules()}
    assert {"customers.rules", "purchases.rules", "ledger.rules", "program.rules", "access.rules"} <= names
    assert names >= _PURE_BESIDES | set(IMPURE)


def _pure_modules() -> list[Module]:
    return [
        module
        for module in product_modules()
        if (module.name.rpartition(".")[2] in _PURE and module.name.count(".") == 1) or module.name in _PURE_BESIDES
    ]


def _imported(node: ast.AST) -> list[tuple[str, str]]:
    if isinstance(node, ast.Import):
        return [(alias.name, "") for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [(node.module or "", alias.name) for alias in node.names]
    return []


def _called(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""
