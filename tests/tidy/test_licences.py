"""Everything that runs with Enishi is listed with its licence, and none of it would bind Enishi to another one."""

from __future__ import annotations

import json
import re
import tomllib
from functools import cache
from importlib.metadata import PackageNotFoundError, metadata
from typing import Any, Final

from tests.tidy.tree import ROOT

_PAGE: Final = (ROOT / "THIRD-PARTY-LICENCES.md").read_text(encoding="utf-8")
_ROW: Final = re.compile(r"^\| (?!package )([@a-z][\w@/.\-]*) \| ([^|]+?) \|", re.MULTILINE)
LISTED: Final = dict(_ROW.findall(_PAGE.partition("\n## What wheels carry inside")[0]))

_STRONG: Final = re.compile(r"\b(AGPL|GPL|GNU (Affero )?General Public)", re.IGNORECASE)
_LESSER: Final = re.compile(r"\bLGPL|GNU (Library|Lesser)", re.IGNORECASE)
LESSER: Final = frozenset({"psycopg", "psycopg-binary", "psycopg-pool"})
"""Under the LGPL: used as libraries, unchanged and replaceable, as the page explains."""


def test_every_python_package_at_run_time_is_listed() -> None:
    """Whoever installs Enishi accepts these licences, and must be able to read beforehand which they are."""
    assert _python_packages() - LISTED.keys() == set()


def test_every_package_of_the_pages_is_listed() -> None:
    """The browser's files contain these packages, and their notices are owed to whoever gets the pages."""
    assert _page_packages() - LISTED.keys() == set()


def test_nothing_is_listed_that_is_not_used() -> None:
    """A list with strangers in it was written once and not kept, and is believed all the same."""
    assert LISTED.keys() - _python_packages() - _page_packages() == set()


def test_each_licence_is_the_one_that_the_package_declares() -> None:
    """A package may change its licence with a version; the page would go on saying the old one."""
    differing = {
        name: (LISTED[name], declared)
        for name in sorted(_python_packages() & LISTED.keys())
        if (declared := _declared_licence(name)) and not _agree(LISTED[name], declared)
    }
    differing |= {
        name: (LISTED[name], entry["license"])
        for name, entry in _locked_pages().items()
        if name in LISTED and LISTED[name] != str(entry["license"]).strip("()")
    }
    assert differing == {}


def test_nothing_that_runs_with_enishi_is_under_a_strong_copyleft() -> None:
    """GPL and AGPL would ask that Enishi, and what a chain builds around it, be given away under them too.

    The LGPL asks that of the library alone; the packages under it are named in ``LESSER``.
    """
    strong = {
        name: declared
        for name in sorted(_python_packages())
        if _STRONG.search(_LESSER.sub("", declared := _declared_licence(name)))
    }
    strong |= {
        name: entry["license"] for name, entry in _locked_pages().items() if _STRONG.search(str(entry["license"]))
    }
    assert strong == {}
    assert {name for name in _python_packages() if _LESSER.search(_declared_licence(name))} == LESSER


@cache
def _python_packages() -> frozenset[str]:
    """What the project requires at run time, directly or not, by the lock."""
    packages = {one["name"]: one for one in tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))["package"]}
    found: set[tuple[str, str]] = set()
    pending = list(packages["enishi"]["dependencies"])
    while pending:
        required = pending.pop()
        for extra in ("", *required.get("extra", ())):
            if (required["name"], extra) not in found:
                found.add((required["name"], extra))
                package = packages[required["name"]]
                pending += package.get("optional-dependencies", {}).get(extra, ()) if extra else ()
                pending += package.get("dependencies", ()) if not extra else ()
    return frozenset(name for name, _ in found)


@cache
def _declared_licence(name: str) -> str:
    """What an installed package says of its licence; empty for one that this platform does not install."""
    try:
        found = metadata(name)
    except PackageNotFoundError:
        return ""
    first_line = (found.get("License") or "").partition("\n")[0]
    classified = [one for one in found.get_all("Classifier") or [] if one.startswith("License ::")]
    return found.get("License-Expression") or "; ".join([first_line, *classified]).strip("; ")


def _agree(listed: str, declared: str) -> bool:
    """Whether the name of a licence and a declaration in older words (``BSD License``) speak of the same family."""
    family = re.split(r"[-\s]", listed)[0].casefold()
    return listed == declared or family in declared.casefold()


@cache
def _locked_pages() -> dict[str, dict[str, Any]]:
    """The npm packages that a build of the pages installs on every platform, by the lock."""
    lock = json.loads((ROOT / "frontend" / "package-lock.json").read_text(encoding="utf-8"))
    return {
        path.rpartition("node_modules/")[2]: entry
        for path, entry in lock["packages"].items()
        if "node_modules/" in path and not any(entry.get(flag) for flag in ("link", "dev", "devOptional", "optional"))
    }


def _page_packages() -> frozenset[str]:
    """What the pages require, and what builds them."""
    required: set[str] = set()
    for path in (ROOT / "frontend").glob("package.json"):
        required |= json.loads(path.read_text(encoding="utf-8"))["dependencies"].keys()
    for path in (ROOT / "frontend").glob("*/*/package.json"):
        if "node_modules" not in path.parts:
            required |= json.loads(path.read_text(encoding="utf-8")).get("dependencies", {}).keys()
    ours = {name for name in required if name.startswith("@enishi/")}
    return frozenset(required - ours | _locked_pages().keys())
