"""What is committed holds for every machine, and every document leads where it says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from tests.tidy.tree import ROOT, files, short

_TEXTS: Final = (".py", ".ts", ".tsx", ".css", ".html", ".md", ".sql", ".toml", ".json", ".yml", ".yaml", ".svg")
_NAMES: Final = frozenset({"justfile", "demo", "setup", "test", "run"})
_LOCK: Final = "uv.lock"
"""Written by uv, which names the public registry in it."""

_HOMES: Final = re.compile(r"(?<![\w.\-])/(?:home|Users|root|work|workspace|builds)/[\w.\-]+")
_REGISTRIES: Final = re.compile(
    r"https?://[^\s/\"']*(?:registry|artifactory|nexus|mirror|pypi|pythonhosted|npmjs|devpi)[^\s/\"']*"
    r"|(?:index|registry)[-_]?(?:url)?\s*=\s*[\"']?https?://|--(?:extra-)?index-url",
    re.IGNORECASE,
)
_MIGRATION: Final = re.compile(r"(\d{4})_[a-z0-9_]+\.sql")
_LINK: Final = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
_IMAGE: Final = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)")


def test_nothing_names_a_path_of_one_machine() -> None:
    """A path into somebody's home works for one person and tells everyone else about that person's machine."""
    assert _find(_HOMES) == []


def test_nothing_names_a_registry() -> None:
    """Where packages come from is the machine's setting. An address in the tree breaks whoever has another mirror,

    and can lead an installation to a place where somebody else publishes under our dependencies' names.
    """
    assert _find(_REGISTRIES) == []


def test_migrations_are_numbered_once_each() -> None:
    """Two branches that both add ``0061`` merge without a conflict, and databases then differ by who applied which."""
    names = [path.name for path in files(".sql") if path.parent == ROOT / "migrations" and path.name != "schema.sql"]
    numbers = [match[1] for name in names if (match := _MIGRATION.fullmatch(name))]
    assert len(numbers) == len(names), "a migration is named 0000_name.sql"
    assert len(set(numbers)) == len(numbers)


def test_decisions_are_numbered_once_each_and_titled_alike() -> None:
    """Decisions are cited by number; a number that means two decisions, or none, makes the citation a riddle."""
    records = sorted((ROOT / "docs" / "adr").glob("*.md"))
    numbers = [int(path.name[:4]) for path in records]
    assert numbers == list(range(1, len(records) + 1))
    for number, path in zip(numbers, records, strict=True):
        text = path.read_text(encoding="utf-8")
        assert text.startswith(f"# {number}. "), short(path)
        assert re.search(r"^Status: (accepted|superseded by \d+)$", text, re.MULTILINE), short(path)


def test_every_link_of_the_documents_leads_somewhere() -> None:
    """A document whose links are dead is one that nobody has read since, and its reader stops there too."""
    dead = [
        f"{short(document)} → {target}"
        for document in files(".md")
        for target in _LINK.findall(document.read_text(encoding="utf-8"))
        if not re.match(r"[a-z]+:|#", target) and not _exists(document, target)
    ]
    assert dead == []


def test_every_document_is_reached_from_the_index() -> None:
    """A page that no page leads to is found by nobody, and kept by nobody."""
    index = ROOT / "docs" / "index.md"
    linked = {(index.parent / target).resolve() for target in _LINK.findall(index.read_text(encoding="utf-8"))}
    lonely = [
        short(path)
        for path in files(".md")
        if path.is_relative_to(index.parent) and path != index and path not in linked
    ]
    assert lonely == []


def test_every_picture_is_there_and_says_what_it_shows() -> None:
    """A picture without words is nothing to whoever can not see it."""
    wrong = [
        f"{short(document)} → {target}"
        for document in files(".md")
        for words, target in _IMAGE.findall(document.read_text(encoding="utf-8"))
        if not words or not _exists(document, target)
    ]
    assert wrong == []


def _exists(document: Path, target: str) -> bool:
    return (document.parent / unquote(target.partition("#")[0])).exists()


def _find(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{short(path)}:{number}"
        for path in files()
        if path.name != _LOCK and (path.name.endswith(_TEXTS) or path.name in _NAMES)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]
