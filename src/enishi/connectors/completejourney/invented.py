"""What the data set does not say and the demo makes up: people, contacts and names of stores. Pure and repeatable.

Nothing here belongs to anybody: phone numbers begin with 070-0000, which no carrier assigns; e-mail addresses end in
example.jp, which RFC 2606 and JPRS keep for examples; every profile is marked as invented.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta, timezone
from hashlib import blake2b
from random import Random
from typing import Final

from enishi.catalog import Store
from enishi.connectors.completejourney.dataset import SHOWN_HOUSEHOLD, Household
from enishi.customers import Identifier, IdentifierKind, NewCustomer, Profile

NOTE: Final = "架空の人物です（デモ用）。購買は実在の小売業の匿名データです。"

_SEED: Final = 2_017
_TOKYO: Final = timezone(timedelta(hours=9))


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_SURNAMES: Final = _words(
    """
    佐藤:サトウ 鈴木:スズキ 高橋:タカハシ 田中:タナカ 伊藤:イトウ 渡辺:ワタナベ 山本:ヤマモト
    中村:ナカムラ 小林:コバヤシ 加藤:カトウ 吉田:ヨシダ 山田:ヤマダ 佐々木:ササキ 山口:ヤマグチ
    松本:マツモト 井上:イノウエ 木村:キムラ 林:ハヤシ 斎藤:サイトウ 清水:シミズ 山崎:ヤマザキ
    森:モリ 池田:イケダ 橋本:ハシモト 阿部:アベ 石川:イシカワ 山下:ヤマシタ 中島:ナカジマ
    石井:イシイ 小川:オガワ 前田:マエダ 岡田:オカダ 長谷川:ハセガワ 藤田:フジタ 後藤:ゴトウ
    近藤:コンドウ 村上:ムラカミ 遠藤:エンドウ 青木:アオキ 坂本:サカモト 福田:フクダ 太田:オオタ
    西村:ニシムラ 藤井:フジイ 金子:カネコ 藤原:フジワラ 岡本:オカモト 三浦:ミウラ 中野:ナカノ
    原田:ハラダ 髙田:タカダ 松田:マツダ 竹内:タケウチ 小野:オノ 田村:タムラ 中山:ナカヤマ
    和田:ワダ 石田:イシダ 森田:モリタ 上田:ウエダ
    """
)
_WOMEN: Final = _words(
    """
    陽子:ヨウコ 恵子:ケイコ 和子:カズコ 幸子:サチコ 由美子:ユミコ 久美子:クミコ 直美:ナオミ
    智子:トモコ 裕子:ユウコ 真由美:マユミ 香織:カオリ 美穂:ミホ 彩:アヤ 愛:アイ
    恵:メグミ 美咲:ミサキ 葵:アオイ さくら:サクラ 結衣:ユイ 陽菜:ヒナ 凛:リン
    七海:ナナミ 千尋:チヒロ 楓:カエデ 紗希:サキ 典子:ノリコ 京子:キョウコ 文子:フミコ
    節子:セツコ 瞳:ヒトミ
    """
)
_MEN: Final = _words(
    """
    誠:マコト 浩:ヒロシ 隆:タカシ 修:オサム 茂:シゲル 健一:ケンイチ 和也:カズヤ
    大輔:ダイスケ 拓也:タクヤ 翔太:ショウタ 健太:ケンタ 直樹:ナオキ 達也:タツヤ 亮:リョウ
    剛:ツヨシ 学:マナブ 豊:ユタカ 清:キヨシ 進:ススム 博:ヒロシ 蓮:レン
    悠斗:ユウト 陽翔:ハルト 湊:ミナト 颯太:ソウタ 一郎:イチロウ 正:タダシ 勇:イサム
    智也:トモヤ 雄太:ユウタ
    """
)
_PLACES: Final = _words(
    """
    さくら みどり あおば ひばり つつじ もみじ すみれ あかね わかば かえで
    ひので あさひ みなみ きらら ほたる つばき こまち いずみ やなぎ かすみ
    あやめ ときわ しおん なごみ はるか みらい
    """
)
_GROUNDS: Final = _words(
    """
    台 丘 野 町 通り 坂 川 橋 浜 里 原 森 ヶ谷 新田 中央 駅前 東 西
    """
)
_AGE_BANDS: Final = {"19-24": (19, 24), "25-34": (25, 34), "35-44": (35, 44), "45-54": (45, 54), "55-64": (55, 64)}
_OLDEST_BAND: Final = (65, 88)
_UNKNOWN_BAND: Final = (24, 79)


def store_code(store_id: int) -> str:
    """The code of a store: its number, in five digits."""
    return f"{store_id:05d}"


def card_of(household_id: int) -> str:
    """The number of a household's member card: 13 digits, the last a check digit as on a JAN code."""
    digits = f"2900{household_id:08d}"
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-weighted % 10}"


def phone_of(household_id: int) -> str:
    """A phone number that is nobody's."""
    return f"070-0000-{household_id:04d}"


SHOWN_PHONE: Final = phone_of(SHOWN_HOUSEHOLD)
"""The phone number of the member that a demo shows first, and that every choice of receipts holds."""


def name_stores(store_ids: Sequence[int]) -> list[Store]:
    """A name for each store; no two share one."""
    names = [f"{place}{ground}" for place in _PLACES for ground in _GROUNDS]
    Random(_SEED).shuffle(names)  # noqa: S311 - names of a demo
    return [
        Store(code=store_code(store_id), name=f"縁マート {name}店", invented=True)
        for store_id, name in zip(store_ids, names, strict=False)
    ]


def invent_customers(households: Sequence[Household]) -> list[NewCustomer]:
    """A person for each household. The same household is always the same person."""
    return [_invent_customer(household) for household in households]


def _invent_customer(household: Household) -> NewCustomer:
    chance = Random(_SEED * 1_000_000 + household.household_id)  # noqa: S311 - people of a demo
    surname, surname_kana = chance.choice(_SURNAMES).split(":")
    gender, names = ("女性", _WOMEN) if chance.random() < 0.6 else ("男性", _MEN)  # noqa: PLR2004 - a share
    name, name_kana = chance.choice(names).split(":")
    joined_at = household.first_at.replace(tzinfo=_TOKYO)
    youngest, oldest = _AGE_BANDS.get(household.age or "", _OLDEST_BAND if household.age else _UNKNOWN_BAND)
    year = joined_at.year - chance.randint(youngest, oldest)
    profile = Profile(
        name=f"{surname} {name}",
        name_kana=f"{surname_kana} {name_kana}",
        birth_date=date(year, chance.randint(1, 12), chance.randint(1, 28)),
        gender=gender,
        note=NOTE,
        invented=True,
    )
    identifiers = [
        Identifier(IdentifierKind.CARD, card_of(household.household_id)),
        Identifier(IdentifierKind.PHONE, phone_of(household.household_id)),
    ]
    if chance.random() < 0.7:  # noqa: PLR2004 - a share
        identifiers.append(Identifier(IdentifierKind.EMAIL, f"member{household.household_id:04d}@example.jp"))
    if chance.random() < 0.6:  # noqa: PLR2004 - a share
        digest = blake2b(f"line:{household.household_id}".encode(), digest_size=16).hexdigest()
        identifiers.append(Identifier(IdentifierKind.LINE_USER_ID, f"U{digest}"))
    return NewCustomer(identifiers=tuple(identifiers), joined_at=joined_at, profile=profile)
