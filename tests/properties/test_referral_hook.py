"""One referral through any order of purchases, repeats, returns and nights, against the promise in plain arithmetic.

It pays at most once, never without a purchase that counts, and what comes back takes the rewards exactly as the policy
of its programme says.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.flows.factories import JST, NOON, assert_proven, card, customer_of, make_context, make_purchase

from enishi import ledger, referrals
from enishi.customers import NewCustomer, create_customers
from enishi.flows import ClaimedReferral, ReferralClaim, claim_referrals, pay_due_referrals, record_purchases
from enishi.flows import record_returns as bring_back
from enishi.ledger import EntryType
from enishi.purchases import Line, Purchase, Receipt, Return, ReturnedLine
from enishi.referrals import OnReturn, ReferralSettings, ReferralState

CLAIMED = NOON - timedelta(hours=3)
LEAST, DAYS, REFEREE = 1_000, 60, 500
LATE = 30
"""For how many days after that a late receipt can still tell of a purchase in time."""
_numbers = count(1)

PROGRAMMES = st.builds(
    ReferralSettings,
    referrer_points=st.sampled_from([0, 300]),
    referee_points=st.just(REFEREE),
    min_amount_yen=st.just(LEAST),
    purchase_days=st.just(DAYS),
    wait_days=st.sampled_from([0, 2]),
    on_return=st.sampled_from(list(OnReturn)),
    referrer_claims=st.just(1_000),
    terminal_claims=st.just(1_000),
)
BUY = st.tuples(st.just("buy"), st.sampled_from([450, 500, 999, 1_000]), st.sampled_from([0, 0, 0, 2, 24 * 40]))
AGAIN = st.tuples(st.just("again"), st.integers(0, 9))
BRING_BACK = st.tuples(st.just("bring back"), st.integers(0, 9), st.integers(1, 2))
WAIT = st.tuples(st.just("wait"), st.sampled_from([1, 3, DAYS + 1, DAYS + LATE + 1]))
NIGHT = st.tuples(st.just("night"))
STEPS = st.lists(st.one_of(BUY, BUY, BRING_BACK, AGAIN, WAIT, NIGHT), min_size=3, max_size=12)


class Promise:
    """What a referral promises: nothing here knows how the product keeps it."""

    def __init__(self, programme: ReferralSettings) -> None:
        self.programme = programme
        self.state = ReferralState.OPEN
        self.purchase: int | None = None
        self.due: datetime | None = None
        self.referrer = self.referee = self.payments = 0

    def buy(self, number: int, total_yen: int, at: datetime, now: datetime) -> None:
        in_time = CLAIMED <= at <= CLAIMED + timedelta(days=DAYS)
        if self.state is not ReferralState.OPEN or not in_time or total_yen < LEAST:
            return
        day = at.astimezone(JST).replace(hour=0, minute=0, second=0) + timedelta(days=self.programme.wait_days)
        self.state, self.purchase = ReferralState.WAITING, number
        self.due = now if self.programme.wait_days == 0 else day
        self.pay(now)

    def pay(self, now: datetime) -> None:
        if self.state is ReferralState.WAITING and self.due is not None and self.due <= now:
            self.state = ReferralState.PAID
            self.payments += 1
            self.referrer += self.programme.referrer_points
            self.referee += REFEREE

    def night(self, now: datetime) -> None:
        self.pay(now)
        if self.state is ReferralState.OPEN and now > CLAIMED + timedelta(days=DAYS + LATE):
            self.state = ReferralState.LAPSED

    def bring_back(self, number: int, left_yen: int) -> None:
        if number != self.purchase or left_yen >= LEAST:
            return
        if self.state is ReferralState.WAITING:
            self.state, self.purchase, self.due = ReferralState.OPEN, None, None
        elif self.state is ReferralState.PAID:
            both = self.programme.on_return is OnReturn.BOTH
            referrer = 0 if self.programme.on_return is OnReturn.KEEP else self.programme.referrer_points
            self.referrer -= referrer
            self.referee -= REFEREE if both else 0
            if both or referrer:
                self.state = ReferralState.REVERSED


class Life:
    """One referral in the product, and its promise."""

    def __init__(self, conn, context, programme: ReferralSettings) -> None:
        self.conn, self.context, self.now = conn, context, CLAIMED + timedelta(hours=1)
        self.number = next(_numbers)
        self.promise = Promise(programme)
        self.sales: list[tuple[Purchase, int]] = []
        with conn.transaction():
            referrals.publish_version(conn, programme, CLAIMED, "system", "Trial", CLAIMED)
            keyring = context.keyring
            people = [NewCustomer(joined_at=CLAIMED, identifiers=card(f"R{self.number}{one}")) for one in "AB"]
            self.anna, self.ben = create_customers(conn, keyring, people)
            code = referrals.code_of(conn, self.anna, CLAIMED)
        claim = ReferralClaim(source="counter", code=code, customer_id=self.ben)
        (claimed,) = claim_referrals(conn, context, [claim], "operator:1", CLAIMED)
        assert isinstance(claimed, ClaimedReferral), claimed
        self.referral_id = claimed.referral.referral_id

    def step(self, what: str, *how: int) -> None:
        match what:
            case "buy":
                price, hours = how
                at = self.now - timedelta(hours=hours)
                sale = make_purchase(
                    external_id=f"L{self.number}-{len(self.sales)}",
                    lines=(Line("A", 2, price),),
                    identifiers=card(f"R{self.number}B"),
                    occurred_at=at,
                )
                record_purchases(self.conn, self.context, [sale, sale], self.now)
                self.promise.buy(len(self.sales), 2 * price, at, self.now)
                self.sales.append((sale, 2))
            case "again" if self.sales:
                sale, _ = self.sales[how[0] % len(self.sales)]
                record_purchases(self.conn, self.context, [sale], self.now)
            case "bring back" if self.sales:
                self.bring_back(how[0] % len(self.sales), how[1])
            case "wait":
                self.now += timedelta(days=how[0])
            case "night":
                pay_due_referrals(self.conn, self.context, self.now)
                self.promise.night(self.now)
            case _:
                pass

    def bring_back(self, number: int, pieces: int) -> None:
        sale, left = self.sales[number]
        pieces = min(pieces, left)
        if not pieces:
            return
        one = Return(
            source="pos",
            external_id=f"B{self.number}-{number}-{left}",
            store="S1",
            occurred_at=self.now,
            receipt=Receipt(sale.source, sale.external_id),
            lines=(ReturnedLine(1, pieces),),
        )
        bring_back(self.conn, self.context, [one], self.now)
        self.sales[number] = (sale, left - pieces)
        self.promise.bring_back(number, sale.lines[0].unit_price_yen * (left - pieces))

    def rewards_of(self, customer_id: UUID) -> list[int]:
        entries = ledger.list_entries(self.conn, customer_id, None, 100)
        return [one.points for one in entries if one.type is EntryType.ADJUST]

    def check(self) -> None:
        with self.conn.transaction():
            found = referrals.load_referral(self.conn, self.referral_id)
            anna, ben = self.rewards_of(self.anna), self.rewards_of(self.ben)
        assert (found.state, sum(anna), sum(ben)) == (self.promise.state, self.promise.referrer, self.promise.referee)
        assert sum(points > 0 for points in ben) == self.promise.payments <= 1


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(programme=PROGRAMMES, steps=STEPS)
def live(conn, context, programme: ReferralSettings, steps) -> None:
    life = Life(conn, context, programme)
    for step in steps:
        life.step(*step)
        life.check()


def test_a_referral_pays_once_for_a_purchase_that_counts_and_goods_that_come_back_take_what_the_policy_says(
    database, conn
) -> None:
    context = make_context(conn)
    customer_of(conn, "1")
    live(conn, context)
    assert_proven(database, context)
