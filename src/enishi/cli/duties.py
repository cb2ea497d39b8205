"""The chores of ``enishi serve``: which there are, and when each is due."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from psycopg import Connection
from psycopg_pool import ConnectionPool

from enishi import flows
from enishi.cli.backtests import BacktestStarter
from enishi.cli.chores import Chore, Pause, daily, every
from enishi.flows import PurchaseContext
from enishi.kit import clock
from enishi.kit.log import get_logger

_SWEEP_AFTER_MIDNIGHT: Final = timedelta(minutes=1)
_RANKS_AFTER_MIDNIGHT: Final = timedelta(minutes=2)
_LAPSE_EVERY: Final = timedelta(seconds=5)
_START_EVERY: Final = timedelta(seconds=1)
_SERVE_EVERY: Final = timedelta(seconds=10)
_LOOK_EVERY: Final = timedelta(minutes=1)
_log = get_logger("chores")


def duties(
    pool: ConnectionPool[Connection], context: PurchaseContext, backtests: BacktestStarter | None = None
) -> tuple[Chore, ...]:
    """Everything a serving Enishi does by itself; ``backtests`` None leaves back-tests to another process."""

    def zone() -> ZoneInfo:
        with pool.connection() as conn:
            return ZoneInfo(flows.zone_today(conn, context, clock.now())[0])

    def expire(conn: Connection, pause: Pause) -> None:
        outcome = flows.expire_points(conn, context, progress=lambda _done, _total: pause())
        if outcome.entries:
            _log.info("points expired", count=outcome.entries)

    def confirm(conn: Connection, pause: Pause) -> None:
        points = flows.confirm_due_points(conn, context, progress=lambda _points: pause())
        if points:
            _log.info("pending points confirmed", count=points)

    def lapse(conn: Connection, pause: Pause) -> None:
        while flows.lapse_holds(conn):
            pause()

    def serve_waiting(conn: Connection, pause: Pause) -> None:
        offers = flows.serve_waiting_lists(conn, context, pause=pause)
        if offers:
            _log.info("slots offered to the waiting list", count=offers)

    return (
        Chore("release lapsed holds", lapse, every(_LAPSE_EVERY)),
        Chore("serve waiting lists", serve_waiting, every(_SERVE_EVERY)),
        Chore("expire points", expire, daily(zone, _SWEEP_AFTER_MIDNIGHT)),
        Chore("evaluate ranks", _ranks(context), daily(zone, _RANKS_AFTER_MIDNIGHT)),
        Chore("confirm pending points", confirm, every(_LOOK_EVERY)),
        _referrals(context),
        Chore("hand on benefits of ranks", _grant_benefits, every(_LOOK_EVERY)),
        *([] if backtests is None else [Chore("start back-tests", backtests.tend, every(_START_EVERY))]),
    )


def _referrals(context: PurchaseContext) -> Chore:
    def pay(conn: Connection, pause: Pause) -> None:
        paid = flows.pay_due_referrals(conn, context, progress=lambda _paid: pause())
        if paid:
            _log.info("referrals paid", count=paid)

    return Chore("pay referrals", pay, every(_LOOK_EVERY))


def _ranks(context: PurchaseContext) -> Callable[[Connection, Pause], None]:
    def tend(conn: Connection, pause: Pause) -> None:
        touched = flows.tend_ranks(conn, context, progress=lambda _done: pause())
        if touched:
            _log.info("ranks looked after", count=touched)

    return tend


def _grant_benefits(conn: Connection, pause: Pause) -> None:
    granted = flows.grant_rank_benefits(conn, progress=lambda _granted: pause())
    if granted:
        _log.info("benefits of ranks granted", count=granted)
