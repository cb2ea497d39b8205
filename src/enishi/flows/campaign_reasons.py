"""Why campaigns that were live gave nothing: for a receipt that is recorded, as things stood when it was."""

from __future__ import annotations

from psycopg import Connection

from enishi import campaigns, ledger, program, purchases
from enishi.campaigns import CampaignBasis, NotApplied
from enishi.flows.award_bases import decode_basis
from enishi.flows.campaign_awards import price_campaigns
from enishi.flows.campaign_world import Buying, open_campaigns
from enishi.flows.context import PurchaseContext
from enishi.flows.pending_awards import may_be_pending
from enishi.ledger import EntryType
from enishi.purchases import StoredPurchase


def explain_missing_campaigns(
    conn: Connection, context: PurchaseContext, purchase: StoredPurchase
) -> tuple[NotApplied, ...]:
    """The campaigns that were live at a member's purchase and gave nothing, each with why.

    What was known of the member is worked out as of the recording; segments and the weather are as they are now. A
    campaign that everything speaks for and that gave nothing had used up its budget.
    """
    version = program.version_at(context.versions(conn), purchase.occurred_at)
    if purchase.customer_id is None or version is None:
        return ()
    on = program.day_in_zone(purchase.occurred_at, version.settings.zone_info)
    buying = Buying(purchase.customer_id, purchase.store, purchase.occurred_at, on)
    world = open_campaigns(conn, context, context.schedule(conn), [buying], attempt=None, before=purchase.recorded_at)
    if world is None:
        return ()
    world.desk.known.clear()
    sent = purchases.as_sent(purchase)
    base = program.price(sent, version, purchase.points_to_use, on)
    priced = price_campaigns(
        world,
        sent,
        version,
        base,
        customer_id=purchase.customer_id,
        purchase_id=purchase.purchase_id,
        points_used=purchase.points_to_use,
        on=on,
    )
    given = _given(conn, purchase)
    exhausted = tuple(
        NotApplied(
            campaign_id=one.basis.campaign_id,
            campaign=one.basis.campaign,
            campaign_version=one.basis.campaign_version,
            name_ja=one.basis.name_ja,
            name_en=one.basis.name_en,
            reason="budget" if any(store == campaigns.WHOLE_CAMPAIGN for _, store in one.claims) else "store",
        )
        for one in priced.awards
        if one.claims and one.basis.campaign not in given
    )
    return (*(one for one in priced.not_applied if one.campaign not in given), *exhausted)


def _given(conn: Connection, purchase: StoredPurchase) -> set[str]:
    """The campaigns that gave something."""
    kept = [
        bytes(entry.basis)
        for entry in ledger.entries_at(conn, purchase.entry_keys)
        if entry.type is EntryType.EARN and entry.basis is not None
    ]
    if may_be_pending(purchase):
        rows = ledger.pending_of_purchases(conn, [purchase.purchase_id])
        kept += [row.basis for row in rows.get(purchase.purchase_id, ())]
    return {basis.campaign for one in kept if isinstance(basis := decode_basis(one), CampaignBasis)}
