"""The front door to PostgreSQL: an embedded server or an external one, migrations and the pool.

Nothing here knows a table of the product. Whoever asks gets connection strings and pools, never a cluster's files.
"""

from __future__ import annotations

from enishi.kit.database.joining import has_database, join_database
from enishi.kit.database.migrations import migrate, require_migrated
from enishi.kit.database.opening import Database, open_database
from enishi.kit.database.pool import open_pool
from enishi.kit.database.refusals import OwnedByAnother, StartupRefusal
from enishi.kit.database.supervisor import EmbeddedServer, ServerEvent

__all__ = [
    "Database",
    "EmbeddedServer",
    "OwnedByAnother",
    "ServerEvent",
    "StartupRefusal",
    "has_database",
    "join_database",
    "migrate",
    "open_database",
    "open_pool",
    "require_migrated",
]
