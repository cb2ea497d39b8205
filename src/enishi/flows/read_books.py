"""The books of a month or of an instant, drawn up from the journal and the receipts. Reads only.

What came since the newest usable close is followed, about a minute for each two million entries; without a close, all
of it. What is asked of the past is answered from what was recorded by then, under the settings and closes that existed
by then.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from datetime import MAXYEAR, date, datetime, time
from fractions import Fraction
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct
from psycopg import Connection
from psycopg_pool import ConnectionPool

from enishi import accounting, customers, ledger, purchases
from enishi.accounting import (
    FROM_THE_BEGINNING,
    Activity,
    Attribution,
    CloseRecord,
    Done,
    Found,
    HeldPoints,
    PointClass,
    SettingsVersion,
    Standing,
    Start,
    Statement,
    Walk,
    WalkBook,
)
from enishi.flows.held_ranks import tiers_at
from enishi.flows.walk_books import follow_journal, follow_slices
from enishi.kit.errors import InvalidRequest, NotFound


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


def require_books_of(time: date, field: str = "month") -> None:
    """Refuse a day or an instant that no books can be of. Raises ``InvalidRequest``.

    No receipt is older than that, and the months around the ends of the calendar have no neighbours.
    """
    if not purchases.EARLIEST.year <= time.year < MAXYEAR:
        raise InvalidRequest(
            f"There are no books of {time.isoformat()[:7]}.", field=field, remedy="Name a time when there were sales."
        )


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
    if closed:
        month = accounting.month_after(closed[-1])
    else:
        first = ledger.select_first_occurrence(conn)
        if first is None:
            return OpenMonths((), ())
        month = month_of(first, zone)
    still_open: list[date] = []
    while month <= month_of(now, zone):
        still_open.append(month)
        month = accounting.month_after(month)
    return OpenMonths(closed, tuple(still_open))


def read_month(pool: ConnectionPool[Connection], month: date) -> Statement:
    """The books of a month: as they were closed, or as they would be now, with every open month before it.

    Raises ``InvalidRequest``.
    """
    require_books_of(month)
    with see_one_instant(pool) as conn:
        if any(one.month == month for one in accounting.list_closes(conn)):
            return accounting.load_closed(conn, month)
        return draw_up_month(conn, month)


@contextmanager
def see_one_instant(pool: ConnectionPool[Connection]) -> Generator[Connection]:
    """A transaction that sees one instant in all its statements, which may take as long as the journal is."""
    with pool.connection() as conn:
        accounting.see_one_instant(conn)
        accounting.lift_time_limit(conn)
        yield conn


def draw_up_month(conn: Connection, month: date, book: WalkBook | None = None) -> Statement:
    """The books of a month as they are now, in a transaction that sees one instant; ``book`` writes the walk down."""
    view = open_view(conn, month, None)
    if book is None:
        return view.draw_up(conn, view.follow(conn))
    attribution = view.follow(conn, book.keep, after_slice=book.write_positions)
    book.finish(month, view.start, attribution)
    return view.draw_up(conn, attribution)


class View(Struct, frozen=True):
    """What the books of a month are drawn up with, and where the journal is followed from."""

    month: date
    until: datetime | None
    versions: tuple[SettingsVersion, ...]
    closes: tuple[CloseRecord, ...]
    start: Start

    @property
    def zone(self) -> ZoneInfo:
        """The zone whose calendar the books follow."""
        return self.versions[-1].settings.zone_info

    def follow(
        self,
        conn: Connection,
        done: Done | None = None,
        *,
        after_slice: Callable[[], None] | None = None,
    ) -> Attribution:
        """Follow what has moved since the start. ``done`` is told where each of these accounts stands at the end."""
        attribution = self.make_attribution(done)
        follow_journal(conn, attribution, self.zone.key, self.start, after_slice=after_slice)
        return attribution

    def make_attribution(self, done: Done | None = None) -> Attribution:
        """What follows the journal under the rules of this view."""
        return Attribution(
            {one.from_month: one.settings.material_right for one in self.versions}, self.until, done=done
        )

    def find(self, conn: Connection, attribution: Attribution) -> Found:
        """What was found, with what went on in the month."""
        return accounting.load_found(
            conn, self.start, attribution, load_activity(conn, self.month, self.zone, self.until)
        )

    def draw_up(self, conn: Connection, attribution: Attribution) -> Statement:
        """The books of the month out of what was found."""
        booked = accounting.load_booked(conn, self.closes, self.start.month)
        return accounting.draw_up(
            self.month, booked, self.find(conn, attribution), settings_for(self.versions, self.month)
        )

    def count(self, attribution: Attribution) -> Walk:
        """Accounts, entries and balances by the end of what was followed."""
        return accounting.walk_so_far(self.start, attribution)


def load_activity(conn: Connection, month: date, zone: ZoneInfo, until: datetime | None) -> Activity:
    """What went on in a month: its receipts recorded by an instant, its returns, and the people."""
    since, before = (datetime.combine(one, time.min, zone) for one in (month, accounting.month_after(month)))
    receipts = purchases.load_month_figures(conn, since, before, until)
    members, new_members = customers.count_joined(conn, since, before)
    return Activity(
        receipts.receipts,
        receipts.sales_yen,
        receipts.member_receipts,
        receipts.member_sales_yen,
        receipts.customers,
        members,
        new_members,
        receipts.returns,
        receipts.refund_yen,
        ledger.sum_open_pending(conn, before),
    )


def open_view(conn: Connection, month: date, until: datetime | None, *, from_beginning: bool = False) -> View:
    """The view of a month from what was recorded and closed by an instant (None: all there is).

    ``from_beginning`` follows every entry there ever was, whatever closes have kept.
    """
    closes = accounting.list_closes(conn)
    then = [one for one in closes if one.month < month and (until is None or one.closed_at <= until)]
    start = FROM_THE_BEGINNING if from_beginning else accounting.choose_start(closes, month, until)
    return View(month, until, tuple(known_settings(conn, until)), tuple(then), start)


def read_books_at(pool: ConnectionPool[Connection], at: datetime, customer_id: UUID | None = None) -> BooksAt:
    """Balance and liability as of an instant, from what was recorded by then. Raises ``NotFound``, ``InvalidRequest``.

    Of one customer it follows all accounts too, because what a point is worth depends on its whole cohort.
    """
    require_books_of(at, "at")
    with see_one_instant(pool) as conn:
        view = open_view(conn, month_of(at, known_settings(conn, at)[-1].settings.zone_info), at)
        own: list[HeldPoints] = []

        def find_own(customer: UUID, standing: Standing) -> None:
            if customer == customer_id:
                own.extend(standing.held_points(customer))

        attribution = view.follow(conn, find_own)
        statement = view.draw_up(conn, attribution)
        if customer_id is None:
            so_far = view.count(attribution)
            return BooksAt(
                at,
                None,
                so_far.accounts,
                so_far.entries,
                so_far.balance,
                statement.kpis.points_outstanding,
                statement.kpis.contract_liability_yen,
                statement.kpis.provision_yen,
                (),
            )
        found = ledger.select_balance_at(conn, at, customer_id)
        if found is None:
            raise NotFound("This customer had no points by then.", field="customer_id")
        entries, balance, _ = found
        if not own:
            own += accounting.load_held(conn, view.start, customer_id)
        return BooksAt(
            at,
            customer_id,
            1,
            entries,
            balance,
            sum(one.points for one in own),
            _part_of(statement, own, PointClass.MATERIAL),
            _part_of(statement, own, PointClass.OTHER),
            tuple(LotAt(*row) for row in ledger.select_lots_at(conn, at, customer_id)),
        )


class MemberAt(Struct, frozen=True):
    """One customer's points, their part of the liability (see ``BooksAt``) and the code of their rank at an instant."""

    customer_id: UUID
    balance: int
    outstanding: int
    contract_liability_yen: int
    provision_yen: int
    rank: str = ""


