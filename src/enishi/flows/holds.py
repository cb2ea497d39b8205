"""Holds: points set aside while somebody checks out, then captured, released, or released by themselves.

All three changes go through one batch path. A batch is one transaction: known keys are looked for and customers
resolved; accounts are locked in ascending order; holds are read behind those locks, so that what is seen of them stays
true; everything is decided in memory and written together. Points on hold have left the balance, so nobody else can
spend or hold them, and a capture never fails for want of points.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType
from psycopg import Connection

from enishi import ledger, program
from enishi.flows.bases import HoldBasis
from enishi.flows.context import PurchaseContext
from enishi.flows.parties import BlindParty, blind_party, find_parties, fingerprint, settle_in_rounds
from enishi.flows.winding_down import ending_of
from enishi.kit import clock
from enishi.kit.errors import InvalidRequest, NotFound, Refusal
from enishi.kit.identifiers import Identifier
from enishi.kit.ids import new_id
from enishi.ledger import Account, Hold, HoldLapsed, HoldSettled, HoldState, Occasion, Posting
from enishi.program import ProgramSettings
from enishi.purchases import Code, IdempotencyConflict, Source, StoreCode

_encode = msgspec.json.Encoder().encode
_MAX_POINTS = 1_000_000_000

Points = Annotated[int, Meta(ge=1, le=_MAX_POINTS)]


class PlaceHold(Struct, gc=False, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Points to be set aside. The customer is named by ``customer_id`` or by ``identifiers``.

    Without ``ttl_seconds`` the programme decides how long.
    """

    source: Source
    external_id: Code
    customer_id: UUID | None = None
    identifiers: Annotated[tuple[Identifier, ...], Meta(max_length=12)] = ()
    points: Points
    store: StoreCode
    ttl_seconds: Annotated[int, Meta(ge=1, le=program.MAX_HOLD_SECONDS)] | UnsetType = UNSET


class CaptureHold(Struct, gc=False, frozen=True, kw_only=True):
    """An order to use held points: ``points`` None uses them all. ``stores`` are those the caller acts for."""

    hold_id: UUID
    points: int | None = None
    purchase_id: UUID | None = None
    stores: frozenset[str] | None = None


class ReleaseHold(Struct, gc=False, frozen=True, kw_only=True):
    """An order to give held points back. ``stores`` are those the caller acts for; None is all."""

    hold_id: UUID
    stores: frozenset[str] | None = None


HoldChange = PlaceHold | CaptureHold | ReleaseHold


class ChangedHold(Struct, gc=False, frozen=True):
    """A hold after a change. ``replayed``: the change was made before, and nothing happened now."""

    hold: Hold
    replayed: bool


Outcome = ChangedHold | Refusal


class _Placing(Struct, gc=False, frozen=True):
    request: PlaceHold
    party: BlindParty
    fingerprint: bytes

    @property
    def key(self) -> tuple[str, str]:
        return (self.request.source, self.request.external_id)


_Change = _Placing | CaptureHold | ReleaseHold


class _World(Struct, gc=False):
    """What a batch works on behind its locks; decided changes change it in memory."""

    settings: ProgramSettings
    now: datetime
    accounts: dict[UUID, Account]
    holds: dict[UUID, Hold]
    placed: list[Hold]
    settled: list[Hold]
    postings: list[Posting]


def change_holds(
    conn: Connection, context: PurchaseContext, batch: Sequence[HoldChange], now: datetime | None = None
) -> list[Outcome]:
    """Place, capture and release holds; after the commit, one outcome each in order.

    A repeat of any change gets the hold as it stands, with ``replayed``. Refusals per item: ``InvalidIdentifier``,
    ``NoCustomerForPoints``, ``CardEnded``, ``NotFound``, ``InvalidRequest``, ``InsufficientPoints``,
    ``AccountFrozen``, ``IdempotencyConflict``, ``HoldLapsed``, ``HoldSettled``, ``UnprocessableOperation``. Raises
    ``psycopg.OperationalError`` when the database can not answer; then each item was recorded whole or not at all.
    """
    now = clock.now() if now is None else now
    outcomes: dict[int, Outcome] = {}
    prepared: dict[int, _Change] = {}
    for position, change in enumerate(batch):
        try:
            prepared[position] = _prepare(context, change) if isinstance(change, PlaceHold) else change
        except Refusal as refusal:
            outcomes[position] = refusal
    answers = settle_in_rounds(conn, list(prepared.values()), _key, lambda held, items: _run(held, context, items, now))
    outcomes |= dict(zip(prepared, answers, strict=True))
    return [outcomes[position] for position in range(len(batch))]


