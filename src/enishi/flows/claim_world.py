"""What claims are decided in: the receipts that are proven, who claims them, and the state around them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta, Struct
from psycopg import Connection

from enishi import customers, ledger, program, purchases
from enishi.flows.campaign_world import ALL_OF_IT, Buying, CampaignWorld, open_campaigns
from enishi.flows.context import PurchaseContext
from enishi.flows.parties import BlindParty, blind_party, find_parties
from enishi.flows.rank_changes import open_ranks
from enishi.flows.rank_desk import RankDesk, know_past
from enishi.flows.winding_down import ending_of
from enishi.kit.errors import InvalidRequest, Refusal
from enishi.kit.identifiers import Identifier
from enishi.ledger import Account
from enishi.program import ProgramSettings, ProgramVersion
from enishi.purchases import Code, Returned, Source, StoreCode, StoredClaim, StoredPurchase, Yen


class Claim(Struct, gc=False, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """A receipt and whose it shall be. ``receipt`` is its number; ``purchase_id`` may stand instead of it.

    ``store``, ``on`` (the day in the programme's zone) and ``total_yen`` prove that the receipt is at hand.
    """

    source: Source
    receipt: Code | None = None
    purchase_id: UUID | None = None
    store: StoreCode
    on: date
    total_yen: Yen
    customer_id: UUID | None = None
    identifiers: Annotated[tuple[Identifier, ...], Meta(max_length=12)] = ()


class PreparedClaim(Struct, gc=False, frozen=True):
    """A claim that has passed every check that needs no database."""

    claim: Claim
    party: BlindParty


class ClaimWorld(Struct, gc=False):
    """What a batch works on behind its locks; decided claims change it in memory."""

    versions: Sequence[ProgramVersion]
    settings: ProgramSettings
    accounts: dict[UUID, Account]
    claims: dict[UUID, StoredClaim]
    returned: dict[UUID, Returned]
    events: dict[UUID, dict[str, datetime]]
    actor: str
    now: datetime
    campaigns: CampaignWorld | None = None
    ranks: RankDesk | None = None
    """The ranks by which campaigns price, and that claims lift; there while a ladder is in force."""


def prepare_claim(context: PurchaseContext, claim: Claim) -> PreparedClaim:
    """Check what needs no database. Refuses ``InvalidRequest`` and ``InvalidIdentifier``."""
    if (claim.receipt is None) == (claim.purchase_id is None):
        raise InvalidRequest(
            "The receipt is named by neither or both of receipt and purchase_id.",
            field="receipt",
            remedy="Send one of the two.",
        )
    return PreparedClaim(claim, blind_party(context, claim.customer_id, claim.identifiers, source=claim.source))


def look_at_claims(
    conn: Connection,
    context: PurchaseContext,
    items: Sequence[PreparedClaim],
    actor: str,
    now: datetime,
    *,
    to_quote: bool = False,
) -> tuple[list[StoredPurchase | None], list[UUID | Refusal], ClaimWorld]:
    """The receipts, who claims them, and what is decided upon: behind locks, but for what is only quoted."""
    versions = context.versions(conn)
    version = program.version_at(versions, now)
    settings = program.default_settings() if version is None else version.settings
    receipts = _find_receipts(conn, items, settings)
    parties = find_parties(conn, [item.party for item in items])
    purchase_ids = [one.purchase_id for one in receipts if one is not None]
    people = sorted({one for one in parties if isinstance(one, UUID)})
    if to_quote:
        accounts = ledger.load_accounts(conn, people, ending_of(settings))
    else:
        purchases.lock_receipts(conn, purchase_ids)
        accounts = ledger.lock_accounts(conn, people, ending_of(settings))
    world = ClaimWorld(
        versions,
        settings,
        accounts,
        _claims_by_now(conn, purchase_ids),
        purchases.load_returned(conn, purchase_ids),
        purchases.load_events(conn, purchase_ids),
        actor,
        now,
    )
    pairs = [
        (owner, one)
        for one, owner in zip(receipts, parties, strict=True)
        if one is not None and isinstance(owner, UUID)
    ]
    if pairs:
        _open_ranks_and_campaigns(conn, context, world, pairs, attempt=None if to_quote else ALL_OF_IT)
    return receipts, parties, world


def _open_ranks_and_campaigns(
    conn: Connection,
    context: PurchaseContext,
    world: ClaimWorld,
    pairs: Sequence[tuple[UUID, StoredPurchase]],
    *,
    attempt: int | None,
) -> None:
    """What campaigns that were live at the purchases ask, and ranks; budgets are held whole, since claims are few.

    The ranks by which campaigns price are those that were held when the receipts were printed.
    """
    zone = world.settings.zone_info
    buying = [
        Buying(owner, one.store, one.occurred_at, program.day_in_zone(one.occurred_at, zone)) for owner, one in pairs
    ]
    people = sorted({one.customer_id for one in buying})
    world.ranks = open_ranks(conn, context, people, world.now, [one.on for one in buying])
    world.campaigns = open_campaigns(conn, context, context.schedule(conn), buying, attempt=attempt)
    if world.ranks is not None and world.campaigns is not None:
        know_past(conn, world.ranks, [(one.customer_id, one.occurred_at) for one in buying])


def _claims_by_now(conn: Connection, purchase_ids: Sequence[UUID]) -> dict[UUID, StoredClaim]:
    """The claims of these receipts, by whoever goes on in the place of those who claimed them."""
    claims = purchases.load_claims(conn, purchase_ids)
    standing = customers.survivors_of(conn, {one.customer_id for one in claims.values()})
    return {key: msgspec.structs.replace(one, customer_id=standing[one.customer_id]) for key, one in claims.items()}


def _find_receipts(
    conn: Connection, items: Sequence[PreparedClaim], settings: ProgramSettings
) -> list[StoredPurchase | None]:
    """The receipts that are proven: number or ID, store, day and total all fit. It is not told what does not."""
    by_id = purchases.load_purchases(conn, [item.claim.purchase_id for item in items if item.claim.purchase_id])
    found: list[StoredPurchase | None] = []
    for item in items:
        claim = item.claim
        if claim.purchase_id is not None:
            candidates = [by_id[claim.purchase_id]] if claim.purchase_id in by_id else []
        else:
            candidates = purchases.find_by_receipt_number(conn, claim.receipt or "")
        proven = [
            one
            for one in candidates
            if (one.store, one.total_yen) == (claim.store, claim.total_yen)
            and program.day_in_zone(one.occurred_at, settings.zone_info) == claim.on
        ]
        found.append(proven[0] if len(proven) == 1 else None)
    return found
