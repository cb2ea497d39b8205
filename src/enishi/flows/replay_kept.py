"""A receipt as a replay keeps it, of which something comes back later or becomes points later."""

from __future__ import annotations

from datetime import date, datetime

import msgspec
from msgspec import Raw, Struct

from enishi.campaigns import Claim, Schedule
from enishi.flows.campaign_returns import awarded_of
from enishi.flows.pricing import DecidedPurchase
from enishi.flows.return_pricing import ReceiptState
from enishi.ledger import Entry, Pending, Posting
from enishi.purchases import NOTHING_RETURNED, Returned, StoredPurchase
from enishi.ranks import Bought


class KeptReceipt(Struct, gc=False):
    """What was decided of a receipt, and what has become of it so far; ``counts``: it is among the figures.

    ``bought`` is how ranks count it now.
    """

    stored: StoredPurchase
    entries: list[Entry]
    rows: list[Pending]
    given: tuple[Claim, ...]
    bought: Bought | None
    on: date
    tier: str
    counts: bool
    so_far: Returned = NOTHING_RETURNED

    def state(self, schedule: Schedule) -> ReceiptState:
        """The receipt as a return finds it."""
        pending = tuple(self.rows)
        return ReceiptState(
            self.stored, self.so_far, self.entries, pending, awarded_of(self.entries, pending, schedule), self.given
        )


def keep_receipt(
    stored: StoredPurchase,
    decided: DecidedPurchase,
    given: tuple[Claim, ...],
    bought: Bought | None,
    *,
    tier: str,
    counts: bool,
) -> KeptReceipt:
    """Keep a receipt as it was decided."""
    return KeptReceipt(
        stored=msgspec.structs.replace(
            stored,
            points_to_use=decided.prepared.purchase.points_to_use,
            points_earned=decided.points_earned,
        ),
        entries=[entry_of(one) for one in decided.postings],
        rows=list(decided.pending),
        given=tuple(one for one in given if one.purchase_id == stored.purchase_id),
        bought=bought,
        on=decided.on,
        tier=tier,
        counts=counts,
    )


def entry_of(one: Posting, recorded_at: datetime | None = None) -> Entry:
    """An entry as the journal would have it."""
    return Entry(
        one.customer_id,
        one.seq,
        one.entry_type,
        one.points,
        one.balance_after,
        one.moves,
        one.store,
        one.purchase_id,
        one.occurred_at,
        recorded_at or one.occurred_at,
        None if one.basis is None else Raw(one.basis),
    )
