"""Merging two customers on a customer's page, and undoing it: previewed by the code that does it, and for a reason."""

from collections.abc import Iterable
from typing import Annotated, Literal, cast
from uuid import UUID

from fastapi import APIRouter
from psycopg import Connection
from pydantic import AwareDatetime, Field

from enishi import customers, flows, ranks
from enishi.access import Permission
from enishi.customers import MergeLine
from enishi.flows import MAX_MERGE_REASON, MergedCustomers, MergeOrder, PartOrder, SideAnswer
from enishi.kit.errors import NotFound
from enishi.web.authority import names_of_actors, names_of_customers
from enishi.web.declare import Caller, Conn, Language, Resources, Use, requires
from enishi.web.masking import mask_identifier
from enishi.web.shapes import Body, Expiring, IdentifierShown, NamedCustomer, PointKind, Shape

router = APIRouter(prefix="/api/console/customers/{customer_id}", tags=["console"])

Merging = Annotated[Caller, requires(Permission.CUSTOMERS_MERGE)]
Reason = Annotated[str, Field(min_length=1, max_length=MAX_MERGE_REASON)]
_SHOWN = 20
_UNTOLD = "preview"


class MergeLineShape(Shape):
    """A merge or an undo, with who did it and why. ``undone_at`` is there for a merge that was undone."""

    merge_id: UUID
    action: Literal["merge", "undo"]
    survivor: NamedCustomer
    absorbed: NamedCustomer
    reason: str
    by: str
    at: AwareDatetime
    undone_at: AwareDatetime | None


class ConflictShape(Shape):
    """Another customer who was shown on the same receipts: a hint that the two may be one, and no more."""

    other: NamedCustomer
    receipts: int
    latest_at: AwareDatetime


class MergesPage(Shape):
    """Into whom a customer was merged, who is part of them now, what was done, and with whom receipts were shared."""

    merged_into: NamedCustomer | None
    absorbed: list[MergeLineShape]
    history: list[MergeLineShape]
    conflicts: list[ConflictShape]


class MergeSideShape(Shape):
    """One of the two: identifiers as they are, points and rank before and after. ``balance`` below zero is owed."""

    customer: NamedCustomer
    joined_at: AwareDatetime
    identifiers: list[IdentifierShown]
    balance_before: int
    balance: int
    lots: list[Expiring]
    tier_before: str
    tier: str


class MergeEffect(Shape):
    """What a merge or an undo does, or would do; of an undo, what the absorbed side's points come from."""

    merge_id: UUID
    action: Literal["merge", "undo"]
    replayed: bool
    survivor: MergeSideShape
    absorbed: MergeSideShape
    points: int
    moved: int
    gained: int
    took: int
    receipts: int
    pending: int
    bookings: int


class MergeToPreview(Body):
    """Who the other is, and whether this customer or the other goes on."""

    other_id: UUID
    survivor: Literal["this", "other"] = "this"


class MergeToDo(MergeToPreview):
    """A merge. ``request_id`` is the page's own: a second click with it is answered like the first."""

    reason: Reason
    request_id: UUID


class UndoToPreview(Body):
    """Whose merge is undone."""

    absorbed_id: UUID


class UndoToDo(UndoToPreview):
    """An undo. ``request_id`` is the page's own: a second click with it is answered like the first."""

    reason: Reason
    request_id: UUID


@router.get("/merges")
def read_merges(
    customer_id: UUID, _caller: Annotated[Caller, requires(Permission.CUSTOMERS_READ)], conn: Conn, use: Use
) -> MergesPage:
    """Who was merged into this customer, and into whom this one was."""
    if not customers.find_known(conn, [customer_id]):
        raise NotFound("There is no such customer.", field="customer_id")
    standing = customers.survivor_of(conn, customer_id)
    lines = customers.list_merges(conn, [customer_id, *customers.select_absorbed(conn, customer_id)], _SHOWN)
    pairs = customers.select_conflict_pairs(conn, customer_id, _SHOWN) if standing == customer_id else []
    people = {standing, *(one.other_customer_id for one in pairs)}
    people |= {each for one in lines for each in (one.survivor_id, one.absorbed_id)}
    names = names_of_customers(conn, use, people)
    actors = names_of_actors(conn, [one.actor for one in lines])
    shown = [_line(one, names, actors) for one in lines]
    return MergesPage(
        merged_into=None if standing == customer_id else names[standing],
        absorbed=[
            one
            for one in shown
            if one.action == "merge" and one.undone_at is None and one.absorbed.customer_id != customer_id
        ],
        history=shown,
        conflicts=[
            ConflictShape(other=names[one.other_customer_id], receipts=one.receipts, latest_at=one.latest_at)
            for one in pairs
        ],
    )


