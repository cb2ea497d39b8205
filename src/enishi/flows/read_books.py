"""The books of a month or of an instant, drawn up from the journal and the receipts. Reads only.

Every entry is followed once, a few seconds for each hundred thousand of them. What is asked of the past is answered
from what was recorded by then, under the settings and closes that existed by then.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from fractions import Fraction
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct
from psycopg import Connection

from enishi import accounting, ledger, purchases
from enishi.accounting import Attribution, HeldPoints, PointClass, SalesFigures, SettingsVersion, Statement
from enishi.kit.errors import NotFound


class OpenMonths(Struct, frozen=True):
    """Which months are closed, and which are open: from the first with points to the present one."""

    closed: tuple[date, ...]
    open: tuple[date, ...]

    @property
    def next_to_close(self) -> date | None:
        """The first open month."""
        return self.open[0] if self.open else None


class LotAt(Struct, frozen=True):
    """Points of one kind that were valid through the end of a day."""

    kind: str
    expires_on: date
    points: int


class BooksAt(Struct, frozen=True):
    """Points and what was owed for them at an instant, of one customer or of all.

    ``balance`` is the ledger's, ``outstanding`` that of the books, which counts points on hold as well. Of one
    customer, the yen are their points' part of each cohort's liability, and ``lots`` what they held.
    """

    at: datetime
    customer_id: UUID | None
    accounts: int
    entries: int
    balance: int
    outstanding: int
    contract_liability_yen: int
    provision_yen: int
    lots: tuple[LotAt, ...]


def month_of(instant: datetime, zone: ZoneInfo) -> date:
    """The first day of the month that an instant lies in."""
    return instant.astimezone(zone).date().replace(day=1)


def known_settings(conn: Connection, until: datetime | None = None) -> list[SettingsVersion]:
    """The published settings (by an instant), or those to begin with while there are none."""
    found = [one for one in accounting.load_versions(conn) if until is None or one.published_at <= until]
    return found or [accounting.default_version()]


def settings_for(versions: Sequence[SettingsVersion], month: date) -> SettingsVersion:
    """The settings to draw up a month with: a view of a month before the first version uses that."""
    return accounting.settings_at(versions, month) or versions[0]


def list_months(conn: Connection, now: datetime) -> OpenMonths:
    """The months of the books, oldest first."""
    zone = known_settings(conn)[-1].settings.zone_info
    closed = tuple(one.month for one in accounting.list_closes(conn))
    first = ledger.select_first_occurrence(conn)
    if closed:
        month = accounting.month_after(closed[-1])
    elif first is not None:
        month = month_of(first, zone)
    else:
        return OpenMonths((), ())
    still_open: list[date] = []
    while month <= month_of(now, zone):
        still_open.append(month)
        month = accounting.month_after(month)
    return OpenMonths(closed, tuple(still_open))


def read_month(conn: Connection, month: date) -> Statement:
    """The books of a month: as they were closed, or as they would be now, with every open month before it."""
    closes = accounting.list_closes(conn)
    if any(one.month == month for one in closes):
        return accounting.load_closed(conn, month)
    return draw_up_month(conn, month, until=None)


def draw_up_month(conn: Connection, month: date, *, until: datetime | None) -> Statement:
    """The books of a month from what was recorded and closed by an instant (None: all there is)."""
    statement, _ = _draw_up(conn, month, until, keep_members=False)
    return statement


def _draw_up(
    conn: Connection, month: date, until: datetime | None, *, keep_members: bool
) -> tuple[Statement, Attribution]:
    accounting.lift_time_limit(conn)
    versions = known_settings(conn, until)
    zone = versions[-1].settings.zone
    closes = [one for one in accounting.list_closes(conn, until) if one.month < month]
    attribution = Attribution({one.from_month: one.settings.material_right for one in versions}, until)
    if keep_members:
        attribution.keep_members()
    attribution.follow(ledger.stream_accounting_entries(conn, zone))
    sales = [SalesFigures(*row) for row in purchases.load_sales(conn, zone, month, until)]
    booked = accounting.load_booked(conn, closes)
    return accounting.draw_up(month, booked, attribution.points, sales, settings_for(versions, month)), attribution


def read_books_at(conn: Connection, at: datetime, customer_id: UUID | None = None) -> BooksAt:
    """Balance and liability as of an instant, from what was recorded by then. Raises ``NotFound``.

    Of one customer it follows all accounts too, because what a point is worth depends on its whole cohort.
    """
    zone = known_settings(conn, at)[-1].settings.zone_info
    statement, attribution = _draw_up(conn, month_of(at, zone), at, keep_members=customer_id is not None)
    accounts, entries, balance = ledger.select_balances_at(conn, at, customer_id)
    if customer_id is None:
        return BooksAt(
            at,
            None,
            accounts,
            entries,
            balance,
            statement.kpis.points_outstanding,
            statement.kpis.contract_liability_yen,
            statement.kpis.provision_yen,
            (),
        )
    if accounts == 0:
        raise NotFound("This customer had no points by then.", field="customer_id")
    held = [one for one in attribution.held_points() if one.customer_id == customer_id]
    lots = tuple(LotAt(*row) for row in ledger.select_lots_at(conn, at, customer_id))
    return BooksAt(
        at,
        customer_id,
        accounts,
        entries,
        balance,
        sum(one.points for one in held),
        _part_of(statement, held, PointClass.MATERIAL),
        _part_of(statement, held, PointClass.OTHER),
        lots,
    )


def _part_of(statement: Statement, held: Sequence[HeldPoints], point_class: PointClass) -> int:
    """The part of the liability that belongs to points held, rounded once."""
    lines = {line.cohort: line for line in statement.lines if line.point_class is point_class}
    part = Fraction(0)
    for one in held:
        line = lines.get(one.cohort)
        if one.point_class is point_class and line is not None and line.total.outstanding > 0:
            part += Fraction(line.yen.closing * one.points, line.total.outstanding)
    return accounting.round_half_up(part)
