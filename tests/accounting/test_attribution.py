"""Every point is attributed once, in whole points, to the month, class and store that issued it."""

from __future__ import annotations

import contextlib
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from enishi import ledger
from enishi.accounting import Attribution, InconsistentJournal, MaterialRight, Movement
from enishi.kit.errors import Refusal
from enishi.ledger import Account, AccountingEntry, Kind, Lot, Occasion, Posting

FIRST = datetime(2026, 1, 10, 3, tzinfo=UTC)
HANAKO, TARO, JIRO = (UUID(int=number) for number in (1, 2, 3))
DEC = date(2026, 12, 31)
JANUARY, FEBRUARY, MARCH = (date(2026, month, 1) for month in (1, 2, 3))


def purchase(number: int) -> UUID:
    return UUID(int=1_000 + number)


def entry(
    seq: int,
    entry_type: str,
    points: int,
    moves: list[tuple[str, str, int]],
    month: date = JANUARY,
    store: str = "S1",
    bought: int | None = None,
    customer: UUID = HANAKO,
) -> AccountingEntry:
    recorded_at = FIRST + timedelta(minutes=seq)
    buys = None if bought is None else purchase(bought)
    return AccountingEntry(customer, seq, entry_type, points, tuple(moves), store, buys, month, recorded_at)


def attribute(*entries: AccountingEntry, rule: MaterialRight = MaterialRight.PURCHASES) -> Attribution:
    attribution = Attribution({date(2000, 1, 1): rule})
    attribution.keep_members()
    attribution.follow(entries)
    return attribution


def told(attribution: Attribution) -> list[tuple]:
    return sorted(
        (when.month, key.cohort.month, key.point_class.value, key.movement.value, key.issue_store, key.at_store, points)
        for (when, key), points in attribution.points.items()
        if points
    )


A, B = ("r", "2026-12-31"), ("r", "2027-01-31")


def test_within_a_lot_the_oldest_points_go_first():
    found = attribute(
        entry(1, "earn", 10, [(*A, 10)], JANUARY, "S1", 1),
        entry(2, "earn", 10, [(*A, 10)], FEBRUARY, "S2", 2),
        entry(3, "spend", -15, [(*A, -15)], MARCH, "S3", 3),
    )
    assert told(found) == [
        (1, 1, "material", "issued", "S1", "", 10),
        (2, 2, "material", "issued", "S2", "", 10),
        (3, 1, "material", "used", "S1", "S3", 10),
        (3, 2, "material", "used", "S2", "S3", 5),
    ]


def test_points_whose_expiry_was_extended_keep_their_month_of_issue():
    found = attribute(
        entry(1, "earn", 10, [(*A, 10)], JANUARY, "S1", 1),
        entry(2, "earn", 5, [(*A, -10), (*B, 15)], FEBRUARY, "S2", 2),
        entry(3, "expire", -15, [(*B, -15)], MARCH, ""),
    )
    assert told(found)[2:] == [
        (3, 1, "material", "expired", "S1", "", 10),
        (3, 2, "material", "expired", "S2", "", 5),
    ]


def test_a_return_takes_back_the_points_of_its_own_purchase_first():
    found = attribute(
        entry(1, "earn", 10, [(*A, 10)], JANUARY, "S1", 1),
        entry(2, "earn", 10, [(*A, 10)], FEBRUARY, "S2", 2),
        entry(3, "take_back", -10, [(*A, -10)], MARCH, "S2", 2),
    )
    assert told(found)[-1] == (3, 2, "material", "returned", "S2", "", 10)


def test_a_return_gives_back_what_its_own_purchase_used_and_the_store_is_no_longer_owed():
    found = attribute(
        entry(1, "earn", 10, [(*A, 10)], JANUARY, "S1", 1),
        entry(2, "earn", 10, [(*B, 10)], FEBRUARY, "S2", 2),
        entry(3, "spend", -10, [(*A, -10)], MARCH, "S3", 3),
        entry(4, "spend", -10, [(*B, -10)], MARCH, "S4", 4),
        entry(5, "give_back", 10, [(*A, 10)], MARCH, "S3", 3),
    )
    assert [one for one in told(found) if one[3] == "used"] == [(3, 2, "material", "used", "S2", "S4", 10)]
    assert [(one.cohort, one.points) for one in found.held_points()] == [(JANUARY, 10)]


