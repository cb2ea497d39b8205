"""What a return does to points under a programme's policy, in sentences for whoever takes the goods back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enishi.program import ReturnPolicy, ReturnShortfall, UsedPoints

if TYPE_CHECKING:
    from enishi.program import Locale

_SHORTFALL_JA = {
    ReturnShortfall.NEGATIVE: "ポイントがすでに使われていて足りない分は、次に付くポイントから差し引きます。",
    ReturnShortfall.ABSORB: "ポイントがすでに使われていて足りない分は、店舗が負担します。",
    ReturnShortfall.REFUSE: "ポイントがすでに使われていて足りないときは、返品を受け付けません。",
}
_SHORTFALL_EN = {
    ReturnShortfall.NEGATIVE: "What has been spent of them already is set against the next points.",
    ReturnShortfall.ABSORB: "What has been spent of them already is borne by the shop.",
    ReturnShortfall.REFUSE: "Where they have been spent already, the return is refused.",
}


_UNKNOWN_JA = "お支払いに使われたポイントは、分からないため戻しません。"
_UNKNOWN_EN = "Points that were used are not known, and not given back."


def tell_return_policy(policy: ReturnPolicy, locale: Locale, *, with_receipt: bool) -> list[str]:
    """The policy in sentences; without a receipt, what was earned and used is not known."""
    if locale == "ja":
        earned = "返品した商品に付いたポイントを取り消します。"
        guessed = "レシートがないため、いまの条件で付くはずのポイントを取り消します。"
        first = [earned if with_receipt else guessed, _SHORTFALL_JA[policy.shortfall]]
        return first + (
            _used_ja(policy) if with_receipt else ["お支払いに使われたポイントは、分からないため戻しません。"]
        )
    earned = "Points that the goods earned are taken back."
    guessed = "Without a receipt, what such goods would earn now is taken back."
    first = [earned if with_receipt else guessed, _SHORTFALL_EN[policy.shortfall]]
    return first + (_used_en(policy) if with_receipt else [_UNKNOWN_EN])


def _used_ja(policy: ReturnPolicy) -> list[str]:
    used = (
        "お支払いに使われたポイントは、残りの商品に充て、余った分だけ戻します。"
        if policy.used_points is UsedPoints.REALLOCATE
        else "お支払いに使われたポイントは、返品した割合で戻します。"
    )
    if policy.reissue_days is None:
        return [used, "有効期限を過ぎたポイントは戻りません。"]
    return [used, f"有効期限を過ぎたポイントは、{policy.reissue_days:,}日間有効なポイントとして戻します。"]


def _used_en(policy: ReturnPolicy) -> list[str]:
    used = (
        "Points that were used stay on the goods that are left; only what those no longer cost comes back."
        if policy.used_points is UsedPoints.REALLOCATE
        else "Points that were used come back in the proportion of what is returned."
    )
    if policy.reissue_days is None:
        return [used, "Those that have expired meanwhile are lost."]
    days = f"{policy.reissue_days:,} {'day' if policy.reissue_days == 1 else 'days'}"
    return [used, f"Those that have expired meanwhile are valid for {days} more."]
