"""How identifiers are written the same way, and whom a receipt's identifiers name. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import phonenumbers
from msgspec.structs import replace

from enishi.customers.model import (
    LIMITS,
    BlindIdentifier,
    CardIssue,
    Conflict,
    InvalidIdentifier,
    Resolution,
    TooManyCards,
)
from enishi.kit.identifiers import Identifier, IdentifierKind

CARDS_A_DAY: Final = 5
"""Cards that a customer may get within ``CARDS_COUNTED_FOR``: more is somebody trying something out."""
CARDS_COUNTED_FOR: Final = timedelta(hours=24)
_CARD_DIGITS: Final = 13
_CARD_ID_BYTES: Final = 10
_CARD_PREFIX: Final = re.compile(r"2[0-9]{1,5}")
_JAPANESE_MOBILE = re.compile(r"0[6-9]0[0-9]{8}")
_EMAIL = re.compile(r"[^\s@\x00-\x1f\x7f]{1,64}@[^\s@\x00-\x1f\x7f.]+(?:\.[^\s@\x00-\x1f\x7f.]+)+")
_CARD = re.compile(r"[0-9A-Z]{1,64}")
_SEPARATORS = re.compile(r"[\s\-‐‑‒–—―−ー－()（）.・/]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")

_NOBODY_YET = object()
_STRENGTH = {kind: position for position, kind in enumerate(IdentifierKind)}


def normalise(identifier: Identifier, namespace: str = "") -> Identifier:
    """The identifier in the one spelling it is looked up and kept by.

    All are folded by NFKC first, so that full-width digits and letters equal the plain ones. Phone numbers become
    E.164 (a number without a country is Japanese), e-mail addresses lower case, cards lose spaces and hyphens. A shop
    customer ID is only unique in the system that issued it, so it is prefixed with ``namespace`` (the receipt's
    source) unless it carries a prefix already. Raises ``InvalidIdentifier``.
    """
    text = identifier.value
    if not _is_plain(text):
        text = unicodedata.normalize("NFKC", text).strip()
    if not text or _CONTROL.search(text):
        raise InvalidIdentifier(
            f"The {identifier.kind.value} is empty or contains control characters.", remedy="Send it as printed."
        )
    if identifier.kind is IdentifierKind.SHOP_CUSTOMER_ID:
        return Identifier(identifier.kind, text if "/" in text or not namespace else f"{namespace}/{text}")
    return Identifier(identifier.kind, _NORMALISERS.get(identifier.kind, str)(text))


def _is_plain(text: str) -> bool:
    """Whether a text is of ASCII letters and digits alone, as cards are as a rule: nothing to fold or to take out."""
    return text.isascii() and text.isalnum()


def _normalise_phone(text: str) -> str:
    digits = _SEPARATORS.sub("", text)
    if _JAPANESE_MOBILE.fullmatch(digits):
        return f"+81{digits[1:]}"
    try:
        number = phonenumbers.parse(digits, "JP")
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise InvalidIdentifier(
            "The phone number is not one that can be dialled.",
            remedy="Send the whole number, with the country code when it is not Japanese.",
        )
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _normalise_email(text: str) -> str:
    folded = text.lower()
    if not _EMAIL.fullmatch(folded):
        raise InvalidIdentifier("The e-mail address is not complete.", remedy="Send it as name@example.jp.")
    return folded


def _normalise_card(text: str) -> str:
    compact = (text if _is_plain(text) else _SEPARATORS.sub("", text)).upper()
    if not _CARD.fullmatch(compact):
        raise InvalidIdentifier(
            "The card number contains something other than digits and letters.", remedy="Send it as printed."
        )
    return compact


_NORMALISERS: dict[IdentifierKind, Callable[[str], str]] = {
    IdentifierKind.PHONE: _normalise_phone,
    IdentifierKind.EMAIL: _normalise_email,
    IdentifierKind.CARD: _normalise_card,
}


def guess_kinds(query: str) -> list[Identifier]:
    """What a person may have typed or scanned into one search field, most likely first; spelled as they did."""
    text = unicodedata.normalize("NFKC", query).strip()
    if not text:
        return []
    if "@" in text:
        return [Identifier(IdentifierKind.EMAIL, text)]
    kinds = [IdentifierKind.CARD, IdentifierKind.APP_ID, IdentifierKind.LINE_USER_ID, IdentifierKind.SHOP_CUSTOMER_ID]
    if re.fullmatch(r"\+?[0-9]{9,15}", _SEPARATORS.sub("", text)):
        kinds.insert(0, IdentifierKind.PHONE)
    return [Identifier(kind, text) for kind in kinds]


def card_id_of(lookup: bytes) -> str:
    """The name of a card within its customer: the beginning of its blind index, which tells nothing of the number."""
    return lookup[:_CARD_ID_BYTES].hex()


def is_card_prefix(prefix: str) -> bool:
    """Whether our own card numbers may begin so: 20 to 29, the numbers no product bears, and up to six digits."""
    return _CARD_PREFIX.fullmatch(prefix) is not None


def new_card_number(prefix: str, draw: Callable[[int], int]) -> str:
    """A card number of ours: the prefix, random digits and a check digit, thirteen in all, as an EAN-13 barcode.

    It is drawn and not counted, so that nobody can guess whose card is next. With thirteen digits it is no payment
    card's. ``draw`` gives an integer from 0 to below its argument. Raises ``ValueError`` for a prefix that is none.
    """
    if not is_card_prefix(prefix):
        raise ValueError(f"A card number can not begin with {prefix!r}: two to six digits, the first two 20 to 29.")
    free = _CARD_DIGITS - 1 - len(prefix)
    digits = f"{prefix}{draw(10**free):0{free}d}"
    return f"{digits}{check_digit(digits)}"


def check_digit(digits: str) -> int:
    """The check digit of GS1 (EAN-13, JAN) for the twelve digits before it."""
    return -sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits)) % 10


def latest_in_place_of(lookup: bytes, issues: Iterable[CardIssue]) -> bytes:
    """The card at the end of the chain of cards that took each other's place, beginning with this one."""
    successors = {one.replaces: one.lookup for one in issues if one.replaces is not None}
    while lookup in successors:
        lookup = successors[lookup]
    return lookup


