"""Points that change hands: gifts between members, and pooling within a family. A batch is one transaction.

Both accounts are locked in ascending order before either is looked at, so that no balance can be given away twice. Lots
keep their kind and last day: changing hands makes no point last longer. What cannot be given whole is not given at all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from enum import StrEnum
from functools import partial
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta, Struct
from psycopg import Connection

from enishi import audit, ledger, program
from enishi.flows.bases import TransferBasis
from enishi.flows.context import PurchaseContext
from enishi.flows.model import BalanceLine
from enishi.flows.parties import (
    BlindParty,
    blind_party,
    find_parties,
    fingerprint,
    refuse_whole,
    settle_in_rounds,
)
from enishi.flows.pricing import balance_line
from enishi.flows.winding_down import ending_of
from enishi.kit import clock
from enishi.kit.errors import Conflict, InvalidRequest, Refusal
from enishi.kit.identifiers import Identifier
from enishi.kit.ids import new_id
from enishi.ledger import Account, Occasion, Operation, Posting
from enishi.program import ProgramSettings
from enishi.purchases import Code, IdempotencyConflict, Source, StoreCode

POINTS_TRANSFERRED = "points.transferred"
_MAX_POINTS = 1_000_000_000
_encode = msgspec.json.Encoder().encode


class Way(StrEnum):
    """How points change hands: as a gift, for a fee and within limits, or to the head of one's family, freely."""

    GIFT = "gift"
    POOL = "pool"


