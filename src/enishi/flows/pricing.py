"""What a purchase does to its customer's account, decided in memory: spend first, then earn.

The same code decides a purchase that is recorded and one that is only quoted.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from enishi import ledger, program
from enishi.campaigns import CampaignAward, NotApplied
from enishi.customers import BlindIdentifier, Resolution
from enishi.flows.award_bases import award_line
from enishi.flows.campaign_awards import price_campaigns, welcome
from enishi.flows.consume_holds import consume_hold
from enishi.flows.model import (
    CARD_ENDED,
    IDENTIFIER_CONFLICT,
    NO_PROGRAM,
    POINTS_PENDING,
    WELCOMED,
    AwardLine,
    BalanceLine,
    CardEnded,
    ExpiringPoints,
    NoCustomerForPoints,
)
from enishi.flows.offline_spends import use_points
from enishi.flows.pending_awards import note_pending
from enishi.flows.purchase_world import PurchaseWorld
from enishi.ledger import Account, Balance, Kind, Pending, Posting
from enishi.program import Award, PendingRule, ProgramVersion
from enishi.purchases import Key, Purchase
from enishi.ranks import Bought, Snapshot

_encode = msgspec.json.Encoder().encode
_KINDS = {"regular": Kind.REGULAR, "limited": Kind.LIMITED}


class PreparedPurchase(Struct, gc=False, frozen=True):
    """A purchase that has passed every check that needs no database."""

    position: int
    purchase: Purchase
    occurred_at: datetime
    key: Key
    purchase_id: UUID
    identifiers: tuple[BlindIdentifier, ...]
    lookups: tuple[bytes, ...]
    lines: bytes
    fingerprint: bytes
    total_yen: int
    net_yen: int
    """``total_yen`` without consumption tax."""


class DecidedPurchase(Struct, gc=False, frozen=True):
    """What a purchase does. ``on`` is the day of the purchase in the programme's zone."""

    prepared: PreparedPurchase
    customer_id: UUID | None
    on: date
    first_seq: int
    postings: tuple[Posting, ...]
    awards: tuple[AwardLine, ...]
    points_earned: int
    balance: Balance | None
    notices: tuple[str, ...]
    pending: tuple[Pending, ...] = ()
    zone: ZoneInfo | None = None
    reinstated: tuple[Posting, ...] = ()
    """What welcomed a new member, gave swept points again for an offline receipt, or put points back that were on hold.

    They come before ``first_seq`` and are no entries of the purchase.
    """
    not_applied: tuple[NotApplied, ...] = ()
    """Campaigns that were live and give nothing, with why; only a quote asks."""
    rank: Snapshot | None = None
    """How the customer stands on the ladder afterwards."""
    rewards: tuple[Posting, ...] = ()
    """Points that a rank gives to which this purchase lifted; after the entries of the purchase, and none of them."""


def notices_of(resolution: Resolution) -> tuple[str, ...]:
    """What resolving a receipt's identifiers gives notice of."""
    if not (resolution.conflicts or resolution.has_ended):
        return ()
    ended = (CARD_ENDED,) if resolution.has_ended else ()
    return (*ended, IDENTIFIER_CONFLICT) if resolution.conflicts else ended


