"""Claiming an anonymous receipt afterwards, once: it earns what it would have earned had the card been there.

Who claims proves the receipt by its number, store, day and total. The receipt is locked before it is looked at, so that
of any number of claims and returns at once each sees what the others have done. What has come back by then earns
nothing. The version of the programme that was in force at the purchase decides; the points are entered now, or wait as
those of the purchase would have waited.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

import msgspec
from msgspec import Struct
from psycopg import Connection

from enishi import audit, campaigns, ledger, program, purchases, ranks
from enishi.flows.claim_world import Claim, ClaimWorld, PreparedClaim, look_at_claims, prepare_claim
from enishi.flows.claimed_points import ClaimedPoints, earn_claimed
from enishi.flows.confirm_pending import POINTS_CONFIRMED
from enishi.flows.context import PurchaseContext
from enishi.flows.model import AwardLine, BalanceLine, PendingLine
from enishi.flows.parties import settle_in_rounds
from enishi.flows.pricing import balance_line
from enishi.flows.rank_progress import progress_of
from enishi.kit import clock
from enishi.kit.errors import Refusal
from enishi.kit.outbox import insert_events
from enishi.ledger import Account, Posting
from enishi.purchases import (
    NOTHING_RETURNED,
    NotClaimable,
    Purchase,
    StoredClaim,
    StoredPurchase,
    UnknownReceipt,
)
from enishi.ranks import Bought, Cause

PURCHASE_CLAIMED = "purchase.claimed"
_encode = msgspec.json.Encoder().encode


class ClaimedPurchase(Struct, gc=False, frozen=True, kw_only=True):
    """The answer to a claim, given after its commit. ``replayed``: the same customer had claimed it before.

    ``points_earned`` can be used at once; ``pending`` waits as it would have with the card at the purchase.
    """

    purchase_id: UUID
    replayed: bool
    customer_id: UUID
    claimed_at: datetime
    points_earned: int
    awards: tuple[AwardLine, ...]
    balance: BalanceLine | None
    pending: tuple[PendingLine, ...] = ()


Outcome = ClaimedPurchase | Refusal
_decode = msgspec.json.Decoder(ClaimedPurchase).decode


class DecidedClaim(Struct, gc=False, frozen=True):
    """A claim that stands, and what its receipt earns."""

    receipt: StoredPurchase
    claim: StoredClaim
    earned: ClaimedPoints
    rewards: tuple[Posting, ...] = ()
    """What a rank gives that the claim lifts to."""


def claim_purchases(
    conn: Connection, context: PurchaseContext, batch: Sequence[Claim], actor: str, now: datetime | None = None
) -> list[Outcome]:
    """Claim receipts; after the commit, one outcome each in order. The same customer again gets the first answer.

    Refusals per item: ``UnknownReceipt`` (also when the proof does not fit), ``NotClaimable``, ``InvalidRequest``,
    ``InvalidIdentifier``, ``NoCustomerForPoints``, ``CardEnded``, ``NotFound``, ``UnprocessableOperation``. Raises
    ``psycopg.OperationalError`` when the database can not answer.
    """
    now = clock.now() if now is None else now
    outcomes: dict[int, Outcome] = {}
    prepared: dict[int, PreparedClaim] = {}
    for position, one in enumerate(batch):
        try:
            prepared[position] = prepare_claim(context, one)
        except Refusal as refusal:
            outcomes[position] = refusal
    answers = settle_in_rounds(
        conn,
        list(prepared.values()),
        lambda item: item.claim.receipt or item.claim.purchase_id,
        lambda held, items: _run(held, context, items, actor, now),
    )
    outcomes |= dict(zip(prepared, answers, strict=True))
    return [outcomes[position] for position in range(len(batch))]


def _run(
    conn: Connection, context: PurchaseContext, items: Sequence[PreparedClaim], actor: str, now: datetime
) -> list[Outcome]:
    """One transaction: the outcomes that hold once it has committed."""
    receipts, parties, world = look_at_claims(conn, context, items, actor, now)
    outcomes: list[Outcome] = []
    decided: list[DecidedClaim] = []
    for item, receipt, owner in zip(items, receipts, parties, strict=True):
        try:
            outcome, claimed = decide_claim(item.claim, receipt, owner, world)
        except Refusal as refusal:
            outcomes.append(refusal)
        else:
            outcomes.append(outcome)
            if claimed is not None:
                world.claims[claimed.claim.purchase_id] = claimed.claim
                decided.append(claimed)
    _write(conn, decided, world)
    return outcomes


def _unknown() -> UnknownReceipt:
    return UnknownReceipt(
        "No such receipt is recorded with this store, day and total.",
        field="receipt",
        remedy="Compare number, store, date and total with the receipt; one of today may still be on its way.",
    )


def decide_claim(
    claim: Claim, receipt: StoredPurchase | None, owner: UUID | Refusal, world: ClaimWorld
) -> tuple[ClaimedPurchase, DecidedClaim | None]:
    """What a claim is answered, and what it does, None for a repeat. Refuses as ``claim_purchases`` does."""
    if isinstance(owner, Refusal):
        raise owner
    if receipt is None:
        raise _unknown()
    known = world.claims.get(receipt.purchase_id)
    if known is not None and known.customer_id == owner:
        return msgspec.structs.replace(_decode(known.answer), replayed=True), None
    if known is not None or receipt.customer_id is not None:
        raise _refuse("claimed", "The receipt belongs to a customer already.")
    today = program.day_in_zone(world.now, world.settings.zone_info)
    on = program.day_in_zone(receipt.occurred_at, world.settings.zone_info)
    if today > on + timedelta(days=world.settings.claim_days):
        raise _refuse("late", f"A receipt can be claimed for {world.settings.claim_days} days.")
    left = purchases.remaining(receipt, world.returned.get(receipt.purchase_id, NOTHING_RETURNED).quantities)
    if left is None:
        raise _refuse("returned", "All goods of the receipt have come back.")
    account = world.accounts[owner]
    first_seq = account.seq + 1
    version = program.version_at(world.versions, receipt.occurred_at)
    events = world.events.get(receipt.purchase_id, {})
    earned = earn_claimed(
        account,
        left,
        receipt,
        version,
        events=events,
        now=world.now,
        today=today,
        campaigns=world.campaigns,
        rank=(None, None) if world.ranks is None else world.ranks.rank_for(owner, receipt.occurred_at),
    )
    rewards = _count_for_rank(account, left, receipt, earned, on, world)
    balance = ledger.balance_on(account.lots, today, account.owed, account.ending)
    outcome = ClaimedPurchase(
        purchase_id=receipt.purchase_id,
        replayed=False,
        customer_id=owner,
        claimed_at=world.now,
        points_earned=sum(award.points for award in earned.awards),
        awards=earned.awards,
        balance=balance_line(balance),
        pending=earned.lines,
    )
    stored = StoredClaim(
        purchase_id=receipt.purchase_id,
        customer_id=owner,
        source=claim.source,
        actor=world.actor,
        claimed_at=world.now,
        occurred_at=receipt.occurred_at,
        total_yen=purchases.total_yen(left),
        net_yen=purchases.net_yen(left),
        first_seq=first_seq,
        entry_count=len(earned.postings),
        points_earned=sum(posting.points for posting in earned.postings),
        answer=_encode(outcome),
    )
    return outcome, DecidedClaim(receipt, stored, earned, rewards)


def _count_for_rank(  # noqa: PLR0917 - what a claim counts by
    account: Account, left: Purchase, receipt: StoredPurchase, earned: ClaimedPoints, on: date, world: ClaimWorld
) -> tuple[Posting, ...]:
    """Count the receipt towards its new owner's rank: the points that a new rank gives, already on the account."""
    if world.ranks is None:
        return ()
    points = sum(one.points for one in earned.postings) + sum(row.left for row in earned.confirmed)
    bought = Bought(
        on,
        receipt.channel.value,
        receipt.store,
        purchases.total_yen(left),
        purchases.net_yen(left),
        points,
        stands=True,
        left=left,
    )
    return world.ranks.settle(account, bought, receipt.purchase_id, world.now, cause=Cause.CLAIM)[1]


