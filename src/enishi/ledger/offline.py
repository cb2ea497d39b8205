"""Points spent at terminals without a connection: the goods have left the shop when the ledger hears of it.

So what the account does not cover is not refused but owed, up to what the programme lets a terminal spend offline a
day. What was valid at the time and has been swept since counts as there: whether the sweep or the receipt came first
makes no difference to the member.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct
from psycopg import Connection

from enishi.ledger import offline_queries as queries
from enishi.ledger import rules
from enishi.ledger.model import Account, Entry, EntryType, InsufficientPoints, Lot, Lots, Posting
from enishi.ledger.offline_queries import Overspend, TerminalDay, TerminalSpend
from enishi.ledger.service import post, require_not_frozen


class OfflineCapExceeded(InsufficientPoints):
    """An offline receipt used more points than its customer has, beyond what its terminal may spend offline a day."""

    code = "offline-cap-exceeded"
    title = "Offline cap exceeded"


class Swept(Struct, gc=False, frozen=True):
    """What is left of an entry with which points expired: the lots that have not been given again."""

    entry_id: str
    lots: Lots


class OfflineDesk(Struct, gc=False):
    """What a batch with offline receipts works on, read behind its locks; receipts change it in memory."""

    spent: dict[TerminalDay, int]
    swept: dict[UUID, list[Swept]]
    overspends: list[Overspend]


def open_desk(conn: Connection, days: Iterable[TerminalDay], customer_ids: Iterable[UUID]) -> OfflineDesk:
    """Lock what these terminals have spent on these days. The customers' accounts must be locked already."""
    wanted = sorted(set(days))
    queries.insert_terminal_days(conn, wanted)
    swept = load_swept(conn, sorted(set(customer_ids)))
    return OfflineDesk(queries.lock_terminal_days(conn, wanted), swept, [])


def load_swept(conn: Connection, customer_ids: Sequence[UUID]) -> dict[UUID, list[Swept]]:
    """What expired of these customers and has not been given again since. Their accounts must be locked already."""
    swept: dict[UUID, list[Swept]] = {}
    for customer_id, seq, moves, again in queries.select_swept(conn, customer_ids) if customer_ids else ():
        lots = tuple([Lot(move.kind, move.expires_on, -move.points) for move in moves])
        for points, given in again:
            lots = _beyond(lots, points) if given is None else rules.remove(lots, given)[0]
        if lots:
            swept.setdefault(customer_id, []).append(Swept(f"{customer_id}-{seq}", lots))
    return swept


def reach_own(swept: dict[UUID, list[Swept]], account: Account, points: int, own: Lots) -> list[tuple[str, Lots]]:
    """Of what has been swept, as much of the lots ``own`` as the account lacks of them to give ``points``.

    By the entry with which they expired. What is returned counts as given again.
    """
    slots = {(lot.kind, lot.expires_on) for lot in own}
    missing = points - sum(lot.points for lot in account.lots if (lot.kind, lot.expires_on) in slots)
    return _reach(swept, account, max(0, missing), lambda lot: (lot.kind, lot.expires_on) in slots)


def left_of_expired(conn: Connection, entry: Entry, related: Sequence[UUID] = ()) -> Lots:
    """What expired with an entry and has not been given again since, for whatever reason, soonest first.

    Call it behind the lock of the account. ``related`` are customers with whom merges have joined this one: what was
    given again to them counts as well.
    """
    if entry.type is not EntryType.EXPIRE:
        return ()
    left = load_swept(conn, sorted({entry.customer_id, *related})).get(entry.customer_id, [])
    return next((one.lots for one in left if one.entry_id == entry.entry_id), ())


def close_desk(conn: Connection, desk: OfflineDesk, recorded_at: datetime) -> None:
    """Write what the receipts of a batch have changed."""
    queries.update_terminal_days(conn, list(desk.spent.items()))
    if desk.overspends:
        queries.insert_overspends(conn, desk.overspends, recorded_at)


def reach_back(desk: OfflineDesk, account: Account, points: int, on: date) -> list[tuple[str, Lots]]:
    """Of what has been swept, the lots that were valid ``on`` a day and that a receipt of that day needs.

    By the entry with which they expired, soonest first. What is returned counts as given again.
    """
    available = 0 if account.owed else _available(account, on)
    return _reach(desk.swept, account, max(0, points - available), lambda lot: _was_valid(lot, account, on))


