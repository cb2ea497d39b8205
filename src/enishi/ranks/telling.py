"""How a member stands, in one sentence: on a till's display, at the counter and on the member's phone. Pure."""

from __future__ import annotations

from datetime import date

from enishi.kit.identifiers import IdentifierKind
from enishi.ranks.ladder import Locale
from enishi.ranks.model import Cause
from enishi.ranks.progress import RankAnswer, TierProgress, Want
from enishi.ranks.wording import FACTS

_UNITS_JA = {"points": "{:,}ポイント", "visits": "{:,}回のご来店", "purchases": "{:,}回のお買い物", "days": "{:,}日"}
_UNITS_EN = {"points": "{:,} points", "visits": "{:,} visits", "purchases": "{:,} purchases", "days": "{:,} days"}
_UNIT_EN = {"points": "1 point", "visits": "1 visit", "purchases": "1 purchase", "days": "1 day"}
_CAUSES = {
    Cause.PURCHASE: ("お買い物で条件を満たしました", "A purchase fulfilled it"),
    Cause.CLAIM: ("後から登録したレシートで条件を満たしました", "A receipt claimed afterwards fulfilled it"),
    Cause.POINTS: ("仮ポイントの確定で条件を満たしました", "Points that became available fulfilled it"),
    Cause.RETURN: ("返品により条件を満たさなくなりました", "Returned goods no longer support it"),
    Cause.EVALUATION: ("定期判定", "Evaluation of all members"),
    Cause.OVERRIDE: ("手動で設定しました", "Given by hand"),
    Cause.MERGE: ("会員の統合または統合の取り消し", "Two customers were merged, or parted again"),
    Cause.OVERRIDE_ENDED: ("手動の設定が終わりました", "What was given by hand ended"),
}


def tell_want(want: Want, locale: Locale) -> str:
    """How much of one thing is missing: ``¥3,200`` or ``2回のお買い物``."""
    if want.unit == "yen":
        return f"¥{want.missing:,}"
    if want.unit == "fact":
        return FACTS[IdentifierKind(want.question.removeprefix("holds:"))][0 if locale == "ja" else 1]
    if locale == "ja":
        return _UNITS_JA[want.unit].format(want.missing)
    return _UNIT_EN[want.unit] if want.missing == 1 else _UNITS_EN[want.unit].format(want.missing)


def tell_progress(progress: TierProgress, locale: Locale, *, keeps: bool = False) -> str:
    """What is missing to a tier, or to keep it, and by when: ``あと¥3,200でゴールド（11/30まで）``."""
    is_ja = locale == "ja"
    name = progress.name_ja if is_ja else progress.name_en
    by = _by(progress.by, locale)
    if progress.met:
        if keeps:
            return f"{name}を継続できます" if is_ja else f"{name} is kept"
        return f"次の判定で{name}になります" if is_ja else f"{name} from the next evaluation"
    missing = _missing(progress, locale)
    if is_ja:
        goal = f"{name}を継続" if keeps else name
        return f"あと{missing}で{goal}{by}"
    return f"{missing} more to {'keep' if keeps else 'reach'} {name}{by}"


def _missing(progress: TierProgress, locale: Locale) -> str:
    joiner, alternative = ("と", "、または") if locale == "ja" else (" and ", ", or ")
    ways = [joiner.join(tell_want(want, locale) for want in way if want.missing) for way in progress.ways]
    return alternative.join(dict.fromkeys(ways))


def _by(day: date | None, locale: Locale) -> str:
    if day is None:
        return ""
    return f"（{day:%Y/%m/%d}まで）" if locale == "ja" else f" (by {day:%Y-%m-%d})"


def tell_rank(rank: RankAnswer, locale: Locale) -> str:
    """Rank and what comes next in one line, for a till's display or the counter."""
    name = rank.name_ja if locale == "ja" else rank.name_en
    parts = [name]
    if rank.next is not None:
        parts.append(tell_progress(rank.next, locale))
    elif rank.keep is not None:
        parts.append(tell_progress(rank.keep, locale, keeps=True))
    return "：".join(parts) if locale == "ja" else ": ".join(parts)


def tell_cause(cause: Cause, locale: Locale) -> str:
    """Why a rank changed, in a few words."""
    return _CAUSES[cause][0 if locale == "ja" else 1]
