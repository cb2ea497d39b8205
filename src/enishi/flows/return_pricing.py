"""What a return does to points, decided in memory: used points come back, and what the goods earned is taken back.

Both are what the receipt with the goods that are left would have used and earned, held against what was so before. So
returning everything, in any order and any portions, takes back exactly what was earned and gives back exactly what was
used; and no return ever mints a point.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from enishi import ledger, program, purchases
from enishi.campaigns import Claim
from enishi.flows.bases import ReinstatementBasis, ReturnBasis
from enishi.flows.campaign_returns import Awarded, Left, cancel_waiting, claims_back, left_of, losses, own_lots
from enishi.kit.errors import Refusal
from enishi.ledger import Account, Entry, EntryType, Lots, Occasion, Pending, Posting, Shortfall, Swept
from enishi.program import ProgramSettings, ProgramVersion, ReturnPolicy, UsedPoints
from enishi.purchases import Purchase, Return, Returned, StoredPurchase

_encode = msgspec.json.Encoder().encode
_EARNED_BY_GOODS_JA = "返品された商品で付いた分の取り消し"
_EARNED_BY_GOODS_EN = "goods that had earned them came back"


class ReceiptState(Struct, gc=False, frozen=True):
    """A receipt with what has come back of it and the journal entries that it led to.

    ``pending`` are the awards that became, or are to become, points later.
    """

    purchase: StoredPurchase
    so_far: Returned
    entries: Sequence[Entry]
    pending: tuple[Pending, ...] = ()
    awarded: tuple[Awarded, ...] = ()
    """What campaigns gave for it, as it was at the purchase."""
    given: tuple[Claim, ...] = ()
    """What budgets and ceilings count for it now."""

    @property
    def points_earned(self) -> int:
        """What the whole receipt earned, at once or for later."""
        return self.purchase.points_earned + sum(one.points for one in self.pending)

    @property
    def points_reversed(self) -> int:
        """What returns have taken back so far, cancelled before it was confirmed, or left with the member."""
        return self.so_far.points_reversed + sum(one.cancelled_points for one in self.pending)


class Reversal(Struct, gc=False, frozen=True, kw_only=True):
    """What the goods of a return had to do with, before anybody's balance is looked at.

    ``whole_earned`` and ``whole_used`` are the receipt's; ``left_earned`` and ``left_used`` those of the goods left.
    """

    quantities: Mapping[int, int]
    lines: tuple[tuple[int, int], ...]
    refund_yen: int
    refund_net_yen: int
    reverse: int
    restore: int
    completes: bool
    whole_earned: int
    left_earned: int
    whole_used: int
    left_used: int
    version: ProgramVersion | None
    lost: dict[UUID | None, int] = {}
    """By award, what it loses; empty where no campaign gave anything."""
    claims: tuple[Claim, ...] = ()
    """What campaigns' budgets and ceilings get back."""


class DecidedReturn(Struct, gc=False, frozen=True, kw_only=True):
    """What a return does to an account."""

    reversal: Reversal
    first_seq: int
    postings: tuple[Posting, ...]
    taken_back: int
    absorbed: int
    given_back: int
    lost: int
    cancelled: int = 0
    pending: tuple[Pending, ...] = ()
    """Awards of the receipt that were pending, as they are after it; only those that changed."""


def settings_of(version: ProgramVersion | None) -> ProgramSettings:
    """The settings that decide, the default ones before any was published."""
    return version.settings if version is not None else program.default_settings()


def zone_at(versions: Sequence[ProgramVersion], now: datetime) -> ZoneInfo:
    """The programme's time zone at an instant."""
    return settings_of(program.version_at(versions, now)).zone_info


