"""Adjusting points by hand: for a reason, within the limits of who does it, and with a second pair of eyes above them.

A batch is of one author and one transaction. The author's day is locked first, then the accounts in ascending order,
so that no two adjustments can both fit under a limit that has room for one. What goes beyond the author's own limit is
kept as a request; points move when somebody else approves it, see ``decide_adjustment``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta, Struct
from psycopg import Connection

from enishi import audit, ledger, program
from enishi.flows.adjusted_points import (
    AdjustedPoints,
    Author,
    carry_out,
    last_day_of_grant,
    settings_at,
    waiting_answer,
)
from enishi.flows.context import PurchaseContext
from enishi.flows.parties import BlindParty, blind_party, find_parties, fingerprint, settle_in_rounds
from enishi.flows.winding_down import ending_of
from enishi.kit import clock
from enishi.kit.errors import InvalidRequest, Refusal
from enishi.kit.identifiers import Identifier
from enishi.kit.ids import new_id
from enishi.ledger import (
    Account,
    AdjustmentBeyondLimit,
    AdjustmentLimit,
    AdjustmentRequest,
    Balance,
    Kind,
    Operation,
    Posting,
    Reason,
)
from enishi.program import ProgramSettings
from enishi.purchases import Code, IdempotencyConflict, Source, StoreCode

API_ROLE = "api"
"""The role in the table of limits that every API key has."""

_MAX_POINTS = 1_000_000_000
_KINDS: dict[str, Kind] = {"regular": Kind.REGULAR, "limited": Kind.LIMITED}
_encode = msgspec.json.Encoder().encode

Note = Annotated[str, Meta(max_length=500, pattern=r"^[^\x00-\x09\x0b-\x1f\x7f]*(?!\n)$")]


class Adjustment(Struct, gc=False, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Points to be given (positive) or taken (negative) by hand, for one of the programme's reasons.

    ``kind`` and ``expires_on`` are of points that are given; without a day they are valid as long as points that are
    earned today. ``allow_owing`` takes points even where there are not enough: the rest is set against the next ones.
    """

    source: Source
    external_id: Code
    customer_id: UUID | None = None
    identifiers: Annotated[tuple[Identifier, ...], Meta(max_length=12)] = ()
    points: Annotated[int, Meta(ge=-_MAX_POINTS, le=_MAX_POINTS)]
    reason: Annotated[str, Meta(min_length=1, max_length=40)]
    note: Note = ""
    store: StoreCode
    kind: Literal["regular", "limited"] = "regular"
    expires_on: date | None = None
    allow_owing: bool = False


class QuotedAdjustment(Struct, frozen=True, kw_only=True):
    """What an adjustment would do to the balance at once, or, while ``waits``, when somebody else approves it."""

    waits: bool
    points: int
    expires_on: date | None
    before: Balance
    after: Balance


Outcome = AdjustedPoints | Refusal
_decode = msgspec.json.Decoder(AdjustedPoints).decode


class _Prepared(Struct, gc=False, frozen=True):
    request: Adjustment
    party: BlindParty
    fingerprint: bytes

    @property
    def key(self) -> tuple[str, str]:
        return (self.request.source, self.request.external_id)


class _World(Struct, gc=False):
    """What a batch works on behind its locks; decided adjustments change it in memory."""

    settings: ProgramSettings
    author: Author
    limit: AdjustmentLimit | None
    reasons: dict[str, Reason]
    accounts: dict[UUID, Account]
    now: datetime
    today: date
    points_today: int
    postings: list[Posting]
    operations: list[Operation]
    requests: list[AdjustmentRequest]


def adjust_points(
    conn: Connection,
    context: PurchaseContext,
    batch: Sequence[Adjustment],
    author: Author,
    now: datetime | None = None,
) -> list[Outcome]:
    """Adjust points, or ask for approval; after the commit, one outcome each in order.

    A repeat of a key gets the first answer with ``replayed``, one that waited, what became of it. Refusals per item:
    ``InvalidIdentifier``, ``NoCustomerForPoints``, ``CardEnded``, ``NotFound``, ``InvalidRequest``,
    ``AdjustmentBeyondLimit``, ``InsufficientPoints``, ``IdempotencyConflict``, ``UnprocessableOperation``. Raises
    ``psycopg.OperationalError`` when the database can not answer.
    """
    now = clock.now() if now is None else now
    outcomes: dict[int, Outcome] = {}
    prepared: dict[int, _Prepared] = {}
    for position, one in enumerate(batch):
        try:
            prepared[position] = _prepare(context, one)
        except Refusal as refusal:
            outcomes[position] = refusal
    answers = settle_in_rounds(
        conn,
        list(prepared.values()),
        lambda item: item.key,
        lambda held, items: _run(held, context, items, author, now),
    )
    outcomes |= dict(zip(prepared, answers, strict=True))
    return [outcomes[position] for position in range(len(batch))]


