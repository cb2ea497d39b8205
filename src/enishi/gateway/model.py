"""What the gateway answers with: the shapes of its bodies, and the refusals that only HTTP has.

These shapes are the published contract. They are kept apart from the flows' own types, so that the inside may change
without a POS noticing. Points are integers, money is integer yen, instants are RFC 3339 with an offset.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from enishi.customers import EndReason
from enishi.gateway.campaign_model import CampaignNotApplied
from enishi.gateway.rank_model import RankAnswer
from enishi.kit.errors import InvalidRequest, Refusal
from enishi.kit.identifiers import Identifier, IdentifierKind

MAX_BATCH_ITEMS = 1_000
"""Purchases in one ``/v1/purchases:batch``."""
MAX_PAGE = 200
"""Entries on one page of a journal."""
DEFAULT_PAGE = 50

PointKind = Literal["regular", "limited"]
EntryKind = Literal[
    "earn", "spend", "take_back", "give_back", "expire", "reinstate", "hold", "release", "adjust", "transfer_out",
    "transfer_in", "merge_out", "merge_in",
]  # fmt: skip


class LotAnswer(Struct, frozen=True):
    """Points of one kind that are valid through the end of one day."""

    kind: PointKind
    points: int
    expires_on: date


class BalanceAnswer(Struct, frozen=True):
    """What can be spent: all of it, of which regular and limited, and what expires next."""

    available: int
    regular: int
    limited: int
    next_expiry: LotAnswer | None


class AwardAnswer(Struct, frozen=True, omit_defaults=True):
    """Points that a purchase earned, and why, in one sentence of the request's language."""

    kind: PointKind
    points: int
    expires_on: date
    reason: str
    entry_id: str | UnsetType = UNSET
    """The journal entry; absent in a quote, which enters nothing."""
    campaign: str | UnsetType = UNSET
    """The code of the campaign that gives them; absent for the programme's base award."""


class PendingAnswer(Struct, frozen=True):
    """Points that a purchase has earned and that can not be used yet (仮ポイント), and why so many.

    They can be used from ``due_on`` on; null until the event in ``waits_for`` has been reported.
    """

    purchase_id: UUID
    kind: PointKind
    points: int
    due_on: date | None
    waits_for: Literal["shipped", "delivered"] | None
    reason: str


class PointsAnswer(Struct, frozen=True):
    """What a purchase did to the customer's points. ``balance`` is null for an anonymous sale."""

    earned: int
    used: int
    awards: list[AwardAnswer]
    balance: BalanceAnswer | None
    pending: list[PendingAnswer]


class PurchaseAnswer(Struct, frozen=True):
    """A purchase that is recorded, on disk, with everything that a receipt printer and a screen need.

    ``replayed`` says that it had been recorded before, and that this is the first answer again.
    """

    purchase_id: UUID
    replayed: bool
    customer_id: UUID | None
    occurred_at: datetime
    recorded_at: datetime
    total_yen: int
    points: PointsAnswer
    notices: tuple[str, ...]
    rank: RankAnswer | None = None


class QuoteAnswer(Struct, frozen=True):
    """What a purchase would do if it were recorded now. Nothing was written."""

    customer_id: UUID | None
    total_yen: int
    points: PointsAnswer
    notices: tuple[str, ...]
    campaigns_not_applied: list[CampaignNotApplied]
    rank: RankAnswer | None = None


class Problem(Struct, frozen=True, omit_defaults=True):
    """RFC 9457 problem details. ``code`` is stable; further members depend on it."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    field: str | UnsetType = UNSET
    """Which part of the request, as a JSON path such as ``lines[2].sku``."""
    remedy: str | UnsetType = UNSET
    """What the caller can do about it."""
    fields: list[str] | UnsetType = UNSET
    """For ``idempotency-conflict``: where the two bodies differ."""
    available: int | UnsetType = UNSET
    """For ``insufficient-points``: what could be used."""
    requested: int | UnsetType = UNSET
    """For ``insufficient-points``: what was asked for."""
    retry_after_seconds: int | UnsetType = UNSET
    """For ``overloaded`` and ``unavailable``: when to try again; the same as the header ``Retry-After``."""
    error_id: str | UnsetType = UNSET
    """For failures: under which name the operator finds it in the log."""


class BatchBody(Struct, frozen=True, forbid_unknown_fields=True):
    """Purchases to be recorded, each on its own: one that is refused does not touch the others."""

    purchases: Annotated[list[Raw], Meta(min_length=1, max_length=MAX_BATCH_ITEMS)]


class BatchItem(Struct, frozen=True, omit_defaults=True):
    """The outcome of one item, in the order sent: ``purchase`` when ``status`` is 200 or 201, else ``problem``."""

    status: int
    purchase: PurchaseAnswer | UnsetType = UNSET
    problem: Problem | UnsetType = UNSET


class BatchAnswer(Struct, frozen=True):
    """One outcome for each purchase of the batch, in the order sent."""

    items: list[BatchItem]


class LookupBody(Struct, frozen=True, forbid_unknown_fields=True):
    """Identifiers in any spelling. ``source`` is whose shop customer IDs they are, as on a purchase."""

    identifiers: Annotated[tuple[Identifier, ...], Meta(min_length=1, max_length=12)]
    source: Annotated[str, Meta(max_length=64, pattern=r"^[A-Za-z0-9._:\-]*$")] = ""


class MatchAnswer(Struct, frozen=True):
    """A customer who holds one of the identifiers."""

    customer_id: UUID
    kind: IdentifierKind


class EndedAnswer(Struct, frozen=True):
    """A card among the identifiers that has ended. ``customer_id`` is null unless the key may read customers."""

    kind: IdentifierKind
    ended_at: datetime
    reason: EndReason
    replaced: bool
    customer_id: UUID | None


class LookupAnswer(Struct, frozen=True):
    """The customers who hold any of the identifiers; none is an answer too. ``ended`` cards match nobody."""

    matches: list[MatchAnswer]
    ended: list[EndedAnswer]


class IdentifierAnswer(Struct, frozen=True):
    """An identifier a customer holds. All but its last characters are masked."""

    kind: IdentifierKind
    masked: str
    linked_at: datetime


class CustomerAnswer(Struct, frozen=True):
    """A customer as a till or a shop may know them: no name, no full identifier."""

    customer_id: UUID
    joined_at: datetime
    invented: bool
    identifiers: list[IdentifierAnswer]
    balance: BalanceAnswer
    purchases_count: int
    last_purchase_at: datetime | None
    asked_as: UUID | None = None


class CustomerPointsAnswer(Struct, frozen=True):
    """A customer's points at an instant, with every lot, soonest to expire first."""

    customer_id: UUID
    as_of: datetime
    available: int
    regular: int
    limited: int
    next_expiry: LotAnswer | None
    lots: list[LotAnswer]
    pending: list[PendingAnswer]
    """What can not be used yet; not part of ``available``."""
    held: int
    """What is set aside for checkouts; not part of ``available``."""