def assess_receipt(one: Return, state: ReceiptState, versions: Sequence[ProgramVersion]) -> Reversal:
    """What comes back of a known receipt. Raises ``InvalidReturn``."""
    purchase, so_far = state.purchase, state.so_far
    version = program.version_at(versions, purchase.occurred_at)
    after = purchases.add_lines(purchase, so_far, one.lines)
    left = purchases.remaining(purchase, after)
    left_yen = 0 if left is None else purchases.total_yen(left)
    target = _used_to_restore(settings_of(version).returns, purchase, left_yen)
    restore = max(0, target - so_far.points_restored)
    left_used = purchase.points_to_use - so_far.points_restored - restore
    has = _left_of(state, version, left, left_used)
    lost: dict[UUID | None, int] = {}
    if state.awarded:
        had = _left_of(
            state,
            version,
            purchases.remaining(purchase, so_far.quantities),
            purchase.points_to_use - so_far.points_restored,
        )
        lost = losses(had, has, state.awarded)
    return Reversal(
        quantities=after,
        lines=tuple(purchases.line_difference(so_far.quantities, after)),
        refund_yen=purchase.total_yen - left_yen - so_far.refund_yen,
        refund_net_yen=_net(purchases.remaining(purchase, so_far.quantities)) - _net(left),
        reverse=max(0, state.points_earned - has.points - state.points_reversed),
        restore=restore,
        completes=left is None,
        whole_earned=state.points_earned,
        left_earned=has.points,
        whole_used=purchase.points_to_use,
        left_used=left_used,
        version=version,
        lost=lost,
        claims=claims_back(state.given, state.awarded, has, one.occurred_at) if state.given else (),
    )


def _net(left: Purchase | None) -> int:
    return 0 if left is None else purchases.net_yen(left)


def _left_of(state: ReceiptState, version: ProgramVersion | None, left: Purchase | None, used: int) -> Left:
    return left_of(left, version, used, state.awarded, whole=state.points_earned, bought_at=state.purchase.occurred_at)


def _used_to_restore(policy: ReturnPolicy, purchase: StoredPurchase, left_yen: int) -> int:
    """How many used points are back with the member once goods for ``left_yen`` are left of the receipt."""
    used = purchase.points_to_use
    if policy.used_points is UsedPoints.REALLOCATE:
        return max(0, used - left_yen)
    return used * (purchase.total_yen - left_yen) // purchase.total_yen if purchase.total_yen else used


def assess_goods(one: Return, versions: Sequence[ProgramVersion]) -> Reversal:
    """What comes back without a receipt: what such a purchase would earn at the time of the return."""
    version = program.version_at(versions, one.occurred_at)
    as_bought = Purchase(
        source=one.source,
        external_id=one.external_id,
        channel=purchases.Channel.POS,
        store=one.store,
        occurred_at=one.occurred_at,
        tax_mode=one.tax_mode,
        lines=one.goods,
    )
    earned = 0 if version is None else program.assess(as_bought, version).points
    return Reversal(
        quantities={},
        lines=tuple((number, purchases.goods_of(line)) for number, line in enumerate(one.goods, 1)),
        refund_yen=purchases.total_yen(as_bought),
        refund_net_yen=purchases.net_yen(as_bought),
        reverse=earned,
        restore=0,
        completes=False,
        whole_earned=earned,
        left_earned=0,
        whole_used=0,
        left_used=0,
        version=version,
    )


def decide_return(
    one: Return,
    reversal: Reversal,
    state: ReceiptState | None,
    account: Account,
    *,
    occurred_at: datetime,
    now: datetime,
    swept: dict[UUID, list[Swept]],
) -> DecidedReturn:
    """Give used points back, then take back what the goods earned; ``account`` and ``swept`` are changed in memory.

    Raises ``PointsAlreadySpent`` where the policy is to refuse, leaving both as they were.
    """
    before = (account.seq, account.balance, account.lots)
    left = swept.get(account.customer_id)
    try:
        return _decide(one, reversal, state, account, occurred_at=occurred_at, now=now, swept=swept)
    except Refusal:
        account.seq, account.balance, account.lots = before
        if left is not None:
            swept[account.customer_id] = left
        raise


