"""Points as the ledger sees them: lots, accounts, movements and entries. Points are integers, one yen each in use."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Raw, Struct

from enishi.kit.errors import Refusal


class Kind(StrEnum):
    """Regular points (通常ポイント) or limited ones (期間限定ポイント), which are spent first on a tie."""

    LIMITED = "l"
    REGULAR = "r"

    @property
    def label(self) -> str:
        """The kind as the interfaces write it."""
        return "regular" if self is Kind.REGULAR else "limited"


class EntryType(StrEnum):
    """Why points moved; ``ledger.postings`` names the account that stands against the member's in each."""

    EARN = "earn"
    SPEND = "spend"
    TAKE_BACK = "take_back"
    """Points that returned goods had earned."""
    GIVE_BACK = "give_back"
    """Points that returned goods had been paid with."""
    EXPIRE = "expire"
    REINSTATE = "reinstate"
    """Expired points, given again for a reason."""
    HOLD = "hold"
    """Points set aside for a checkout; a capture is a release and a spend."""
    RELEASE = "release"
    ADJUST = "adjust"
    """By hand, with a reason; of either sign."""
    TRANSFER_OUT = "transfer_out"
    TRANSFER_IN = "transfer_in"
    MERGE_OUT = "merge_out"
    """All there is goes to the customer who goes on; or, when that is undone, what is the other's goes back."""
    MERGE_IN = "merge_in"


class InsufficientPoints(Refusal):
    """More points were asked for than are available. Nothing was taken."""

    code = "insufficient-points"
    status = 409
    title = "Insufficient points"


class AccountFrozen(Refusal):
    """The account is under suspicion: no points may leave it until somebody has looked. Nothing was taken."""

    code = "account-frozen"
    status = 409
    title = "Account frozen"


class Lot(Struct, gc=False, frozen=True, array_like=True):
    """Points of one kind that are valid through the end of one day. In a movement, ``points`` may be negative."""

    kind: Kind
    expires_on: date
    points: int


Ending = Mapping[Kind, date]
"""The last day on which points of a kind can be used at all, for kinds that wind down."""

Lots = tuple[Lot, ...]
"""Lots soonest to expire first, limited before regular on a tie; none empty."""


class Account(Struct, gc=False):
    """An account while a batch works on it; ``seq`` is its newest entry's number.

    The lots hold what there is to spend. Where they add up to more than ``balance``, the difference is owed: points of
    returned goods that had been spent by then. Whatever comes in is set against it first. ``ending`` is that
    of the programme.
    """

    customer_id: UUID
    seq: int
    balance: int
    lots: Lots
    frozen: bool = False
    ending: Ending | None = None
    merged: bool = False
    """Whether the customer was merged into another, so that nothing may move here any more."""

    @property
    def owed(self) -> int:
        """Points by which the balance falls short of the lots; never negative."""
        return sum([lot.points for lot in self.lots]) - self.balance


class Posting(Struct, gc=False, frozen=True):
    """An entry to be written."""

    customer_id: UUID
    seq: int
    entry_type: EntryType
    points: int
    balance_after: int
    moves: Lots
    store: str
    purchase_id: UUID | None
    occurred_at: datetime
    basis: bytes | None = None


class Entry(Struct, gc=False, frozen=True):
    """An entry of the journal: ``points`` is what the member's account gained (negative: lost)."""

    customer_id: UUID
    seq: int
    type: EntryType
    points: int
    balance_after: int
    moves: Lots
    store: str
    purchase_id: UUID | None
    occurred_at: datetime
    recorded_at: datetime
    basis: Raw | None

    @property
    def entry_id(self) -> str:
        """The public name of the entry: the account and the entry's number in it."""
        return f"{self.customer_id}-{self.seq}"


class Balance(Struct, gc=False, frozen=True):
    """What a member can spend on a given day. ``lots`` holds only what is valid then.

    ``owed`` are points of returned goods that had been spent already: what is earned next is set against them.
    """

    available: int
    regular: int
    limited: int
    lots: Lots
    owed: int = 0

    @property
    def next_expiry(self) -> Lot | None:
        """The lot that expires soonest."""
        return self.lots[0] if self.lots else None


class Difference(Struct, frozen=True):
    """Where an account and its journal disagree: what the account says, and what the journal gives."""

    customer_id: UUID
    field: str
    found: str
    derived: str


class VerifyReport(Struct, frozen=True):
    """What ``verify`` looked at and found."""

    accounts: int
    entries: int
    issued: int
    redeemed: int
    outstanding: int
    differences: list[Difference]
