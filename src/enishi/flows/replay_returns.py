"""Goods that come back in a replay: settled when they came back, by the very code and terms that settle returns.

So a return takes back what its goods had earned by the rules that are replayed, under the policy of the programme that
was in force at the purchase: out of lots, as a debt, at the shop's cost, or not at all where such returns are refused.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

import msgspec

from enishi import ledger, program, purchases
from enishi.campaigns import Claim
from enishi.flows.backtest_model import Sums
from enishi.flows.campaign_returns import BASE, given_after
from enishi.flows.replay_kept import KeptReceipt
from enishi.flows.replay_past import Replay
from enishi.flows.return_pricing import (
    DecidedReturn,
    Reversal,
    assess_goods,
    assess_receipt,
    decide_return,
    settings_of,
)
from enishi.ledger import Account
from enishi.purchases import InvalidReturn, Returned, ReturnInTime
from enishi.ranks import Bought


def take_goods_back(replay: Replay, one: ReturnInTime) -> None:
    """Settle a return of a member's goods."""
    request, world = one.request, replay.world
    at = request.occurred_at
    replay.advance(at)
    kept = None if one.purchase_id is None else replay.kept.get(one.purchase_id)
    # After a merge, what comes back of a receipt is whose the receipt is by now.
    customer_id = one.customer_id if kept is None else kept.stored.customer_id or one.customer_id
    account = world.accounts.get(customer_id)
    if account is None or (one.purchase_id is not None and kept is None):
        return
    account.ending = replay.ending_of(at)
    state = None if kept is None else kept.state(replay.rules.schedule)
    try:
        reversal = (
            assess_goods(request, world.versions) if state is None else assess_receipt(request, state, world.versions)
        )
        decision = decide_return(request, reversal, state, account, occurred_at=at, now=at, swept={})
    except (ledger.PointsAlreadySpent, InvalidReturn):
        replay.refused += 1
        return
    replay.books.note(decision.postings)
    on = program.day_in_zone(at, settings_of(reversal.version).zone_info)
    if kept is None:
        _count_goods(replay, one, decision, on)
        return
    _give_claims_back(replay, reversal.claims)
    _count_receipt(replay, customer_id, kept, decision)
    _lower_rank(replay, account, one, kept, decision, on=on)
    _keep(kept, decision)


def _give_claims_back(replay: Replay, claims: tuple[Claim, ...]) -> None:
    if replay.world.campaigns is not None:
        for back in claims:
            replay.world.campaigns.note_returned(back)


def _count_receipt(replay: Replay, customer_id: UUID, kept: KeptReceipt, decision: DecidedReturn) -> None:
    """Take what came back off the figures of its receipt, wherever and whenever it came back."""
    if not kept.counts:
        return
    reversal = decision.reversal
    by_campaign = {code: points for code, points in reversal.lost.items() if code is not BASE and points}
    of_campaigns = min(reversal.reverse, sum(by_campaign.values()))
    receipts = -int(reversal.completes)
    replay.add(
        Sums(
            receipts=receipts,
            sales_yen=-reversal.refund_yen,
            base_points=of_campaigns - reversal.reverse,
            campaign_points=-of_campaigns,
            used_points=-reversal.restore,
            absorbed_points=decision.absorbed,
        ),
        kept.on,
        kept.stored.store,
        kept.tier,
    )
    replay.take_from_given(customer_id, reversal.reverse - decision.absorbed, kept.stored.occurred_at)
    for campaign_id, points in by_campaign.items():
        own = replay.campaigns.get(replay.codes.get(campaign_id, "") if campaign_id else "")
        if own is not None:
            own.add(Sums(receipts, -reversal.refund_yen, 0, -points))


def _count_goods(replay: Replay, one: ReturnInTime, decision: DecidedReturn, on: date) -> None:
    """Take goods without a receipt off the figures of the day on which they came back."""
    at = one.request.occurred_at
    if not replay.is_counted(at):
        return
    reversal = decision.reversal
    sums = Sums(sales_yen=-reversal.refund_yen, base_points=-reversal.reverse, absorbed_points=decision.absorbed)
    replay.add(sums, on, one.request.store, replay.ranks.tier_at(one.customer_id, at))
    replay.take_from_given(one.customer_id, reversal.reverse - decision.absorbed, at)


def _lower_rank(
    replay: Replay, account: Account, one: ReturnInTime, kept: KeptReceipt, decision: DecidedReturn, *, on: date
) -> None:
    """Count what is left of the receipt towards ranks, and let the member fall where the ladder says so at once."""
    reversal, was = decision.reversal, kept.bought
    slot = account.customer_id, kept.on
    if reversal.completes:
        replay.stands[slot] = replay.stands.get(slot, 1) - 1
    if was is None:
        return
    kept.bought = _left_of(was, kept, reversal, decision)
    empties_day = reversal.completes and replay.stands[slot] <= 0
    replay.ranks.change_bought(account.customer_id, was, kept.bought, empties_day=empties_day)
    replay.ranks.lower(account, on, one.request.occurred_at, one.return_id, one.request.store)


def _left_of(was: Bought, kept: KeptReceipt, reversal: Reversal, decision: DecidedReturn) -> Bought:
    left = purchases.remaining(kept.stored, reversal.quantities)
    return msgspec.structs.replace(
        was,
        amount_yen=was.amount_yen - reversal.refund_yen,
        net_yen=was.net_yen - reversal.refund_net_yen,
        points=was.points - decision.taken_back - decision.absorbed,
        stands=left is not None,
        left=left,
    )


def _keep(kept: KeptReceipt, decision: DecidedReturn) -> None:
    """How the receipt stands afterwards, for the next return."""
    reversal, before = decision.reversal, kept.so_far
    kept.so_far = Returned(
        before.count + 1,
        reversal.quantities,
        before.refund_yen + reversal.refund_yen,
        before.points_reversed + decision.taken_back + decision.absorbed,
        before.points_restored + decision.given_back + decision.lost,
    )
    changed = {one.award: one for one in decision.pending}
    kept.rows = [changed.get(one.award, one) for one in kept.rows]
    kept.given = given_after(kept.given, reversal.claims)
