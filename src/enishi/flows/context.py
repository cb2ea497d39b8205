"""What the flows of one process keep between calls: keys, and settings that rarely change."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime

from psycopg import Connection

from enishi import campaigns, catalog, program, ranks
from enishi.campaigns import NO_CAMPAIGNS, Schedule
from enishi.flows.referral_watch import ReferralWatch
from enishi.kit.vault import Keyring
from enishi.program import ProgramVersion
from enishi.ranks import LadderInForce


class PurchaseContext:
    """Built once per process and shared by its threads.

    Published versions of the programme and of campaigns are immutable, so they are kept, and one cheap statement a
    batch tells whether there are new ones: a version is never priced late because a process did not look.
    """

    def __init__(self, keyring: Keyring, *, in_history: bool = False) -> None:
        self.keyring = keyring
        self.referrals = ReferralWatch()
        self.in_history = in_history
        """History is replayed in its own order: ranks change when the purchases occurred, and not now."""
        self._lock = threading.Lock()
        self._versions: tuple[ProgramVersion, ...] = ()
        self._stores: frozenset[str] = frozenset()
        self._schedule: Schedule = NO_CAMPAIGNS
        self._ladders: tuple[LadderInForce, ...] = ()

    def versions(self, conn: Connection) -> tuple[ProgramVersion, ...]:
        """Every published version, ascending by effective time."""
        return self.ask_versions(conn)()

    def ask_versions(self, conn: Connection) -> Callable[[], tuple[ProgramVersion, ...]]:
        """Ask for every published version; in a pipeline the answer is waited for when it is called for."""
        latest = program.ask_latest_version(conn)

        def take() -> tuple[ProgramVersion, ...]:
            versions = self._versions
            if latest() != max((one.version for one in versions), default=0):
                versions = program.load_versions(conn)
                with self._lock:
                    self._versions = versions
            return versions

        return take

    def schedule(self, conn: Connection) -> Schedule:
        """When which campaigns are live."""
        return self.ask_schedule(conn)()

    def ask_schedule(self, conn: Connection) -> Callable[[], Schedule]:
        """Ask when which campaigns are live; in a pipeline the answer is waited for when it is called for."""
        latest = campaigns.ask_latest_change(conn)

        def take() -> Schedule:
            schedule = self._schedule
            if latest() != schedule.latest_change:
                schedule = campaigns.load_schedule(conn)
                with self._lock:
                    self._schedule = schedule
            return schedule

        return take

    def ladders(self, conn: Connection) -> tuple[LadderInForce, ...]:
        """Every published ladder of ranks, ascending by effective time."""
        return self.ask_ladders(conn)()

    def ask_ladders(self, conn: Connection) -> Callable[[], tuple[LadderInForce, ...]]:
        """Ask for every published ladder; in a pipeline the answer is waited for when it is called for."""
        latest = ranks.ask_latest_ladder(conn)

        def take() -> tuple[LadderInForce, ...]:
            ladders = self._ladders
            if latest() != max((one.version.version for one in ladders), default=0):
                ladders = ranks.load_ladders(conn)
                with self._lock:
                    self._ladders = ladders
            return ladders

        return take

    def zone_at(self, conn: Connection, now: datetime) -> str:
        """The name of the programme's time zone at an instant."""
        version = program.version_at(self.versions(conn), now)
        return (program.default_settings() if version is None else version.settings).zone

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
