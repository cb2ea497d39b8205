"""Quoting purchases: what a cart would earn and leave, by the very code that records it, with nothing written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from psycopg import Connection

from enishi import customers, ledger
from enishi.campaigns import CampaignRules, Schedule
from enishi.customers import Resolution
from enishi.flows.answers import pending_lines, rank_moment
from enishi.flows.batch_ranks import ask_batch_ranks, meet_batch
from enishi.flows.campaign_batches import live_for
from enishi.flows.consume_holds import find_holds
from enishi.flows.context import PurchaseContext
from enishi.flows.model import AwardLine, QuotedPurchase
from enishi.flows.past_rules import with_drafts
from enishi.flows.pricing import PreparedPurchase, balance_line, decide, notices_of
from enishi.flows.purchase_world import PurchaseWorld
from enishi.flows.rank_desk import RankDesk
from enishi.flows.record_purchases import prepare
from enishi.flows.winding_down import ending_at
from enishi.kit import clock
from enishi.kit.errors import NotFound, Refusal
from enishi.ledger import Account
from enishi.program import ProgramVersion
from enishi.purchases import Purchase


def quote_purchases(
    conn: Connection, context: PurchaseContext, batch: Sequence[Purchase], now: datetime | None = None
) -> list[QuotedPurchase | Refusal]:
    """Quote each purchase by itself, in order: none of them counts for another. Refuses what recording would refuse.

    A key that is recorded already is quoted like any other; whether it was used is not looked at.
    """
    now = clock.now() if now is None else now
    quotes: list[QuotedPurchase | Refusal | None] = [None] * len(batch)
    prepared: list[PreparedPurchase] = []
    for position, purchase in enumerate(batch):
        try:
            prepared.append(prepare(context, position, purchase, now))
        except Refusal as refusal:
            quotes[position] = refusal
    with conn.transaction():
        resolutions = customers.resolve_each(conn, [item.identifiers for item in prepared])
        quoted = _quote(conn, context, context.schedule(conn), prepared, resolutions, now=now)
        for item, quote in zip(prepared, quoted, strict=True):
            quotes[item.position] = quote
    return [quote for quote in quotes if quote is not None]


def quote_for_customer(
    conn: Connection,
    context: PurchaseContext,
    purchase: Purchase,
    customer_id: UUID | None,
    now: datetime,
    *,
    draft: tuple[str, CampaignRules] | None = None,
) -> QuotedPurchase | Refusal:
    """Quote a purchase of somebody who is known by ID, also one that lies in the future; None is an anonymous sale.

    ``draft``, a campaign's code and rules, is tried as if it were approved, its budgets untouched.
    Refuses what recording would refuse, and ``NotFound`` for a customer whom nobody knows.
    """
    try:
        prepared = prepare(context, 0, purchase, max(now, purchase.occurred_at))
    except Refusal as refusal:
        return refusal
    with conn.transaction():
        if customer_id is not None and not customers.find_known(conn, [customer_id]):
            raise NotFound("There is no such customer.", field="customer_id")
        schedule = _with_draft(context.schedule(conn), draft)
        return _quote(conn, context, schedule, [prepared], [Resolution(customer_id)], now=now)[0]


def _with_draft(live: Schedule, draft: tuple[str, CampaignRules] | None) -> Schedule:
    if draft is None:
        return live
    code, rules = draft
    ceilings = msgspec.structs.replace(rules.ceilings, budget_points=None, store_budgets={})
    tried = msgspec.structs.replace(rules, ceilings=ceilings)
    known = {version.code: version.campaign_id for version in live.versions.values()}
    return with_drafts(live, {code: tried}, known, tried.starts_at)[0]


def _quote(
    conn: Connection,
    context: PurchaseContext,
    schedule: Schedule,
    prepared: Sequence[PreparedPurchase],
    resolutions: Sequence[Resolution],
    *,
    now: datetime,
) -> list[QuotedPurchase | Refusal]:
    versions = context.versions(conn)
    accounts = ledger.load_accounts(conn, [one.customer_id for one in resolutions if one.customer_id])
    desks = _ask_desks(conn, context, prepared, resolutions, versions, now=now)
    holds = find_holds(conn, [item.purchase for item in prepared])
    ending = ending_at(versions, now)
    quotes: list[QuotedPurchase | Refusal] = []
    for item, resolution, desk in zip(prepared, resolutions, desks, strict=True):
        customer_id = resolution.customer_id
        live = live_for(conn, context, schedule, [item], [resolution], versions=versions, attempt=None)
        world = PurchaseWorld(versions, {}, now, campaigns=live, holds=dict(holds), ranks=desk)
        if customer_id is not None:
            # A copy for each, since none of the quotes counts for another.
            held = accounts[customer_id]
            world.accounts[customer_id] = Account(customer_id, held.seq, held.balance, held.lots, held.frozen, ending)
        try:
            decided = decide(item, customer_id, world, notices_of(resolution))
        except Refusal as refusal:
            quotes.append(refusal)
            continue
        quotes.append(
            QuotedPurchase(
                customer_id=None if resolution.is_new else customer_id,
                total_yen=item.total_yen,
                points_earned=decided.points_earned,
                points_used=decided.prepared.purchase.points_to_use,
                awards=tuple(_unwritten(award) for award in decided.awards),
                balance=balance_line(decided.balance),
                notices=decided.notices,
                pending=pending_lines(decided),
                not_applied=decided.not_applied,
                standing=rank_moment(decided, world),
            )
        )
    return quotes


def _ask_desks(
    conn: Connection,
    context: PurchaseContext,
    items: Sequence[PreparedPurchase],
    resolutions: Sequence[Resolution],
    versions: Sequence[ProgramVersion],
    *,
    now: datetime,
) -> list[RankDesk | None]:
    """The ranks of each purchase's customer, a desk for each, since none of the quotes counts for another."""
    desks: list[RankDesk | None] = []
    ladders = context.ladders(conn)
    for item, one in zip(items, resolutions, strict=True):
        known = [one.customer_id] if one.customer_id and not one.is_new else []
        desk = ask_batch_ranks(conn, context, ladders, versions, known, items=[item], now=now)()
        if desk is not None:
            meet_batch(conn, desk, [item], [one], versions)
        desks.append(desk)
    return desks


def _unwritten(award: AwardLine) -> AwardLine:
    """The award without the name of an entry that does not exist."""
    return AwardLine(None, award.kind, award.points, award.expires_on, award.basis, award.campaign)
