"""The schema as text, so that a change of it is read in review and two ways to the same schema can be compared.

``python -m enishi.kit.database.schema_dump`` migrates an empty database and writes ``migrations/schema.sql``.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from enishi.kit.database.migrations import migrate, migrations_folder
from enishi.kit.database.supervisor import EmbeddedServer

if TYPE_CHECKING:
    from enishi.kit.database.binaries import Binaries

# What differs between two dumps of the same schema, or says nothing of it: settings of the restoring session, the
# versions of server and client, and the random word that guards a dump against being misread.
_NOISE: Final = re.compile(r"^(SET .*;|SELECT pg_catalog\.set_config.*;|\\(un)?restrict .*|--.*|)$")
_HEADER: Final = (
    "-- The whole schema, as the migrations make it. Written by `python -m enishi.kit.database.schema_dump`;\n"
    "-- tests/migrations compares it with what the migrations give.\n"
)


def schema_file() -> Path:
    """Where the schema is written down."""
    return migrations_folder() / "schema.sql"


def dump_schema(owner_dsn: str, binaries: Binaries) -> str:
    """The schema of a database in a normal form: no comments but ours, no session settings, statements set apart.

    Raises ``subprocess.CalledProcessError`` when pg_dump fails; its words are in ``stderr``.
    """
    dump = subprocess.run(  # noqa: S603 - our own binary
        [binaries.program("pg_dump"), "--schema-only", "--no-owner", f"--dbname={owner_dsn}"],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return _HEADER + _normalise(dump.stdout)


def _normalise(dump: str) -> str:
    """Drop the noise between statements, keep what lies inside them, and put one empty line after each statement."""
    statements: list[str] = []
    current: list[str] = []
    quote: str | None = None
    for line in dump.splitlines():
        if not current and _NOISE.match(line):
            continue
        current.append(line)
        quote = _open_quote(line, quote)
        if quote is None and line.endswith(";"):
            statements.append("\n".join(current))
            current = []
    return "\n" + "\n\n".join([*statements, *(["\n".join(current)] if current else [])]) + "\n"


_QUOTE: Final = re.compile(r"'|\$[A-Za-z_]*\$")


def _open_quote(line: str, quote: str | None) -> str | None:
    """The quotation mark (``'`` or a dollar tag) that is still open at the end of the line."""
    for mark in _QUOTE.findall(line):
        if quote is None:
            quote = mark
        elif quote == mark:
            quote = None
    return quote


def main() -> None:
    """Migrate an empty database and write its schema down."""
    with tempfile.TemporaryDirectory(prefix="enishi-schema-") as folder:
        with EmbeddedServer(Path(folder), durable=False) as server:
            server.bootstrap()
            migrate(server.dsn("enishi_owner"))
            text = dump_schema(server.dsn("enishi_owner"), server.binaries)
        schema_file().write_text(text, encoding="utf-8")
    sys.stdout.write(f"wrote {schema_file()}\n")


if __name__ == "__main__":
    main()
