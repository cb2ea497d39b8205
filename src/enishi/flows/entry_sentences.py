"""Why an entry other than an earning moved its points, in one sentence, from what is stored in the entry alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from enishi.flows.bases import (
    AdjustmentBasis,
    EndedBasis,
    HoldBasis,
    MergeBasis,
    OfflineBasis,
    RankBasis,
    ReferralBasis,
    ReinstatementBasis,
    ReturnBasis,
    TransferBasis,
)
from enishi.ledger import Entry, EntryType

if TYPE_CHECKING:
    from datetime import date

    from enishi.program import Locale

Basis = (
    ReturnBasis
    | HoldBasis
    | AdjustmentBasis
    | TransferBasis
    | ReinstatementBasis
    | OfflineBasis
    | EndedBasis
    | MergeBasis
    | ReferralBasis
    | RankBasis
)

_decode = msgspec.json.Decoder(Basis).decode


def basis_of(entry: Entry) -> Basis | None:
    """What an entry other than an earning rests on; None when it says all by itself."""
    return None if entry.basis is None or entry.type is EntryType.EARN else _decode(entry.basis)


def write_sentence(entry: Entry, locale: Locale) -> str:
    """One sentence for an entry that is not an earning."""
    points = f"{abs(entry.points):,}"
    match basis_of(entry):
        case ReturnBasis() as basis:
            sentence = _returned(entry, basis, points, locale)
        case HoldBasis() as basis:
            sentence = _held(entry, basis, points, locale)
        case TransferBasis() as basis:
            sentence = _transferred(entry, basis, points, locale)
        case AdjustmentBasis() as basis:
            sentence = _adjusted(basis, points, locale, given=entry.points > 0)
        case ReinstatementBasis() as basis:
            sentence = _reinstated(basis, points, locale)
        case OfflineBasis() as basis:
            sentence = _used_offline(basis, points, locale)
        case ReferralBasis() | RankBasis() as basis:
            sentence = _rewarded(basis, points, locale)
        case MergeBasis() | EndedBasis() as basis:
            is_end = isinstance(basis, EndedBasis)
            sentence = _ended(basis.last_on, points, locale) if is_end else _merged(entry, basis, locale)
        case None:
            sentence = _plain(entry, points, locale)
    return sentence


def _returned(entry: Entry, basis: ReturnBasis, points: str, locale: Locale) -> str:
    whole, left = f"{basis.whole:,}", f"{basis.left:,}"
    if entry.type is EntryType.GIVE_BACK:
        if locale == "ja":
            return f"返品により、お支払いに使った {whole}pt のうち {points}pt をお返ししました。"
        return f"Goods came back: of the {whole}pt used to pay for them, {points}pt were given back."
    pending = f"{basis.cancelled:,}"
    if entry.purchase_id is None:
        # Without a receipt there is nothing left of one: what such goods would earn on that day was taken back.
        if locale == "ja":
            return f"レシートのない返品により、その商品に付くはずの {points}pt を取り消しました。"
        return f"Goods came back without a receipt: the {points}pt that they would earn were taken back."
    if locale == "ja":
        cancelled = f"仮ポイントのうちに取り消した {pending}pt のほかに " if basis.cancelled else ""
        return f"返品により残りの商品で計算し直し：{whole}pt → {left}pt、{cancelled}{points}pt を取り消しました。"
    earns = f"what is left of the receipt earns {left}pt instead of {whole}pt"
    cancelled = f", of which {pending}pt were cancelled while they were pending" if basis.cancelled else ""
    return f"Goods came back: {earns}{cancelled}, so {points}pt were taken back."


def _rewarded(basis: ReferralBasis | RankBasis, points: str, locale: Locale) -> str:
    if isinstance(basis, RankBasis):
        return _for_rank(basis, points, locale)
    return _referred(basis, points, locale)


def _for_rank(basis: RankBasis, points: str, locale: Locale) -> str:
    if locale == "ja":
        return f"会員ランクが{basis.name_ja}になった特典として {points}pt を付けました。"
    return f"{points}pt were given for reaching the rank {basis.name_en}."


def write_cancelled(cancelled: int, left: int, locale: Locale) -> str:
    """What goes after the arithmetic of an award that waited, and of which returns have cancelled a part by then."""
    if locale == "ja":
        return f"。うち {cancelled:,}pt は返品により取り消し、残り {left:,}pt"
    return f"; {cancelled:,} pt of them were cancelled by returns, which leaves {left:,} pt"


def _used_offline(basis: OfflineBasis, points: str, locale: Locale) -> str:
    if locale == "ja":
        return (
            f"通信のない端末でのお支払いに {points}pt(1pt = 1円)を使いました。"
            f"うち {basis.owed:,}pt は残高を超えており、次に付くポイントから充当します。"
        )
    return (
        f"{points}pt were used to pay at a terminal without a connection, at ¥1 a point; {basis.owed:,}pt of them were "
        "more than there were and are set against what is earned next."
    )


def _held(entry: Entry, basis: HoldBasis, points: str, locale: Locale) -> str:
    number = basis.external_id
    if entry.type is EntryType.HOLD:
        if locale == "ja":
            return f"ご注文 {number} のお支払いのために {points}pt を仮押さえしました。"
        return f"{points}pt were set aside to pay for the order {number}."
    if entry.type is EntryType.SPEND:
        if locale == "ja":
            return f"ご注文 {number} のお支払いに、仮押さえしていた {points}pt(1pt = 1円)を使いました。"
        return f"{points}pt that had been set aside were used to pay for the order {number}, at ¥1 a point."
    why_ja, why_en = {
        "captured": ("お支払いの確定により", "when it was paid"),
        "lapsed": ("時間が過ぎたため", "because its time was up"),
    }.get(basis.state, ("お支払いに使われなかったため", "because they were not used"))
    if locale == "ja":
        return f"{why_ja}、ご注文 {number} の仮押さえから {points}pt を戻しました。"
    return f"{points}pt set aside for the order {number} were put back {why_en}."


def _transferred(entry: Entry, basis: TransferBasis, points: str, locale: Locale) -> str:
    if entry.type is EntryType.ADJUST:
        if locale == "ja":
            return f"ポイントを贈る手数料として {points}pt をいただきました。"
        return f"{points}pt were the fee of giving points to somebody."
    pooled = basis.way == "pool"
    if entry.type is EntryType.TRANSFER_OUT:
        if locale == "ja":
            return (
                f"家族のポイントをまとめるため、{points}pt を移しました。"
                if pooled
                else f"ほかのお客様へ {points}pt を贈りました。"
            )
        return f"{points}pt were moved to the head of the family." if pooled else f"{points}pt were given to somebody."
    if locale == "ja":
        return (
            f"家族のポイントをまとめるため、{points}pt が移されました。"
            if pooled
            else f"ほかのお客様から {points}pt が贈られました。"
        )
    return f"{points}pt were moved here by the family." if pooled else f"{points}pt were given by somebody."


def _adjusted(basis: AdjustmentBasis, points: str, locale: Locale, *, given: bool) -> str:
    if locale == "ja":
        return f"店舗または本部が {points}pt を{'付与しました' if given else '差し引きました'}。理由：{basis.name_ja}"
    return f"{points}pt were {'given' if given else 'taken'} by hand. Reason: {basis.name_en}."


def _referred(basis: ReferralBasis, points: str, locale: Locale) -> str:
    amount = f"¥{basis.min_amount_yen:,}"
    gave = basis.role == "referrer"
    if locale == "ja":
        who = "ご紹介特典" if gave else "ご紹介による入会特典"
        if basis.returned:
            return f"{who}：対象のお買い物が返品されたため、{points}pt を取り消しました。"
        whose = "ご紹介いただいた方" if gave else "入会後"
        return f"{who}：{whose}の最初の対象のお買い物（{amount}以上）により {points}pt を付与しました。"
    if basis.returned:
        return f"Referral: the purchase that had earned it was returned, so {points}pt were taken back."
    whose = "the first purchase of somebody you referred" if gave else "your first purchase after being referred"
    return f"Referral: {points}pt for {whose}, of {amount} or more."


def _reinstated(basis: ReinstatementBasis, points: str, locale: Locale) -> str:
    if locale == "ja":
        return f"{basis.name_ja}のため、失効した {points}pt を再び付与しました。"
    return f"{points}pt that had expired were given again. Reason: {basis.name_en}."


def _merged(entry: Entry, basis: MergeBasis, locale: Locale) -> str:
    """Points that went along with a merge, or came back when it was undone; a minus is a debt that did."""
    points = f"{entry.points if entry.type is EntryType.MERGE_IN else -entry.points:,}"
    came = entry.type is EntryType.MERGE_IN
    if not basis.undone:
        if locale == "ja":
            way = "引き継ぎました" if came else "統合先の会員へ移しました"
            return f"会員統合により {points}pt を{way}。ポイントの種類と有効期限は変わりません。"
        way = "came from the customer who was merged into this one" if came else "went to the customer who goes on"
        return f"Customers merged: {points}pt {way}. Kinds and last days stay as they were."
    sums = f"{basis.moved:,} + {basis.gained:,} - {basis.took:,} = {basis.moved + basis.gained - basis.took:,}"
    if locale == "ja":
        way = "戻しました" if came else "統合されていた会員へ戻しました"
        return (
            f"会員統合の取り消しにより {points}pt を{way}（統合時 {basis.moved:,}pt、その後の獲得 {basis.gained:,}pt、"
            f"利用・取り消し {basis.took:,}pt）。"
        )
    way = "came back" if came else "went back to the customer who had been merged into this one"
    return (
        f"A merge was undone: {points}pt {way}. Moved at the merge, plus gained, less used or taken back since: {sums}."
    )


def _ended(last_on: date, points: str, locale: Locale) -> str:
    if locale == "ja":
        return f"この種類のポイントを使える最後の日（{last_on:%Y/%m/%d}）が過ぎたため、{points}pt が失効しました。"
    return f"{points}pt expired: the last day on which points of this kind could be used was {last_on:%Y/%m/%d}."


def _plain(entry: Entry, points: str, locale: Locale) -> str:
    if entry.type is EntryType.EXPIRE:
        last = max((move.expires_on for move in entry.moves), default=entry.occurred_at.date())
        if locale == "ja":
            return f"有効期限（{last:%Y/%m/%d}）が過ぎたため、{points}pt が失効しました。"
        return f"{points}pt expired: they were valid through {last:%Y/%m/%d}."
    if entry.type is EntryType.SPEND:
        if locale == "ja":
            return f"お支払いに {points}pt(1pt = 1円)を使いました。期限の近いポイントから使われます。"
        return f"{points}pt were used to pay, at ¥1 a point, those that expire soonest first."
    if locale == "ja":
        return f"{points}pt が{'加わりました' if entry.points > 0 else '差し引かれました'}。"
    return f"{points}pt were {'added' if entry.points > 0 else 'taken off'}."
