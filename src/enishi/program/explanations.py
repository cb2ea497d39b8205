"""Answers to "why these points?" and "why none?", from the basis of an award alone, so that they hold years later."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from enishi.program.model import (
    BASE_RULE,
    STORE_RULE_PREFIX,
    AwardBasis,
    BasisPart,
    EarningBase,
    Explanation,
    Locale,
    ProgramVersion,
    Rounding,
    RoundingScope,
    Step,
)
from enishi.program.rules import assess, day_in_zone, last_day_of, tax_in
from enishi.program.wording import Words, words_of, write_exact, write_yen
from enishi.purchases import Purchase, TaxMode

if TYPE_CHECKING:
    from collections.abc import Iterable

_MOST_LINES_IN_A_SENTENCE = 5
"""A sentence adds up the points of this many lines; beyond it names their number, and the steps show each."""


def explain(basis: AwardBasis, locale: Locale) -> Explanation:
    """Explain an award: its arithmetic as one sentence, and as steps from the goods to the points."""
    words = words_of(locale)
    return Explanation(_write_sentence(basis, words), tuple(_list_steps(basis, words)))


def explain_in_a_sentence(basis: AwardBasis, locale: Locale) -> str:
    """The sentence of ``explain`` alone, for answers that are written by the thousand."""
    return _write_sentence(basis, words_of(locale))


def explain_no_award(
    purchase: Purchase, version: ProgramVersion | None, points_used: int, locale: Locale
) -> Explanation:
    """Explain why a purchase earned nothing under the version in force; what it earned, when it did earn."""
    words = words_of(locale)
    if version is None:
        moment = purchase.occurred_at.strftime(words.moment)
        return Explanation(words.no_programme.format(moment=moment), ())
    basis = assess(purchase, version, points_used)
    settings = version.settings
    occurred_on = day_in_zone(purchase.occurred_at, settings.zone_info)
    last_day = last_day_of(settings, occurred_on)
    if basis.points_per_unit == 0:
        return Explanation(words.stopped, (_rule_step(basis, words),))
    if last_day < occurred_on:
        day = last_day.strftime(words.day)
        return Explanation(words.past_expiry.format(day=day), (_rule_step(basis, words),))
    if basis.points:
        return explain(basis, locale)
    return Explanation(_write_refusal(basis, words), tuple(_list_steps(basis, words)))


def _write_refusal(basis: AwardBasis, words: Words) -> str:
    """Say why an assessment of a rule that does earn came to nothing."""
    gross_yen = sum(part.gross_yen for part in basis.parts)
    if gross_yen == 0 and basis.excluded_goods:
        return words.only_excluded_goods.format(deductions=_write_deductions(basis, words))
    if gross_yen == 0:
        return words.nothing_to_pay
    if basis.eligible_yen == 0 and basis.reductions:
        return words.only_reductions.format(deductions=_write_deductions(basis, words))
    if basis.scope is RoundingScope.LINE:
        return _write_sentence(basis, words)
    return _fill_sentence(True, basis, words)


def _write_sentence(basis: AwardBasis, words: Words) -> str:
    """Write the arithmetic in one line, such as ``税抜 ¥1,980 ÷ 100円 × 1pt = 19pt、端数切捨て``."""
    return _fill_sentence(False, basis, words)


def _fill_sentence(is_refusal: bool, basis: AwardBasis, words: Words) -> str:
    template = _sentence_of_rule(
        words.locale, basis.scope, is_refusal, basis.base, basis.unit_yen, basis.points_per_unit, basis.rounding
    )
    deductions = _write_deductions(basis, words)
    without = words.without.format(deductions=deductions) if deductions else ""
    # What the template does not name is not worked out: every award of every receipt gets its sentence.
    sentence = template.format(
        yen=write_yen(basis.eligible_yen),
        without=without,
        # A full-width bracket brings its own space.
        space="" if without.endswith("）") else " ",
        units=_count_units(basis) if "{units:,}" in template else 0,
        exact=words.points.format(_write_exact_points(basis, words)) if "{exact}" in template else "",
        sum=_write_sum(basis.parts, words) if "{sum}" in template else "",
        points=basis.points,
    )
    if basis.rule == BASE_RULE:
        return sentence
    return sentence + words.of_store.format(store=basis.rule.removeprefix(STORE_RULE_PREFIX))


@lru_cache(maxsize=1_024)
def _sentence_of_rule(  # noqa: PLR0917 - all of them are the key, and keywords would slow the look-up down
    locale: Locale,
    scope: RoundingScope,
    is_refusal: bool,
    base: EarningBase,
    unit_yen: int,
    points_per_unit: int,
    rounding: Rounding,
) -> str:
    """The sentence with all that the rule decides filled in, and braces left where the receipt's own values go.

    A programme has a few rules and a day has a million receipts: keeping this much saves more than half of a sentence.
    Nothing of a receipt is in it.
    """
    words = words_of(locale)
    by_unit = scope is RoundingScope.UNIT
    if is_refusal:
        template = words.none_unit if by_unit else words.none_receipt
    elif by_unit:
        template = words.sentence_unit
    else:
        template = words.sentence_line if scope is RoundingScope.LINE else words.sentence_receipt
    return template.format(
        amount=words.amount.format(base=words.base[base], yen="{yen}") + "{without}",
        base=words.base[base],
        without="{without}",
        space="{space}",
        unit=words.unit_yen.format(unit_yen),
        rate=_points(words, points_per_unit),
        units="{units:,}",
        exact="{exact}",
        rounded=(words.rounded_units if by_unit else words.rounded)[rounding],
        sum="{sum}",
        points=words.points.format("{points:,}"),
    )


def _write_sum(parts: tuple[BasisPart, ...], words: Words) -> str:
    if len(parts) > _MOST_LINES_IN_A_SENTENCE:
        return words.sum_of_lines.format(count=f"{len(parts):,}")
    return " + ".join(_points(words, part.points) for part in parts)


def _write_deductions(basis: AwardBasis, words: Words) -> str:
    """List what did not earn: excluded goods as one amount, then each reduction."""
    if not basis.excluded_goods and not basis.reductions:
        return ""
    deductions: list[str] = []
    excluded_yen = sum(yen for _, yen in basis.excluded_goods)
    if excluded_yen:
        deductions.append(words.deduction.format(reason=words.excluded_goods, yen=write_yen(excluded_yen)))
    for reason, yen in basis.reductions:
        deductions.append(words.deduction.format(reason=words.reason.get(reason, reason), yen=write_yen(yen)))
    return words.comma.join(deductions)


def _list_steps(basis: AwardBasis, words: Words) -> Iterable[Step]:
    yield _rule_step(basis, words)
    tax_mode = words.tax_mode[basis.tax_mode]
    for category, yen in basis.excluded_goods:
        value = words.step_excluded_value.format(yen=write_yen(yen), tax=tax_mode)
        yield Step(words.step_excluded.format(category=category), value)
    yield from _list_amounts(basis, words)
    unit = words.unit_yen.format(basis.unit_yen)
    rate = _points(words, basis.points_per_unit)
    rounding = words.scope[basis.scope].format(rounding=words.rounding[basis.rounding], unit=unit)
    amount = write_yen(basis.eligible_yen)
    if basis.scope is RoundingScope.RECEIPT:
        exact = words.points.format(_write_exact_points(basis, words))
        yield Step(words.step_arithmetic, f"{amount} ÷ {unit} × {rate} = {exact}")
        yield Step(words.step_rounding, rounding)
    elif basis.scope is RoundingScope.UNIT:
        units = f"{_count_units(basis):,}"
        exact = write_exact(words, basis.eligible_yen, basis.unit_yen)
        yield Step(words.step_units, f"{amount} ÷ {unit} = {exact} → {units}")
        yield Step(words.step_rounding, rounding)
        yield Step(words.step_arithmetic, f"{units} × {rate} = {_points(words, basis.points)}")
    else:
        yield Step(words.step_rounding, rounding)
    yield Step(words.step_result, _points(words, basis.points))


def _list_amounts(basis: AwardBasis, words: Words) -> Iterable[Step]:
    """List the way from the goods to the amount that earns, or to each line's points."""
    without_tax = basis.base is EarningBase.TAX_EXCLUDED
    # Amounts without tax that nothing reduces are shown as the receipt shows them, sparing a detour through the tax.
    as_printed = without_tax and basis.tax_mode is TaxMode.EXCLUDED and not basis.reductions
    tax = words.tax_mode[TaxMode.EXCLUDED if as_printed else TaxMode.INCLUDED]
    if basis.scope is not RoundingScope.LINE:
        for part in basis.parts:
            yen = part.eligible_yen if as_printed else part.gross_yen
            yield Step(words.step_goods.format(percent=part.tax_rate_percent, tax=tax), write_yen(yen))
    reduced_yen = sum(part.reduction_yen for part in basis.parts)
    for reason, yen in basis.reductions:
        label = words.reason.get(reason, reason)
        yield Step(label[:1].upper() + label[1:], write_yen(-yen))
    if reduced_yen != sum(yen for _, yen in basis.reductions):
        yield Step(words.step_share, write_yen(-reduced_yen))
    if basis.scope is RoundingScope.LINE:
        for part in basis.parts:
            label = words.step_line.format(line=part.line, percent=part.tax_rate_percent, tax=tax)
            yield Step(label, _write_line(part, basis, words, as_printed=as_printed))
        return
    if without_tax and not as_printed:
        for part in basis.parts:
            tax_yen = tax_in(part.gross_yen - part.reduction_yen, part.tax_rate_percent)
            if tax_yen:
                yield Step(words.step_tax.format(percent=part.tax_rate_percent), write_yen(-tax_yen))
    yield Step(words.step_eligible.format(base=words.base[basis.base]), write_yen(basis.eligible_yen))


