"""A campaign in plain words: what a member, a shop or an approver is told of it. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from enishi.campaigns.model import AddedPoints, AmountSteps, CampaignRules, Conditions, Multiplier, PointsPerPiece
from enishi.campaigns.wording import Words, words_of, write_times
from enishi.program import Locale

_PERIODS_JA = {"day": "1日", "week": "1週間", "month": "1か月", "year": "1年", "campaign": "期間中"}
_PERIODS_EN = {
    "day": "a day",
    "week": "a week",
    "month": "a month",
    "year": "a year",
    "campaign": "in the whole campaign",
}


def describe(rules: CampaignRules, locale: Locale) -> tuple[str, ...]:
    """Describe the rules, a sentence or a line for each decision: effect, goods, conditions, points, ceilings."""
    words = words_of(locale)
    lines = [_describe_effect(rules, words, locale), *_describe_goods(rules, locale)]
    lines += [
        words.line.format(condition=_begin(words.conditions[condition]), value=value)
        for condition, value in _list_conditions(rules.conditions, words, locale)
    ]
    return (*lines, _describe_award(rules, locale), *_describe_ceilings(rules, locale))


def _begin(text: str) -> str:
    """A word as a line begins with it."""
    return text[:1].upper() + text[1:]


def _describe_effect(rules: CampaignRules, words: Words, locale: Locale) -> str:
    is_ja = locale == "ja"
    match rules.effect:
        case Multiplier(times_percent):
            times = write_times(times_percent)
            return f"基本ポイントが {times}倍になります。" if is_ja else f"The base award is multiplied by {times}."
        case AddedPoints(points):
            return f"{points:,}pt を加算します。" if is_ja else f"{points:,} points are added."
        case PointsPerPiece(points, most):
            limit = ""
            if most is not None:
                limit = f"（{most:,}点まで）" if is_ja else f", for up to {most:,}"
            return f"対象商品1点につき {points:,}pt{limit}。" if is_ja else f"{points:,} points for each piece{limit}."
        case AmountSteps(steps):
            if is_ja:
                return "、".join(f"¥{step.from_yen:,} 以上で {step.points:,}pt" for step in steps) + "。"
            return words.listing.join(f"{step.points:,} points from ¥{step.from_yen:,}" for step in steps) + "."


def _describe_goods(rules: CampaignRules, locale: Locale) -> Iterator[str]:
    goods = rules.goods
    if goods is None:
        return
    names = [*goods.skus, *(f"{prefix}…" for prefix in goods.sku_prefixes), *goods.categories]
    yield f"対象商品：{'、'.join(names)}" if locale == "ja" else f"Goods: {', '.join(names)}"


def _list_conditions(conditions: Conditions, words: Words, locale: Locale) -> Iterator[tuple[str, str]]:
    is_ja = locale == "ja"
    joined = words.listing.join
    named: list[tuple[str, tuple[str, ...]]] = [
        ("weekdays", conditions.weekdays),
        ("days_of_month", tuple(words.counted["days_of_month"].format(day) for day in conditions.days_of_month)),
        ("hours", tuple(f"{one.from_time}–{one.to_time}" for one in conditions.hours)),
        ("stores", conditions.stores),
        ("stores_except", conditions.stores_except),
        ("channels", conditions.channels),
        ("payment_methods", conditions.payment_methods),
        ("ranks", conditions.ranks),
        ("segments", conditions.segments),
        ("segments_except", conditions.segments_except),
        ("weather", conditions.weather),
        ("codes", conditions.codes),
    ]
    for condition, values in named:
        if values:
            yield condition, joined(words.values.get(value, value) for value in values)
    if conditions.customer is not None:
        yield "customer", words.values[conditions.customer]
    if conditions.away_days is not None:
        yield "away_days", f"{conditions.away_days:,}日以上" if is_ja else f"{conditions.away_days:,} or more"
    if conditions.visit is not None:
        phrase = words.every if conditions.visit.every else words.visit
        yield "visit", phrase.format(number=conditions.visit.number)
    if conditions.birthday_month:
        yield "birthday_month", "お買い上げの月" if is_ja else "that of the purchase"
    if conditions.joined_within_days is not None:
        yield (
            "joined_within_days",
            (f"{conditions.joined_within_days:,}日以内" if is_ja else f"at most {conditions.joined_within_days:,}"),
        )
    if conditions.from_yen:
        measure = words.measure[conditions.measure]
        amount = f"¥{conditions.from_yen:,}"
        yield "from_yen", f"{amount} 以上（{measure}）" if is_ja else f"{amount} or more ({measure})"


def _describe_award(rules: CampaignRules, locale: Locale) -> str:
    award = rules.award
    if award.kind == "regular":
        return "通常ポイントとして付きます。" if locale == "ja" else "They are regular points."
    if award.valid_until is not None:
        until = award.valid_until
        if locale == "ja":
            return f"期間限定ポイントとして付き、有効期限は {until:%Y/%m/%d} です。"
        return f"They are limited points, valid through {until.day} {until:%B} {until.year}."
    days = award.valid_days or 0
    if locale == "ja":
        return f"期間限定ポイントとして付き、有効期限はお買い上げの {days:,}日後です。"
    return f"They are limited points, valid through the {days:,}th day after the purchase."


def _describe_ceilings(rules: CampaignRules, locale: Locale) -> Iterator[str]:
    ceilings = rules.ceilings
    is_ja = locale == "ja"
    period = (_PERIODS_JA if is_ja else _PERIODS_EN)[ceilings.member_period]
    if ceilings.receipt_points is not None:
        points = f"{ceilings.receipt_points:,}"
        yield f"1回のお買い物につき {points}pt まで。" if is_ja else f"At most {points} points a purchase."
    if ceilings.member_points is not None:
        points = f"{ceilings.member_points:,}"
        yield f"お一人様{period}につき {points}pt まで。" if is_ja else f"At most {points} points a member {period}."
    if ceilings.member_times is not None:
        times = f"{ceilings.member_times:,}"
        yield f"お一人様{period}につき {times}回まで。" if is_ja else f"At most {times} times a member {period}."
    if ceilings.budget_points is not None:
        points = f"{ceilings.budget_points:,}"
        yield f"予算は {points}pt です。" if is_ja else f"The budget is {points} points."
    if ceilings.store_budgets:
        count = len(ceilings.store_budgets)
        yield f"{count:,}店舗に店舗別の予算があります。" if is_ja else f"{count:,} stores have budgets of their own."
