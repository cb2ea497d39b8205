"""Returns: what of a receipt came back, and what is left of it afterwards. Types and pure rules.

A return is a fact beside the purchase, which stays as it was. Everything it changes follows from comparing what was
left of the receipt before it with what is left after it, so that no order of partial returns leaves a yen or a point
over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from enishi.kit.errors import InvalidRequest, NotFound
from enishi.kit.identifiers import Identifier
from enishi.purchases.model import (
    MAX_YEN,
    Code,
    Instant,
    Line,
    Purchase,
    Source,
    StoreCode,
    StoredPurchase,
    TaxMode,
    TerminalCode,
)
from enishi.purchases.rules import CLOCK_TOLERANCE, EARLIEST, as_sent, total_yen

_decode_returned = msgspec.json.Decoder(list[tuple[int, int]]).decode
_decode_goods = msgspec.json.Decoder(list[tuple[str, int, int, int, int, str, int | None]]).decode


class InvalidReturn(InvalidRequest):
    """A return of more than is left of the receipt, or one that contradicts itself. Nothing was changed."""

    code = "invalid-return"
    title = "Invalid return"


class UnknownReceipt(NotFound):
    """No purchase is recorded under the receipt that the return names. Nothing was changed."""

    code = "unknown-receipt"
    title = "Unknown receipt"


class Receipt(Struct, gc=False, frozen=True, forbid_unknown_fields=True):
    """The key under which the purchase was recorded."""

    source: Source
    external_id: Code


class ReturnedLine(Struct, gc=False, frozen=True, forbid_unknown_fields=True):
    """So many of the goods of one line; ``line`` counts the lines of the receipt from 1."""

    line: Annotated[int, Meta(ge=1, le=1_000)]
    quantity: Annotated[int, Meta(ge=1, le=1_000_000)]


class Return(Struct, gc=False, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Goods that came back, as a channel reports them.

    With ``receipt``: ``lines`` says what came back of it, and without any line it is everything that is left. Without
    a receipt: ``goods`` are what came back, as lines of a receipt, and ``identifiers`` say whose they were.
    """

    source: Source
    external_id: Code
    store: StoreCode
    terminal: TerminalCode = ""
    occurred_at: Instant
    receipt: Receipt | None = None
    lines: Annotated[tuple[ReturnedLine, ...], Meta(max_length=1_000)] = ()
    goods: Annotated[tuple[Line, ...], Meta(max_length=1_000)] = ()
    tax_mode: TaxMode = TaxMode.INCLUDED
    identifiers: Annotated[tuple[Identifier, ...], Meta(max_length=12)] = ()


class Returned(Struct, gc=False, frozen=True):
    """What has come back of a receipt so far. ``quantities`` by line from 1; points as they would be without losses."""

    count: int
    quantities: Mapping[int, int]
    refund_yen: int
    points_reversed: int
    points_restored: int


NOTHING_RETURNED = Returned(0, {}, 0, 0, 0)


class StoredReturn(Struct, gc=False, frozen=True, kw_only=True):
    """A return as recorded. Its journal entries are ``(customer_id, first_seq … first_seq + entry_count - 1)``.

    ``points_absorbed`` had been earned and stay with the member, ``points_lost`` had been used and stay lost.
    """

    return_id: UUID
    source: str
    external_id: str
    purchase_id: UUID | None
    position: int | None
    store: str
    terminal: str
    occurred_at: datetime
    recorded_at: datetime
    customer_id: UUID | None
    lines: bytes
    refund_yen: int
    completes: bool
    points_taken_back: int
    points_absorbed: int
    points_given_back: int
    points_lost: int
    first_seq: int
    entry_count: int
    month: date | None
    fingerprint: bytes
    answer: bytes
    refund_net_yen: int
    """``refund_yen`` without consumption tax."""


class ReturnInTime(Struct, gc=False, frozen=True, kw_only=True):
    """A return of a member's goods as it is replayed: what it was sent as, and what came back of which receipt."""

    return_id: UUID
    request: Return
    purchase_id: UUID | None
    customer_id: UUID
    refund_yen: int


def make_return_in_time(  # noqa: PLR0917 - one argument per column, in the order of the statement
    return_id: UUID,
    source: str,
    external_id: str,
    purchase_id: UUID | None,
    store: str,
    occurred_at: datetime,
    customer_id: UUID,
    lines: str,
    refund_yen: int,
) -> ReturnInTime:
    """A return out of its row. Of goods without a receipt the tax mode is the one that gives what was paid back."""
    request = Return(
        source=source,
        external_id=external_id,
        store=store,
        occurred_at=occurred_at,
        receipt=None if purchase_id is None else Receipt(source, external_id),
        lines=() if purchase_id is None else tuple(ReturnedLine(*one) for one in _decode_returned(lines)),
        goods=tuple(Line(*one) for one in _decode_goods(lines)) if purchase_id is None else (),
    )
    if purchase_id is None and sum(line.net_yen for line in request.goods) != refund_yen:
        request = msgspec.structs.replace(request, tax_mode=TaxMode.EXCLUDED)
    return ReturnInTime(
        return_id=return_id, request=request, purchase_id=purchase_id, customer_id=customer_id, refund_yen=refund_yen
    )


