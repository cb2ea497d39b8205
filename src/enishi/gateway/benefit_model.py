"""What the gateway takes and answers about benefits: the shapes of its bodies."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from enishi.benefits import BenefitKind, BenefitState, ChannelName
from enishi.purchases import Code, Source, StoreCode

Terminal = Annotated[str, Meta(max_length=64)]


class ConditionAnswer(Struct, frozen=True):
    """One condition of a benefit, with what was found and what is needed."""

    label: str
    holds: bool
    found: str
    needed: str


class TierAnswer(Struct, frozen=True):
    """A tier of the ladder in force."""

    code: str
    level: int
    name: str


class BenefitAnswer(Struct, frozen=True):
    """A benefit as the customer stands to it, and why."""

    code: str
    kind: BenefitKind
    name: str
    note: str
    entitled: bool
    state: BenefitState
    reason: str
    to_give: bool
    left: int | None
    opens_at: datetime | None
    min_amount_yen: int | None
    skus: tuple[str, ...]
    conditions: list[ConditionAnswer]


class CustomerBenefitsAnswer(Struct, frozen=True):
    """Every benefit in force as one customer stands to it, those that hold now first."""

    customer_id: UUID
    as_of: datetime
    version: int
    tier: TierAnswer | None
    benefits: list[BenefitAnswer]


class GiveBody(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """That a benefit was handed over, once under ``(source, external_id)``."""

    source: Source
    external_id: Code
    store: StoreCode
    channel: ChannelName = "pos"
    terminal: Terminal = ""


class GiveAnswer(Struct, frozen=True):
    """A benefit that is marked as given, on disk. ``left`` is how often it can still be given in the same period."""

    give_id: UUID
    replayed: bool
    customer_id: UUID
    benefit: str
    number: int
    left: int
    store: str
    given_at: datetime
    undone: bool


class UndoBody(Struct, frozen=True, forbid_unknown_fields=True):
    """Which mark was a mistake, and why it is taken back."""

    give_id: UUID
    reason: Annotated[str, Meta(min_length=1, max_length=500)]


class UndoAnswer(Struct, frozen=True):
    """A mark that was taken back: the benefit can be given again."""

    give_id: UUID
    customer_id: UUID
    benefit: str
    undone_at: datetime
