"""Undoing a merge: each of the two gets back exactly what came through its own identifiers.

What happened since is told again on the two accounts as they stood at the merge, each entry on its side: that of the
receipt it belongs to, and a receipt is of the side of its strongest identifier. What names neither side, such as an
adjustment by hand, is the survivor's. The journal is only added to: one pair of entries brings the account that is
there to what the two would be without the merge.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from msgspec import Struct
from psycopg import Connection

from enishi import access, benefits, campaigns, customers, ledger, program, purchases, referrals, reservations
from enishi.customers import MergeAction, StoredMerge
from enishi.flows.adjusted_points import settings_at
from enishi.flows.award_bases import decode_basis
from enishi.flows.bases import HoldBasis, MergeBasis, ReinstatementBasis
from enishi.flows.context import PurchaseContext
from enishi.flows.entry_sentences import basis_of
from enishi.flows.merge_customers import (
    MergeRequest,
    check_reason,
    find_answer,
    record_both,
    refuse,
    rehearse,
    require_quiet,
    settle_one,
    side_answer,
)
from enishi.flows.merge_model import CUSTOMER_PARTED, MergedCustomers, Moved, PartOrder, decode_moved, encode
from enishi.flows.merged_ranks import part_ranks
from enishi.flows.winding_down import ending_of
from enishi.kit import clock
from enishi.kit.ids import new_id
from enishi.kit.outbox import insert_events
from enishi.ledger import Account, Entry, EntryType, Happened, Lot, Lots, Occasion, Parted
from enishi.program import ExtendedByActivity, ProgramVersion

_LATE = timedelta(days=1)
"""A receipt may bear a time of recording a little before that of the merge which it came after."""
_decode_lots = msgspec.json.Decoder(Lots).decode


class Sides(Struct, frozen=True):
    """What is of the absorbed side: receipts, and identifiers."""

    facts: frozenset[UUID]
    identifiers: frozenset[bytes]


def unmerge_customers(
    conn: Connection,
    context: PurchaseContext,
    order: PartOrder,
    *,
    actor: str,
    request_key: str | None = None,
    now: datetime | None = None,
) -> MergedCustomers:
    """Undo a merge; commits itself. A repeat of ``request_key`` gives the first answer.

    Refusals, which change nothing: ``NotFound``, ``InvalidRequest``, ``MergeRefused``, ``AccountFrozen``,
    ``IdempotencyConflict``.
    """
    request = MergeRequest(actor, request_key, clock.now() if now is None else now)
    check_reason(order.reason)
    return settle_one(conn, lambda held: _part(held, context, order, request))


def preview_unmerge(
    conn: Connection, context: PurchaseContext, order: PartOrder, now: datetime | None = None
) -> MergedCustomers:
    """What an undo would give each side, worked out by the code that does it and rolled back."""
    request = MergeRequest("preview", None, clock.now() if now is None else now)
    return rehearse(conn, lambda held: _part(held, context, order, request))


def _part(conn: Connection, context: PurchaseContext, order: PartOrder, request: MergeRequest) -> MergedCustomers:
    fingerprint = context.keyring.digest(encode(("undo", order)))
    known = find_answer(conn, request, fingerprint)
    if known is not None:
        return known
    merge, wrapped_key = _require_merged(conn, order.absorbed_id)
    survivor_id, absorbed_id = merge.survivor_id, merge.absorbed_id
    pair = (survivor_id, absorbed_id)
    ending = ending_of(settings_at(conn, context, request.now))
    ledger.hold_accounts(conn, sorted(pair))
    # Read behind the locks: of two undos at once the later finds nothing to undo.
    merge, wrapped_key = _require_merged(conn, absorbed_id)
    keys = customers.require_standing(conn, [survivor_id], locked=True)
    accounts = ledger.load_accounts(conn, list(pair), ending)
    survivor, absorbed = accounts[survivor_id], accounts[absorbed_id]
    require_quiet(conn, [survivor], parting=True)
    moved = decode_moved(merge.moved)
    sides = _find_sides(conn, merge, moved)
    happened = _happened(conn, context.versions(conn), merge, moved, sides)
    parted = ledger.tell_again(
        moved.survivor.as_account(survivor_id, ending), moved.absorbed.as_account(absorbed_id, ending), happened
    )
    before = survivor.balance, absorbed.balance
    undo_id = new_id()
    basis = _basis(undo_id, absorbed_id, moved, happened)
    _move_points(conn, accounts, parted, basis, pair, request)
    purchases.hand_over_facts(conn, undo_id, sorted(sides.facts), absorbed_id)
    purchases.keep_returns_home(conn, absorbed_id, sorted(sides.facts))
    ledger.hand_over_pending(conn, sorted(sides.facts), absorbed_id)
    identifiers = customers.hand_over(
        conn, context.keyring, (survivor_id, keys[survivor_id]), (absorbed_id, wrapped_key), sides.identifiers
    )
    rank = part_ranks(
        conn, context, accounts, moved, pair, actor=request.actor, reason=order.reason.strip(), now=request.now
    )
    bookings = _move_the_rest(conn, merge, moved, sides, request)
    pending = sum(row.left for row in ledger.pending_of_customers(conn, [absorbed_id]).get(absorbed_id, ()))
    answer = MergedCustomers(
        merge_id=undo_id,
        action=MergeAction.UNDO,
        replayed=False,
        survivor=side_answer(survivor, before[0], *rank.survivor_tiers),
        absorbed=side_answer(absorbed, before[1], *rank.absorbed_tiers),
        points=absorbed.balance,
        moved=moved.absorbed.balance,
        gained=basis.gained,
        took=basis.took,
        identifiers=len(identifiers),
        receipts=len(sides.facts),
        pending=pending,
        bookings=bookings,
        recorded_at=request.now,
    )
    _record(conn, merge, order, request, fingerprint, answer)
    return answer


def _record(  # noqa: PLR0917 - what is recorded
    conn: Connection,
    merge: StoredMerge,
    order: PartOrder,
    request: MergeRequest,
    fingerprint: bytes,
    answer: MergedCustomers,
) -> None:
    """The undo itself, the events that follow from it, and the audit."""
    record = StoredMerge(
        merge_id=answer.merge_id,
        action=MergeAction.UNDO,
        undoes=merge.merge_id,
        survivor_id=merge.survivor_id,
        absorbed_id=merge.absorbed_id,
        reason=order.reason.strip(),
        actor=request.actor,
        request_key=request.request_key,
        fingerprint=fingerprint,
        moved=b"{}",
        answer=encode(answer),
        recorded_at=request.now,
    )
    customers.write_merge(conn, record, merged_into=None)
    insert_events(conn, CUSTOMER_PARTED, [merge.survivor_id, merge.absorbed_id], request.now)
    record_both(conn, record, CUSTOMER_PARTED, {"points": answer.points, "receipts": answer.receipts})


def _basis(undo_id: UUID, absorbed_id: UUID, moved: Moved, happened: Sequence[Happened]) -> MergeBasis:
    """What the absorbed side's points come from: the merge, and what its identifiers gained and took since."""
    gained = sum(one.points for one in happened if one.absorbed and one.points > 0)
    took = -sum(one.points for one in happened if one.absorbed and one.points < 0)
    return MergeBasis(undo_id, absorbed_id, undone=True, moved=moved.absorbed.balance, gained=gained, took=took)


