"""Eight connections at once do everything to the points of fifty customers: nothing is lost, doubled or stuck.

The long form (``bin/test --long``) goes on for sixty seconds. Every operation takes part: each worker begins with all
of them in an order of its own, and then draws.
"""

from __future__ import annotations

import os
import random
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import psycopg
import pytest
from msgspec.structs import replace
from tests.flows.factories import card, give_points, make_context, make_purchase

from enishi import flows, ledger, program
from enishi.flows import (
    Adjustment,
    Author,
    Cancellation,
    CaptureHold,
    ChangedHold,
    Claim,
    ClaimedPurchase,
    EventReport,
    FreezeOrder,
    Party,
    PlaceHold,
    PurchaseContext,
    RecordedPurchase,
    RecordedReturn,
    Reinstatement,
    ReleaseHold,
    Transfer,
    TransferredPoints,
    Way,
)
from enishi.kit import clock
from enishi.kit.database import open_pool
from enishi.kit.errors import InvalidRequest, Refusal
from enishi.ledger import HoldLapsed, HoldState, PendingState
from enishi.program import MonthsToMonthEnd, OnEvent, PurchaseEvent
from enishi.purchases import Channel, IdempotencyConflict, Line, Purchase, Receipt, Return, ReturnedLine

WORKERS = 8
CUSTOMERS = 50
SECONDS = 60 if os.environ.get("ENISHI_TEST_LONG") else 5
OWNER = Author("operator:tests", frozenset({"owner"}))
Operation = Callable[[psycopg.Connection], bool]


class Shop:
    """What all workers work on."""

    def __init__(self, dsn: str, context: PurchaseContext, customers: list[UUID], until: float) -> None:
        self.dsn = dsn
        self.context = context
        self.customers = customers
        self.until = until
        self.unclaimed: list[Purchase] = []
        self.orders: list[UUID] = []