class PointsAtAnswer(Struct, frozen=True):
    """A customer's points as they were at a past instant, by what was recorded by then.

    ``balance`` is the ledger's after ``entries`` entries, points past their last day included until they were booked as
    expired; ``available`` is what could be spent. ``held`` was set aside for checkouts and is in neither. ``rank`` is
    the code of the rank held then, null where no ladder was in force.
    """

    customer_id: UUID
    at: datetime
    entries: int
    balance: int
    available: int
    held: int
    lots: list[LotAnswer]
    rank: str | None = None


class EntryAnswer(Struct, frozen=True):
    """A journal entry: ``points`` is what the customer gained (negative: used), ``lots`` which lots moved."""

    entry_id: str
    type: EntryKind
    points: int
    balance_after: int
    lots: list[LotAnswer]
    store: str
    purchase_id: UUID | None
    occurred_at: datetime
    recorded_at: datetime


class JournalAnswer(Struct, frozen=True):
    """A page of a customer's journal, newest first. ``next_cursor`` null means there is no more."""

    customer_id: UUID
    entries: list[EntryAnswer]
    next_cursor: str | None


class StepAnswer(Struct, frozen=True):
    """One row of an explanation's arithmetic."""

    label: str
    value: str


class VersionAnswer(Struct, frozen=True):
    """The version of the programme that priced an entry."""

    version: int
    name: str
    effective_at: datetime
    author: str
    reason: str


class ExplanationAnswer(Struct, frozen=True):
    """Why an entry is there: one sentence, the arithmetic, and the programme version in force."""

    entry: EntryAnswer
    sentence: str
    steps: list[StepAnswer]
    version: VersionAnswer | None


class HealthAnswer(Struct, frozen=True):
    """Whether the process is up, or ready."""

    status: Literal["ok"]


class MalformedBody(Refusal):
    """The body is not JSON in UTF-8."""

    code = "malformed-body"
    status = 400
    title = "Malformed body"


class UnexpectedBody(Refusal):
    """There is a body, and this path reads none."""

    code = "unexpected-body"
    status = 400
    title = "Unexpected body"


class Unauthenticated(Refusal):
    """No API key was presented, or one that is not known, or is revoked; which of them is not said."""

    code = "unauthenticated"
    status = 401
    title = "Unauthenticated"


class InsufficientScope(Refusal):
    """The API key is known and may not call this."""

    code = "insufficient-scope"
    status = 403
    title = "Insufficient scope"


class StoreNotAllowed(Refusal):
    """The API key is bound to other stores. Nothing was recorded."""

    code = "store-not-allowed"
    status = 403
    title = "Store not allowed"


class MethodNotAllowed(Refusal):
    """The path exists and does not answer to this method."""

    code = "method-not-allowed"
    status = 405
    title = "Method not allowed"


class BodyTimeout(Refusal):
    """The body did not arrive in time. Nothing was recorded."""

    code = "body-timeout"
    status = 408
    title = "Body timeout"


class BodyTooLarge(Refusal):
    """The body is larger than this path takes. Nothing was recorded."""

    code = "body-too-large"
    status = 413
    title = "Body too large"


class UnsupportedMediaType(Refusal):
    """The body is not declared as JSON in UTF-8, or is compressed."""

    code = "unsupported-media-type"
    status = 415
    title = "Unsupported media type"


class PaymentCardNumber(InvalidRequest):
    """The body holds what looks like a payment card number. It was neither stored nor logged."""

    code = "payment-card-number"
    title = "Payment card number"


class IdempotencyKeyMismatch(InvalidRequest):
    """The header ``Idempotency-Key`` and the body's ``external_id`` name different purchases."""

    code = "idempotency-key-mismatch"
    title = "Idempotency key mismatch"


class InternalError(Refusal):
    """Something went wrong inside. The error id leads the operator to the log."""

    code = "internal-error"
    status = 500
    title = "Internal error"
