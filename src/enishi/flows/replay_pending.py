"""Points that a replay has noted for later: they become points when they are due, unless the order came back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from heapq import heappop, heappush
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from enishi import ledger, program
from enishi.flows.pending_awards import earn_pending, has_ended, reach, zone_of
from enishi.flows.replay_kept import KeptReceipt, entry_of
from enishi.program import ProgramVersion
from enishi.ranks import Cause

if TYPE_CHECKING:
    from enishi.flows.replay_past import Replay


class DueDesk:
    """What is still to become points, soonest first."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._due: list[tuple[datetime, UUID, int]] = []

    @property
    def next_at(self) -> datetime | None:
        """When the next points are due; None while none are."""
        return self._due[0][0] if self._due else None

    def expect(self, kept: KeptReceipt, events: Mapping[str, datetime], versions: Sequence[ProgramVersion]) -> None:
        """Take down when a receipt's points are due; of those whose event never came, never."""
        kept.rows = [reach(row, events, versions) for row in kept.rows]
        for row in kept.rows:
            if row.due_at is not None:
                heappush(self._due, (row.due_at, row.purchase_id, row.award))

    def confirm_next(self, replay: Replay) -> None:
        """Make the next points points, and lift their member where they count for that."""
        due_at, purchase_id, award = heappop(self._due)
        kept = replay.kept[purchase_id]
        place = next(place for place, row in enumerate(kept.rows) if row.award == award)
        row, versions = kept.rows[place], replay.world.versions
        if not row.is_open:
            return
        account = replay.world.accounts[row.customer_id]
        account.ending = replay.ending_of(due_at)
        if has_ended(account, row, due_at, versions):
            ((kept.rows[place],), _) = ledger.cancel_points([row], row.left, due_at)
            return
        earlier = sum(one.points for one in kept.rows if one.award < award)
        posting = earn_pending(account, row, due_at, versions)
        kept.rows[place] = ledger.confirmed(row, posting.seq, due_at)
        kept.entries.append(entry_of(posting))
        replay.books.note((posting,), purchase_id, sum(one.points for one in kept.rows), earlier)
        was = kept.bought
        if was is not None:
            kept.bought = msgspec.structs.replace(was, points=was.points + row.left)
            replay.ranks.change_bought(row.customer_id, was, kept.bought, empties_day=False)
        on = program.day_in_zone(due_at, zone_of(row, versions))
        rewards = replay.ranks.look(account, on, due_at, Cause.POINTS, row.purchase_id, row.store)
        replay.give_rewards(row.customer_id, rewards, due_at, row.store)
