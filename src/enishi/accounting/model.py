"""What the books hold: settings, cohorts of points, the movement table of a month, closes and settlements.

A *cohort* is the points issued in one calendar month of the books' zone, in one class. Money is integer yen, points
are integers, and a price or a share is a ``Decimal`` or a ``Fraction``: no number here is ever a float.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from enishi.accounting.settings_model import Account
from enishi.kit.errors import Conflict, NotFound, Refusal


class PointClass(StrEnum):
    """Why points are owed: a right that a sale carried (契約負債), or a grant without a sale (引当)."""

    MATERIAL = "material"
    OTHER = "other"


class Movement(StrEnum):
    """How points of a cohort come and go. Only the first adds to what is outstanding; the others take from it."""

    ISSUED = "issued"
    RETURNED = "returned"
    """Taken back because goods were returned."""
    USED = "used"
    """Spent, less what returns gave back."""
    EXPIRED = "expired"
    ADJUSTED = "adjusted"
    """Taken by hand, or kept as the fee of a transfer."""


class MovementKey(Struct, frozen=True, order=True):
    """What points are added up by. ``issue_store`` and ``at_store`` are empty for head office."""

    cohort: date
    point_class: PointClass
    movement: Movement
    issue_store: str
    at_store: str


class MovementRow(Struct, frozen=True):
    """Points that moved in a month's books; ``late_points`` of them occurred in a month that was closed already."""

    key: MovementKey
    points: int
    late_points: int


class PointCounts(Struct, frozen=True):
    """Points by movement. ``outstanding`` is what is left of them, held points included."""

    issued: int = 0
    returned: int = 0
    used: int = 0
    expired: int = 0
    adjusted: int = 0

    @property
    def granted(self) -> int:
        """Points issued for good: less those that returns took back."""
        return self.issued - self.returned

    @property
    def outstanding(self) -> int:
        """Points still to be used, expire or be taken back."""
        return self.issued - self.returned - self.used - self.expired - self.adjusted

    def plus(self, other: PointCounts) -> PointCounts:
        """Both together."""
        return PointCounts(
            self.issued + other.issued,
            self.returned + other.returned,
            self.used + other.used,
            self.expired + other.expired,
            self.adjusted + other.adjusted,
        )


class YenMovement(Struct, frozen=True):
    """The liability of a month in yen. Each part is signed as it changes the liability, so that the sum closes it."""

    opening: int = 0
    issued: int = 0
    returned: int = 0
    used: int = 0
    expired: int = 0
    remeasured: int = 0

    @property
    def closing(self) -> int:
        """The liability at the end."""
        return self.opening + self.issued + self.returned + self.used + self.expired + self.remeasured

    def plus(self, other: YenMovement) -> YenMovement:
        """Both together."""
        return YenMovement(
            self.opening + other.opening,
            self.issued + other.issued,
            self.returned + other.returned,
            self.used + other.used,
            self.expired + other.expired,
            self.remeasured + other.remeasured,
        )


class CohortLine(Struct, frozen=True):
    """A cohort in the movement table of a month.

    ``total`` counts since issue, ``moved`` in this month, ``late`` those of them that occurred in a closed month.
    ``allocated_yen`` is the part of the sales that the points took (0 for other grants), ``sales_yen`` the sales of
    this month's books, ``expected_points`` how many points are expected to be used in the end.
    """

    cohort: date
    point_class: PointClass
    total: PointCounts
    moved: PointCounts
    late: PointCounts
    sales_yen: int
    allocated_yen: int
    expected_points: int
    yen: YenMovement


class BackTest(Struct, frozen=True):
    """How the estimate would have done: fitted without the last ``months``, held against what was used in them."""

    months: int
    predicted_points: int
    actual_points: int

    @property
    def error_percent(self) -> Decimal | None:
        """By how much the prediction was too high (negative: too low), in percent of what was used."""
        if self.actual_points == 0:
            return None
        share = Decimal(100 * (self.predicted_points - self.actual_points)) / Decimal(self.actual_points)
        return share.quantize(Decimal("0.1"))


class Estimate(Struct, frozen=True):
    """What the expected use rests on: history or the fallback rate, and the back-test where there can be one."""

    point_class: PointClass
    from_history: bool
    months_of_history: int
    use_rate: Decimal
    """Expected to be used of all points granted and still in the table, four digits."""
    back_test: BackTest | None


