"""The words in which the programme explains itself, in Japanese and English.

Both languages are instances of one type, so that a phrase missing from either is a type error.
"""

from __future__ import annotations

from math import gcd
from typing import TYPE_CHECKING

from msgspec import Struct

from enishi.program.model import DISCOUNT, POINTS, EarningBase, Locale, Rounding, RoundingScope
from enishi.purchases import PaymentMethod, TaxMode

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONGEST_DECIMAL = 4
"""An exact value with more decimal places than this is written as a mixed fraction."""


class Words(Struct, frozen=True, kw_only=True):
    """One language. Braced names are filled in with text that is already formatted."""

    locale: Locale
    unit_yen: str
    points: str
    mixed: str
    base: Mapping[EarningBase, str]
    tax_mode: Mapping[TaxMode, str]
    amount: str
    without: str
    comma: str
    excluded_goods: str
    reason: Mapping[str, str]
    deduction: str
    rounded: Mapping[Rounding, str]
    rounding: Mapping[Rounding, str]
    rounded_units: Mapping[Rounding, str]
    scope: Mapping[RoundingScope, str]
    sentence_receipt: str
    sentence_unit: str
    sentence_line: str
    sum_of_lines: str
    of_store: str
    none_receipt: str
    none_unit: str
    no_programme: str
    stopped: str
    past_expiry: str
    nothing_to_pay: str
    only_excluded_goods: str
    only_reductions: str
    step_rule: str
    step_rule_base: str
    step_rule_store: str
    step_excluded: str
    step_excluded_value: str
    step_goods: str
    step_line: str
    step_share: str
    step_tax: str
    step_eligible: str
    step_arithmetic: str
    step_units: str
    step_rounding: str
    step_result: str
    moment: str
    day: str


_JA = Words(
    locale="ja",
    unit_yen="{:,}円",
    points="{}pt",
    mixed="{whole} と {fraction}",
    base={EarningBase.TAX_EXCLUDED: "税抜", EarningBase.TAX_INCLUDED: "税込"},
    tax_mode={TaxMode.EXCLUDED: "税抜", TaxMode.INCLUDED: "税込"},
    amount="{base} {yen}",
    without="（{deductions} を除く）",
    comma="、",
    excluded_goods="対象外の商品",
    reason={
        DISCOUNT: "値引き",
        POINTS: "ポイント払い",
        PaymentMethod.CASH: "現金",
        PaymentMethod.CREDIT_CARD: "クレジットカード",
        PaymentMethod.DEBIT_CARD: "デビットカード",
        PaymentMethod.E_MONEY: "電子マネー",
        PaymentMethod.QR_CODE: "QRコード決済",
        PaymentMethod.BANK_TRANSFER: "銀行振込",
        PaymentMethod.GIFT_CARD: "ギフトカード",
        PaymentMethod.COUPON: "クーポン",
        PaymentMethod.INVOICE: "請求書払い",
        PaymentMethod.OTHER: "その他の支払い",
    },
    deduction="{reason} {yen}",
    rounded={Rounding.FLOOR: "端数切捨て", Rounding.HALF_UP: "端数四捨五入", Rounding.CEIL: "端数切上げ"},
    rounding={Rounding.FLOOR: "切捨て", Rounding.HALF_UP: "四捨五入", Rounding.CEIL: "切上げ"},
    rounded_units={Rounding.FLOOR: "端数切捨て", Rounding.HALF_UP: "端数四捨五入", Rounding.CEIL: "端数切上げ"},
    scope={
        RoundingScope.UNIT: "{unit}単位で{rounding}",
        RoundingScope.LINE: "明細ごとに{rounding}",
        RoundingScope.RECEIPT: "レシート全体で{rounding}",
    },
    sentence_receipt="{amount}{space}÷ {unit} × {rate} = {points}、{rounded}",
    sentence_unit="{amount}{space}÷ {unit} = {units}（{rounded}）、{units} × {rate} = {points}",
    sentence_line="明細ごとに{base}{without}{space}÷ {unit} × {rate}：{sum} = {points}、{rounded}",
    sum_of_lines="{count}明細の合計",
    of_store="（店舗 {store} の付与ルール）",
    none_receipt="{amount}{space}÷ {unit} × {rate} = {exact}、{rounded}で {points}",
    none_unit="{amount}{space}は {unit}に満たないため、{points}",
    no_programme="ご購入の時点（{moment}）では、ポイント制度が始まっていませんでした。",
    stopped="ご購入の時点では、ポイントの付与を停止していました。",
    past_expiry="ポイントの有効期限（{day}）を過ぎたご購入のため、ポイントは付きません。",
    nothing_to_pay="お会計が ¥0 のため、ポイントは付きません。",
    only_excluded_goods="ポイント対象の商品がないため、ポイントは付きません（{deductions}）。",
    only_reductions="お支払いの全額がポイントの対象外のため、ポイントは付きません（{deductions}）。",
    step_rule="適用したルール",
    step_rule_base="ポイント制度 第{version}版・基本の付与ルール",
    step_rule_store="ポイント制度 第{version}版・店舗 {store} の付与ルール",
    step_excluded="対象外の商品（{category}）",
    step_excluded_value="{yen}（{tax}）",
    step_goods="対象の商品（税率{percent}%・{tax}）",
    step_line="明細{line}（税率{percent}%・{tax}）",
    step_share="うち対象の商品にかかる分",
    step_tax="消費税（{percent}%）",
    step_eligible="計算のもとになる金額（{base}）",
    step_arithmetic="計算",
    step_units="単位の数",
    step_rounding="端数の扱い",
    step_result="付与ポイント",
    moment="%Y/%m/%d %H:%M",
    day="%Y/%m/%d",
)

