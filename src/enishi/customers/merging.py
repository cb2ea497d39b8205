"""Identifiers that go from one customer to another and back, and the chain along which an absorbed ID leads on.

Invariants: an ID never changes under its owner; whoever is absorbed leads to exactly one other, and never round to
themselves, because only who stands for themselves can absorb or be absorbed, behind the locks of both.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from psycopg import Connection

from enishi.customers import merge_queries as queries
from enishi.customers.merge_model import MergeRefused, MovedIdentifier, StoredMerge
from enishi.kit.errors import NotFound
from enishi.kit.identifiers import IdentifierKind
from enishi.kit.vault import DataKey, Keyring

_STRENGTH = {kind.value: position for position, kind in enumerate(IdentifierKind)}


def survivors_of(conn: Connection, customer_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Who goes on in the place of each of these customers: themselves, unless they were absorbed."""
    absorbed = queries.select_survivors(conn, list(customer_ids)) if customer_ids else {}
    return {one: absorbed.get(one, one) for one in customer_ids}


def survivor_of(conn: Connection, customer_id: UUID) -> UUID:
    """Who goes on in a customer's place: the customer, unless absorbed."""
    return survivors_of(conn, [customer_id])[customer_id]


def require_standing(conn: Connection, customer_ids: Collection[UUID], *, locked: bool) -> dict[UUID, bytes]:
    """The wrapped keys of customers who stand for themselves. Raises ``NotFound`` and ``MergeRefused``.

    ``locked`` keeps them so until the transaction ends.
    """
    find = queries.lock_customers if locked else queries.select_merged_into
    found = find(conn, list(customer_ids))
    keys: dict[UUID, bytes] = {}
    for one in customer_ids:
        wrapped_key, merged_into = found.get(one, (None, None))
        if wrapped_key is None:
            raise NotFound("There is no such customer, or the person was erased.", field="customer_id")
        if merged_into is not None:
            raise MergeRefused(
                "One of the two has been merged into another customer already.",
                field="customer_id",
                remedy="Use the customer who goes on, or undo that merge first.",
                reason="already-merged",
                customer_id=str(one),
                merged_into=str(merged_into),
            )
        keys[one] = wrapped_key
    return keys


def require_person(conn: Connection, customer_id: UUID) -> bytes:
    """The wrapped key of a customer, merged or not. Raises ``NotFound``, also for someone erased."""
    wrapped_key, _ = queries.select_merged_into(conn, [customer_id]).get(customer_id, (None, None))
    if wrapped_key is None:
        raise NotFound("There is no such customer, or the person was erased.", field="customer_id")
    return wrapped_key


def hand_over(
    conn: Connection,
    keyring: Keyring,
    giver: tuple[UUID, bytes],
    taker: tuple[UUID, bytes],
    lookups: Collection[bytes] | None = None,
) -> list[bytes]:
    """Give identifiers (None: all) of one customer to another, sealed anew; returns their blind indexes.

    Both are locked. Limits on gathering don't count: nobody shows these at a till to gather them.
    """
    (giver_id, giver_key), (taker_id, taker_key) = giver, taker
    held = [one for one in queries.select_all_identifiers(conn, giver_id) if lookups is None or one.lookup in lookups]
    if not held:
        return []
    opened, closing = keyring.open_data_key(giver_key, giver_id), keyring.open_data_key(taker_key, taker_id)
    queries.update_holders(
        conn,
        taker_id,
        [one.lookup for one in held],
        [_seal_anew(one, opened, closing) for one in held],
        [_first_holder(one, taker_id) for one in held],
    )
    return [one.lookup for one in held]


def _seal_anew(one: MovedIdentifier, opened: DataKey, closing: DataKey) -> bytes:
    return closing.encrypt(opened.decrypt(one.sealed, one.kind), one.kind)


def _first_holder(one: MovedIdentifier, taker_id: UUID) -> UUID | None:
    first = one.merged_from or one.customer_id
    return None if first == taker_id else first


def sides_of(
    held: Sequence[MovedIdentifier], came: Collection[bytes], since: datetime, shown: Iterable[tuple[bytes, ...]]
) -> tuple[frozenset[bytes], list[bool]]:
    """Which identifiers are of the absorbed side, and which receipts are, in order. Pure.

    ``held`` is all that the survivor holds now, ``came`` what came with the merge at ``since``. A receipt is of the
    side of its strongest identifier, as it would have been booked without the merge. What was first shown since is of
    the side of the receipt that brought it; a card that was issued in another's place, of that one's side.
    """
    kinds = {one.lookup: one.kind for one in held}
    sides: dict[bytes, bool] = {one.lookup: False for one in held if one.linked_at < since}
    sides |= dict.fromkeys(came, True)
    for one in sorted(held, key=lambda each: each.linked_at):
        if one.lookup not in sides and one.replaces is not None:
            sides[one.lookup] = sides.get(one.replaces, False)
    found: list[bool] = []
    for lookups in shown:
        known = [lookup for lookup in lookups if lookup in sides and lookup in kinds]
        strongest = min(known, key=lambda lookup: _STRENGTH.get(kinds[lookup], len(_STRENGTH)), default=None)
        side = strongest is not None and sides[strongest]
        found.append(side)
        sides |= {lookup: side for lookup in lookups if lookup in kinds and lookup not in sides}
    return frozenset(lookup for lookup, side in sides.items() if side and lookup in kinds), found


def write_merge(conn: Connection, one: StoredMerge, *, merged_into: UUID | None) -> None:
    """Record a merge or an undo, and where the absorbed ID leads from now on."""
    queries.update_merged_into(conn, one.absorbed_id, merged_into)
    queries.insert_merge(conn, one)
