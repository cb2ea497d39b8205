"""The JSON that pages receive, shared by the three faces; the front end's types are generated from it.

Money is integer yen, points are integers, instants are RFC 3339 with offset, dates are ``YYYY-MM-DD``.
"""

import re
from datetime import date
from typing import Annotated, Any, Literal, cast
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

PointKind = Literal["regular", "limited"]
EntryKind = Literal[
    "earn", "spend", "take_back", "give_back", "expire", "reinstate", "hold", "release", "adjust", "transfer_out",
    "transfer_in", "merge_out", "merge_in",
]  # fmt: skip


TEXT_NOT_KEPT = "text_not_kept"
_NOT_KEPT = re.compile("[\\x00\\ud800-\\udfff]")


class Shape(BaseModel):
    """Base of every answer: immutable, and every field always present."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_serialization_defaults_required=True)


class Body(BaseModel):
    """Base of every request: unknown fields are refused, and so is text that PostgreSQL does not keep."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _refuse_text(cls, value: Any) -> Any:
        if not _is_kept(value):
            fields = cast("dict[str, Any]", value).items() if isinstance(value, dict) else ()
            # A name that is not kept itself can not be repeated either.
            named = next((name for name, held in fields if _is_kept(name) and not _is_kept(held)), "")
            raise PydanticCustomError(TEXT_NOT_KEPT, "Text holds a NUL or half a character", {"field": named})
        return value


def _is_kept(value: Any) -> bool:
    """Whether every text in a decoded document, however deep, can be kept: none with a NUL or half a character."""
    left = [value]
    while left:
        one = left.pop()
        if isinstance(one, str):
            if _NOT_KEPT.search(one):
                return False
        elif isinstance(one, dict):
            for pair in cast("dict[str, Any]", one).items():
                left.extend(pair)
        elif isinstance(one, list):
            left.extend(cast("list[Any]", one))
    return True


