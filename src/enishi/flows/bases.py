"""What journal entries other than earnings rest on: kept with the entry, and told to whoever asks why."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from msgspec import Struct

from enishi.ledger import Lots


class ReturnBasis(Struct, gc=False, frozen=True, omit_defaults=True, tag="return", tag_field="t"):
    """A return: what the whole receipt had earned or used, and what of it belongs to the goods that are left.

    ``lines`` are [line of the receipt, quantity] that came back. ``cancelled`` are the receipt's points that
    returns have cancelled while they were pending, this one or an earlier.
    """

    return_id: UUID
    external_id: str
    lines: tuple[tuple[int, int], ...]
    whole: int
    left: int
    version: int = 0
    cancelled: int = 0


class HoldBasis(Struct, gc=False, frozen=True, omit_defaults=True, tag="hold", tag_field="t"):
    """A hold, and how it stood after this entry; ``captured`` are the points that were spent of it."""

    hold_id: UUID
    external_id: str
    state: str
    points: int
    captured: int = 0


class AdjustmentBasis(Struct, gc=False, frozen=True, omit_defaults=True, tag="adjustment", tag_field="t"):
    """An adjustment by hand: its reason, in the words of that day. Author and note stay with the operation."""

    operation_id: UUID
    reason: str
    name_ja: str
    name_en: str


class TransferBasis(Struct, gc=False, frozen=True, omit_defaults=True, tag="transfer", tag_field="t"):
    """A transfer: ``way`` is gift or pool, ``other`` whom the points went to or came from."""

    operation_id: UUID
    way: str
    other: UUID
    points: int
    fee: int = 0


class RankBasis(Struct, gc=False, frozen=True, omit_defaults=True, tag="rank", tag_field="t"):
    """Points that a rank gives: the member's change of rank by its number, the ladder, and the tier in its words."""

    change: int
    ladder: int
    tier: str
    name_ja: str
    name_en: str


class OfflineBasis(Struct, gc=False, frozen=True, omit_defaults=True, tag="offline", tag_field="t"):
    """Points used at a terminal without a connection; ``owed`` of them the account did not have."""

    terminal: str
    owed: int


class MergeBasis(Struct, gc=False, frozen=True, omit_defaults=True, tag="merge", tag_field="t"):
    """Two customers became one, or (``undone``) two again; ``other`` is the other of them.

    Of an undo: of the absorbed side, what had ``moved`` at the merge, and what its identifiers ``gained`` and ``took``
    since.
    """

    operation_id: UUID
    other: UUID
    undone: bool = False
    moved: int = 0
    gained: int = 0
    took: int = 0


class EndedBasis(Struct, gc=False, frozen=True, tag="ended", tag_field="t"):
    """Points that expired before their own last day, because their kind wound down on ``last_on``."""

    last_on: date


class ReferralBasis(Struct, gc=False, frozen=True, omit_defaults=True, tag="referral", tag_field="t"):
    """The reward of a referral: ``role`` is referrer or referee. ``returned``: taken back with the purchase."""

    referral_id: UUID
    role: str
    version: int
    min_amount_yen: int
    returned: bool = False


class ReinstatementBasis(Struct, gc=False, frozen=True, omit_defaults=True, tag="reinstatement", tag_field="t"):
    """Expired points given again: ``entry_id`` is the entry with which they expired, ``lots`` what of it this is."""

    operation_id: UUID
    entry_id: str
    name_ja: str
    name_en: str
    lots: Lots = ()
