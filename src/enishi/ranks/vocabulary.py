"""What the settings of a ladder and their codes are called, in Japanese and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from enishi.kit.field_words import Vocabulary
from enishi.ranks.ladder import AllOf, AnyOf, AtLeast, Criterion, Ladder, Locale, Reward, TierRule, Window
from enishi.ranks.wording import CHANNELS, FACTS, describe_criterion, describe_reward, describe_window

_FIELDS: Final[Mapping[Locale, Mapping[str, str]]] = {
    "ja": {
        "name": "ランク表の名前",
        "tiers": "ランク",
        "name_ja": "名前（日本語）",
        "name_en": "名前（英語）",
        "code": "コード",
        "colour": "色",
        "criteria": "条件",
        "criteria.of": "条件",
        "permanent": "一度達すると失わない",
        "rewards": "ランクアップ特典",
        "policies": "",
        "upgrade": "ランクアップの時期",
        "schedule": "判定日",
        "schedule.kind": "判定の方式",
        "schedule.day": "判定日",
        "schedule.dates": "判定日",
        "keep": "ランクを保つ期間",
        "keep.kind": "ランクを保つ期間の方式",
        "keep.evaluations": "ランクを保つ期間",
        "keep.months": "ランクを保つ期間",
        "keep.years": "ランクを保つ期間",
        "keep.start_month": "年度の開始月",
        "grace_days": "猶予",
        "downgrade": "ランクダウンのしかた",
        "notice_days": "ランクダウンの予告",
        "on_return": "返品によるランクダウン",
        "priced_by": "ランクアップしたお買い物の計算",
        "store_groups": "店舗グループ",
        "kind": "種類",
        "of": "条件",
        "measure": "数えるもの",
        "value": "基準",
        "window": "期間",
        "months": "月数",
        "days": "日数",
        "period": "暦の期間",
        "start_month": "開始月",
        "channels": "チャネル",
        "stores": "店舗グループ",
        "categories": "商品カテゴリ",
        "fact": "登録",
        "points": "ポイント",
        "limited": "期間限定",
        "valid_days": "有効日数",
        "each_time": "達するたびに",
        "coupon": "クーポン",
        "template": "お知らせ",
        "benefit": "特典",
    },
    "en": {
        "name": "Name of the ladder",
        "tiers": "Tiers",
        "name_ja": "Name (Japanese)",
        "name_en": "Name (English)",
        "code": "Code",
        "colour": "Colour",
        "criteria": "Criteria",
        "criteria.of": "Criteria",
        "permanent": "Never lost again",
        "rewards": "Rewards",
        "policies": "",
        "upgrade": "When members rise",
        "schedule": "Evaluation",
        "schedule.kind": "Kind of evaluation",
        "schedule.day": "Day of evaluation",
        "schedule.dates": "Days of evaluation",
        "keep": "How long a rank is kept",
        "keep.kind": "How the time is counted",
        "keep.evaluations": "How long a rank is kept",
        "keep.months": "How long a rank is kept",
        "keep.years": "How long a rank is kept",
        "keep.start_month": "First month of the year",
        "grace_days": "Grace",
        "downgrade": "How members fall",
        "notice_days": "Notice before falling",
        "on_return": "Falling by returned goods",
        "priced_by": "Pricing of the purchase that lifts",
        "store_groups": "Groups of stores",
        "kind": "Kind",
        "of": "Criteria",
        "measure": "What counts",
        "value": "At least",
        "window": "Within",
        "months": "Months",
        "days": "Days",
        "period": "Period of the calendar",
        "start_month": "First month",
        "channels": "Channels",
        "stores": "Group of stores",
        "categories": "Product categories",
        "fact": "Holds",
        "points": "Points",
        "limited": "Limited",
        "valid_days": "Days valid",
        "each_time": "Each time",
        "coupon": "Coupon",
        "template": "Message",
        "benefit": "Benefit",
    },
}
_CODES: Final[Mapping[Locale, Mapping[str, Mapping[str, str]]]] = {
    "ja": {
        "upgrade": {"immediate": "条件を満たすとすぐに", "evaluation": "次の判定日に"},
        "downgrade": {"to_qualified": "満たしている段階まで", "one_step": "1段階ずつ"},
        "on_return": {"next_evaluation": "次の判定日に", "immediate": "すぐに"},
        "priced_by": {"rank_before": "元のランクで", "rank_after": "新しいランクで"},
        "measure": {
            "amount_with_tax": "お買上げ額（税込）",
            "amount_without_tax": "お買上げ額（税抜）",
            "visits": "ご来店",
            "purchases": "お買い物",
            "points_earned": "獲得ポイント",
        },
        "period": {"month": "月", "quarter": "四半期", "half": "半期", "year": "年"},
        "kind": {
            "at_least": "基準以上",
            "joined_for": "入会からの日数",
            "holds": "登録",
            "all": "すべて",
            "any": "いずれか",
            "months": "月数",
            "days": "日数",
            "calendar": "暦",
            "join_year": "入会記念日からの1年",
            "lifetime": "累計",
            "monthly": "毎月",
            "dates": "毎年の日付",
            "evaluations": "判定の回数",
            "years": "年度末",
            "points": "ポイント",
            "coupon": "クーポン",
            "message": "お知らせ",
            "benefit": "特典",
        },
    },
    "en": {
        "upgrade": {"immediate": "at once", "evaluation": "at the next evaluation"},
        "downgrade": {"to_qualified": "to the tier they fulfil", "one_step": "one tier at a time"},
        "on_return": {"next_evaluation": "at the next evaluation", "immediate": "at once"},
        "priced_by": {"rank_before": "by the old rank", "rank_after": "by the new rank"},
        "measure": {
            "amount_with_tax": "spending (with tax)",
            "amount_without_tax": "spending (before tax)",
            "visits": "visits",
            "purchases": "purchases",
            "points_earned": "points earned",
        },
        "period": {"month": "month", "quarter": "quarter", "half": "half-year", "year": "year"},
        "kind": {
            "at_least": "at least so much",
            "joined_for": "time since joining",
            "holds": "something held",
            "all": "all of them",
            "any": "any of them",
            "months": "months",
            "days": "days",
            "calendar": "of the calendar",
            "join_year": "year since joining",
            "lifetime": "altogether",
            "monthly": "every month",
            "dates": "days of the year",
            "evaluations": "evaluations",
            "years": "years",
            "points": "points",
            "coupon": "coupon",
            "message": "message",
            "benefit": "benefit",
        },
    },
}
_UNITS: Final = {"evaluations": "times"}
_BARE: Final = Ladder(name="-", tiers=(TierRule(code="-", name_ja="-", name_en="-", colour="#000000"),))


def vocabulary(locale: Locale) -> Vocabulary:
    """The words for a ladder's settings in a language; criteria, windows and rewards are told whole."""
    place = 0 if locale == "ja" else 1
    return Vocabulary(
        locale=locale,
        fields=_FIELDS[locale],
        codes={
            **_CODES[locale],
            "channels": {channel.value: words[place] for channel, words in CHANNELS.items()},
            "fact": {fact.value: words[place] for fact, words in FACTS.items()},
        },
        units=_UNITS,
        write=lambda part: _tell(part, locale),
    )


def _tell(part: Mapping[str, Any], locale: Locale) -> str | None:
    """A criterion, a window or a reward in the words that the ladder itself uses; None for whatever else it is."""
    try:
        return describe_window(msgspec.convert(part, Window), locale)
    except msgspec.ValidationError:
        pass
    try:
        return describe_reward(msgspec.convert(part, Reward), locale)
    except msgspec.ValidationError:
        pass
    try:
        criterion = msgspec.convert(part, Criterion)
    except msgspec.ValidationError:
        return None
    # Which stores a group has is not known here, so what asks for one is told field by field.
    return None if _asks_stores(criterion) else describe_criterion(criterion, _BARE, locale, nested=True)


def _asks_stores(criterion: Criterion) -> bool:
    if isinstance(criterion, AllOf | AnyOf):
        return any(_asks_stores(one) for one in criterion.of)
    return isinstance(criterion, AtLeast) and bool(criterion.stores)
