"""`migrations/schema.sql` is what the migrations make."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enishi.kit.database.schema_dump import dump_schema, schema_file

if TYPE_CHECKING:
    from enishi.kit.database import Database, EmbeddedServer


def test_the_written_schema_is_the_one_the_migrations_make(database: Database, server: EmbeddedServer) -> None:
    assert database.owner_dsn is not None
    made = dump_schema(database.owner_dsn, server.binaries)
    written = schema_file().read_text(encoding="utf-8")
    assert made == written, "run `python -m enishi.kit.database.schema_dump` and commit migrations/schema.sql"


def test_two_dumps_of_one_schema_are_the_same_text(database: Database, server: EmbeddedServer) -> None:
    assert database.owner_dsn is not None
    first = dump_schema(database.owner_dsn, server.binaries)
    assert dump_schema(database.owner_dsn, server.binaries) == first
    assert "\\restrict" not in first