def lapse_holds(conn: Connection, now: datetime | None = None, limit: int = 1_000) -> int:
    """Release up to ``limit`` holds whose time is up, in a transaction of its own; returns how many there were."""
    now = clock.now() if now is None else now
    with conn.transaction():
        due = ledger.list_due_holds(conn, now, limit)
        accounts = ledger.lock_accounts(conn, {one.customer_id for one in due})
        # Read again behind the locks: what was captured or released meanwhile is no longer open.
        open_now = [
            one for one in ledger.load_holds(conn, [one.hold_id for one in due]).values() if one.state is HoldState.OPEN
        ]
        lapsed = [msgspec.structs.replace(one, state=HoldState.LAPSED, settled_at=now) for one in open_now]
        postings = [ledger.release(accounts[one.customer_id], one.lots, _occasion(one, now)) for one in lapsed]
        ledger.write_postings(conn, [accounts[one] for one in {one.customer_id for one in lapsed}], postings, now)
        ledger.settle_holds(conn, lapsed)
    return len(lapsed)


def _prepare(context: PurchaseContext, request: PlaceHold) -> _Placing:
    party = blind_party(context, request.customer_id, request.identifiers, source=request.source)
    body = (request.store, request.points, None if request.ttl_seconds is UNSET else request.ttl_seconds)
    return _Placing(request, party, fingerprint(context, body, party))


def _key(change: _Change) -> Hashable:
    return change.key if isinstance(change, _Placing) else change.hold_id


def _run(conn: Connection, context: PurchaseContext, items: Sequence[_Change], now: datetime) -> list[Outcome]:
    """One transaction: the outcomes that hold once it has committed."""
    placings = [one for one in items if isinstance(one, _Placing)]
    known = ledger.ask_holds_by_keys(conn, [one.key for one in placings])() if placings else {}
    fresh = [one for one in placings if one.key not in known]
    parties = dict(zip([one.key for one in fresh], find_parties(conn, [one.party for one in fresh]), strict=True))
    hold_ids = [one.hold_id for one in items if not isinstance(one, _Placing)]
    owners = {one.customer_id for one in ledger.load_holds(conn, hold_ids).values()}
    owners |= {one for one in parties.values() if isinstance(one, UUID)}
    settings = _settings(context, conn, now)
    accounts = ledger.lock_accounts(conn, owners, ending_of(settings))
    world = _World(settings, now, accounts, ledger.load_holds(conn, hold_ids), [], [], [])
    outcomes: list[Outcome] = []
    for one in items:
        try:
            if not isinstance(one, _Placing):
                outcomes.append(_settle(one, world))
            elif one.key in known:
                outcomes.append(_repeat(one, known[one.key]))
            else:
                outcomes.append(_place(one, parties[one.key], world))
        except Refusal as refusal:
            outcomes.append(refusal)
    context.know_stores(conn, {one.store for one in world.placed})
    touched = {posting.customer_id for posting in world.postings}
    ledger.write_postings(conn, [accounts[one] for one in touched], world.postings, now)
    ledger.write_holds(conn, world.placed)
    ledger.settle_holds(conn, world.settled)
    return outcomes


def _settings(context: PurchaseContext, conn: Connection, now: datetime) -> ProgramSettings:
    version = program.version_at(context.versions(conn), now)
    return program.default_settings() if version is None else version.settings


def _repeat(one: _Placing, held: Hold) -> ChangedHold:
    if one.fingerprint == held.fingerprint:
        return ChangedHold(held, replayed=True)
    pairs = {
        "points": (one.request.points, held.points),
        "store": (one.request.store, held.store),
    }
    fields = [name for name, (new, old) in pairs.items() if new != old] or ["customer_id", "identifiers", "ttl_seconds"]
    raise IdempotencyConflict(
        "This source and external_id belong to a hold that differs in: " + ", ".join(fields) + ".",
        field=fields[0],
        remedy="Send a new hold under a new external_id; a repeat must be the same as the first.",
        fields=fields,
    )