def check_return(one: Return, now: datetime) -> datetime:
    """The instant of a return that can be true, in UTC. Raises ``InvalidReturn`` naming the field that can not."""
    try:
        instant = one.occurred_at.astimezone(UTC)
    except OverflowError:
        instant = None
    if instant is None or not EARLIEST <= instant <= now + CLOCK_TOLERANCE:
        raise InvalidReturn(
            "The return lies before 2000 or more than a day in the future.",
            field="occurred_at",
            remedy="Set the terminal's clock, and send the time of the return with its offset from UTC.",
        )
    if one.receipt is not None and (one.goods or one.identifiers):
        raise InvalidReturn(
            "With a receipt, the goods and the customer are those of the receipt.",
            field="goods" if one.goods else "identifiers",
            remedy="Name the lines of the receipt in lines, or leave the receipt out.",
        )
    if one.receipt is None and (one.lines or not one.goods):
        raise InvalidReturn(
            "Without a receipt, goods say what came back.",
            field="lines" if one.lines else "goods",
            remedy="Send the goods as lines of a receipt, or name the receipt.",
        )
    seen: set[int] = set()
    for index, line in enumerate(one.lines):
        if line.line in seen:
            raise InvalidReturn(
                f"Line {line.line} is named twice.", field=f"lines[{index}].line", remedy="Add the quantities up."
            )
        seen.add(line.line)
    nets = [line.net_yen for line in one.goods]
    if nets and (min(nets) < 0 or sum(nets) > MAX_YEN):
        raise InvalidReturn("The goods add up to less than nothing or to more than any receipt.", field="goods")
    return instant


def goods_of(line: Line) -> int:
    """How many pieces of a line can come back; goods sold by weight without a count are one piece."""
    return line.quantity or 1


def add_lines(purchase: StoredPurchase, so_far: Returned, lines: Sequence[ReturnedLine]) -> dict[int, int]:
    """Quantities by line once ``lines`` have come back too; no lines are everything that is left.

    Raises ``InvalidReturn`` for a line that is not on the receipt, for more than is left, and when nothing is left.
    """
    quantities = dict(so_far.quantities)
    bought = {number: goods_of(line) for number, line in enumerate(purchase.lines, 1)}
    if not lines:
        if quantities == bought:
            raise InvalidReturn("Everything on this receipt has come back already.", field="receipt")
        return bought
    for index, one in enumerate(lines):
        left = bought.get(one.line, 0) - quantities.get(one.line, 0)
        if one.quantity > left:
            raise InvalidReturn(
                f"Line {one.line} of the receipt has {left} left; {one.quantity} were to come back.",
                field=f"lines[{index}].quantity" if one.line in bought else f"lines[{index}].line",
                remedy="Return at most what is left of the line.",
                left=left,
            )
        quantities[one.line] = quantities.get(one.line, 0) + one.quantity
    return quantities


def remaining(purchase: StoredPurchase, quantities: Mapping[int, int]) -> Purchase | None:
    """The receipt as if only what is left had been bought; None when nothing is left.

    A line's discount and printed amount go with its pieces, rounded down on what is left. Payments that were part of
    the receipt, coupons among them, are left in the proportion of the total.
    """
    whole = as_sent(purchase)
    lines = [
        _keep(line, goods_of(line) - quantities.get(number, 0))
        for number, line in enumerate(purchase.lines, 1)
        if goods_of(line) > quantities.get(number, 0)
    ]
    if not lines:
        return None
    left = msgspec.structs.replace(whole, lines=tuple(lines), payments=())
    total = total_yen(left)
    payments = tuple(
        msgspec.structs.replace(one, amount_yen=one.amount_yen * total // purchase.total_yen)
        for one in purchase.payments
        if purchase.total_yen
    )
    return msgspec.structs.replace(left, payments=payments)


def _keep(line: Line, pieces: int) -> Line:
    of = goods_of(line)
    if pieces == of:
        return line
    discount_yen = line.discount_yen * pieces // of
    amount_yen = None
    if line.amount_yen is not None:
        # What is left to pay is rounded, not the two that it is the difference of: so fewer pieces never cost more.
        amount_yen = line.net_yen * pieces // of + discount_yen
    return msgspec.structs.replace(line, quantity=pieces, discount_yen=discount_yen, amount_yen=amount_yen)


def line_difference(before: Mapping[int, int], after: Mapping[int, int]) -> list[tuple[int, int]]:
    """Line and quantity of what came back between two states, by line."""
    return [
        (line, quantity - before.get(line, 0))
        for line, quantity in sorted(after.items())
        if quantity > before.get(line, 0)
    ]
