"""The rules about receipts: sold at any time and any till, claimed, delivered, cancelled, brought back in pieces."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from msgspec.structs import replace
from tests.flows.factories import JST, card, make_purchase
from tests.properties.points_life import (
    AFTER_DELIVERY,
    AFTER_PURCHASE,
    CAP,
    NAMES,
    PointsLife,
    Sale,
    assert_refused,
    beginning_of,
)
from tests.properties.points_model import Card, Receipt, Waiting, first_of, month_end, points_for, regular_slot

from enishi.flows import (
    Cancellation,
    Claim,
    EventReport,
    RecordedEvent,
    RecordedPurchase,
    RecordedReturn,
    cancel_purchases,
    claim_purchases,
    confirm_due_points,
    record_purchase_events,
    record_purchases,
    record_returns,
)
from enishi.ledger import AccountFrozen, HoldLapsed, OfflineCapExceeded
from enishi.program import PurchaseEvent
from enishi.purchases import Channel, InvalidReturn, Line, NotClaimable, Purchase, Return, ReturnedLine
from enishi.purchases import Receipt as ReceiptKey

CHANNELS = st.sampled_from([Channel.POS, Channel.POS, Channel.EC, Channel.APP])
CLOCKS = st.sampled_from([0, 0, 0, -6, -24, -24 * 40, 7, 23])
"""By how many hours a till's clock is apart from ours."""
POINTS = st.sampled_from([0, 0, 0, 5, 60, 300])


def day_of(at: datetime):
    return at.astimezone(JST).date()


