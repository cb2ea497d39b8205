"""What a purchase is, whichever channel it came from.

A purchase is a fact: it is recorded once, under the key ``(source, external_id)`` that its sender chose, and never
changed. Money is integer yen; instants carry their offset.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Raw, Struct

from enishi.kit.errors import Conflict, InvalidRequest
from enishi.kit.identifiers import Identifier

MAX_YEN = 1_000_000_000
"""No single amount on a receipt is larger, nor the whole receipt; so its points fit the journal's 32 bits."""

_PRINTABLE = r"^[^\x00-\x1f\x7f]*(?!\n)$"
_SIMPLE = r"^[A-Za-z0-9._:\-]+(?!\n)$"
"""Python's ``$`` also matches before a last line feed; hence the look-ahead, which other dialects understand too."""
Code = Annotated[str, Meta(min_length=1, max_length=128, pattern=_PRINTABLE)]
"""A sender's own code: store, terminal, SKU, receipt number. No control characters."""
Source = Annotated[str, Meta(min_length=1, max_length=64, pattern=_SIMPLE)]
"""Who sends: with the sender's own ``external_id`` the key of whatever is sent."""
StoreCode = Annotated[str, Meta(min_length=1, max_length=64, pattern=_SIMPLE)]
TerminalCode = Annotated[str, Meta(max_length=64, pattern=_PRINTABLE)]
Yen = Annotated[int, Meta(ge=0, le=MAX_YEN)]
Instant = Annotated[datetime, Meta(tz=True)]


class Channel(StrEnum):
    """Where the customer was when they bought."""

    POS = "pos"
    EC = "ec"
    APP = "app"
    LINE = "line"


class TaxMode(StrEnum):
    """Whether the amounts on the lines contain consumption tax (内税) or not (外税)."""

    INCLUDED = "included"
    EXCLUDED = "excluded"


class PaymentMethod(StrEnum):
    """How a part of the receipt was paid. Points are not a payment here: see ``Purchase.points_to_use``."""

    CASH = "cash"
    CREDIT_CARD = "credit_card"
    DEBIT_CARD = "debit_card"
    E_MONEY = "e_money"
    QR_CODE = "qr_code"
    BANK_TRANSFER = "bank_transfer"
    GIFT_CARD = "gift_card"
    COUPON = "coupon"
    INVOICE = "invoice"
    OTHER = "other"


