"""Which rank somebody's figures give, what is missing to it, and why. One rule for receipts, quotes and evaluations.

A ladder is brought into a plan once: the distinct questions that its criteria ask, and for each tier the alternatives
that fulfil it, as pairs of a question and the least answer. Answers are integers in the order of the questions. A tier
is fulfilled when all answers of one alternative are large enough, so a larger answer never costs a tier.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from itertools import product

from msgspec import Struct

from enishi.kit.identifiers import IdentifierKind
from enishi.purchases import Channel
from enishi.ranks.calendar import is_monthly, month_number, window_begins, window_holds_until
from enishi.ranks.ladder import (
    AllOf,
    AnyOf,
    AtLeast,
    CalendarPeriod,
    Criterion,
    Holds,
    JoinedFor,
    JoinYear,
    Ladder,
    LadderVersion,
    Lifetime,
    Measure,
    RollingDays,
    RollingMonths,
    Tier,
    Window,
)
from enishi.ranks.model import ChangeBasis, Finding

AMOUNT, NET, VISITS, PURCHASES, POINTS, DAYS = range(6)
"""Positions in the sums of a month; ``DAYS`` is the mask of days with a purchase, bit 0 being the first."""
_POSITIONS = {
    Measure.AMOUNT_WITH_TAX: AMOUNT,
    Measure.AMOUNT_WITHOUT_TAX: NET,
    Measure.VISITS: VISITS,
    Measure.PURCHASES: PURCHASES,
    Measure.POINTS_EARNED: POINTS,
}
MonthSums = list[int]
Alternative = tuple[tuple[int, int], ...]
"""Pairs of the position of a question and the least answer that it needs."""


class Ask(Struct, gc=False, frozen=True):
    """A question about purchases: how much of a measure there is in a window; ``stores`` are codes."""

    measure: Measure
    window: Window
    channels: tuple[Channel, ...] = ()
    stores: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether the sums of months answer it."""
        return is_monthly(self.window) and not (self.channels or self.stores or self.categories)


class Joined(Struct, gc=False, frozen=True):
    """The question for how many days somebody has been a member."""


class Held(Struct, gc=False, frozen=True):
    """The question whether somebody has a living identifier of a kind: 1 or 0."""

    fact: IdentifierKind


Question = Ask | Joined | Held


class Plan(Struct, frozen=True):
    """A ladder as it is evaluated. ``monthly`` lists each window that months answer, with questions and positions."""

    questions: tuple[Question, ...]
    tiers: tuple[tuple[Alternative, ...], ...]
    monthly: tuple[tuple[Window, tuple[tuple[int, int], ...]], ...]
    filtered: tuple[int, ...]
    """Questions that only the purchases themselves answer."""
    asks_customer: bool
    """Whether it matters when somebody joined, or what they hold."""
    about_people: tuple[tuple[int, Joined | Held], ...]
    """Questions about the person, and their positions."""
    asks_visits: bool
    counts_months: bool
    """Whether any window begins with a month, so that an evaluation looks at whole months."""


class LadderInForce(Struct, frozen=True):
    """A published ladder, made ready."""

    version: LadderVersion
    plan: Plan
    tiers: tuple[Tier, ...]

    @property
    def ladder(self) -> Ladder:
        """What was published."""
        return self.version.ladder


def ready(version: LadderVersion) -> LadderInForce:
    """Make a published ladder ready for use."""
    tiers = tuple(
        Tier(
            code=rule.code,
            level=level,
            name_ja=rule.name_ja,
            name_en=rule.name_en,
            colour=rule.colour,
            criteria=rule.criteria,
            permanent=rule.permanent,
            rewards=rule.rewards,
        )
        for level, rule in enumerate(version.ladder.tiers)
    )
    return LadderInForce(version, plan_of(version.ladder), tiers)


def ladder_at(ladders: Sequence[LadderInForce], instant: object) -> LadderInForce | None:
    """The ladder in force at an instant; ``ladders`` ascend by effective time. None before the first."""
    found = None
    for one in ladders:
        if one.version.effective_at <= instant:  # pyright: ignore[reportOperatorIssue]
            found = one
    return found


def plan_of(ladder: Ladder) -> Plan:
    """The questions and alternatives of a ladder."""
    questions: dict[Question, int] = {}
    tiers = [
        tuple(
            tuple(
                (questions.setdefault(question, len(questions)), needed)
                for question, needed in (_ask(leaf, ladder) for leaf in alternative)
            )
            for alternative in alternatives_of(tier.criteria)
        )
        if tier.criteria is not None
        else ((),)
        for tier in ladder.tiers
    ]
    asks = [(position, one) for one, position in questions.items() if isinstance(one, Ask)]
    monthly: dict[Window, list[tuple[int, int]]] = {}
    for position, one in asks:
        if one.is_plain:
            monthly.setdefault(one.window, []).append((position, _POSITIONS[one.measure]))
    return Plan(
        questions=tuple(questions),
        tiers=tuple(tuple(_merged(one) for one in alternatives) for alternatives in tiers),
        monthly=tuple((window, tuple(positions)) for window, positions in monthly.items()),
        filtered=tuple(position for position, one in asks if not one.is_plain),
        about_people=tuple((position, one) for one, position in questions.items() if not isinstance(one, Ask)),
        asks_customer=any(not isinstance(one, Ask) or isinstance(one.window, JoinYear) for one in questions),
        asks_visits=any(one.is_plain and one.measure is Measure.VISITS for _, one in asks),
        counts_months=any(is_monthly(one.window) for _, one in asks) or not asks,
    )


