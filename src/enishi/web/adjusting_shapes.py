"""The JSON of points that head office moves by hand, and how it is made. Points are integers."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from enishi import flows
from enishi.access import Locale
from enishi.catalog import Store
from enishi.flows import ForeseenDecision, PendingLine
from enishi.ledger import AdjustmentRequest, Balance, Hold, Reason
from enishi.web.authority import store_ref
from enishi.web.shapes import BalanceShape, Body, NamedCustomer, PointKind, Shape, StoreRef

Points = Annotated[int, Field(ge=-1_000_000_000, le=1_000_000_000)]
PositivePoints = Annotated[int, Field(ge=1, le=1_000_000_000)]
ReasonCode = Annotated[str, Field(min_length=1, max_length=40)]
StoreCode = Annotated[str, Field(min_length=1, max_length=64)]
Note = Annotated[str, Field(max_length=500, pattern=r"^[^\x00-\x09\x0b-\x1f\x7f]*$")]
RequestState = Literal["waiting", "approved", "refused"]


class HoldShape(Shape):
    """Points set aside for a checkout until ``expires_at``, when they are free again by themselves."""

    hold_id: UUID
    points: int
    store: StoreRef
    source: str
    external_id: str
    created_at: AwareDatetime
    expires_at: AwareDatetime


class AwaitedShape(Shape):
    """Points earned that can not be used yet: from ``due_on`` on, or (null) after the event that is waited for.

    ``reason`` says why so many.
    """

    purchase_id: UUID
    kind: PointKind
    points: int
    due_on: date | None
    waits_for: Literal["shipped", "delivered"] | None
    days: int
    reason: str


class FrozenShape(Shape):
    """Since when nothing can leave an account, who froze it and why."""

    since: AwareDatetime
    by: str
    reason: str


class EffectShape(Shape):
    """A balance before and after."""

    available_before: int
    available_after: int
    owed_before: int
    owed_after: int


class ReasonRef(Shape):
    """A reason in the reader's language."""

    code: str
    name: str


class RequestShape(Shape):
    """An adjustment above what its author may do alone.

    ``effect`` is what approving it now would do, null once it is decided; ``obstacle`` the code of why it can not be.
    ``may_decide``: the reader may, or not because it is their own or beyond their limit.
    """

    request_id: UUID
    customer: NamedCustomer
    points: int
    kind: PointKind
    expires_on: date | None
    reason: ReasonRef
    note: str
    store: StoreRef
    allow_owing: bool
    requested_by: str
    requested_at: AwareDatetime
    state: RequestState
    decided_by: str | None
    decided_at: AwareDatetime | None
    decision_note: str | None
    effect: EffectShape | None
    obstacle: str | None
    may_decide: Literal["yes", "own", "limit", "no"]


class CustomerPoints(Shape):
    """A customer's points, each state apart: available, held, pending, owed, frozen; and adjustments that wait."""

    customer_id: UUID
    balance: BalanceShape
    held: int
    pending: int
    holds: list[HoldShape]
    awards: list[AwaitedShape]
    frozen: FrozenShape | None
    requests: list[RequestShape]


class LimitShape(Shape):
    """What may be adjusted: at once, in a day, and without a second pair of eyes."""

    points_each: int
    points_a_day: int
    alone_up_to: int


class AdjustingPage(Shape):
    """What an operator needs to adjust points: reasons, stores, the limit of their roles and what is left of the day.

    ``limit`` is the widest of their roles; null lets them adjust nothing. ``regular_until`` is the last day of regular
    points given today.
    """

    reasons: list[ReasonRef]
    stores: list[StoreRef]
    limit: LimitShape | None
    left_today: int
    today: date
    regular_until: date


class AdjustmentToQuote(Body):
    """Points to give (positive) or to take (negative). ``kind`` and ``expires_on`` are of points that are given."""

    points: Points
    reason: ReasonCode
    note: Note = ""
    store: StoreCode
    kind: PointKind = "regular"
    expires_on: date | None = None
    allow_owing: bool = False