def quote_adjustment(
    conn: Connection, context: PurchaseContext, one: Adjustment, author: Author, now: datetime | None = None
) -> QuotedAdjustment:
    """Say what an adjustment would do, with nothing written and nothing locked. Raises what it would be refused with.

    A key that was used is quoted like any other; whether it was used is not looked at.
    """
    now = clock.now() if now is None else now
    item = _prepare(context, one)
    with conn.transaction():
        (owner,) = find_parties(conn, [item.party])
        settings = settings_at(conn, context, now)
        day = program.day_in_zone(now, settings.zone_info)
        world = _look(conn, settings, author, now, points_today=ledger.sum_adjusted_day(conn, author.actor, day))
        if isinstance(owner, Refusal):
            raise owner
        world.accounts = ledger.load_accounts(conn, [owner])
    account = world.accounts[owner]
    account.ending = ending_of(settings)
    before = ledger.balance_on(account.lots, world.today, account.owed, account.ending)
    answer = _decide(item, owner, world)
    for request in world.requests:
        carry_out(request, account, world.reasons[one.reason], settings, request_id=None, now=now)
    return QuotedAdjustment(
        waits=answer.state == "waiting",
        points=one.points,
        expires_on=answer.expires_on,
        before=before,
        after=ledger.balance_on(account.lots, world.today, account.owed, account.ending),
    )


def _prepare(context: PurchaseContext, one: Adjustment) -> _Prepared:
    party = blind_party(context, one.customer_id, one.identifiers, source=one.source)
    if one.points == 0:
        raise InvalidRequest("No points are to be adjusted.", field="points", remedy="Send a number other than 0.")
    body = msgspec.structs.replace(one, customer_id=None, identifiers=())
    return _Prepared(one, party, fingerprint(context, body, party))


def _run(
    conn: Connection, context: PurchaseContext, items: Sequence[_Prepared], author: Author, now: datetime
) -> list[Outcome]:
    """One transaction: the outcomes that hold once it has committed."""
    done = ledger.find_operations(conn, [item.key for item in items])
    asked = ledger.find_requests(conn, [item.key for item in items])
    fresh = [item for item in items if item.key not in done and item.key not in asked]
    outcomes: dict[tuple[str, str], Outcome] = {
        item.key: _again(item, done.get(item.key), asked.get(item.key)) for item in items if item not in fresh
    }
    if fresh:
        parties = find_parties(conn, [item.party for item in fresh])
        settings = settings_at(conn, context, now)
        day = program.day_in_zone(now, settings.zone_info)
        world = _look(conn, settings, author, now, points_today=ledger.lock_adjusted_day(conn, author.actor, day))
        people = {one for one in parties if isinstance(one, UUID)}
        world.accounts = ledger.lock_accounts(conn, people, ending_of(settings))
        for item, owner in zip(fresh, parties, strict=True):
            try:
                outcomes[item.key] = _decide(item, owner, world)
            except Refusal as refusal:
                outcomes[item.key] = refusal
        _write(conn, context, world)
    return [outcomes[item.key] for item in items]


def _look(conn: Connection, settings: ProgramSettings, author: Author, now: datetime, *, points_today: int) -> _World:
    """Limits, reasons and the day; the accounts are still to be read."""
    return _World(
        settings,
        author,
        ledger.widest_limit(ledger.list_limits(conn), author.roles),
        ledger.load_reasons(conn),
        {},
        now,
        program.day_in_zone(now, settings.zone_info),
        points_today,
        [],
        [],
        [],
    )


