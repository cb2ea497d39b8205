"""What trying rules on the past comes to: figures by the rules of today and by those that are tried, side by side.

It is kept with a draft as JSON and read again years later, so a new field needs a default, and names and colours stand
in it as they were. Points and integer yen; days are those of the programme's zone.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Literal
from uuid import UUID

from msgspec import Struct

from enishi.kit.errors import Conflict

WITHIN_PERCENT = (10, 20, 30)
"""How far below a threshold is within its reach: the three distances that are told."""
MARGINS_PERCENT = (20, 30, 40)
"""Gross margins for which it is told what would pay for a threshold; which one holds, the company knows."""
NAMED_MEMBERS = 200
"""So many members of each move between ranks are named."""
POINTS_FROM = (0, 1, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000)
"""Where the bars of the distribution of points begin."""

Unit = Literal["yen", "points", "visits", "purchases"]


class NothingToTry(Conflict):
    """There is no history yet, or no programme that could have priced it."""

    code = "nothing-to-try"
    title = "Nothing to try it on"


class Sums(Struct, gc=False):
    """What purchases of members come to, without the goods that came back.

    ``campaign_points``, ``rank_points`` and ``absorbed_points`` come on top of ``base_points``; ``absorbed_points``
    had been earned by goods that came back, were spent by then, and stay with the members. ``unaffordable_points`` were
    used in fact, and would not have been there under these rules.
    """

    receipts: int = 0
    sales_yen: int = 0
    base_points: int = 0
    campaign_points: int = 0
    rank_points: int = 0
    used_points: int = 0
    unaffordable_points: int = 0
    absorbed_points: int = 0

    @property
    def points(self) -> int:
        """Everything that was given and not taken back."""
        return self.base_points + self.campaign_points + self.rank_points + self.absorbed_points

    def add(self, other: Sums) -> None:
        """Add the figures of a purchase or, below zero, of what came back of it."""
        self.receipts += other.receipts
        self.sales_yen += other.sales_yen
        self.base_points += other.base_points
        self.campaign_points += other.campaign_points
        self.rank_points += other.rank_points
        self.used_points += other.used_points
        self.unaffordable_points += other.unaffordable_points
        self.absorbed_points += other.absorbed_points


class Row(Struct, frozen=True):
    """Figures by both rules, of all, or of one month, store, rank or campaign.

    ``today_yen`` and ``tried_yen`` are what the points given cost, at the price of a point in the books.
    """

    name: str
    today: Sums
    tried: Sums
    today_yen: int = 0
    tried_yen: int = 0


class RankMove(Struct, frozen=True):
    """How many members hold ``today`` by the ladder of today and ``tried`` by the other; some of them by ID."""

    today: str
    tried: str
    goes: int
    """1 up, 0 stays, -1 down."""
    members: int
    some: tuple[UUID, ...]


class TierMembers(Struct, frozen=True):
    """How many members hold a tier at the end; with what the ladder calls it."""

    tier: str
    level: int
    members: int
    name_ja: str
    name_en: str
    colour: str


class PointsBar(Struct, frozen=True):
    """How many members were given ``from_points`` or more within the last year, and fewer than the next bar says."""

    from_points: int
    today: int
    tried: int


class Liability(Struct, frozen=True):
    """What is owed for points at the end, as the books would show it were they drawn up from the beginning."""

    outstanding_points: int
    expected_points: int
    """Of those granted, how many are expected to be used in the end, those that were used among them."""
    contract_liability_yen: int
    provision_yen: int

    @property
    def yen(self) -> int:
        """All of it."""
        return self.contract_liability_yen + self.provision_yen


class Valuation(Struct, frozen=True):
    """At what a point is valued, and by which settings of the books; version 0 are those that nobody has published.

    ``use_rate`` is the share of points given with purchases that is expected to be used, learnt from today's rules.
    """

    settings_version: int
    yen_per_point: Decimal
    use_rate: Decimal
    from_history: bool


class Below(Struct, frozen=True):
    """Who stayed below a threshold by up to ``percent`` of it, and what was missing to it in all."""

    percent: int
    count: int
    missing: int


class Reach(Struct, frozen=True):
    """Who reached a threshold with what was bought anyway, what they were given for it, and who stayed just below.

    ``amount`` is what was counted, in the threshold's unit. The wider bands of ``below`` contain the narrower ones.
    """

    count: int
    amount: int
    points: int
    points_yen: int
    below: tuple[Below, ...]


class Threshold(Struct, frozen=True, kw_only=True):
    """An amount from which something is given: a step or a minimum of a campaign, of receipts; or a rank, of members.

    ``code`` is the campaign's or the tier's. ``measure`` says what is counted. None where these rules have no such
    threshold.
    """

    kind: Literal["campaign", "rank"]
    code: str
    needed: int
    unit: Unit
    measure: str
    today: Reach | None
    tried: Reach | None
    label_ja: str = ""
    """What a rank asks for, in words; empty of a campaign."""
    label_en: str = ""


class BreakEven(Struct, frozen=True):
    """What would pay for a threshold at a gross margin.

    ``sales_yen`` are additional sales whose margin is the cost of the points given for what was bought anyway.
    ``lifted`` is how many of those within 30 % below would have to buy up to the threshold for it, each costing the
    points that are given there; None where that costs more than it brings.
    """

    margin_percent: int
    sales_yen: int
    lifted: int | None


class Label(Struct, frozen=True):
    """What a campaign is called."""

    code: str
    name_ja: str
    name_en: str


class Ground(Struct, frozen=True, kw_only=True):
    """What a result rests on: which versions decided, what was done to ranks, and what had to be left out."""

    program_today: tuple[int, ...] = ()
    """Versions of the programme that were in force while there were purchases."""
    ladders_today: tuple[int, ...] = ()
    program_tried: bool = False
    """Whether another programme is tried, as if it had always been in force."""
    ladder_tried: bool = False
    campaigns_tried: tuple[str, ...] = ()
    evaluations_today: int = 0
    evaluations_tried: int = 0
    overrides: int = 0
    """Ranks that were given by hand, and ends of such."""
    returns: int = 0
    refused_today: int = 0
    refused_tried: int = 0
    """Returns that the policy would have refused, so that their goods count as kept."""
    other_entries: int = 0
    """Entries of the journal that do not follow from these rules and were left out, such as adjustments and gifts."""
    other_points: int = 0


class Backtest(Struct, frozen=True, kw_only=True):
    """What became of a configuration that was tried on the past.

    ``outstanding_today`` and ``outstanding_tried`` are the points that could be used on ``until_on``. ``moved_days``
    names campaigns that lie ahead, and by how many days each was moved back. ``document`` is the SHA-256 of what was
    tried; the same document, ``now`` and history give the same bytes.
    """

    since_on: date
    until_on: date
    purchases: int
    members: int
    total: Row
    months: tuple[Row, ...]
    stores: tuple[Row, ...]
    ranks: tuple[Row, ...]
    campaigns: tuple[Row, ...]
    moves: tuple[RankMove, ...]
    outstanding_today: int
    outstanding_tried: int
    moved_days: dict[str, int]
    now: datetime
    document: str
    tiers_today: tuple[TierMembers, ...] = ()
    tiers_tried: tuple[TierMembers, ...] = ()
    names: tuple[Label, ...] = ()
    points_by_member: tuple[PointsBar, ...] = ()
    liability_today: Liability | None = None
    liability_tried: Liability | None = None
    valuation: Valuation | None = None
    thresholds: tuple[Threshold, ...] = ()
    ground: Ground | None = None

    @property
    def rising(self) -> int:
        """Members who would hold a higher rank."""
        return sum(move.members for move in self.moves if move.goes > 0)

    @property
    def falling(self) -> int:
        """Members who would hold a lower rank."""
        return sum(move.members for move in self.moves if move.goes < 0)


def break_even(reach: Reach, unit: str, margin_percent: int) -> BreakEven | None:
    """What would pay for a threshold in yen at a gross margin; None of another unit, or where nothing was given."""
    if unit != "yen" or reach.points_yen <= 0 or reach.count == 0:
        return None
    margin = Fraction(margin_percent, 100)
    cost = Fraction(reach.points_yen)
    widest = reach.below[-1] if reach.below else None
    lifted = None
    if widest is not None and widest.count:
        brings = margin * widest.missing / widest.count - cost / reach.count
        lifted = _ceil(cost / brings) if brings > 0 else None
    return BreakEven(margin_percent, _ceil(cost / margin), lifted)


def _ceil(value: Fraction) -> int:
    return -(-value.numerator // value.denominator)
