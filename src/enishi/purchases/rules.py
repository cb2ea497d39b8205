"""What a receipt adds up to, whether it can be true, and whether two of them are the same. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from enishi.purchases.model import MAX_YEN, InvalidPurchase, Key, Line, Purchase, StoredPurchase, TaxMode

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
"""Receipts older than this are a till whose clock was reset."""
CLOCK_TOLERANCE = timedelta(days=1)
"""How far a terminal's clock may run ahead of ours."""

_encode = msgspec.json.Encoder().encode
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Taxes = list[tuple[int, int, int]]
"""Per tax rate in percent, ascending: the goods with tax in yen, and the tax in them."""


def taxes(purchase: Purchase | StoredPurchase) -> Taxes:
    """The consumption tax of a receipt: rounded down once per rate, as a qualified invoice asks.

    Source: 消費税法施行令70条の10. Amounts are yen.
    """
    by_rate: dict[int, int] = {}
    for line in purchase.lines:
        by_rate[line.tax_rate_percent] = by_rate.get(line.tax_rate_percent, 0) + line.net_yen
    if purchase.tax_mode is TaxMode.INCLUDED:
        return [(rate, amount, amount * rate // (100 + rate)) for rate, amount in sorted(by_rate.items())]
    return [(rate, amount + amount * rate // 100, amount * rate // 100) for rate, amount in sorted(by_rate.items())]


def total_yen(purchase: Purchase) -> int:
    """What the customer owes, with tax, before points are used."""
    if purchase.tax_mode is TaxMode.INCLUDED:
        return sum([line.net_yen for line in purchase.lines])
    return sum(gross for _, gross, _ in taxes(purchase))


def net_yen(purchase: Purchase | StoredPurchase) -> int:
    """What the goods of a receipt cost without consumption tax, in yen: the tax is rounded down once per rate."""
    if purchase.tax_mode is TaxMode.EXCLUDED:
        return sum([line.net_yen for line in purchase.lines])
    return sum([gross - tax for _, gross, tax in taxes(purchase)])


def milliseconds(instant: datetime) -> int:
    """Milliseconds since the Unix epoch."""
    since = instant - _EPOCH
    return since.days * 86_400_000 + since.seconds * 1_000 + since.microseconds // 1_000


def instant_of(purchase: Purchase, now: datetime) -> datetime:
    """When the purchase occurred, in UTC: comparing instants of different offsets costs ten times as much.

    Raises ``InvalidPurchase`` for a time at which it can not have occurred.
    """
    try:
        instant = purchase.occurred_at.astimezone(UTC)
    except OverflowError:
        instant = None
    if instant is None or instant < EARLIEST or instant - CLOCK_TOLERANCE > now:
        raise InvalidPurchase(
            "The purchase lies before 2000 or more than a day in the future.",
            field="occurred_at",
            remedy="Set the terminal's clock, and send the time of the purchase with its offset from UTC.",
        )
    return instant


def check_total(purchase: Purchase) -> int:
    """The total in yen of a receipt that can be true. Raises ``InvalidPurchase`` naming the field that can not."""
    nets = [line.net_yen for line in purchase.lines]
    if min(nets) < 0:
        raise InvalidPurchase(
            "The discount is larger than the line's amount.",
            field=f"lines[{next(position for position, net in enumerate(nets) if net < 0)}].discount_yen",
            remedy="Spread the discount over the lines it belongs to.",
        )
    total = sum(nets) if purchase.tax_mode is TaxMode.INCLUDED else total_yen(purchase)
    if total > MAX_YEN:
        raise InvalidPurchase(
            f"The receipt adds up to ¥{total}, more than ¥{MAX_YEN}.",
            field="lines",
            remedy="Check quantities and prices; split what really is this large.",
        )
    if purchase.points_to_use > total:
        raise InvalidPurchase(
            f"{purchase.points_to_use} points were to be used on a receipt of ¥{total}.",
            field="points_to_use",
            remedy="Use at most the receipt's total.",
        )
    if purchase.hold_id is not None and (purchase.offline or total == 0):
        raise InvalidPurchase(
            "A receipt of a terminal without a connection, or of nothing to pay, can not be paid with points on hold.",
            field="hold_id",
            remedy="Leave hold_id out, and release the hold.",
        )
    return total


def line_row(line: Line) -> tuple[str, int, int, int, int, str, int | None]:
    """A line as it is kept: an array without names."""
    return (
        line.sku,
        line.quantity,
        line.unit_price_yen,
        line.tax_rate_percent,
        line.discount_yen,
        line.category,
        line.amount_yen,
    )


def encode_lines(lines: Sequence[Line]) -> bytes:
    """The lines of a receipt as JSON, without names."""
    return _encode([line_row(line) for line in lines])


def canonical_body(purchase: Purchase, at: datetime, lookups: Sequence[bytes], lines: bytes) -> bytes:
    """The body in one spelling: equal bytes mean that a repeat says the same as the first time.

    Identifiers count by their blind index and without order; ``at`` is the instant of the purchase without its offset.
    """
    return b"\x1f".join(
        (
            lines,
            _encode(
                (
                    purchase.channel,
                    purchase.store,
                    purchase.terminal,
                    milliseconds(at),
                    purchase.tax_mode,
                    purchase.payments,
                    purchase.points_to_use,
                    purchase.coupon_codes,
                )
            ),
            # Only there when it says something, so that receipts recorded before it existed keep their fingerprint.
            *((b"offline",) if purchase.offline else ()),
            *((b"hold" + purchase.hold_id.bytes,) if purchase.hold_id is not None else ()),
            *sorted(lookups),
        )
    )


def differing_fields(purchase: Purchase, lookups: Sequence[bytes], stored: StoredPurchase) -> list[str]:
    """The fields in which a body differs from the purchase recorded under its key."""
    pairs = {
        "channel": (purchase.channel, stored.channel),
        "store": (purchase.store, stored.store),
        "terminal": (purchase.terminal, stored.terminal),
        "occurred_at": (purchase.occurred_at, stored.occurred_at),
        "identifiers": (sorted(lookups), sorted(stored.identifiers)),
        "tax_mode": (purchase.tax_mode, stored.tax_mode),
        "lines": (purchase.lines, stored.lines),
        "payments": (purchase.payments, stored.payments),
        "points_to_use": (purchase.points_to_use, stored.points_to_use),
        "coupon_codes": (purchase.coupon_codes, stored.coupon_codes),
    }
    return [name for name, (new, old) in pairs.items() if new != old]


def key_of(purchase: Purchase) -> Key:
    """The key under which a purchase is recorded."""
    return Key(purchase.source, purchase.external_id)


def as_sent(stored: StoredPurchase) -> Purchase:
    """The receipt as it was sent, but for its identifiers, which are kept only blindly."""
    return Purchase(
        source=stored.source,
        external_id=stored.external_id,
        channel=stored.channel,
        store=stored.store,
        terminal=stored.terminal,
        occurred_at=stored.occurred_at,
        tax_mode=stored.tax_mode,
        lines=stored.lines,
        payments=stored.payments,
        points_to_use=stored.points_to_use,
        coupon_codes=stored.coupon_codes,
    )
