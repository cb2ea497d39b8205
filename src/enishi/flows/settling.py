"""Running a batch of operations as one transaction: again after lost races, and around items the database refuses.

What it runs takes items and returns an outcome for each, a refusal among them; it writes for those that are not
refused, and it may be run several times, because a transaction that lost a race has left nothing behind.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import psycopg
from psycopg import Connection

from enishi import ledger
from enishi.flows.model import UnprocessableOperation
from enishi.kit.errors import Refusal
from enishi.kit.log import get_logger, log_failure
from enishi.ledger import MergedAccounts, MissingAccounts

T = TypeVar("T")
R = TypeVar("R")

MAX_RUNS = 8
"""How often a batch is run again after losing a race. Each loss means that another transaction has committed."""

LOST_RACES = (
    psycopg.errors.UniqueViolation,
    psycopg.errors.DeadlockDetected,
    psycopg.errors.SerializationFailure,
    MergedAccounts,
)
_log = get_logger("flows")


def settle_batch(
    conn: Connection, items: Sequence[T], run: Callable[[Connection, Sequence[T]], list[R | Refusal]]
) -> list[R | Refusal]:
    """Run ``run`` on the items in a transaction of its own and return its outcomes after the commit, in order.

    Customers without an account get one in a transaction before. An item that the database itself refuses is found by
    halving and answered ``UnprocessableOperation``; the others are not disturbed. Raises ``psycopg.OperationalError``
    when the database can not answer; then each item was recorded whole or not at all.
    """
    if not items:
        return []
    try:
        return _run_until_settled(conn, items, run)
    except psycopg.OperationalError:
        raise
    except psycopg.Error as error:
        if len(items) == 1:
            return [_refuse(error)]
    middle = len(items) // 2
    return settle_batch(conn, items[:middle], run) + settle_batch(conn, items[middle:], run)


def _run_until_settled(
    conn: Connection, items: Sequence[T], run: Callable[[Connection, Sequence[T]], list[R | Refusal]]
) -> list[R | Refusal]:
    runs = 0
    while True:
        runs += 1
        try:
            with conn.transaction():
                return run(conn, items)
        except MissingAccounts as missing:
            with conn.transaction():
                ledger.open_accounts(conn, missing.customer_ids)
        except LOST_RACES:
            if runs >= MAX_RUNS:
                raise


def _refuse(error: psycopg.Error) -> UnprocessableOperation:
    error_id = log_failure(_log, "operation refused by the database", error)
    return UnprocessableOperation(
        "The database refused this operation. Nothing of it was recorded.",
        remedy="Tell the operator the error_id; the log names the reason.",
        error_id=error_id,
    )
