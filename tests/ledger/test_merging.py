"""Merging two accounts and parting them, as pure rules: whatever happened in between, it is as if it never had."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enishi import ledger
from enishi.ledger import Account, EntryType, Happened, InsufficientPoints, Kind, Lot, Occasion

ON = date(2026, 11, 20)
ONE, TWO = UUID(int=1), UUID(int=2)
OCCASION = Occasion("", datetime(2026, 11, 20, 3, tzinfo=UTC))

slots = st.tuples(st.sampled_from(list(Kind)), st.sampled_from([date(2026, 12, 31), date(2027, 3, 31), ON]))
gains = st.tuples(slots, st.integers(1, 500))
operations = st.tuples(
    st.sampled_from(["earn", "spend", "give_back", "take_back"]), st.booleans(), slots, st.integers(1, 400)
)


def filled(customer_id: UUID, lots: list[tuple[tuple[Kind, date], int]], debt: int = 0) -> Account:
    account = Account(customer_id, 0, 0, ())
    for (kind, day), points in lots:
        ledger.grant(account, Lot(kind, day, points), OCCASION)
    if debt:
        ledger.deduct(account, debt, allow_owing=True, on=ON, occasion=OCCASION)
    return account


def copy(account: Account) -> Account:
    return Account(account.customer_id, account.seq, account.balance, account.lots)


class Till:
    """Two people at tills: what each does is done on an account of their own and on the one that both share."""

    def __init__(self, one: Account, two: Account) -> None:
        self.apart = {False: copy(one), True: copy(two)}
        self.shared = copy(one)
        self.happened: list[Happened] = []
        self.spent: dict[UUID, tuple[bool, ledger.Lots, ledger.Lots, int]] = {}
        self.earned: dict[UUID, tuple[bool, Lot]] = {}

    def tell(self, posting: ledger.Posting, absorbed: bool, **more: object) -> None:
        self.happened.append(
            Happened(
                entry_type=posting.entry_type,
                points=posting.points,
                moves=posting.moves,
                on=ON,
                absorbed=absorbed,
                **more,  # type: ignore[arg-type]
            )
        )

    def earn(self, absorbed: bool, slot: tuple[Kind, date], points: int) -> None:
        key = UUID(int=len(self.happened) + 1_000)
        for account in (self.apart[absorbed], self.shared):
            posting = ledger.earn(
                account, slot[0], points, slot[1], extends_regular=False, on=ON, store="", purchase_id=key,
                occurred_at=OCCASION.occurred_at, basis=b"{}",
            )  # fmt: skip
        self.earned[key] = absorbed, Lot(*slot, points)
        self.tell(posting, absorbed, link=key)

    def spend(self, absorbed: bool, points: int) -> None:
        key = UUID(int=len(self.happened) + 1_000)
        before = copy(self.apart[absorbed])
        try:
            moves = []
            for account in (self.apart[absorbed], self.shared):
                posting = ledger.spend(
                    account, points, on=ON, store="", purchase_id=key, occurred_at=OCCASION.occurred_at
                )
                moves.append(tuple(Lot(move.kind, move.expires_on, -move.points) for move in posting.moves))
        except InsufficientPoints:
            self.apart[absorbed] = before
            return
        self.spent[key] = absorbed, moves[0], moves[1], points
        self.tell(posting, absorbed, link=key)

    def give_back(self) -> None:
        if not self.spent:
            return
        key, (absorbed, own, shared, points) = self.spent.popitem()
        for account, lots in ((self.apart[absorbed], own), (self.shared, shared)):
            posting, _ = ledger.give_back(account, lots, reissue_days=None, on=ON, occasion=OCCASION)
        assert posting is not None
        assert posting.points == points
        self.tell(posting, absorbed, link=key)

    def take_back(self) -> None:
        if not self.earned:
            return
        _, (absorbed, lot) = self.earned.popitem()
        for account in (self.apart[absorbed], self.shared):
            posting, _ = ledger.take_back(
                account, lot.points, (lot,), shortfall=ledger.Shortfall.NEGATIVE, on=ON, occasion=OCCASION
            )
        assert posting is not None
        self.tell(posting, absorbed, own=(lot,))


@given(
    one=st.lists(gains, max_size=4), two=st.lists(gains, max_size=4), debt=st.integers(0, 900),
    steps=st.lists(operations, max_size=12),
)  # fmt: skip
def test_a_merge_and_its_undo_are_as_if_they_never_had_been(one, two, debt, steps):
    first, second = filled(ONE, one), filled(TWO, two, debt)
    till = Till(first, second)
    survivor, absorbed = till.shared, copy(second)
    ledger.fold(absorbed, survivor, ON, OCCASION, OCCASION)
    assert (absorbed.balance, absorbed.lots) == (0, ())
    assert survivor.balance == first.balance + second.balance
    for what, side, slot, points in steps:
        match what:
            case "earn":
                till.earn(side, slot, points)
            case "spend":
                till.spend(side, points)
            case "give_back":
                till.give_back()
            case _:
                till.take_back()
    parted = ledger.tell_again(copy(first), copy(second), till.happened)
    ledger.part(survivor, parted, absorbed, OCCASION, OCCASION)
    assert survivor.balance + absorbed.balance == till.apart[False].balance + till.apart[True].balance
    for account, side in ((survivor, False), (absorbed, True)):
        expected = till.apart[side]
        assert (account.balance, account.lots) == (expected.balance, expected.lots)


@given(one=st.lists(gains, max_size=4), two=st.lists(gains, max_size=4), used=st.integers(1, 2_000), side=st.booleans())
def test_sums_hold_whoever_used_more_than_their_own(one, two, used, side):
    first, second = filled(ONE, one), filled(TWO, two)
    survivor, absorbed = copy(first), copy(second)
    ledger.fold(absorbed, survivor, ON, OCCASION, OCCASION)
    try:
        posting = ledger.spend(survivor, used, on=ON, store="", purchase_id=None, occurred_at=OCCASION.occurred_at)
    except InsufficientPoints:
        return
    told = Happened(entry_type=EntryType.SPEND, points=-used, moves=posting.moves, on=ON, absorbed=side)
    parted = ledger.tell_again(copy(first), copy(second), [told])
    ledger.part(survivor, parted, absorbed, OCCASION, OCCASION)
    user, other = (absorbed, survivor) if side else (survivor, absorbed)
    before, untouched = (second, first) if side else (first, second)
    assert user.balance == before.balance - used
    assert user.owed == max(0, used - before.balance)
    assert (other.balance, other.lots) == (untouched.balance, untouched.lots)


def test_points_that_expired_while_both_were_one_expire_of_whoever_had_them():
    first = filled(ONE, [((Kind.REGULAR, date(2026, 12, 31)), 100)])
    second = filled(TWO, [((Kind.REGULAR, date(2026, 11, 30)), 100)])
    spent = Happened(
        entry_type=EntryType.SPEND, points=-100, moves=(Lot(Kind.REGULAR, date(2026, 11, 30), -100),), on=ON,
        absorbed=False,
    )  # fmt: skip
    expired = Happened(
        entry_type=EntryType.EXPIRE, points=-100, moves=(Lot(Kind.REGULAR, date(2026, 12, 31), -100),),
        on=date(2026, 12, 31), absorbed=False,
    )  # fmt: skip
    parted = ledger.tell_again(first, second, [spent, expired])
    assert (parted.survivor.balance, parted.absorbed.balance) == (0, 0)


def test_parting_refuses_to_change_the_sum():
    parted = ledger.Parted(Account(ONE, 0, 5, ()), Account(TWO, 0, 5, ()))
    with pytest.raises(AssertionError):
        ledger.part(Account(ONE, 0, 11, ()), parted, Account(TWO, 0, 0, ()), OCCASION, OCCASION)