class Party(Struct, gc=False, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A customer, named by ID or by identifiers."""

    customer_id: UUID | None = None
    identifiers: Annotated[tuple[Identifier, ...], Meta(max_length=12)] = ()


class Transfer(Struct, gc=False, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Points of ``sender`` for ``recipient``. A fee of the programme is taken from the sender besides."""

    source: Source
    external_id: Code
    sender: Party
    recipient: Party
    points: Annotated[int, Meta(ge=1, le=_MAX_POINTS)]
    way: Way = Way.GIFT
    store: StoreCode


class TransferredPoints(Struct, gc=False, frozen=True, kw_only=True):
    """The answer to a transfer, given after its commit. ``balance`` is the sender's; the recipient's is not told.

    ``replayed``: the key was known, and nothing changed.
    """

    operation_id: UUID
    replayed: bool
    way: Way
    sender_id: UUID
    recipient_id: UUID
    points: int
    fee: int
    recorded_at: datetime
    balance: BalanceLine


class TransferRefused(Conflict):
    """The programme does not allow this transfer. Nothing was moved. ``reason`` is gifts, each, day or family."""

    code = "transfer-refused"
    title = "Transfer refused"


Outcome = TransferredPoints | Refusal
AccountsOf = Callable[[Connection, Sequence[UUID]], dict[UUID, Account]]
_decode = msgspec.json.Decoder(TransferredPoints).decode


class _Prepared(Struct, gc=False, frozen=True):
    request: Transfer
    sender: BlindParty
    recipient: BlindParty
    fingerprint: bytes

    @property
    def key(self) -> tuple[str, str]:
        return (self.request.source, self.request.external_id)


class _World(Struct, gc=False):
    """What a batch works on behind its locks; decided transfers change it in memory."""

    settings: ProgramSettings
    now: datetime
    today: date
    accounts: dict[UUID, Account]
    given_today: dict[UUID, int]
    heads: dict[UUID, UUID]
    postings: list[Posting]
    operations: list[Operation]


def transfer_points(
    conn: Connection, context: PurchaseContext, batch: Sequence[Transfer], actor: str, now: datetime | None = None
) -> list[Outcome]:
    """Transfer points; after the commit, one outcome each in order. A repeat gets the first answer.

    Refusals per item: ``InvalidIdentifier``, ``NoCustomerForPoints``, ``CardEnded``, ``NotFound``,
    ``InvalidRequest``, ``TransferRefused``, ``InsufficientPoints``, ``AccountFrozen``, ``IdempotencyConflict``,
    ``UnprocessableOperation``. Raises ``psycopg.OperationalError`` when the database can not answer.
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
        lambda held, items: _run(held, context, items, actor, now),
    )
    outcomes |= dict(zip(prepared, answers, strict=True))
    return [outcomes[position] for position in range(len(batch))]


def quote_transfer(
    conn: Connection, context: PurchaseContext, one: Transfer, now: datetime | None = None
) -> TransferredPoints:
    """Say what a transfer would do, with nothing written and nothing locked. Raises what it would be refused with.

    A key that was used is quoted like any other; whether it was used is not looked at.
    """
    now = clock.now() if now is None else now
    item = _prepare(context, one)
    with conn.transaction():
        sender, recipient = find_parties(conn, [item.sender, item.recipient])
        people = {one for one in (sender, recipient) if isinstance(one, UUID)}
        world = _look(conn, context, people, now, ledger.load_accounts)
    return _decide(item, sender, recipient, world, actor="")


def _prepare(context: PurchaseContext, one: Transfer) -> _Prepared:
    sender, recipient = (
        blind_party(context, party.customer_id, party.identifiers, source=one.source, field=field)
        for field, party in (("sender", one.sender), ("recipient", one.recipient))
    )
    body = (one.points, one.way, one.store)
    return _Prepared(one, sender, recipient, fingerprint(context, body, sender, recipient))


def _run(
    conn: Connection, context: PurchaseContext, items: Sequence[_Prepared], actor: str, now: datetime
) -> list[Outcome]:
    """One transaction: the outcomes that hold once it has committed."""
    done = ledger.find_operations(conn, [item.key for item in items])
    outcomes: dict[tuple[str, str], Outcome] = {
        item.key: _again(item, done[item.key]) for item in items if item.key in done
    }
    fresh = [item for item in items if item.key not in done]
    if fresh:
        found = find_parties(conn, [party for item in fresh for party in (item.sender, item.recipient)])
        pairs = list(zip(found[::2], found[1::2], strict=True))
        world = _look(conn, context, {one for one in found if isinstance(one, UUID)}, now, ledger.lock_accounts)
        for item, (sender, recipient) in zip(fresh, pairs, strict=True):
            try:
                outcomes[item.key] = _decide(item, sender, recipient, world, actor)
            except Refusal as refusal:
                outcomes[item.key] = refusal
        _write(conn, context, world)
    return [outcomes[item.key] for item in items]


def _again(item: _Prepared, done: Operation) -> Outcome:
    if item.fingerprint == done.fingerprint:
        return msgspec.structs.replace(_decode(done.answer), replayed=True)
    return IdempotencyConflict(
        "This source and external_id belong to another operation.",
        field="external_id",
        remedy="Send a new transfer under a new external_id; a repeat must be the same as the first.",
    )


def _look(
    conn: Connection, context: PurchaseContext, people: set[UUID], now: datetime, accounts_of: AccountsOf
) -> _World:
    version = program.version_at(context.versions(conn), now)
    settings = program.default_settings() if version is None else version.settings
    today = program.day_in_zone(now, settings.zone_info)
    accounts = accounts_of(conn, list(people))
    for account in accounts.values():
        account.ending = ending_of(settings)
    # Behind the locks: what a sender has given today can not grow meanwhile, nor a family change.
    since = datetime.combine(today, time.min, settings.zone_info)
    given = ledger.sum_gifts_since(conn, list(people), since)
    return _World(settings, now, today, accounts, given, ledger.find_heads(conn, list(people)), [], [])


def _decide(
    item: _Prepared, sender: UUID | Refusal, recipient: UUID | Refusal, world: _World, actor: str
) -> TransferredPoints:
    if isinstance(sender, Refusal):
        raise sender
    if isinstance(recipient, Refusal):
        raise recipient
    one = item.request
    if sender == recipient:
        raise InvalidRequest(
            "Sender and recipient are the same customer.", field="recipient", remedy="Name somebody else."
        )
    fee = _require_allowed(one, sender, recipient, world)
    operation_id = new_id()
    account = world.accounts[sender]
    basis = TransferBasis(operation_id, one.way.value, recipient, one.points, fee)
    occasion = Occasion(one.store, world.now, None, _encode(basis))
    out = refuse_whole(account, partial(_take, account, one.points, fee, world.today, occasion))
    basis = TransferBasis(operation_id, one.way.value, sender, one.points)
    came = ledger.transfer_in(
        world.accounts[recipient], out[0].moves, Occasion(one.store, world.now, None, _encode(basis))
    )
    world.postings += [*out, came]
    balance = balance_line(ledger.balance_on(account.lots, world.today, account.owed, account.ending))
    if balance is None:
        raise AssertionError("A balance that is there is told.")
    answer = TransferredPoints(
        operation_id=operation_id,
        replayed=False,
        way=one.way,
        sender_id=sender,
        recipient_id=recipient,
        points=one.points,
        fee=fee,
        recorded_at=world.now,
        balance=balance,
    )
    world.operations.append(
        Operation(
            operation_id,
            one.source,
            one.external_id,
            one.way.value,
            sender,
            actor,
            item.fingerprint,
            _encode(answer),
            world.now,
        )
    )
    if one.way is Way.GIFT:
        world.given_today[sender] = world.given_today.get(sender, 0) + one.points
    return answer


def _take(account: Account, points: int, fee: int, today: date, occasion: Occasion) -> list[Posting]:
    """The points and the fee out of the sender's account; raises what ``ledger.transfer_out`` raises."""
    try:
        postings = [ledger.transfer_out(account, points, on=today, occasion=occasion)]
        if fee:
            postings.append(ledger.deduct(account, fee, allow_owing=False, on=today, occasion=occasion))
    except ledger.InsufficientPoints as refusal:
        refusal.field = "points"
        refusal.remedy = f"Give fewer points; the fee of {fee} comes on top." if fee else "Give fewer points."
        raise
    return postings


def _require_allowed(one: Transfer, sender: UUID, recipient: UUID, world: _World) -> int:
    """The fee in points, where the programme allows this transfer. Refuses ``TransferRefused``."""
    policy = world.settings.transfers
    if one.way is Way.POOL:
        if world.heads.get(sender) != recipient:
            raise _refuse("family", "The recipient is not the head of the sender's family.", field="recipient")
        return 0
    if not policy.gifts:
        raise _refuse("gifts", "This programme does not let members give points to each other.", field="way")
    if one.points > policy.each:
        raise _refuse("each", f"A gift has {policy.each:,} points at most.", limit=policy.each)
    left = policy.a_day - world.given_today.get(sender, 0)
    if one.points > left:
        detail = f"Of the {policy.a_day:,} points a day, {max(0, left):,} are left today."
        raise _refuse("day", detail, limit=policy.a_day, left=max(0, left))
    return policy.fee


def _refuse(reason: str, detail: str, field: str = "points", **extra: int) -> TransferRefused:
    remedy = "Join the family first." if reason == "family" else "Give fewer points, or give them another day."
    return TransferRefused(detail, field=field, remedy=remedy, reason=reason, **extra)


def _write(conn: Connection, context: PurchaseContext, world: _World) -> None:
    """Everything a batch leaves behind; the audit comes last, because its writers wait for each other."""
    context.know_stores(conn, {posting.store for posting in world.postings})
    touched = {posting.customer_id for posting in world.postings}
    ledger.write_postings(conn, [world.accounts[one] for one in touched], world.postings, world.now)
    ledger.write_operations(conn, world.operations)
    for operation in world.operations:
        audit.record_event(
            conn,
            actor=operation.actor,
            action=POINTS_TRANSFERRED,
            target=f"customer:{operation.customer_id}",
            detail={"operation_id": str(operation.operation_id), "way": operation.operation},
            at=world.now,
        )
