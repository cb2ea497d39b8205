"""Use cases of purchases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from uuid import UUID

from psycopg import Connection

from enishi.kit.errors import NotFound
from enishi.kit.ids import derived_id
from enishi.purchases import queries, return_queries
from enishi.purchases.model import CustomerFigures, DayFigures, Key, NewPurchase, Purchase, StoredPurchase
from enishi.purchases.returns import Return, Returned, StoredReturn
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
    """The purchases recorded under these keys; unused keys are absent."""
    return ask_by_keys(conn, keys)() if keys else {}


def load_returned(conn: Connection, purchase_ids: Sequence[UUID]) -> dict[UUID, Returned]:
    """What has come back of these purchases so far; those of which nothing has are absent."""
    return return_queries.select_returned(conn, purchase_ids) if purchase_ids else {}


def list_returns(conn: Connection, purchase_ids: Sequence[UUID]) -> dict[UUID, list[StoredReturn]]:
    """The returns of these purchases, in their order; purchases without any are absent."""
    return return_queries.select_returns_of(conn, purchase_ids) if purchase_ids else {}


def write_returns(conn: Connection, returns: Sequence[StoredReturn]) -> None:
    """Record returns. One whose key or place among its receipt's returns is taken fails with a unique violation."""
    if returns:
        return_queries.insert_returns(conn, returns)


def load_purchase(conn: Connection, purchase_id: UUID) -> StoredPurchase:
    """One purchase. Raises ``NotFound``."""
    found = queries.select_by_ids(conn, [purchase_id])
    if not found:
        raise NotFound("There is no such purchase.", field="purchase_id")
    return found[0]


def load_purchases(conn: Connection, purchase_ids: Sequence[UUID]) -> dict[UUID, StoredPurchase]:
    """Purchases by ID; unknown ones are absent."""
    return {one.purchase_id: one for one in queries.select_by_ids(conn, purchase_ids)} if purchase_ids else {}


def list_purchases(
    conn: Connection,
    customer_id: UUID,
    before: tuple[datetime, UUID] | None,
    limit: int,
    stores: Sequence[str] | None = None,
) -> list[StoredPurchase]:
    """A customer's purchases, newest first, older than ``before`` (``occurred_at`` and ID of the last one seen)."""
    return queries.select_of_customer(conn, customer_id, before or _LATEST, stores, limit)


def list_latest(conn: Connection, limit: int, stores: Sequence[str] | None = None) -> list[StoredPurchase]:
    """The purchases that occurred last, newest first."""
    return queries.select_latest(conn, stores, limit)


def find_by_receipt_number(conn: Connection, external_id: str, limit: int = 20) -> list[StoredPurchase]:
    """Purchases with this receipt number, of whichever source, newest first."""
    return queries.select_by_external_id(conn, external_id, limit)


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
