"""From bytes to typed values, and from what msgspec says of a bad body to a refusal that names the field and remedy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

import msgspec

from enishi.gateway.model import MalformedBody, PaymentCardNumber
from enishi.kit.errors import InvalidRequest
from enishi.kit.payment_cards import find_offence, is_suspicious
from enishi.kit.validity import describe_invalid

T = TypeVar("T")

_decode_anything = msgspec.json.Decoder().decode


class BodyDecoder(Generic[T]):
    """Decodes JSON bodies into one type. Thread-safe."""

    def __init__(self, shape: type[T]) -> None:
        self._shape = shape
        self._decoder = msgspec.json.Decoder(shape)

    def decode(self, body: bytes | msgspec.Raw) -> T:
        """The value of a body that may be stored.

        Refusals: ``PaymentCardNumber`` before anything of the body is looked at more closely, so that no answer can
        repeat the number; ``MalformedBody`` when it is not JSON in UTF-8; ``InvalidRequest`` naming the field.
        """
        raw = bytes(body)
        _examine(raw)
        try:
            return _guard(self._decoder.decode, raw)
        except msgspec.ValidationError as error:
            raise describe_invalid(str(error), self._shape) from None

    def decode_outline(self, body: bytes) -> T:
        """The value of a body whose parts are ``msgspec.Raw``, each to be given to a ``decode`` of its own.

        Refuses what ``decode`` refuses, of the outline; the parts are not examined, unless the outline is refused.
        """
        try:
            return _guard(self._decoder.decode, body)
        except msgspec.ValidationError as error:
            _examine(body)
            raise describe_invalid(str(error), self._shape) from None


def _examine(raw: bytes) -> None:
    if not is_suspicious(raw):
        return
    try:
        document = _guard(_decode_anything, raw)
    except msgspec.ValidationError as error:
        # Whatever fits no type at all, an integer of thousands of digits, fits the wanted one neither.
        raise describe_invalid(str(error), Any) from None
    refuse_offences(document)


def refuse_offences(document: Any) -> None:
    """Refuse a decoded document that holds a payment card number or a control character."""
    offence = find_offence(document)
    if offence is None:
        return
    path, kind = offence
    if kind == "card":
        raise PaymentCardNumber(
            "The body holds what looks like a payment card number. It was not stored and not logged.",
            field=path or None,
            remedy="Leave the card number out; say how the receipt was paid in payments[].method. If this is a number "
            "of your own, write it so that it can not be taken for a payment card: with a letter between its digits.",
        )
    raise InvalidRequest(
        "The text contains a control character.", field=path or None, remedy="Send printable characters only."
    )


def _guard(decode: Callable[[bytes], T], raw: bytes) -> T:
    """Decode, and refuse what is not JSON. A ``ValidationError`` passes: that is JSON with another shape."""
    try:
        return decode(raw)
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError as error:
        raise MalformedBody(f"{error}.", remedy="Send one JSON document.") from None
    except UnicodeDecodeError:
        raise MalformedBody("The body is not UTF-8.", remedy="Send JSON in UTF-8.") from None
    except RecursionError:
        raise MalformedBody("The body is nested too deeply.", remedy="Send the documented shape.") from None
