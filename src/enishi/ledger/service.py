"""Use cases of the ledger. Movements are decided on accounts in memory and written together, once a batch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from psycopg import Connection

from enishi.kit.errors import NotFound
from enishi.ledger import queries
from enishi.ledger.model import Account, AccountFrozen, Balance, Ending, Entry, EntryType, Kind, Posting
from enishi.ledger.rules import Change, balance_on, earn_and_extend
from enishi.ledger.rules import earn as earn_lots
from enishi.ledger.rules import spend as spend_lots

_UUID_LENGTH = 36
_MAX_SEQ = 2_147_483_647


class MissingAccounts(Exception):  # noqa: N818 - it names what is missing
    """Some customers have no account yet. Open them before any account is locked, so that locks keep their order."""

    def __init__(self, customer_ids: Sequence[UUID]) -> None:
        super().__init__(f"{len(customer_ids)} customers have no account yet")
        self.customer_ids = list(customer_ids)


class MergedAccounts(Exception):  # noqa: N818 - it is no error
    """Customers of these accounts were merged into others meanwhile: roll back, find who they are by now, run again."""


def open_accounts(conn: Connection, customer_ids: Iterable[UUID]) -> None:
    """Open an empty account for each customer who has none. Call it before ``lock_accounts`` in a transaction."""
    wanted = list(customer_ids)
    if wanted:
        queries.insert_missing_accounts(conn, wanted)


def lock_accounts(conn: Connection, customer_ids: Iterable[UUID], ending: Ending | None = None) -> dict[UUID, Account]:
    """The accounts of these customers, locked for this transaction and as they stand after every lock waited for.

    Raises ``MissingAccounts`` and ``MergedAccounts``; the transaction must then be rolled back, since it holds locks.
    """
    return ask_locked_accounts(conn, customer_ids, ending)()


def ask_locked_accounts(
    conn: Connection, customer_ids: Iterable[UUID], ending: Ending | None = None
) -> Callable[[], dict[UUID, Account]]:
    """Ask for ``lock_accounts``; in a pipeline the answer, or what it raises, is waited for when it is called for.

    What is asked after it, by a statement of its own, is read behind the locks.
    """
    wanted = list(set(customer_ids))
    if not wanted:
        return dict
    answer = queries.ask_locked_accounts(conn, wanted)

    def take() -> dict[UUID, Account]:
        accounts = answer()
        if len(accounts) < len(wanted):
            raise MissingAccounts([one for one in wanted if one not in accounts])
        if any(account.merged for account in accounts.values()):
            raise MergedAccounts
        if ending:
            for account in accounts.values():
                account.ending = ending
        return accounts

    return take


def post(
    account: Account,
    change: Change,
    entry_type: EntryType,
    points: int,
    *,
    store: str,
    purchase_id: UUID | None,
    occurred_at: datetime,
    basis: bytes | None = None,
) -> Posting:
    """Carry a change out on an account in memory: its lots and balance move, and the entry that says so is returned."""
    account.lots, moves = change
    account.seq += 1
    account.balance += points
    return Posting(
        account.customer_id,
        account.seq,
        entry_type,
        points,
        account.balance,
        moves,
        store,
        purchase_id,
        occurred_at,
        basis,
    )


def earn(
    account: Account,
    kind: Kind,
    points: int,
    expires_on: date,
    *,
    extends_regular: bool,
    on: date,
    store: str,
    purchase_id: UUID | None,
    occurred_at: datetime,
    basis: bytes,
) -> Posting:
    """Credit points to a locked account, in memory. ``on`` is the day of ``occurred_at`` in the programme's zone."""
    change = (
        earn_and_extend(account.lots, points, expires_on, on, account.owed)
        if extends_regular
        else earn_lots(account.lots, kind, points, expires_on, account.owed)
    )
    return post(
        account,
        change,
        EntryType.EARN,
        points,
        store=store,
        purchase_id=purchase_id,
        occurred_at=occurred_at,
        basis=basis,
    )


