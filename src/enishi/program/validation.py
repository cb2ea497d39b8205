"""What makes settings fit to be published. Every problem is found at once, each with its field and its remedy."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from enishi.program.model import (
    MAX_EXPIRY_MONTHS,
    MAX_POINTS_PER_UNIT,
    MAX_UNIT_YEN,
    EarningRule,
    ExpiryPolicy,
    ExtendedByActivity,
    FixedDate,
    MonthsToMonthEnd,
    Problem,
    ProgramSettings,
)
from enishi.program.pending import MAX_PENDING_DAYS, AfterDays, PendingRule
from enishi.purchases import PaymentMethod

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_MAX_NAME_LENGTH = 100
_MAX_CATEGORY_LENGTH = 128
_STORE_CODE = re.compile(r"[A-Za-z0-9._:\-]{1,64}")
"""As ``enishi.purchases`` accepts store codes: an override for any other could never apply."""


def validate(settings: ProgramSettings) -> list[Problem]:
    """List everything that keeps these settings from being published; empty when they are fit."""
    problems = [*_check_name(settings.name), *_check_zone(settings.zone)]
    problems += _check_rule("earning", settings.earning)
    problems += _check_expiry(settings.expiry)
    problems += _check_categories(settings.excluded_categories)
    problems += _check_methods(settings.excluded_payment_methods)
    for channel, pending in settings.pending.items():
        problems += _check_pending(f"pending.{channel.value}", pending)
    for store, rule in settings.store_overrides.items():
        field = f"store_overrides[{store!r}]"
        if not _STORE_CODE.fullmatch(store):
            remedy = "Use 1 to 64 letters, digits, dots, colons, hyphens or underscores."
            detail_ja = f"「{store}」は店舗コードに使えません。"
            remedy_ja = "英数字・ドット・コロン・ハイフン・下線の1〜64文字にしてください。"
            problems.append(Problem(field, f"{store!r} can not be the code of a store.", remedy, detail_ja, remedy_ja))
        problems += _check_rule(field, rule)
    return problems


def _check_name(name: str) -> Iterator[Problem]:
    if not name.strip():
        yield Problem(
            "name",
            "The programme has no name.",
            "Give it the name that members know.",
            "制度名がありません。",
            "会員に見える名前を付けてください。",
        )
    elif len(name) > _MAX_NAME_LENGTH:
        yield Problem(
            "name",
            f"The name has {len(name)} characters.",
            f"Use at most {_MAX_NAME_LENGTH}.",
            f"制度名が {len(name)}文字あります。",
            f"{_MAX_NAME_LENGTH}文字以内にしてください。",
        )


def _check_zone(zone: str) -> Iterator[Problem]:
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        # Which of the three it is depends on whether the name is unknown, malformed, or a folder of the database.
        yield Problem(
            "zone",
            f"{zone!r} is not a time zone.",
            "Use a name of the IANA database, such as Asia/Tokyo.",
            f"「{zone}」というタイムゾーンはありません。",
            "Asia/Tokyo のような IANA の名前を使ってください。",
        )


def _check_rule(field: str, rule: EarningRule) -> Iterator[Problem]:
    if not 1 <= rule.unit_yen <= MAX_UNIT_YEN:
        yield Problem(
            f"{field}.unit_yen",
            f"The unit is ¥{rule.unit_yen:,}.",
            f"Use a unit from ¥1 to ¥{MAX_UNIT_YEN:,}.",
            f"付与の単位が ¥{rule.unit_yen:,} です。",
            f"¥1 から ¥{MAX_UNIT_YEN:,} までにしてください。",
        )
    if not 0 <= rule.points_per_unit <= MAX_POINTS_PER_UNIT:
        yield Problem(
            f"{field}.points_per_unit",
            f"A unit would give {rule.points_per_unit:,} points.",
            f"Use 0 to {MAX_POINTS_PER_UNIT:,} points; 0 stops earning.",
            f"単位ごとに {rule.points_per_unit:,}ポイントになります。",
            f"0 から {MAX_POINTS_PER_UNIT:,} までにしてください（0 で付与を止めます）。",
        )
    elif rule.points_per_unit > rule.unit_yen >= 1:
        yield Problem(
            f"{field}.points_per_unit",
            f"{rule.points_per_unit:,} points for ¥{rule.unit_yen:,} give back more than was paid.",
            "Give at most one point for each yen.",
            f"¥{rule.unit_yen:,} で {rule.points_per_unit:,}ポイントでは、お支払いより多く返すことになります。",
            "1円につき1ポイントまでにしてください。",
        )


def _check_expiry(expiry: ExpiryPolicy) -> Iterator[Problem]:
    match expiry:
        case MonthsToMonthEnd(months):
            fewest = 0
        case ExtendedByActivity(months):
            fewest = 1
        case FixedDate():
            return
    if not fewest <= months <= MAX_EXPIRY_MONTHS:
        yield Problem(
            "expiry.months",
            f"Points would be valid for {months:,} months.",
            f"Use {fewest} to {MAX_EXPIRY_MONTHS:,} months.",
            f"有効期限が {months:,}か月です。",
            f"{fewest} から {MAX_EXPIRY_MONTHS:,}か月までにしてください。",
        )


def _check_pending(field: str, rule: PendingRule) -> Iterator[Problem]:
    fewest = 1 if isinstance(rule, AfterDays) else 0
    if not fewest <= rule.days <= MAX_PENDING_DAYS:
        yield Problem(
            f"{field}.days",
            f"Points would be pending for {rule.days:,} days.",
            f"Use {fewest} to {MAX_PENDING_DAYS} days.",
            f"仮ポイントの日数が {rule.days:,}日です。",
            f"{fewest} から {MAX_PENDING_DAYS}日までにしてください。",
        )


def _check_categories(categories: Sequence[str]) -> Iterator[Problem]:
    for index, category in enumerate(categories):
        field = f"excluded_categories[{index}]"
        if not category.strip():
            yield Problem(
                field,
                "The category is empty.",
                "Name a category, or leave it out.",
                "商品カテゴリが空です。",
                "名前を入れるか、取り除いてください。",
            )
        elif len(category) > _MAX_CATEGORY_LENGTH:
            yield Problem(
                field,
                f"The category has {len(category)} characters.",
                f"Use at most {_MAX_CATEGORY_LENGTH}.",
                f"商品カテゴリが {len(category)}文字あります。",
                f"{_MAX_CATEGORY_LENGTH}文字以内にしてください。",
            )
        elif category in categories[:index]:
            yield Problem(
                field,
                f"{category!r} is listed twice.",
                "List each category once.",
                f"「{category}」が2回あります。",
                "1つにしてください。",
            )


def _check_methods(methods: Sequence[PaymentMethod]) -> Iterator[Problem]:
    for index, method in enumerate(methods):
        field = f"excluded_payment_methods[{index}]"
        if method is PaymentMethod.COUPON:
            yield Problem(
                field,
                "Whether coupons earn is not decided here.",
                "Leave coupon out and set counts_coupon_paid of the earning rule.",
                "クーポンで支払った分に付与するかは、ここでは決めません。",
                "クーポンを外し、付与のルールで設定してください。",
            )
        elif method in methods[:index]:
            yield Problem(
                field,
                f"{method.value} is listed twice.",
                "List each payment method once.",
                "同じ支払い方法が2回あります。",
                "1つにしてください。",
            )