class Problem(BaseModel):
    """A refusal, as RFC 9457 ``application/problem+json``."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    code: str
    field: str | None = None
    remedy: str | None = None


class Expiring(Shape):
    """Points that end together, on the end of ``expires_on``."""

    kind: PointKind
    points: int
    expires_on: date


class BalanceShape(Shape):
    """What a customer can spend now, by kind and by expiry, soonest first.

    ``owed`` are points of returned goods that had been spent already: what is earned next is set against them.
    """

    available: int
    owed: int
    regular: int
    limited: int
    lots: list[Expiring]
    next_expiry: Expiring | None


class StoreRef(Shape):
    """A store by its code and the name head office gave it."""

    code: str
    name: str


class IdentifierShown(Shape):
    """An identifier; ``value`` is masked unless the operator may read personal data."""

    kind: str
    value: str
    linked_at: AwareDatetime


class NamedCustomer(Shape):
    """A customer by name."""

    customer_id: UUID
    name: str


class EndedCardFound(Shape):
    """That what was searched for is a card which has ended. ``replaced``: the customer has a living card."""

    ended_at: AwareDatetime
    reason: Literal["lost", "stolen", "damaged", "replaced", "withdrawn"]
    replaced: bool


class CustomerBrief(Shape):
    """One customer in a list of search results; ``ended_card`` when an ended card led to them."""

    customer_id: UUID
    name: str
    name_kana: str
    invented: bool
    identifiers: list[IdentifierShown]
    available: int
    last_purchase_at: AwareDatetime | None
    matched_by: str | None
    ended_card: EndedCardFound | None


class CustomerShape(Shape):
    """Everything the head of a customer page says."""

    customer_id: UUID
    joined_at: AwareDatetime
    name: str
    name_kana: str
    birth_date: date | None
    gender: str
    note: str
    invented: bool
    identifiers: list[IdentifierShown]
    balance: BalanceShape
    purchases_count: int
    purchases_total_yen: int
    last_purchase_at: AwareDatetime | None
    first_purchase_at: AwareDatetime | None


class LotMove(Shape):
    """Points that an entry put into a lot, or (negative) took from it."""

    kind: PointKind
    points: int
    expires_on: date


class EntryShape(Shape):
    """One entry of the points journal, with one line that says what it is."""

    entry_id: str
    type: EntryKind
    points: int
    kind: PointKind
    balance_after: int
    occurred_at: AwareDatetime
    recorded_at: AwareDatetime
    store: StoreRef | None
    purchase_id: UUID | None
    lots: list[LotMove]
    summary: str


class PurchaseBrief(Shape):
    """A receipt without its lines. ``merged``: it came with a merge from another customer, or went back to this one."""

    purchase_id: UUID
    external_id: str
    source: str
    channel: Literal["pos", "ec", "app", "line"]
    store: StoreRef
    terminal: str
    occurred_at: AwareDatetime
    recorded_at: AwareDatetime
    total_yen: int
    lines_count: int
    points_used: int
    points_earned: int
    merged: bool = False


class PurchaseItem(Shape):
    """A receipt on a timeline, with the points that it and its returns moved.

    ``returned_yen`` has come back of it; ``pending_points`` it has earned that can not be used yet.
    """

    item: Literal["purchase"]
    at: AwareDatetime
    purchase: PurchaseBrief
    returned_yen: int
    pending_points: int
    entries: list[EntryShape]


class EntryItem(Shape):
    """A journal entry on a timeline that belongs to no receipt, or whose receipt is not shown."""

    item: Literal["entry"]
    at: AwareDatetime
    entry: EntryShape


class TimelineShape(Shape):
    """A page of a timeline, newest first; ``next_cursor`` is null on the last page."""

    items: list[Annotated[PurchaseItem | EntryItem, Field(discriminator="item")]]
    next_cursor: str | None


class LineShape(Shape):
    """One line of a receipt. Of its ``pieces``, which are one for goods sold by weight, ``returned`` have come back."""

    sku: str
    category: str
    quantity: int
    unit_price_yen: int
    tax_rate_percent: int
    discount_yen: int
    net_yen: int
    pieces: int
    returned: int


class PaymentShape(Shape):
    """One part of how a receipt was paid."""

    method: str
    amount_yen: int


class TaxShape(Shape):
    """The consumption tax of one rate on a receipt: ``gross_yen`` with tax, of which ``tax_yen`` is tax."""

    rate_percent: int
    gross_yen: int
    tax_yen: int


class ReturnedLineShape(Shape):
    """So many pieces of a line of the receipt; ``line`` counts from 1."""

    line: int
    quantity: int


class ReturnShape(Shape):
    """Goods that came back of a receipt, and what that did.

    ``pay_back_yen`` is what of ``refund_yen`` was not paid with points. ``points_absorbed`` had been earned and stay
    with the member; ``points_lost`` had been used out of lots that have expired since; ``pending_cancelled`` had not
    become points yet.
    """

    return_id: UUID
    store: StoreRef
    occurred_at: AwareDatetime
    recorded_at: AwareDatetime
    lines: list[ReturnedLineShape]
    refund_yen: int
    pay_back_yen: int
    points_taken_back: int
    points_absorbed: int
    points_given_back: int
    points_lost: int
    pending_cancelled: int
    completes: bool
    entries: list[EntryShape]


class PurchaseDetail(PurchaseBrief):
    """A receipt in full, as it was bought, and what has come back of it since.

    ``booked_in`` is the month whose books took its points in, where it was recorded after the close of its own.
    """

    tax_mode: Literal["included", "excluded"]
    customer_id: UUID | None
    lines: list[LineShape]
    payments: list[PaymentShape]
    taxes: list[TaxShape]
    coupon_codes: list[str]
    entries: list[EntryShape]
    returns: list[ReturnShape]
    booked_in: date | None


class ExplanationStep(Shape):
    """One step of the arithmetic behind an entry."""

    label: str
    value: str


class VersionRef(Shape):
    """The version of the programme that priced an entry. ``author`` and ``reason`` are empty towards members."""

    version: int
    name: str
    effective_at: AwareDatetime
    author: str
    reason: str


class Explanation(Shape):
    """Why an entry has the points it has."""

    entry: EntryShape
    sentence: str
    steps: list[ExplanationStep]
    version: VersionRef | None
    purchase: PurchaseBrief | None


class ProgramVersionShape(VersionRef):
    """A published version of the programme, with its settings in plain words."""

    published_at: AwareDatetime
    settings: dict[str, Any]
    sentences: list[str]