def _refuse(reason: str, detail: str) -> NotClaimable:
    return NotClaimable(
        detail, field="receipt", remedy="Head office can give the points by hand where that is right.", reason=reason
    )


def _write(conn: Connection, decided: Sequence[DecidedClaim], world: ClaimWorld) -> None:
    """Everything a batch leaves behind; the audit comes last, because its writers wait for each other."""
    if not decided:
        return
    claims = [one.claim for one in decided]
    postings = [
        posting for one in decided for posting in (*one.earned.postings, *one.earned.confirmations, *one.rewards)
    ]
    confirmed = [row for one in decided for row in one.earned.confirmed]
    touched = {posting.customer_id for posting in postings}
    ledger.write_postings(conn, [world.accounts[one] for one in touched], postings, world.now)
    ledger.write_pending(conn, [row for one in decided for row in one.earned.pending], world.now)
    ledger.change_pending(conn, confirmed)
    purchases.write_claims(conn, claims)
    if world.campaigns is not None:
        campaigns.write_claims(conn, world.campaigns.desk, world.campaigns.claims, world.now)
    zone = world.settings.zone_info
    ranks.advance_progress(
        conn,
        [
            progress_of(
                claim.customer_id,
                program.day_in_zone(claim.occurred_at, zone),
                claim.total_yen,
                claim.net_yen,
                claim.points_earned,
            )
            for claim in claims
        ]
        + [ranks.Progress(row.customer_id, row.month, 0, 0, row.left) for row in confirmed],
    )
    if world.ranks is not None:
        world.ranks.write(conn)
    insert_events(conn, PURCHASE_CLAIMED, [claim.purchase_id for claim in claims], world.now)
    insert_events(conn, POINTS_CONFIRMED, list(dict.fromkeys(row.purchase_id for row in confirmed)), world.now)
    for one in decided:
        claim = one.claim
        audit.record_event(
            conn,
            actor=world.actor,
            action="purchase.claimed",
            target=f"customer:{claim.customer_id}",
            detail={
                "purchase_id": str(claim.purchase_id),
                "points": claim.points_earned,
                "store": one.receipt.store,
            },
            at=world.now,
        )
