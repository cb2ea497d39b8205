"""The kinds of identifier by which machines name a person: the words that ``customers`` and ``purchases`` share."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct


class IdentifierKind(StrEnum):
    """Declared from the strongest to the weakest: when several name different people, the strongest decides.

    A card, an app or a LINE account is one person's. A shop's own customer number may be typed in by staff; phones and
    e-mail addresses are shared in families, so they decide last.
    """

    CARD = "card"
    APP_ID = "app_id"
    LINE_USER_ID = "line_user_id"
    SHOP_CUSTOMER_ID = "shop_customer_id"
    PHONE = "phone"
    EMAIL = "email"


class Identifier(Struct, gc=False, frozen=True, forbid_unknown_fields=True):
    """One identifier as its sender wrote it. ``customers`` normalises it before it is looked up or kept."""

    kind: IdentifierKind
    value: Annotated[str, Meta(min_length=1, max_length=256)]