def _require_merged(conn: Connection, absorbed_id: UUID) -> tuple[StoredMerge, bytes]:
    """The merge that stands, and the absorbed customer's wrapped key. Raises ``NotFound`` and ``MergeRefused``."""
    wrapped_key = customers.require_person(conn, absorbed_id)
    merge = customers.select_standing_merge(conn, absorbed_id)
    if merge is None:
        raise refuse(
            "not-merged", "This customer is not merged into another.", "Name the customer who was merged into another."
        )
    if customers.survivor_of(conn, merge.survivor_id) != merge.survivor_id:
        raise refuse(
            "survivor-merged",
            "The customer who went on has been merged into another since.",
            "Undo that merge first: merges are undone in the opposite order.",
        )
    return merge, wrapped_key


def _find_sides(conn: Connection, merge: StoredMerge, moved: Moved) -> Sides:
    came = frozenset(bytes.fromhex(one) for one in moved.identifiers)
    facts = frozenset(purchases.select_moved(conn, merge.merge_id))
    shown = [
        one
        for one in purchases.select_shown_since(conn, merge.survivor_id, merge.recorded_at - _LATE)
        if one[0] not in facts
    ]
    held = customers.select_all_identifiers(conn, merge.survivor_id)
    identifiers, of_absorbed = customers.sides_of(held, came, merge.recorded_at, [lookups for _, lookups in shown])
    since = frozenset(fact for (fact, _), theirs in zip(shown, of_absorbed, strict=True) if theirs)
    return Sides(facts | since, identifiers)