def decide(
    prepared: PreparedPurchase,
    customer_id: UUID | None,
    world: PurchaseWorld,
    notices: tuple[str, ...] = (),
) -> DecidedPurchase:
    """Use points, then price and credit what is earned; the customer's account is changed in memory.

    ``customer_id`` is None for an anonymous sale, which earns nothing until it is claimed. Refusals, leaving the
    account as it was: ``NoCustomerForPoints``, ``CardEnded``, and those of ``_use_points``.
    """
    purchase = prepared.purchase
    versions = world.versions
    account = None if customer_id is None else world.accounts[customer_id]
    version = program.version_at(versions, prepared.occurred_at)
    zone = _zone_of(version, versions)
    on = program.day_in_zone(purchase.occurred_at, zone)
    if account is None:
        if purchase.points_to_use or purchase.hold_id is not None:
            raise _nobody_to_use_points(notices)
        return DecidedPurchase(prepared, None, on, 0, (), (), 0, None, notices)
    postings: list[Posting] = []
    reinstated: tuple[Posting, ...] = ()
    if world.campaigns is not None and version is not None and world.campaigns.newcomers:
        at = prepared.occurred_at
        given = welcome(world.campaigns, account, version, store=purchase.store, occurred_at=at, on=on)
        reinstated = tuple([posting for _, posting in given])
        notices = (*notices, WELCOMED) if reinstated else notices
    if purchase.points_to_use or purchase.hold_id is not None:
        prepared, again, used = _use_points(prepared, account, version, world, on)
        purchase, reinstated = prepared.purchase, (*reinstated, *again)
        postings.append(used)
    awards: list[AwardLine] = []
    pending: tuple[Pending, ...] = ()
    priced, not_applied = _price(prepared, account, world, version, on)
    if version is not None and version.settings.pending and (rule := version.settings.pending.get(purchase.channel)):
        pending = _note_pending(prepared, account.customer_id, priced, rule, on=on, zone=zone)
        priced = ()
        notices = (*notices, POINTS_PENDING) if pending else notices
    for award in priced:
        posting = _earn(account, award, prepared, on)
        postings.append(posting)
        awards.append(award_line(award, posting))
    first_seq = postings[0].seq if postings else account.seq + 1
    points_earned = sum([award.points for award in awards])
    rank, rewards = _count_for_rank(prepared, account, world, on, points_earned)
    return DecidedPurchase(
        prepared,
        account.customer_id,
        on,
        first_seq,
        tuple(postings),
        tuple(awards),
        points_earned,
        ledger.balance_on(account.lots, program.day_in_zone(world.now, zone), account.owed, account.ending),
        notices if version is not None else (*notices, NO_PROGRAM),
        pending,
        zone,
        reinstated,
        not_applied,
        rank,
        rewards,
    )


def _price(
    prepared: PreparedPurchase, account: Account, world: PurchaseWorld, version: ProgramVersion | None, on: date
) -> tuple[tuple[Award | CampaignAward, ...], tuple[NotApplied, ...]]:
    """What the programme and the campaigns give for a purchase, and which campaigns give nothing."""
    purchase = prepared.purchase
    priced: tuple[Award | CampaignAward, ...] = program.price(purchase, version, purchase.points_to_use, on)
    if world.campaigns is None or version is None:
        return priced, ()
    tier, level = _rank_that_prices(prepared, account, world, on)
    by_campaigns = price_campaigns(
        world.campaigns,
        purchase,
        version,
        priced,
        customer_id=account.customer_id,
        purchase_id=prepared.purchase_id,
        points_used=purchase.points_to_use,
        on=on,
        tier=tier,
        level=level,
    )
    return (*priced, *by_campaigns.awards), by_campaigns.not_applied


def _rank_that_prices(
    prepared: PreparedPurchase, account: Account, world: PurchaseWorld, on: date
) -> tuple[str | None, int | None]:
    """Tier and level by which campaigns price; None without a ladder."""
    if world.ranks is None:
        return None, None
    return world.ranks.rank_pricing(account.customer_id, bought_on(prepared, on, 0), prepared.occurred_at)


def _count_for_rank(
    prepared: PreparedPurchase, account: Account, world: PurchaseWorld, on: date, points_earned: int
) -> tuple[Snapshot | None, tuple[Posting, ...]]:
    """Count the purchase towards its customer's rank: how they stand then, and the points that a new rank gives."""
    if world.ranks is None:
        return None, ()
    bought = bought_on(prepared, on, points_earned)
    return world.ranks.settle(account, bought, prepared.purchase_id, prepared.occurred_at)


def bought_on(prepared: PreparedPurchase, on: date, points_earned: int) -> Bought:
    """A purchase as ranks count it."""
    purchase = prepared.purchase
    return Bought(
        on, purchase.channel.value, purchase.store, prepared.total_yen, prepared.net_yen, points_earned, True, purchase
    )


