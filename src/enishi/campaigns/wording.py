"""The words in which campaigns explain themselves, in Japanese and English."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from msgspec import Struct

from enishi.program import Locale


class Words(Struct, frozen=True, kw_only=True):
    """One language. Braced names are filled in with text that is already formatted."""

    points: str
    yen: str
    multiplier: str
    multiplier_before: str
    multiplier_goods: str
    added: str
    per_piece: str
    steps: str
    rounded: str
    cut: Mapping[str, str]
    name: str
    step_campaign: str
    step_version: str
    step_base: str
    step_goods: str
    step_amount: str
    step_pieces: str
    step_group: str
    step_arithmetic: str
    step_exact: str
    step_cut: Mapping[str, str]
    step_result: str
    step_expiry: str
    modes: Mapping[str, str]
    conditions: Mapping[str, str]
    values: Mapping[str, str]
    counted: Mapping[str, str]
    unknown: str
    none: str
    every: str
    visit: str
    measure: Mapping[str, str]
    finding: str
    refusals: Mapping[str, str]
    listing: str
    line: str


_WEEKDAYS_JA = dict(zip(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), "月火水木金土日", strict=True))
_METHODS_JA = {
    "cash": "現金",
    "credit_card": "クレジットカード",
    "debit_card": "デビットカード",
    "e_money": "電子マネー",
    "qr_code": "QRコード決済",
    "bank_transfer": "銀行振込",
    "gift_card": "ギフトカード",
    "coupon": "クーポン",
    "invoice": "請求書払い",
    "other": "その他の支払い",
}

_JA = Words(
    points="{}pt",
    yen="¥{}",
    multiplier="基本ポイント {base} ×（{times}倍 − 1）= {result}",
    multiplier_before="基本ポイント {base} × {before}倍 ×（{times}倍 − 1）= {result}",
    multiplier_goods="対象商品の基本ポイント {base} ×（{times}倍 − 1）= {result}",
    added="{result}",
    per_piece="{pieces}点 × {points} = {result}",
    steps="{amount} のお買い上げで {result}",
    rounded="、端数処理で {points}",
    cut={
        "receipt": "、1回のお買い物の上限 {limit} により {points}",
        "member": "、お一人様の上限 {limit}（残り {left}）により {points}",
        "times": "、お一人様 {count}回までの上限により {points}",
        "store": "、店舗の予算の残り {left} により {points}",
        "budget": "、キャンペーン予算の残り {left} により {points}",
    },
    name="「{name}」",
    step_campaign="キャンペーン",
    step_version="{name}（{code}・第{version}版）",
    step_base="基本ポイント",
    step_goods="うち対象商品の分",
    step_amount="対象の金額（{measure}）",
    step_pieces="対象商品の点数",
    step_group="併用グループ {group}（{mode}）",
    step_arithmetic="計算",
    step_exact="端数処理の前",
    step_cut={
        "receipt": "1回のお買い物の上限",
        "member": "お一人様の上限",
        "times": "お一人様の回数の上限",
        "store": "店舗の予算の残り",
        "budget": "キャンペーン予算の残り",
    },
    step_result="付与ポイント",
    step_expiry="有効期限",
    modes={"best_of": "最大のものだけ", "add": "加算", "multiply": "掛け合わせ"},
    conditions={
        "weekdays": "曜日",
        "days_of_month": "日にち",
        "hours": "時間帯",
        "stores": "対象店舗",
        "stores_except": "対象外の店舗",
        "channels": "チャネル",
        "payment_methods": "支払い方法",
        "ranks": "会員ランク",
        "segments": "セグメント",
        "segments_except": "対象外のセグメント",
        "customer": "お客様",
        "away_days": "前回のご購入からの日数",
        "visit": "来店回数",
        "birthday_month": "お誕生月",
        "joined_within_days": "入会からの日数",
        "weather": "天気",
        "codes": "コード",
        "from_yen": "対象の金額",
        "joining": "入会日",
    },
    values={
        "pos": "店舗",
        "ec": "オンラインショップ",
        "app": "アプリ",
        "line": "LINE",
        "new": "初めてのご購入",
        "returning": "2回目以降のご購入",
        **_WEEKDAYS_JA,
        **_METHODS_JA,
    },
    counted={"days_of_month": "{}日", "birthday_month": "{}月", "away_days": "{}日", "joined_within_days": "{}日"},
    unknown="不明",
    none="なし",
    every="{number}回ごと",
    visit="{number}回目",
    measure={"eligible": "ポイント対象", "total": "税込合計"},
    finding="{condition}：{found}（条件：{needed}）",
    refusals={
        "conditions": "条件を満たしていません。{findings}",
        "goods": "対象の商品がありません。",
        "nothing": "計算の結果が 0pt です。",
        "better": "同じグループの「{other}」のほうが有利なため、そちらが適用されます。",
        "not_with": "「{other}」と併用できないため、適用されません。",
        "receipt": "1回のお買い物の上限に達しています。",
        "member": "お一人様の上限に達しています。",
        "times": "お一人様の回数の上限に達しています。",
        "store": "この店舗の予算を使い切りました。",
        "budget": "キャンペーンの予算を使い切りました。",
        "expired": "ポイントの有効期限を過ぎたご購入です。",
    },
    listing="、",
    line="{condition}：{value}",
)

_EN = Words(
    points="{} pt",
    yen="¥{}",
    multiplier="base award {base} × ({times} − 1) = {result}",
    multiplier_before="base award {base} × {before} × ({times} − 1) = {result}",
    multiplier_goods="base award of the campaign's goods {base} × ({times} − 1) = {result}",
    added="{result}",
    per_piece="{pieces} × {points} = {result}",
    steps="{result} for {amount}",
    rounded=", rounded to {points}",
    cut={
        "receipt": ", by the limit of {limit} a purchase {points}",
        "member": ", by the limit of {limit} a member ({left} left) {points}",
        "times": ", by the limit of {count} times a member {points}",
        "store": ", by the {left} left of the store's budget {points}",
        "budget": ", by the {left} left of the campaign's budget {points}",
    },
    name="{name}: ",
    step_campaign="Campaign",
    step_version="{name} ({code}, version {version})",
    step_base="Base award",
    step_goods="Of which on the campaign's goods",
    step_amount="Amount that counts ({measure})",
    step_pieces="Pieces that count",
    step_group="Group {group} ({mode})",
    step_arithmetic="Arithmetic",
    step_exact="Before rounding",
    step_cut={
        "receipt": "Limit a purchase",
        "member": "Limit a member",
        "times": "Times a member",
        "store": "Left of the store's budget",
        "budget": "Left of the campaign's budget",
    },
    step_result="Points",
    step_expiry="Valid through",
    modes={"best_of": "the best of them", "add": "added", "multiply": "multiplied"},
    conditions={
        "weekdays": "day of the week",
        "days_of_month": "day of the month",
        "hours": "time",
        "stores": "store",
        "stores_except": "store that takes no part",
        "channels": "channel",
        "payment_methods": "payment",
        "ranks": "rank",
        "segments": "segment",
        "segments_except": "segment that takes no part",
        "customer": "customer",
        "away_days": "days since the last purchase",
        "visit": "visit",
        "birthday_month": "month of birth",
        "joined_within_days": "days since joining",
        "weather": "weather",
        "codes": "code",
        "from_yen": "amount that counts",
        "joining": "joined on",
    },
    values={
        "pos": "shop",
        "ec": "online shop",
        "app": "app",
        "line": "LINE",
        "new": "first purchase",
        "returning": "second or later purchase",
        "mon": "Monday",
        "tue": "Tuesday",
        "wed": "Wednesday",
        "thu": "Thursday",
        "fri": "Friday",
        "sat": "Saturday",
        "sun": "Sunday",
        **{method: method.replace("_", " ") for method in _METHODS_JA},
    },
    counted={
        "days_of_month": "{}",
        "birthday_month": "month {}",
        "away_days": "{} days",
        "joined_within_days": "{} days",
    },
    unknown="not known",
    none="none",
    every="every {number}",
    visit="number {number}",
    measure={"eligible": "what earns", "total": "total with tax"},
    finding="{condition}: {found} (needed: {needed})",
    refusals={
        "conditions": "The conditions do not hold. {findings}",
        "goods": "None of the goods take part.",
        "nothing": "It comes to 0 points.",
        "better": "“{other}” of the same group gives more and applies instead.",
        "not_with": "It can not be combined with “{other}”, which applies.",
        "receipt": "The limit of a purchase is reached.",
        "member": "The member's limit is reached.",
        "times": "The member has taken part as often as one may.",
        "store": "The store's budget is used up.",
        "budget": "The campaign's budget is used up.",
        "expired": "The points' last day lies before the purchase.",
    },
    listing=", ",
    line="{condition}: {value}",
)

_WORDS: dict[Locale, Words] = {"ja": _JA, "en": _EN}


def words_of(locale: Locale) -> Words:
    """The words of a language."""
    return _WORDS[locale]


def write_exact(text: str) -> str:
    """An exact value for people: a decimal where it ends soon, else a fraction."""
    value = Fraction(text)
    if value.denominator == 1:
        return f"{value.numerator:,}"
    scaled = value * 10_000
    if scaled.denominator == 1:
        return f"{value.numerator // value.denominator:,}." + f"{scaled.numerator % 10_000:04}".rstrip("0")
    whole, rest = divmod(value.numerator, value.denominator)
    return f"{whole:,} {rest}/{value.denominator}" if whole else f"{rest}/{value.denominator}"


def write_times(times_percent: int) -> str:
    """A multiplier as people say it: 2, or 1.5."""
    return write_exact(str(Fraction(times_percent, 100)))
