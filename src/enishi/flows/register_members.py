"""Members who join without a purchase, in the app or at a counter: made known, and welcomed at once.

Whoever is known already, by an earlier request or by a purchase that came first, is answered as they are and is not
welcomed again: who makes somebody known is decided by the identifiers, of which each is somebody's only once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from psycopg import Connection

from enishi import audit, campaigns, customers, ledger, program
from enishi.campaigns import BudgetShort
from enishi.customers import BlindIdentifier, Profile, Resolution
from enishi.flows.award_bases import award_line
from enishi.flows.campaign_awards import welcome
from enishi.flows.campaign_world import Buying, CampaignWorld, open_campaigns
from enishi.flows.context import PurchaseContext
from enishi.flows.model import AwardLine, BalanceLine, CardEnded
from enishi.flows.pricing import balance_line
from enishi.flows.return_pricing import settings_of
from enishi.flows.settling import settle_batch
from enishi.flows.winding_down import ending_of
from enishi.kit import clock
from enishi.kit.errors import Refusal
from enishi.kit.identifiers import Identifier
from enishi.kit.outbox import insert_events
from enishi.ledger import Account, Posting
from enishi.program import ProgramSettings, ProgramVersion
from enishi.purchases import Source

MEMBER_REGISTERED = "member.registered"
_EXTERNAL_ID = "registration"
"""Under what the conflicts of identifiers are noted: a registration has no number of its own."""


class Registration(Struct, gc=False, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Who joins: the identifiers by which they will be known, what is known of the person, and where they joined.

    ``store`` is whose welcome points are; empty is none.
    """

    source: Source
    identifiers: Annotated[tuple[Identifier, ...], Meta(min_length=1, max_length=12)]
    profile: Profile = Profile()
    store: str = ""


class RegisteredMember(Struct, gc=False, frozen=True, kw_only=True):
    """The answer after the commit. ``replayed``: the member was known before, and got nothing now."""

    customer_id: UUID
    replayed: bool
    awards: tuple[AwardLine, ...]
    balance: BalanceLine


Outcome = RegisteredMember | Refusal


class _Prepared(Struct, frozen=True):
    registration: Registration
    identifiers: tuple[BlindIdentifier, ...]


class _Written(Struct, frozen=True):
    """What a batch writes: who is new, their accounts, and what welcomes them."""

    accounts: dict[UUID, Account]
    world: CampaignWorld | None
    postings: list[Posting]


def register_members(
    conn: Connection, context: PurchaseContext, batch: Sequence[Registration], actor: str, now: datetime | None = None
) -> list[Outcome]:
    """Make members known; after the commit, one outcome each in order.

    Somebody who is known gets the identifiers that were missing, as with a purchase, and a profile where there is none.
    Refusals per item: ``InvalidIdentifier``, ``CardEnded``, ``UnprocessableOperation``. Raises
    ``psycopg.OperationalError`` when the database can not answer.
    """
    now = clock.now() if now is None else now
    outcomes: dict[int, Outcome] = {}
    prepared: dict[int, _Prepared] = {}
    for position, one in enumerate(batch):
        try:
            prepared[position] = _Prepared(one, _blind(context, one))
        except Refusal as refusal:
            outcomes[position] = refusal
    answers = _settle(conn, context, list(prepared.values()), actor, now)
    outcomes |= dict(zip(prepared, answers, strict=True))
    return [outcomes[position] for position in range(len(batch))]


def _blind(context: PurchaseContext, one: Registration) -> tuple[BlindIdentifier, ...]:
    blinded: list[BlindIdentifier] = []
    for index, identifier in enumerate(one.identifiers):
        try:
            blinded.append(customers.blind(context.keyring, identifier, one.source))
        except Refusal as refusal:
            refusal.field = f"identifiers[{index}].value"
            raise
    return tuple(blinded)


def _settle(
    conn: Connection, context: PurchaseContext, items: Sequence[_Prepared], actor: str, now: datetime
) -> list[Outcome]:
    """Settle the batch, holding more of the budgets each time they turn out to be short."""
    attempt = 0
    while True:
        try:
            return settle_batch(conn, items, partial(_run, context=context, actor=actor, now=now, attempt=attempt))
        except BudgetShort:
            attempt += 1


