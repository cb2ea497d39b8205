"""Answers to "why these points?" and "why not this campaign?", from what is kept alone, for years."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from enishi.campaigns.basis import CampaignBasis, Cut, Finding, NotApplied
from enishi.campaigns.model import AddedPoints, AmountSteps, Multiplier, PointsPerPiece
from enishi.campaigns.wording import Words, words_of, write_exact, write_times
from enishi.program import Explanation, Locale, Step

_UNKNOWN = "?"


def explain(basis: CampaignBasis, locale: Locale) -> Explanation:
    """Explain an award: its arithmetic as one sentence, and as steps from the campaign to the points."""
    return Explanation(explain_in_a_sentence(basis, locale), tuple(_list_steps(basis, words_of(locale), locale)))


def explain_in_a_sentence(basis: CampaignBasis, locale: Locale) -> str:
    """The sentence of ``explain`` alone."""
    words = words_of(locale)
    exact = Fraction(basis.exact)
    whole = basis.points + sum(cut.lost for cut in basis.cuts)
    sentence = words.name.format(name=_name(basis.name_ja, basis.name_en, locale)) + _arithmetic(basis, words)
    if exact != whole:
        sentence += words.rounded.format(points=_points(words, whole))
    left = whole
    for cut in basis.cuts:
        left -= cut.lost
        sentence += _fill_cut(words.cut[cut.ceiling], cut, words, left)
    return sentence


def explain_refusal(refusal: NotApplied, locale: Locale) -> str:
    """Why a live campaign gives nothing, in one or two sentences."""
    words = words_of(locale)
    findings = words.listing.join(describe_finding(one, locale) for one in refusal.findings if not one.holds)
    other = _name(refusal.other_name_ja, refusal.other_name_en, locale)
    return words.refusals[refusal.reason].format(findings=findings, other=other).strip()


def describe_finding(finding: Finding, locale: Locale) -> str:
    """A condition, what was found and what is needed, in one line."""
    words = words_of(locale)
    return words.finding.format(
        condition=words.conditions[finding.condition],
        found=write_value(finding.condition, finding.found, locale),
        needed=write_value(finding.condition, finding.needed, locale),
    )


def name_condition(condition: str, locale: Locale) -> str:
    """What a condition is called."""
    return words_of(locale).conditions[condition]


def write_value(condition: str, value: str, locale: Locale) -> str:
    """What was found or is needed, as people write it."""
    words = words_of(locale)
    if value in {"", _UNKNOWN}:
        return words.unknown if value else words.none
    if condition == "joining":
        return _write_day(date.fromisoformat(value), locale)
    return words.listing.join(_write_one(condition, one, words) for one in value.split(","))


def _write_one(condition: str, value: str, words: Words) -> str:
    match condition:
        case "from_yen":
            return words.yen.format(write_exact(value))
        case "visit" if value.startswith("*"):
            return words.every.format(number=value[1:])
        case "visit":
            return words.visit.format(number=value.rstrip("+"))
        case "days_of_month" | "birthday_month" | "away_days" | "joined_within_days":
            return words.counted[condition].format(value)
        case "stores" | "stores_except" | "ranks" | "segments" | "segments_except" | "codes" | "weather":
            return value
        case _:
            return words.values.get(value, value)


def _write_day(day: date, locale: Locale) -> str:
    return f"{day:%Y/%m/%d}" if locale == "ja" else f"{day.day} {day:%B} {day.year}"


def _name(name_ja: str, name_en: str, locale: Locale) -> str:
    return name_ja if locale == "ja" else name_en


def _points(words: Words, points: int) -> str:
    return words.points.format(f"{points:,}")


def _arithmetic(basis: CampaignBasis, words: Words) -> str:
    result = words.points.format(write_exact(basis.exact))
    match basis.effect:
        case Multiplier(times_percent):
            times = write_times(times_percent)
            if basis.on_goods:
                base = words.points.format(write_exact(basis.on_goods))
                return words.multiplier_goods.format(base=base, times=times, result=result)
            base = _points(words, basis.base_points)
            if basis.times_before:
                before = write_exact(basis.times_before)
                return words.multiplier_before.format(base=base, before=before, times=times, result=result)
            return words.multiplier.format(base=base, times=times, result=result)
        case AddedPoints():
            return words.added.format(result=result)
        case PointsPerPiece(points):
            return words.per_piece.format(pieces=f"{basis.pieces:,}", points=_points(words, points), result=result)
        case AmountSteps():
            return words.steps.format(amount=words.yen.format(write_exact(basis.amount_yen)), result=result)


def _fill_cut(template: str, cut: Cut, words: Words, left: int) -> str:
    return template.format(
        limit=_points(words, cut.limit), count=cut.limit, left=_points(words, cut.left), points=_points(words, left)
    )


def _list_steps(basis: CampaignBasis, words: Words, locale: Locale) -> Iterator[Step]:
    name = _name(basis.name_ja, basis.name_en, locale)
    yield Step(
        words.step_campaign,
        words.step_version.format(name=name, code=basis.campaign, version=basis.campaign_version),
    )
    for condition, found in basis.met:
        yield Step(words.conditions[condition], write_value(condition, found, locale))
    if isinstance(basis.effect, Multiplier):
        yield Step(words.step_base, _points(words, basis.base_points))
    if basis.on_goods:
        yield Step(words.step_goods, words.points.format(write_exact(basis.on_goods)))
    if basis.pieces:
        yield Step(words.step_pieces, f"{basis.pieces:,}")
    if basis.amount_yen and isinstance(basis.effect, AmountSteps):
        label = words.step_amount.format(measure=words.measure[basis.measure])
        yield Step(label, words.yen.format(write_exact(basis.amount_yen)))
    if basis.group:
        yield Step(words.step_group.format(group=basis.group, mode=words.modes[basis.mode]), name)
    yield Step(words.step_arithmetic, _arithmetic(basis, words))
    whole = basis.points + sum(cut.lost for cut in basis.cuts)
    if Fraction(basis.exact) != whole:
        yield Step(words.step_exact, words.points.format(write_exact(basis.exact)))
    for cut in basis.cuts:
        yield Step(words.step_cut[cut.ceiling], f"{_points(words, cut.left)} (−{_points(words, cut.lost)})")
    yield Step(words.step_result, _points(words, basis.points))