@router.post("/merges:preview")
def preview_merge(
    customer_id: UUID, body: MergeToPreview, _caller: Merging, conn: Conn, use: Use, language: Language
) -> MergeEffect:
    """What a merge would do, by the code that does it; nothing is written."""
    return _effect(
        conn, use, flows.preview_merge(conn, use.context, _order(customer_id, body, _UNTOLD), use.clock()), language
    )


@router.post("/merges")
def merge(  # noqa: PLR0917 - what the framework hands in
    customer_id: UUID, body: MergeToDo, caller: Merging, conn: Conn, use: Use, language: Language
) -> MergeEffect:
    """Merge two customers into one."""
    done = flows.merge_customers(
        conn,
        use.context,
        _order(customer_id, body, body.reason),
        actor=caller.actor,
        request_key=f"console:{body.request_id}",
        now=use.clock(),
    )
    return _effect(conn, use, done, language)


@router.post("/merges:preview-undo")
def preview_undo(
    customer_id: UUID, body: UndoToPreview, _caller: Merging, conn: Conn, use: Use, language: Language
) -> MergeEffect:
    """What each side would get if a merge were undone, by the code that does it; nothing is written."""
    _require_part_of(conn, customer_id, body.absorbed_id)
    order = PartOrder(absorbed_id=body.absorbed_id, reason=_UNTOLD)
    return _effect(conn, use, flows.preview_unmerge(conn, use.context, order, use.clock()), language)


@router.post("/merges:undo")
def undo(  # noqa: PLR0917 - what the framework hands in
    customer_id: UUID, body: UndoToDo, caller: Merging, conn: Conn, use: Use, language: Language
) -> MergeEffect:
    """Undo a merge: each side gets back what came through its own identifiers."""
    key = f"console:{body.request_id}"
    if customers.find_merge(conn, key) is None:
        _require_part_of(conn, customer_id, body.absorbed_id)
    done = flows.unmerge_customers(
        conn,
        use.context,
        PartOrder(absorbed_id=body.absorbed_id, reason=body.reason),
        actor=caller.actor,
        request_key=key,
        now=use.clock(),
    )
    return _effect(conn, use, done, language)


def _require_part_of(conn: Connection, customer_id: UUID, absorbed_id: UUID) -> None:
    if absorbed_id not in {customer_id, *customers.select_absorbed(conn, customer_id)}:
        raise NotFound("This customer is not part of the one on the page.", field="absorbed_id")


def _order(customer_id: UUID, body: MergeToPreview, reason: str) -> MergeOrder:
    pair = (customer_id, body.other_id) if body.survivor == "this" else (body.other_id, customer_id)
    return MergeOrder(survivor_id=pair[0], absorbed_id=pair[1], reason=reason)


def _effect(conn: Connection, use: Resources, done: MergedCustomers, language: Language) -> MergeEffect:
    tiers = {
        one.code: one.name_ja if language == "ja" else one.name_en for one in ranks.current_tiers(conn, use.clock())
    }
    pair = [done.survivor, done.absorbed]
    survivor, absorbed = _sides(conn, use, pair, tiers)
    return MergeEffect(
        merge_id=done.merge_id,
        action=done.action.value,
        replayed=done.replayed,
        survivor=survivor,
        absorbed=absorbed,
        points=done.points,
        moved=done.moved,
        gained=done.gained,
        took=done.took,
        receipts=done.receipts,
        pending=done.pending,
        bookings=done.bookings,
    )


def _sides(
    conn: Connection, use: Resources, pair: Iterable[SideAnswer], tiers: dict[str, str]
) -> Iterable[MergeSideShape]:
    sides = list(pair)
    records = customers.load_customers(conn, use.context.keyring, [one.customer_id for one in sides])
    for one in sides:
        record = records[one.customer_id]
        yield MergeSideShape(
            customer=NamedCustomer(customer_id=one.customer_id, name=record.profile.name),
            joined_at=record.joined_at,
            identifiers=[
                IdentifierShown(
                    kind=held.kind.value, value=mask_identifier(held.kind.value, held.value), linked_at=held.linked_at
                )
                for held in record.identifiers
            ],
            balance_before=one.balance_before,
            balance=one.balance,
            lots=[
                Expiring(kind=cast("PointKind", lot.kind.label), points=lot.points, expires_on=lot.expires_on)
                for lot in one.lots
            ],
            tier_before=tiers.get(one.tier_before, one.tier_before),
            tier=tiers.get(one.tier, one.tier),
        )


def _line(one: MergeLine, names: dict[UUID, NamedCustomer], actors: dict[str, str]) -> MergeLineShape:
    return MergeLineShape(
        merge_id=one.merge_id,
        action=one.action.value,
        survivor=names[one.survivor_id],
        absorbed=names[one.absorbed_id],
        reason=one.reason,
        by=actors.get(one.actor, one.actor),
        at=one.recorded_at,
        undone_at=one.undone_at,
    )