def _zone_of(version: ProgramVersion | None, versions: Sequence[ProgramVersion]) -> ZoneInfo:
    return (version or versions[-1]).settings.zone_info if versions else program.default_settings().zone_info


def day_of(prepared: PreparedPurchase, versions: Sequence[ProgramVersion]) -> date:
    """The day of a purchase in the programme's zone."""
    version = program.version_at(versions, prepared.occurred_at)
    return program.day_in_zone(prepared.purchase.occurred_at, _zone_of(version, versions))


def _use_points(
    prepared: PreparedPurchase, account: Account, version: ProgramVersion | None, world: PurchaseWorld, on: date
) -> tuple[PreparedPurchase, tuple[Posting, ...], Posting]:
    """Take the points of a receipt: the receipt with how many they are, what came back before, and the spend."""
    purchase = prepared.purchase
    if purchase.hold_id is not None:
        held = consume_hold(
            purchase,
            purchase.hold_id,
            account,
            world,
            total_yen=prepared.total_yen,
            purchase_id=prepared.purchase_id,
            occurred_at=prepared.occurred_at,
        )
        paid = msgspec.structs.replace(purchase, points_to_use=held.points)
        return msgspec.structs.replace(prepared, purchase=paid), held.releases, held.spend
    if purchase.offline and world.desk is not None:
        return prepared, *use_points(
            world.desk,
            account,
            purchase,
            purchase_id=prepared.purchase_id,
            occurred_at=prepared.occurred_at,
            on=on,
            cap=0 if version is None else version.settings.offline_spend_cap,
        )
    spend = ledger.spend(
        account,
        purchase.points_to_use,
        on=on,
        store=purchase.store,
        purchase_id=prepared.purchase_id,
        occurred_at=prepared.occurred_at,
    )
    return prepared, (), spend


def _nobody_to_use_points(notices: tuple[str, ...]) -> NoCustomerForPoints | CardEnded:
    if CARD_ENDED in notices:
        # Every identifier of the receipt has ended, or it would name somebody: so the first is one.
        return CardEnded(
            "The card has ended: it was lost, stolen or replaced. Its points can not be used with it.",
            field="identifiers[0].value",
            remedy="Ask for the customer's new card or phone number, or set points_to_use to 0 for an anonymous sale.",
        )
    return NoCustomerForPoints(
        "Points were to be used, but the receipt names no customer.",
        field="identifiers",
        remedy="Send the customer's card or another identifier, or set points_to_use to 0.",
    )


def _note_pending(
    prepared: PreparedPurchase,
    customer_id: UUID,
    priced: tuple[Award | CampaignAward, ...],
    rule: PendingRule,
    *,
    on: date,
    zone: ZoneInfo,
) -> tuple[Pending, ...]:
    """The awards as they wait instead of being credited."""
    return tuple(
        note_pending(
            award,
            rule,
            store=prepared.purchase.store,
            purchase_id=prepared.purchase_id,
            number=number,
            customer_id=customer_id,
            occurred_at=prepared.occurred_at,
            on=on,
            zone=zone,
        )
        for number, award in enumerate(priced, 1)
    )


def _earn(account: Account, award: Award | CampaignAward, prepared: PreparedPurchase, on: date) -> Posting:
    """Credit one award, with its arithmetic as the basis of the entry."""
    return ledger.earn(
        account,
        _KINDS[award.kind],
        award.points,
        award.expires_on,
        extends_regular=award.extends_regular,
        on=on,
        store=prepared.purchase.store,
        purchase_id=prepared.purchase_id,
        occurred_at=prepared.occurred_at,
        basis=_encode(award.basis),
    )


def balance_line(balance: Balance | None) -> BalanceLine | None:
    """A balance as it is answered."""
    if balance is None:
        return None
    lot = balance.next_expiry
    return BalanceLine(
        balance.available,
        balance.regular,
        balance.limited,
        None if lot is None else ExpiringPoints(lot.kind.label, lot.points, lot.expires_on),
        balance.owed,
    )
