"""What the gateway takes and answers about cards: the shapes of its bodies."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from enishi.customers import EndReason

CardId = Annotated[str, Meta(max_length=64)]
CardNumber = Annotated[str, Meta(max_length=256)]


class CardBody(Struct, frozen=True, forbid_unknown_fields=True):
    """Which of the customer's cards is meant, by exactly one of ``card_id`` and ``number``, and why it ends."""

    reason: EndReason
    card_id: CardId = ""
    number: CardNumber = ""


class CardAnswer(Struct, frozen=True):
    """A card that a customer has or had, its number masked."""

    card_id: str
    masked: str
    linked_at: datetime
    ended_at: datetime | None
    ended_reason: EndReason | None
    replaced_by: str | None


class CardsAnswer(Struct, frozen=True):
    """Every card of a customer: living ones first, each newest first."""

    customer_id: UUID
    cards: list[CardAnswer]


class NewCardAnswer(Struct, frozen=True):
    """A card that was issued, with the number to be printed or shown."""

    card_id: str
    number: str
    issued_at: datetime


class CardIssueAnswer(Struct, frozen=True):
    """A new card, and the card in whose place it stands (null: a further card)."""

    customer_id: UUID
    replayed: bool
    card: NewCardAnswer
    replaces: CardAnswer | None


class CardEndAnswer(Struct, frozen=True):
    """A card that is ended now."""

    customer_id: UUID
    replayed: bool
    card: CardAnswer
