"""Expired points, given again for a reason: once for each entry with which they expired, never more than it took.

What receipts of terminals without a connection have used of them since counts as given again already.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Literal, cast
from uuid import UUID

import msgspec
from msgspec import Meta, Struct
from psycopg import Connection

from enishi import audit, customers, ledger, program
from enishi.flows.adjust_points import Note
from enishi.flows.adjusted_points import Author, last_day_of_grant, settings_at
from enishi.flows.bases import ReinstatementBasis
from enishi.flows.context import PurchaseContext
from enishi.flows.model import BalanceLine
from enishi.flows.parties import fingerprint
from enishi.flows.pricing import balance_line
from enishi.flows.settling import settle_batch
from enishi.flows.winding_down import ending_of
from enishi.kit import clock
from enishi.kit.errors import InvalidRequest, NotFound, Refusal
from enishi.kit.ids import new_id
from enishi.ledger import (
    Account,
    AdjustmentBeyondLimit,
    Entry,
    EntryType,
    Kind,
    Lot,
    Lots,
    Occasion,
    Operation,
    Posting,
    Reason,
)
from enishi.program import ProgramSettings
from enishi.purchases import IdempotencyConflict, StoreCode

REINSTATEMENT = "reinstatement"
_encode = msgspec.json.Encoder().encode
_Kind = Literal["regular", "limited"]


class Reinstatement(Struct, gc=False, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Which expired points are given again. ``entry_id`` is the entry with which they expired; its ID is the key.

    ``points`` None gives all of them; without a day they are valid as long as points that are earned today.
    """

    entry_id: str
    points: Annotated[int, Meta(ge=1)] | None = None
    reason: Annotated[str, Meta(min_length=1, max_length=40)]
    note: Note = ""
    store: StoreCode
    expires_on: date | None = None


class ReinstatedPoints(Struct, gc=False, frozen=True, kw_only=True):
    """The answer to a reinstatement, given after its commit. ``replayed``: it was done before."""

    operation_id: UUID
    replayed: bool
    customer_id: UUID
    points: int
    expires_on: date
    entry_ids: tuple[str, ...]
    recorded_at: datetime
    balance: BalanceLine | None


_decode = msgspec.json.Decoder(ReinstatedPoints).decode


def reinstate_points(
    conn: Connection, context: PurchaseContext, one: Reinstatement, author: Author, now: datetime | None = None
) -> ReinstatedPoints:
    """Give expired points again; commits itself. Again, with the same body, gives the first answer.

    Refusals, which change nothing: ``NotFound``, ``InvalidRequest``, ``AdjustmentBeyondLimit``,
    ``IdempotencyConflict``.
    """
    at = clock.now() if now is None else now

    def run(held: Connection, items: Sequence[Reinstatement]) -> list[ReinstatedPoints | Refusal]:
        try:
            return [_run(held, context, item, author, at) for item in items]
        except Refusal as refusal:
            return [refusal]

    (outcome,) = settle_batch(conn, [one], run)
    if isinstance(outcome, Refusal):
        raise outcome
    return outcome


def quote_reinstatement(
    conn: Connection, context: PurchaseContext, one: Reinstatement, author: Author, now: datetime | None = None
) -> ReinstatedPoints:
    """Say what giving expired points again would do, with nothing written. Raises what it would be refused with.

    Where it was done before, in whatever way, that answer is given with ``replayed``.
    """
    at = clock.now() if now is None else now
    with conn.transaction():
        entry = ledger.load_entry(conn, one.entry_id)
        settings = settings_at(conn, context, at)
        owner = customers.survivor_of(conn, entry.customer_id)
        account = ledger.load_accounts(conn, [owner])[owner]
        account.ending = ending_of(settings)
        key = (REINSTATEMENT, entry.entry_id)
        done = ledger.find_operations(conn, [key]).get(key)
        if done is not None:
            return msgspec.structs.replace(_decode(done.answer), replayed=True)
        return _decide(conn, settings, one, author, entry=entry, account=account, now=at)[0]