def _reach(
    swept: dict[UUID, list[Swept]], account: Account, missing: int, wanted: Callable[[Lot], bool]
) -> list[tuple[str, Lots]]:
    taken: list[tuple[str, Lots]] = []
    left: list[Swept] = []
    for one in sorted(swept.get(account.customer_id, []), key=lambda held: held.lots[0].expires_on):
        part = _first([lot for lot in one.lots if wanted(lot)], missing)
        if part:
            given = sum(lot.points for lot in part)
            missing -= given
            taken.append((one.entry_id, part))
            rest = rules.remove(one.lots, part)[0]
            left += [Swept(one.entry_id, rest)] if rest else []
        else:
            left.append(one)
    if taken:
        swept[account.customer_id] = left
    return taken


def check_cap(
    desk: OfflineDesk, account: Account, points: int, *, terminal_day: TerminalDay, on: date, cap: int
) -> None:
    """Refuse an offline spend that can not stand, before anything is changed.

    Raises ``AccountFrozen``, and ``OfflineCapExceeded`` when points would be owed and the terminal has spent its day.
    """
    require_not_frozen(account)
    available = 0 if account.owed else _available(account, on)
    for one in desk.swept.get(account.customer_id, []):
        available += sum(lot.points for lot in one.lots if _was_valid(lot, account, on))
    spent = desk.spent[terminal_day]
    if points > available and spent + points > cap:
        raise OfflineCapExceeded(
            f"{points} points were used offline, {available} are available, and the terminal has spent {spent} of the "
            f"{cap} points it may spend offline a day.",
            field="points_to_use",
            remedy="Settle the receipt with the customer, and record it again with the points that are available.",
            available=available,
            requested=points,
        )


def spend_offline(
    account: Account,
    points: int,
    *,
    on: date,
    store: str,
    purchase_id: UUID,
    occurred_at: datetime,
    basis: bytes | None,
) -> Posting:
    """Debit points from a locked account, in memory; what its lots do not cover is owed. ``check_cap`` comes first."""
    lots, moves, _ = rules.take_back(account.lots, points, (), on, account.ending)
    return post(
        account,
        (lots, moves),
        EntryType.SPEND,
        -points,
        store=store,
        purchase_id=purchase_id,
        occurred_at=occurred_at,
        basis=basis,
    )


def shortfall(account: Account, points: int, on: date) -> int:
    """How many of these points the account's lots do not cover on a day."""
    return max(0, points - _available(account, on))


def _was_valid(lot: Lot, account: Account, on: date) -> bool:
    """Whether a lot that has been swept since could be used on a day."""
    return on <= rules.last_day(lot, account.ending)


def _available(account: Account, on: date) -> int:
    return rules.balance_on(account.lots, on, ending=account.ending).available


def count_spend(desk: OfflineDesk, terminal_day: TerminalDay, points: int, overspend: Overspend | None) -> None:
    """Count an offline spend that was decided."""
    desk.spent[terminal_day] += points
    if overspend is not None:
        desk.overspends.append(overspend)


def overspends(conn: Connection, first: date, last: date) -> tuple[list[TerminalSpend], list[Overspend]]:
    """What terminals spent offline from one day to another, and the receipts among it that used more than there was."""
    return queries.select_terminal_spends(conn, first, last), queries.select_overspends(conn, first, last)


def _first(lots: Sequence[Lot], points: int) -> Lots:
    """The first ``points`` of lots, in their order."""
    taken: list[Lot] = []
    for lot in lots:
        part = min(lot.points, points)
        points -= part
        if part:
            taken.append(Lot(lot.kind, lot.expires_on, part))
    return tuple(taken)


def _beyond(lots: Lots, points: int) -> Lots:
    """What is left of lots after their first ``points``."""
    left: list[Lot] = []
    for lot in lots:
        passed = min(lot.points, points)
        points -= passed
        if lot.points > passed:
            left.append(Lot(lot.kind, lot.expires_on, lot.points - passed))
    return tuple(left)
