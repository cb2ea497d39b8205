"""Families: whose points may be pooled with whom. A family is its head and whoever may move points to them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from psycopg import Connection

from enishi.kit.errors import Conflict
from enishi.ledger import family_queries as queries


class FamilyConflict(Conflict):
    """Somebody is in another family already. Nothing was changed."""

    code = "family-conflict"
    title = "In another family"


def find_heads(conn: Connection, customer_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """The head of each member's family; heads and those without a family are absent."""
    return queries.select_heads(conn, customer_ids) if customer_ids else {}


def list_family(conn: Connection, head_id: UUID) -> list[UUID]:
    """The members of a family besides its head, in the order in which they joined."""
    return queries.select_members(conn, head_id)


def put_family(
    conn: Connection, head_id: UUID, members: Sequence[UUID], now: datetime
) -> tuple[list[UUID], list[UUID]]:
    """Make these the members of a family, in the caller's transaction; returns who joined and who left.

    The accounts of all concerned must be locked, so that nobody joins two families at once. Refuses
    ``FamilyConflict``, before anything is written.
    """
    wanted = list(dict.fromkeys(members))
    if head_id in wanted:
        raise FamilyConflict("The head is not a member besides.", field="members", remedy="Leave the head out.")
    heads = queries.select_heads(conn, [head_id, *wanted])
    elsewhere = [one for one, head in heads.items() if head != head_id]
    leading = [one for one in queries.select_leading(conn, wanted) if one != head_id]
    if elsewhere or leading:
        raise FamilyConflict(
            f"{len({*elsewhere, *leading})} of them are in another family.",
            field="members",
            remedy="Let them leave that family first.",
        )
    present = queries.select_members(conn, head_id)
    joining = [one for one in wanted if one not in present]
    leaving = [one for one in present if one not in wanted]
    if leaving:
        queries.delete_members(conn, leaving)
    if joining:
        queries.insert_members(conn, head_id, joining, now)
    return joining, leaving