def check_card_limits(living: int, issues: Iterable[CardIssue], now: datetime) -> None:
    """Refuse one more card. ``living`` is how many the customer would have with it. Raises ``TooManyCards``."""
    if living > LIMITS[IdentifierKind.CARD]:
        raise TooManyCards(
            f"A customer may have {LIMITS[IdentifierKind.CARD]} cards at a time; nothing was changed.",
            remedy="End one that is no longer used.",
        )
    if sum(one.issued_at > now - CARDS_COUNTED_FOR for one in issues) >= CARDS_A_DAY:
        raise TooManyCards(
            f"This customer got {CARDS_A_DAY} new cards within a day; nothing was changed.",
            remedy="End the lost card now, and issue another one tomorrow.",
        )


def resolve(
    identifiers: Sequence[BlindIdentifier], owners: Mapping[bytes, UUID | None], new_customer_id: Callable[[], UUID]
) -> Resolution:
    """Whom these identifiers name.

    The strongest identifier that is known decides. Those nobody holds are to be linked to that customer; one that
    belongs to somebody else stays theirs and is reported as a conflict: a family's shared phone must not merge two
    people. When none is known, the customer is new. ``owners`` maps blind indexes to customers, or to None for an
    identifier that has ended: that one names nobody, is never linked and contradicts nothing.
    """
    if not identifiers:
        return Resolution(None)
    if len(identifiers) == 1 and identifiers[0].lookup in owners:
        owner = owners[identifiers[0].lookup]
        return Resolution(owner) if owner is not None else Resolution(None, has_ended=True)
    living = [one for one in identifiers if owners.get(one.lookup, _NOBODY_YET) is not None]
    if len(living) < len(identifiers):
        return replace(resolve(living, owners, new_customer_id), has_ended=True)
    by_strength = sorted(identifiers, key=lambda identifier: _STRENGTH[identifier.kind])
    customer_id = next((owners[one.lookup] for one in by_strength if one.lookup in owners), None)
    is_new = customer_id is None
    if customer_id is None:
        customer_id = new_customer_id()
    unknown = {one.lookup: one for one in by_strength if one.lookup not in owners}
    return Resolution(
        customer_id,
        is_new,
        tuple(unknown.values()),
        tuple(
            Conflict(customer_id, owner, one.kind)
            for one in by_strength
            if (owner := owners.get(one.lookup)) is not None and owner != customer_id
        ),
    )
