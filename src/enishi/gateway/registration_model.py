"""What the gateway takes and answers when somebody joins: the shapes of its bodies."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from enishi.gateway.model import AwardAnswer, BalanceAnswer
from enishi.kit.identifiers import Identifier
from enishi.purchases import Source

Text = Annotated[str, Meta(max_length=200)]


class PersonBody(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is known of the person; kept encrypted under a key of their own."""

    name: Text = ""
    name_kana: Text = ""
    birth_date: date | None = None


class RegistrationBody(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Who joins: the identifiers by which they will be known, what is known of them, and in which store, if in one."""

    source: Source
    identifiers: Annotated[tuple[Identifier, ...], Meta(min_length=1, max_length=12)]
    person: PersonBody = PersonBody()
    store: Annotated[str, Meta(max_length=64, pattern=r"^[A-Za-z0-9._:\-]*$")] = ""


class RegistrationAnswer(Struct, frozen=True):
    """A member. ``replayed``: they were known before, and got no points for joining now."""

    customer_id: UUID
    replayed: bool
    awards: list[AwardAnswer]
    balance: BalanceAnswer
