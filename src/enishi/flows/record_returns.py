"""Recording returns: goods come back, and points follow by the terms under which the goods were bought.

A batch is one transaction, and takes its locks as recording purchases does: known keys are answered; receipts and
customers are found; accounts are locked in ascending order; what has come back of each receipt is read behind those
locks; everything is decided in memory and written together. Returns of one receipt are numbered, so that of two which
saw the same goods left only one can be written, and the other runs again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import msgspec
from psycopg import Connection

from enishi import campaigns, customers, ledger, program, purchases
from enishi.flows.campaign_returns import given_after
from enishi.flows.context import PurchaseContext
from enishi.flows.model import RecordedReturn
from enishi.flows.pricing import balance_line
from enishi.flows.rank_changes import lower_ranks
from enishi.flows.rank_progress import touched_by, unwind_progress
from enishi.flows.referral_returns import undo_referral, write_returned
from enishi.flows.return_pricing import (
    DecidedReturn,
    ReceiptState,
    Reversal,
    assess_goods,
    assess_receipt,
    decide_return,
    settings_of,
)
from enishi.flows.return_world import PreparedReturn, World, look_at_receipts
from enishi.flows.settling import settle_batch
from enishi.kit import clock
from enishi.kit.errors import Refusal
from enishi.kit.outbox import insert_events
from enishi.ledger import Account, Pending
from enishi.purchases import (
    IdempotencyConflict,
    InvalidReturn,
    Key,
    Return,
    Returned,
    StoredReturn,
    UnknownReceipt,
)

RETURN_RECORDED = "return.recorded"


Outcome = RecordedReturn | Refusal
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(RecordedReturn).decode


def record_returns(
    conn: Connection, context: PurchaseContext, batch: Sequence[Return], now: datetime | None = None
) -> list[Outcome]:
    """Record a batch of returns and give, after its commit, one outcome each in order.

    A repeat of a key gets the first answer with ``replayed``. Refusals per item: ``InvalidReturn``,
    ``UnknownReceipt``, ``IdempotencyConflict``, ``PointsAlreadySpent``, ``InvalidIdentifier``,
    ``UnprocessableOperation``. Raises ``psycopg.OperationalError`` when the database can not answer.
    """
    now = clock.now() if now is None else now
    outcomes: dict[int, Outcome] = {}
    prepared: dict[int, PreparedReturn] = {}
    for position, one in enumerate(batch):
        try:
            prepared[position] = prepare_return(context, one, now)
        except Refusal as refusal:
            outcomes[position] = refusal
    _settle(conn, context, prepared, outcomes, now)
    return [outcomes[position] for position in range(len(batch))]


def _settle(
    conn: Connection,
    context: PurchaseContext,
    prepared: Mapping[int, PreparedReturn],
    outcomes: dict[int, Outcome],
    now: datetime,
) -> None:
    """Give every return an outcome. One key is recorded once; a repeat of it is judged by what has become of the first.

    The first body under a key that is refused holds nothing, so that another body under it is judged for itself.
    """
    first: dict[Key, int] = {}
    for position, item in prepared.items():
        first.setdefault(item.key, position)
    fresh = [prepared[position] for position in first.values()]
    answers = settle_batch(conn, fresh, lambda held, items: _run(held, context, items, now))
    by_key = {item.key: (item, answer) for item, answer in zip(fresh, answers, strict=True)}
    undecided: dict[int, PreparedReturn] = {}
    for position, item in prepared.items():
        leader, answer = by_key[item.key]
        if first[item.key] == position:
            outcomes[position] = answer
        elif item.fingerprint != leader.fingerprint:
            if isinstance(answer, Refusal):
                undecided[position] = item
            else:
                outcomes[position] = _conflict()
        elif isinstance(answer, Refusal):
            outcomes[position] = answer
        else:
            outcomes[position] = msgspec.structs.replace(answer, replayed=True)
    if undecided:
        _settle(conn, context, undecided, outcomes, now)


def prepare_return(context: PurchaseContext, one: Return, now: datetime) -> PreparedReturn:
    """Check what needs no database. Raises ``InvalidReturn`` and ``InvalidIdentifier``."""
    occurred_at = purchases.check_return(one, now)
    identifiers = tuple(customers.blind(context.keyring, identifier, one.source) for identifier in one.identifiers)
    body = msgspec.structs.replace(one, identifiers=(), occurred_at=occurred_at)
    lookups = sorted(identifier.lookup for identifier in identifiers)
    fingerprint = context.keyring.digest(b"\x1f".join((_encode(body), *lookups)))
    return PreparedReturn(one, occurred_at, Key(one.source, one.external_id), identifiers, fingerprint)


def _conflict() -> IdempotencyConflict:
    return IdempotencyConflict(
        "This source and external_id belong to another return.",
        field="external_id",
        remedy="Send a new return under a new external_id; a repeat must be the same as the first.",
    )


def _run(conn: Connection, context: PurchaseContext, items: Sequence[PreparedReturn], now: datetime) -> list[Outcome]:
    """One transaction: the outcomes that hold once it has committed."""
    known = purchases.find_returns(conn, [item.key for item in items])
    fresh = [item for item in items if item.key not in known]
    decided: list[DecidedReturn] = []
    outcomes: dict[Key, Outcome] = {item.key: _again(item, known[item.key]) for item in items if item.key in known}
    if fresh:
        world = look_at_receipts(conn, context, fresh, now)
        stored: list[StoredReturn] = []
        for item in fresh:
            try:
                answer, record, decision = decide_in_memory(item, world)
            except Refusal as refusal:
                outcomes[item.key] = refusal
            else:
                outcomes[item.key] = answer
                stored.append(record)
                decided.append(decision)
        _write(conn, context, stored, decided, world)
    return [outcomes[item.key] for item in items]


def _again(item: PreparedReturn, held: StoredReturn) -> Outcome:
    if item.fingerprint != held.fingerprint:
        return _conflict()
    return msgspec.structs.replace(_decode(held.answer), replayed=True)


def decide_in_memory(item: PreparedReturn, world: World) -> tuple[RecordedReturn, StoredReturn, DecidedReturn]:
    """Decide one return, changing ``world``. Raises ``UnknownReceipt``, ``InvalidReturn``, ``PointsAlreadySpent``."""
    one = item.request
    state: ReceiptState | None = None
    if one.receipt is not None:
        key = Key(one.receipt.source, one.receipt.external_id)
        state = world.receipts.get(key)
        if state is None:
            raise UnknownReceipt(
                "No purchase is recorded under this receipt.",
                field="receipt",
                remedy="Check source and external_id, or send the goods and the customer's card without a receipt.",
            )
        if item.occurred_at < state.purchase.occurred_at:
            raise InvalidReturn("The goods came back before they were bought.", field="occurred_at")
        reversal = assess_receipt(one, state, world.versions)
        customer_id = state.purchase.customer_id
    else:
        reversal = assess_goods(one, world.versions)
        customer_id = world.owners.get(item.key)
    account = None if customer_id is None else world.accounts[customer_id]
    if account is None:
        decision = _leave_points(reversal)
    else:
        decision = decide_return(
            one, reversal, state, account, occurred_at=item.occurred_at, now=world.now, swept=world.swept
        )
    if state is not None and one.receipt is not None:
        so_far = _after(state.so_far, decision)
        world.receipts[Key(one.receipt.source, one.receipt.external_id)] = msgspec.structs.replace(
            state,
            so_far=so_far,
            pending=_changed(state.pending, decision.pending),
            given=given_after(state.given, reversal.claims),
        )
        undo_referral(world.referrals, state.purchase, so_far, world.accounts, world.versions, world.now)
    answer = _answer(item, decision, state, account, world.now)
    return answer, _record(item, decision, state, answer), decision


def _leave_points(reversal: Reversal) -> DecidedReturn:
    """A return that concerns nobody's points."""
    return DecidedReturn(reversal=reversal, first_seq=0, postings=(), taken_back=0, absorbed=0, given_back=0, lost=0)