def _merged(alternative: Alternative) -> Alternative:
    """An alternative that asks each question once, for the most it needs."""
    most: dict[int, int] = {}
    for position, needed in alternative:
        most[position] = max(needed, most.get(position, 0))
    return tuple(most.items())


def alternatives_of(criterion: Criterion) -> list[tuple[AtLeast | JoinedFor | Holds, ...]]:
    """The brackets of a criterion multiplied out: it is fulfilled when all leaves of one alternative are."""
    match criterion:
        case AllOf(of):
            return [
                tuple(leaf for part in parts for leaf in part)
                for parts in product(*(alternatives_of(one) for one in of))
            ]
        case AnyOf(of):
            return [alternative for one in of for alternative in alternatives_of(one)]
        case _:
            return [(criterion,)]


def count_alternatives(criterion: Criterion) -> int:
    """How many alternatives there are, without making them."""
    match criterion:
        case AllOf(of):
            total = 1
            for one in of:
                total *= count_alternatives(one)
            return total
        case AnyOf(of):
            return sum(count_alternatives(one) for one in of)
        case _:
            return 1


def _ask(leaf: AtLeast | JoinedFor | Holds, ladder: Ladder) -> tuple[Question, int]:
    match leaf:
        case AtLeast():
            stores = tuple(sorted(ladder.store_groups[leaf.stores])) if leaf.stores else ()
            ask = Ask(leaf.measure, leaf.window, tuple(sorted(leaf.channels)), stores, tuple(sorted(leaf.categories)))
            return ask, leaf.value
        case JoinedFor(days):
            return Joined(), days
        case Holds(fact):
            return Held(fact), 1


def attained(plan: Plan, answers: Sequence[int]) -> int:
    """The level of the highest tier that is fulfilled; others below it need not be."""
    for level in range(len(plan.tiers) - 1, 0, -1):
        for alternative in plan.tiers[level]:
            for position, needed in alternative:
                if answers[position] < needed:
                    break
            else:
                return level
    return 0


def rises_above(plan: Plan, answers: Sequence[int], level: int) -> int:
    """The level attained, when it is above ``level``; else ``level``."""
    for higher in range(len(plan.tiers) - 1, level, -1):
        for alternative in plan.tiers[higher]:
            for position, needed in alternative:
                if answers[position] < needed:
                    break
            else:
                return higher
    return level


@lru_cache(maxsize=4_096)
def _first_month(window: Window, on: date) -> int:
    return month_number(window_begins(window, on))


def answer_months(plan: Plan, months: Mapping[int, MonthSums], on: date, answers: list[int]) -> None:
    """Answer every question that months answer, as of a day; ``months`` are by their number.

    A bucket that stands for all months before the ones that are listed has the number of the last of them.
    """
    last = month_number(on)
    for window, positions in plan.monthly:
        first = _first_month(window, on)
        inside = [sums for number, sums in months.items() if first <= number <= last]
        for position, measure in positions:
            answers[position] = sum([sums[measure] for sums in inside])


class Missing(Struct, gc=False, frozen=True):
    """What of one question is there and what is needed. ``by`` is the last day on which what is there still counts."""

    question: Question
    found: int
    needed: int
    by: date | None

    @property
    def missing(self) -> int:
        """How much is missing; 0 when it is fulfilled."""
        return max(0, self.needed - self.found)


def ways_to(
    plan: Plan, level: int, answers: Sequence[int], on: date, joined_on: date | None = None
) -> tuple[tuple[Missing, ...], ...]:
    """By each alternative of a tier, what is found and what is needed, as of a day."""

    def tell(position: int, needed: int) -> Missing:
        question = plan.questions[position]
        by = window_holds_until(question.window, on, joined_on) if isinstance(question, Ask) else None
        return Missing(question, answers[position], needed, by)

    return tuple(tuple(tell(*pair) for pair in alternative) for alternative in plan.tiers[level])


def basis_of(
    ladder: LadderInForce, level: int, answers: Sequence[int], on: date, joined_on: date | None
) -> ChangeBasis:
    """What was found and needed for a tier, as it is kept with a change."""
    plan = ladder.plan
    if level == 0:
        return ChangeBasis(on, ladder.tiers[0].code)
    ways = tuple(
        tuple(_find(plan.questions[position], answers[position], needed, on, joined_on) for position, needed in one)
        for one in plan.tiers[level]
    )
    return ChangeBasis(on, ladder.tiers[level].code, ways)


def _find(question: Question, found: int, needed: int, on: date, joined_on: date | None) -> Finding:
    if not isinstance(question, Ask):
        return Finding(name_of(question), found, needed)
    return Finding(
        name_of(question),
        found,
        needed,
        window_begins(question.window, on, joined_on),
        window_name(question.window),
        tuple(one.value for one in question.channels),
        question.stores,
        question.categories,
    )


def name_of(question: Question) -> str:
    """The question's name, for machines: its measure, ``joined_for`` or ``holds:<kind>``."""
    if isinstance(question, Joined):
        return "joined_for"
    return f"holds:{question.fact.value}" if isinstance(question, Held) else question.measure.value


def window_name(window: Window) -> str:
    """A window, for machines: ``months:6``, ``days:90``, ``calendar:year:4``, ``join_year`` or ``lifetime``."""
    match window:
        case RollingMonths(months):
            return f"months:{months}"
        case RollingDays(days):
            return f"days:{days}"
        case CalendarPeriod(period, start_month):
            return f"calendar:{period.value}:{start_month}"
        case JoinYear():
            return "join_year"
        case Lifetime():
            return "lifetime"
