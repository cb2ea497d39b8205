"""How identifiers are written the same way, and whom a receipt's identifiers name. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

import phonenumbers

from enishi.customers.model import BlindIdentifier, Conflict, InvalidIdentifier, Resolution
from enishi.kit.identifiers import Identifier, IdentifierKind

_JAPANESE_MOBILE = re.compile(r"0[6-9]0[0-9]{8}")
_EMAIL = re.compile(r"[^\s@\x00-\x1f\x7f]{1,64}@[^\s@\x00-\x1f\x7f.]+(?:\.[^\s@\x00-\x1f\x7f.]+)+")
_CARD = re.compile(r"[0-9A-Z]{1,64}")
_SEPARATORS = re.compile(r"[\s\-‐‑‒–—―−ー－()（）.・/]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")

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


def resolve(
    identifiers: Sequence[BlindIdentifier], owners: Mapping[bytes, UUID], new_customer_id: Callable[[], UUID]
) -> Resolution:
    """Whom these identifiers name.

    The strongest identifier that is known decides. Those nobody holds are to be linked to that customer; one that
    belongs to somebody else stays theirs and is reported as a conflict: a family's shared phone must not merge two
    people. When none is known, the customer is new. ``owners`` maps blind indexes to customers.
    """
    if not identifiers:
        return Resolution(None)
    if len(identifiers) == 1 and identifiers[0].lookup in owners:
        return Resolution(owners[identifiers[0].lookup])
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
            Conflict(customer_id, owners[one.lookup], one.kind)
            for one in by_strength
            if owners.get(one.lookup, customer_id) != customer_id
        ),
    )