def _after(so_far: Returned, decision: DecidedReturn) -> Returned:
    reversal = decision.reversal
    return Returned(
        so_far.count + 1,
        reversal.quantities,
        so_far.refund_yen + reversal.refund_yen,
        so_far.points_reversed + decision.taken_back + decision.absorbed,
        so_far.points_restored + decision.given_back + decision.lost,
    )


def _changed(rows: tuple[Pending, ...], changes: tuple[Pending, ...]) -> tuple[Pending, ...]:
    new = {one.award: one for one in changes}
    return tuple(new.get(one.award, one) for one in rows)


def _answer(
    item: PreparedReturn, decision: DecidedReturn, state: ReceiptState | None, account: Account | None, now: datetime
) -> RecordedReturn:
    reversal = decision.reversal
    zone = settings_of(reversal.version).zone_info
    balance = None
    if account is not None:
        balance = ledger.balance_on(account.lots, program.day_in_zone(now, zone), account.owed, account.ending)
    return RecordedReturn(
        return_id=purchases.return_id_of(item.request, item.occurred_at),
        replayed=False,
        purchase_id=None if state is None else state.purchase.purchase_id,
        customer_id=None if account is None else account.customer_id,
        occurred_at=item.request.occurred_at,
        recorded_at=now,
        refund_yen=reversal.refund_yen,
        pay_back_yen=reversal.refund_yen - reversal.restore,
        points_taken_back=decision.taken_back,
        points_absorbed=decision.absorbed,
        points_given_back=decision.given_back,
        points_lost=decision.lost,
        points_owed=0 if account is None else account.owed,
        completes=reversal.completes,
        balance=balance_line(balance),
        pending_cancelled=decision.cancelled,
    )


