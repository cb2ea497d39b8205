"""Entries as the books read them, accounts moved by the ledger's own rules, and the books that follow them."""

from __future__ import annotations

import contextlib
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from hypothesis import strategies as st

from enishi import ledger
from enishi.accounting import Attribution, Followed, MaterialRight, Standing
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


def followed(entries, stood=None, sales=None) -> list[Followed]:
    """Entries by account, with where each account stood before them."""
    entries = list(entries)
    grants: dict[UUID, dict[UUID, list[AccountingEntry]]] = {}
    for one in entries:
        if one.entry_type == "earn" and one.purchase_id is not None:
            grants.setdefault(one.customer_id, {}).setdefault(one.purchase_id, []).append(one)
    accounts: dict[UUID, list[AccountingEntry]] = {}
    for one in entries:
        standing = (stood or {}).get(one.customer_id)
        own = accounts.setdefault(one.customer_id, [])
        if standing is None or one.seq > standing.seq:
            own.append(one)
    return [
        Followed(customer_id, (stood or {}).get(customer_id), own, grants.get(customer_id, {}), sales or {})
        for customer_id, own in accounts.items()
    ]


class Books(Attribution):
    """An attribution that knows where every account stands."""

    def __init__(self, rule: MaterialRight = MaterialRight.PURCHASES, until: datetime | None = None, origins=None):
        self.stands: dict[UUID, Standing] = {}
        super().__init__({date(2000, 1, 1): rule}, until, origins, self.stands.__setitem__)

    def held_points(self):
        return [one for customer, standing in self.stands.items() for one in standing.held_points(customer)]


def attribute(*entries: AccountingEntry, rule: MaterialRight = MaterialRight.PURCHASES, sales=None) -> Books:
    books = Books(rule)
    books.follow(followed(entries, sales=sales))
    books.finish()
    return books


def told(attribution: Attribution) -> list[tuple]:
    return sorted(
        (when.month, key.cohort.month, key.point_class.value, key.movement.value, key.issue_store, key.at_store, points)
        for (when, key), points in attribution.points.items()
        if points
    )


A, B = ("r", "2026-12-31"), ("r", "2027-01-31")


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
