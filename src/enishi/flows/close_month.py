"""The month-end close: expiry, ranks, the liability, the settlement between stores and the key figures, in this order.

Expiry and ranks come first and commit by themselves; the books are drawn up from one instant, which writes down how far
the journal was followed; then liability, settlement and figures are frozen in one transaction. Cut off anywhere, the
month is open and closing it again begins anew: what the steps have done they find done, and a reading of the journal
that no close names counts for nothing.

A close is made once. Running it again answers what was closed and changes nothing, also when two run at the same time.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from datetime import date, datetime

import psycopg
from msgspec import Struct
from psycopg import Connection
from psycopg_pool import ConnectionPool

from enishi import accounting
from enishi.accounting import EarlierMonthOpen, MonthNotOver, NoAccountingSettings, SettingsChanged, Statement, WalkBook
from enishi.flows.context import PurchaseContext
from enishi.flows.evaluate_ranks import evaluate_ranks
from enishi.flows.expire_points import expire_points
from enishi.flows.read_books import draw_up_month, known_settings, list_months, month_of, see_one_instant
from enishi.ranks import NoLadder

CloseStep = Callable[[ConnectionPool[Connection], PurchaseContext, date, datetime], None]
"""Work before a month's books are drawn up; it is told the month and the instant of the close.

It commits by itself and is harmless to repeat; what it raises stops the close, with the month left open."""


class CloseOutcome(Struct, frozen=True):
    """The books of a closed month; ``replayed`` when they were closed before."""

    statement: Statement
    replayed: bool


def sweep_expired_points(
    pool: ConnectionPool[Connection], context: PurchaseContext, _month: date, now: datetime
) -> None:
    """Book what has expired: such an entry occurred on the points' last day, so it belongs to that month's books."""
    with pool.connection() as conn:
        expire_points(conn, context, now)


def evaluate_members(pool: ConnectionPool[Connection], context: PurchaseContext, _month: date, now: datetime) -> None:
    """Carry out the evaluation of ranks that is due, where it has not been yet; without a ladder there is none."""
    with pool.connection() as conn, contextlib.suppress(NoLadder):
        evaluate_ranks(conn, context, now)


MONTH_END: tuple[CloseStep, ...] = (sweep_expired_points, evaluate_members)


def close_month(
    pool: ConnectionPool[Connection],
    context: PurchaseContext,
    month: date,
    *,
    actor: str,
    now: datetime,
    steps: Sequence[CloseStep] = MONTH_END,
) -> CloseOutcome:
    """Close a month and give its books. ``month`` is its first day; ``actor`` is named as in the audit.

    Refuses with ``NoAccountingSettings``, ``MonthNotOver`` and ``EarlierMonthOpen``, having changed nothing.
    """
    with pool.connection() as conn:
        closed = _find_closed(conn, month)
        if closed is not None:
            return closed
        _check_may_close(conn, month, now)
    for step in steps:
        step(pool, context, month, now)
    with see_one_instant(pool) as conn:
        book = WalkBook(conn)
        statement = draw_up_month(conn, month, book)
    # Written in a transaction of its own: the audit's chain goes on while a long journal is read, and what is recorded
    # meanwhile is in no close yet, so the next one books it.
    try:
        with pool.connection() as conn:
            accounting.freeze(conn, statement, book.number, closed_at=now, closed_by=actor)
    except (psycopg.errors.UniqueViolation, SettingsChanged):
        # Somebody else closed it meanwhile, or published settings for it.
        return close_month(pool, context, month, actor=actor, now=now, steps=steps)
    with pool.connection() as conn:
        accounting.forget_cut_off_walks(conn)
        return CloseOutcome(accounting.load_closed(conn, month), replayed=False)


def close_through(
    pool: ConnectionPool[Connection],
    context: PurchaseContext,
    month: date,
    *,
    actor: str,
    now: datetime,
    steps: Sequence[CloseStep] = MONTH_END,
) -> list[CloseOutcome]:
    """Close every open month up to one, oldest first; that one alone when none before it is open."""
    with pool.connection() as conn:
        months = [one for one in list_months(conn, now).open if one < month]
    return [close_month(pool, context, one, actor=actor, now=now, steps=steps) for one in [*months, month]]


def _find_closed(conn: Connection, month: date) -> CloseOutcome | None:
    if any(one.month == month for one in accounting.list_closes(conn)):
        return CloseOutcome(accounting.load_closed(conn, month), replayed=True)
    return None


def _check_may_close(conn: Connection, month: date, now: datetime) -> None:
    if accounting.version_for(conn, month) is None:
        raise NoAccountingSettings(
            f"No settings of the books are published for {month:%Y-%m}.",
            field="month",
            remedy="Publish settings that hold from this month or an earlier one.",
        )
    zone = known_settings(conn)[-1].settings.zone_info
    if month >= month_of(now, zone):
        raise MonthNotOver(
            f"{month:%Y-%m} ends at the end of its last day in {zone.key}.",
            field="month",
            remedy="Close it on the first day of the next month or later.",
        )
    first_open = list_months(conn, now).next_to_close
    if first_open is not None and first_open != month:
        raise EarlierMonthOpen(
            f"{first_open:%Y-%m} is the first open month.",
            field="month",
            remedy=f"Close {first_open:%Y-%m} first.",
            first_open=f"{first_open:%Y-%m}",
        )