class Line(Struct, gc=False, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One line of a receipt."""

    sku: Code
    quantity: Annotated[int, Meta(ge=0, le=1_000_000)]
    unit_price_yen: Yen
    tax_rate_percent: Annotated[int, Meta(ge=0, le=100)] = 10
    discount_yen: Yen = 0
    category: Annotated[str, Meta(max_length=128, pattern=_PRINTABLE)] = ""
    amount_yen: Yen | None = None
    """The amount as printed, before ``discount_yen``, for goods sold by weight. Default: quantity × unit price."""

    @property
    def net_yen(self) -> int:
        """What the line costs after its discount, in the purchase's tax mode."""
        amount = self.quantity * self.unit_price_yen if self.amount_yen is None else self.amount_yen
        return amount - self.discount_yen


class Payment(Struct, gc=False, frozen=True, forbid_unknown_fields=True):
    """One part of how the receipt was paid."""

    method: PaymentMethod
    amount_yen: Yen


class Purchase(Struct, gc=False, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """A receipt as a channel reports it.

    ``identifiers`` empty means an anonymous sale: it is kept, and can be claimed later with the receipt number.
    ``points_to_use`` are taken from the customer's balance as part of the payment, one yen a point.
    """

    source: Annotated[str, Meta(min_length=1, max_length=64, pattern=_SIMPLE)]
    external_id: Code
    channel: Channel
    store: Annotated[str, Meta(min_length=1, max_length=64, pattern=_SIMPLE)]
    terminal: TerminalCode = ""
    occurred_at: Instant
    identifiers: Annotated[tuple[Identifier, ...], Meta(max_length=12)] = ()
    tax_mode: TaxMode = TaxMode.INCLUDED
    lines: Annotated[tuple[Line, ...], Meta(min_length=1, max_length=1_000)]
    payments: Annotated[tuple[Payment, ...], Meta(max_length=20)] = ()
    points_to_use: Annotated[int, Meta(ge=0, le=MAX_YEN)] = 0
    coupon_codes: Annotated[tuple[Code, ...], Meta(max_length=50)] = ()
    offline: bool = False
    """The terminal had no connection when the goods left the shop, so points it used can not be refused any more."""
    hold_id: UUID | None = None
    """Points on hold that pay: as many as ``points_to_use`` says, or all where that is 0. The rest is released."""


class InvalidPurchase(InvalidRequest):
    """A receipt whose parts contradict each other or the calendar."""

    code = "invalid-purchase"
    title = "Invalid purchase"


class IdempotencyConflict(Conflict):
    """The key ``(source, external_id)`` is taken by a purchase with another body. ``fields`` names what differs."""

    code = "idempotency-conflict"
    title = "Another purchase has this key"


class Key(Struct, gc=False, frozen=True):
    """The key a sender gave a purchase; the same key is the same purchase for ever."""

    source: str
    external_id: str


class FirstAnswer(Struct, gc=False, frozen=True, array_like=True):
    """What the first answer said besides the journal entries, kept so that a repeat says the same.

    ``next_kind``, ``next_points`` and ``next_expires_on`` describe the lot that would expire soonest.
    """

    available: int
    regular: int
    limited: int
    next_kind: str = ""
    next_points: int = 0
    next_expires_on: str = ""
    notices: tuple[str, ...] = ()
    owed: int = 0
    rank: Raw = Raw(b"null")
    """``ranks.Snapshot`` as JSON: how the customer stood on the ladder; null without a ladder."""


class NewPurchase(Struct, gc=False, frozen=True):
    """A purchase with everything that was decided about it, ready to be recorded."""

    purchase: Purchase
    occurred_at: datetime
    purchase_id: UUID
    lookups: tuple[bytes, ...]
    lines: bytes
    fingerprint: bytes
    total_yen: int
    customer_id: UUID | None
    first_seq: int
    entry_count: int
    points_earned: int
    answer: FirstAnswer


class StoredPurchase(Struct, gc=False, frozen=True, kw_only=True):
    """A purchase as recorded. Its journal entries are ``(account_id, first_seq … first_seq + entry_count - 1)``.

    ``customer_id`` is whose it is by now.
    """

    purchase_id: UUID
    source: str
    external_id: str
    channel: Channel
    store: str
    terminal: str
    occurred_at: datetime
    recorded_at: datetime
    customer_id: UUID | None
    identifiers: tuple[bytes, ...]
    tax_mode: TaxMode
    lines: tuple[Line, ...]
    payments: tuple[Payment, ...]
    points_to_use: int
    coupon_codes: tuple[str, ...]
    total_yen: int
    fingerprint: bytes
    first_seq: int
    entry_count: int
    points_earned: int
    answer: FirstAnswer
    claimed: bool = False
    """Whether it was an anonymous sale that became its customer's afterwards."""
    booked_on: UUID | None = None
    """The customer it was booked on, where a merge or its undo has made it another's since."""

    @property
    def account_id(self) -> UUID | None:
        """Whose account its journal entries are in."""
        return self.booked_on or self.customer_id

    @property
    def entry_keys(self) -> list[tuple[UUID, int]]:
        """The numbers of the purchase's journal entries."""
        account_id = self.account_id
        if account_id is None:
            return []
        return [(account_id, self.first_seq + offset) for offset in range(self.entry_count)]


class DayFigures(Struct, frozen=True):
    """What was bought on one day: number of purchases and customers, yen with tax, points earned and used."""

    on: date
    purchases: int
    customers: int
    total_yen: int
    points_earned: int
    points_used: int


class CustomerFigures(Struct, frozen=True):
    """What one customer bought so far."""

    purchases: int
    total_yen: int
    first_at: datetime | None
    last_at: datetime | None
