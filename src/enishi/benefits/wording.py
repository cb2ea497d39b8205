"""Why a customer has a benefit or has it not, in one sentence of either language, and the conditions one by one."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec import Struct

from enishi.benefits.model import Benefit, BenefitKind, BenefitState, Check, Entitlement, Limit, Locale, Per, Standing

_PER: dict[Locale, dict[Per, str]] = {
    "ja": {
        Per.EVER: "通算",
        Per.VISIT: "1回のご来店",
        Per.DAY: "1日",
        Per.MONTH: "1か月",
        Per.QUARTER: "四半期",
        Per.YEAR: "1年",
    },
    "en": {
        Per.EVER: "altogether",
        Per.VISIT: "a visit",
        Per.DAY: "a day",
        Per.MONTH: "a month",
        Per.QUARTER: "a quarter",
        Per.YEAR: "a year",
    },
}
_RULES: dict[Locale, dict[str, str]] = {
    "ja": {
        "rank": "会員ランク",
        "grant": "ランクアップ特典",
        "period": "期間",
        "store": "店舗",
        "channel": "チャネル",
        "product": "対象商品",
        "opening": "先行販売の開始",
        "amount": "ご購入金額",
        "limit": "ご利用回数",
    },
    "en": {
        "rank": "Rank",
        "grant": "Reward of a rank",
        "period": "Period",
        "store": "Store",
        "channel": "Channel",
        "product": "Product",
        "opening": "Opens",
        "amount": "Amount",
        "limit": "Times given",
    },
}
_CHANNELS: dict[Locale, dict[str, str]] = {
    "ja": {"pos": "店頭", "ec": "通販", "app": "アプリ", "line": "LINE"},
    "en": {"pos": "shop", "ec": "online shop", "app": "app", "line": "LINE"},
}


class Step(Struct, frozen=True):
    """One condition as it is shown: what is looked at, whether it holds, what was found and what is needed."""

    label: str
    holds: bool
    found: str
    needed: str


def name_of(benefit: Benefit, locale: Locale) -> str:
    """The name of a benefit."""
    return benefit.name_ja if locale == "ja" else benefit.name_en


def note_of(benefit: Benefit, locale: Locale) -> str:
    """What staff and members should know of it."""
    return benefit.note_ja if locale == "ja" else benefit.note_en


def tier_name(standing: Standing, code: str, locale: Locale) -> str:
    """A tier by the name that members know; its code when the ladder does not have it."""
    tier = standing.find(code)
    if tier is None:
        return code
    return tier.name_ja if locale == "ja" else tier.name_en


def who_has(benefit: Benefit, standing: Standing, locale: Locale) -> str:
    """Whose benefit it is: "ゴールド以上の方"."""
    if benefit.rewards_only:
        return "ランクアップ特典を受けた方" if locale == "ja" else "Whoever a change of rank has granted it to"
    if benefit.tier is None:
        return "すべての会員" if locale == "ja" else "Every member"
    name = tier_name(standing, benefit.tier, locale)
    if locale == "ja":
        return f"{name}以上の方" if benefit.and_above else f"{name}の方"
    return f"{name} and above" if benefit.and_above else f"{name} only"


def how_often(limit: Limit | None, locale: Locale) -> str:
    """A limit in words; empty without one."""
    if limit is None:
        return ""
    per = _PER[locale][limit.per]
    if locale == "ja":
        return f"{per}に{limit.times}回まで" if limit.per is not Per.EVER else f"{per}{limit.times}回まで"
    times = "once" if limit.times == 1 else f"{limit.times} times"
    return f"{times} {per}"


_WHY_NOT: dict[BenefitState, tuple[str, str]] = {
    BenefitState.NOT_GRANTED: ("ランクが上がったときにお渡しする特典です。", "It comes with a change of rank."),
    BenefitState.RANK_NEEDED: ("{who}の特典です。", "For: {who}."),
    BenefitState.ENDED: ("この特典の期間は終わりました。", "The period of this benefit is over."),
    BenefitState.OTHER_STORE: ("この店舗は対象外です。", "It is not given at this store."),
    BenefitState.OTHER_CHANNEL: ("{channels}でご利用いただけます。", "It holds in: {channels}."),
    BenefitState.OTHER_PRODUCT: ("この商品は対象外です。", "This product is not among it."),
    BenefitState.AMOUNT_NEEDED: ("{amount}以上のご購入で適用されます。", "It holds from {amount} on."),
}


def explain(entitlement: Entitlement, standing: Standing, zone: str, locale: Locale) -> str:
    """Why the customer has it, or why not, in one sentence."""
    benefit = entitlement.benefit
    who = who_has(benefit, standing, locale)
    if entitlement.state is BenefitState.AVAILABLE:
        return _available(entitlement, who, locale)
    if entitlement.state is BenefitState.USED_UP:
        return _used_up(how_often(benefit.limit, locale), locale)
    if entitlement.state is BenefitState.NOT_YET:
        return _not_yet(entitlement.opens_at, zone, locale)
    channels = ("・" if locale == "ja" else ", ").join(_CHANNELS[locale][one] for one in benefit.channels)
    sentence = _WHY_NOT[entitlement.state][0 if locale == "ja" else 1]
    return sentence.format(who=who, channels=channels, amount=f"¥{benefit.min_amount_yen:,}")


def _used_up(often: str, locale: Locale) -> str:
    if locale == "ja":
        return f"ご利用済みです（{often}）。" if often else "ご利用済みです。"
    return f"It has been given already ({often})." if often else "It has been given already."


def _available(entitlement: Entitlement, who: str, locale: Locale) -> str:
    benefit = entitlement.benefit
    often = how_often(benefit.limit, locale)
    left = entitlement.left
    if locale == "ja":
        parts = [who, often, "" if left is None else f"残り{left}回"]
        if benefit.min_amount_yen:
            parts.append(f"¥{benefit.min_amount_yen:,}以上のご購入で適用")
        return "、".join(part for part in parts if part) + "。"
    parts = [who, often, "" if left is None else f"{left} left"]
    if benefit.min_amount_yen:
        parts.append(f"from ¥{benefit.min_amount_yen:,} on")
    return ", ".join(part for part in parts if part) + "."


def _not_yet(opens_at: datetime | None, zone: str, locale: Locale) -> str:
    if opens_at is None:
        return (
            "このランクでは先行してご購入いただけません。" if locale == "ja" else "It does not open early at this rank."
        )
    at = f"{opens_at.astimezone(ZoneInfo(zone)):%Y/%m/%d %H:%M}"
    return f"{at} からご利用いただけます。" if locale == "ja" else f"It begins at {at}."


def steps_of(entitlement: Entitlement, standing: Standing, zone: str, locale: Locale) -> list[Step]:
    """Every condition that was looked at, for the panel behind "why?"."""
    return [_step(one, entitlement.benefit, standing, zone, locale) for one in entitlement.checks]


def _step(check: Check, benefit: Benefit, standing: Standing, zone: str, locale: Locale) -> Step:
    found, needed = check.found, check.needed
    match check.rule:
        case "rank":
            none = "なし" if locale == "ja" else "none"
            found = tier_name(standing, found, locale) if found else none
            needed = who_has(benefit, standing, locale)
        case "period" | "opening":
            found = _moment(found, zone)
            parts = [_moment(part, zone) for part in needed.split("/", 1)]
            needed = " – ".join(parts) if check.rule == "period" else parts[0] or "—"
        case "channel":
            found = _CHANNELS[locale].get(found, found)
            needed = ", ".join(_CHANNELS[locale].get(one, one) for one in needed.split(","))
        case "amount":
            found, needed = f"¥{int(found):,}", f"¥{int(needed):,}"
        case "store" | "product":
            needed = needed.replace(",", ", ")
        case "grant" | "limit":
            pass
    return Step(_RULES[locale][check.rule], check.holds, found, needed)


def _moment(text: str, zone: str) -> str:
    return "" if not text else f"{datetime.fromisoformat(text).astimezone(ZoneInfo(zone)):%Y/%m/%d %H:%M}"


def kind_name(kind: BenefitKind, locale: Locale) -> str:
    """What a kind of benefit is called."""
    names: dict[BenefitKind, tuple[str, str]] = {
        BenefitKind.FREE_SHIPPING: ("送料無料", "Free shipping"),
        BenefitKind.SPECIAL_ITEM: ("限定メニュー・商品", "Special menus and products"),
        BenefitKind.EARLY_ACCESS: ("先行販売", "Early access"),
        BenefitKind.PRIORITY_SUPPORT: ("優先サポート", "Priority support"),
        BenefitKind.GIFT: ("プレゼント", "Gift"),
    }
    return names[kind][0 if locale == "ja" else 1]