def _write_line(part: BasisPart, basis: AwardBasis, words: Words, *, as_printed: bool) -> str:
    """Write one line's way to its points: ``¥550 − ¥50 − ¥45 = ¥455, ÷ 100円 × 1pt = 4.55pt → 4pt``."""
    terms = [part.eligible_yen if as_printed else part.gross_yen]
    terms += [-part.reduction_yen] if part.reduction_yen else []
    tax_yen = terms[0] - part.reduction_yen - part.eligible_yen
    terms += [-tax_yen] if tax_yen else []
    amount = write_yen(terms[0]) + "".join(f" − {write_yen(-term)}" for term in terms[1:])
    if len(terms) > 1:
        amount = f"({amount})"
    exact = words.points.format(write_exact(words, part.eligible_yen * basis.points_per_unit, basis.unit_yen))
    unit = words.unit_yen.format(basis.unit_yen)
    return f"{amount} ÷ {unit} × {_points(words, basis.points_per_unit)} = {exact} → {_points(words, part.points)}"


def _rule_step(basis: AwardBasis, words: Words) -> Step:
    if basis.rule == BASE_RULE:
        return Step(words.step_rule, words.step_rule_base.format(version=basis.version))
    store = basis.rule.removeprefix(STORE_RULE_PREFIX)
    return Step(words.step_rule, words.step_rule_store.format(version=basis.version, store=store))


def _write_exact_points(basis: AwardBasis, words: Words) -> str:
    numerator, _, denominator = basis.exact.partition("/")
    return write_exact(words, int(numerator), int(denominator or 1))


def _count_units(basis: AwardBasis) -> int:
    return basis.points // basis.points_per_unit if basis.points_per_unit else 0


def _points(words: Words, points: int) -> str:
    return words.points.format(f"{points:,}")