def test_points_on_hold_are_still_owed_and_keep_their_month_of_issue():
    entries = [
        entry(1, "earn", 10, [(*A, 10)], JANUARY, "S1", 1),
        entry(2, "hold", -6, [(*A, -6)], FEBRUARY, "S2"),
    ]
    found = attribute(*entries)
    assert [(one.cohort, one.points) for one in found.held_points()] == [(JANUARY, 10)]
    found = attribute(
        *entries,
        entry(3, "release", 6, [(*A, 6)], MARCH, "S2"),
        entry(4, "spend", -6, [(*A, -6)], MARCH, "S2", 9),
    )
    assert told(found)[-1] == (3, 1, "material", "used", "S1", "S2", 6)


def test_owed_points_are_of_the_purchase_that_was_returned_and_paying_them_is_no_new_promise():
    """PITFALLS 3: goods returned after their points were spent."""
    entries = [
        entry(1, "earn", 10, [(*A, 10)], JANUARY, "S1", 1),
        entry(2, "spend", -10, [(*A, -10)], FEBRUARY, "S1", 2),
        entry(3, "take_back", -10, [], FEBRUARY, "S1", 1),
    ]
    found = attribute(*entries)
    assert told(found)[1:] == [
        (2, 1, "material", "returned", "S1", "", 10),
        (2, 1, "material", "used", "S1", "S1", 10),
    ]
    found = attribute(*entries, entry(4, "earn", 25, [(*B, 15)], MARCH, "S2", 4))
    assert told(found)[-2:] == [(3, 1, "material", "issued", "S1", "", 10), (3, 3, "material", "issued", "S2", "", 15)]
    assert [(one.cohort, one.points) for one in found.held_points()] == [(MARCH, 15)]


def test_transferred_points_keep_their_month_of_issue_whoever_comes_first():
    out = structs.replace(entry(2, "transfer_out", -6, [(*A, -6)], FEBRUARY, customer=TARO), recorded_at=FIRST)
    back = structs.replace(entry(1, "transfer_in", 5, [(*A, 5)], FEBRUARY, customer=HANAKO), recorded_at=FIRST)
    found = attribute(
        back,
        entry(2, "spend", -5, [(*A, -5)], MARCH, "S9", 5),
        entry(1, "earn", 10, [(*A, 10)], JANUARY, "S1", 1, TARO),
        out,
    )
    assert told(found) == [
        (1, 1, "material", "issued", "S1", "", 10),
        (2, 1, "material", "adjusted", "S1", "", 1),
        (3, 1, "material", "used", "S1", "S9", 5),
    ]


def test_grants_without_a_sale_and_points_that_are_no_material_right_are_apart():
    entries = [
        entry(1, "adjust", 3, [(*A, 3)], JANUARY, ""),
        entry(2, "reinstate", 4, [(*A, 4)], JANUARY, ""),
        entry(3, "earn", 10, [(*A, 10)], JANUARY, "S1", 1),
    ]
    assert told(attribute(*entries)) == [
        (1, 1, "material", "issued", "S1", "", 10),
        (1, 1, "other", "issued", "", "", 7),
    ]
    assert {one[2] for one in told(attribute(*entries, rule=MaterialRight.NONE))} == {"other"}


def test_an_entry_recorded_after_the_instant_hides_all_that_follow_it_in_its_account():
    entries = [
        entry(1, "earn", 10, [(*A, 10)], JANUARY, "S1", 1),
        structs.replace(entry(2, "earn", 5, [(*A, 5)], JANUARY, "S1", 2), recorded_at=FIRST + timedelta(hours=1)),
        entry(3, "spend", -15, [(*A, -15)], JANUARY, "S1", 3),
    ]
    attribution = Attribution({}, until=FIRST + timedelta(minutes=30))
    attribution.follow(entries)
    assert told(attribution) == [(1, 1, "material", "issued", "S1", "", 10)]


