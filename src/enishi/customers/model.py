"""Who a customer is: the profile, the identifiers held, and what resolving a receipt's identifiers decides."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from enishi.kit.errors import Conflict as Contradiction
from enishi.kit.errors import InvalidRequest
from enishi.kit.identifiers import Identifier, IdentifierKind

Text = Annotated[str, Meta(max_length=200)]

LIMITS: dict[IdentifierKind, int] = {
    IdentifierKind.CARD: 10,
    IdentifierKind.APP_ID: 10,
    IdentifierKind.LINE_USER_ID: 3,
    IdentifierKind.SHOP_CUSTOMER_ID: 10,
    IdentifierKind.PHONE: 3,
    IdentifierKind.EMAIL: 3,
}
"""How many identifiers of a kind one customer may gather from receipts. More looks like a till's shared phone."""


class InvalidIdentifier(InvalidRequest):
    """An identifier that can not belong to anyone: a phone number that is none, an e-mail without a domain."""

    code = "invalid-identifier"
    title = "Invalid identifier"


class Profile(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is known of the person; sealed as a whole under the customer's own key."""

    name: Text = ""
    name_kana: Text = ""
    birth_date: date | None = None
    gender: Text = ""
    note: Annotated[str, Meta(max_length=2_000)] = ""
    invented: bool = False
    """Made up for a demo; said so wherever it is shown."""


class BlindIdentifier(Struct, gc=False, frozen=True):
    """A normalised identifier together with its blind index."""

    kind: IdentifierKind
    value: str
    lookup: bytes


class HeldIdentifier(Struct, frozen=True):
    """An identifier in clear, as one customer holds it."""

    kind: IdentifierKind
    value: str
    linked_at: datetime


class CustomerRecord(Struct, frozen=True):
    """A customer with everything opened. Never logged."""

    customer_id: UUID
    joined_at: datetime
    profile: Profile
    identifiers: list[HeldIdentifier]


class NewCustomer(Struct, frozen=True):
    """A customer to be registered with what is known of them."""

    identifiers: tuple[Identifier, ...]
    joined_at: datetime
    profile: Profile = Profile()


class Match(Struct, frozen=True):
    """An identifier that belongs to a customer."""

    customer_id: UUID
    kind: IdentifierKind


class EndReason(StrEnum):
    """Why a card has ended. ``damaged`` no longer scans; ``replaced`` was given up for another; ``withdrawn`` by us."""

    LOST = "lost"
    STOLEN = "stolen"
    DAMAGED = "damaged"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


class Card(Struct, frozen=True):
    """A card of a customer with its number in clear. Never logged.

    ``card_id`` names it within its customer and tells nothing of the number. ``replaced_by`` is the ``card_id`` of the
    card that took its place.
    """

    card_id: str
    number: str
    linked_at: datetime
    ended_at: datetime | None = None
    ended_reason: EndReason | None = None
    replaced_by: str | None = None

    @property
    def is_living(self) -> bool:
        """Whether the card still names its customer."""
        return self.ended_at is None


class CardName(Struct, frozen=True):
    """Which of a customer's cards is meant: by its ``card_id``, or else by its number in any spelling."""

    card_id: str = ""
    number: str = ""


class IssuedCard(Struct, frozen=True):
    """A new card, and the card whose place it takes (None: a further card). ``replayed``: it had been issued before."""

    card: Card
    replaces: Card | None
    replayed: bool = False


class EndedCard(Struct, frozen=True):
    """A card that is ended now. ``replayed``: it had ended before, at the instant and for the reason it says."""

    card: Card
    replayed: bool = False


class EndedMatch(Struct, frozen=True):
    """An identifier that has ended, and whose it was. ``replaced``: the customer has another card in its place."""

    customer_id: UUID
    kind: IdentifierKind
    ended_at: datetime
    reason: EndReason
    replaced: bool


class TooManyCards(Contradiction):
    """The customer has as many cards as one may have, or got too many within a day. Nothing was changed."""

    code = "too-many-cards"
    title = "Too many cards"


class Conflict(Struct, gc=False, frozen=True):
    """An identifier on a receipt that belongs to somebody else than the customer the receipt was booked to."""

    customer_id: UUID
    other_customer_id: UUID
    kind: IdentifierKind


class Resolution(Struct, gc=False, frozen=True):
    """Whom a receipt's identifiers name: ``customer_id`` is None for an anonymous sale.

    ``has_ended`` tells that one of them, a lost card say, has ended and was passed over.
    """

    customer_id: UUID | None
    is_new: bool = False
    to_link: tuple[BlindIdentifier, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    has_ended: bool = False


class SealedIdentifier(Struct, frozen=True):
    """An identifier as the database keeps it."""

    lookup: bytes
    kind: str
    customer_id: UUID
    sealed: bytes
    linked_at: datetime


class SealedCard(Struct, frozen=True):
    """A card as the database keeps it; ``issued_at``, ``replaces`` and ``request_key`` are None unless it is ours."""

    lookup: bytes
    sealed: bytes
    linked_at: datetime
    ended_at: datetime | None
    ended_reason: str | None
    issued_at: datetime | None
    replaces: bytes | None
    request_key: str | None


class CardIssue(Struct, frozen=True):
    """That a card of ours was issued, in which card's place, and under which name of the request."""

    lookup: bytes
    customer_id: UUID
    replaces: bytes | None
    request_key: str | None
    issued_at: datetime


class SealedCustomer(Struct, frozen=True):
    """A customer as the database keeps it; ``wrapped_key`` is None once erased."""

    customer_id: UUID
    joined_at: datetime
    bucket: int
    wrapped_key: bytes | None
    profile: bytes | None
