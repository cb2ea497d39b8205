"""What the flows answer: the types that gateway, web and connectors share."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from msgspec import Struct

from enishi.campaigns import CampaignBasis, NotApplied
from enishi.kit.errors import InvalidRequest, Refusal
from enishi.program import AwardBasis
from enishi.ranks import RankAnswer, RankMoment


class NoCustomerForPoints(InvalidRequest):
    """Points can only be used by a customer, and the receipt names none."""

    code = "no-customer-for-points"
    title = "No customer to use points"


class CardEnded(InvalidRequest):
    """Points were to be used with nothing but a card that has ended, lost or replaced. Nothing was recorded."""

    code = "card-ended"
    title = "Card ended"


class UnprocessablePurchase(Refusal):
    """The database refused this purchase, and no others of its batch. It is logged with ``error_id``."""

    code = "unprocessable-purchase"
    status = 422
    title = "Unprocessable purchase"


class UnprocessableOperation(Refusal):
    """The database refused this operation, and no others of its batch. It is logged with ``error_id``."""

    code = "unprocessable-operation"
    status = 422
    title = "Unprocessable operation"


class ExpiringPoints(Struct, gc=False, frozen=True):
    """The lot that expires soonest; it is valid through the end of its last day."""

    kind: str
    points: int
    expires_on: date


class BalanceLine(Struct, gc=False, frozen=True):
    """What the customer can spend, by kind; ``owed`` is what the next earnings are set against."""

    available: int
    regular: int
    limited: int
    next_expiry: ExpiringPoints | None
    owed: int = 0


class AwardLine(Struct, gc=False, frozen=True):
    """Points that were earned, with the arithmetic behind them; ``entry_id`` names the journal entry.

    They rest either on the programme's rule (``basis``) or on a campaign.
    """

    entry_id: str | None
    kind: str
    points: int
    expires_on: date
    basis: AwardBasis | None
    campaign: CampaignBasis | None = None


class PendingLine(Struct, gc=False, frozen=True):
    """Points that a purchase has earned and that can not be used yet (仮ポイント), with the arithmetic behind them.

    They become points with the beginning of ``due_on`` in the programme's zone; None until the ``event`` that they wait
    for has been reported, and ``days`` are what is added to its day. ``event`` None waits for time alone. ``points``
    are what is left of the award after returns, which have ``cancelled`` the rest.
    """

    purchase_id: UUID
    kind: str
    points: int
    due_on: date | None
    event: str | None
    days: int
    basis: AwardBasis | None
    cancelled: int = 0
    campaign: CampaignBasis | None = None


class RecordedPurchase(Struct, gc=False, frozen=True, kw_only=True):
    """The answer to a purchase, given after its commit. ``replayed``: the key was known, and nothing changed."""

    purchase_id: UUID
    replayed: bool
    customer_id: UUID | None
    occurred_at: datetime
    recorded_at: datetime
    total_yen: int
    points_earned: int
    points_used: int
    awards: tuple[AwardLine, ...]
    balance: BalanceLine | None
    notices: tuple[str, ...] = ()
    pending: tuple[PendingLine, ...] = ()
    standing: RankMoment | None = None

    @property
    def rank(self) -> RankAnswer | None:
        """The customer's rank and what is missing, once the purchase is made; None without a ladder."""
        return None if self.standing is None else self.standing.answer


class QuotedPurchase(Struct, gc=False, frozen=True, kw_only=True):
    """What a purchase would earn and leave if it were made now. Nothing was recorded."""

    customer_id: UUID | None
    total_yen: int
    points_earned: int
    points_used: int
    awards: tuple[AwardLine, ...]
    balance: BalanceLine | None
    notices: tuple[str, ...] = ()
    pending: tuple[PendingLine, ...] = ()
    not_applied: tuple[NotApplied, ...] = ()
    """Campaigns that are live at the purchase and give nothing, each with why."""
    standing: RankMoment | None = None

    @property
    def rank(self) -> RankAnswer | None:
        """The customer's rank and what is missing, once the purchase is made; None without a ladder."""
        return None if self.standing is None else self.standing.answer


class RecordedReturn(Struct, gc=False, frozen=True, kw_only=True):
    """The answer to a return, given after its commit. ``replayed``: the key was known, and nothing changed.

    ``refund_yen`` is what the goods had cost, ``pay_back_yen`` what of it was paid otherwise than with points.
    ``points_absorbed`` had been earned and spent, and stay with the member; ``points_lost`` had been used out of lots
    that have expired since. ``points_owed`` is what the next earnings are set against.
    """

    return_id: UUID
    replayed: bool
    purchase_id: UUID | None
    customer_id: UUID | None
    occurred_at: datetime
    recorded_at: datetime
    refund_yen: int
    pay_back_yen: int
    points_taken_back: int
    points_absorbed: int
    points_given_back: int
    points_lost: int
    points_owed: int
    completes: bool
    balance: BalanceLine | None
    pending_cancelled: int = 0
    """Points that the goods had earned and that had not become points yet."""


IDENTIFIER_CONFLICT = "identifier-conflict"
"""Notice: an identifier on the receipt belongs to another customer; the strongest identifier decided."""
CARD_ENDED = "card-ended"
"""Notice: a card on the receipt has ended and was passed over; alone it makes an anonymous sale."""
NO_PROGRAM = "no-program-in-force"
"""Notice: no earning programme was in force when the purchase occurred."""
POINTS_PENDING = "points-pending"
"""Notice: the purchase has earned points that can not be used yet."""
REFERRAL_REWARDED = "referral-rewarded"
"""Notice: this purchase earned the rewards of a referral, for its customer and for who referred them."""
WELCOMED = "welcome-points"
"""Notice: the purchase made a new member, and campaigns gave them points for joining."""
