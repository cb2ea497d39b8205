"""The settings of a programme in plain words: what a member, a shop or an auditor would be told of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enishi.program.model import (
    EarningBase,
    EarningRule,
    ExpiryPolicy,
    ExtendedByActivity,
    FixedDate,
    Locale,
    MonthsToMonthEnd,
    ProgramSettings,
    Rounding,
    RoundingScope,
    TransferPolicy,
)
from enishi.program.pending import describe_pending_en, describe_pending_ja
from enishi.program.wording import words_of, write_exact

if TYPE_CHECKING:
    from collections.abc import Iterator

_JA_BASE = {EarningBase.TAX_EXCLUDED: "税抜金額", EarningBase.TAX_INCLUDED: "税込金額"}
_JA_ROUNDING = {Rounding.FLOOR: "切り捨て", Rounding.HALF_UP: "四捨五入し", Rounding.CEIL: "切り上げ"}
_EN_BASE = {EarningBase.TAX_EXCLUDED: "before tax", EarningBase.TAX_INCLUDED: "including tax"}
_EN_ROUNDING = {
    Rounding.FLOOR: "rounded down",
    Rounding.HALF_UP: "rounded to the nearest, halves up",
    Rounding.CEIL: "rounded up",
}


def describe(settings: ProgramSettings, locale: Locale) -> tuple[str, ...]:
    """Describe the settings, a sentence for each decision: rate, rounding, what counts, expiry, exclusions, stores."""
    return tuple(_describe_ja(settings) if locale == "ja" else _describe_en(settings))


def _describe_ja(settings: ProgramSettings) -> Iterator[str]:
    yield from _describe_rule_ja(settings.earning)
    yield _describe_expiry_ja(settings.expiry)
    if settings.excluded_categories:
        yield f"ポイント対象外の商品カテゴリー：{'、'.join(settings.excluded_categories)}"
    else:
        yield "すべての商品がポイントの対象です。"
    if settings.excluded_payment_methods:
        names = words_of("ja").reason
        methods = "、".join(names[method] for method in settings.excluded_payment_methods)
        yield f"ポイント対象外の支払い方法：{methods}"
    if settings.offline_spend_cap:
        yield f"通信のない端末では、1台1日 {settings.offline_spend_cap:,}pt まで、残高を超えても使えます。"
    for channel, pending in settings.pending.items():
        yield describe_pending_ja(channel.value, pending)
    names_ja = {"regular": "通常ポイント", "limited": "期間限定ポイント"}
    for kind, last in settings.last_use_on.items():
        day = f"{last.year}年{last.month}月{last.day}日"
        yield f"{names_ja[kind]}を使えるのは {day}までです。その後は有効期限にかかわらず使えません。"
    if settings.transfers != TransferPolicy():
        yield _describe_transfers_ja(settings.transfers)
    for store, rule in settings.store_overrides.items():
        yield f"店舗 {store}：{''.join(_describe_rule_ja(rule))}"


def _describe_rule_ja(rule: EarningRule) -> Iterator[str]:
    if rule.points_per_unit == 0:
        yield "ポイントの付与を停止しています。"
        return
    per_unit = rule.scope is RoundingScope.UNIT
    unit = f"{_JA_BASE[rule.base]} {rule.unit_yen:,}円{'ごとに' if per_unit else 'につき'} {rule.points_per_unit:,}pt"
    yield f"{unit} を付与します（{_write_percent(rule, 'ja')}）。"
    rounding = _JA_ROUNDING[rule.rounding]
    match rule.scope:
        case RoundingScope.UNIT:
            yield f"{rule.unit_yen:,}円に満たない端数は{rounding}ます。"
        case RoundingScope.LINE:
            yield f"ポイントは明細ごとに計算し、1pt未満を{rounding}て合計します。"
        case RoundingScope.RECEIPT:
            yield f"ポイントはレシート全体で計算し、1pt未満を{rounding}ます。"
    if rule.counts_points_paid == rule.counts_coupon_paid:
        yield f"ポイントやクーポンで支払った分{_counts_ja(counts=rule.counts_points_paid)}"
    else:
        yield f"ポイントで支払った分{_counts_ja(counts=rule.counts_points_paid)}"
        yield f"クーポンで支払った分{_counts_ja(counts=rule.counts_coupon_paid)}"


def _counts_ja(*, counts: bool) -> str:
    return "にも、ポイントが付きます。" if counts else "には、ポイントが付きません。"


def _describe_expiry_ja(expiry: ExpiryPolicy) -> str:
    match expiry:
        case MonthsToMonthEnd(0):
            return "有効期限は、ポイントが付いた月の月末です。"
        case MonthsToMonthEnd(months):
            return f"有効期限は、ポイントが付いた月の{months:,}か月後の月末です。"
        case ExtendedByActivity(months, to_month_end):
            until = "後の月末" if to_month_end else "後"
            return (
                f"有効期限は、最後にポイントが付いた日の{months:,}か月{until}です。"
                "ポイントが付くたびに、通常ポイントすべての期限が延びます。"
            )
        case FixedDate(on):
            return f"有効期限は、一律 {on.year}年{on.month}月{on.day}日です。"


def _describe_transfers_ja(policy: TransferPolicy) -> str:
    if not policy.gifts:
        return "お客様どうしでポイントを贈ることはできません。"
    fee = f"手数料は {policy.fee:,}pt です。" if policy.fee else "手数料はかかりません。"
    return f"ポイントを贈れるのは 1回 {policy.each:,}pt、1日 {policy.a_day:,}pt までです。{fee}"


def _describe_transfers_en(policy: TransferPolicy) -> str:
    if not policy.gifts:
        return "Members can not give points to each other."
    fee = f"for a fee of {policy.fee:,}" if policy.fee else "free of charge"
    return f"Members can give up to {policy.each:,} points at once and {policy.a_day:,} a day, {fee}."


def _describe_en(settings: ProgramSettings) -> Iterator[str]:
    yield from _describe_rule_en(settings.earning)
    yield _describe_expiry_en(settings.expiry)
    if settings.excluded_categories:
        yield f"Goods that earn no points: {', '.join(settings.excluded_categories)}."
    else:
        yield "All goods earn points."
    if settings.excluded_payment_methods:
        methods = ", ".join(method.value.replace("_", " ") for method in settings.excluded_payment_methods)
        yield f"Payment methods that earn no points: {methods}."
    if settings.offline_spend_cap:
        yield (
            f"Without a connection a terminal may spend {settings.offline_spend_cap:,} points a day; "
            "what turns out not to be there is owed."
        )
    for channel, pending in settings.pending.items():
        yield describe_pending_en(channel.value, pending)
    for kind, last in settings.last_use_on.items():
        day = f"{last.day} {last:%B} {last.year}"
        yield f"{kind.capitalize()} points can be used until {day}, whatever their own last day."
    if settings.transfers != TransferPolicy():
        yield _describe_transfers_en(settings.transfers)
    for store, rule in settings.store_overrides.items():
        yield f"Store {store}: {' '.join(_describe_rule_en(rule))}"


def _describe_rule_en(rule: EarningRule) -> Iterator[str]:
    if rule.points_per_unit == 0:
        yield "Earning is stopped."
        return
    points = f"{rule.points_per_unit:,} point" + ("" if rule.points_per_unit == 1 else "s")
    per = "for every full" if rule.scope is RoundingScope.UNIT and rule.rounding is Rounding.FLOOR else "per"
    yield f"{points} {per} ¥{rule.unit_yen:,} {_EN_BASE[rule.base]} ({_write_percent(rule, 'en')})."
    rounding = _EN_ROUNDING[rule.rounding]
    match rule.scope:
        case RoundingScope.UNIT:
            yield f"The number of ¥{rule.unit_yen:,} units is {rounding}."
        case RoundingScope.LINE:
            yield f"Points are worked out for each line, {rounding}, then added up."
        case RoundingScope.RECEIPT:
            yield f"Points are worked out for the whole receipt, then {rounding}."
    if rule.counts_points_paid == rule.counts_coupon_paid:
        yield f"What is paid with points or coupons {_counts_en(counts=rule.counts_points_paid)}"
    else:
        yield f"What is paid with points {_counts_en(counts=rule.counts_points_paid)}"
        yield f"What is paid with coupons {_counts_en(counts=rule.counts_coupon_paid)}"


def _counts_en(*, counts: bool) -> str:
    return "earns points too." if counts else "earns no points."


def _describe_expiry_en(expiry: ExpiryPolicy) -> str:
    match expiry:
        case MonthsToMonthEnd(0):
            return "Points are valid to the end of the month they were earned in."
        case MonthsToMonthEnd(months):
            return f"Points are valid to the end of the month, {_months_en(months)} after they were earned."
        case ExtendedByActivity(months, to_month_end):
            until = "to the end of the month, " if to_month_end else "for "
            return (
                f"Points are valid {until}{_months_en(months)} after the last earning:"
                " each earning moves the date of all regular points."
            )
        case FixedDate(on):
            return f"All points are valid until {on.day} {on:%B} {on.year}."


def _months_en(months: int) -> str:
    return "1 month" if months == 1 else f"{months:,} months"


def _write_percent(rule: EarningRule, locale: Locale) -> str:
    return write_exact(words_of(locale), rule.points_per_unit * 100, rule.unit_yen) + "%"
