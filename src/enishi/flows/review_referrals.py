"""Referrals after the purchase: looked at when they were held, paid when the wait is over, taken back on a return."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from msgspec import structs
from psycopg import Connection
from psycopg.pq import TransactionStatus

from enishi import audit, ledger, referrals
from enishi.flows.adjusted_points import settings_at
from enishi.flows.context import PurchaseContext
from enishi.flows.qualify_referrals import REFERRAL_PAID
from enishi.flows.referral_rewards import pay
from enishi.flows.settling import settle_batch
from enishi.flows.winding_down import ending_of
from enishi.kit import clock
from enishi.kit.errors import InvalidRequest, Refusal
from enishi.kit.outbox import insert_events
from enishi.ledger import Posting
from enishi.referrals import Referral, ReferralDecided, ReferralState

BATCH = 500
"""Referrals that are paid in one transaction."""
_MAX_NOTE = 500


def decide_referral(
    conn: Connection,
    context: PurchaseContext,
    referral_id: UUID,
    *,
    approve: bool,
    note: str,
    stores: Sequence[str] | None,
    actor: str,
    now: datetime | None = None,
) -> Referral:
    """Approve or reject a referral that was held, for a reason; commits itself. What it has earned is paid at once.

    Refusals: ``NotFound`` (also for another store's), ``ReferralDecided``, ``InvalidRequest``.
    """
    at = clock.now() if now is None else now
    if not note.strip() or len(note) > _MAX_NOTE:
        raise InvalidRequest("The reason is empty or too long.", field="note", remedy="Say why, in 500 characters.")

    def run(held: Connection, ids: Sequence[UUID]) -> list[Referral | Refusal]:
        try:
            return [
                _decide(held, context, one, approve, note.strip(), stores=stores, actor=actor, now=at) for one in ids
            ]
        except Refusal as refusal:
            return [refusal]

    (outcome,) = settle_batch(conn, [referral_id], run)
    if isinstance(outcome, Refusal):
        raise outcome
    return outcome


def _decide(
    conn: Connection,
    context: PurchaseContext,
    referral_id: UUID,
    approve: bool,
    note: str,
    *,
    stores: Sequence[str] | None,
    actor: str,
    now: datetime,
) -> Referral:
    referral = referrals.load_referral(conn, referral_id, stores)
    if referral.state is not ReferralState.HELD:
        raise ReferralDecided("It is not held for a decision.", field="referral_id", state=referral.state.value)
    decided = structs.replace(referral, decided_by=actor, decided_at=now, decision_note=note)
    if not approve:
        decided = structs.replace(decided, state=ReferralState.REJECTED, settled_at=now)
    elif decided.purchase_id is None:
        decided = structs.replace(decided, state=ReferralState.OPEN)
    else:
        decided = structs.replace(decided, state=ReferralState.WAITING)
    if decided.state is ReferralState.WAITING and decided.due_at is not None and decided.due_at <= now:
        (decided,) = _pay(conn, context, [decided], now)
    else:
        referrals.write_changes(conn, [decided])
    audit.record_event(
        conn,
        actor=actor,
        action="referral.approved" if approve else "referral.rejected",
        target=f"customer:{referral.referee_id}",
        detail={"referral_id": str(referral_id), "reason": note, "state": decided.state.value},
        at=now,
    )
    return structs.replace(decided, revision=referral.revision + 1)


def pay_due_referrals(
    conn: Connection,
    context: PurchaseContext,
    now: datetime | None = None,
    progress: Callable[[int], None] | None = None,
) -> int:
    """Pay everything whose wait is over, and mark what has lapsed; returns how many were paid.

    It commits batch by batch, runs beside live traffic, may run twice at once and may be cut off.
    """
    if conn.info.transaction_status != TransactionStatus.IDLE:
        raise ValueError("pay_due_referrals commits batch by batch; it can not run inside another transaction.")
    at = clock.now() if now is None else now
    with conn.transaction():
        if not context.referrals.is_published(conn):
            return 0
        referrals.lapse_overdue(conn, at)
    paid = 0
    while True:
        with conn.transaction():
            due = [one.referral_id for one in referrals.list_due(conn, at, BATCH)]
        if not due:
            return paid
        outcomes = settle_batch(conn, due, lambda held, items: _pay_each(held, context, items, at))
        paid += sum(one for one in outcomes if isinstance(one, int))
        if progress:
            progress(paid)
        if any(isinstance(one, Refusal) for one in outcomes):
            # What the database refuses stays due and is in the log; going on would meet it again and again.
            return paid


def _pay_each(conn: Connection, context: PurchaseContext, ids: Sequence[UUID], now: datetime) -> list[int | Refusal]:
    """One transaction: 1 for each that was paid, 0 for one that somebody else has paid or undone meanwhile."""
    found = [referrals.load_referral(conn, one) for one in ids]
    due = [one for one in found if one.state is ReferralState.WAITING and one.due_at is not None and one.due_at <= now]
    _pay(conn, context, due, now)
    paid = {one.referral_id for one in due}
    return [int(one in paid) for one in ids]


def _pay(conn: Connection, context: PurchaseContext, due: Sequence[Referral], now: datetime) -> list[Referral]:
    """Lock the accounts, pay and write. A referral that has changed since it was read makes this a lost race."""
    terms = settings_at(conn, context, now)
    people = {customer_id for one in due for customer_id in (one.referrer_id, one.referee_id)}
    accounts = ledger.lock_accounts(conn, people, ending_of(terms))
    postings: list[Posting] = []
    written: list[Referral] = []
    for one in due:
        settings = context.referrals.settings_of(conn, one.version)
        paid, own = pay(conn, one, settings, accounts, terms=terms, now=now)
        referrals.write_changes(conn, [paid])
        written.append(paid)
        postings += own
    if written:
        touched = {posting.customer_id for posting in postings}
        ledger.write_postings(conn, [accounts[one] for one in touched], postings, now)
        insert_events(conn, REFERRAL_PAID, [one.referral_id for one in written], now)
    return written
