"""Quoting a return: what would be paid back and what points would move, by the very code that records it."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct
from psycopg import Connection

from enishi import ledger
from enishi.flows.context import PurchaseContext
from enishi.flows.model import BalanceLine
from enishi.flows.record_returns import decide_in_memory, prepare_return
from enishi.flows.return_world import look_at_receipts
from enishi.kit import clock
from enishi.purchases import Return


class QuotedReturn(Struct, gc=False, frozen=True, kw_only=True):
    """What a return would do, nothing of which has happened. The fields are those of ``RecordedReturn``."""

    refund_yen: int
    pay_back_yen: int
    points_taken_back: int
    points_absorbed: int
    points_given_back: int
    points_lost: int
    points_owed: int
    pending_cancelled: int
    completes: bool
    balance: BalanceLine | None


def quote_return(conn: Connection, context: PurchaseContext, one: Return, now: datetime | None = None) -> QuotedReturn:
    """Quote a return with nothing written and nothing locked. Raises what recording it would be refused with.

    A key that is recorded already is quoted like any other; whether it was used is not looked at.
    """
    now = clock.now() if now is None else now
    item = prepare_return(context, one, now)
    with conn.transaction():
        world = look_at_receipts(conn, context, [item], now, ledger.load_accounts)
    answer, _, _ = decide_in_memory(item, world)
    return QuotedReturn(
        refund_yen=answer.refund_yen,
        pay_back_yen=answer.pay_back_yen,
        points_taken_back=answer.points_taken_back,
        points_absorbed=answer.points_absorbed,
        points_given_back=answer.points_given_back,
        points_lost=answer.points_lost,
        points_owed=answer.points_owed,
        pending_cancelled=answer.pending_cancelled,
        completes=answer.completes,
        balance=answer.balance,
    )
