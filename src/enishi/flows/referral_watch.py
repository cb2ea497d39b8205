"""What a process knows of the referral programme, so that purchases pay nothing for one that is not there."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Final
from uuid import UUID

from psycopg import Connection

from enishi import referrals
from enishi.referrals import Referral, ReferralSettings

_LOOK_AGAIN_SECONDS: Final = 1.0


def _nobody() -> list[Referral]:
    return []


class ReferralWatch:
    """Shared by the threads of a process. Versions are immutable, so each is read once.

    Until the first version ever is published, it is looked for once a second at most; nobody can have been referred
    before. From then on a batch of purchases asks once, in its pipeline, by an index of what is still open.
    """

    def __init__(self) -> None:
        self._is_published = False
        self._looked_at = float("-inf")
        self._settings: dict[int, ReferralSettings] = {}

    def is_published(self, conn: Connection) -> bool:
        """Whether there is anything to ask for."""
        if not self._is_published and time.monotonic() - self._looked_at > _LOOK_AGAIN_SECONDS:
            self._is_published = referrals.has_versions(conn)
            self._looked_at = time.monotonic()
        return self._is_published

    def ask_open(self, conn: Connection, customer_ids: Iterable[UUID]) -> Callable[[], list[Referral]]:
        """Ask for the referrals of these customers that a purchase can qualify; answered when called for."""
        wanted = list(customer_ids)
        return referrals.ask_open(conn, wanted) if wanted and self.is_published(conn) else _nobody

    def find_by_purchases(self, conn: Connection, purchase_ids: Iterable[UUID]) -> list[Referral]:
        """The referrals that these purchases have qualified."""
        wanted = list(purchase_ids)
        return referrals.find_by_purchases(conn, wanted) if wanted and self.is_published(conn) else []

    def settings_of(self, conn: Connection, version: int) -> ReferralSettings:
        """The settings of a published version."""
        if version not in self._settings:
            self._settings |= {one.version: one.settings for one in referrals.load_versions(conn)}
            self._is_published = True
        return self._settings[version]
