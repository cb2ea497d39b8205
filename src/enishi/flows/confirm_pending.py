"""Pending points become points: when they are due, or when the order they wait for has been shipped or delivered.

A confirmation is one entry of the journal, under the terms that were in force at the purchase. It is decided behind the
lock of the customer's account, which cancelling takes as well: so points are confirmed once, whoever asks how often,
and what an order was cancelled with is never minted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from psycopg import Connection
from psycopg.pq import TransactionStatus

from enishi import ledger, purchases, ranks
from enishi.flows.context import PurchaseContext
from enishi.flows.model import PendingLine
from enishi.flows.pending_awards import earn_pending, has_ended, may_be_pending, present_lines, reach, zone_of
from enishi.flows.rank_changes import Touched, lift_ranks
from enishi.flows.settling import settle_batch
from enishi.flows.winding_down import ending_at
from enishi.kit import clock
from enishi.kit.errors import InvalidRequest, NotFound, Refusal
from enishi.kit.outbox import insert_events
from enishi.ledger import Account, Pending, Posting
from enishi.program import ProgramVersion, PurchaseEvent
from enishi.purchases import StoredPurchase
from enishi.ranks import Cause

POINTS_CONFIRMED = "points.confirmed"
PURCHASE_EVENT = "purchase.event"
BATCH = 1_000
"""Purchases whose points are confirmed in one transaction."""


class EventReport(Struct, gc=False, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Something that happened to an order. ``occurred_at`` None means now."""

    purchase_id: UUID
    event: PurchaseEvent
    occurred_at: Annotated[datetime, Meta(tz=True)] | None = None


class RecordedEvent(Struct, gc=False, frozen=True, kw_only=True):
    """The answer to a report, given after its commit. ``replayed``: the event was known, and nothing changed.

    ``points_confirmed`` are the points of the purchase that have become points so far; ``pending`` is still waiting.
    """

    purchase_id: UUID
    event: str
    replayed: bool
    points_confirmed: int
    pending: tuple[PendingLine, ...]


def confirm_due_points(
    conn: Connection,
    context: PurchaseContext,
    now: datetime | None = None,
    progress: Callable[[int], None] | None = None,
) -> int:
    """Confirm everything that is due, in transactions of its own; returns how many points that were.

    It runs beside live traffic, may run twice at once and may be cut off. ``progress`` is told the points so far.
    """
    if conn.info.transaction_status != TransactionStatus.IDLE:
        raise ValueError("confirm_due_points commits batch by batch; it can not run inside another transaction.")
    now = clock.now() if now is None else now
    points = 0
    while True:
        with conn.transaction():
            versions = context.versions(conn)
            due = ledger.due_purchases(conn, now, BATCH)
        if not due:
            return points
        outcomes = settle_batch(conn, due, partial(_confirm_due, context=context, versions=versions, now=now))
        points += sum(one for one in outcomes if isinstance(one, int))
        if progress:
            progress(points)
        if any(isinstance(one, Refusal) for one in outcomes):
            # What the database refuses stays due and is in the log; going on would meet it again and again.
            return points


def _confirm_due(
    conn: Connection,
    items: Sequence[tuple[UUID, UUID]],
    *,
    context: PurchaseContext,
    versions: Sequence[ProgramVersion],
    now: datetime,
) -> list[int | Refusal]:
    """One transaction: the points that became points, by purchase."""
    accounts = ledger.lock_accounts(conn, {customer_id for _, customer_id in items}, ending_at(versions, now))
    rows = ledger.pending_of_purchases(conn, [purchase_id for purchase_id, _ in items])
    pending = [one for own in rows.values() for one in own]
    points = _confirm(conn, accounts, pending, versions, now)
    _lift(conn, context, accounts, pending, now)
    return [points.get(purchase_id, 0) for purchase_id, _ in items]


def record_purchase_events(
    conn: Connection, context: PurchaseContext, batch: Sequence[EventReport], now: datetime | None = None
) -> list[RecordedEvent | Refusal]:
    """Record what happened to orders, and confirm the points that waited for it; one outcome each, in order.

    An event is recorded once per purchase: a repeat changes nothing and is told how things stand. Refusals per item:
    ``NotFound``, ``InvalidRequest``, ``UnprocessableOperation``.
    """
    now = clock.now() if now is None else now
    return settle_batch(conn, batch, lambda held, items: _record(held, context, items, now))