def _place(one: _Placing, owner: UUID | Refusal, world: _World) -> ChangedHold:
    if isinstance(owner, Refusal):
        raise owner
    request, policy, now = one.request, world.settings.holds, world.now
    seconds = policy.default_seconds if request.ttl_seconds is UNSET else request.ttl_seconds
    if seconds > policy.longest_seconds:
        raise InvalidRequest(
            f"Points can be set aside for {policy.longest_seconds:,} seconds at most.",
            field="ttl_seconds",
            remedy="Ask for less, and hold again if the checkout takes longer.",
        )
    hold_id = new_id()
    basis = HoldBasis(hold_id, request.external_id, HoldState.OPEN.value, request.points)
    try:
        posting = ledger.hold(
            world.accounts[owner],
            request.points,
            on=program.day_in_zone(now, world.settings.zone_info),
            occasion=Occasion(request.store, now, None, _encode(basis)),
        )
    except ledger.InsufficientPoints as refusal:
        refusal.field = "points"
        raise
    lots = tuple(msgspec.structs.replace(move, points=-move.points) for move in posting.moves)
    hold = Hold(
        hold_id=hold_id,
        source=request.source,
        external_id=request.external_id,
        customer_id=owner,
        store=request.store,
        points=request.points,
        lots=lots,
        fingerprint=one.fingerprint,
        created_at=now,
        expires_at=now + timedelta(seconds=seconds),
    )
    world.postings.append(posting)
    world.placed.append(hold)
    return ChangedHold(hold, replayed=False)


def _settle(change: CaptureHold | ReleaseHold, world: _World) -> ChangedHold:
    hold = world.holds.get(change.hold_id)
    if hold is None or (change.stores is not None and hold.store not in change.stores):
        raise NotFound("There is no such hold.", field="hold_id")
    if isinstance(change, ReleaseHold):
        return _release(hold, world)
    return _capture(change, hold, world)


def _release(hold: Hold, world: _World) -> ChangedHold:
    if hold.state is HoldState.CAPTURED:
        raise HoldSettled(
            f"The hold was captured: {hold.captured_points} of its points are spent.",
            field="hold_id",
            remedy="Give points back with a return of what was bought.",
            state=hold.state.value,
        )
    if hold.state is not HoldState.OPEN:
        return ChangedHold(hold, replayed=True)
    settled = msgspec.structs.replace(hold, state=HoldState.RELEASED, settled_at=world.now)
    account = world.accounts[hold.customer_id]
    world.postings.append(ledger.release(account, hold.lots, _occasion(settled, world.now)))
    world.settled.append(settled)
    return ChangedHold(settled, replayed=False)


def _capture(change: CaptureHold, hold: Hold, world: _World) -> ChangedHold:
    points = hold.points if change.points is None else change.points
    if not 1 <= points <= hold.points:
        raise InvalidRequest(
            f"{points} points were to be captured of a hold of {hold.points}.",
            field="points",
            remedy="Capture at most what is held, and release a hold of which nothing is used.",
        )
    if hold.state is HoldState.CAPTURED and (points, change.purchase_id) == (hold.captured_points, hold.purchase_id):
        return ChangedHold(hold, replayed=True)
    if hold.state is HoldState.LAPSED or (hold.state is HoldState.OPEN and hold.expires_at <= world.now):
        raise HoldLapsed(
            f"The hold ended at {hold.expires_at.isoformat()}; its points are the customer's again.",
            field="hold_id",
            remedy="Hold the points again under a new external_id.",
            state=HoldState.LAPSED.value,
        )
    if hold.state is not HoldState.OPEN:
        raise HoldSettled(
            f"The hold was {hold.state.value} already, otherwise than is asked now.",
            field="hold_id",
            remedy="Show the hold to see how; hold further points under a new external_id.",
            state=hold.state.value,
        )
    settled = msgspec.structs.replace(
        hold,
        state=HoldState.CAPTURED,
        captured_points=points,
        purchase_id=change.purchase_id,
        settled_at=world.now,
    )
    account = world.accounts[hold.customer_id]
    world.postings.extend(ledger.capture(account, hold.lots, points, _occasion(settled, world.now)))
    world.settled.append(settled)
    return ChangedHold(settled, replayed=False)


def _occasion(hold: Hold, now: datetime) -> Occasion:
    basis = HoldBasis(hold.hold_id, hold.external_id, hold.state.value, hold.points, hold.captured_points or 0)
    return Occasion(hold.store, now, None, _encode(basis))
