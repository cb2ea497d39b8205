"""What members bought, as a ladder's questions are answered from it, for any members and any day.

Plain questions over months are answered from the sums of months; those with filters, or over days, from the purchases
themselves, which are read only for a ladder that asks such. What is bought meanwhile is counted in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct
from psycopg import Connection

from enishi import customers, ledger, purchases
from enishi.purchases import Purchase
from enishi.ranks import queries
from enishi.ranks.calendar import BEGINNING, first_of, month_number, window_begins
from enishi.ranks.ladder import JoinYear, Lifetime, Measure
from enishi.ranks.rules import (
    AMOUNT,
    DAYS,
    NET,
    POINTS,
    PURCHASES,
    VISITS,
    Ask,
    Held,
    Joined,
    MonthSums,
    Plan,
    Question,
    answer_months,
    attained,
)


class Bought(Struct, gc=False, frozen=True):
    """A purchase net of what came back. ``stands`` while not all of it has; ``left`` is there when categories count."""

    day: date
    channel: str
    store: str
    amount_yen: int
    net_yen: int
    points: int
    stands: bool
    left: Purchase | None = None


class Person(Struct, gc=False, frozen=True):
    """When somebody joined, and the kinds of living identifiers they have."""

    joined_on: date
    held: frozenset[str]


class Figures(Struct, gc=False):
    """The figures of some members; ``count`` adds what is bought meanwhile."""

    plan: Plan
    zone: ZoneInfo
    months: dict[UUID, dict[int, MonthSums]]
    bought: dict[UUID, list[Bought]]
    people: dict[UUID, Person]
    fold: int = 0
    """The month that stands for all up to it: whether a day of them was a visit already is not known."""

    def answers(self, customer_id: UUID, on: date) -> list[int]:
        """The answers to the plan's questions about a member, as of a day."""
        answers = [0] * len(self.plan.questions)
        months = self.months.get(customer_id)
        if months:
            answer_months(self.plan, months, on, answers)
        if self.plan.asks_customer or self.plan.filtered:
            self._answer_rest(customer_id, on, answers)
        return answers

    def joined_on(self, customer_id: UUID) -> date | None:
        """When a member joined; None when no question asks."""
        person = self.people.get(customer_id)
        return None if person is None else person.joined_on

    def _answer_rest(self, customer_id: UUID, on: date, answers: list[int]) -> None:
        person = self.people.get(customer_id)
        for position, about in self.plan.about_people:
            answers[position] = _answer_of(about, person, on)
        for position in self.plan.filtered:
            question = self.plan.questions[position]
            if isinstance(question, Ask):
                begins = window_begins(question.window, on, None if person is None else person.joined_on)
                answers[position] = _count(question, self.bought.get(customer_id, ()), begins, on)

    def answers_with(self, customer_id: UUID, one: Bought, on: date) -> list[int]:
        """The answers as they would be with one purchase more."""
        months, bought = self.months.get(customer_id, {}), self.bought.get(customer_id, [])
        self.months[customer_id] = {number: list(sums) for number, sums in months.items()}
        self.bought[customer_id] = list(bought)
        self.count(customer_id, one)
        answers = self.answers(customer_id, on)
        self.months[customer_id], self.bought[customer_id] = months, bought
        return answers

    def count(self, customer_id: UUID, one: Bought) -> None:
        """Add a purchase."""
        months = self.months.setdefault(customer_id, {})
        sums = months.get(number := month_number(one.day))
        if sums is None:
            sums = months[number] = [0, 0, 0, 0, 0, 0]
        sums[AMOUNT] += one.amount_yen
        sums[NET] += one.net_yen
        sums[POINTS] += one.points
        sums[PURCHASES] += 1
        bit = 1 << one.day.day - 1
        if number > self.fold and not sums[DAYS] & bit:
            sums[DAYS] |= bit
            sums[VISITS] += 1
        if self.plan.filtered:
            self.bought.setdefault(customer_id, []).append(one)

    def take_off(self, customer_id: UUID, was: Bought, left: Bought, *, empties_day: bool) -> None:
        """Take off what came back of a purchase: ``left`` is what is left of it now, ``was`` what was before.

        ``empties_day``: nothing is left of what was bought on its day, so that it is no visit any more.
        """
        sums = self.months.get(customer_id, {}).get(month_number(was.day))
        if sums is None:
            return
        sums[AMOUNT] -= was.amount_yen - left.amount_yen
        sums[NET] -= was.net_yen - left.net_yen
        sums[POINTS] -= was.points - left.points
        sums[PURCHASES] -= was.stands and not left.stands
        bit = 1 << was.day.day - 1
        if empties_day and sums[DAYS] & bit:
            sums[DAYS] &= ~bit
            sums[VISITS] -= 1
        bought = self.bought.get(customer_id, [])
        for place, one in enumerate(bought):
            if one is was:
                bought[place] = left
                break

    def add_points(self, customer_id: UUID, day: date, points: int) -> None:
        """Count points that a purchase of a day had earned for later."""
        months = self.months.setdefault(customer_id, {})
        sums = months.setdefault(month_number(day), [0, 0, 0, 0, 0, 0])
        sums[POINTS] += points


