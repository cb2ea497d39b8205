"""A customer's points and rank as of a past instant, from the journal and the changes of ranks alone."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from msgspec import Struct
from psycopg import Connection

from enishi import customers, ledger, program
from enishi.flows.context import PurchaseContext
from enishi.flows.held_ranks import tiers_at
from enishi.flows.read_books import LotAt
from enishi.kit.errors import InvalidRequest


class PointsAt(Struct, frozen=True):
    """Points at an instant, as recorded by then.

    ``balance`` is the ledger's after ``entries`` entries. ``available`` is what could be spent: lots valid on that day
    in the programme's zone, less what was owed. ``held`` was set aside for checkouts and is in neither.
    """

    customer_id: UUID
    at: datetime
    entries: int
    balance: int
    available: int
    held: int
    lots: tuple[LotAt, ...]
    rank: str | None = None
    """The code of the rank held at the instant; None where no ladder was in force."""


def read_points_at(
    conn: Connection, context: PurchaseContext, customer_id: UUID, at: datetime, now: datetime
) -> PointsAt:
    """The points of a customer at an instant. Raises ``NotFound``, and ``InvalidRequest`` for one that is to come."""
    if at > now:
        raise InvalidRequest("The instant is still to come.", field="at", remedy="Name a past instant.")
    customers.load_customer(conn, context.keyring, customer_id)
    rank = tiers_at(conn, [customer_id], at)[customer_id]
    found = ledger.select_balance_at(conn, at, customer_id)
    if found is None:
        return PointsAt(customer_id, at, 0, 0, 0, 0, (), rank)
    entries, balance, held = found
    lots = [LotAt(*row) for row in ledger.select_lots_at(conn, at, customer_id)]
    version = program.version_at(context.versions(conn), at)
    settings = program.default_settings() if version is None else version.settings
    day = program.day_in_zone(at, settings.zone_info)
    valid = tuple(lot for lot in lots if lot.expires_on >= day)
    owed = sum(lot.points for lot in lots) - balance
    return PointsAt(customer_id, at, entries, balance, sum(lot.points for lot in valid) - owed, held, valid, rank)