def _happened(
    conn: Connection, versions: Sequence[ProgramVersion], merge: StoredMerge, moved: Moved, sides: Sides
) -> list[Happened]:
    """Every entry of the survivor since the merge, with the side it is of and what telling it again needs."""
    survivor_id, absorbed_id = merge.survivor_id, merge.absorbed_id
    entries = ledger.select_entries_since(conn, survivor_id, moved.seq)
    confirmed = ledger.select_purchases_confirmed_at(conn, survivor_id, moved.seq)
    bases = {entry.seq: basis_of(entry) for entry in entries}
    holds = ledger.load_holds(conn, [one.hold_id for one in bases.values() if isinstance(one, HoldBasis)])
    again = [one for one in bases.values() if isinstance(one, ReinstatementBasis)]
    returned = purchases.select_receipts_of_returns(conn, [one.operation_id for one in again])
    taken_back = {e.purchase_id for e in entries if e.type is EntryType.TAKE_BACK and e.purchase_id is not None}
    own = _earned_lots(conn, [survivor_id, absorbed_id], taken_back)
    zone = program.default_settings().zone_info if not versions else versions[-1].settings.zone_info
    related = {str(one) for one in (absorbed_id, *customers.select_absorbed(conn, absorbed_id))}
    happened: list[Happened] = []
    for entry in entries:
        basis = bases[entry.seq]
        receipt = entry.purchase_id or confirmed.get(entry.seq)
        link, lots, of_related = entry.purchase_id, (), False
        if isinstance(basis, HoldBasis):
            hold = holds.get(basis.hold_id)
            receipt = receipt or (None if hold is None else hold.purchase_id)
            link = basis.hold_id if entry.type in {EntryType.HOLD, EntryType.RELEASE} else receipt
        elif isinstance(basis, ReinstatementBasis):
            receipt = returned.get(basis.operation_id, basis.operation_id)
            of_related = receipt not in sides.facts and basis.entry_id[:36] in related and basis.operation_id == receipt
            lots = basis.lots if entry.moves == () else ()
        happened.append(
            Happened(
                entry_type=entry.type,
                points=entry.points,
                moves=entry.moves,
                on=program.day_in_zone(entry.occurred_at, zone),
                absorbed=receipt in sides.facts or of_related,
                own=own.get(entry.purchase_id, ()) if entry.purchase_id is not None else (),
                link=link,
                lots=lots,
                extends=_extends(entry, versions),
            )
        )
    return happened


def _earned_lots(conn: Connection, customer_ids: Sequence[UUID], purchase_ids: set[UUID]) -> Mapping[UUID, Lots]:
    """The lots that each of these receipts had earned into."""
    related = customers.select_related(conn, customer_ids) if purchase_ids else []
    found: dict[UUID, list[Lot]] = {}
    for purchase_id, text in ledger.select_earned_lots(conn, related, sorted(purchase_ids)) if purchase_ids else ():
        found.setdefault(purchase_id, []).extend(lot for lot in _decode_lots(text) if lot.points > 0)
    return {purchase_id: tuple(lots) for purchase_id, lots in found.items()}


def _extends(entry: Entry, versions: Sequence[ProgramVersion]) -> bool:
    """Whether an earning moved the last day of all regular points there were."""
    if entry.type is not EntryType.EARN or entry.basis is None or not entry.moves:
        return False
    number = decode_basis(entry.basis).version
    version = next((one for one in versions if one.version == number), None)
    regular = entry.moves[-1].kind is ledger.Kind.REGULAR
    return version is not None and regular and isinstance(version.settings.expiry, ExtendedByActivity)


def _move_points(  # noqa: PLR0917 - both sides, and when and why
    conn: Connection,
    accounts: Mapping[UUID, Account],
    parted: Parted,
    basis: MergeBasis,
    pair: tuple[UUID, UUID],
    request: MergeRequest,
) -> None:
    survivor_id, absorbed_id = pair
    gone = Occasion("", request.now, None, encode(basis))
    come = Occasion("", request.now, None, encode(msgspec.structs.replace(basis, other=survivor_id)))
    survivor, absorbed = accounts[survivor_id], accounts[absorbed_id]
    postings = [one for one in ledger.part(survivor, parted, absorbed, gone, come) if one is not None]
    ledger.set_merged_into(conn, absorbed_id, None)
    ledger.write_postings(conn, [survivor, absorbed], postings, request.now)


def _move_the_rest(conn: Connection, merge: StoredMerge, moved: Moved, sides: Sides, request: MergeRequest) -> int:
    """What other domains keep: back to the absorbed side as far as it came from there. Returns the bookings."""
    survivor_id, absorbed_id = merge.survivor_id, merge.absorbed_id
    campaigns.part_usage(conn, survivor_id, absorbed_id, merge.recorded_at, sorted(sides.facts), request.now)
    benefits.count_alone(conn, absorbed_id, customers.select_absorbed(conn, absorbed_id))
    bookings = reservations.hand_over_bookings(conn, survivor_id, absorbed_id, moved.bookings)
    reservations.hand_over_waits(conn, survivor_id, absorbed_id, moved.waits)
    referrals.hand_over_open(conn, survivor_id, absorbed_id, moved.referrals)
    campaigns.remove_segments(conn, survivor_id, moved.segments)
    access.end_log_ins(conn, [survivor_id])
    return len(bookings)
