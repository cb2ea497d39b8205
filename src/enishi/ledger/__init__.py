"""The points ledger: accounts, lots and the journal.

Invariants: every point a member has came by a journal entry and left by one; entries are only ever added; an account
is the sum of its entries at every commit (the database refuses anything else); points are spent from the lot that
expires soonest.
"""

from enishi.ledger.accounting_queries import (
    AccountingEntry,
    select_balances_at,
    select_first_occurrence,
    select_lots_at,
    stream_accounting_entries,
)
from enishi.ledger.expiry import SLICE as SWEEP_SLICE
from enishi.ledger.expiry import expiring_days, expiring_members, sweep_expired
from enishi.ledger.expiry_queries import Expired, ExpiringDay, ExpiringMember
from enishi.ledger.model import (
    Account,
    AccountFrozen,
    Balance,
    Difference,
    Entry,
    EntryType,
    InsufficientPoints,
    Kind,
    Lot,
    Lots,
    Posting,
    VerifyReport,
)
from enishi.ledger.operations import (
    Occasion,
    PointsAlreadySpent,
    Shortfall,
    capture,
    deduct,
    give_back,
    grant,
    hold,
    release,
    take_back,
    transfer_in,
    transfer_out,
)
from enishi.ledger.rules import balance_on, restore
from enishi.ledger.service import (
    MissingAccounts,
    earn,
    entries_at,
    list_entries,
    load_accounts,
    load_balance,
    load_balances,
    load_entry,
    lock_accounts,
    open_accounts,
    parse_entry_id,
    spend,
    write_postings,
)
from enishi.ledger.verification import verify
from enishi.ledger.verify_queries import stream_purchase_sums

__all__ = [
    "SWEEP_SLICE",
    "Account",
    "AccountFrozen",
    "AccountingEntry",
    "Balance",
    "Difference",
    "Entry",
    "EntryType",
    "Expired",
    "ExpiringDay",
    "ExpiringMember",
    "InsufficientPoints",
    "Kind",
    "Lot",
    "Lots",
    "MissingAccounts",
    "Occasion",
    "PointsAlreadySpent",
    "Posting",
    "Shortfall",
    "VerifyReport",
    "balance_on",
    "capture",
    "deduct",
    "earn",
    "entries_at",
    "expiring_days",
    "expiring_members",
    "give_back",
    "grant",
    "hold",
    "list_entries",
    "load_accounts",
    "load_balance",
    "load_balances",
    "load_entry",
    "lock_accounts",
    "open_accounts",
    "parse_entry_id",
    "release",
    "restore",
    "select_balances_at",
    "select_first_occurrence",
    "select_lots_at",
    "spend",
    "stream_accounting_entries",
    "stream_purchase_sums",
    "sweep_expired",
    "take_back",
    "transfer_in",
    "transfer_out",
    "verify",
    "write_postings",
]
