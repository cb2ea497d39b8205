"""What is answered to a purchase: the first time, and in the same words every time after."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

import msgspec
from psycopg import Connection

from enishi import ledger, purchases
from enishi.flows.award_bases import decode_basis, parts_of
from enishi.flows.model import (
    POINTS_PENDING,
    AwardLine,
    BalanceLine,
    ExpiringPoints,
    PendingLine,
    RecordedPurchase,
)
from enishi.flows.pending_awards import first_lines, zone_of
from enishi.flows.pricing import DecidedPurchase, PreparedPurchase, balance_line
from enishi.flows.purchase_world import PurchaseWorld
from enishi.kit.errors import Refusal
from enishi.ledger import EntryType
from enishi.program import ProgramVersion
from enishi.purchases import FirstAnswer, IdempotencyConflict, StoredPurchase
from enishi.ranks import LadderInForce, RankMoment, Snapshot

_decode_rank = msgspec.json.Decoder(Snapshot | None).decode
_encode = msgspec.json.Encoder().encode
_NO_RANK = msgspec.Raw(b"null")

Outcome = RecordedPurchase | Refusal


def first_answer(one: DecidedPurchase) -> FirstAnswer:
    """What of the answer is kept with the purchase, because the journal alone does not tell it."""
    balance = one.balance
    if balance is None:
        return FirstAnswer(0, 0, 0, notices=one.notices)
    lot = balance.next_expiry
    return FirstAnswer(
        balance.available,
        balance.regular,
        balance.limited,
        "" if lot is None else lot.kind.label,
        0 if lot is None else lot.points,
        "" if lot is None else lot.expires_on.isoformat(),
        one.notices,
        balance.owed,
        _NO_RANK if one.rank is None else msgspec.Raw(_encode(one.rank)),
    )


def rank_moment(one: DecidedPurchase, world: PurchaseWorld) -> RankMoment | None:
    """How the customer stands on the ladder once the purchase is made."""
    return None if one.rank is None or world.ranks is None else RankMoment(world.ranks.ladder, one.rank)


def answer(one: DecidedPurchase, world: PurchaseWorld) -> RecordedPurchase:
    """The first answer."""
    prepared = one.prepared
    return RecordedPurchase(
        purchase_id=prepared.purchase_id,
        replayed=False,
        customer_id=one.customer_id,
        occurred_at=prepared.purchase.occurred_at,
        recorded_at=world.now,
        total_yen=prepared.total_yen,
        points_earned=one.points_earned,
        points_used=prepared.purchase.points_to_use,
        awards=one.awards,
        balance=balance_line(one.balance),
        notices=one.notices,
        pending=pending_lines(one),
        standing=rank_moment(one, world),
    )


def pending_lines(one: DecidedPurchase) -> tuple[PendingLine, ...]:
    """What the purchase has earned for later, as it is answered."""
    return first_lines(one.pending, one.zone) if one.pending and one.zone else ()


def conflict(fields: list[str]) -> IdempotencyConflict:
    """The refusal of another body under a known key; ``fields`` are those that differ."""
    return IdempotencyConflict(
        "This source and external_id belong to a purchase that differs in: " + ", ".join(fields) + ".",
        field=fields[0] if fields else None,
        remedy="Send a new purchase under a new external_id; a repeat must be the same as the first.",
        fields=fields,
    )


def answer_again(
    conn: Connection,
    stored: Sequence[tuple[PreparedPurchase, StoredPurchase]],
    known_versions: Callable[[], Sequence[ProgramVersion]],
    known_ladders: Callable[[], Sequence[LadderInForce]],
) -> list[tuple[int, Outcome]]:
    """First answers for repeats, conflicts for other bodies under a known key."""
    repeats = [held for item, held in stored if item.fingerprint == held.fingerprint]
    entries = {
        (entry.customer_id, entry.seq): entry
        for entry in ledger.entries_at(conn, [key for held in repeats for key in held.entry_keys])
    }
    waiting = [held.purchase_id for held in repeats if POINTS_PENDING in held.answer.notices]
    pending = ledger.pending_of_purchases(conn, waiting)
    ladders = {one.version.version: one for one in known_ladders()}
    outcomes: list[tuple[int, Outcome]] = []
    for item, held in stored:
        if item.fingerprint != held.fingerprint:
            # Whether a terminal was offline and which hold paid is in the fingerprint and in no column.
            fields = purchases.differing_fields(item.purchase, item.lookups, held) or ["offline", "hold_id"]
            outcomes.append((item.position, conflict(fields)))
        else:
            own = [entries[key] for key in held.entry_keys]
            earned = [one for one in own if one.type is EntryType.EARN]
            rows = pending.get(held.purchase_id)
            lines = first_lines(rows, zone_of(rows[0], known_versions())) if rows else ()
            outcomes.append((item.position, _first_time(held, earned, lines, _first_rank(held.answer, ladders))))
    return outcomes


def _first_rank(answer: FirstAnswer, ladders: Mapping[int, LadderInForce]) -> RankMoment | None:
    snapshot = _decode_rank(answer.rank)
    return None if snapshot is None else RankMoment(ladders[snapshot.version], snapshot)


def _first_time(
    held: StoredPurchase,
    earned: Sequence[ledger.Entry],
    pending: tuple[PendingLine, ...],
    standing: RankMoment | None,
) -> RecordedPurchase:
    return RecordedPurchase(
        purchase_id=held.purchase_id,
        replayed=True,
        customer_id=held.customer_id,
        occurred_at=held.occurred_at,
        recorded_at=held.recorded_at,
        total_yen=held.total_yen,
        points_earned=held.points_earned,
        points_used=held.points_to_use,
        awards=tuple(
            AwardLine(
                entry.entry_id,
                entry.moves[-1].kind.label,
                entry.points,
                entry.moves[-1].expires_on,
                *parts_of(decode_basis(entry.basis or b"")),
            )
            for entry in earned
        ),
        balance=None if held.customer_id is None else _first_balance(held.answer),
        notices=held.answer.notices,
        pending=pending,
        standing=standing,
    )


def _first_balance(answer: FirstAnswer) -> BalanceLine:
    expiring = None
    if answer.next_kind:
        expiring = ExpiringPoints(answer.next_kind, answer.next_points, date.fromisoformat(answer.next_expires_on))
    return BalanceLine(answer.available, answer.regular, answer.limited, expiring, answer.owed)
