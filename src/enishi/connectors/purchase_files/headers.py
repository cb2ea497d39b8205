"""What columns and values are called, in Japanese and in English, where no mapping says it. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

TIME: Final = "time"
"""A column that holds only the time of day; it completes the one with the date."""

_NOISE: Final = re.compile(r"[\s_\-・/.()【】\[\]:]+")

_HEADERS: Final = """
external_id: externalid receipt receiptid receiptno receiptnumber transactionid transactionno orderid orderno
    ordernumber basketid invoiceno レシート番号 レシートno レシートid 伝票番号 伝票no 取引番号 取引no 取引id
    注文番号 注文id 注文no 売上番号 会計番号 ジャーナル番号
store: store storecode storeid storeno shop shopcode shopid 店舗 店舗コード 店舗番号 店舗id 店舗cd 店番 店コード
occurred_at: occurredat datetime timestamp purchasedat soldat date transactiondate transactiontimestamp orderdate
    purchasedate createdat 日時 購入日時 取引日時 会計日時 売上日時 販売日時 注文日時 購入日 取引日 売上日 販売日
    注文日 日付 年月日
time: time transactiontime 時刻 時間 購入時刻 取引時刻 会計時刻 売上時刻 取引時間
terminal: terminal terminalid register registerno pos posno レジ レジ番号 レジno レジid 端末 端末番号 端末id
channel: channel チャネル チャンネル 販売経路 販路
tax_mode: taxmode 税区分内外 内税外税
points_to_use: pointstouse pointsused usedpoints 利用ポイント 使用ポイント ポイント利用 ポイント利用額
payment_method: paymentmethod payment paymenttype tender 支払方法 支払い方法 支払区分 決済方法 決済手段 決済種別
payment_amount_yen: paymentamount paymentamountyen 支払金額 支払額 決済金額
coupon_code: coupon couponcode クーポン クーポンコード
card: card cardno cardnumber membercard membershipcard memberno membernumber loyaltycard 会員番号 会員no 会員カード
    会員カード番号 会員証番号 カード番号 ポイントカード番号
app_id: appid appuserid アプリid アプリ会員id
line_user_id: lineuserid lineid line lineユーザーid
shop_customer_id: customerid customerno customernumber memberid userid shopcustomerid householdid 顧客番号 顧客id
    顧客コード 会員id 得意先コード
phone: phone phonenumber tel telephone mobile 電話 電話番号 携帯 携帯番号 携帯電話番号
email: email mail emailaddress mailaddress メール メールアドレス eメール
sku: sku skucode item itemcode itemid itemno product productid productcode jan jancode ean upc gtin plu 商品コード
    商品番号 商品id 商品cd 品番 janコード jan品番 単品コード
quantity: quantity qty units 数量 個数 点数 販売数 販売数量 売上数量 購入数
unit_price_yen: unitprice unitpriceyen price 単価 販売単価 売価 税込単価 価格
amount_yen: amount amountyen lineamount linetotal subtotal grossamount 金額 小計 明細金額 販売金額 売上金額 税込金額
net_yen: net netyen netamount salesvalue 値引後金額 値引き後金額 割引後金額 純売上 純売上金額
discount_yen: discount discountyen discountamount 値引 値引き 値引額 値引金額 割引 割引額 割引金額
tax_rate_percent: taxrate taxratepercent tax vat 税率 消費税率
category: category categoryname department productcategory 分類 部門 部門名 カテゴリ カテゴリー 商品分類
    商品カテゴリ 大分類
"""

_VALUES: Final[Mapping[str, Mapping[str, str]]] = {
    "payment_method": {
        "cash": "現金",
        "credit_card": "クレジット クレジットカード クレカ credit card",
        "debit_card": "デビット デビットカード debit",
        "e_money": "電子マネー 交通系ic",
        "qr_code": "qr qr決済 コード決済 バーコード決済",
        "bank_transfer": "振込 銀行振込",
        "gift_card": "商品券 ギフト券 ギフトカード",
        "coupon": "クーポン",
        "invoice": "掛 掛売 売掛",
        "other": "その他",
    },
    "channel": {
        "pos": "店舗 実店舗 店頭 store",
        "ec": "通販 オンライン ネット online web",
        "app": "アプリ",
        "line": "ライン",
    },
    "tax_mode": {"included": "内税 税込", "excluded": "外税 税抜"},
}


def fold(text: str) -> str:
    """A header or value without what does not tell it apart: width, case, spaces, punctuation."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text)).casefold()


def _fields_of_headers() -> dict[str, str]:
    """Every known header, folded, with its field. A line that is indented continues the one above."""
    fields: dict[str, str] = {}
    field = ""
    for line in _HEADERS.strip().splitlines():
        words = line.split()
        if not line.startswith(" "):
            field = words.pop(0).removesuffix(":")
        fields.update(dict.fromkeys(map(fold, words), field))
    return fields


FIELD_OF_HEADER: Final[Mapping[str, str]] = _fields_of_headers()
"""The field that a column of this header, folded, holds."""
VALUES: Final[Mapping[str, Mapping[str, str]]] = {
    field: {fold(word): meant for meant, words in meanings.items() for word in words.split()}
    for field, meanings in _VALUES.items()
}
"""What is meant by a value, folded, of fields whose values are words."""
