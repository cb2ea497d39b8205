"""The second pair of eyes: a waiting adjustment is approved, and its points move, or it is refused. Once."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import Struct
from psycopg import Connection

from enishi import audit, ledger, program
from enishi.flows.adjusted_points import AdjustedPoints, Author, carry_out, settings_at, waiting_answer
from enishi.flows.context import PurchaseContext
from enishi.flows.settling import settle_batch
from enishi.flows.winding_down import ending_of
from enishi.kit import clock
from enishi.kit.errors import NotFound, Refusal
from enishi.ledger import AdjustmentBeyondLimit, AdjustmentRequest, AlreadyDecided, ApprovalByAnother, Balance

_decode = msgspec.json.Decoder(AdjustedPoints).decode


class Decision(Struct, gc=False, frozen=True, kw_only=True):
    """What somebody decides about a request. ``stores`` are those they decide for; None is all."""

    request_id: UUID
    approve: bool
    note: str = ""
    stores: frozenset[str] | None = None


def decide_adjustment(
    conn: Connection, context: PurchaseContext, decision: Decision, author: Author, now: datetime | None = None
) -> AdjustedPoints:
    """Approve a request and move its points, or refuse it; commits itself. The same decision again changes nothing.

    Refusals, which change nothing either: ``NotFound``, ``ApprovalByAnother``, ``AdjustmentBeyondLimit``,
    ``AlreadyDecided``, ``InvalidRequest``, ``InsufficientPoints``.
    """
    at = clock.now() if now is None else now

    def run(held: Connection, decisions: Sequence[Decision]) -> list[AdjustedPoints | Refusal]:
        try:
            return [_decide(held, context, one, author, at) for one in decisions]
        except Refusal as refusal:
            return [refusal]

    (outcome,) = settle_batch(conn, [decision], run)
    if isinstance(outcome, Refusal):
        raise outcome
    return outcome


class ForeseenDecision(Struct, frozen=True):
    """What approving a request now would do to the balance; ``obstacle`` is the code of why it can not be approved."""

    before: Balance
    after: Balance
    obstacle: str | None


def foresee_decisions(
    conn: Connection, context: PurchaseContext, requests: Sequence[AdjustmentRequest], now: datetime
) -> dict[UUID, ForeseenDecision]:
    """What approving each of these requests, by itself, would do now. Nothing is written and nothing locked."""
    settings = settings_at(conn, context, now)
    today = program.day_in_zone(now, settings.zone_info)
    reasons = ledger.load_reasons(conn)
    people = list({one.customer_id for one in requests})
    accounts = ledger.load_accounts(conn, people) if people else {}
    found: dict[UUID, ForeseenDecision] = {}
    for one in requests:
        account = copy(accounts[one.customer_id])
        account.ending = ending_of(settings)
        before = ledger.balance_on(account.lots, today, account.owed, account.ending)
        obstacle: str | None = None
        try:
            carry_out(one, account, reasons[one.reason], settings, request_id=one.request_id, now=now)
        except Refusal as refusal:
            obstacle = refusal.code
        after = ledger.balance_on(account.lots, today, account.owed, account.ending)
        found[one.request_id] = ForeseenDecision(before, after, obstacle)
    return found


def _decide(
    conn: Connection, context: PurchaseContext, decision: Decision, author: Author, now: datetime
) -> AdjustedPoints:
    request = ledger.load_request(conn, decision.request_id)
    if decision.stores is not None and request.store not in decision.stores:
        raise NotFound("There is no such request.", field="request_id")
    settings = settings_at(conn, context, now)
    account = ledger.lock_accounts(conn, {request.customer_id}, ending_of(settings))[request.customer_id]
    # Read again behind the lock: decisions about one account come one after the other.
    request = ledger.load_request(conn, decision.request_id)
    _require_may_decide(conn, request, author)
    if request.state != "waiting":
        return _repeat(conn, request, decision, author)
    decided = msgspec.structs.replace(
        request,
        state="approved" if decision.approve else "refused",
        decided_by=author.actor,
        decided_at=now,
        decision_note=decision.note,
    )
    answer = waiting_answer(decided, replayed=False)
    if decision.approve:
        reason = ledger.load_reasons(conn)[request.reason]
        answer, posting, operation = carry_out(
            request, account, reason, settings, request_id=request.request_id, now=now
        )
        context.know_stores(conn, {request.store})
        ledger.write_postings(conn, [account], [posting], now)
        ledger.write_operations(conn, [operation])
    ledger.write_decision(conn, decided)
    audit.record_event(
        conn,
        actor=author.actor,
        action=f"points.adjustment_{decided.state}",
        target=f"customer:{request.customer_id}",
        detail={
            "points": request.points,
            "reason": request.reason,
            "request_id": str(request.request_id),
            "requested_by": request.requested_by,
            "store": request.store,
        },
        at=now,
    )
    return answer


def _require_may_decide(conn: Connection, request: AdjustmentRequest, author: Author) -> None:
    if author.actor == request.requested_by:
        raise ApprovalByAnother(
            "Who asked for an adjustment can not decide about it.", remedy="Ask a colleague who may approve."
        )
    limit = ledger.widest_limit(ledger.list_limits(conn), author.roles)
    if limit is None or abs(request.points) > limit.points_each:
        raise AdjustmentBeyondLimit(
            f"{abs(request.points):,} points are more than you may adjust yourself.",
            remedy="Ask somebody with a wider limit.",
            limit=0 if limit is None else limit.points_each,
        )


def _repeat(conn: Connection, request: AdjustmentRequest, decision: Decision, author: Author) -> AdjustedPoints:
    if request.decided_by != author.actor or (request.state == "approved") != decision.approve:
        raise AlreadyDecided(
            f"The request was {request.state} already.",
            field="request_id",
            remedy="Look at it again.",
            state=request.state,
        )
    done = ledger.find_operations(conn, [(request.source, request.external_id)])
    operation = done.get((request.source, request.external_id))
    if operation is None:
        return waiting_answer(request, replayed=True)
    return msgspec.structs.replace(_decode(operation.answer), replayed=True)
