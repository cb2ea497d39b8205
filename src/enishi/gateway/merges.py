"""Merging two customers, and undoing it, over HTTP: paths, handlers, and their examples."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final, Literal, cast
from uuid import UUID

from msgspec import Meta, Struct

from enishi import flows
from enishi.access import ApiScope
from enishi.customers import MergeRefused
from enishi.flows import MAX_MERGE_REASON, MergedCustomers, MergeOrder, PartOrder, SideAnswer, UnprocessableOperation
from enishi.gateway.bodies import BodyDecoder
from enishi.gateway.customers import customer_id_of
from enishi.gateway.http import Request, Response, answer
from enishi.gateway.keyed import read_idempotency_key
from enishi.gateway.model import LotAnswer, PointKind
from enishi.gateway.parameters import CUSTOMER_ID, MERGE_REQUEST_KEY
from enishi.gateway.route import Route, Success
from enishi.gateway.services import Services
from enishi.kit.errors import InvalidRequest, NotFound
from enishi.ledger import AccountFrozen
from enishi.purchases import IdempotencyConflict

_CREATED: Final = 201
_REPEATED: Final = 200
Reason = Annotated[str, Meta(min_length=1, max_length=MAX_MERGE_REASON)]


class MergeBody(Struct, frozen=True, forbid_unknown_fields=True):
    """Who is absorbed by the customer of the path, and why. ``preview`` only says what it would do."""

    absorbed_id: UUID
    reason: Reason
    preview: bool = False


class UnmergeBody(Struct, frozen=True, forbid_unknown_fields=True):
    """Why the merge of the customer of the path is undone. ``preview`` only says what it would do."""

    reason: Reason
    preview: bool = False


class MergeSideAnswer(Struct, frozen=True):
    """One of the two: points, lots and rank afterwards, and what points and rank were before."""

    customer_id: UUID
    balance_before: int
    balance: int
    owed: int
    lots: list[LotAnswer]
    tier_before: str
    tier: str


class MergeAnswer(Struct, frozen=True):
    """A merge, or its undoing. ``replayed``: it had been done before, and nothing changed."""

    merge_id: UUID
    action: Literal["merge", "undo"]
    replayed: bool
    preview: bool
    survivor: MergeSideAnswer
    absorbed: MergeSideAnswer
    points: int
    moved: int
    gained: int
    took: int
    identifiers: int
    receipts: int
    pending: int
    bookings: int
    recorded_at: datetime


_merge_body: Final = BodyDecoder(MergeBody)
_unmerge_body: Final = BodyDecoder(UnmergeBody)


async def merge_customers(services: Services, request: Request) -> Response:
    """Merge one customer into another: 201, and 200 for a preview or a repeat."""
    survivor_id = customer_id_of(request)
    body = _merge_body.decode(await request.read_json())
    order = MergeOrder(survivor_id=survivor_id, absorbed_id=body.absorbed_id, reason=body.reason)
    actor, key = _actor(request), _request_key(services, request)
    done = await services.lanes.run_bulk(
        lambda conn: (
            flows.preview_merge(conn, services.context, order)
            if body.preview
            else flows.merge_customers(conn, services.context, order, actor=actor, request_key=key)
        )
    )
    return _merge_answer(done, preview=body.preview)


async def unmerge_customer(services: Services, request: Request) -> Response:
    """Undo the merge by which a customer is part of another: 201, and 200 for a preview or a repeat."""
    absorbed_id = customer_id_of(request)
    body = _unmerge_body.decode(await request.read_json())
    order = PartOrder(absorbed_id=absorbed_id, reason=body.reason)
    actor, key = _actor(request), _request_key(services, request)
    done = await services.lanes.run_bulk(
        lambda conn: (
            flows.preview_unmerge(conn, services.context, order)
            if body.preview
            else flows.unmerge_customers(conn, services.context, order, actor=actor, request_key=key)
        )
    )
    return _merge_answer(done, preview=body.preview)


def _actor(request: Request) -> str:
    return f"key:{request.key.key_id}" if request.key else ""


def _request_key(services: Services, request: Request) -> str | None:
    """What the caller named the request: two callers who choose the same name are kept apart."""
    key = read_idempotency_key(request.headers.get("idempotency-key"))
    if key is None:
        return None
    return services.context.keyring.digest(f"{_actor(request)}\x1f{key}".encode()).hex()


def _merge_answer(done: MergedCustomers, *, preview: bool) -> Response:
    return answer(
        _REPEATED if preview or done.replayed else _CREATED,
        MergeAnswer(
            done.merge_id,
            done.action.value,
            done.replayed,
            preview,
            _side(done.survivor),
            _side(done.absorbed),
            done.points,
            done.moved,
            done.gained,
            done.took,
            done.identifiers,
            done.receipts,
            done.pending,
            done.bookings,
            done.recorded_at,
        ),
    )


def _side(one: SideAnswer) -> MergeSideAnswer:
    lots = [LotAnswer(cast("PointKind", lot.kind.label), lot.points, lot.expires_on) for lot in one.lots]
    return MergeSideAnswer(one.customer_id, one.balance_before, one.balance, one.owed, lots, one.tier_before, one.tier)


MERGE_ROUTES: Final = (
    Route(
        method="POST",
        path="/v1/customers/{customer_id}/merges",
        handler=merge_customers,
        tag="Customers",
        summary="Merge another customer into this one",
        description=(
            "For two records of one person. The customer of the path goes on, with the points, identifiers, receipts "
            "and ranks of both; the other's ID stays and leads here. Name it by `Idempotency-Key`, so that sending it "
            "again gives the same answer. With `preview` nothing is written. It can be undone at any time."
        ),
        scope=ApiScope.CUSTOMERS_MERGE,
        body=MergeBody,
        parameters=(CUSTOMER_ID, MERGE_REQUEST_KEY),
        answers=(
            Success(201, "Merged.", MergeAnswer),
            Success(200, "Merged before, or a preview.", MergeAnswer),
        ),
        own_refusals=(
            NotFound, InvalidRequest, MergeRefused, AccountFrozen, IdempotencyConflict, UnprocessableOperation,
        ),
    ),
    Route(
        method="POST",
        path="/v1/customers/{customer_id}/merges:undo",
        handler=unmerge_customer,
        tag="Customers",
        summary="Undo the merge of this customer",
        description=(
            "The customer of the path is the one who was absorbed. Each of the two gets back exactly what came through "
            "its own identifiers: what moved at the merge, plus what was earned, less what was used since. A side that "
            "used more than its own owes the difference. Merges are undone in the opposite order."
        ),
        scope=ApiScope.CUSTOMERS_MERGE,
        body=UnmergeBody,
        parameters=(CUSTOMER_ID, MERGE_REQUEST_KEY),
        answers=(
            Success(201, "Undone.", MergeAnswer),
            Success(200, "Undone before, or a preview.", MergeAnswer),
        ),
        own_refusals=(
            NotFound, InvalidRequest, MergeRefused, AccountFrozen, IdempotencyConflict, UnprocessableOperation,
        ),
    ),
)  # fmt: skip

_SURVIVOR: Final = "019aa93c-5f20-7d54-8f0e-3b6a1c2d4e5f"
_ABSORBED: Final = "019aa951-7c10-7e3a-9b22-4c5d6e7f8091"
_LOT: Final[dict[str, Any]] = {"kind": "regular", "points": 300, "expires_on": "2027-01-31"}


def _example_side(customer_id: str, before: int, after: int, lots: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "customer_id": customer_id,
        "balance_before": before,
        "balance": after,
        "owed": 0,
        "lots": lots,
        "tier_before": "regular",
        "tier": "regular",
    }


_MERGED: Final[dict[str, Any]] = {
    "merge_id": "019aa952-1d2e-7f4b-8c33-5d6e7f809112",
    "action": "merge",
    "replayed": False,
    "preview": False,
    "survivor": _example_side(_SURVIVOR, 0, 300, [_LOT]),
    "absorbed": _example_side(_ABSORBED, 300, 0, []),
    "points": 300,
    "moved": 300,
    "gained": 0,
    "took": 0,
    "identifiers": 2,
    "receipts": 14,
    "pending": 0,
    "bookings": 0,
    "recorded_at": "2026-11-22T09:30:00.412Z",
}
_UNDONE: Final[dict[str, Any]] = {
    **_MERGED,
    "merge_id": "019aa953-2e3f-7a5c-9d44-6e7f80911223",
    "action": "undo",
    "survivor": _example_side(_SURVIVOR, 300, 0, []),
    "absorbed": _example_side(_ABSORBED, 0, 300, [_LOT]),
}
MERGE_BODIES: Final[dict[str, Any]] = {
    "merge_customers": {"absorbed_id": _ABSORBED, "reason": "Same person: showed both cards at the till"},
    "unmerge_customer": {"reason": "Mother and daughter"},
}
"""Bodies by operation."""
MERGE_ANSWERS: Final[dict[tuple[str, int], Any]] = {
    ("merge_customers", 201): _MERGED,
    ("merge_customers", 200): {**_MERGED, "preview": True},
    ("unmerge_customer", 201): _UNDONE,
    ("unmerge_customer", 200): {**_UNDONE, "replayed": True},
}
"""Answers by operation and status."""
MERGE_NOTES: Final[dict[str, dict[str, str]]] = {
    "MergeBody": {
        "absorbed_id": "Who becomes part of the customer of the path.",
        "reason": "Why. It stays in the audit record, so name no person in it.",
        "preview": "True works everything out and writes nothing.",
    },
    "UnmergeBody": {
        "reason": "Why. It stays in the audit record, so name no person in it.",
        "preview": "True works everything out and writes nothing.",
    },
    "MergeSideAnswer": {
        "balance": "Negative where points are owed.",
        "lots": "The lots held afterwards, soonest to expire first.",
        "tier": "The code of the rank; empty while no ladder is in force.",
    },
    "MergeAnswer": {
        "points": "Points that went from one account to the other; negative for a debt.",
        "moved": "Of an undo: what had moved at the merge.",
        "gained": "Of an undo: what the absorbed side's identifiers have gained since the merge.",
        "took": "Of an undo: what the absorbed side's identifiers have used, or lost to returns, since the merge.",
        "identifiers": "How many identifiers went along.",
        "receipts": "How many receipts went along.",
        "pending": "Points that are still to come and went along.",
        "bookings": "How many open bookings went along.",
    },
}
