"""Who belongs to a family: its members may move their points to its head."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from psycopg import Connection

from enishi import audit, customers, ledger
from enishi.flows.settling import settle_batch
from enishi.kit import clock
from enishi.kit.errors import InvalidRequest, NotFound, Refusal

MAX_MEMBERS = 12
"""Members of one family besides its head."""


class Family(Struct, gc=False, frozen=True):
    """A family: its head, and the members who may move their points to the head."""

    head_id: UUID
    members: tuple[UUID, ...]


def read_family(conn: Connection, head_id: UUID) -> Family:
    """The family of a head; a customer who heads none has one without members."""
    return Family(head_id, tuple(ledger.list_family(conn, head_id)))


def set_family(
    conn: Connection, head_id: UUID, members: Sequence[UUID], actor: str, now: datetime | None = None
) -> Family:
    """Make these, and nobody else, the members of a family; commits itself. Again changes nothing.

    Refusals, which change nothing either: ``NotFound``, ``FamilyConflict``, ``InvalidRequest``.
    """
    at = clock.now() if now is None else now
    if len(members) > MAX_MEMBERS:
        raise InvalidRequest(
            f"A family has {MAX_MEMBERS} members at most.", field="members", remedy="Leave some of them out."
        )

    def run(held: Connection, heads: Sequence[UUID]) -> list[Family | Refusal]:
        try:
            return [_set(held, head, members, actor, at) for head in heads]
        except Refusal as refusal:
            return [refusal]

    (outcome,) = settle_batch(conn, [head_id], run)
    if isinstance(outcome, Refusal):
        raise outcome
    return outcome


def _set(conn: Connection, head_id: UUID, members: Sequence[UUID], actor: str, now: datetime) -> Family:
    standing = customers.survivors_of(conn, {head_id, *members})
    head_id, members = standing[head_id], [standing[one] for one in members]
    people = {head_id, *members}
    if len(customers.find_known(conn, list(people))) < len(people):
        raise NotFound("There is no such customer.", field="members")
    ledger.lock_accounts(conn, people)
    joined, left = ledger.put_family(conn, head_id, members, now)
    if joined or left:
        audit.record_event(
            conn,
            actor=actor,
            action="points.family_set",
            target=f"customer:{head_id}",
            detail={"joined": [str(one) for one in joined], "left": [str(one) for one in left]},
            at=now,
        )
    return read_family(conn, head_id)