def _run(
    conn: Connection, context: PurchaseContext, one: Reinstatement, author: Author, now: datetime
) -> ReinstatedPoints:
    entry = ledger.load_entry(conn, one.entry_id)
    settings = settings_at(conn, context, now)
    # Points that had expired before a merge are given to the customer who goes on.
    owner = customers.survivor_of(conn, entry.customer_id)
    account = ledger.lock_accounts(conn, {owner}, ending_of(settings))[owner]
    key = (REINSTATEMENT, entry.entry_id)
    digest = fingerprint(context, one)
    done = ledger.find_operations(conn, [key]).get(key)
    if done is not None:
        return _again(done, digest)
    answer, postings = _decide(conn, settings, one, author, entry=entry, account=account, now=now)
    context.know_stores(conn, {one.store})
    ledger.write_postings(conn, [account], postings, now)
    operation = Operation(
        answer.operation_id,
        *key,
        REINSTATEMENT,
        account.customer_id,
        author.actor,
        digest,
        _encode(answer),
        now,
        one.note,
    )
    ledger.write_operations(conn, [operation])
    audit.record_event(
        conn,
        actor=author.actor,
        action="points.reinstated",
        target=f"customer:{account.customer_id}",
        detail={"points": answer.points, "entry_id": entry.entry_id, "reason": one.reason, "store": one.store},
        at=now,
    )
    return answer


def _decide(
    conn: Connection,
    settings: ProgramSettings,
    one: Reinstatement,
    author: Author,
    *,
    entry: Entry,
    account: Account,
    now: datetime,
) -> tuple[ReinstatedPoints, list[Posting]]:
    """What is answered, and the entries that give the points again: on the account in memory."""
    related = customers.select_related(conn, [entry.customer_id, account.customer_id])
    left = ledger.left_of_expired(conn, entry, related)
    most = sum(lot.points for lot in left)
    points = most if one.points is None else one.points
    reason = _check(conn, entry, one, author, points=points, most=most)
    today = program.day_in_zone(now, settings.zone_info)
    operation_id = new_id()
    lots: list[Lot] = []
    postings: list[Posting] = []
    for given in _by_kind(left, points):
        basis = ReinstatementBasis(operation_id, entry.entry_id, reason.name_ja, reason.name_en, given)
        kind = given[0].kind
        last = last_day_of_grant(settings, cast("_Kind", kind.label), one.expires_on, today)
        lots.append(Lot(kind, last, sum(lot.points for lot in given)))
        occasion = Occasion(one.store, now, None, _encode(basis))
        postings.append(ledger.grant(account, lots[-1], occasion, EntryType.REINSTATE))
    answer = ReinstatedPoints(
        operation_id=operation_id,
        replayed=False,
        customer_id=account.customer_id,
        points=points,
        expires_on=max(lot.expires_on for lot in lots),
        entry_ids=tuple(f"{posting.customer_id}-{posting.seq}" for posting in postings),
        recorded_at=now,
        balance=balance_line(ledger.balance_on(account.lots, today, account.owed, account.ending)),
    )
    return answer, postings


def _again(done: Operation, digest: bytes) -> ReinstatedPoints:
    if done.fingerprint != digest:
        raise IdempotencyConflict(
            "These expired points were given again before, otherwise than is asked now.",
            field="entry_id",
            remedy="Adjust the account by hand where more is due.",
        )
    return msgspec.structs.replace(_decode(done.answer), replayed=True)


def _check(conn: Connection, entry: Entry, one: Reinstatement, author: Author, *, points: int, most: int) -> Reason:
    """The reason, where this entry's points may be given again."""
    if entry.type is not EntryType.EXPIRE:
        raise NotFound(
            "No points expired with this entry.", field="entry_id", remedy="Name the entry of the journal that did."
        )
    if points > most or most == 0:
        given = -entry.points - most
        raise InvalidRequest(
            f"{-entry.points} points expired with this entry, {given} of them have been given again since for receipts "
            f"that came late, and {points} were to be given."
            if given
            else f"{-entry.points} points expired with this entry, {points} were to be given again.",
            field="points",
            remedy="Give at most what expired and has not been given again.",
            left=most,
        )
    reason = ledger.load_reasons(conn).get(one.reason)
    if reason is None or reason.ended_at is not None:
        raise InvalidRequest("There is no such reason.", field="reason", remedy="Choose one of the list.")
    limit = ledger.widest_limit(ledger.list_limits(conn), author.roles)
    if limit is None or points > limit.points_each:
        raise AdjustmentBeyondLimit(
            f"{points:,} points are more than you may give.",
            field="points",
            remedy="Ask somebody with a wider limit.",
            limit=0 if limit is None else limit.points_each,
        )
    return reason


def _by_kind(left: Lots, points: int) -> list[Lots]:
    """So many points of what expired, by kind: those that expired first are the first to be given again."""
    by_kind: dict[Kind, list[Lot]] = {}
    for lot in left:
        part = min(points, lot.points)
        points -= part
        if part:
            by_kind.setdefault(lot.kind, []).append(Lot(lot.kind, lot.expires_on, part))
    return [tuple(lots) for lots in by_kind.values()]