def spend(
    account: Account, points: int, *, on: date, store: str, purchase_id: UUID | None, occurred_at: datetime
) -> Posting:
    """Debit points from a locked account, in memory.

    Raises ``InsufficientPoints`` and ``AccountFrozen``, leaving it as it was.
    """
    require_not_frozen(account)
    change = spend_lots(account.lots, points, on, account.owed, account.ending)
    return post(
        account, change, EntryType.SPEND, -points, store=store, purchase_id=purchase_id, occurred_at=occurred_at
    )


def require_not_frozen(account: Account) -> None:
    """Refuse with ``AccountFrozen`` what would take points out of an account under suspicion."""
    if account.frozen:
        raise AccountFrozen(
            "This account is frozen; no points can leave it.",
            remedy="Take payment otherwise, and ask head office to look at the account.",
        )


def write_postings(
    conn: Connection, accounts: Sequence[Account], postings: Sequence[Posting], recorded_at: datetime
) -> None:
    """Write changed accounts and their entries; the database refuses them unless the two agree."""
    if postings:
        queries.write_accounts_and_entries(conn, accounts, postings, recorded_at)


def load_accounts(conn: Connection, customer_ids: Sequence[UUID], ending: Ending | None = None) -> dict[UUID, Account]:
    """Accounts as they stand, without locking; a customer who never had points gets an empty one."""
    found = queries.select_accounts(conn, customer_ids)
    accounts = {one: found.get(one) or Account(one, 0, 0, ()) for one in customer_ids}
    if ending:
        for account in accounts.values():
            account.ending = ending
    return accounts


def load_balances(
    conn: Connection, customer_ids: Sequence[UUID], on: date, ending: Ending | None = None
) -> dict[UUID, Balance]:
    """What each customer can spend on a day."""
    return {
        one: balance_on(account.lots, on, account.owed, ending)
        for one, account in load_accounts(conn, customer_ids).items()
    }


def load_balance(conn: Connection, customer_id: UUID, on: date, ending: Ending | None = None) -> Balance:
    """What a customer can spend on a day."""
    return load_balances(conn, [customer_id], on, ending)[customer_id]


def list_entries(conn: Connection, customer_id: UUID, before_seq: int | None, limit: int) -> list[Entry]:
    """The journal of a customer, newest first, older than ``before_seq``."""
    return queries.select_entries(conn, customer_id, _MAX_SEQ if before_seq is None else before_seq, limit)


def list_loose_entries(
    conn: Connection, customer_id: UUID, before_seq: int | None, limit: int, stores: Sequence[str] | None = None
) -> list[Entry]:
    """As ``list_entries``, only of ``stores`` and of entries that belong to no purchase: expiry, holds, gifts."""
    before = _MAX_SEQ if before_seq is None else before_seq
    return queries.select_loose_entries(conn, customer_id, before, stores, limit)


def list_transfers(conn: Connection, customer_id: UUID, limit: int) -> list[Entry]:
    """The entries with which points came from or went to somebody else, newest first."""
    return queries.select_transfers(conn, customer_id, limit)


def entries_at(conn: Connection, keys: Sequence[tuple[UUID, int]]) -> list[Entry]:
    """The entries with these numbers, by account and number; absent ones are left out."""
    return queries.select_entries_at(conn, keys) if keys else []


def parse_entry_id(entry_id: str) -> tuple[UUID, int]:
    """Account and number of an entry from its public name. Raises ``NotFound``."""
    try:
        customer_id, seq = UUID(entry_id[:_UUID_LENGTH]), entry_id[_UUID_LENGTH:]
    except ValueError:
        raise NotFound("There is no such entry.", field="entry_id") from None
    digits = seq[1:]
    if not (seq[:1] == "-" and digits.isascii() and digits.isdigit() and len(digits) <= len(str(_MAX_SEQ))):
        raise NotFound("There is no such entry.", field="entry_id")
    if not 0 < int(digits) <= _MAX_SEQ:
        raise NotFound("There is no such entry.", field="entry_id")
    return customer_id, int(digits)


def load_entry(conn: Connection, entry_id: str) -> Entry:
    """One entry by its public name. Raises ``NotFound``."""
    found = queries.select_entries_at(conn, [parse_entry_id(entry_id)])
    if not found:
        raise NotFound("There is no such entry.", field="entry_id")
    return found[0]