def _record(
    item: PreparedReturn, decision: DecidedReturn, state: ReceiptState | None, answer: RecordedReturn
) -> StoredReturn:
    one = item.request
    reversal = decision.reversal
    zone = settings_of(reversal.version).zone_info
    bought_at = item.occurred_at if state is None else state.purchase.occurred_at
    return StoredReturn(
        return_id=answer.return_id,
        source=one.source,
        external_id=one.external_id,
        purchase_id=answer.purchase_id,
        position=None if state is None else state.so_far.count + 1,
        store=one.store,
        terminal=one.terminal,
        occurred_at=one.occurred_at,
        recorded_at=answer.recorded_at,
        customer_id=answer.customer_id,
        lines=purchases.encode_lines(one.goods) if state is None else _encode(reversal.lines),
        refund_yen=reversal.refund_yen,
        completes=reversal.completes,
        points_taken_back=decision.taken_back,
        points_absorbed=decision.absorbed,
        points_given_back=decision.given_back,
        points_lost=decision.lost,
        first_seq=decision.first_seq,
        entry_count=len(decision.postings),
        month=None if answer.customer_id is None else _month(program.day_in_zone(bought_at, zone)),
        fingerprint=item.fingerprint,
        answer=_encode(answer),
        refund_net_yen=reversal.refund_net_yen,
    )


def _month(day: date) -> date:
    return day.replace(day=1)


def _write(
    conn: Connection,
    context: PurchaseContext,
    stored: Sequence[StoredReturn],
    decided: Sequence[DecidedReturn],
    world: World,
) -> None:
    """Everything a batch leaves behind."""
    if not stored:
        return
    context.know_stores(conn, {one.store for one in stored})
    postings = [posting for one in decided for posting in one.postings] + world.referrals.postings
    write_returned(conn, world.referrals)
    touched = {posting.customer_id for posting in postings}
    ledger.write_postings(conn, [world.accounts[one] for one in touched], postings, world.now)
    # Two returns of one batch may have changed one award; what the later one left is what holds.
    changed = {(row.purchase_id, row.award): row for one in decided for row in one.pending}
    ledger.change_pending(conn, list(changed.values()))
    purchases.write_returns(conn, stored)
    campaigns.return_claims(conn, [claim for one in decided for claim in one.reversal.claims], world.now)
    unwind_progress(conn, stored, [one.purchase for one in world.receipts.values()], world.versions)
    lower_ranks(conn, context, world.accounts, touched_by(stored), now=world.now)
    insert_events(conn, RETURN_RECORDED, [one.return_id for one in stored], world.now)
