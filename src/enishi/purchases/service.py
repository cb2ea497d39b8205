"""Use cases of purchases."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

import msgspec
from psycopg import Connection

from enishi.kit.errors import NotFound
from enishi.kit.ids import derived_id, least_id
from enishi.purchases import claim_queries, event_queries, history_queries, owner_queries, queries, return_queries
from enishi.purchases.claims import StoredClaim
from enishi.purchases.model import CustomerFigures, DayFigures, Key, NewPurchase, Purchase, StoredPurchase
from enishi.purchases.returns import (
    NOTHING_RETURNED,
    Return,
    Returned,
    ReturnInTime,
    StoredReturn,
    remaining,
)
from enishi.purchases.rules import milliseconds

_LATEST = (datetime(9999, 1, 1, tzinfo=UTC), UUID(int=(1 << 128) - 1))


def purchase_id_of(purchase: Purchase, at: datetime) -> UUID:
    """The ID that a purchase, which occurred ``at``, has wherever and whenever it is recorded."""
    return derived_id(milliseconds(at), purchase.source, purchase.external_id)


def ask_by_keys(conn: Connection, keys: Sequence[Key]) -> Callable[[], dict[Key, StoredPurchase]]:
    """Ask what is recorded under these keys; unused keys are absent.

    In a pipeline the question travels with its neighbours, and the answer is waited for when it is called for.
    """
    answer = queries.ask_by_keys(conn, keys)
    return lambda: {Key(one.source, one.external_id): one for one in answer()}


def write_purchases(conn: Connection, purchases: Sequence[NewPurchase], recorded_at: datetime) -> None:
    """Record purchases. A key that a concurrent transaction used first makes this fail with a unique violation."""
    if purchases:
        queries.insert_purchases(conn, purchases, recorded_at)


def return_id_of(one: Return, at: datetime) -> UUID:
    """The ID that a return, which occurred ``at``, has wherever and whenever it is recorded."""
    return derived_id(milliseconds(at), "return", one.source, one.external_id)


def find_returns(conn: Connection, keys: Sequence[Key]) -> dict[Key, StoredReturn]:
    """The returns recorded under these keys; unused keys are absent."""
    return return_queries.select_returns(conn, keys) if keys else {}


def find_by_keys(conn: Connection, keys: Sequence[Key]) -> dict[Key, StoredPurchase]:
    """The purchases recorded under these keys, as claims have left them; unused keys are absent."""
    found = ask_by_keys(conn, keys)() if keys else {}
    return dict(zip(found, _as_claimed(conn, list(found.values())), strict=True))


def _as_claimed(conn: Connection, found: list[StoredPurchase]) -> list[StoredPurchase]:
    """Anonymous sales that somebody claimed since are that customer's, with what the claim earned.

    Receipts that a merge, or its undo, has made another's since are that customer's.
    """
    anonymous = [one.purchase_id for one in found if one.customer_id is None]
    claims = {one.purchase_id: one for one in claim_queries.select_claims(conn, anonymous)} if anonymous else {}
    if claims:
        found = _with_claims(found, claims)
    customers = [one.purchase_id for one in found if one.customer_id is not None]
    owners = owner_queries.select_owners(conn, customers) if customers else {}
    if not owners:
        return found
    return [
        one
        if (owner := owners.get(one.purchase_id)) is None
        else msgspec.structs.replace(one, customer_id=owner, booked_on=one.customer_id)
        for one in found
    ]


def _with_claims(found: Sequence[StoredPurchase], claims: Mapping[UUID, StoredClaim]) -> list[StoredPurchase]:
    return [
        one
        if (claim := claims.get(one.purchase_id)) is None
        else msgspec.structs.replace(
            one,
            customer_id=claim.customer_id,
            first_seq=claim.first_seq,
            entry_count=claim.entry_count,
            points_earned=claim.points_earned,
            claimed=True,
        )
        for one in found
    ]


def lock_receipts(conn: Connection, purchase_ids: Sequence[UUID]) -> None:
    """Keep other claims and returns of these receipts out until the transaction ends."""
    if purchase_ids:
        claim_queries.lock_receipts(conn, purchase_ids)


def load_claims(conn: Connection, purchase_ids: Sequence[UUID]) -> dict[UUID, StoredClaim]:
    """The claims of these receipts; those that nobody has claimed are absent."""
    return {one.purchase_id: one for one in claim_queries.select_claims(conn, purchase_ids)} if purchase_ids else {}


def load_events(conn: Connection, purchase_ids: Sequence[UUID]) -> dict[UUID, dict[str, datetime]]:
    """What is known to have happened to these orders, and when; those of which nothing is are absent."""
    return event_queries.select_purchase_events(conn, purchase_ids) if purchase_ids else {}


def write_claims(conn: Connection, claims: Sequence[StoredClaim]) -> None:
    """Record claims. A receipt that somebody else claimed first makes this fail with a unique violation."""
    if claims:
        claim_queries.insert_claims(conn, claims)


def load_returned(conn: Connection, purchase_ids: Sequence[UUID]) -> dict[UUID, Returned]:
    """What has come back of these purchases so far; those of which nothing has are absent."""
    return return_queries.select_returned(conn, purchase_ids) if purchase_ids else {}


def load_left(conn: Connection, purchase_ids: Sequence[UUID]) -> dict[UUID, Purchase | None]:
    """What is left of purchases after what has come back of them; None of which nothing is."""
    returned = load_returned(conn, purchase_ids)
    return {
        purchase_id: remaining(one, returned.get(purchase_id, NOTHING_RETURNED).quantities)
        for purchase_id, one in load_purchases(conn, purchase_ids).items()
    }


def read_history(conn: Connection, until: datetime, page: int = 2_000) -> Iterator[list[StoredPurchase]]:
    """Every purchase that occurred before an instant, in the order of time, as claims have left it; in pages."""
    after, before = UUID(int=0), least_id(milliseconds(until))
    while found := history_queries.select_history(conn, after, before, page):
        after = found[-1].purchase_id
        yield _as_claimed(conn, found)


def read_returns(conn: Connection, until: datetime, page: int = 2_000) -> Iterator[ReturnInTime]:
    """Every return of a member's goods that occurred before an instant, in the order of time."""
    after, before = UUID(int=0), least_id(milliseconds(until))
    while found := history_queries.select_returns_in_time(conn, after, before, page):
        after = found[-1].return_id
        yield from found