class Worker(threading.Thread):
    """One connection, and what was acknowledged to it: points by customer, and holds."""

    def __init__(self, number: int, shop: Shop) -> None:
        super().__init__()
        self.random = random.Random(number)  # noqa: S311 - a schedule, not a secret
        self.number = number
        self.shop = shop
        self.tries = 0
        self.done: Counter[str] = Counter()
        self.points: dict[UUID, int] = defaultdict(int)
        self.receipts: list[Purchase] = []
        self.holds: list[ledger.Hold] = []
        self.captured: dict[UUID, int] = {}
        self.swept = 0
        self.error: Exception | None = None

    @property
    def operations(self) -> dict[str, Operation]:
        names = (
            "buy buy_offline order sell_to_nobody bring_back cancel deliver confirm claim hold settle lapse adjust "
            "give pool freeze sweep reinstate"
        )
        return {name: getattr(self, name) for name in names.split()}

    def run(self) -> None:
        operations = self.operations
        first = self.random.sample(sorted(operations), len(operations))
        try:
            with psycopg.connect(self.shop.dsn, autocommit=True) as conn:
                while first or time.monotonic() < self.shop.until:
                    name = first.pop() if first else self.random.choice(["buy", "bring_back", *operations])
                    self.done[name] += operations[name](conn)
                    self.tries += 1
        except Exception as error:  # noqa: BLE001 - told by the test
            self.error = error

    def name(self, kind: str) -> str:
        return f"{kind}{self.number}-{self.tries}"

    def somebody(self) -> UUID:
        return self.random.choice(self.shop.customers)

    def sell(self, conn: psycopg.Connection, kind: str, **fields: object) -> bool:
        """Three receipts of different customers in one batch, in whatever order; one in three is a year late."""
        batch = [
            make_purchase(
                **{
                    "external_id": f"{self.name(kind)}-{position}",
                    "lines": (Line("A", 2, self.random.randint(100, 5_000)),),
                    "identifiers": card(str(customer)),
                    "points_to_use": self.random.choice([0, 0, 30]),
                    "occurred_at": clock.now() - timedelta(days=self.random.choice([0, 0, 400])),
                }
                | fields
            )
            for position, customer in enumerate(self.random.sample(range(CUSTOMERS), 3))
        ]
        recorded = [
            (purchase, outcome)
            for purchase, outcome in zip(batch, flows.record_purchases(conn, self.shop.context, batch), strict=True)
            if isinstance(outcome, RecordedPurchase)
        ]
        for purchase, outcome in recorded:
            if outcome.customer_id is None:
                self.shop.unclaimed.append(purchase)
            else:
                self.points[outcome.customer_id] += outcome.points_earned - outcome.points_used
                self.receipts.append(purchase)
            if purchase.channel is not Channel.POS:
                self.shop.orders.append(outcome.purchase_id)
        return bool(recorded)

    def buy(self, conn: psycopg.Connection) -> bool:
        return self.sell(conn, "B")

    def buy_offline(self, conn: psycopg.Connection) -> bool:
        return self.sell(conn, "F", offline=True, terminal=f"T{self.number}")

    def order(self, conn: psycopg.Connection) -> bool:
        return self.sell(conn, "O", channel=Channel.EC)

    def sell_to_nobody(self, conn: psycopg.Connection) -> bool:
        channel = self.random.choice([Channel.POS, Channel.EC])
        return self.sell(conn, "N", identifiers=(), points_to_use=0, channel=channel, occurred_at=clock.now())

    def count_return(self, outcome: object) -> bool:
        if isinstance(outcome, RecordedReturn) and outcome.customer_id is not None and not outcome.replayed:
            self.points[outcome.customer_id] += outcome.points_given_back - outcome.points_taken_back
        return isinstance(outcome, RecordedReturn)

    def bring_back(self, conn: psycopg.Connection) -> bool:
        if not self.receipts:
            return False
        purchase = self.random.choice(self.receipts)
        one = Return(
            source="pos",
            external_id=self.name("R"),
            store="S1",
            occurred_at=clock.now(),
            receipt=Receipt(purchase.source, purchase.external_id),
            lines=(ReturnedLine(1, 1),),
        )
        (outcome,) = flows.record_returns(conn, self.shop.context, [one])
        return self.count_return(outcome)

    def cancel(self, conn: psycopg.Connection) -> bool:
        if not self.shop.orders:
            return False
        one = Cancellation(purchase_id=self.random.choice(self.shop.orders))
        (outcome,) = flows.cancel_purchases(conn, self.shop.context, [one])
        return self.count_return(outcome)

    def deliver(self, conn: psycopg.Connection) -> bool:
        if not self.shop.orders:
            return False
        one = EventReport(purchase_id=self.random.choice(self.shop.orders), event=PurchaseEvent.DELIVERED)
        (outcome,) = flows.record_purchase_events(conn, self.shop.context, [one])
        assert not isinstance(outcome, Refusal), outcome
        return True

    def confirm(self, conn: psycopg.Connection) -> bool:
        return flows.confirm_due_points(conn, self.shop.context) >= 0

    def claim(self, conn: psycopg.Connection) -> bool:
        if not self.shop.unclaimed:
            return False
        purchase = self.random.choice(self.shop.unclaimed)
        line = purchase.lines[0]
        one = Claim(
            source="counter",
            receipt=purchase.external_id,
            store="S1",
            on=program.day_in_zone(purchase.occurred_at, program.default_settings().zone_info),
            total_yen=line.quantity * line.unit_price_yen,
            customer_id=self.somebody(),
        )
        (outcome,) = flows.claim_purchases(conn, self.shop.context, [one], "system")
        # What an order had waited for is counted with the pending points.
        if isinstance(outcome, ClaimedPurchase) and not outcome.replayed and purchase.channel is Channel.POS:
            self.points[outcome.customer_id] += outcome.points_earned
        return isinstance(outcome, ClaimedPurchase)

    def hold(self, conn: psycopg.Connection) -> bool:
        batch = [
            PlaceHold(
                source="shop",
                external_id=f"{self.name('H')}-{position}",
                customer_id=self.somebody(),
                points=self.random.randint(1, 60),
                store="EC",
                ttl_seconds=self.random.choice([1, 600]),
            )
            for position in range(2)
        ]
        placed = [
            one.hold for one in flows.change_holds(conn, self.shop.context, batch) if isinstance(one, ChangedHold)
        ]
        self.holds += placed
        return bool(placed)

    def settle(self, conn: psycopg.Connection) -> bool:
        if not self.holds:
            return False
        hold = self.random.choice(self.holds)
        used = self.random.randint(1, hold.points)
        change = self.random.choice([ReleaseHold(hold_id=hold.hold_id), CaptureHold(hold_id=hold.hold_id, points=used)])
        (outcome,) = flows.change_holds(conn, self.shop.context, [change])
        if isinstance(outcome, ChangedHold) and isinstance(change, CaptureHold):
            assert self.captured.setdefault(hold.hold_id, used) == outcome.hold.captured_points
        assert isinstance(outcome, ChangedHold | HoldLapsed | ledger.HoldSettled), outcome
        return isinstance(outcome, ChangedHold)

    def lapse(self, conn: psycopg.Connection) -> bool:
        return flows.lapse_holds(conn) >= 0

    def adjust(self, conn: psycopg.Connection) -> bool:
        order = Adjustment(
            source="desk",
            external_id=self.name("A"),
            customer_id=self.somebody(),
            points=self.random.choice([-15, 10]),
            reason="other",
            store="HQ",
        )
        (outcome,) = flows.adjust_points(conn, self.shop.context, [order], OWNER)
        if isinstance(outcome, Refusal):
            return False
        self.points[outcome.customer_id] += outcome.points
        return True

    def transfer(self, conn: psycopg.Connection, sender: UUID, recipient: UUID, way: Way) -> bool:
        one = Transfer(
            source="app",
            external_id=self.name(way.value),
            sender=Party(customer_id=sender),
            recipient=Party(customer_id=recipient),
            points=self.random.randint(1, 40),
            way=way,
            store="APP",
        )
        (outcome,) = flows.transfer_points(conn, self.shop.context, [one], "system")
        if isinstance(outcome, TransferredPoints):
            self.points[sender] -= outcome.points + outcome.fee
            self.points[recipient] += outcome.points
        return isinstance(outcome, TransferredPoints)

    def give(self, conn: psycopg.Connection) -> bool:
        return self.transfer(conn, *self.random.sample(self.shop.customers, 2), Way.GIFT)

    def pool(self, conn: psycopg.Connection) -> bool:
        """The first customers are families of two."""
        head = self.random.choice([0, 2, 4])
        return self.transfer(conn, self.shop.customers[head + 1], self.shop.customers[head], Way.POOL)

    def freeze(self, conn: psycopg.Connection) -> bool:
        order = FreezeOrder(frozen=self.random.random() < 0.3, reason="tests")
        flows.set_frozen(conn, self.random.choice(self.shop.customers[-5:]), order, "system")
        return True

    def sweep(self, conn: psycopg.Connection) -> bool:
        self.swept += flows.expire_points(conn, self.shop.context).points
        return True

    def reinstate(self, conn: psycopg.Connection) -> bool:
        row = conn.execute(
            "select customer_id || '-' || seq from ledger.journal where entry_type = 'expire' order by random() limit 1"
        ).fetchone()
        if row is None:
            return False
        one = Reinstatement(entry_id=row[0], points=self.random.choice([1, None]), reason="other", store="HQ")
        try:
            outcome = flows.reinstate_points(conn, self.shop.context, one, OWNER)
        except (IdempotencyConflict, InvalidRequest):
            return False
        self.points[outcome.customer_id] += 0 if outcome.replayed else outcome.points
        return True