class Figure(StrEnum):
    """A key figure, in the order of the page."""

    MEMBERS = "members"
    NEW_MEMBERS = "new_members"
    ACTIVE_MEMBERS = "active_members"
    PURCHASES = "purchases"
    MEMBER_PURCHASES = "member_purchases"
    SALES_YEN = "sales_yen"
    MEMBER_SALES_YEN = "member_sales_yen"
    MEMBER_SHARE = "member_share"
    AVERAGE_BASKET_YEN = "average_basket_yen"
    MEMBER_AVERAGE_BASKET_YEN = "member_average_basket_yen"
    RETURNS = "returns"
    REFUND_YEN = "refund_yen"
    POINTS_ISSUED = "points_issued"
    POINTS_USED = "points_used"
    POINTS_EXPIRED = "points_expired"
    USE_RATE = "use_rate"
    POINTS_OUTSTANDING = "points_outstanding"
    POINTS_PENDING = "points_pending"
    CONTRACT_LIABILITY_YEN = "contract_liability_yen"
    PROVISION_YEN = "provision_yen"


class MonthFigure(Struct, frozen=True):
    """One figure of a month. Percent with one digit, everything else whole."""

    figure: Figure
    value: Decimal


class Kpis(Struct, frozen=True):
    """Figures of a month, frozen with its close."""

    purchases: int
    sales_yen: int
    customers: int
    points_issued: int
    points_used: int
    points_lapsed: int
    points_outstanding: int
    contract_liability_yen: int
    provision_yen: int


class PairSettlement(Struct, frozen=True):
    """What two stores owe each other for a month: ``debtor`` pays ``net_yen`` (never negative) to ``creditor``.

    ``debtor_points`` were issued by the debtor and used at the creditor, ``creditor_points`` the other way round.
    """

    debtor: str
    creditor: str
    debtor_points: int
    creditor_points: int
    debtor_yen: int
    creditor_yen: int

    @property
    def net_yen(self) -> int:
        """What the debtor pays."""
        return self.debtor_yen - self.creditor_yen


class Statement(Struct, frozen=True):
    """The books of a month: closed, or as they would be closed now (``closed_at`` None).

    ``since`` is the first month in it: earlier than ``month`` only in a view of months that are not closed yet.
    ``pairs`` is the settlement as it was frozen, None where none was.
    """

    month: date
    since: date
    settings_version: int
    lines: tuple[CohortLine, ...]
    movements: tuple[MovementRow, ...]
    estimates: tuple[Estimate, ...]
    kpis: Kpis
    figures: tuple[MonthFigure, ...] = ()
    closed_at: datetime | None = None
    closed_by: str = ""
    pairs: tuple[PairSettlement, ...] | None = None


class Walk(Struct, frozen=True):
    """How far the journal had been followed: accounts, entries and the sum of balances by then.

    No entry that was seen was recorded after ``newest_at``.
    """

    walk: int
    newest_at: datetime
    accounts: int
    entries: int
    balance: int


class CloseRecord(Struct, frozen=True):
    """That a month was closed: when, by whom, under which settings, and by which walk (None: walks were not kept)."""

    month: date
    closed_at: datetime
    closed_by: str
    settings_version: int
    walk: Walk | None = None


class StorePosition(Struct, frozen=True):
    """A store in the settlement of a month; the nets of all stores add up to nothing."""

    store: str
    own_points: int
    """Issued and used here."""
    issued_used_elsewhere: int
    redeemed_for_others: int
    net_yen: int
    """To be received (negative: to be paid)."""


class Settlement(Struct, frozen=True):
    """Who issued, who redeemed, and who pays whom, of a month."""

    month: date
    pairs: tuple[PairSettlement, ...]
    stores: tuple[StorePosition, ...]


class JournalLine(Struct, frozen=True):
    """A line of the export to general accounting: one side only is not zero."""

    on: date
    account: Account
    code: str
    name: str
    store: str
    debit_yen: int
    credit_yen: int
    text: str


class HeldPoints(Struct, frozen=True):
    """Points that one member has, and of which cohort they are. ``customer_id`` names the member."""

    customer_id: UUID
    cohort: date
    point_class: PointClass
    points: int


class InvalidAccountingSettings(Refusal):
    """The settings can not be right."""

    code = "invalid-accounting-settings"
    status = 422
    title = "Invalid accounting settings"


class MonthNotOver(Conflict):
    """The month has not ended in the zone of the books. Nothing was closed."""

    code = "month-not-over"
    title = "Month not over"


class EarlierMonthOpen(Conflict):
    """A month before it is still open; ``first_open`` names it. Nothing was closed."""

    code = "earlier-month-open"
    title = "Earlier month open"


class MonthClosed(Conflict):
    """The month is closed, and what holds for it can not change any more."""

    code = "month-closed"
    title = "Month closed"


class NoAccountingSettings(Conflict):
    """No settings are published for the month. Nothing was closed."""

    code = "no-accounting-settings"
    title = "No accounting settings"


class NotClosed(NotFound):
    """The month is not closed."""

    code = "month-not-closed"
    title = "Month not closed"
