"""From a receipt of the data set to a purchase as a till would report it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta, timezone
from functools import lru_cache
from typing import Final

from enishi.connectors.completejourney.dataset import Basket, BasketLine
from enishi.connectors.completejourney.invented import card_of, phone_of, store_code
from enishi.purchases import Channel, Identifier, IdentifierKind, Line, Payment, PaymentMethod, Purchase

SOURCE: Final = "complete-journey"

_TOKYO: Final = timezone(timedelta(hours=9))
# The data set does not say how a receipt was paid. Each household has a usual way, kept to nine times in ten.
_INVENTED_METHODS: Final = (
    PaymentMethod.CASH,
    PaymentMethod.CREDIT_CARD,
    PaymentMethod.QR_CODE,
    PaymentMethod.CASH,
    PaymentMethod.CREDIT_CARD,
    PaymentMethod.E_MONEY,
    PaymentMethod.QR_CODE,
)
_POS: Final = Channel.POS
_COUPON: Final = PaymentMethod.COUPON


def to_purchase(basket: Basket, lines: Sequence[BasketLine]) -> Purchase:
    """The receipt as a purchase. One in ten is made with the phone number, the card having been left at home."""
    return Purchase(
        source=SOURCE,
        external_id=str(basket.basket_id),
        channel=_POS,
        store=store_code(basket.store_id),
        occurred_at=basket.occurred_at.replace(tzinfo=_TOKYO),
        identifiers=_identifiers(basket.household_id, basket.basket_id % 10 == 0),
        lines=tuple([Line(*line) for line in lines]),
        payments=_payments(basket),
        points_to_use=basket.points_to_use,
    )


@lru_cache(maxsize=8_192)
def _identifiers(household_id: int, by_phone: bool) -> tuple[Identifier, ...]:
    if by_phone:
        return (Identifier(IdentifierKind.PHONE, phone_of(household_id)),)
    return (Identifier(IdentifierKind.CARD, card_of(household_id)),)


def _payments(basket: Basket) -> tuple[Payment, ...]:
    rest = basket.total_yen - basket.coupon_yen - basket.points_to_use
    payments: list[Payment] = []
    if basket.coupon_yen:
        payments.append(Payment(_COUPON, basket.coupon_yen))
    if rest:
        turn = basket.household_id + (basket.basket_id // 10 if basket.basket_id % 10 == 1 else 0)
        payments.append(Payment(_INVENTED_METHODS[turn % len(_INVENTED_METHODS)], rest))
    return tuple(payments)
