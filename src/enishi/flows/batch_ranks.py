"""The ranks of a batch of purchases: asked for with the accounts, and told whom the receipts make known."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from uuid import UUID

from psycopg import Connection

from enishi import program, ranks
from enishi.customers import Resolution
from enishi.flows.context import PurchaseContext
from enishi.flows.pricing import PreparedPurchase, day_of
from enishi.flows.rank_desk import Newcomer, RankDesk, ask_ranks, know_past, know_people
from enishi.flows.return_pricing import settings_of
from enishi.program import ProgramVersion
from enishi.ranks import LadderInForce


def ask_batch_ranks(
    conn: Connection,
    context: PurchaseContext,
    ladders: Sequence[LadderInForce],
    versions: Sequence[ProgramVersion],
    customer_ids: Collection[UUID],
    *,
    items: Sequence[PreparedPurchase],
    now: datetime,
) -> Callable[[], RankDesk | None]:
    """Ask for the ranks of a batch, in the same journey as its accounts; None while no ladder is in force."""
    ladder = ranks.ladder_at(ladders, now) if ladders else None
    if ladder is None:
        return lambda: None
    settings = settings_of(program.version_at(versions, now))
    # History looks at the days of its receipts, everything else at today.
    days = [min(day_of(item, versions) for item in items)] if context.in_history else []
    return ask_ranks(conn, ladder, settings, customer_ids, now, days, in_history=context.in_history)


def meet_batch(
    conn: Connection,
    desk: RankDesk,
    items: Sequence[PreparedPurchase],
    resolutions: Sequence[Resolution],
    versions: Sequence[ProgramVersion],
) -> None:
    """Count what the receipts tell of people, and look up the past ranks of late ones."""
    pairs = [(item, one, one.customer_id) for item, one in zip(items, resolutions, strict=True) if one.customer_id]
    if desk.ladder.plan.asks_customer:
        know_people(
            desk,
            [
                Newcomer(customer_id, one.is_new, day_of(item, versions), one.to_link)
                for item, one, customer_id in pairs
                if one.is_new or one.to_link
            ],
        )
    know_past(conn, desk, [(customer_id, item.occurred_at) for item, _, customer_id in pairs])
