"""What a referral programme promises, and why somebody should look at a referral, in either language."""

from __future__ import annotations

from enishi.referrals.model import Finding, HintKind, Locale, OnReturn, ReferralSettings

_HINTS: dict[HintKind, tuple[str, str]] = {
    HintKind.MAILBOX: ("メールボックス", "mailbox"),
    HintKind.PERSON: ("お名前（カナ）と生年月日", "reading of the name and date of birth"),
    HintKind.DEVICE: ("端末", "device"),
    HintKind.ADDRESS: ("住所", "address"),
    HintKind.PAYMENT: ("お支払い手段", "means of payment"),
}
_RETURNS: dict[OnReturn, tuple[str, str]] = {
    OnReturn.BOTH: (
        "対象のお買い物が返品されたときは、双方の特典を取り消します。",
        "A return takes both rewards back.",
    ),
    OnReturn.REFERRER: (
        "対象のお買い物が返品されたときは、紹介した方の特典を取り消します。",
        "A return takes the referrer's reward back.",
    ),
    OnReturn.KEEP: ("返品されても、特典は取り消しません。", "A return takes nothing back."),
}


def describe(settings: ReferralSettings, locale: Locale) -> list[str]:
    """The programme in plain sentences, as members may read it."""
    return [*_promise(settings, locale), *_bounds(settings, locale)]


def _promise(one: ReferralSettings, locale: Locale) -> list[str]:
    amount = f"¥{one.min_amount_yen:,}"
    if locale == "ja":
        sentences = [
            f"入会から{one.claim_days}日以内に紹介コードを登録します。",
            (
                f"登録から{one.purchase_days}日以内に{amount}以上お買い物をすると、"
                f"紹介した方に{one.referrer_points:,}pt、紹介された方に{one.referee_points:,}ptが付きます。"
            ),
        ]
        waits = f"ポイントは、お買い物の{one.wait_days}日後に付きます。"
    else:
        sentences = [
            f"The code is entered within {one.claim_days} days after joining.",
            (
                f"A purchase of {amount} or more within {one.purchase_days} days earns {one.referrer_points:,}pt for "
                f"who referred and {one.referee_points:,}pt for the new member."
            ),
        ]
        waits = f"Points are given {one.wait_days} days after the purchase."
    return [*sentences, waits] if one.wait_days else sentences


def _bounds(one: ReferralSettings, locale: Locale) -> list[str]:
    sentences: list[str] = []
    if one.cap is not None:
        per = {"month": ("1か月", "month"), "year": ("1年", "year")}[one.cap.per]
        sentences.append(
            f"特典の対象は{per[0]}に{one.cap.times}名までです。"
            if locale == "ja"
            else f"At most {one.cap.times} referrals a {per[1]} are rewarded."
        )
    if one.cap_total is not None:
        sentences.append(
            f"特典の対象は通算{one.cap_total}名までです。"
            if locale == "ja"
            else f"At most {one.cap_total} referrals altogether are rewarded."
        )
    return [*sentences, _RETURNS[one.on_return][0 if locale == "ja" else 1]]


_FINDINGS: dict[str, tuple[str, str]] = {
    "hint": ("紹介した方と{hint_ja}が同じです。", "Both have the same {hint_en}."),
    "family": ("紹介した方と家族として登録されています。", "Both belong to one family."),
    "receipt": (
        "同じレシート（{found}件）で両方の会員証などが使われました。",
        "On {found} receipts identifiers of both were shown.",
    ),
    "ring": (
        "紹介が輪になっています（{found}人をたどると本人に戻ります）。",
        "The referrals form a ring: following {found} people leads back to the new member.",
    ),
    "terminal": (
        "同じ端末から短時間に{found}件登録されました（目安 {limit}件まで）。",
        "{found} codes were claimed at this terminal in a short time; up to {limit} are usual.",
    ),
    "referrer": (
        "この紹介コードが短時間に{found}回使われました（目安 {limit}回まで）。",
        "This code was used {found} times in a short time; up to {limit} are usual.",
    ),
    "shared": (
        "同じ方に紹介された別の{found}名と、端末や住所などが同じです。",
        "It shares a device, an address or the like with {found} others referred by the same person.",
    ),
}


def explain_finding(finding: Finding, locale: Locale) -> str:
    """Why somebody should look, in one sentence."""
    hint_ja, hint_en = _HINTS[HintKind(finding.found)] if finding.rule == "hint" else ("", "")
    sentence = _FINDINGS[finding.rule][0 if locale == "ja" else 1]
    return sentence.format(found=finding.found, limit=finding.limit, hint_ja=hint_ja, hint_en=hint_en)
