"""What campaigns ask about besides the receipt: what members got so far, their segments, the weather, budgets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from psycopg import Connection

from enishi.campaigns import claim_queries
from enishi.campaigns.claims import Claim
from enishi.campaigns.model import BudgetKey, Usage

WHOLE_DAY = -1
"""Instead of an hour: a flag of the weather that holds all day."""

Weather = dict[date, list[tuple[str, int, str]]]
"""By day: store (empty: all of them), hour or ``WHOLE_DAY``, and flag."""


def load_usage(
    conn: Connection, customer_ids: Sequence[UUID], campaign_ids: Sequence[UUID], before: datetime | None = None
) -> dict[tuple[UUID, UUID, str], Usage]:
    """What members got of campaigns by period, less what they returned; with ``before``, as it was known then."""
    return claim_queries.select_usage(conn, customer_ids, campaign_ids, before)


def load_segments(
    conn: Connection, customer_ids: Sequence[UUID], segments: Sequence[str]
) -> dict[UUID, frozenset[str]]:
    """Which of these segments customers are in."""
    return claim_queries.select_segments(conn, customer_ids, segments)


def find_segments(conn: Connection, segments: Sequence[str]) -> frozenset[str]:
    """Which of these segments exist: somebody is in them."""
    return claim_queries.select_existing_segments(conn, segments) if segments else frozenset()


def load_weather(conn: Connection, days: Sequence[date]) -> Weather:
    """The flags of these days."""
    return claim_queries.select_weather(conn, days)


def add_weather(conn: Connection, rows: Sequence[tuple[str, date, int, str]]) -> None:
    """Report the weather: store (empty: all of them), day, hour or ``WHOLE_DAY``, and flag."""
    claim_queries.insert_weather(conn, rows)


def add_segment_members(conn: Connection, segment: str, customer_ids: Sequence[UUID]) -> None:
    """Put customers into a segment, as far as campaigns are concerned."""
    claim_queries.insert_segment_members(conn, segment, customer_ids)


def load_given(conn: Connection, customer_ids: Sequence[UUID], purchase_ids: Sequence[UUID]) -> dict[UUID, list[Claim]]:
    """What campaigns gave for purchases, less what returns gave back; purchases without are absent."""
    found: dict[UUID, list[Claim]] = {}
    for one in claim_queries.select_given(conn, customer_ids, purchase_ids) if purchase_ids else ():
        if one.purchase_id is not None:
            found.setdefault(one.purchase_id, []).append(one)
    return found


def load_budgets(conn: Connection, keys: Sequence[BudgetKey]) -> dict[BudgetKey, int]:
    """What is left of budgets; those that do not exist are absent."""
    return claim_queries.select_budgets(conn, keys) if keys else {}


def load_figures(conn: Connection, campaign_ids: Sequence[UUID]) -> dict[UUID, tuple[int, int]]:
    """What campaigns gave so far, less returns: points, and receipts; those that gave nothing are absent."""
    return claim_queries.select_figures(conn, campaign_ids) if campaign_ids else {}


def count_members(conn: Connection, campaign_id: UUID) -> int:
    """How many members a campaign gave something. It costs by far the most of its figures: ask it for one only."""
    return claim_queries.count_members(conn, campaign_id)


def sum_given(conn: Connection, campaign_ids: Sequence[UUID]) -> dict[UUID, int]:
    """The points that campaigns gave so far, less returns; those that gave nothing are absent."""
    return claim_queries.sum_given(conn, campaign_ids) if campaign_ids else {}