def recorded_around(conn: Connection, at: datetime) -> tuple[datetime | None, datetime | None]:
    """When the last purchase before an instant was recorded, and when the first from it on was; None where none is."""
    return history_queries.select_recorded_around(conn, least_id(milliseconds(at)))


def history_bounds(conn: Connection) -> tuple[datetime, datetime, int] | None:
    """When the first and the last purchase occurred, and how many there are; None before there is one."""
    return history_queries.select_bounds(conn)


def list_returns(conn: Connection, purchase_ids: Sequence[UUID]) -> dict[UUID, list[StoredReturn]]:
    """The returns of these purchases, in their order; purchases without any are absent."""
    return return_queries.select_returns_of(conn, purchase_ids) if purchase_ids else {}


def write_returns(conn: Connection, returns: Sequence[StoredReturn]) -> None:
    """Record returns. One whose key or place among its receipt's returns is taken fails with a unique violation."""
    if returns:
        return_queries.insert_returns(conn, returns)


def load_purchase(conn: Connection, purchase_id: UUID) -> StoredPurchase:
    """One purchase. Raises ``NotFound``."""
    found = _as_claimed(conn, queries.select_by_ids(conn, [purchase_id]))
    if not found:
        raise NotFound("There is no such purchase.", field="purchase_id")
    return found[0]


def load_purchases(conn: Connection, purchase_ids: Sequence[UUID]) -> dict[UUID, StoredPurchase]:
    """Purchases by ID; unknown ones are absent."""
    found = _as_claimed(conn, queries.select_by_ids(conn, purchase_ids)) if purchase_ids else []
    return {one.purchase_id: one for one in found}


def list_purchases(
    conn: Connection,
    customer_id: UUID,
    before: tuple[datetime, UUID] | None,
    limit: int,
    stores: Sequence[str] | None = None,
) -> list[StoredPurchase]:
    """A customer's purchases, newest first, older than ``before`` (``occurred_at`` and ID of the last one seen).

    Receipts that they claimed afterwards, or that a merge has made theirs, stand where they occurred.
    """
    found = queries.select_of_customer(conn, customer_id, before or _LATEST, stores, limit)
    further = claim_queries.select_claimed_ids(conn, customer_id, before or _LATEST, stores, limit)
    further += owner_queries.select_brought(conn, customer_id, before or _LATEST, stores, limit)
    if further:
        found += load_purchases(conn, further).values()
        found.sort(key=lambda one: (one.occurred_at, one.purchase_id.bytes), reverse=True)
    return found[:limit]


def list_latest(conn: Connection, limit: int, stores: Sequence[str] | None = None) -> list[StoredPurchase]:
    """The purchases that occurred last, newest first."""
    return _as_claimed(conn, queries.select_latest(conn, stores, limit))


def find_by_receipt_number(conn: Connection, external_id: str, limit: int = 20) -> list[StoredPurchase]:
    """Purchases with this receipt number, of whichever source, newest first."""
    return _as_claimed(conn, queries.select_by_external_id(conn, external_id, limit))


def load_day_figures(
    conn: Connection, since: datetime, zone: str, stores: Sequence[str] | None = None
) -> list[DayFigures]:
    """What was bought on each day since an instant, days being those of ``zone``; days without purchases are absent."""
    lowest = UUID(int=milliseconds(since) << 80)
    return queries.select_day_figures(conn, since, lowest, zone, stores)


def load_customer_figures(
    conn: Connection, customer_ids: Sequence[UUID], stores: Sequence[str] | None = None
) -> dict[UUID, CustomerFigures]:
    """What each customer bought so far."""
    found = queries.select_customer_figures(conn, customer_ids, stores)
    return {one: found.get(one) or CustomerFigures(0, 0, None, None) for one in customer_ids}
