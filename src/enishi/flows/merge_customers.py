"""Merging two customers by hand: one goes on with everything of both, the other's ID stays and leads there.

One transaction behind the locks of both accounts, taken in ascending order, and then of both customers. Facts keep the
customer they were booked on; whose they are by now is noted beside them. ADR 16 says what becomes of everything that
belongs to a customer. ``unmerge_customers`` is the way back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NoReturn
from uuid import UUID

import msgspec
from msgspec import Struct
from psycopg import Connection

from enishi import access, audit, benefits, campaigns, customers, ledger, program, purchases, referrals, reservations
from enishi.customers import MergeAction, MergeRefused, StoredMerge
from enishi.flows.adjusted_points import settings_at
from enishi.flows.bases import MergeBasis
from enishi.flows.context import PurchaseContext
from enishi.flows.merge_model import (
    CUSTOMER_MERGED,
    MergedCustomers,
    MergeOrder,
    Moved,
    SideAnswer,
    decode_answer,
    encode,
    state_of,
)
from enishi.flows.merged_ranks import fold_ranks
from enishi.flows.settling import settle_batch
from enishi.flows.winding_down import ending_of
from enishi.kit import clock
from enishi.kit.errors import InvalidRequest, Refusal
from enishi.kit.ids import new_id
from enishi.kit.outbox import insert_events
from enishi.ledger import Account, Occasion
from enishi.program import ProgramSettings
from enishi.purchases import IdempotencyConflict

Run = Callable[[Connection], "MergedCustomers"]


class MergeRequest(Struct, frozen=True):
    """Who asks, under which name of the request (None: none), and when."""

    actor: str
    request_key: str | None
    now: datetime


class _Rehearsed(Exception):  # noqa: N818 - it ends a rehearsal, whose transaction is rolled back
    """A merge that was carried out to be shown, and is not to stand."""

    def __init__(self, answer: MergedCustomers) -> None:
        super().__init__()
        self.answer = answer


def merge_customers(
    conn: Connection,
    context: PurchaseContext,
    order: MergeOrder,
    *,
    actor: str,
    request_key: str | None = None,
    now: datetime | None = None,
) -> MergedCustomers:
    """Merge one customer into another; commits itself. A repeat of ``request_key`` gives the first answer.

    Refusals, which change nothing: ``NotFound``, ``InvalidRequest``, ``MergeRefused``, ``AccountFrozen``,
    ``IdempotencyConflict``.
    """
    request = MergeRequest(actor, request_key, clock.now() if now is None else now)
    check_reason(order.reason)
    return settle_one(conn, lambda held: _merge(held, context, order, request))


def preview_merge(
    conn: Connection, context: PurchaseContext, order: MergeOrder, now: datetime | None = None
) -> MergedCustomers:
    """What a merge would do, by the code that does it and rolled back. Raises what it would be refused with."""
    request = MergeRequest("preview", None, clock.now() if now is None else now)
    return rehearse(conn, lambda held: _merge(held, context, order, request))


def settle_one(conn: Connection, run: Run) -> MergedCustomers:
    """Run one merge or undo in a transaction of its own, again after lost races. Raises its refusal."""

    def attempt(held: Connection, items: Sequence[int]) -> list[MergedCustomers | Refusal]:
        try:
            return [run(held) for _ in items]
        except Refusal as refusal:
            return [refusal]

    (outcome,) = settle_batch(conn, [0], attempt)
    if isinstance(outcome, Refusal):
        raise outcome
    return outcome


def rehearse(conn: Connection, run: Run) -> MergedCustomers:
    """Run one merge or undo, keep its answer, and roll everything back. Raises its refusal."""

    def attempt(held: Connection) -> NoReturn:
        raise _Rehearsed(run(held))

    try:
        settle_one(conn, attempt)
    except _Rehearsed as rehearsed:
        return rehearsed.answer
    raise AssertionError("A rehearsal always ends by being rolled back.")


def check_reason(reason: str) -> None:
    """Refuse an empty reason."""
    if not reason.strip():
        raise InvalidRequest("There is no reason.", field="reason", remedy="Say why, for whoever looks next.")


def find_answer(conn: Connection, request: MergeRequest, fingerprint: bytes) -> MergedCustomers | None:
    """The first answer to a request that is repeated. Raises ``IdempotencyConflict`` for another one of its name."""
    known = None if request.request_key is None else customers.find_merge(conn, request.request_key)
    if known is None:
        return None
    if known.fingerprint != fingerprint:
        raise IdempotencyConflict(
            "This Idempotency-Key was used for another request; nothing was changed.",
            field="Idempotency-Key",
            remedy="Send a new key with a new request; a repeat must be the same as the first.",
        )
    return msgspec.structs.replace(decode_answer(known.answer), replayed=True)


def refuse(reason: str, detail: str, remedy: str) -> MergeRefused:
    """Why two customers can not be merged or parted as things stand."""
    return MergeRefused(detail, field="customer_id", remedy=remedy, reason=reason)


def require_quiet(conn: Connection, accounts: Sequence[Account], *, parting: bool) -> None:
    """Refuse what can not go along: open holds, and before a merge what waits for a decision and families."""
    for account in accounts:
        ledger.require_not_frozen(account)
    ids = [account.customer_id for account in accounts]
    holds, _, _ = ledger.count_obstacles(conn, ids)
    if holds:
        raise refuse(
            "open-holds",
            "Points are set aside for a checkout that has not ended.",
            "Wait until the checkout is paid or given up, or release the hold.",
        )
    _, waiting, families = ledger.count_obstacles(conn, ids[1:])
    if parting:
        return
    if waiting:
        raise refuse(
            "adjustment-waiting",
            "An adjustment of the customer who would be absorbed waits for approval.",
            "Approve or refuse it first.",
        )
    if families:
        raise refuse(
            "in-a-family",
            "The customer who would be absorbed belongs to a family.",
            "Take them out of the family first, and add the customer who goes on afterwards.",
        )


def _merge(conn: Connection, context: PurchaseContext, order: MergeOrder, request: MergeRequest) -> MergedCustomers:
    survivor_id, absorbed_id = order.survivor_id, order.absorbed_id
    fingerprint = context.keyring.digest(encode(("merge", order)))
    known = find_answer(conn, request, fingerprint)
    if known is not None:
        return known
    settings = settings_at(conn, context, request.now)
    accounts, keys = _lock_both(conn, survivor_id, absorbed_id, settings)
    survivor, absorbed = accounts[survivor_id], accounts[absorbed_id]
    merge_id = new_id()
    before = state_of(survivor), state_of(absorbed)
    pending = sum(row.left for row in ledger.pending_of_customers(conn, [absorbed_id]).get(absorbed_id, ()))
    facts = purchases.select_facts(conn, absorbed_id)
    purchases.hand_over_facts(conn, merge_id, facts, survivor_id)
    ledger.hand_over_pending(conn, facts, survivor_id)
    _move_points(conn, accounts, order, merge_id, settings, request.now)
    booked = survivor.seq
    identifiers = customers.hand_over(
        conn, context.keyring, (absorbed_id, keys[absorbed_id]), (survivor_id, keys[survivor_id])
    )
    rank = fold_ranks(conn, context, accounts, order, actor=request.actor, now=request.now)
    moved = Moved(
        seq=booked,
        survivor=before[0],
        absorbed=before[1],
        survivor_rank=rank.survivor_before,
        absorbed_rank=rank.absorbed_before,
        identifiers=tuple(one.hex() for one in identifiers),
    )
    moved = _move_the_rest(conn, order, moved, request.now)
    answer = MergedCustomers(
        merge_id=merge_id,
        action=MergeAction.MERGE,
        replayed=False,
        survivor=side_answer(survivor, before[0].balance, *rank.survivor_tiers),
        absorbed=side_answer(absorbed, before[1].balance, *rank.absorbed_tiers),
        points=before[1].balance,
        moved=before[1].balance,
        identifiers=len(identifiers),
        receipts=len(facts),
        pending=pending,
        bookings=len(moved.bookings),
        recorded_at=request.now,
    )
    record = StoredMerge(
        merge_id=merge_id,
        action=MergeAction.MERGE,
        undoes=None,
        survivor_id=survivor_id,
        absorbed_id=absorbed_id,
        reason=order.reason.strip(),
        actor=request.actor,
        request_key=request.request_key,
        fingerprint=fingerprint,
        moved=encode(moved),
        answer=encode(answer),
        recorded_at=request.now,
    )
    customers.write_merge(conn, record, merged_into=survivor_id)
    insert_events(conn, CUSTOMER_MERGED, [survivor_id, absorbed_id], request.now)
    record_both(conn, record, CUSTOMER_MERGED, {"points": answer.points, "receipts": answer.receipts})
    return answer


def _lock_both(
    conn: Connection, survivor_id: UUID, absorbed_id: UUID, settings: ProgramSettings
) -> tuple[dict[UUID, Account], dict[UUID, bytes]]:
    """Both accounts and both keys, locked in ascending order, where nothing stands in the way of merging them."""
    if survivor_id == absorbed_id:
        raise InvalidRequest("Both are the same customer.", field="absorbed_id", remedy="Name two customers.")
    pair = sorted((survivor_id, absorbed_id))
    customers.require_standing(conn, pair, locked=False)
    accounts = ledger.lock_accounts(conn, pair, ending_of(settings))
    keys = customers.require_standing(conn, pair, locked=True)
    require_quiet(conn, [accounts[survivor_id], accounts[absorbed_id]], parting=False)
    if referrals.is_between(conn, survivor_id, absorbed_id):
        raise refuse(
            "referral-between",
            "One of the two has referred the other, or both were referred, and that is not settled.",
            "Decide about the referral first.",
        )
    return accounts, keys


def _move_points(  # noqa: PLR0917 - both sides, and when and why
    conn: Connection,
    accounts: dict[UUID, Account],
    order: MergeOrder,
    merge_id: UUID,
    settings: ProgramSettings,
    now: datetime,
) -> None:
    survivor, absorbed = accounts[order.survivor_id], accounts[order.absorbed_id]
    gone = Occasion("", now, None, encode(MergeBasis(merge_id, order.survivor_id)))
    come = Occasion("", now, None, encode(MergeBasis(merge_id, order.absorbed_id)))
    today = program.day_in_zone(now, settings.zone_info)
    postings = [one for one in ledger.fold(absorbed, survivor, today, gone, come) if one is not None]
    ledger.write_postings(conn, [survivor, absorbed], postings, now)
    ledger.set_merged_into(conn, order.absorbed_id, order.survivor_id)


def _move_the_rest(conn: Connection, order: MergeOrder, moved: Moved, now: datetime) -> Moved:
    """What other domains keep of the absorbed customer: it goes along, or counts for the survivor."""
    absorbed_id, survivor_id = order.absorbed_id, order.survivor_id
    campaigns.move_usage(conn, absorbed_id, survivor_id, now)
    benefits.count_for(conn, absorbed_id, survivor_id)
    bookings = reservations.hand_over_bookings(conn, absorbed_id, survivor_id)
    waits = reservations.hand_over_waits(conn, absorbed_id, survivor_id)
    in_course = referrals.hand_over_open(conn, absorbed_id, survivor_id)
    segments = campaigns.add_segments(conn, absorbed_id, survivor_id)
    access.end_log_ins(conn, [absorbed_id])
    return msgspec.structs.replace(
        moved,
        bookings=tuple(bookings),
        waits=tuple(waits),
        referrals=tuple(in_course),
        segments=tuple(segments),
    )


def side_answer(account: Account, before: int, tier_before: str, tier: str) -> SideAnswer:
    """One side as it is answered."""
    return SideAnswer(
        customer_id=account.customer_id,
        balance_before=before,
        balance=account.balance,
        owed=account.owed,
        lots=account.lots,
        tier_before=tier_before,
        tier=tier,
    )


def record_both(conn: Connection, record: StoredMerge, action: str, detail: dict[str, int]) -> None:
    """The audit of a merge or an undo: an event for each of the two, which names the other."""
    sides = {"survivor_id": str(record.survivor_id), "absorbed_id": str(record.absorbed_id)}
    for customer_id in (record.survivor_id, record.absorbed_id):
        audit.record_event(
            conn,
            actor=record.actor,
            action=action,
            target=f"customer:{customer_id}",
            detail={"merge_id": str(record.merge_id), "reason": record.reason, **sides, **detail},
            at=record.recorded_at,
        )
