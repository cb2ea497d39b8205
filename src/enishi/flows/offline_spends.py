"""Points used on receipts of terminals without a connection: covered as far as possible, the rest owed up to a cap."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

import msgspec
from msgspec import Struct
from psycopg import Connection

from enishi import ledger
from enishi.flows.bases import OfflineBasis, ReinstatementBasis
from enishi.flows.context import PurchaseContext
from enishi.flows.read_customers import zone_today
from enishi.kit import clock
from enishi.ledger import Account, EntryType, Occasion, OfflineDesk, Overspend, Posting, TerminalSpend
from enishi.purchases import Purchase

_encode = msgspec.json.Encoder().encode
_USED_IN_TIME_JA = "期限内のオフライン端末でのご利用"
_USED_IN_TIME_EN = "used at a terminal without a connection before they expired"


class OfflineReport(Struct, frozen=True):
    """What terminals spent offline from ``first`` to ``last``, and the receipts that used more than there was."""

    first: date
    last: date
    terminals: list[TerminalSpend]
    overspends: list[Overspend]


def open_desk(conn: Connection, receipts: Iterable[tuple[Purchase, UUID | None, date]]) -> OfflineDesk | None:
    """What deciding these receipts (with customer and day) needs of offline spends; None when there are none.

    Call it behind the locks of the accounts.
    """
    offline = [
        (one, customer_id, on) for one, customer_id, on in receipts if one.offline and one.points_to_use and customer_id
    ]
    if not offline:
        return None
    return ledger.open_desk(
        conn,
        [(one.store, one.terminal, on) for one, _, on in offline],
        [customer_id for _, customer_id, _ in offline if customer_id],
    )


def use_points(
    desk: OfflineDesk,
    account: Account,
    purchase: Purchase,
    *,
    purchase_id: UUID,
    occurred_at: datetime,
    on: date,
    cap: int,
) -> tuple[tuple[Posting, ...], Posting]:
    """Take the points of an offline receipt, in memory: the entries that give swept points again, and the spend.

    Raises ``AccountFrozen`` and ``OfflineCapExceeded``, leaving everything as it was.
    """
    points = purchase.points_to_use
    terminal_day = (purchase.store, purchase.terminal, on)
    ledger.check_cap(desk, account, points, terminal_day=terminal_day, on=on, cap=cap)
    again: list[Posting] = []
    for entry_id, lots in ledger.reach_back(desk, account, points, on):
        for lot in lots:
            basis = _encode(ReinstatementBasis(purchase_id, entry_id, _USED_IN_TIME_JA, _USED_IN_TIME_EN, (lot,)))
            occasion = Occasion(purchase.store, occurred_at, None, basis)
            again.append(ledger.grant(account, lot, occasion, EntryType.REINSTATE))
    owed = ledger.shortfall(account, points, on)
    spend = ledger.spend_offline(
        account,
        points,
        on=on,
        store=purchase.store,
        purchase_id=purchase_id,
        occurred_at=occurred_at,
        basis=_encode(OfflineBasis(purchase.terminal, owed)) if owed else None,
    )
    overspend = None
    if owed:
        overspend = Overspend(
            purchase_id, account.customer_id, *terminal_day, points=points, owed=owed, occurred_at=occurred_at
        )
    ledger.count_spend(desk, terminal_day, points, overspend)
    return tuple(again), spend


def close_desk(conn: Connection, desk: OfflineDesk | None, now: datetime) -> None:
    """Write what offline receipts have changed besides accounts and journal."""
    if desk is not None:
        ledger.close_desk(conn, desk, now)


def offline_report(
    conn: Connection,
    context: PurchaseContext,
    *,
    first: date | None = None,
    last: date | None = None,
    now: datetime | None = None,
) -> OfflineReport:
    """What terminals spent offline and what of it was over-spent; by default over the last 31 days."""
    _, local = zone_today(conn, context, clock.now() if now is None else now)
    until = local.date() if last is None else last
    since = until - timedelta(days=30) if first is None else first
    return OfflineReport(since, until, *ledger.overspends(conn, since, until))
