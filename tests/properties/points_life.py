"""One life of the machine of points: its clock, its customers, and what they are held against."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import psycopg
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant
from msgspec.structs import replace
from tests.flows.factories import JST
from tests.properties.points_model import ENDS, Card, Hold, Receipt

from enishi import ledger, program
from enishi.flows import Author, ChangedHold, PlaceHold, PurchaseContext, change_holds
from enishi.ledger import AccountFrozen, EntryType, InsufficientPoints
from enishi.program import AfterDays, MonthsToMonthEnd, OnEvent, ProgramSettings, PurchaseEvent, TransferPolicy
from enishi.purchases import Channel, Purchase

BEGINNING = datetime(2026, 11, 20, 12, 0, tzinfo=JST)
OWNER = Author("operator:tests", frozenset({"owner"}))
NAMES = st.sampled_from("ABC")
FEE = 3
A_DAY = 420
CAP = 150
"""Points that a terminal may spend offline a day."""
AFTER_PURCHASE, AFTER_DELIVERY = 5, 2
"""Days for which the points of the app, and those of the online shop once it has delivered, are pending."""
_lives = count(1)
_numbers = count(1)


def settings_of_lives() -> ProgramSettings:
    """Points of a month end with the next, limited ones for good in January; two channels have pending points."""
    return replace(
        program.default_settings(),
        expiry=MonthsToMonthEnd(1),
        transfers=TransferPolicy(fee=FEE, a_day=A_DAY),
        offline_spend_cap=CAP,
        last_use_on={"limited": ENDS["l"]},
        pending={
            Channel.EC: OnEvent(PurchaseEvent.DELIVERED, AFTER_DELIVERY),
            Channel.APP: AfterDays(AFTER_PURCHASE),
        },
    )


def beginning_of(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=JST)


def assert_short(outcome: object, available: int) -> None:
    """It was refused for want of points, and says how many there are."""
    assert isinstance(outcome, InsufficientPoints), outcome
    assert outcome.extra["available"] == available


def assert_refused(outcome: object, mine: Card, on: date) -> None:
    """It was refused as an account under suspicion, or for want of points."""
    if mine.frozen:
        assert isinstance(outcome, AccountFrozen), outcome
    else:
        assert_short(outcome, mine.available(on))


class Sale:
    """A recorded receipt, by its key, and what the model knows of it."""

    def __init__(self, purchase: Purchase, purchase_id: UUID, receipt: Receipt) -> None:
        self.purchase = purchase
        self.purchase_id = purchase_id
        self.receipt = receipt

    @property
    def at(self) -> datetime:
        return self.purchase.occurred_at


class PointsLife(RuleBasedStateMachine):
    """What the rules of every subject share."""

    conn: psycopg.Connection
    context: PurchaseContext

    def __init__(self) -> None:
        super().__init__()
        self.life = next(_lives)
        self.now = BEGINNING
        self.cards: dict[str, Card] = {}
        self.customers: dict[str, UUID] = {}
        self.sales: list[Sale] = []
        self.holds: dict[UUID, tuple[Hold, datetime]] = {}
        self.unclaimed: list[tuple[Purchase, UUID]] = []
        self.delivered: dict[UUID, date] = {}
        self.given: dict[tuple[str, date], int] = {}
        self.queue: list[Purchase] = []
        self.spent_offline: dict[tuple[str, date], int] = {}
        self.family = False

    @property
    def today(self) -> date:
        return self.now.astimezone(JST).date()

    def number(self) -> str:
        return f"{self.life}-{next(_numbers)}"

    def draw_name(self, data: st.DataObject) -> str:
        return data.draw(st.sampled_from(sorted(self.customers)))

    def expired_entries(self, name: str) -> list[Any]:
        """The entries with which points of a customer expired, oldest first."""
        with self.conn.transaction():
            entries = ledger.list_entries(self.conn, self.customers[name], None, 10_000)
        return [one for one in reversed(entries) if one.type is EntryType.EXPIRE]

    def later_of(self, at: datetime) -> datetime:
        """Now, or the time of a till whose clock runs ahead."""
        return max(self.now, at)

    def wait_for(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    def set_aside(self, name: str, points: int, seconds: int) -> UUID | None:
        """Points on hold for a checkout; None when there are not enough."""
        order = PlaceHold(
            source="shop",
            external_id=self.number(),
            customer_id=self.customers[name],
            points=points,
            store="EC",
            ttl_seconds=seconds,
        )
        (outcome,) = change_holds(self.conn, self.context, [order], self.now)
        mine = self.cards[name]
        lots = None if mine.frozen else mine.use(points, self.today)
        if lots is None:
            assert_refused(outcome, mine, self.today)
            return None
        assert isinstance(outcome, ChangedHold), outcome
        self.holds[outcome.hold.hold_id] = (Hold(name, lots), self.now + timedelta(seconds=seconds))
        return outcome.hold.hold_id

    @invariant()
    def every_account_is_what_the_model_says(self) -> None:
        accounts = ledger.load_accounts(self.conn, list(self.customers.values()))
        self.conn.rollback()
        for name, customer_id in self.customers.items():
            account = accounts[customer_id]
            found = {(lot.expires_on, lot.kind.value): lot.points for lot in account.lots}
            mine = self.cards[name]
            assert (found, account.owed, account.frozen) == (mine.lots, mine.owed, mine.frozen), name
            shown = ledger.balance_on(account.lots, self.today, account.owed, _ENDING).available
            assert shown == mine.available(self.today), name


_ENDING = {ledger.Kind.LIMITED: ENDS["l"]}
