"""Eight connections at once do everything to the points of fifty customers: nothing is lost, doubled or stuck."""

from __future__ import annotations

import os
import random
import threading
import time
from collections import defaultdict
from uuid import UUID

import psycopg
import pytest
from tests.flows.factories import NOON, card, give_points, make_context, make_purchase

from enishi import flows, ledger
from enishi.flows import (
    Adjustment,
    Author,
    CaptureHold,
    ChangedHold,
    PlaceHold,
    PurchaseContext,
    RecordedPurchase,
    RecordedReturn,
    ReleaseHold,
    adjust_points,
    change_holds,
    record_purchases,
    record_returns,
)
from enishi.kit import clock
from enishi.kit.database import open_pool
from enishi.kit.errors import Refusal
from enishi.purchases import Line, Purchase, Receipt, Return, ReturnedLine

WORKERS = 8
CUSTOMERS = 50
SECONDS = 60 if os.environ.get("ENISHI_TEST_LONG") else 6
OWNER = Author("operator:tests", frozenset({"owner"}))


class Worker(threading.Thread):
    """One connection, and what was acknowledged to it: points by customer."""

    def __init__(self, number: int, dsn: str, context: PurchaseContext, customers: list[UUID], until: float) -> None:
        super().__init__()
        self.random = random.Random(number)  # noqa: S311 - a schedule, not a secret
        self.number = number
        self.dsn = dsn
        self.context = context
        self.customers = customers
        self.until = until
        self.done = 0
        self.points: dict[UUID, int] = defaultdict(int)
        self.receipts: list[Purchase] = []
        self.holds: list[ledger.Hold] = []
        self.error: Exception | None = None

    def run(self) -> None:
        try:
            with psycopg.connect(self.dsn, autocommit=True) as conn:
                while time.monotonic() < self.until:
                    self.random.choice([self.buy, self.buy, self.bring_back, self.hold, self.settle, self.adjust])(conn)
                    self.done += 1
        except Exception as error:  # noqa: BLE001 - told by the test
            self.error = error

    def name(self, kind: str) -> str:
        return f"{kind}{self.number}-{self.done}"

    def buy(self, conn: psycopg.Connection) -> None:
        """Three receipts of different customers in one batch, in whatever order."""
        batch = [
            make_purchase(
                external_id=f"{self.name('B')}-{position}",
                lines=(Line("A", 2, self.random.randint(100, 5_000)),),
                identifiers=card(str(customer)),
                points_to_use=self.random.choice([0, 0, 30]),
            )
            for position, customer in enumerate(self.random.sample(range(CUSTOMERS), 3))
        ]
        for purchase, outcome in zip(batch, record_purchases(conn, self.context, batch), strict=True):
            if isinstance(outcome, RecordedPurchase) and outcome.customer_id is not None:
                self.points[outcome.customer_id] += outcome.points_earned - outcome.points_used
                self.receipts.append(purchase)

    def bring_back(self, conn: psycopg.Connection) -> None:
        if not self.receipts:
            return
        purchase = self.random.choice(self.receipts)
        one = Return(
            source="pos",
            external_id=self.name("R"),
            store="S1",
            occurred_at=clock.now(),
            receipt=Receipt(purchase.source, purchase.external_id),
            lines=(ReturnedLine(1, 1),),
        )
        (outcome,) = record_returns(conn, self.context, [one])
        if isinstance(outcome, RecordedReturn) and outcome.customer_id is not None:
            self.points[outcome.customer_id] += outcome.points_given_back - outcome.points_taken_back

    def hold(self, conn: psycopg.Connection) -> None:
        batch = [
            PlaceHold(
                source="shop",
                external_id=f"{self.name('H')}-{position}",
                customer_id=self.random.choice(self.customers),
                points=self.random.randint(1, 60),
                store="EC",
            )
            for position in range(2)
        ]
        for outcome in change_holds(conn, self.context, batch):
            if isinstance(outcome, ChangedHold):
                self.points[outcome.hold.customer_id] -= outcome.hold.points
                self.holds.append(outcome.hold)

    def settle(self, conn: psycopg.Connection) -> None:
        if not self.holds:
            return
        hold = self.holds.pop(self.random.randrange(len(self.holds)))
        if self.random.random() < 0.5:
            used = self.random.randint(1, hold.points)
            (outcome,) = change_holds(conn, self.context, [CaptureHold(hold_id=hold.hold_id, points=used)])
        else:
            used = 0
            (outcome,) = change_holds(conn, self.context, [ReleaseHold(hold_id=hold.hold_id)])
        assert isinstance(outcome, ChangedHold), outcome
        self.points[hold.customer_id] += hold.points - used

    def adjust(self, conn: psycopg.Connection) -> None:
        order = Adjustment(
            source="desk",
            external_id=self.name("A"),
            customer_id=self.random.choice(self.customers),
            points=self.random.choice([-15, 10]),
            reason="other",
            store="HQ",
        )
        (outcome,) = adjust_points(conn, self.context, [order], OWNER)
        if not isinstance(outcome, Refusal):
            self.points[outcome.customer_id] += outcome.points


@pytest.mark.timeout(SECONDS + 120)
def test_everything_at_once_leaves_what_was_acknowledged(conn, database):
    context = make_context(conn)
    for number in range(CUSTOMERS):
        give_points(conn, context, str(number), 100)
    customers = [row[0] for row in conn.execute("select customer_id from ledger.accounts").fetchall()]
    conn.rollback()
    assert len(customers) == CUSTOMERS
    assert clock.now() > NOON

    until = time.monotonic() + SECONDS
    workers = [Worker(number, database.app_dsn, context, customers, until) for number in range(WORKERS)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.error for worker in workers] == [None] * WORKERS
    assert all(worker.done > 0 for worker in workers)

    accounts = ledger.load_accounts(conn, customers)
    conn.rollback()
    expected = {one: 100 + sum(worker.points[one] for worker in workers) for one in customers}
    assert {one: account.balance for one, account in accounts.items()} == expected
    with open_pool(database.app_dsn, min_size=2, max_size=4) as pool:
        outcome = flows.verify_all(pool, context)
    assert outcome.is_clean, (outcome.ledger.differences, outcome.differences)