def _run(
    conn: Connection,
    items: Sequence[_Prepared],
    *,
    context: PurchaseContext,
    actor: str,
    now: datetime,
    attempt: int,
) -> list[Outcome]:
    """One transaction: the outcomes that hold once it has committed."""
    presented = [item.identifiers for item in items]
    resolutions = customers.resolve_batch(conn, presented, customers.ask_owners(conn, presented)())
    version = program.version_at(context.versions(conn), now)
    settings = settings_of(version)
    new = [one.customer_id for one in resolutions if one.is_new and one.customer_id is not None]
    known = {one.customer_id for one in resolutions if one.customer_id is not None} - set(new)
    accounts = ledger.lock_accounts(conn, sorted(known), ending_of(settings))
    accounts |= {one: Account(one, 0, 0, ()) for one in new}
    written = _Written(accounts, _open(conn, context, items, resolutions, settings, now=now, attempt=attempt), [])
    outcomes = [
        _decide(item, resolution, written, version, settings, now)
        for item, resolution in zip(items, resolutions, strict=True)
    ]
    _write(conn, context, list(zip(items, resolutions, strict=True)), written, now)
    for resolution in resolutions:
        if resolution.is_new:
            audit.record_event(
                conn, actor=actor, action=MEMBER_REGISTERED, target=f"customer:{resolution.customer_id}", at=now
            )
    return outcomes


def _open(
    conn: Connection,
    context: PurchaseContext,
    items: Sequence[_Prepared],
    resolutions: Sequence[Resolution],
    settings: ProgramSettings,
    *,
    now: datetime,
    attempt: int,
) -> CampaignWorld | None:
    on = program.day_in_zone(now, settings.zone_info)
    joining = [
        Buying(one.customer_id, item.registration.store, now, on, is_new=True)
        for item, one in zip(items, resolutions, strict=True)
        if one.is_new and one.customer_id is not None
    ]
    return open_campaigns(conn, context, context.schedule(conn), joining, attempt=attempt)


def _decide(  # noqa: PLR0917 - what a registration is decided by
    item: _Prepared,
    resolution: Resolution,
    written: _Written,
    version: ProgramVersion | None,
    settings: ProgramSettings,
    now: datetime,
) -> Outcome:
    """What a registration is answered; the account is changed in memory."""
    customer_id = resolution.customer_id
    if customer_id is None:
        return CardEnded(
            "The card has ended: it was lost, stolen or replaced. Nobody can join with it.",
            field="identifiers[0].value",
            remedy="Use another card or a phone number.",
        )
    account = written.accounts[customer_id]
    on = program.day_in_zone(now, settings.zone_info)
    given = ()
    if resolution.is_new and written.world is not None and version is not None:
        store = item.registration.store
        given = welcome(written.world, account, version, store=store, occurred_at=now, on=on)
        written.postings.extend(posting for _, posting in given)
    balance = balance_line(ledger.balance_on(account.lots, on, account.owed, account.ending))
    if balance is None:
        raise AssertionError("An account has a balance.")
    awards = tuple([award_line(award, posting) for award, posting in given])
    return RegisteredMember(customer_id=customer_id, replayed=not resolution.is_new, awards=awards, balance=balance)


def _write(
    conn: Connection,
    context: PurchaseContext,
    pairs: Sequence[tuple[_Prepared, Resolution]],
    written: _Written,
    now: datetime,
) -> None:
    customers.apply_resolutions(
        conn,
        context.keyring,
        [(one, now, item.registration.source, _EXTERNAL_ID) for item, one in pairs if one.customer_id is not None],
        now,
    )
    new = [one.customer_id for _, one in pairs if one.is_new and one.customer_id is not None]
    told = {one.customer_id: item.registration.profile for item, one in reversed(pairs) if one.customer_id is not None}
    _keep_profiles(conn, context, {one: profile for one, profile in told.items() if profile != Profile()})
    ledger.open_accounts(conn, new)
    welcomed = {posting.customer_id for posting in written.postings}
    ledger.write_postings(conn, [written.accounts[one] for one in welcomed], written.postings, now)
    if written.world is not None:
        campaigns.write_claims(conn, written.world.desk, written.world.claims, now)
    insert_events(conn, MEMBER_REGISTERED, new, now)


def _keep_profiles(conn: Connection, context: PurchaseContext, told: dict[UUID, Profile]) -> None:
    """What a registration tells of people of whom nothing is known: of somebody whom a purchase made known, too."""
    held = customers.load_customers(conn, context.keyring, list(told)) if told else {}
    for customer_id, record in held.items():
        if record.profile == Profile():
            customers.update_profile(conn, context.keyring, customer_id, told[customer_id])
