"""Following the journal for the books: accounts in order, a slice at a time, with what their entries rest on.

All statements have to see one instant, so the caller's transaction is repeatable read. What is in memory is one slice,
the sums, and the accounts that have transferred points.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from uuid import UUID

from psycopg import Connection

from enishi import accounting, ledger, purchases
from enishi.accounting import Attribution, Followed, Sale, Span, Start
from enishi.ledger import AccountingEntry

SLICE = 2_000
"""Accounts followed with one set of statements."""


def follow_journal(
    conn: Connection,
    attribution: Attribution,
    zone: str,
    start: Start,
    *,
    after_slice: Callable[[], None] | None = None,
) -> None:
    """Follow every account that has moved since the start to its end. Raises ``InconsistentJournal``."""
    for _ in follow_slices(conn, attribution, zone, start):
        if after_slice is not None:
            after_slice()


def follow_slices(
    conn: Connection, attribution: Attribution, zone: str, start: Start, *, standing_still: bool = False
) -> Iterator[None]:
    """The same a slice at a time; ``standing_still``: also accounts that have not moved, which end where they were."""
    for accounts in list_slices(conn):
        spans = accounting.load_spans(conn, start, accounts, standing_still=standing_still)
        attribution.follow(read_slice(conn, attribution, zone, start, spans))
        yield
    attribution.finish()
    yield


def list_slices(conn: Connection) -> Iterator[list[tuple[UUID, int]]]:
    """All accounts with entries and the number of their newest, in order."""
    after = UUID(int=0)
    while accounts := ledger.select_moved_accounts(conn, after, SLICE):
        yield accounts
        after = accounts[-1][0]


def read_slice(
    conn: Connection,
    attribution: Attribution,
    zone: str,
    start: Start,
    spans: Sequence[Span],
    *,
    all_uses: bool = False,
) -> Iterator[Followed]:
    """The accounts of these spans with their entries; ``all_uses``: with all uses also where nothing is given back."""
    entries = ledger.select_accounting_entries(conn, zone, accounting.spans_of(spans)) if spans else []
    earned = [one.purchase_id for one in entries if one.entry_type == "earn" and one.purchase_id is not None]
    sales = {one: Sale(*figures) for one, figures in purchases.load_sales(conn, earned).items()}
    grants = _load_grants(conn, zone, entries)
    giving_back = {one.customer_id for one in entries if one.entry_type in {"give_back", "merge_out", "merge_in"}}
    wanted: list[UUID] = []
    if all_uses or giving_back:
        wanted = [one.customer_id for one in spans if all_uses or one.customer_id in giving_back]
    uses = accounting.load_uses(conn, start, wanted, attribution.origins) if wanted else {}
    # Spans and entries are in the same order.
    groups = groupby(entries, key=attrgetter("customer_id"))
    ahead = next(groups, None)
    for span in spans:
        standing = accounting.read_standing(span, attribution.origins)
        if standing is not None and uses:
            standing.uses = uses.get(span.customer_id, [])
        own: list[AccountingEntry] = []
        if ahead is not None and ahead[0] == span.customer_id:
            own = list(ahead[1])
            ahead = next(groups, None)
        yield Followed(span.customer_id, standing, own, grants.get(span.customer_id, {}) if grants else {}, sales)


def _load_grants(
    conn: Connection, zone: str, entries: Sequence[AccountingEntry]
) -> dict[UUID, dict[UUID, list[AccountingEntry]]]:
    """Of each customer, the earnings of purchases that these entries take points back of.

    After a merge, or its undo, the account that earned may be another than the one that gives back.
    """
    returned = {
        (one.customer_id, one.purchase_id)
        for one in entries
        if one.entry_type == "take_back" and one.purchase_id is not None
    }
    found: dict[UUID, dict[UUID, list[AccountingEntry]]] = {}
    if returned:
        accounts = purchases.select_accounts_of(conn, [purchase_id for _, purchase_id in returned])
        booked = {(accounts.get(purchase_id, customer_id), purchase_id) for customer_id, purchase_id in returned}
        takers: dict[UUID, list[UUID]] = {}
        for customer_id, purchase_id in sorted(returned):
            takers.setdefault(purchase_id, []).append(customer_id)
        for one in ledger.select_earnings(conn, zone, sorted(booked | returned)):
            if one.purchase_id is not None:
                for customer_id in takers[one.purchase_id]:
                    found.setdefault(customer_id, {}).setdefault(one.purchase_id, []).append(one)
    return found