def test_a_journal_that_takes_what_was_never_there_is_refused():
    with pytest.raises(InconsistentJournal):
        attribute(entry(1, "spend", -1, [(*A, -1)]))


def test_a_use_that_occurred_before_the_issue_counts_with_the_issue():
    """PITFALLS 9: an offline terminal reports late, and uses what was earned meanwhile."""
    found = attribute(
        entry(1, "earn", 10, [(*A, 10)], MARCH, "S1", 1), entry(2, "spend", -4, [(*A, -4)], FEBRUARY, "S1", 2)
    )
    assert told(found)[-1] == (3, 3, "material", "used", "S1", "S1", 4)


class Till:
    """Accounts moved by the ledger's own rules, and the entries as the books would read them."""

    def __init__(self) -> None:
        self.accounts = {one: Account(one, 0, 0, ()) for one in (HANAKO, TARO, JIRO)}
        self.entries: list[AccountingEntry] = []
        self.earned: list[tuple[UUID, int, Posting]] = []
        self.used: list[tuple[UUID, int, Posting]] = []
        self.holds: list[tuple[UUID, tuple[Lot, ...]]] = []
        self.step = 0
        self.at, self.on, self.pick = FIRST, FIRST.date(), 0

    def keep(self, *postings: Posting | None) -> None:
        for one in postings:
            if one is not None:
                moves = tuple((move.kind.value, move.expires_on.isoformat(), move.points) for move in one.moves)
                at = FIRST + timedelta(days=self.step * 9)
                month = date(at.year, at.month, 1)
                self.entries.append(
                    AccountingEntry(
                        one.customer_id,
                        one.seq,
                        one.entry_type.value,
                        one.points,
                        moves,
                        one.store,
                        one.purchase_id,
                        month,
                        FIRST + timedelta(seconds=self.step),
                    )
                )

    def do(self, action: str, who: UUID, points: int, pick: int) -> None:
        self.step += 1
        self.at = FIRST + timedelta(days=self.step * 9)
        self.on = self.at.date()
        self.pick = pick
        with contextlib.suppress(Refusal):
            getattr(self, action)(self.accounts[who], points)

    @property
    def until(self) -> date:
        return date(self.on.year + 1, self.on.month, 28) if self.pick % 2 else DEC + timedelta(days=400)

    def occasion(self, step: int | None = None) -> Occasion:
        return Occasion(f"S{self.pick % 3}", self.at, purchase(self.step if step is None else step))

    @property
    def by_hand(self) -> Occasion:
        return Occasion("", self.at)

    def earn(self, account: Account, points: int) -> None:
        posting = ledger.earn(
            account,
            Kind.REGULAR,
            points,
            self.until,
            extends_regular=self.pick % 3 == 0,
            on=self.on,
            store=f"S{self.pick % 3}",
            purchase_id=purchase(self.step),
            occurred_at=self.at,
            basis=b"{}",
        )
        self.earned.append((account.customer_id, self.step, posting))
        self.keep(posting)

    def spend(self, account: Account, points: int) -> None:
        occasion = self.occasion()
        posting = ledger.spend(
            account, points, on=self.on, store=occasion.store, purchase_id=occasion.purchase_id, occurred_at=self.at
        )
        self.used.append((account.customer_id, self.step, posting))
        self.keep(posting)

    def take_back(self, _account: Account, _points: int) -> None:
        if self.earned:
            owner, step, posting = self.earned.pop(self.pick % len(self.earned))
            own = tuple(move for move in posting.moves if move.points > 0)
            taken, _ = ledger.take_back(
                self.accounts[owner],
                posting.points,
                own,
                shortfall=ledger.Shortfall.NEGATIVE,
                on=self.on,
                occasion=self.occasion(step),
            )
            self.keep(taken)

    def give_back(self, _account: Account, _points: int) -> None:
        if self.used:
            owner, step, posting = self.used.pop(self.pick % len(self.used))
            lots = tuple(Lot(move.kind, move.expires_on, -move.points) for move in posting.moves)
            given, _ = ledger.give_back(
                self.accounts[owner], lots, reissue_days=30, on=self.on, occasion=self.occasion(step)
            )
            self.keep(given)

    def hold(self, account: Account, points: int) -> None:
        posting = ledger.hold(account, points, on=self.on, occasion=self.by_hand)
        lots = tuple(Lot(move.kind, move.expires_on, -move.points) for move in posting.moves)
        self.holds.append((account.customer_id, lots))
        self.keep(posting)

    def settle_hold(self, _account: Account, points: int) -> None:
        if self.holds:
            owner, lots = self.holds.pop(self.pick % len(self.holds))
            held = sum(lot.points for lot in lots)
            self.keep(*ledger.capture(self.accounts[owner], lots, min(points, held), self.occasion()))

    def grant(self, account: Account, points: int) -> None:
        self.keep(ledger.grant(account, Lot(Kind.LIMITED, self.until, points), self.by_hand))

    def deduct(self, account: Account, points: int) -> None:
        self.keep(ledger.deduct(account, points, allow_owing=self.pick % 2 == 0, on=self.on, occasion=self.by_hand))

    def transfer(self, account: Account, points: int) -> None:
        to = self.accounts[(HANAKO, TARO, JIRO)[self.pick % 3]]
        if to is not account:
            out = ledger.transfer_out(account, points, on=self.on, occasion=self.by_hand)
            self.keep(out, ledger.transfer_in(to, out.moves, self.by_hand))


