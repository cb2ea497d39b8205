"""The JSON of trying rules on the past as the console receives it, and how it is made.

A result is kept as ``flows.Backtest``. It is presented anew for each caller: in their language, with the stores' names,
and with members' names only for those who may see personal data.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal
from uuid import UUID

from psycopg import Connection
from pydantic import AwareDatetime

from enishi import catalog, customers, flows
from enishi.access import Locale
from enishi.catalog import Store
from enishi.flows import Backtest, Liability, RankMove, Reach, Row, Sums, Threshold, TierMembers
from enishi.kit.vault import Keyring
from enishi.web.backtest_words import tell_ground, tell_needed
from enishi.web.shapes import Shape


class BacktestSums(Shape):
    """What purchases of members come to, without the goods that came back.

    ``points`` is everything given: base, campaigns, ranks, and what the shop bears of goods that came back.
    ``cost_yen`` values it at the books' price of a point.
    """

    receipts: int
    sales_yen: int
    points: int
    base_points: int
    campaign_points: int
    rank_points: int
    absorbed_points: int
    used_points: int
    unaffordable_points: int
    cost_yen: int


class BacktestRow(Shape):
    """One month, store, rank or campaign by both rules. ``colour`` is there for ranks."""

    code: str
    name: str
    colour: str | None
    today: BacktestSums
    tried: BacktestSums
    difference_points: int
    difference_yen: int


class BacktestTier(Shape):
    """A tier of one of the ladders and who holds it at the end; the one without a code is that of no ladder."""

    code: str
    level: int
    name: str
    colour: str
    members: int


class BacktestMover(Shape):
    """A member who holds another rank by the rules that are tried; ``name`` is null for callers who may not see it."""

    customer_id: UUID
    name: str | None


class BacktestMove(Shape):
    """How many members go from a tier of today to one of the ladder tried, by their codes. ``some`` are up to 200."""

    today: str
    tried: str
    goes: Literal[-1, 0, 1]
    members: int
    some: list[BacktestMover]


class BacktestBar(Shape):
    """Members who were given so many points in the last year; ``below_points`` is null for the last bar."""

    from_points: int
    below_points: int | None
    today: int
    tried: int


class BacktestLiability(Shape):
    """What is owed for points, by the rules of the books."""

    outstanding_points: int
    expected_points: int
    contract_liability_yen: int
    provision_yen: int
    yen: int


class BacktestValuation(Shape):
    """At what a point is valued; ``settings_version`` 0 are settings that nobody has published."""

    settings_version: int
    yen_per_point: str
    use_rate: str
    from_history: bool


class BacktestBelow(Shape):
    """Who stayed below a threshold by up to ``percent`` of it."""

    percent: int
    count: int
    missing: int


class BacktestBreakEven(Shape):
    """What would pay for a threshold at a gross margin; ``lifted`` null: no number of those within reach would."""

    margin_percent: int
    sales_yen: int
    lifted: int | None


class BacktestReach(Shape):
    """Who reached a threshold with what was bought anyway, what that cost, and who stayed just below it."""

    count: int
    amount: int
    points: int
    points_yen: int
    below: list[BacktestBelow]
    break_even: list[BacktestBreakEven]


class BacktestThreshold(Shape):
    """A step or minimum of a campaign (counted in receipts), or what a rank needs (counted in members)."""

    kind: Literal["campaign", "rank"]
    code: str
    name: str
    needed: int
    unit: Literal["yen", "points", "visits", "purchases"]
    needed_text: str
    today: BacktestReach | None
    tried: BacktestReach | None


class BacktestMoved(Shape):
    """A campaign that lies ahead, and was tried so many days earlier."""

    code: str
    name: str
    days: int


class BacktestShape(Shape):
    """What became of a configuration that was tried on the past, beside the rules of today.

    ``assumptions`` say in sentences what the result was made of and what it can not know.
    """

    since_on: date
    until_on: date
    now: AwareDatetime
    document: str
    purchases: int
    members: int
    total: BacktestRow
    months: list[BacktestRow]
    stores: list[BacktestRow]
    ranks: list[BacktestRow]
    campaigns: list[BacktestRow]
    tiers_today: list[BacktestTier]
    tiers_tried: list[BacktestTier]
    moves: list[BacktestMove]
    rising: int
    falling: int
    outstanding_today: int
    outstanding_tried: int
    liability_today: BacktestLiability | None
    liability_tried: BacktestLiability | None
    valuation: BacktestValuation | None
    points_by_member: list[BacktestBar]
    thresholds: list[BacktestThreshold]
    moved: list[BacktestMoved]
    assumptions: list[str]


def present_backtest(
    conn: Connection, keyring: Keyring, tried: Backtest, language: Locale, *, named: bool
) -> BacktestShape:
    """Present a result in a language; ``named``: with members' names, for callers who may see personal data."""
    people: dict[UUID, str] = {}
    if named:
        wanted = sorted({one for move in tried.moves if move.goes for one in move.some})
        records = customers.load_customers(conn, keyring, wanted) if wanted else {}
        people = {one: record.profile.name for one, record in records.items()}
    return shape_backtest(tried, language, catalog.load_stores(conn), people if named else None)


