"""What campaigns give for a purchase, decided in memory beside its base award, and what they give a new member."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec

from enishi import campaigns, ledger, program
from enishi.campaigns import NOTHING_PRICED, CampaignAward, Claim, Priced, Usage
from enishi.flows.campaign_world import CampaignWorld
from enishi.ledger import Account, Kind, Posting
from enishi.program import Award, ProgramVersion
from enishi.purchases import Purchase

_KINDS = {"regular": Kind.REGULAR, "limited": Kind.LIMITED}
_encode = msgspec.json.Encoder().encode


def price_campaigns(
    world: CampaignWorld,
    purchase: Purchase,
    version: ProgramVersion,
    base: Sequence[Award | CampaignAward],
    *,
    customer_id: UUID,
    purchase_id: UUID,
    points_used: int,
    on: date,
    tier: str | None = None,
    level: int | None = None,
) -> Priced:
    """Price what is live at the purchase, draw on its budgets, and count it; ``base`` is what the programme gives.

    Raises ``BudgetShort`` when what is held of a budget does not suffice.
    """
    live = world.schedule.live_at(purchase.occurred_at)
    priced = NOTHING_PRICED
    if live:
        first = base[0] if base else None
        basis = first.basis if isinstance(first, Award) else program.assess(purchase, version, points_used)
        usage: Mapping[tuple[UUID, UUID, str], Usage] = world.usage
        nobody = Usage()
        priced = campaigns.price_campaigns(
            purchase,
            version,
            basis,
            live,
            world.facts_of(customer_id, on, tier, level),
            on=on,
            usage=lambda campaign_id, period: usage.get((customer_id, campaign_id, period), nobody),
            budgets=world.desk.known,
            weather=weather_of(world, purchase, version),
            why_not=world.why_not,
        )
        for award in priced.awards:
            claim = _claim_of(award, customer_id, purchase.store, purchase.occurred_at, purchase_id)
            world.note_claim(claim, () if world.why_not else award.claims)
    world.note_purchase(customer_id, on)
    return priced


def weather_of(world: CampaignWorld, purchase: Purchase, version: ProgramVersion) -> frozenset[str]:
    """The flags of weather at a purchase; none where no campaign asks."""
    if not world.weather:
        return frozenset()
    return world.weather_at(purchase.store, purchase.occurred_at.astimezone(version.settings.zone_info))


def _claim_of(
    award: CampaignAward, customer_id: UUID, store: str, occurred_at: datetime, purchase_id: UUID | None
) -> Claim:
    """An award as the fact that budgets and ceilings count; without a purchase it welcomes."""
    stores = {store for _, store in award.claims}
    return Claim(
        campaign_id=award.basis.campaign_id,
        version=award.basis.campaign_version,
        customer_id=customer_id,
        purchase_id=purchase_id,
        store=store,
        reason="welcome" if purchase_id is None else "award",
        period=award.period,
        points=award.points,
        times=1,
        from_budget=campaigns.WHOLE_CAMPAIGN in stores,
        from_store_budget=bool(stores - {campaigns.WHOLE_CAMPAIGN}),
        occurred_at=occurred_at,
    )


def welcome(
    world: CampaignWorld, account: Account, version: ProgramVersion, *, store: str, occurred_at: datetime, on: date
) -> tuple[tuple[CampaignAward, Posting], ...]:
    """What campaigns give to somebody who is made a member, credited once; ``account`` is changed in memory.

    Returning goods takes none of it back. Raises ``BudgetShort``.
    """
    if account.customer_id not in world.newcomers:
        return ()
    world.newcomers.discard(account.customer_id)
    given: list[tuple[CampaignAward, Posting]] = []
    for one in world.schedule.welcoming_at(occurred_at):
        left = world.desk.known.get((one.campaign_id, campaigns.WHOLE_CAMPAIGN))
        award = campaigns.welcome(one, version, on, left)
        if award is None:
            continue
        claim = _claim_of(award, account.customer_id, store, occurred_at, None)
        world.note_claim(claim, () if world.why_not else award.claims)
        posting = ledger.earn(
            account,
            _KINDS[award.kind],
            award.points,
            award.expires_on,
            extends_regular=award.extends_regular,
            on=on,
            store=store,
            purchase_id=None,
            occurred_at=occurred_at,
            basis=_encode(award.basis),
        )
        given.append((award, posting))
    return tuple(given)
