"""What a batch of returns is decided in: receipts with what came back of them, their customers and accounts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct
from psycopg import Connection

from enishi import customers, ledger, program, purchases
from enishi.customers import BlindIdentifier
from enishi.flows.campaign_returns import awarded_of, given_for
from enishi.flows.context import PurchaseContext
from enishi.flows.pending_awards import may_be_pending
from enishi.flows.referral_returns import ReturnedReferrals, find_returned
from enishi.flows.return_pricing import ReceiptState, zone_at
from enishi.flows.winding_down import ending_at
from enishi.ledger import Account, Ending, EntryType, Pending, Swept
from enishi.program import ProgramVersion
from enishi.purchases import NOTHING_RETURNED, Key, Return, StoredPurchase

AccountsOf = Callable[[Connection, Sequence[UUID], Ending | None], dict[UUID, Account]]
"""How the accounts of a batch are read: behind their locks to record, as they stand to quote."""


class PreparedReturn(Struct, gc=False, frozen=True):
    """A return that has passed every check that needs no database."""

    request: Return
    occurred_at: datetime
    key: Key
    identifiers: tuple[BlindIdentifier, ...]
    fingerprint: bytes


class World(Struct, gc=False):
    """What a batch works on, as it stands behind its locks; decided returns change it in memory."""

    versions: Sequence[ProgramVersion]
    receipts: dict[Key, ReceiptState]
    owners: dict[Key, UUID]
    accounts: dict[UUID, Account]
    swept: dict[UUID, list[Swept]]
    now: datetime
    referrals: ReturnedReferrals


def look_at_receipts(
    conn: Connection,
    context: PurchaseContext,
    items: Sequence[PreparedReturn],
    now: datetime,
    accounts_of: AccountsOf = ledger.lock_accounts,
) -> World:
    """Find receipts, customers and, by ``accounts_of``, accounts, and then read what has come back so far.

    To record, the accounts are locked, so that what is read after them stays true until the transaction ends.
    """
    versions = context.versions(conn)
    keys = {Key(one.receipt.source, one.receipt.external_id) for one in (item.request for item in items) if one.receipt}
    found = purchases.find_by_keys(conn, list(keys))
    resolutions = customers.resolve_each(conn, [item.identifiers for item in items])
    owners = {
        item.key: one.customer_id
        for item, one in zip(items, resolutions, strict=True)
        if one.customer_id is not None and not one.is_new
    }
    customer_ids = {one.customer_id for one in found.values() if one.customer_id} | set(owners.values())
    referred = find_returned(conn, context, found.values())
    # Whoever was absorbed since has their rewards taken back from the customer who goes on.
    standing = customers.survivors_of(conn, referred.parties)
    accounts = accounts_of(conn, sorted(customer_ids | set(standing.values())), ending_at(versions, now))
    accounts |= {one: accounts[survivor] for one, survivor in standing.items()}
    returned = purchases.load_returned(conn, [one.purchase_id for one in found.values()])
    pending = ledger.pending_of_purchases(conn, [one.purchase_id for one in found.values() if may_be_pending(one)])
    entries = _entries_of(conn, list(found.values()), pending)
    schedule = context.schedule(conn)
    given = given_for(conn, schedule, list(found.values()))
    receipts = {
        key: ReceiptState(
            one,
            returned.get(one.purchase_id, NOTHING_RETURNED),
            entries[one.purchase_id],
            tuple(pending.get(one.purchase_id, ())),
            awarded_of(entries[one.purchase_id], pending.get(one.purchase_id, ()), schedule),
            tuple(given.get(one.purchase_id, ())),
        )
        for key, one in found.items()
    }
    today = program.day_in_zone(now, zone_at(versions, now))
    swept = _load_swept(conn, _owners_of_past_lots(receipts.values(), accounts, today))
    return World(versions, receipts, owners, accounts, swept, now, referred)


def _owners_of_past_lots(
    receipts: Iterable[ReceiptState], accounts: Mapping[UUID, Account], today: date
) -> set[tuple[UUID, UUID]]:
    """Customers of receipts that earned points whose lots are past their last day, and so may have been swept.

    Each with the account that the points were booked in: after a merge, or its undo, that may be another's.
    """
    return {
        (owner, entry.customer_id)
        for state in receipts
        for entry in state.entries
        if (owner := state.purchase.customer_id) is not None
        and entry.type is EntryType.EARN
        and any(ledger.last_day(move, accounts[owner].ending) < today for move in entry.moves)
    }


def _load_swept(conn: Connection, owners: set[tuple[UUID, UUID]]) -> dict[UUID, list[Swept]]:
    """What has been swept of these customers, in their own account and in those that booked their receipts."""
    found = ledger.load_swept(conn, sorted({one for pair in owners for one in pair}))
    swept: dict[UUID, list[Swept]] = {}
    for owner, booked in sorted(owners):
        own = swept.setdefault(owner, list(found.get(owner, ())))
        own += found.get(booked, ()) if booked != owner else ()
    return swept


def _entries_of(
    conn: Connection, found: Sequence[StoredPurchase], pending: Mapping[UUID, Sequence[Pending]]
) -> dict[UUID, list[ledger.Entry]]:
    """The journal entries of each receipt, those among them that confirmed what had been pending."""
    keys = {
        one.purchase_id: [
            *one.entry_keys,
            *((row.customer_id, row.entry_seq) for row in pending.get(one.purchase_id, ()) if row.entry_seq),
        ]
        for one in found
    }
    entries = {
        (entry.customer_id, entry.seq): entry
        for entry in ledger.entries_at(conn, [key for own in keys.values() for key in own])
    }
    return {purchase_id: [entries[key] for key in own] for purchase_id, own in keys.items()}
