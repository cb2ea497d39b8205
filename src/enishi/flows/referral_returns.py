"""Referrals whose qualifying purchase comes back: within the recording of returns, decided on the same locks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from psycopg import Connection

from enishi import program, referrals
from enishi.flows.context import PurchaseContext
from enishi.flows.referral_rewards import take_back
from enishi.ledger import Account, Posting
from enishi.program import ProgramVersion
from enishi.purchases import Returned, StoredPurchase
from enishi.referrals import Referral, ReferralSettings


class ReturnedReferrals(Struct, gc=False):
    """The referrals that the receipts of a batch have qualified; those that a return undoes are changed in memory."""

    found: dict[UUID, Referral]
    settings: dict[int, ReferralSettings]
    changed: dict[UUID, Referral]
    postings: list[Posting]

    @property
    def parties(self) -> set[UUID]:
        """Everybody whose account a return may touch because of them."""
        return {customer_id for one in self.found.values() for customer_id in (one.referrer_id, one.referee_id)}


def find_returned(conn: Connection, context: PurchaseContext, receipts: Iterable[StoredPurchase]) -> ReturnedReferrals:
    """The referrals of these receipts, read before the accounts are locked: writing them notices a change since."""
    found = context.referrals.find_by_purchases(conn, [one.purchase_id for one in receipts])
    settings = {one.version: context.referrals.settings_of(conn, one.version) for one in found}
    return ReturnedReferrals({one.purchase_id: one for one in found if one.purchase_id}, settings, {}, [])


def undo_referral(  # noqa: PLR0917 - all of them decide
    held: ReturnedReferrals,
    purchase: StoredPurchase,
    so_far: Returned,
    accounts: dict[UUID, Account],
    versions: Sequence[ProgramVersion],
    now: datetime,
) -> None:
    """Undo the referral of a receipt when what is left of it would not have earned the rewards."""
    referral = held.found.get(purchase.purchase_id)
    if referral is None:
        return
    settings = held.settings[referral.version]
    if referrals.still_qualifies(settings, purchase.total_yen - so_far.refund_yen):
        return
    version = program.version_at(versions, now)
    terms = program.default_settings() if version is None else version.settings
    changed, postings = take_back(referral, settings, accounts, terms=terms, now=now)
    if changed != referral:
        held.changed[referral.referral_id] = changed
        held.postings += postings
    del held.found[purchase.purchase_id]


def write_returned(conn: Connection, held: ReturnedReferrals) -> None:
    """Write what was undone. Raises ``StaleReferral``, a lost race, when one was paid or decided meanwhile."""
    referrals.write_changes(conn, list(held.changed.values()))