def _count(question: Ask, bought: Sequence[Bought], begins: date, on: date) -> int:
    chosen = [
        one
        for one in bought
        if begins <= one.day <= on
        and (not question.channels or one.channel in question.channels)
        and (not question.stores or one.store in question.stores)
    ]
    if question.categories:
        chosen = [part for one in chosen if (part := _of_categories(one, question.categories)) is not None]
    match question.measure:
        case Measure.AMOUNT_WITH_TAX:
            return sum(one.amount_yen for one in chosen)
        case Measure.AMOUNT_WITHOUT_TAX:
            return sum(one.net_yen for one in chosen)
        case Measure.POINTS_EARNED:
            return sum(one.points for one in chosen)
        case Measure.PURCHASES:
            return sum(one.stands for one in chosen)
        case Measure.VISITS:
            return len({one.day for one in chosen if one.stands})


def _of_categories(one: Bought, categories: Sequence[str]) -> Bought | None:
    """The part of a purchase that is of these categories, as if it had been bought alone; None when there is none."""
    if one.left is None:
        return None
    lines = tuple(line for line in one.left.lines if line.category in categories)
    if not lines:
        return None
    part = msgspec.structs.replace(one.left, lines=lines)
    return msgspec.structs.replace(one, amount_yen=purchases.total_yen(part), net_yen=purchases.net_yen(part))


def ask_figures(
    conn: Connection, plan: Plan, zone: ZoneInfo, customer_ids: Sequence[UUID], days: Sequence[date]
) -> Callable[[], Figures]:
    """Ask for the figures of members by which questions are answered as of any of ``days``.

    In a pipeline the question travels with its neighbours, and the answer is waited for when it is called for; only
    questions about categories wait at once.
    """
    months = _ask_months(conn, plan, customer_ids, days)
    people = customers.ask_people(conn, customer_ids) if plan.asks_customer else None
    bought = purchases.ask_bought(conn, customer_ids, _since(plan, zone, days)) if plan.filtered else None

    def take() -> Figures:
        known = {
            customer_id: Person(joined_at.astimezone(zone).date(), frozenset(kinds))
            for customer_id, joined_at, kinds in (people() if people else ())
        }
        figures = Figures(plan, zone, months() if months else {}, {}, known, _fold(plan, days))
        if bought:
            figures.bought = _take_bought(conn, plan, zone, bought())
        return figures

    return take


def _ask_months(
    conn: Connection, plan: Plan, customer_ids: Sequence[UUID], days: Sequence[date]
) -> Callable[[], dict[UUID, dict[int, MonthSums]]] | None:
    if not plan.monthly or not customer_ids:
        return None
    fold = _fold(plan, days)
    ever = any(isinstance(window, Lifetime) for window, _ in plan.monthly)
    answer = queries.ask_months(conn, customer_ids, BEGINNING if ever else first_of(fold + 1), first_of(fold))

    def take() -> dict[UUID, dict[int, MonthSums]]:
        months: dict[UUID, dict[int, MonthSums]] = {}
        for customer_id, month, *sums in answer():
            months.setdefault(customer_id, {})[month.year * 12 + month.month - 1] = sums
        return months

    return take


def _fold(plan: Plan, days: Sequence[date]) -> int:
    """The last month before every window but a lifetime's."""
    first = min(days)
    begins = [month_number(window_begins(one, first)) for one, _ in plan.monthly if not isinstance(one, Lifetime)]
    return min(begins, default=month_number(first)) - 1


