"""What a receipt earns that is claimed afterwards, decided in memory: what it would have earned with the card."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

import msgspec
from msgspec import Struct

from enishi import ledger, program
from enishi.campaigns import CampaignAward
from enishi.flows.award_bases import award_line
from enishi.flows.campaign_awards import price_campaigns
from enishi.flows.campaign_world import CampaignWorld
from enishi.flows.model import AwardLine, PendingLine
from enishi.flows.pending_awards import earn_pending, has_ended, last_day_of, note_pending, present_lines, reach
from enishi.ledger import Account, Kind, Lot, Pending, Posting
from enishi.program import Award, PendingRule, ProgramVersion
from enishi.purchases import Purchase, StoredPurchase

_KINDS = {"regular": Kind.REGULAR, "limited": Kind.LIMITED}
_encode = msgspec.json.Encoder().encode

Rank = tuple[str | None, int | None]
"""Tier and level; nothing of both without a ladder."""


class ClaimedPoints(Struct, gc=False, frozen=True, kw_only=True):
    """What a claim earns. ``postings`` are entries of the purchase.

    ``pending`` are the awards that wait, as they would have been noted at the purchase; ``confirmed`` are those among
    them that need not wait any more, by the entries ``confirmations``.
    """

    awards: tuple[AwardLine, ...] = ()
    postings: tuple[Posting, ...] = ()
    pending: tuple[Pending, ...] = ()
    confirmed: tuple[Pending, ...] = ()
    confirmations: tuple[Posting, ...] = ()
    lines: tuple[PendingLine, ...] = ()


def earn_claimed(
    account: Account,
    left: Purchase,
    receipt: StoredPurchase,
    version: ProgramVersion | None,
    *,
    events: Mapping[str, datetime],
    now: datetime,
    today: date,
    campaigns: CampaignWorld | None = None,
    rank: Rank = (None, None),
) -> ClaimedPoints:
    """Credit what is left of a receipt, by the version in force when it was bought; ``account`` changes in memory.

    ``events`` are what has happened to the order by now. What would have expired by now earns nothing. Campaigns that
    were live at the purchase give what they would have given, by the ``rank`` held then and what else is known now.
    """
    priced: tuple[Award | CampaignAward, ...] = program.price(left, version)
    if campaigns is not None and version is not None:
        priced = (*priced, *_price_campaigns(campaigns, left, receipt, version, account, rank=rank))
    earned = _credit(account, priced, receipt, version, events=events, now=now, today=today)
    if campaigns is not None:
        credited = {line.campaign.campaign_id for line in (*earned.awards, *earned.lines) if line.campaign is not None}
        campaigns.drop_claims(receipt.purchase_id, credited)
    return earned


def _credit(
    account: Account,
    priced: tuple[Award | CampaignAward, ...],
    receipt: StoredPurchase,
    version: ProgramVersion | None,
    *,
    events: Mapping[str, datetime],
    now: datetime,
    today: date,
) -> ClaimedPoints:
    if version is not None and (rule := version.settings.pending.get(receipt.channel)):
        return _note(account, priced, receipt, version, rule, events=events, now=now, today=today)
    postings: list[Posting] = []
    awards: list[AwardLine] = []
    for award in priced:
        if ledger.last_day(Lot(_KINDS[award.kind], award.expires_on, award.points), account.ending) < today:
            continue
        posting = ledger.earn(
            account,
            _KINDS[award.kind],
            award.points,
            award.expires_on,
            extends_regular=award.extends_regular,
            on=today,
            store=receipt.store,
            purchase_id=receipt.purchase_id,
            occurred_at=now,
            basis=_encode(award.basis),
        )
        postings.append(posting)
        awards.append(award_line(award, posting))
    return ClaimedPoints(awards=tuple(awards), postings=tuple(postings))


def _note(
    account: Account,
    priced: tuple[Award | CampaignAward, ...],
    receipt: StoredPurchase,
    version: ProgramVersion,
    rule: PendingRule,
    *,
    events: Mapping[str, datetime],
    now: datetime,
    today: date,
) -> ClaimedPoints:
    """The awards as they wait; what is due by now becomes points at once, valid as if it had not waited for a claim."""
    settings, versions = version.settings, (version,)
    noted: list[Pending] = []
    confirmed: list[Pending] = []
    confirmations: list[Posting] = []
    awards: list[AwardLine] = []
    for number, award in enumerate(priced, 1):
        row = note_pending(
            award,
            rule,
            store=receipt.store,
            purchase_id=receipt.purchase_id,
            number=number,
            customer_id=account.customer_id,
            occurred_at=receipt.occurred_at,
            on=program.day_in_zone(receipt.occurred_at, settings.zone_info),
            zone=settings.zone_info,
        )
        row = reach(row, events, versions)
        if row.due_at is None or row.due_at > now:
            noted.append(row)
            continue
        last = last_day_of(row, settings, program.day_in_zone(row.due_at, settings.zone_info))
        if last < today or has_ended(account, row, now, versions):
            continue
        posting = earn_pending(account, row, row.due_at, versions)
        noted.append(row)
        confirmed.append(ledger.confirmed(row, posting.seq, now))
        confirmations.append(posting)
        awards.append(award_line(award, posting))
    return ClaimedPoints(
        awards=tuple(awards),
        pending=tuple(noted),
        confirmed=tuple(confirmed),
        confirmations=tuple(confirmations),
        lines=present_lines([one for one in noted if one.due_at is None or one.due_at > now], settings.zone_info),
    )


def _price_campaigns(
    world: CampaignWorld,
    left: Purchase,
    receipt: StoredPurchase,
    version: ProgramVersion,
    account: Account,
    *,
    rank: Rank,
) -> tuple[CampaignAward, ...]:
    """What campaigns that were live at the purchase give for what is left of the receipt."""
    on = program.day_in_zone(receipt.occurred_at, version.settings.zone_info)
    base = program.price(left, version)
    priced = price_campaigns(
        world,
        left,
        version,
        base,
        customer_id=account.customer_id,
        purchase_id=receipt.purchase_id,
        points_used=0,
        on=on,
        tier=rank[0],
        level=rank[1],
    )
    return priced.awards