actions = st.sampled_from([
    "earn", "earn", "earn", "spend", "spend", "take_back", "give_back", "hold", "settle_hold", "grant", "deduct",
    "transfer",
])  # fmt: skip
steps = st.lists(
    st.tuples(actions, st.sampled_from([HANAKO, TARO, JIRO]), st.integers(1, 60), st.integers(0, 11)), max_size=40
)


@given(steps)
def test_what_is_left_of_all_cohorts_is_what_the_members_have(history):
    """Against the ledger's own accounts: nothing is attributed twice, and nothing is lost."""
    till = Till()
    for action, who, points, pick in history:
        till.do(action, who, points, pick)
    entries = sorted(till.entries, key=lambda one: (one.customer_id, one.seq))
    found = attribute(*entries)
    sums: Counter[Movement] = Counter()
    for (_, key), points in found.points.items():
        sums[key.movement] += points
        assert isinstance(points, int)
    on_hold = sum(lot.points for _, lots in till.holds for lot in lots)
    outstanding = sums[Movement.ISSUED] - sum(points for kind, points in sums.items() if kind is not Movement.ISSUED)
    assert outstanding == sum(one.balance for one in till.accounts.values()) + on_hold
    held: Counter[UUID] = Counter()
    for one in found.held_points():
        held[one.customer_id] += one.points
    for customer_id, account in till.accounts.items():
        own_holds = sum(lot.points for owner, lots in till.holds if owner == customer_id for lot in lots)
        assert held[customer_id] == account.balance + own_holds
    if not any(account.owed for account in till.accounts.values()):
        assert all(one.points >= 0 for one in found.held_points())
    spent = sum(-one.points for one in entries if one.entry_type == "spend")
    given_back = sum(one.points for one in entries if one.entry_type == "give_back")
    assert sums[Movement.USED] == spent - given_back


@given(steps, st.integers(0, 40))
def test_adding_to_the_journal_never_changes_what_was_attributed_before(history, cut):
    """What a close has booked stays as it was, so the next close books the difference and nothing else."""
    till, known = Till(), []
    for number, (action, who, points, pick) in enumerate(history):
        till.do(action, who, points, pick)
        if number == cut:
            known = list(till.entries)
    order = lambda one: (one.customer_id, one.seq)  # noqa: E731 - one key for both
    until = FIRST + timedelta(seconds=min(cut + 1, len(history)))
    later = Attribution({}, until=until)
    later.follow(sorted(till.entries, key=order))
    before = Attribution({})
    before.follow(sorted(known if cut < len(history) else till.entries, key=order))
    assert {key: points for key, points in later.points.items() if points} == {
        key: points for key, points in before.points.items() if points
    }
