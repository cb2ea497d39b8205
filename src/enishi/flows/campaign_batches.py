"""Opening what campaigns ask of the world for a batch of prepared purchases, whoever decides them."""

from __future__ import annotations

from collections.abc import Sequence

from psycopg import Connection

from enishi.campaigns import Schedule
from enishi.customers import Resolution
from enishi.flows.campaign_world import Buying, CampaignWorld, open_campaigns
from enishi.flows.context import PurchaseContext
from enishi.flows.pricing import PreparedPurchase, day_of
from enishi.program import ProgramVersion


def live_for(
    conn: Connection,
    context: PurchaseContext,
    schedule: Schedule,
    items: Sequence[PreparedPurchase],
    resolutions: Sequence[Resolution],
    *,
    versions: Sequence[ProgramVersion],
    attempt: int | None,
) -> CampaignWorld | None:
    """The state that campaigns are priced in, for the purchases of these customers; None where none is live.

    A customer whom the batch makes is new to each of its purchases; who is first is welcomed.
    """
    if not schedule.spans:
        return None
    buying = [
        Buying(one.customer_id, item.purchase.store, item.occurred_at, day_of(item, versions), one.is_new)
        for item, one in zip(items, resolutions, strict=True)
        if one.customer_id is not None
    ]
    return open_campaigns(conn, context, schedule, buying, attempt=attempt)
