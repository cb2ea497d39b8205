"""What the answers and kept reasons of ranks asked for, and what was found, in words. Pure.

Both name questions and windows for machines; here they become words again, those of ladders long out of force too.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from enishi.kit.identifiers import IdentifierKind
from enishi.purchases import Channel
from enishi.ranks.ladder import (
    CalendarPeriod,
    JoinYear,
    Lifetime,
    Locale,
    Measure,
    Period,
    RollingDays,
    RollingMonths,
    Window,
)
from enishi.ranks.model import Finding
from enishi.ranks.progress import Want
from enishi.ranks.rules import Ask, Held, Joined, Question
from enishi.ranks.wording import describe_question, quantity


def question_of(one: Want | Finding) -> Question:
    """The question that an answer or a kept reason names."""
    if one.question == "joined_for":
        return Joined()
    kind, _, fact = one.question.partition(":")
    if kind == "holds":
        return Held(IdentifierKind(fact))
    channels = tuple(Channel(channel) for channel in one.channels)
    return Ask(Measure(one.question), _window_of(one.window), channels, one.stores, one.categories)


def _window_of(name: str) -> Window:
    match name.split(":"):
        case ["months", count]:
            return RollingMonths(int(count))
        case ["days", count]:
            return RollingDays(int(count))
        case ["calendar", period, start_month]:
            return CalendarPeriod(Period(period), int(start_month))
        case ["join_year"]:
            return JoinYear()
        case _:
            return Lifetime()


def tell_needed(one: Want | Finding, locale: Locale) -> str:
    """What is asked for: so much of what, where and within which time."""
    return describe_question(question_of(one), one.needed, locale)


def tell_found(one: Want | Finding, locale: Locale) -> str:
    """What of it there is."""
    question = question_of(one)
    if not isinstance(question, Held):
        return quantity(question, one.found, locale)
    if locale == "ja":
        return "登録済み" if one.found else "未登録"
    return "done" if one.found else "not yet"


def nearest_first(ways: Sequence[tuple[Want, ...]]) -> list[tuple[Want, ...]]:
    """The alternatives, that of which the least share is missing first; equal ones as in the ladder."""
    return sorted(ways, key=lambda way: max((Fraction(one.missing, one.needed) for one in way), default=Fraction(0)))
