"""What a result of trying rules on the past was made of, in sentences, and what thresholds are called. Pure."""

from typing import Literal

from enishi.flows import Backtest, Ground, Threshold

Language = Literal["ja", "en"]

_MEASURES = {
    "ja": {
        "eligible": "付与対象額",
        "total": "税込の買上額",
        "amount_with_tax": "税込の買上額",
        "amount_without_tax": "税抜の買上額",
        "points_earned": "獲得ポイント",
        "visits": "来店日数",
        "purchases": "購入回数",
    },
    "en": {
        "eligible": "amount that earns",
        "total": "total with tax",
        "amount_with_tax": "spending with tax",
        "amount_without_tax": "spending without tax",
        "points_earned": "points earned",
        "visits": "days with a visit",
        "purchases": "purchases",
    },
}
_UNITS = {
    "ja": {"yen": "円以上", "points": "ポイント以上", "visits": "日以上", "purchases": "回以上"},
    "en": {"yen": "", "points": " points", "visits": " days", "purchases": " purchases"},
}


def tell_needed(one: Threshold, language: Language) -> str:
    """What a threshold asks for: 税抜の買上額 5,000円以上, or ¥5,000 or more of spending without tax."""
    label = one.label_ja if language == "ja" else one.label_en
    if label:
        return label
    measure = _MEASURES[language].get(one.measure, one.measure)
    if language == "ja":
        return f"{measure} {one.needed:,}{_UNITS['ja'][one.unit]}"
    amount = f"¥{one.needed:,}" if one.unit == "yen" else f"{one.needed:,}{_UNITS['en'][one.unit]}"
    return f"{amount} or more ({measure})"


def tell_ground(tried: Backtest, language: Language) -> list[str]:
    """What decided, what was repeated as it had happened, and what the past does not tell."""
    told: list[str] = []
    unaffordable = tried.total.tried.unaffordable_points
    if language == "ja":
        told += [] if tried.ground is None else _ground_ja(tried.ground)
        if unaffordable:
            told.append(
                f"実際に使われたポイントのうち{unaffordable:,}ポイントは、変更案では残高が足りず、"
                "使わなかったものとしています。"
            )
        told.append(
            "お客様の買い方は変わらないものとしています。ルールの変更で購買がどう変わるかは、過去からは分かりません。"
        )
        told.append("セグメントへの所属と識別子は、現在のものを使っています。")
        return told
    told += [] if tried.ground is None else _ground_en(tried.ground)
    if unaffordable:
        told.append(
            f"{unaffordable:,} points that were used in fact would not have been there by the rules tried, and "
            "count as not used."
        )
    told.append("People are taken to buy as they did: how other rules would change that, this can not tell.")
    told.append("Segments and identifiers are those of today.")
    return told


def _ground_ja(ground: Ground) -> list[str]:
    versions = f"制度 {_numbers(ground.program_today)}、ランク表 {_numbers(ground.ladders_today)}"
    told = [f"現在のルールは、当時有効だった版のまま計算しています（{versions}）。"]
    if ground.program_tried or ground.ladder_tried:
        parts = (("制度", ground.program_tried), ("ランク表", ground.ladder_tried))
        what = "と".join(name for name, is_tried in parts if is_tried)
        told.append(f"変更案の{what}は、最初から有効だったものとして計算しています。")
    told.append(
        f"定期判定は、現在のルールで{ground.evaluations_today:,}回、変更案で{ground.evaluations_tried:,}回です。"
        f"手動のランク変更{ground.overrides:,}件も当時のとおり再現しています。"
    )
    if ground.returns:
        refused = f"現在 {ground.refused_today:,}件、変更案 {ground.refused_tried:,}件"
        told.append(
            f"返品{ground.returns:,}件は、起きた時点で各ルールの返品条件により処理しています（断る返品: {refused}）。"
        )
    told.append("レシートは、遅れて届いたものも含めて購入日時の順に計算しています。")
    if ground.other_entries:
        told.append(
            f"ルールによらない動き（調整・譲渡など{ground.other_entries:,}件、差し引き{ground.other_points:+,}ポイント）は"
            "含みません。"
        )
    return told


def _ground_en(ground: Ground) -> list[str]:
    versions = f"programme {_numbers(ground.program_today)}, ladder {_numbers(ground.ladders_today)}"
    told = [f"Today's rules are those that were in force at the time ({versions})."]
    if ground.program_tried or ground.ladder_tried:
        parts = (("programme", ground.program_tried), ("ladder", ground.ladder_tried))
        what = " and ".join(name for name, is_tried in parts if is_tried)
        told.append(f"The {what} tried is taken as if it had always been in force.")
    told.append(
        f"Members were evaluated {ground.evaluations_today:,} times by today's rules and {ground.evaluations_tried:,} "
        f"times by those tried; {ground.overrides:,} changes of rank by hand are repeated as they happened."
    )
    if ground.returns:
        told.append(
            f"{ground.returns:,} returns are settled when they happened, by each rules' own terms (refused: today "
            f"{ground.refused_today:,}, tried {ground.refused_tried:,})."
        )
    told.append("Receipts are taken in the order in which they occurred, those that arrived late as well.")
    if ground.other_entries:
        told.append(
            f"What does not follow from rules is left out: {ground.other_entries:,} adjustments, gifts and the like, "
            f"{ground.other_points:+,} points in all."
        )
    return told


def _numbers(versions: tuple[int, ...]) -> str:
    return ", ".join(str(one) for one in versions) or "–"