def _again(item: _Prepared, done: Operation | None, asked: AdjustmentRequest | None) -> Outcome:
    held = done or asked
    if held is None or item.fingerprint != held.fingerprint:
        return IdempotencyConflict(
            "This source and external_id belong to another operation.",
            field="external_id",
            remedy="Send a new adjustment under a new external_id; a repeat must be the same as the first.",
        )
    if done is not None:
        return msgspec.structs.replace(_decode(done.answer), replayed=True)
    if asked is None:
        raise AssertionError("A key is known by its operation or by its request.")
    return waiting_answer(asked, replayed=True)


def _decide(item: _Prepared, owner: UUID | Refusal, world: _World) -> AdjustedPoints:
    if isinstance(owner, Refusal):
        raise owner
    one = item.request
    reason = world.reasons.get(one.reason)
    if reason is None or reason.ended_at is not None:
        offered = ", ".join(name for name, known in world.reasons.items() if known.ended_at is None)
        raise InvalidRequest("There is no such reason.", field="reason", remedy=f"Send one of: {offered}.")
    limit = _require_within(one.points, world)
    request = AdjustmentRequest(
        request_id=new_id(),
        source=one.source,
        external_id=one.external_id,
        customer_id=owner,
        points=one.points,
        kind=_KINDS[one.kind],
        expires_on=_last_day(one, world.settings, world.today),
        reason=one.reason,
        note=one.note,
        store=one.store,
        allow_owing=one.allow_owing,
        fingerprint=item.fingerprint,
        requested_by=world.author.actor,
        requested_at=world.now,
    )
    if abs(one.points) > limit.alone_up_to:
        world.requests.append(request)
        answer = waiting_answer(request, replayed=False)
    else:
        answer, posting, operation = carry_out(
            request, world.accounts[owner], reason, world.settings, request_id=None, now=world.now
        )
        world.postings.append(posting)
        world.operations.append(operation)
    world.points_today += abs(one.points)
    return answer


def _require_within(points: int, world: _World) -> AdjustmentLimit:
    """The author's limit, where these points fit under it. Refuses ``AdjustmentBeyondLimit``."""
    limit = world.limit
    if limit is None:
        raise AdjustmentBeyondLimit(
            "None of your roles may adjust points.", remedy="Ask the owner of this installation to allow it."
        )
    if abs(points) > limit.points_each:
        raise AdjustmentBeyondLimit(
            f"{abs(points):,} points are more than the {limit.points_each:,} that may be adjusted at once.",
            field="points",
            remedy="Ask somebody with a wider limit.",
            limit=limit.points_each,
        )
    if world.points_today + abs(points) > limit.points_a_day:
        left = max(0, limit.points_a_day - world.points_today)
        raise AdjustmentBeyondLimit(
            f"Of the {limit.points_a_day:,} points a day, {left:,} are left today.",
            field="points",
            remedy="Go on tomorrow, or ask somebody with a wider limit.",
            limit=limit.points_a_day,
            left=left,
        )
    return limit


def _last_day(one: Adjustment, settings: ProgramSettings, today: date) -> date | None:
    """The last day of points that are given; None for points that are taken. Refuses ``InvalidRequest``."""
    if one.points < 0:
        return None
    return last_day_of_grant(settings, one.kind, one.expires_on, today)


def _write(conn: Connection, context: PurchaseContext, world: _World) -> None:
    """Everything a batch leaves behind; the audit comes last, because its writers wait for each other."""
    stores = {posting.store for posting in world.postings} | {request.store for request in world.requests}
    context.know_stores(conn, stores)
    touched = {posting.customer_id for posting in world.postings}
    ledger.write_postings(conn, [world.accounts[one] for one in touched], world.postings, world.now)
    ledger.write_operations(conn, world.operations)
    ledger.write_requests(conn, world.requests)
    ledger.write_adjusted_day(conn, world.author.actor, world.today, world.points_today)
    for operation, posting in zip(world.operations, world.postings, strict=True):
        audit.record_event(
            conn,
            actor=world.author.actor,
            action="points.adjusted",
            target=f"customer:{operation.customer_id}",
            detail={
                "points": posting.points,
                "reason": _decode(operation.answer).reason,
                "operation_id": str(operation.operation_id),
                "store": posting.store,
            },
            at=world.now,
        )
    for request in world.requests:
        audit.record_event(
            conn,
            actor=world.author.actor,
            action="points.adjustment_requested",
            target=f"customer:{request.customer_id}",
            detail={
                "points": request.points,
                "reason": request.reason,
                "request_id": str(request.request_id),
                "store": request.store,
            },
            at=world.now,
        )