def expected_balances(conn: psycopg.Connection, customers: list[UUID], workers: list[Worker]) -> dict[UUID, int]:
    """What was acknowledged, with what the rows of holds and of pending points say became of them."""
    expected = {one: 100 + sum(worker.points[one] for worker in workers) for one in customers}
    held = {one.hold_id: one for worker in workers for one in worker.holds}
    captured = {hold_id: points for worker in workers for hold_id, points in worker.captured.items()}
    for one in ledger.load_holds(conn, list(held)).values():
        if one.state is HoldState.OPEN:
            expected[one.customer_id] -= one.points
        elif one.state is HoldState.CAPTURED:
            assert captured[one.hold_id] == one.captured_points
            expected[one.customer_id] -= one.captured_points or 0
    orders = list(dict.fromkeys(workers[0].shop.orders))
    for rows in ledger.pending_of_purchases(conn, orders).values():
        for row in rows:
            expected[row.customer_id] += row.left if row.state is PendingState.CONFIRMED else 0
    # Points that returns and late receipts reached back for were given again, beside those that somebody reinstated.
    others = conn.execute(
        """
        select customer_id, sum(points)::bigint
        from ledger.journal
        where
            entry_type = 'expire'
            or (entry_type = 'reinstate' and basis ->> 'operation_id' not in (
                select operation_id::text from ledger.operations
            ))
        group by customer_id
        """
    ).fetchall()
    for customer_id, points in others:
        expected[customer_id] += points
    return expected


@pytest.mark.timeout(SECONDS + 180)
def test_everything_at_once_leaves_what_was_acknowledged(conn, database):
    """Known failure 8: whatever happens at once, and to whom, each point is there once."""
    settings = replace(
        program.default_settings(),
        pending={Channel.EC: OnEvent(PurchaseEvent.DELIVERED)},
        offline_spend_cap=1_000_000,
        expiry=MonthsToMonthEnd(3),
    )
    context = make_context(conn, settings)
    for number in range(CUSTOMERS):
        give_points(conn, context, str(number), 100)
    customers = [row[0] for row in conn.execute("select customer_id from ledger.accounts order by 1").fetchall()]
    conn.rollback()
    for head in (0, 2, 4):
        flows.set_family(conn, customers[head], [customers[head + 1]], "system")
    shop = Shop(database.app_dsn, context, customers, time.monotonic() + SECONDS)
    workers = [Worker(number, shop) for number in range(WORKERS)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.error for worker in workers] == [None] * WORKERS
    done = sum((worker.done for worker in workers), Counter())
    assert done.keys() == workers[0].operations.keys(), done

    accounts = ledger.load_accounts(conn, customers)
    expected = expected_balances(conn, customers, workers)
    swept = conn.execute("select -sum(points) from ledger.journal where entry_type = 'expire'").fetchone()
    conn.rollback()
    assert {one: account.balance for one, account in accounts.items()} == expected
    assert swept == (sum(worker.swept for worker in workers),)
    with open_pool(database.app_dsn, min_size=2, max_size=4) as pool:
        outcome = flows.verify_all(pool, context)
    assert outcome.is_clean, (outcome.ledger.differences, outcome.differences)