def shape_backtest(
    tried: Backtest, language: Locale, stores: Mapping[str, Store], people: Mapping[UUID, str] | None
) -> BacktestShape:
    """The same with what has been looked up; ``people`` None names nobody. Pure."""
    by_ja = language is Locale.JA
    names = {one.code: one.name_ja if by_ja else one.name_en for one in tried.names}
    tiers = {one.tier: one for one in (*tried.tiers_today, *tried.tiers_tried)}
    tier_names = {code: one.name_ja if by_ja else one.name_en for code, one in tiers.items()}
    colours = {code: one.colour for code, one in tiers.items()}
    unranked = (_no_rank(tried.members),) if tiers else ()
    return BacktestShape(
        since_on=tried.since_on,
        until_on=tried.until_on,
        now=tried.now,
        document=tried.document,
        purchases=tried.purchases,
        members=tried.members,
        total=_row(tried.total, ""),
        months=[_row(one, one.name) for one in tried.months],
        stores=[_row(one, _store_name(one.name, stores, language)) for one in tried.stores],
        ranks=[_row(one, tier_names.get(one.name, one.name), colours.get(one.name)) for one in tried.ranks],
        campaigns=[_row(one, names.get(one.name, one.name)) for one in tried.campaigns],
        tiers_today=_tiers(tried.tiers_today or unranked, language),
        tiers_tried=_tiers(tried.tiers_tried or unranked, language),
        moves=[_move(one, people) for one in tried.moves],
        rising=tried.rising,
        falling=tried.falling,
        outstanding_today=tried.outstanding_today,
        outstanding_tried=tried.outstanding_tried,
        liability_today=_liability(tried.liability_today),
        liability_tried=_liability(tried.liability_tried),
        valuation=_valuation(tried),
        points_by_member=_bars(tried),
        thresholds=[_threshold(one, names | tier_names, language) for one in tried.thresholds],
        moved=[
            BacktestMoved(code=code, name=names.get(code, code), days=days) for code, days in tried.moved_days.items()
        ],
        assumptions=tell_ground(tried, language.value),
    )


def _no_rank(members: int) -> TierMembers:
    """What everybody holds where only the other rules have a ladder."""
    return TierMembers("", 0, members, "ランクなし", "No rank", "#8A919C")


def _store_name(code: str, stores: Mapping[str, Store], language: Locale) -> str:
    """A store by its name; what ranks give at evaluations belongs to head office, which has no code."""
    if code == "":
        return "本部（定期判定など）" if language is Locale.JA else "Head office (evaluations and the like)"
    return stores[code].name if code in stores else code


def _sums(one: Sums, cost_yen: int) -> BacktestSums:
    return BacktestSums(
        receipts=one.receipts,
        sales_yen=one.sales_yen,
        points=one.points,
        base_points=one.base_points,
        campaign_points=one.campaign_points,
        rank_points=one.rank_points,
        absorbed_points=one.absorbed_points,
        used_points=one.used_points,
        unaffordable_points=one.unaffordable_points,
        cost_yen=cost_yen,
    )


def _row(one: Row, name: str, colour: str | None = None) -> BacktestRow:
    return BacktestRow(
        code=one.name,
        name=name,
        colour=colour,
        today=_sums(one.today, one.today_yen),
        tried=_sums(one.tried, one.tried_yen),
        difference_points=one.tried.points - one.today.points,
        difference_yen=one.tried_yen - one.today_yen,
    )


def _tiers(tiers: Sequence[TierMembers], language: Locale) -> list[BacktestTier]:
    return [
        BacktestTier(
            code=one.tier,
            level=one.level,
            name=one.name_ja if language is Locale.JA else one.name_en,
            colour=one.colour,
            members=one.members,
        )
        for one in tiers
    ]


def _move(one: RankMove, people: Mapping[UUID, str] | None) -> BacktestMove:
    return BacktestMove(
        today=one.today,
        tried=one.tried,
        goes=1 if one.goes > 0 else -1 if one.goes < 0 else 0,
        members=one.members,
        some=[
            BacktestMover(customer_id=each, name=None if people is None else people.get(each, ""))
            for each in (one.some if one.goes else ())
        ],
    )


def _liability(one: Liability | None) -> BacktestLiability | None:
    if one is None:
        return None
    return BacktestLiability(
        outstanding_points=one.outstanding_points,
        expected_points=one.expected_points,
        contract_liability_yen=one.contract_liability_yen,
        provision_yen=one.provision_yen,
        yen=one.yen,
    )


def _valuation(tried: Backtest) -> BacktestValuation | None:
    one = tried.valuation
    if one is None:
        return None
    return BacktestValuation(
        settings_version=one.settings_version,
        yen_per_point=str(one.yen_per_point),
        use_rate=str(one.use_rate),
        from_history=one.from_history,
    )


def _bars(tried: Backtest) -> list[BacktestBar]:
    bars = tried.points_by_member
    ends: list[int | None] = [*(one.from_points for one in bars[1:]), None]
    return [
        BacktestBar(from_points=one.from_points, below_points=end, today=one.today, tried=one.tried)
        for one, end in zip(bars, ends, strict=True)
    ] if bars else []  # fmt: skip


def _threshold(one: Threshold, names: Mapping[str, str], language: Locale) -> BacktestThreshold:
    return BacktestThreshold(
        kind=one.kind,
        code=one.code,
        name=names.get(one.code, one.code),
        needed=one.needed,
        unit=one.unit,
        needed_text=tell_needed(one, language.value),
        today=_reach(one.today, one.unit),
        tried=_reach(one.tried, one.unit),
    )


def _reach(one: Reach | None, unit: str) -> BacktestReach | None:
    if one is None:
        return None
    paying = [flows.break_even(one, unit, margin) for margin in flows.MARGINS_PERCENT]
    return BacktestReach(
        count=one.count,
        amount=one.amount,
        points=one.points,
        points_yen=one.points_yen,
        below=[BacktestBelow(percent=each.percent, count=each.count, missing=each.missing) for each in one.below],
        break_even=[
            BacktestBreakEven(margin_percent=each.margin_percent, sales_yen=each.sales_yen, lifted=each.lifted)
            for each in paying
            if each is not None
        ],
    )