class AdjustmentToRecord(AdjustmentToQuote):
    """An adjustment. ``request_id`` is the page's own: a second click with it is answered like the first."""

    request_id: UUID


class AdjustmentEffect(Shape):
    """What an adjustment would do, at once or, while ``waits``, when somebody else approves it."""

    waits: bool
    points: int
    expires_on: date | None
    effect: EffectShape


class AdjustmentDone(Shape):
    """An adjustment that is done, or that waits for somebody else. ``replayed``: it had been recorded before."""

    state: Literal["done", "waiting", "refused"]
    replayed: bool
    points: int
    available: int | None
    operation_id: UUID | None
    request_id: UUID | None
    entry_id: str | None


class FreezeBody(Body):
    """Freeze an account, or set it free, and why."""

    frozen: bool
    reason: Annotated[str, Field(min_length=1, max_length=500)]


class FreezeDone(Shape):
    """Since when an account is frozen; null when it is free. ``replayed``: it was so before."""

    frozen_at: AwareDatetime | None
    replayed: bool


class ReinstatementBody(Body):
    """Which of an entry's expired points to give again (null: all), why, and until when they are valid."""

    points: PositivePoints | None = None
    reason: ReasonCode
    note: Note = ""
    store: StoreCode
    expires_on: date | None = None


class ReinstatementDone(Shape):
    """Expired points given again, or what that would do. ``replayed``: it was done before, and nothing changes."""

    points: int
    expired_points: int
    expires_on: date
    replayed: bool
    available: int
    recorded_at: AwareDatetime


def present_hold(hold: Hold, stores: Mapping[str, Store]) -> HoldShape:
    """A hold that is open."""
    return HoldShape(
        hold_id=hold.hold_id,
        points=hold.points,
        store=store_ref(hold.store, stores),
        source=hold.source,
        external_id=hold.external_id,
        created_at=hold.created_at,
        expires_at=hold.expires_at,
    )


def present_pending(line: PendingLine, language: Locale) -> AwaitedShape:
    """Points that are earned and not available yet."""
    event = None if line.due_on is not None else line.event
    return AwaitedShape(
        purchase_id=line.purchase_id,
        kind="regular" if line.kind == "regular" else "limited",
        points=line.points,
        due_on=line.due_on,
        waits_for="delivered" if event == "delivered" else "shipped" if event == "shipped" else None,
        days=line.days,
        reason=flows.explain_award_in_a_sentence(line, language.value),
    )


def present_effect(before: Balance, after: Balance) -> EffectShape:
    """What happens to a balance."""
    return EffectShape(
        available_before=before.available,
        available_after=after.available,
        owed_before=before.owed,
        owed_after=after.owed,
    )


def present_reason(reason: Reason, language: Locale) -> ReasonRef:
    """A reason in one language."""
    return ReasonRef(code=reason.reason, name=reason.name_ja if language is Locale.JA else reason.name_en)


def present_request(
    one: AdjustmentRequest,
    *,
    customer: NamedCustomer,
    reason: ReasonRef,
    store: StoreRef,
    names: Mapping[str, str],
    foreseen: ForeseenDecision | None,
    may_decide: Literal["yes", "own", "limit", "no"],
) -> RequestShape:
    """A request, with what approving it would do while it waits."""
    return RequestShape(
        request_id=one.request_id,
        customer=customer,
        points=one.points,
        kind="regular" if one.kind.label == "regular" else "limited",
        expires_on=one.expires_on,
        reason=reason,
        note=one.note,
        store=store,
        allow_owing=one.allow_owing,
        requested_by=names.get(one.requested_by, one.requested_by),
        requested_at=one.requested_at,
        state="waiting" if one.state == "waiting" else "approved" if one.state == "approved" else "refused",
        decided_by=None if one.decided_by is None else names.get(one.decided_by, one.decided_by),
        decided_at=one.decided_at,
        decision_note=one.decision_note,
        effect=None if foreseen is None else present_effect(foreseen.before, foreseen.after),
        obstacle=None if foreseen is None else foreseen.obstacle,
        may_decide=may_decide,
    )