def list_members_at(pool: ConnectionPool[Connection], at: datetime) -> Generator[MemberAt]:
    """Every customer who had entries by an instant, as accounts end: those who transferred points come last.

    The journal is followed twice, because what a point is worth is known when all have been followed. Each customer's
    yen are rounded by themselves, so their sum may differ from the whole by some yen. Raises ``InvalidRequest``.
    """
    require_books_of(at, "at")
    with see_one_instant(pool) as conn:
        view = open_view(conn, month_of(at, known_settings(conn, at)[-1].settings.zone_info), at)
        statement = view.draw_up(conn, view.follow(conn))
        ended: list[MemberAt] = []

        def end(customer_id: UUID, standing: Standing) -> None:
            if standing.seq:
                held = list(standing.held_points(customer_id))
                ended.append(
                    MemberAt(
                        customer_id,
                        standing.balance,
                        sum(one.points for one in held),
                        _part_of(statement, held, PointClass.MATERIAL),
                        _part_of(statement, held, PointClass.OTHER),
                    )
                )

        for _ in follow_slices(conn, view.make_attribution(end), view.zone.key, view.start, standing_still=True):
            tiers = tiers_at(conn, [one.customer_id for one in ended], at)
            yield from [msgspec.structs.replace(one, rank=tiers[one.customer_id] or "") for one in ended]
            ended.clear()


def _part_of(statement: Statement, held: Sequence[HeldPoints], point_class: PointClass) -> int:
    """The part of the liability that belongs to points held, rounded once."""
    lines = {line.cohort: line for line in statement.lines if line.point_class is point_class}
    part = Fraction(0)
    for one in held:
        line = lines.get(one.cohort)
        if one.point_class is point_class and line is not None and line.total.outstanding > 0:
            part += Fraction(line.yen.closing * one.points, line.total.outstanding)
    return accounting.round_half_up(part)
