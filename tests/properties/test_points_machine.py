"""Every operation on points in any order, by a clock that runs on, against ``points_model``.

One life has a few cards. Receipts come late, goods come back in pieces, points are held, captured, released or left to
lapse, adjusted by hand and swept when they expire. After every step each account is what the model says, and after all
lives the whole ledger is proven. Hypothesis prints the steps of a failure, as few as it can find, and its seed.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import count
from uuid import UUID

import psycopg
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from msgspec.structs import replace
from tests.conftest import cloned_database
from tests.flows.factories import JST, card, make_context, make_purchase
from tests.properties.points_model import Card, Hold, Receipt, month_end, points_for

from enishi import ledger, program
from enishi.flows import (
    Adjustment,
    Author,
    CaptureHold,
    ChangedHold,
    Claim,
    Party,
    PlaceHold,
    PurchaseContext,
    RecordedPurchase,
    RecordedReturn,
    ReleaseHold,
    Transfer,
    TransferredPoints,
    TransferRefused,
    adjust_points,
    change_holds,
    claim_purchases,
    expire_points,
    lapse_holds,
    record_purchases,
    record_returns,
    transfer_points,
    verify_all,
)
from enishi.kit.database import open_pool
from enishi.ledger import InsufficientPoints
from enishi.program import TransferPolicy
from enishi.purchases import InvalidReturn, Line, NotClaimable, Return, ReturnedLine
from enishi.purchases import Receipt as ReceiptKey

BEGINNING = datetime(2026, 11, 20, 12, 0, tzinfo=JST)
OWNER = Author("operator:tests", frozenset({"owner"}))
_lives = count(1)
_numbers = count(1)
FEE = 3
A_DAY = 420
NAMES = st.sampled_from("ABC")


def assert_short(outcome: object, available: int) -> None:
    """It was refused for want of points, and says how many there are."""
    assert isinstance(outcome, InsufficientPoints), outcome
    assert outcome.extra["available"] == available


class PointsMachine(RuleBasedStateMachine):
    """One life."""

    conn: psycopg.Connection
    context: PurchaseContext

    def __init__(self) -> None:
        super().__init__()
        self.life = next(_lives)
        self.now = BEGINNING
        self.cards: dict[str, Card] = {}
        self.customers: dict[str, UUID] = {}
        self.receipts: list[tuple[str, Receipt]] = []
        self.holds: dict[UUID, tuple[Hold, datetime]] = {}
        self.unclaimed: list[tuple[str, int, datetime]] = []
        self.given: dict[tuple[str, date], int] = {}

    @property
    def today(self) -> date:
        return self.now.astimezone(JST).date()

    def number(self) -> str:
        return f"{self.life}-{next(_numbers)}"

    @rule(
        name=NAMES,
        price_yen=st.integers(1, 9_999),
        pieces=st.integers(1, 3),
        points=st.sampled_from([0, 0, 0, 5, 60, 300]),
        days_late=st.sampled_from([0, 0, 1, 40]),
    )
    def buy(self, name: str, price_yen: int, pieces: int, points: int, days_late: int) -> None:
        at = self.now - timedelta(days=days_late)
        on = at.astimezone(JST).date()
        points = min(points, price_yen * pieces)
        purchase = make_purchase(
            external_id=self.number(),
            lines=(Line("A", pieces, price_yen),),
            identifiers=card(f"P{self.life}{name}"),
            points_to_use=points,
            occurred_at=at,
        )
        (outcome,) = record_purchases(self.conn, self.context, [purchase], self.now)
        mine = self.cards.get(name, Card())
        used = mine.use(points, on) if points else {}
        if used is None:
            assert_short(outcome, mine.available(on))
            return
        assert isinstance(outcome, RecordedPurchase), outcome
        assert outcome.customer_id is not None
        earned = points_for(price_yen * pieces, points)
        assert outcome.points_earned == earned
        slot = (month_end(on, 12), "r")
        reached = mine.put({slot: earned}) if earned else {}
        self.cards[name] = mine
        self.customers[name] = outcome.customer_id
        receipt = Receipt(name, price_yen, pieces, used, earned, slot if reached else None)
        self.receipts.append((purchase.external_id, receipt))

    @precondition(lambda self: self.receipts)
    @rule(data=st.data(), pieces=st.integers(1, 3))
    def bring_back(self, data: st.DataObject, pieces: int) -> None:
        external_id, receipt = data.draw(st.sampled_from(self.receipts))
        one = Return(
            source="pos",
            external_id=self.number(),
            store="S2",
            occurred_at=self.now,
            receipt=ReceiptKey("pos", external_id),
            lines=(ReturnedLine(1, pieces),),
        )
        first, second = record_returns(self.conn, self.context, [one, one], self.now)
        if pieces > receipt.pieces - receipt.returned:
            assert isinstance(first, InvalidReturn)
            return
        assert isinstance(first, RecordedReturn), first
        assert isinstance(second, RecordedReturn)
        assert second.replayed
        mine = self.cards[receipt.card]
        expected = receipt.bring_back(mine, pieces, self.today)
        assert (first.points_taken_back, first.points_given_back, first.points_lost) == expected
        assert first.refund_yen == receipt.price_yen * pieces
        assert first.points_owed == mine.owed

    @precondition(lambda self: self.customers)
    @rule(data=st.data(), points=st.sampled_from([1, 20, 150]), seconds=st.sampled_from([60, 3_600]))
    def hold(self, data: st.DataObject, points: int, seconds: int) -> None:
        name = data.draw(st.sampled_from(sorted(self.customers)))
        order = PlaceHold(
            source="shop",
            external_id=self.number(),
            customer_id=self.customers[name],
            points=points,
            store="EC",
            ttl_seconds=seconds,
        )
        (outcome,) = change_holds(self.conn, self.context, [order], self.now)
        lots = self.cards[name].use(points, self.today)
        if lots is None:
            assert_short(outcome, self.cards[name].available(self.today))
            return
        assert isinstance(outcome, ChangedHold), outcome
        self.holds[outcome.hold.hold_id] = (Hold(name, lots), self.now + timedelta(seconds=seconds))

    @precondition(lambda self: self.holds)
    @rule(data=st.data(), share=st.integers(1, 4))
    def capture(self, data: st.DataObject, share: int) -> None:
        hold_id = data.draw(st.sampled_from(sorted(self.holds)))
        held, until = self.holds[hold_id]
        points = -(-sum(held.lots.values()) * share // 4)
        (outcome,) = change_holds(self.conn, self.context, [CaptureHold(hold_id=hold_id, points=points)], self.now)
        if until <= self.now:
            assert isinstance(outcome, ledger.HoldLapsed)
            return
        assert getattr(outcome, "replayed", None) is False, outcome
        held.capture(self.cards[held.card], points)
        del self.holds[hold_id]

    @precondition(lambda self: self.holds)
    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        hold_id = data.draw(st.sampled_from(sorted(self.holds)))
        held, _ = self.holds.pop(hold_id)
        order = ReleaseHold(hold_id=hold_id)
        first, second = change_holds(self.conn, self.context, [order, order], self.now)
        assert (getattr(first, "replayed", None), getattr(second, "replayed", None)) == (False, True)
        held.release(self.cards[held.card])

    @rule()
    def lapse(self) -> None:
        """Holds whose time is up release themselves; of one account in whatever order, the lots end up the same."""
        due = [hold_id for hold_id, (_, until) in self.holds.items() if until <= self.now]
        lapsed = lapse_holds(self.conn, self.now)
        assert lapsed >= len(due)
        for hold_id in due:
            held, _ = self.holds.pop(hold_id)
            held.release(self.cards[held.card])

    @precondition(lambda self: self.customers)
    @rule(
        data=st.data(),
        points=st.sampled_from([-120, -3, 2, 75]),
        kind=st.sampled_from(["regular", "limited"]),
        allow_owing=st.booleans(),
    )
    def adjust(self, data: st.DataObject, points: int, kind: str, allow_owing: bool) -> None:
        name = data.draw(st.sampled_from(sorted(self.customers)))
        until = self.today + timedelta(days=2)
        order = Adjustment(
            source="desk",
            external_id=self.number(),
            customer_id=self.customers[name],
            points=points,
            reason="other",
            store="HQ",
            kind=kind,  # type: ignore[arg-type]
            expires_on=until if points > 0 else None,
            allow_owing=allow_owing and points < 0,
        )
        (outcome,) = adjust_points(self.conn, self.context, [order], OWNER, self.now)
        mine = self.cards[name]
        if points > 0:
            mine.put({(until, kind[0]): points})
        elif allow_owing:
            mine.take_back(-points, None, self.today)
        elif mine.use(-points, self.today) is None:
            assert_short(outcome, mine.available(self.today))
            return
        assert getattr(outcome, "state", None) == "done", outcome

    @precondition(lambda self: len(self.customers) > 1)
    @rule(data=st.data(), points=st.sampled_from([1, 45, 400]))
    def give(self, data: st.DataObject, points: int) -> None:
        """A gift keeps its lots' last days; with the fee of three points it comes out of one balance or not at all."""
        giver, taker = data.draw(st.permutations(sorted(self.customers)))[:2]
        order = Transfer(
            source="mypage",
            external_id=self.number(),
            sender=Party(customer_id=self.customers[giver]),
            recipient=Party(customer_id=self.customers[taker]),
            points=points,
            store="HQ",
        )
        (outcome,) = transfer_points(self.conn, self.context, [order], "system", self.now)
        if self.given.get((giver, self.today), 0) + points > A_DAY:
            assert isinstance(outcome, TransferRefused), outcome
            return
        mine = self.cards[giver]
        if points + FEE > mine.available(self.today):
            assert isinstance(outcome, InsufficientPoints), outcome
            return
        assert isinstance(outcome, TransferredPoints), outcome
        moved = mine.use(points, self.today)
        mine.use(FEE, self.today)
        assert moved is not None
        self.cards[taker].put(moved)
        self.given[giver, self.today] = self.given.get((giver, self.today), 0) + points

    @rule(price_yen=st.integers(1, 9_999))
    def sell_to_nobody(self, price_yen: int) -> None:
        purchase = make_purchase(external_id=self.number(), lines=(Line("A", 1, price_yen),), occurred_at=self.now)
        (outcome,) = record_purchases(self.conn, self.context, [purchase], self.now)
        assert isinstance(outcome, RecordedPurchase)
        assert (outcome.customer_id, outcome.points_earned) == (None, 0)
        self.unclaimed.append((purchase.external_id, price_yen, self.now))

    @precondition(lambda self: self.unclaimed and self.customers)
    @rule(data=st.data())
    def claim(self, data: st.DataObject) -> None:
        """It earns once, as on the day of the purchase, whoever comes first."""
        sale = data.draw(st.sampled_from(self.unclaimed))
        receipt, price_yen, at = sale
        on = at.astimezone(JST).date()
        name, other = data.draw(st.permutations(sorted(self.customers)))[0], min(self.customers)
        order = Claim(
            source="pos",
            receipt=receipt,
            store="S1",
            on=on,
            total_yen=price_yen,
            customer_id=self.customers[name],
        )
        late = self.now - at > timedelta(days=30)
        first, second = claim_purchases(
            self.conn, self.context, [order, replace(order, customer_id=self.customers[other])], "system", self.now
        )
        if late:
            assert isinstance(first, NotClaimable), first
            return
        earned = points_for(price_yen, 0)
        assert getattr(first, "points_earned", None) == earned, first
        assert isinstance(second, NotClaimable) if name != other else getattr(second, "replayed", None) is True
        self.unclaimed.remove(sale)
        if earned:
            self.cards[name].put({(month_end(on, 12), "r"): earned})

    @rule()
    def sweep(self) -> None:
        expire_points(self.conn, self.context, self.now)
        for mine in self.cards.values():
            mine.sweep(self.today)

    @rule(hours=st.sampled_from([1, 36, 24 * 40, 24 * 400]))
    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @invariant()
    def every_account_is_what_the_model_says(self) -> None:
        accounts = ledger.load_accounts(self.conn, list(self.customers.values()))
        self.conn.rollback()
        for name, customer_id in self.customers.items():
            account = accounts[customer_id]
            found = {(lot.expires_on, lot.kind.value): lot.points for lot in account.lots}
            assert (found, account.owed) == (self.cards[name].lots, self.cards[name].owed)


@pytest.mark.timeout(3_600)  # the nightly size takes its time
def test_points_do_what_the_model_does(server, admin_conn):
    with cloned_database(server, admin_conn) as database, psycopg.connect(database.app_dsn) as conn:
        transfers = TransferPolicy(fee=FEE, a_day=A_DAY)
        context = make_context(conn, replace(program.default_settings(), transfers=transfers))
        machine = type("PointsMachine", (PointsMachine,), {"conn": conn, "context": context})
        examples = settings().max_examples // 5
        run_state_machine_as_test(
            machine, settings=settings(max_examples=examples, stateful_step_count=30, deadline=None, print_blob=True)
        )
        with open_pool(database.app_dsn, min_size=2, max_size=4) as pool:
            outcome = verify_all(pool, context)
        assert outcome.is_clean, outcome
        assert outcome.purchases > 0