def _decide(
    one: Return,
    reversal: Reversal,
    state: ReceiptState | None,
    account: Account,
    *,
    occurred_at: datetime,
    now: datetime,
    swept: dict[UUID, list[Swept]],
) -> DecidedReturn:
    settings = settings_of(reversal.version)
    on = program.day_in_zone(one.occurred_at, settings.zone_info)
    return_id = purchases.return_id_of(one, occurred_at)
    version = 0 if reversal.version is None else reversal.version.version
    purchase_id = None if state is None else state.purchase.purchase_id
    first_seq = account.seq + 1
    postings: list[Posting] = []

    def occasion(whole: int, left: int, cancelled: int = 0) -> Occasion:
        basis = ReturnBasis(return_id, one.external_id, reversal.lines, whole, left, version, cancelled)
        return Occasion(one.store, occurred_at, purchase_id, _encode(basis))

    lost = 0
    if reversal.restore and state is not None:
        lots, uncovered = _restore(state, reversal.restore)
        given, lost = ledger.give_back(
            account,
            lots,
            reissue_days=settings.returns.reissue_days,
            on=on,
            occasion=occasion(reversal.whole_used, reversal.left_used),
            uncovered=_as_earned(uncovered, settings, on),
        )
        postings += [given] if given else []
    # What is still pending goes first: it needs no entry, and leaves the member whatever can be used already.
    waiting, cancelled = cancel_waiting(() if state is None else state.pending, reversal.lost, reversal.reverse, now)
    taken_back = 0
    if reversal.reverse > cancelled:
        own = () if state is None else _earned(state.entries, reversal.lost)
        points = reversal.reverse - cancelled
        postings += _take_from_swept(one, account, points, own, occurred_at=occurred_at, swept=swept)
        taken, _ = ledger.take_back(
            account,
            points,
            own,
            shortfall=Shortfall(settings.returns.shortfall.value),
            on=on,
            occasion=occasion(reversal.whole_earned, reversal.left_earned, cancelled + _cancelled(state)),
        )
        taken_back = 0 if taken is None else -taken.points
        postings += [taken] if taken else []
    return DecidedReturn(
        reversal=reversal,
        first_seq=first_seq,
        postings=tuple(postings),
        taken_back=taken_back,
        absorbed=reversal.reverse - cancelled - taken_back,
        given_back=reversal.restore - lost,
        lost=lost,
        cancelled=cancelled,
        pending=tuple(waiting),
    )


def _take_from_swept(
    one: Return,
    account: Account,
    points: int,
    own: Lots,
    *,
    occurred_at: datetime,
    swept: dict[UUID, list[Swept]],
) -> list[Posting]:
    """Give points again that expired unused, as far as the goods' own lots lack them, so that they can be taken back.

    Points that expired were not spent. So whether the sweep or the return came first makes no difference to the member.
    """
    return_id = purchases.return_id_of(one, occurred_at)
    postings: list[Posting] = []
    for entry_id, lots in ledger.reach_own(swept, account, points, own):
        for lot in lots:
            basis = ReinstatementBasis(return_id, entry_id, _EARNED_BY_GOODS_JA, _EARNED_BY_GOODS_EN, (lot,))
            occasion = Occasion(one.store, occurred_at, None, _encode(basis))
            postings.append(ledger.grant(account, lot, occasion, EntryType.REINSTATE))
    return postings


def _cancelled(state: ReceiptState | None) -> int:
    """The receipt's points that earlier returns cancelled while they were pending."""
    return 0 if state is None else sum(one.cancelled_points for one in state.pending)


def _restore(state: ReceiptState, points: int) -> tuple[Lots, int]:
    """Where used points return to, and how many had come out of no lot, because a terminal was offline.

    The latter are the first to be given back: as long as they are owed, they are nobody's to use.
    """
    spent, before = _spent(state.entries), state.so_far.points_restored
    uncovered = max(0, state.purchase.points_to_use - sum(lot.points for lot in spent))
    first = min(points, max(0, uncovered - before))
    return ledger.restore(spent, max(0, before - uncovered), points - first), first


def _as_earned(points: int, settings: ProgramSettings, on: date) -> Lots:
    """Points that never were in a lot, as regular points that are earned on a day."""
    last = max(on, program.last_day_of(settings, on))
    return (ledger.Lot(ledger.Kind.REGULAR, last, points),) if points else ()


def _spent(entries: Sequence[Entry]) -> Lots:
    """The lots that the receipt's points were taken from."""
    return tuple(
        msgspec.structs.replace(lot, points=-lot.points)
        for entry in entries
        if entry.type is EntryType.SPEND
        for lot in entry.moves
    )


def _earned(entries: Sequence[Entry], lost: dict[UUID | None, int]) -> Lots:
    """The lots that the receipt's points went into; of several awards, each with what it loses."""
    if lost:
        return own_lots(entries, lost)
    return tuple(lot for entry in entries if entry.type is EntryType.EARN for lot in entry.moves if lot.points > 0)
