"""What customers are entitled to now, and giving it: shown at the counter, asked by shops, marked exactly once.

Whoever gives decides by what is marked so far, and writes the next number of its slot; of two tablets that saw the same
number free one loses the race, runs again, and is told where and when the other has given it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta, Struct
from psycopg import Connection

from enishi import audit, benefits, customers
from enishi.benefits import (
    Benefit,
    BenefitAlreadyGiven,
    BenefitCode,
    BenefitNotDue,
    BenefitState,
    BenefitVersion,
    ChannelName,
    Entitlement,
    Give,
    Grant,
    Occasion,
    Standing,
    UnknownBenefit,
)
from enishi.flows.adjusted_points import settings_at
from enishi.flows.context import PurchaseContext
from enishi.flows.customer_standing import NO_LADDER, load_standings
from enishi.flows.parties import settle_in_rounds
from enishi.kit import clock
from enishi.kit.errors import NotFound, Refusal
from enishi.kit.ids import new_id
from enishi.kit.outbox import insert_events
from enishi.purchases import Code, IdempotencyConflict, Source, StoreCode

BENEFIT_GIVEN = "benefit.given"
_encode = msgspec.json.Encoder().encode


class GiveOrder(Struct, gc=False, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """A benefit to be marked as given, once under ``(source, external_id)``."""

    source: Source
    external_id: Code
    customer_id: UUID
    benefit: BenefitCode
    store: StoreCode
    channel: ChannelName = "pos"
    terminal: Annotated[str, Meta(max_length=64, pattern=r"^[^\x00-\x1f\x7f]*(?!\n)$")] = ""
    sku: Annotated[str, Meta(max_length=128)] = ""


class GivenBenefit(Struct, gc=False, frozen=True, kw_only=True):
    """The answer to an order, given after its commit. ``replayed``: the key was known, and nothing changed.

    ``left`` is how often it can still be given in the same period.
    """

    give: Give
    replayed: bool
    left: int


class CustomerBenefits(Struct, frozen=True):
    """Every benefit in force as one customer stands to it, those that hold now first."""

    customer_id: UUID
    standing: Standing
    version: int
    zone: str
    entitlements: tuple[Entitlement, ...]


Outcome = GivenBenefit | Refusal


class _World(Struct, gc=False):
    """What a batch is decided in; orders that are carried out change it in memory."""

    version: BenefitVersion | None
    standings: dict[UUID, Standing]
    grants: dict[UUID, list[Grant]]
    used: dict[UUID, dict[tuple[str, str], list[int]]]
    zone: str
    now: datetime


def customer_benefits(
    conn: Connection, context: PurchaseContext, customer_id: UUID, occasion: Occasion | None = None, *, now: datetime
) -> CustomerBenefits:
    """What a customer is entitled to now and why, and what not and why not. Raises ``NotFound``."""
    if customer_id not in customers.find_known(conn, [customer_id]):
        raise NotFound("There is no such customer.", field="customer_id")
    zone = settings_at(conn, context, now).zone
    occasion = Occasion(now, zone) if occasion is None else msgspec.structs.replace(occasion, at=now, zone=zone)
    version = benefits.load_version_at(conn, now)
    published = () if version is None else version.settings.benefits
    world = _look(conn, version, {customer_id: [occasion]}, zone, now)
    standing = world.standings.get(customer_id, NO_LADDER)
    entitlements = benefits.assess_all(
        published, standing, occasion, world.used.get(customer_id, {}), world.grants.get(customer_id, [])
    )
    return CustomerBenefits(customer_id, standing, 0 if version is None else version.version, zone, tuple(entitlements))


def give_benefits(
    conn: Connection, context: PurchaseContext, batch: Sequence[GiveOrder], actor: str, now: datetime | None = None
) -> list[Outcome]:
    """Mark benefits as given; after the commit, one outcome each in order.

    A repeat of a key gets the first answer with ``replayed``. Refusals per item: ``NotFound``, ``UnknownBenefit``,
    ``BenefitNotDue``, ``BenefitAlreadyGiven``, ``IdempotencyConflict``, ``UnprocessableOperation``. Raises
    ``psycopg.OperationalError`` when the database can not answer.
    """
    at = clock.now() if now is None else now
    return settle_in_rounds(
        conn,
        list(batch),
        lambda one: (one.customer_id, one.benefit),
        lambda held, items: _run(held, context, items, actor, at),
    )


def _run(
    conn: Connection, context: PurchaseContext, items: Sequence[GiveOrder], actor: str, now: datetime
) -> list[Outcome]:
    """One transaction: the outcomes that hold once it has committed."""
    known = benefits.find_gives(conn, [(one.source, one.external_id) for one in items])
    people = customers.find_known(conn, [one.customer_id for one in items])
    standing = customers.survivors_of(conn, people)
    asked = items
    items = [msgspec.structs.replace(one, customer_id=standing.get(one.customer_id, one.customer_id)) for one in asked]
    people |= set(standing.values())
    zone = settings_at(conn, context, now).zone
    occasions: dict[UUID, list[Occasion]] = {}
    for one in items:
        occasions.setdefault(one.customer_id, []).append(_occasion(one, zone, now))
    world = _look(conn, benefits.load_version_at(conn, now), occasions, zone, now)
    outcomes: list[Outcome] = []
    fresh: list[GivenBenefit] = []
    for one, as_asked in zip(items, asked, strict=True):
        held = known.get((one.source, one.external_id))
        try:
            if held is not None:
                outcomes.append(_again(context, (one, as_asked), held))
                continue
            if one.customer_id not in people:
                raise NotFound("There is no such customer.", field="customer_id")
            given = _decide(conn, context, one, world, actor)
        except Refusal as refusal:
            outcomes.append(refusal)
        else:
            outcomes.append(given)
            fresh.append(given)
    _write(conn, context, fresh, actor, now)
    return outcomes


def _occasion(one: GiveOrder, zone: str, now: datetime) -> Occasion:
    return Occasion(now, zone, one.store, one.channel, None, one.sku or None)


def _look(
    conn: Connection,
    version: BenefitVersion | None,
    occasions: dict[UUID, list[Occasion]],
    zone: str,
    now: datetime,
) -> _World:
    people = list(occasions)
    if version is None:
        return _World(None, {}, {}, {}, zone, now)
    grants = benefits.load_grants(conn, people)
    slots = {
        slot
        for one in people
        for occasion in occasions[one]
        for slot in benefits.slots_of(version.settings.benefits, grants.get(one, []), occasion)
    }
    return _World(
        version, load_standings(conn, people, now), grants, benefits.load_used(conn, people, slots), zone, now
    )


def _again(context: PurchaseContext, bodies: tuple[GiveOrder, ...], held: Give) -> GivenBenefit:
    """The first answer, where the body is the same: as it was sent, or for whoever the customer is by now."""
    if held.fingerprint not in [_fingerprint(context, one) for one in bodies]:
        raise IdempotencyConflict(
            "This source and external_id belong to another mark.",
            field="external_id",
            remedy="Send a new one under a new external_id; a repeat must be the same as the first.",
        )
    return GivenBenefit(give=held, replayed=True, left=held.times - held.number)


def _fingerprint(context: PurchaseContext, one: GiveOrder) -> bytes:
    return context.keyring.digest(_encode(one))


def _decide(conn: Connection, context: PurchaseContext, one: GiveOrder, world: _World, actor: str) -> GivenBenefit:
    version = world.version
    benefit = _find(version, one.benefit)
    if version is None or benefit is None:
        raise UnknownBenefit("There is no such benefit in force.", field="benefit", remedy="List the customer's.")
    standing = world.standings.get(one.customer_id, NO_LADDER)
    grants = world.grants.get(one.customer_id, [])
    used = world.used.setdefault(one.customer_id, {})
    found = benefits.assess(benefit, standing, _occasion(one, world.zone, world.now), used, grants)
    if found.state is BenefitState.USED_UP:
        raise _given_before(conn, one, found.slot, world.zone)
    if not found.is_due or found.slot is None or found.number is None or found.left is None:
        raise BenefitNotDue(
            benefits.explain(found, standing, world.zone, "en")
            if found.state is not BenefitState.AVAILABLE
            else "It holds by itself; there is nothing to hand over.",
            field="benefit",
            state=found.state.value,
            reason=benefits.explain(found, standing, world.zone, "ja"),
        )
    tier = standing.tier
    give = Give(
        new_id(),
        one.source,
        one.external_id,
        one.customer_id,
        one.benefit,
        found.slot,
        found.number,
        1 if benefit.limit is None else benefit.limit.times,
        version.version,
        "" if tier is None else tier.code,
        one.store,
        one.channel,
        one.terminal,
        actor,
        world.now,
        _fingerprint(context, one),
    )
    used.setdefault((one.benefit, found.slot), []).append(found.number)
    return GivenBenefit(give=give, replayed=False, left=found.left - 1)


def _find(version: BenefitVersion | None, code: str) -> Benefit | None:
    return next((one for one in version.settings.benefits if one.code == code), None) if version else None


def _given_before(conn: Connection, one: GiveOrder, slot: str | None, zone: str) -> BenefitAlreadyGiven:
    """When and where it was given last, so that two tablets do not have to guess who was first."""
    last = benefits.find_last_give(conn, one.customer_id, one.benefit, slot)
    if last is None:
        return BenefitAlreadyGiven("It was given as often as it may be.", field="benefit")
    on = benefits.day_of(last.given_at, zone)
    return BenefitAlreadyGiven(
        f"It was given as often as it may be, last on {on} at {last.store}.",
        field="benefit",
        given_at=last.given_at.isoformat(),
        store=last.store,
        give_id=str(last.give_id),
    )


def _write(
    conn: Connection, context: PurchaseContext, fresh: Sequence[GivenBenefit], actor: str, now: datetime
) -> None:
    """Everything a batch leaves behind; the audit comes last, because its writers wait for each other."""
    if not fresh:
        return
    context.know_stores(conn, {one.give.store for one in fresh})
    for one in sorted(fresh, key=lambda item: (item.give.customer_id.bytes, item.give.benefit)):
        benefits.write_give(conn, one.give)
    insert_events(conn, BENEFIT_GIVEN, [one.give.give_id for one in fresh], now)
    for one in fresh:
        give = one.give
        audit.record_event(
            conn,
            actor=actor,
            action="benefit.given",
            target=f"customer:{give.customer_id}",
            detail={"benefit": give.benefit, "give_id": str(give.give_id), "store": give.store, "number": give.number},
            at=now,
        )
