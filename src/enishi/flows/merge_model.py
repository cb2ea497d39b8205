"""What merging two customers, and parting them again, is asked and answered; and what is kept for the undo."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from enishi.customers import MergeAction
from enishi.ledger import Account, Ending, Lots
from enishi.ranks import Standing

MAX_REASON = 500
CUSTOMER_MERGED = "customer.merged"
CUSTOMER_PARTED = "customer.parted"


class MergeOrder(Struct, gc=False, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Merge ``absorbed_id`` into ``survivor_id``, and why."""

    survivor_id: UUID
    absorbed_id: UUID
    reason: Annotated[str, Meta(min_length=1, max_length=MAX_REASON)]


class PartOrder(Struct, gc=False, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Undo the merge by which ``absorbed_id`` is part of another customer, and why."""

    absorbed_id: UUID
    reason: Annotated[str, Meta(min_length=1, max_length=MAX_REASON)]


class SideAnswer(Struct, gc=False, frozen=True, kw_only=True):
    """One of the two: points and rank before and after, and the lots held afterwards.

    ``balance`` is negative where points are owed. ``tier`` is empty while no ladder is in force.
    """

    customer_id: UUID
    balance_before: int
    balance: int
    owed: int
    lots: Lots
    tier_before: str
    tier: str


class MergedCustomers(Struct, gc=False, frozen=True, kw_only=True):
    """The answer to a merge or an undo, given after its commit. ``replayed``: it was done before.

    ``points`` went from one account to the other, ``gained`` and ``took`` are what the absorbed side gained and used
    since the merge (of an undo). ``identifiers`` and ``receipts`` say how many went along, ``pending`` how many points
    that are still to come.
    """

    merge_id: UUID
    action: MergeAction
    replayed: bool
    survivor: SideAnswer
    absorbed: SideAnswer
    points: int
    moved: int = 0
    gained: int = 0
    took: int = 0
    identifiers: int
    receipts: int
    pending: int
    bookings: int
    recorded_at: datetime


class AccountState(Struct, gc=False, frozen=True):
    """An account as it stood."""

    seq: int
    balance: int
    lots: Lots

    def as_account(self, customer_id: UUID, ending: Ending | None) -> Account:
        """The account to tell the journal again on."""
        return Account(customer_id, self.seq, self.balance, self.lots, ending=ending)


class Moved(Struct, gc=False, frozen=True, kw_only=True):
    """What an undo must know of its merge. Identifiers are blind indexes in hexadecimal.

    ``seq`` is the number of the survivor's newest entry once the merge was booked.
    """

    seq: int
    survivor: AccountState
    absorbed: AccountState
    survivor_rank: Standing | None = None
    absorbed_rank: Standing | None = None
    identifiers: tuple[str, ...] = ()
    bookings: tuple[UUID, ...] = ()
    waits: tuple[UUID, ...] = ()
    referrals: tuple[UUID, ...] = ()
    segments: tuple[str, ...] = ()


encode = msgspec.json.Encoder().encode
decode_moved = msgspec.json.Decoder(Moved).decode
decode_answer = msgspec.json.Decoder(MergedCustomers).decode


def state_of(account: Account) -> AccountState:
    """An account as it stands."""
    return AccountState(account.seq, account.balance, account.lots)