def _record(
    conn: Connection, context: PurchaseContext, items: Sequence[EventReport], now: datetime
) -> list[RecordedEvent | Refusal]:
    """One transaction: the outcomes that hold once it has committed."""
    versions = context.versions(conn)
    bought = _load_purchases(conn, [one.purchase_id for one in items])
    refused: dict[int, Refusal] = {}
    times: dict[tuple[UUID, str], datetime] = {}
    for position, one in enumerate(items):
        try:
            at = _check(one, bought.get(one.purchase_id), now)
        except Refusal as refusal:
            refused[position] = refusal
        else:
            times.setdefault((one.purchase_id, one.event.value), at)
    waiting = {one.customer_id for one in bought.values() if one.customer_id and may_be_pending(one)}
    accounts = ledger.lock_accounts(conn, waiting, ending_at(versions, now))
    fresh = purchases.insert_purchase_events(conn, [(*key, at) for key, at in times.items()], now)
    rows = ledger.pending_of_purchases(conn, list(bought))
    news: dict[UUID, dict[str, datetime]] = {}
    for purchase_id, event in fresh:
        news.setdefault(purchase_id, {})[event] = times[purchase_id, event]
    reached = [
        reach(row, news.get(row.purchase_id, {}), versions) for own in rows.values() for row in own if row.is_open
    ]
    ledger.change_pending(conn, [one for one in reached if one.due_at is not None and one.due_at > now])
    _confirm(conn, accounts, reached, versions, now)
    _lift(conn, context, accounts, reached, now)
    insert_events(conn, PURCHASE_EVENT, [purchase_id for purchase_id, _ in sorted(fresh)], now)
    after = ledger.pending_of_purchases(conn, list(bought))
    return [
        refused[position]
        if position in refused
        else _answer(one, after.get(one.purchase_id, []), versions, is_fresh=_is_first(position, items, fresh))
        for position, one in enumerate(items)
    ]


def _load_purchases(conn: Connection, purchase_ids: Sequence[UUID]) -> dict[UUID, StoredPurchase]:
    """The orders. Those that are nobody's are kept from being claimed meanwhile, or the claim would miss the news."""
    bought = purchases.load_purchases(conn, purchase_ids)
    nobodys = [one.purchase_id for one in bought.values() if one.customer_id is None]
    if nobodys:
        purchases.lock_receipts(conn, nobodys)
        bought |= purchases.load_purchases(conn, nobodys)
    return bought


def _is_first(position: int, items: Sequence[EventReport], fresh: set[tuple[UUID, str]]) -> bool:
    """Whether this report is the one that told the news, and no earlier one of the batch."""
    key = (items[position].purchase_id, items[position].event.value)
    return key in fresh and all((one.purchase_id, one.event.value) != key for one in items[:position])


def _check(one: EventReport, purchase: StoredPurchase | None, now: datetime) -> datetime:
    """The instant of an event that can be true. Raises ``NotFound`` and ``InvalidRequest``."""
    if purchase is None:
        raise NotFound("There is no such purchase.", field="purchase_id")
    at = now if one.occurred_at is None else one.occurred_at
    if not purchase.occurred_at <= at <= now + purchases.CLOCK_TOLERANCE:
        raise InvalidRequest(
            "The event lies before the purchase or more than a day in the future.",
            field="occurred_at",
            remedy="Send the time of the event with its offset from UTC, or leave it out.",
        )
    return at


def _confirm(
    conn: Connection,
    accounts: dict[UUID, Account],
    rows: Iterable[Pending],
    versions: Sequence[ProgramVersion],
    now: datetime,
) -> dict[UUID, int]:
    """Book what is due of these rows, read behind the lock of their accounts; returns the points by purchase.

    Points of a kind that ended before their day are cancelled: nobody could use them, so they are not issued.
    """
    postings: list[Posting] = []
    changed: list[Pending] = []
    points: dict[UUID, int] = {}
    due = [(row.due_at, row) for row in rows if row.is_open and row.due_at is not None and row.due_at <= now]
    for due_at, row in sorted(due, key=lambda one: (one[0], one[1].purchase_id, one[1].award)):
        account = accounts[row.customer_id]
        if has_ended(account, row, due_at, versions):
            changed += ledger.cancel_points([row], row.left, now)[0]
            continue
        posting = earn_pending(account, row, due_at, versions)
        postings.append(posting)
        changed.append(ledger.confirmed(row, posting.seq, now))
        points[row.purchase_id] = points.get(row.purchase_id, 0) + row.left
    ledger.change_pending(conn, changed)
    if postings:
        ledger.write_postings(conn, [accounts[one] for one in {one.customer_id for one in postings}], postings, now)
        confirmed = [one for one in changed if one.state is ledger.PendingState.CONFIRMED]
        ranks.advance_progress(conn, [ranks.Progress(one.customer_id, one.month, 0, 0, one.left) for one in confirmed])
        insert_events(conn, POINTS_CONFIRMED, list(points), now)
    return points


def _lift(
    conn: Connection, context: PurchaseContext, accounts: dict[UUID, Account], rows: Iterable[Pending], now: datetime
) -> None:
    """Points count for ranks from when they are points."""
    due = [row for row in rows if row.is_open and row.due_at is not None and row.due_at <= now]
    touched = [Touched(row.customer_id, row.purchase_id, row.store) for row in due]
    lift_ranks(conn, context, accounts, touched, Cause.POINTS, now=now)


def _answer(
    one: EventReport, rows: Sequence[Pending], versions: Sequence[ProgramVersion], *, is_fresh: bool
) -> RecordedEvent:
    return RecordedEvent(
        purchase_id=one.purchase_id,
        event=one.event.value,
        replayed=not is_fresh,
        points_confirmed=sum(row.left for row in rows if row.state is ledger.PendingState.CONFIRMED),
        pending=present_lines(rows, zone_of(rows[0], versions)) if rows else (),
    )