_EN = Words(
    locale="en",
    unit_yen="¥{:,}",
    points="{} pt",
    mixed="{whole} {fraction}",
    base={EarningBase.TAX_EXCLUDED: "before tax", EarningBase.TAX_INCLUDED: "tax included"},
    tax_mode={TaxMode.EXCLUDED: "before tax", TaxMode.INCLUDED: "tax included"},
    amount="{yen} {base}",
    without=" (without {deductions})",
    comma=", ",
    excluded_goods="of excluded goods",
    reason={
        DISCOUNT: "taken off by discounts",
        POINTS: "paid with points",
        PaymentMethod.CASH: "paid in cash",
        PaymentMethod.CREDIT_CARD: "paid by credit card",
        PaymentMethod.DEBIT_CARD: "paid by debit card",
        PaymentMethod.E_MONEY: "paid with e-money",
        PaymentMethod.QR_CODE: "paid by QR code",
        PaymentMethod.BANK_TRANSFER: "paid by bank transfer",
        PaymentMethod.GIFT_CARD: "paid by gift card",
        PaymentMethod.COUPON: "paid by coupon",
        PaymentMethod.INVOICE: "paid on invoice",
        PaymentMethod.OTHER: "paid in another way",
    },
    deduction="{yen} {reason}",
    rounded={
        Rounding.FLOOR: "rounded down",
        Rounding.HALF_UP: "rounded to the nearest point",
        Rounding.CEIL: "rounded up",
    },
    rounding={
        Rounding.FLOOR: "Rounded down",
        Rounding.HALF_UP: "Rounded to the nearest, halves up",
        Rounding.CEIL: "Rounded up",
    },
    rounded_units={
        Rounding.FLOOR: "rounded down",
        Rounding.HALF_UP: "rounded to the nearest unit",
        Rounding.CEIL: "rounded up",
    },
    scope={
        RoundingScope.UNIT: "{rounding}, in units of {unit}",
        RoundingScope.LINE: "{rounding}, line by line",
        RoundingScope.RECEIPT: "{rounding}, once per receipt",
    },
    sentence_receipt="{amount}{space}÷ {unit} × {rate} = {points}, {rounded}",
    sentence_unit="{amount}{space}÷ {unit} = {units} ({rounded}), {units} × {rate} = {points}",
    sentence_line="Each line {base}{without}{space}÷ {unit} × {rate}: {sum} = {points}, each {rounded}",
    sum_of_lines="sum of {count} lines",
    of_store=" (earning rule of store {store})",
    none_receipt="{amount}{space}÷ {unit} × {rate} = {exact}, {rounded} to {points}",
    none_unit="{amount}{space}does not reach {unit}, so {points}",
    no_programme="No earning programme was in force at the time of this purchase ({moment}).",
    stopped="Earning was stopped at the time of this purchase.",
    past_expiry="The purchase came after the last day on which points are valid ({day}), so it earns none.",
    nothing_to_pay="The receipt comes to ¥0, so it earns no points.",
    only_excluded_goods="Nothing on the receipt earns points ({deductions}).",
    only_reductions="The whole receipt was paid in ways that earn no points ({deductions}).",
    step_rule="Rule applied",
    step_rule_base="Programme version {version}, base rule",
    step_rule_store="Programme version {version}, rule of store {store}",
    step_excluded="Excluded goods ({category})",
    step_excluded_value="{yen} ({tax})",
    step_goods="Goods that earn ({percent}% tax, {tax})",
    step_line="Line {line} ({percent}% tax, {tax})",
    step_share="Share of the goods that earn",
    step_tax="Consumption tax ({percent}%)",
    step_eligible="Amount that earns ({base})",
    step_arithmetic="Arithmetic",
    step_units="Number of units",
    step_rounding="Rounding",
    step_result="Points earned",
    moment="%Y-%m-%d %H:%M",
    day="%Y-%m-%d",
)

_LANGUAGES: dict[Locale, Words] = {"ja": _JA, "en": _EN}


def words_of(locale: Locale) -> Words:
    """Return the words of a language."""
    return _LANGUAGES[locale]


def write_yen(yen: int) -> str:
    """Write an amount with its sign: ``¥1,980``, ``−¥200``."""
    return f"−¥{-yen:,}" if yen < 0 else f"¥{yen:,}"


def write_exact(words: Words, numerator: int, denominator: int) -> str:
    """Write a quotient exactly: ``19``, ``19.8``, or a mixed fraction where decimals run on."""
    whole, rest = divmod(numerator, denominator)
    if rest == 0:
        return f"{whole:,}"
    for places in range(1, _LONGEST_DECIMAL + 1):
        digits, remainder = divmod(rest * 10**places, denominator)
        if remainder == 0:
            return f"{whole:,}.{digits:0{places}}"
    divisor = gcd(rest, denominator)
    fraction = f"{rest // divisor}/{denominator // divisor}"
    return words.mixed.format(whole=f"{whole:,}", fraction=fraction) if whole else fraction
