"""What a ladder changes is told in sentences, one for each thing that somebody has changed."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import msgspec

from enishi.ranks import (
    TEMPLATES,
    AnyOf,
    AtLeast,
    Ladder,
    Lifetime,
    Measure,
    PointsReward,
    TierRule,
    YearlyOn,
    points_and_count,
    tell_changes,
)

_ZONE = ZoneInfo("Asia/Tokyo")
_LADDER = TEMPLATES["points"]()


def _with_tier(code: str, **changed: object) -> Ladder:
    tiers = [msgspec.structs.replace(one, **changed) if one.code == code else one for one in _LADDER.tiers]
    return msgspec.structs.replace(_LADDER, tiers=tuple(tiers))


def _told(after: Ladder, before: Ladder = _LADDER) -> list[tuple[str, str | None, str | None]]:
    return [(one.label, one.before, one.after) for one in tell_changes(before, after, "ja", _ZONE)]


def test_another_criterion_is_one_change_however_much_of_it_is_different() -> None:
    either = AnyOf((points_and_count(300, 2), AtLeast(Measure.VISITS, 50, Lifetime())))
    assert _told(_with_tier("silver", criteria=either)) == [
        (
            "ランク「シルバー」 › 条件",
            "直近6か月で獲得 200ポイント以上、かつ直近6か月でお買い物 2回以上",
            "（直近6か月で獲得 300ポイント以上、かつ直近6か月でお買い物 2回以上）、または累計でご来店 50回以上",
        )
    ]


def test_rewards_are_told_together_and_what_their_words_do_not_show_by_its_field() -> None:
    gold = _with_tier("gold", rewards=(PointsReward("rise", 500), PointsReward("more", 100)))
    assert _told(gold) == [("ランク「ゴールド」 › ランクアップ特典", None, "500ポイント、100ポイント")]
    each_time = _with_tier("gold", rewards=(PointsReward("rise", 500, each_time=True), PointsReward("more", 100)))
    ((label, was, now),) = _told(each_time, gold)
    assert (label.startswith("ランク「ゴールド」 › ランクアップ特典「rise」"), was, now) == (True, "いいえ", "はい")


def test_a_new_tier_and_one_that_is_gone_are_each_one_sentence() -> None:
    top = TierRule(
        code="black",
        name_ja="ブラック",
        name_en="Black",
        colour="#000000",
        criteria=AtLeast(Measure.AMOUNT_WITH_TAX, 1_000_000, Lifetime()),
        permanent=True,
    )
    longer = msgspec.structs.replace(_LADDER, tiers=(*_LADDER.tiers, top))
    sentence = "ブラック：累計でお買上げ ¥1,000,000（税込）以上。一度達すると失いません"
    assert _told(longer) == [("ランク「ブラック」", None, sentence)]
    assert _told(_LADDER, longer) == [("ランク「ブラック」", sentence, None)]


def test_policies_are_told_in_their_sentences_and_the_order_of_tiers_by_names() -> None:
    policies = msgspec.structs.replace(_LADDER.policies, schedule=YearlyOn(("04-01", "10-01")), grace_days=14)
    assert _told(msgspec.structs.replace(_LADDER, policies=policies)) == [
        ("判定日", "毎月1日に判定します。", "毎年4月1日、10月1日に判定します。"),
        ("猶予", "0日", "14日"),
    ]
    base, silver, gold, *others = _LADDER.tiers
    turned = msgspec.structs.replace(_LADDER, tiers=(base, gold, silver, *others))
    assert _told(turned)[0][2] == "レギュラー → ゴールド → シルバー → プラチナ → ダイヤモンド"
    assert _told(_LADDER) == []