def _since(plan: Plan, zone: ZoneInfo, days: Sequence[date]) -> datetime:
    """From when on purchases matter. A member's year may have begun up to a year ago."""
    first = min(days)
    begins = [
        first.replace(year=first.year - 1, day=1)
        if isinstance(one.window, JoinYear)
        else window_begins(one.window, first)
        for position in plan.filtered
        if isinstance(one := plan.questions[position], Ask)
    ]
    return datetime.combine(max(min(begins), date(1900, 1, 1)), time.min, zone)


def answer_all(
    conn: Connection,
    plan: Plan,
    customer_ids: Sequence[UUID],
    on: date,
    *,
    zone: ZoneInfo,
    also: Container[UUID],
) -> list[tuple[UUID, list[int], date | None]]:
    """The answers about many members as of a day, added up by the database, and when they joined if that matters.

    Only for a ladder whose questions about purchases months answer. Left out are those who have bought nothing, are not
    in ``also``, and have nothing else that fulfils a tier. What people hold is asked only of those for whom it decides.
    """
    firsts = [first_of(month_number(window_begins(window, on))) for window, _ in plan.monthly]
    rows = queries.sum_windows(conn, customer_ids, firsts, [on] * len(firsts)) if firsts else []
    found: dict[UUID, list[int]] = {}
    size = len(plan.questions)
    for customer_id, number, *sums in rows:
        answers = found.get(customer_id)
        if answers is None:
            answers = found[customer_id] = [0] * size
        _, positions = plan.monthly[int(number) - 1]
        for position, measure in positions:
            answers[position] = sums[measure]
    if not plan.asks_customer:
        return [(one, found.get(one) or [0] * size, None) for one in customer_ids if one in found or one in also]
    return _with_people(conn, plan, found, customer_ids, on, zone=zone)


def _with_people(
    conn: Connection,
    plan: Plan,
    found: dict[UUID, list[int]],
    customer_ids: Sequence[UUID],
    on: date,
    *,
    zone: ZoneInfo,
) -> list[tuple[UUID, list[int], date | None]]:
    """Answers with what people hold, looked up where the best of it would fulfil another tier than the worst."""
    open_questions = [position for position, one in enumerate(plan.questions) if not isinstance(one, Ask)]
    deciding: list[UUID] = []
    for customer_id in customer_ids:
        answers = found.setdefault(customer_id, [0] * len(plan.questions))
        for position in open_questions:
            answers[position] = _BEST
        best = attained(plan, answers)
        for position in open_questions:
            answers[position] = 0
        if best and attained(plan, answers) != best:
            deciding.append(customer_id)
    joined: dict[UUID, date] = {}
    if deciding:
        for customer_id, joined_at, kinds in customers.ask_people(conn, deciding)():
            joined[customer_id] = joined_at.astimezone(zone).date()
            person = Person(joined[customer_id], frozenset(kinds))
            for position in open_questions:
                found[customer_id][position] = _answer_of(plan.questions[position], person, on)
    return [(one, found[one], joined.get(one)) for one in customer_ids]


_BEST = 10**9


def _answer_of(question: Question, person: Person | None, on: date) -> int:
    """The answer to a question about a person."""
    if person is None:
        return 0
    if isinstance(question, Joined):
        return max(0, (on - person.joined_on).days)
    return int(isinstance(question, Held) and question.fact.value in person.held)


def _take_bought(
    conn: Connection,
    plan: Plan,
    zone: ZoneInfo,
    rows: Sequence[tuple[UUID, UUID, datetime, str, str, int, int, int, bool]],
) -> dict[UUID, list[Bought]]:
    questions = [one for position in plan.filtered if isinstance(one := plan.questions[position], Ask)]
    later: Mapping[UUID, int] = {}
    if any(one.measure is Measure.POINTS_EARNED for one in questions):
        later = ledger.confirmed_by_purchase(conn, list({row[1] for row in rows}))
    left: Mapping[UUID, Purchase | None] = {}
    if any(one.categories for one in questions):
        left = purchases.load_left(conn, [row[0] for row in rows if row[8]])
    found: dict[UUID, list[Bought]] = {}
    for purchase_id, customer_id, at, channel, store, amount_yen, net_yen, points, stands in rows:
        found.setdefault(customer_id, []).append(
            Bought(
                at.astimezone(zone).date(),
                channel,
                store,
                amount_yen,
                net_yen,
                points + later.get(purchase_id, 0),
                stands,
                left.get(purchase_id),
            )
        )
    return found