class Sales(PointsLife):
    """What happens to receipts."""

    def sell(self, name: str | None, price_yen: int, pieces: int, points: int, hours: int, **fields) -> Purchase:
        return make_purchase(
            external_id=self.number(),
            lines=(Line("A", pieces, price_yen),),
            identifiers=() if name is None else card(f"P{self.life}{name}"),
            points_to_use=min(points, price_yen * pieces),
            occurred_at=self.now + timedelta(hours=hours),
            **fields,
        )

    def settle(self, name: str, purchase: Purchase, outcome: RecordedPurchase, used: dict) -> None:
        """What a recorded receipt earns, at once or for later."""
        assert outcome.customer_id is not None
        line, points = purchase.lines[0], purchase.points_to_use
        on = day_of(purchase.occurred_at)
        earned = points_for(line.unit_price_yen * line.quantity, points)
        mine = self.cards[name]
        self.customers[name] = outcome.customer_id
        waits = purchase.channel is not Channel.POS and earned > 0
        assert (outcome.points_earned, sum(one.points for one in outcome.pending)) == (
            (0, earned) if waits else (earned, 0)
        )
        receipt = Receipt(name, line.unit_price_yen, line.quantity, used, earned, None, points - sum(used.values()))
        if waits:
            due = on + timedelta(days=AFTER_PURCHASE) if purchase.channel is Channel.APP else None
            receipt.waiting = Waiting(earned, due, earned)
        elif earned and mine.put({regular_slot(on): earned}):
            receipt.own = regular_slot(on)
        self.sales.append(Sale(purchase, outcome.purchase_id, receipt))

    @rule(
        name=NAMES, price_yen=st.integers(1, 9_999), pieces=st.integers(1, 3), points=POINTS, hours=CLOCKS,
        channel=CHANNELS,
    )  # fmt: skip
    def buy(self, name: str, price_yen: int, pieces: int, points: int, hours: int, channel: Channel) -> None:
        purchase = self.sell(name, price_yen, pieces, points, hours, channel=channel)
        (outcome,) = record_purchases(self.conn, self.context, [purchase], self.now)
        on = day_of(purchase.occurred_at)
        mine = self.cards.get(name, Card())
        used = None if mine.frozen and purchase.points_to_use else mine.use(purchase.points_to_use, on)
        if purchase.points_to_use == 0:
            used = {}
        if used is None:
            assert_refused(outcome, mine, on)
            return
        assert isinstance(outcome, RecordedPurchase), outcome
        self.cards[name] = mine
        self.settle(name, purchase, outcome, used)

    def who_can_pay(self) -> list[str]:
        """Customers who have points to set aside."""
        return sorted(
            name for name in self.customers if not self.cards[name].frozen and self.cards[name].available(self.today)
        )

    @precondition(lambda self: self.holds or self.who_can_pay())
    @rule(
        data=st.data(), points=st.sampled_from([1, 20, 70]), price_yen=st.sampled_from([1, 9, 110, 2_200]),
        share=st.integers(0, 4), hours=st.sampled_from([0, 0, 0, 2]), channel=CHANNELS,
    )  # fmt: skip
    def check_out(
        self, data: st.DataObject, points: int, price_yen: int, share: int, hours: int, channel: Channel
    ) -> None:
        """What is set aside pays: whole where nothing else is said, never more than the receipt, and the rest is free.

        A hold whose time is up, by a customer who takes long, pays nothing, and the receipt is not recorded.
        """
        if able := self.who_can_pay():
            name = data.draw(st.sampled_from(able))
            self.set_aside(name, min(points, self.cards[name].available(self.today)), 3_600)
        hold_id = data.draw(st.sampled_from(sorted(self.holds)))
        held, until = self.holds[hold_id]
        self.wait_for(hours)
        whole = sum(held.lots.values())
        purchase = self.sell(
            held.card, price_yen, 2, -(-whole * share // 4), 0, channel=channel, store="EC", hold_id=hold_id
        )
        (outcome,) = record_purchases(self.conn, self.context, [purchase], self.now)
        if until <= self.now:
            assert isinstance(outcome, HoldLapsed), outcome
            return
        assert isinstance(outcome, RecordedPurchase), outcome
        paid = purchase.points_to_use or min(whole, 2 * price_yen)
        used = first_of(held.lots, sorted(held.lots), paid)
        held.capture(self.cards[held.card], paid)
        del self.holds[hold_id]
        self.settle(held.card, replace(purchase, points_to_use=paid), outcome, used)

    @rule(
        name=NAMES, price_yen=st.integers(1, 999), points=st.sampled_from([0, 20, 90]), hours=CLOCKS,
        terminal=st.sampled_from(["T1", "T2"]),
    )  # fmt: skip
    def sell_offline(self, name: str, price_yen: int, points: int, hours: int, terminal: str) -> None:
        """The receipt stays at the till until it has a connection."""
        self.queue.append(self.sell(name, price_yen, 1, points, hours, offline=True, terminal=f"{self.life}{terminal}"))

    @precondition(lambda self: self.queue)
    @rule(data=st.data())
    def upload(self, data: st.DataObject) -> None:
        """Tills upload what they have, in any order and some of it twice; each receipt counts once."""
        batch = data.draw(st.lists(st.sampled_from(self.queue), min_size=1, max_size=4))
        outcomes = record_purchases(self.conn, self.context, batch, self.now)
        answers: dict[str, object] = {}
        for purchase, outcome in zip(batch, outcomes, strict=True):
            if purchase.external_id not in answers:
                answers[purchase.external_id] = outcome
                self.take_offline(purchase, outcome)
            elif isinstance(outcome, RecordedPurchase):
                assert outcome == replace(answers[purchase.external_id], replayed=True)
            else:
                assert type(outcome) is type(answers[purchase.external_id])
        self.queue = [one for one in self.queue if one.external_id not in answers]

    def take_offline(self, purchase: Purchase, outcome: object) -> None:
        name = next(one for one in "ABC" if card(f"P{self.life}{one}") == purchase.identifiers)
        points, on = purchase.points_to_use, day_of(purchase.occurred_at)
        mine = self.cards.get(name, Card())
        if points and mine.frozen:
            assert isinstance(outcome, AccountFrozen), outcome
            return
        till = (purchase.terminal, on)
        spent = self.spent_offline.get(till, 0)
        if points and points > mine.within_reach(on) and spent + points > CAP:
            assert isinstance(outcome, OfflineCapExceeded), outcome
            assert outcome.extra["available"] == mine.within_reach(on)
            return
        assert isinstance(outcome, RecordedPurchase), outcome
        self.cards[name] = mine
        used = mine.use_offline(points, on) if points else {}
        self.spent_offline[till] = spent + points
        self.settle(name, purchase, outcome, used)

    @precondition(lambda self: self.sales)
    @rule(data=st.data(), pieces=st.integers(1, 3))
    def bring_back(self, data: st.DataObject, pieces: int) -> None:
        sale = data.draw(st.sampled_from(self.sales))
        receipt = sale.receipt
        at = self.later_of(sale.at)
        one = Return(
            source="pos",
            external_id=self.number(),
            store="S2",
            occurred_at=at,
            receipt=ReceiptKey(sale.purchase.source, sale.purchase.external_id),
            lines=(ReturnedLine(1, pieces),),
        )
        first, second = record_returns(self.conn, self.context, [one, one], self.now)
        if pieces > receipt.pieces - receipt.returned:
            assert isinstance(first, InvalidReturn)
            return
        assert isinstance(second, RecordedReturn)
        assert second.replayed
        self.compare_return(sale, first, pieces, at)
        assert isinstance(first, RecordedReturn)
        assert first.refund_yen == receipt.price_yen * pieces

    @precondition(lambda self: any(one.receipt.returned < one.receipt.pieces for one in self.sales))
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        """An order is cancelled as a whole: whatever of it is left comes back, and nothing becomes points any more."""
        left = [one for one in self.sales if one.receipt.returned < one.receipt.pieces]
        sale = data.draw(st.sampled_from(left))
        at = self.later_of(sale.at)
        order = Cancellation(purchase_id=sale.purchase_id, occurred_at=at)
        (outcome,) = cancel_purchases(self.conn, self.context, [order], self.now)
        self.compare_return(sale, outcome, sale.receipt.pieces - sale.receipt.returned, at)

    def compare_return(self, sale: Sale, outcome: object, pieces: int, at: datetime) -> None:
        assert isinstance(outcome, RecordedReturn), outcome
        mine = self.cards[sale.receipt.card]
        expected = sale.receipt.bring_back(mine, pieces, day_of(at))
        found = (
            outcome.points_taken_back, outcome.points_given_back, outcome.points_lost, outcome.pending_cancelled
        )  # fmt: skip
        assert found == expected
        assert outcome.points_owed == mine.owed

    @precondition(lambda self: self.sales or self.unclaimed)
    @rule(data=st.data(), event=st.sampled_from(list(PurchaseEvent)))
    def deliver(self, data: st.DataObject, event: PurchaseEvent) -> None:
        """News of any order, also one that is nobody's, was cancelled or waits for nothing; again it is no news."""
        orders = [(one.purchase_id, one.at) for one in self.sales]
        orders += [(purchase_id, purchase.occurred_at) for purchase, purchase_id in self.unclaimed]
        purchase_id, at = data.draw(st.sampled_from(orders))
        at = self.later_of(at)
        order = EventReport(purchase_id=purchase_id, event=event, occurred_at=at)
        (outcome,) = record_purchase_events(self.conn, self.context, [order], self.now)
        assert isinstance(outcome, RecordedEvent), outcome
        mine = [one for one in self.sales if one.purchase_id == purchase_id and one.receipt.waiting]
        if event is PurchaseEvent.DELIVERED:
            assert outcome.replayed == (purchase_id in self.delivered)
            self.delivered.setdefault(purchase_id, day_of(at))
            for sale in mine:
                if sale.purchase.channel is Channel.EC and sale.receipt.waiting.due is None:
                    sale.receipt.waiting.due = self.delivered[purchase_id] + timedelta(days=AFTER_DELIVERY)
        # Whatever news there is of an order, what is due of it by now becomes points.
        self.confirm_due(mine)
        waiting = [one.receipt.waiting for one in mine]
        assert sum(line.points for line in outcome.pending) == sum(one.left for one in waiting if one.is_open)

    @rule()
    def confirm(self) -> None:
        """What is due becomes points, valid as points earned on that day."""
        confirm_due_points(self.conn, self.context, self.now)
        self.confirm_due(self.sales)

    def confirm_due(self, sales: list[Sale]) -> None:
        due = [
            (one.receipt.waiting.due, one.purchase_id, one.receipt)
            for one in sales
            if one.receipt.waiting and one.receipt.waiting.is_open and one.receipt.waiting.due
        ]
        for on, _, receipt in sorted(due, key=lambda one: one[:2]):
            if beginning_of(on) <= self.now:
                self.make_points(receipt, receipt.waiting)

    def make_points(self, receipt: Receipt, waiting: Waiting) -> None:
        assert waiting.due is not None
        waiting.is_open = False
        slot = regular_slot(waiting.due)
        receipt.own = slot if self.cards[receipt.card].put({slot: waiting.left}) else None

    @rule(price_yen=st.integers(1, 9_999), channel=CHANNELS)
    def sell_to_nobody(self, price_yen: int, channel: Channel) -> None:
        purchase = self.sell(None, price_yen, 1, 0, 0, channel=channel)
        (outcome,) = record_purchases(self.conn, self.context, [purchase], self.now)
        assert isinstance(outcome, RecordedPurchase)
        assert (outcome.customer_id, outcome.points_earned) == (None, 0)
        self.unclaimed.append((purchase, outcome.purchase_id))

    @precondition(lambda self: self.unclaimed and self.customers)
    @rule(data=st.data())
    def claim(self, data: st.DataObject) -> None:
        """It earns once, as on the day of the purchase and as pending as it would have been, whoever comes first."""
        sold = data.draw(st.sampled_from(self.unclaimed))
        purchase, purchase_id = sold
        on = day_of(purchase.occurred_at)
        name, other = self.draw_name(data), min(self.customers)
        price_yen = purchase.lines[0].unit_price_yen
        order = Claim(
            source="pos", receipt=purchase.external_id, store="S1", on=on, total_yen=price_yen,
            customer_id=self.customers[name],
        )  # fmt: skip
        orders = [order, replace(order, customer_id=self.customers[other])]
        first, second = claim_purchases(self.conn, self.context, orders, "system", self.now)
        if (self.today - on).days > 30:
            assert isinstance(first, NotClaimable), first
            return
        assert isinstance(second, NotClaimable) if name != other else getattr(second, "replayed", None) is True
        self.unclaimed.remove(sold)
        earned = points_for(price_yen, 0)
        receipt = Receipt(name, price_yen, 1, {}, earned, None)
        at_once, later = self.expect_claim(receipt, purchase, purchase_id)
        assert (getattr(first, "points_earned", None), sum(one.points for one in first.pending)) == (at_once, later)
        self.sales.append(Sale(purchase, purchase_id, receipt))

    def expect_claim(self, receipt: Receipt, purchase: Purchase, purchase_id: object) -> tuple[int, int]:
        """Points that a claim gives at once and for later."""
        mine, on, earned = self.cards[receipt.card], day_of(purchase.occurred_at), receipt.earned
        if not earned:
            return 0, 0
        if purchase.channel is Channel.POS:
            if mine.put({regular_slot(on): earned}):
                receipt.own = regular_slot(on)
            return earned, 0
        due = on + timedelta(days=AFTER_PURCHASE)
        if purchase.channel is Channel.EC:
            delivered = self.delivered.get(purchase_id)
            due = delivered and delivered + timedelta(days=AFTER_DELIVERY)
        receipt.waiting = Waiting(earned, due, earned)
        if due is None or beginning_of(due) > self.now:
            return 0, earned
        assert month_end(due, 1) >= self.today
        self.make_points(receipt, receipt.waiting)
        return earned, 0
