"""Budgets that are never exceeded and never refuse while something is left, without receipts waiting for each other.

A budget lies in shards. A transaction takes whichever shards nobody holds, and only when these do not suffice waits for
all of them, in ascending order. What it holds is its own until it commits, so what it gives is there. Pricing is told
of a budget's limit only where the whole of it is known; until then a shortage means: hold more, and decide again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from psycopg import Connection

from enishi.campaigns import claim_queries
from enishi.campaigns.claims import Claim
from enishi.campaigns.model import WHOLE_CAMPAIGN, BudgetKey, CampaignVersion

SHARDS = 16
_EACH = (1, SHARDS // 2)
"""How many free shards of a budget are taken at the first and at the second try; the third waits for all."""


class BudgetShort(Exception):  # noqa: N818 - it is no error
    """What is held of a budget does not suffice, and there may be more: roll back and hold more."""


class BudgetDesk:
    """What a transaction holds of the budgets that its purchases may draw on.

    ``known`` are those whose whole remainder is known, with what is left: pricing cuts by these.
    """

    def __init__(self) -> None:
        """Hold nothing yet."""
        self.known: dict[BudgetKey, int] = {}
        self._held: dict[BudgetKey, list[list[int]]] = {}
        self._changed: set[BudgetKey] = set()

    def take(self, key: BudgetKey, points: int) -> None:
        """Draw on a budget. Raises ``BudgetShort`` when what is held of it does not suffice."""
        shards = self._held.get(key)
        if shards is None:
            return
        if points > sum(left for _, left in shards):
            if key in self.known:
                raise AssertionError("A budget whose remainder is known was priced beyond it.")
            raise BudgetShort
        if key in self.known:
            self.known[key] -= points
        for shard in shards:
            part = min(points, max(0, shard[1]))
            shard[1] -= part
            points -= part
        self._changed.add(key)

    def put_back(self, key: BudgetKey, points: int) -> None:
        """Undo a draw of this transaction."""
        shards = self._held.get(key)
        if shards:
            shards[0][1] += points
            if key in self.known:
                self.known[key] += points

    def hold(self, shards: Iterable[claim_queries.Shard]) -> None:
        """Hold shards that the transaction has locked."""
        for campaign_id, store, shard, left in shards:
            self._held.setdefault((campaign_id, store), []).append([shard, left])

    def know(self, key: BudgetKey, left: int) -> None:
        """Take down what is left of a budget in all; without shards it is only looked at, never written."""
        self.known[key] = max(0, left)

    def expect(self, keys: Iterable[BudgetKey]) -> None:
        """Take down which budgets there are, also those of which nothing could be had so far."""
        for key in keys:
            self._held.setdefault(key, [])

    def changed(self) -> list[claim_queries.Shard]:
        """The shards to be written."""
        return [(*key, shard, left) for key in sorted(self._changed) for shard, left in self._held[key]]


def hold_budgets(conn: Connection, keys: Iterable[BudgetKey], attempt: int, start: int) -> BudgetDesk:
    """Lock what the purchases of a batch may draw on; each attempt holds more, the last one everything.

    It comes behind the locks of the accounts and before everything that is written.
    """
    desk = BudgetDesk()
    wanted = sorted(set(keys))
    if not wanted:
        return desk
    desk.expect(wanted)
    if attempt >= len(_EACH):
        shards = claim_queries.lock_shards(conn, wanted)
        desk.hold(shards)
        for key in wanted:
            desk.know(key, sum(left for *budget, _, left in shards if tuple(budget) == key))
        return desk
    shards = claim_queries.select_free_shards(conn, wanted, start % SHARDS, _EACH[attempt])
    desk.hold(shards)
    empty = sorted(set(wanted) - {(campaign_id, store) for campaign_id, store, _, _ in shards})
    if empty:
        left = claim_queries.select_budgets(conn, empty)
        for key in empty:
            # Nothing is left of it, whoever holds what: who waits would wait for nothing.
            if left.get(key, 0) <= 0:
                desk.know(key, 0)
    return desk


def look_at_budgets(conn: Connection, keys: Iterable[BudgetKey]) -> BudgetDesk:
    """What is left of budgets as it stands, to quote; nothing is locked."""
    desk = BudgetDesk()
    wanted = sorted(set(keys))
    for key, left in (claim_queries.select_budgets(conn, wanted) if wanted else {}).items():
        desk.know(key, left)
    return desk


def write_claims(conn: Connection, desk: BudgetDesk, claims: Sequence[Claim], recorded_at: datetime) -> None:
    """Write what campaigns gave, and what is left of the budgets that paid for it."""
    if not claims:
        return
    claim_queries.insert_claims(conn, claims, recorded_at)
    shards = desk.changed()
    if shards:
        claim_queries.update_shards(conn, shards)


def return_claims(conn: Connection, claims: Sequence[Claim], recorded_at: datetime) -> None:
    """Write what returned goods had earned of campaigns, and give it back to their budgets; ``claims`` are negative."""
    if not claims:
        return
    claim_queries.insert_claims(conn, claims, recorded_at)
    sums: dict[BudgetKey, int] = {}
    for one in claims:
        if one.from_budget:
            key = (one.campaign_id, WHOLE_CAMPAIGN)
            sums[key] = sums.get(key, 0) - one.points
        if one.from_store_budget:
            key = (one.campaign_id, one.store)
            sums[key] = sums.get(key, 0) - one.points
    for key, points in sorted(sums.items()):
        claim_queries.give_back(conn, key, points)


def grant(conn: Connection, version: CampaignVersion, at: datetime) -> None:
    """Make the budgets of a version that was approved what they are to be, less what was given of them already."""
    ceilings = version.rules.ceilings
    budgets = dict(ceilings.store_budgets)
    if ceilings.budget_points is not None:
        budgets[WHOLE_CAMPAIGN] = ceilings.budget_points
    if not budgets:
        return
    keys: list[BudgetKey] = [(version.campaign_id, store) for store in sorted(budgets)]
    granted = claim_queries.select_granted(conn, version.campaign_id)
    held: dict[BudgetKey, list[tuple[UUID, str, int, int]]] = {}
    for shard in claim_queries.lock_shards(conn, keys):
        held.setdefault((shard[0], shard[1]), []).append(shard)
    fresh: list[claim_queries.Shard] = []
    changed: list[claim_queries.Shard] = []
    for key in keys:
        shards = held.get(key)
        left = budgets[key[1]]
        if shards is not None:
            left += sum(shard[3] for shard in shards) - granted.get(key[1], 0)
        (fresh if shards is None else changed).extend(_spread(key, left))
    if fresh:
        claim_queries.insert_shards(conn, fresh)
    if changed:
        claim_queries.update_shards(conn, changed)
    claim_queries.insert_grants(conn, version.campaign_id, version.version, budgets, at)


def _spread(key: BudgetKey, points: int) -> list[claim_queries.Shard]:
    """Points over the shards of a budget, as evenly as whole numbers go; a deficit lies in the first."""
    if points < 0:
        return [(*key, shard, points if shard == 0 else 0) for shard in range(SHARDS)]
    each, rest = divmod(points, SHARDS)
    return [(*key, shard, each + (shard < rest)) for shard in range(SHARDS)]
