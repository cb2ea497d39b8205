"""What the flows of one process keep between calls: keys, and settings that rarely change."""

from __future__ import annotations

import threading

from psycopg import Connection

from enishi import catalog, program
from enishi.kit.vault import Keyring
from enishi.program import ProgramVersion


class PurchaseContext:
    """Built once per process and shared by its threads.

    Published versions of the programme are immutable, so they are kept, and one cheap statement a batch tells whether
    there are new ones: a version is never priced late because a process did not look.
    """

    def __init__(self, keyring: Keyring) -> None:
        self.keyring = keyring
        self._lock = threading.Lock()
        self._versions: tuple[ProgramVersion, ...] = ()
        self._stores: frozenset[str] = frozenset()

    def versions(self, conn: Connection) -> tuple[ProgramVersion, ...]:
        """Every published version, ascending by effective time."""
        versions = self._versions
        if program.latest_version(conn) != max((one.version for one in versions), default=0):
            versions = tuple(program.load_versions(conn))
            with self._lock:
                self._versions = versions
        return versions

    def know_stores(self, conn: Connection, codes: set[str]) -> None:
        """Make sure that these stores exist. Commits nothing itself."""
        unknown = codes - self._stores
        if unknown:
            stores = catalog.load_stores(conn).keys()
            if not unknown <= stores:
                catalog.register_store_codes(conn, unknown - stores)
                return
            with self._lock:
                self._stores = frozenset(stores)
