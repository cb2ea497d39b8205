"""Referrals within the recording of purchases: the first one that counts pays both, in its own transaction.

Who referred is locked together with the customers of the batch. Who that is only turns out while the batch is looked
at, so a batch that pays runs a second time with those accounts among its locks; one that pays nothing never does.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import structs
from psycopg import Connection

from enishi import ledger, program, referrals
from enishi.flows.context import PurchaseContext
from enishi.flows.model import REFERRAL_REWARDED
from enishi.flows.pricing import DecidedPurchase
from enishi.flows.purchase_world import PurchaseWorld
from enishi.flows.referral_rewards import pay
from enishi.kit.outbox import insert_events
from enishi.ledger import Posting
from enishi.program import ProgramSettings
from enishi.referrals import Bought, Referral, ReferralState

REFERRAL_PAID = "referral.paid"


class MoreAccounts(Exception):  # noqa: N818 - it is no error
    """The transaction must be rolled back and run again with these accounts among its locks."""

    def __init__(self, customer_ids: frozenset[UUID]) -> None:
        super().__init__()
        self.customer_ids = customer_ids


def qualify_referrals(
    conn: Connection,
    context: PurchaseContext,
    waiting: Sequence[Referral],
    decided: Sequence[DecidedPurchase],
    world: PurchaseWorld,
) -> tuple[list[DecidedPurchase], list[Posting]]:
    """Qualify and pay the referrals that these purchases earn, and write them.

    Returns the purchases, those that paid with their notice and balance, and what was posted besides them. Raises
    ``MoreAccounts``, and ``StaleReferral``, a lost race, when somebody has decided about one meanwhile.
    """
    open_of = {one.referee_id: one for one in waiting}
    terms = _terms(world)
    first: dict[int, Referral] = {}
    for position, one in enumerate(decided):
        referral = open_of.get(one.customer_id) if one.customer_id else None
        if referral is not None:
            settings = context.referrals.settings_of(conn, referral.version)
            if referrals.qualifies(settings, referral, _bought(one)):
                first[position] = _qualified(referral, one, context, conn, terms, world.now)
                del open_of[referral.referee_id]
    due = {
        position: one
        for position, one in first.items()
        if one.state is ReferralState.WAITING and _is_due(one, world.now)
    }
    missing = {one.referrer_id for one in due.values()} - world.accounts.keys()
    if missing:
        raise MoreAccounts(frozenset(missing))
    postings: list[Posting] = []
    for position, referral in first.items():
        written = referral
        if position in due:
            settings = context.referrals.settings_of(conn, referral.version)
            written, own = pay(conn, referral, settings, world.accounts, terms=terms, now=world.now)
            postings += own
        # Written one by one: the next payment to the same referrer counts this one.
        referrals.write_changes(conn, [written])
    if due:
        insert_events(conn, REFERRAL_PAID, [one.referral_id for one in due.values()], world.now)
    return _with_balances(decided, due, world, terms), postings


def _terms(world: PurchaseWorld) -> ProgramSettings:
    version = program.version_at(world.versions, world.now)
    return program.default_settings() if version is None else version.settings


def _bought(one: DecidedPurchase) -> Bought:
    purchase = one.prepared.purchase
    return Bought(
        one.prepared.purchase_id,
        purchase.store,
        purchase.channel.value,
        one.prepared.total_yen,
        one.prepared.occurred_at,
    )


def _qualified(  # noqa: PLR0917 - all of them decide
    referral: Referral,
    one: DecidedPurchase,
    context: PurchaseContext,
    conn: Connection,
    terms: ProgramSettings,
    now: datetime,
) -> Referral:
    settings = context.referrals.settings_of(conn, referral.version)
    return structs.replace(
        referral,
        state=ReferralState.HELD if referral.state is ReferralState.HELD else ReferralState.WAITING,
        purchase_id=one.prepared.purchase_id,
        purchase_store=one.prepared.purchase.store,
        qualified_at=now,
        due_at=now if settings.wait_days == 0 else referrals.due_after(settings, one.prepared.occurred_at, terms.zone),
    )


def _is_due(referral: Referral, now: datetime) -> bool:
    return referral.due_at is not None and referral.due_at <= now


def _with_balances(
    decided: Sequence[DecidedPurchase], due: dict[int, Referral], world: PurchaseWorld, terms: ProgramSettings
) -> list[DecidedPurchase]:
    """The purchases with what was paid beside them: a notice, and the balance of each customer's last one."""
    changed = {one for referral in due.values() for one in (referral.referrer_id, referral.referee_id)}
    last = {one.customer_id: position for position, one in enumerate(decided) if one.customer_id in changed}
    today = program.day_in_zone(world.now, terms.zone_info)
    result = list(decided)
    for position in due:
        result[position] = structs.replace(result[position], notices=(*result[position].notices, REFERRAL_REWARDED))
    for customer_id, position in last.items():
        if customer_id is not None:
            account = world.accounts[customer_id]
            balance = ledger.balance_on(account.lots, today, account.owed, account.ending)
            result[position] = structs.replace(result[position], balance=balance)
    return result
