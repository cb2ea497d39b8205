"""What can be wrong with a campaign's rules: each kind by its code, and said in Japanese and English. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from enishi.campaigns.wording import words_of
from enishi.program import Locale


class CampaignProblem(Struct, frozen=True, omit_defaults=True):
    """One thing wrong with a campaign: the field as a JSON path, what is wrong, and what would be right.

    ``code`` tells the kind of problem, and ``names`` what it is about: a store, a group, another campaign.
    """

    field: str
    detail: str
    remedy: str
    code: str
    names: Mapping[str, str] = {}


KINDS: Final[Mapping[str, Mapping[Locale, tuple[str, str]]]] = {
    "store-budget-outside": {
        "ja": (
            "店舗 {store} には予算がありますが、対象店舗ではありません。",
            "対象店舗に加えるか、予算を外してください。",
        ),
        "en": ("Store {store} has a budget and does not take part.", "Add it to the stores, or take its budget out."),
    },
    "group-modes-differ": {
        "ja": (
            "併用グループ {group} では、{other} が「{their_mode}」、このキャンペーンが「{own_mode}」です。",
            "同じ時期に行うグループの併用のしかたをそろえるか、別のグループにしてください。",
        ),
        "en": (
            "In the group {group}, {other} is “{their_mode}” and this campaign “{own_mode}”.",
            "Give all campaigns of a group that run together one mode, or use another group.",
        ),
    },
    "same-priority": {
        "ja": (
            "このキャンペーンと {other} は併用できず、優先度が同じです。",
            "適用するほうの優先度を大きくしてください。",
        ),
        "en": (
            "This campaign and {other} exclude each other and have the same priority.",
            "Give one of them a higher priority: it decides which of them applies.",
        ),
    },
    "ends-first": {
        "ja": ("終了が開始より前です。", "開始より後の日時にしてください。"),
        "en": ("The campaign ends before it starts.", "Choose an end after the start."),
    },
    "outside-calendar": {
        "ja": ("日時が1900年より前か、9000年より後です。", "年の桁を確かめてください。"),
        "en": ("The instant lies before 1900 or after 9000.", "Check the digits of the year."),
    },
    "too-long": {
        "ja": ("期間が10年を超えています。", "ずっと続く決まりは、ポイント制度に設定してください。"),
        "en": ("The campaign runs for more than ten years.", "That belongs into the programme."),
    },
    "no-name": {
        "ja": ("名前がありません。", "会員にお知らせする名前を付けてください。"),
        "en": ("The campaign has no name.", "Give it the name that members are told."),
    },
    "pieces-need-goods": {
        "ja": ("1点ごとのポイントには、対象商品が必要です。", "SKU、SKUの先頭、部門のいずれかを指定してください。"),
        "en": ("Points by the piece need goods.", "Name SKUs, beginnings of SKUs or categories."),
    },
    "steps-not-ascending": {
        "ja": (
            "金額またはポイントが、前の段階より大きくありません。",
            "金額もポイントも、段階ごとに大きくしてください。",
        ),
        "en": ("A step is not above the one before it, in amount and in points.", "Let amounts and points ascend."),
    },
    "limited-without-end": {
        "ja": ("期間限定ポイントに有効期限がありません。", "有効日数か有効期限の日付を設定してください。"),
        "en": ("Limited points have no last day.", "Set the days they are valid, or their last day."),
    },
    "regular-with-end": {
        "ja": (
            "通常ポイントの有効期限は、ポイント制度で決まります。",
            "期間限定ポイントにするか、有効日数と有効期限を外してください。",
        ),
        "en": (
            "Regular points expire as the programme says.",
            "Make them limited points, or take their last day out.",
        ),
    },
    "expires-first": {
        "ja": ("キャンペーンが始まる前に、ポイントが失効します。", "開始より後の日付にしてください。"),
        "en": ("The points expire before the campaign starts.", "Choose a day after the start."),
    },
    "mode-needs-group": {
        "ja": ("「{own_mode}」には併用グループが必要です。", "グループの名前を付けるか、「加算」にしてください。"),
        "en": ("“{own_mode}” needs a group.", "Name the group, or let the points be added."),
    },
    "only-multipliers-multiply": {
        "ja": (
            "掛け合わせができるのは倍率だけです。",
            "「加算」か「最大のものだけ」にするか、倍率で付与してください。",
        ),
        "en": ("Only multipliers can multiply each other.", "Add the points or use the best of them, or a multiplier."),
    },
    "excludes-itself": {
        "ja": ("自分自身を「併用しない」に指定しています。", "このキャンペーンのコードを外してください。"),
        "en": ("The campaign excludes itself.", "Take its own code out."),
    },
    "stores-in-and-out": {
        "ja": ("{stores} が対象店舗と対象外の店舗の両方にあります。", "どちらか一方にしてください。"),
        "en": ("{stores} take part and do not.", "Name each store once."),
    },
    "segments-in-and-out": {
        "ja": ("同じセグメントが対象と対象外の両方にあります。", "どちらか一方にしてください。"),
        "en": ("A segment takes part and does not.", "Name each segment once."),
    },
    "empty-hours": {
        "ja": ("時間帯の開始と終了が同じです。", "終日の場合は 00:00 から 24:00 にしてください。"),
        "en": ("The hours have no length.", "Use 00:00 to 24:00 for the whole day."),
    },
    "first-and-later": {
        "ja": (
            "初めてのご購入には、前回からの日数も来店回数もありません。",
            "前回からの日数と来店回数を外すか、お客様の条件を外してください。",
        ),
        "en": (
            "A first purchase is no later visit and follows no absence.",
            "Take the days since the last purchase and the visit out, or let the customer be any.",
        ),
    },
    "no-goods": {
        "ja": ("対象商品が1つも指定されていません。", "商品を指定するか、すべての商品を対象にしてください。"),
        "en": ("No goods are named.", "Name some, or let all goods count."),
    },
    "joining-gives-added": {
        "ja": ("入会する方は、まだ何も購入していません。", "付与の方法を「加算」にしてください。"),
        "en": ("Who joins has bought nothing yet.", "Use added points."),
    },
    "joining-without-conditions": {
        "ja": ("入会のときには、お買い物の条件を確かめられません。", "条件と対象商品を外してください。"),
        "en": ("Who joins has bought nothing that a condition could look at.", "Leave conditions and goods out."),
    },
    "joining-has-one-limit": {
        "ja": ("入会は一度だけで、店舗にもよりません。", "設定できる上限は、全体の予算だけです。"),
        "en": ("Joining happens once, and in no store.", "Only the budget of the whole campaign can limit it."),
    },
    "unknown-store": {
        "ja": ("店舗コード {store} の店舗はありません。", "一覧から店舗を選んでください。"),
        "en": ("No store has the code {store}.", "Choose stores from the list."),
    },
}


def problem(code: str, field: str, **names: str) -> CampaignProblem:
    """A problem of a kind. It is said in English, as everywhere in the API."""
    bare = CampaignProblem(field, "", "", code, names)
    detail, remedy = tell_problem(bare, "en")
    return CampaignProblem(field, detail, remedy, code, names)


def tell_problem(one: CampaignProblem, locale: Locale) -> tuple[str, str]:
    """What is wrong, and what would be right, in a language."""
    names = {
        name: words_of(locale).modes[value] if name.endswith("mode") else value for name, value in one.names.items()
    }
    detail, remedy = KINDS[one.code][locale]
    return detail.format(**names), remedy
