"""The rules about points that move besides receipts: held, adjusted, given away, pooled, frozen, given again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from tests.properties.points_life import A_DAY, FEE, OWNER, PointsLife, assert_refused
from tests.properties.points_model import first_of, last_day, month_end

from enishi import ledger
from enishi.flows import (
    Adjustment,
    CaptureHold,
    FreezeOrder,
    Party,
    Reinstatement,
    ReleaseHold,
    Transfer,
    TransferredPoints,
    TransferRefused,
    Way,
    adjust_points,
    change_holds,
    lapse_holds,
    reinstate_points,
    set_family,
    set_frozen,
    transfer_points,
)
from enishi.kit.errors import InvalidRequest

KINDS = st.sampled_from(["regular", "limited"])


class ByHand(PointsLife):
    """What happens besides receipts."""

    @precondition(lambda self: self.customers)
    @rule(data=st.data(), points=st.sampled_from([1, 20, 150]), seconds=st.sampled_from([60, 3_600]))
    def hold(self, data: st.DataObject, points: int, seconds: int) -> None:
        self.set_aside(self.draw_name(data), points, seconds)

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
        """Holds whose time is up release themselves, the longest overdue first."""
        due = sorted((until, hold_id) for hold_id, (_, until) in self.holds.items() if until <= self.now)
        lapsed = lapse_holds(self.conn, self.now)
        assert lapsed >= len(due)
        for _, hold_id in due:
            held, _ = self.holds.pop(hold_id)
            held.release(self.cards[held.card])

    @precondition(lambda self: self.customers)
    @rule(
        data=st.data(),
        points=st.sampled_from([-120, -3, 2, 75]),
        kind=KINDS,
        days=st.sampled_from([2, 2, 30, 200]),
        allow_owing=st.booleans(),
    )
    def adjust(self, data: st.DataObject, points: int, kind: str, days: int, allow_owing: bool) -> None:
        name = self.draw_name(data)
        until = self.today + timedelta(days=days)
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
            last = last_day((until, kind[0]))
            if last < self.today:
                assert isinstance(outcome, InvalidRequest), outcome
                return
            mine.put({(last, kind[0]): points})
        elif allow_owing:
            mine.take_back(-points, None, self.today)
        elif mine.use(-points, self.today) is None:
            assert isinstance(outcome, ledger.InsufficientPoints), outcome
            return
        assert getattr(outcome, "state", None) == "done", outcome

    def transfer(self, sender: str, recipient: str, points: int, way: Way) -> object:
        order = Transfer(
            source="mypage",
            external_id=self.number(),
            sender=Party(customer_id=self.customers[sender]),
            recipient=Party(customer_id=self.customers[recipient]),
            points=points,
            way=way,
            store="HQ",
        )
        (outcome,) = transfer_points(self.conn, self.context, [order], "system", self.now)
        return outcome

    @precondition(lambda self: len(self.customers) > 1)
    @rule(data=st.data(), points=st.sampled_from([1, 45, 400]))
    def give(self, data: st.DataObject, points: int) -> None:
        """A gift keeps its lots' last days; with the fee of three points it comes out of one balance or not at all."""
        giver, taker = data.draw(st.permutations(sorted(self.customers)))[:2]
        outcome = self.transfer(giver, taker, points, Way.GIFT)
        given = self.given.get((giver, self.today), 0)
        if given + points > A_DAY:
            assert isinstance(outcome, TransferRefused), outcome
            return
        mine = self.cards[giver]
        if mine.frozen or points + FEE > mine.available(self.today):
            assert isinstance(outcome, ledger.AccountFrozen if mine.frozen else ledger.InsufficientPoints), outcome
            return
        assert isinstance(outcome, TransferredPoints), outcome
        moved = mine.use(points, self.today)
        mine.use(FEE, self.today)
        assert moved is not None
        self.cards[taker].put(moved)
        self.given[giver, self.today] = given + points

    @precondition(lambda self: {"A", "B"} <= self.customers.keys())
    @rule()
    def found_family(self) -> None:
        family = set_family(self.conn, self.customers["A"], [self.customers["B"]], "system", self.now)
        assert family.members == (self.customers["B"],)
        self.family = True

    @precondition(lambda self: {"A", "B"} <= self.customers.keys())
    @rule(points=st.sampled_from([1, 70]))
    def pool(self, points: int) -> None:
        """Within a family points go to its head, without fee or limit."""
        outcome = self.transfer("B", "A", points, Way.POOL)
        mine = self.cards["B"]
        if not self.family:
            assert isinstance(outcome, TransferRefused), outcome
        elif mine.frozen or (moved := mine.use(points, self.today)) is None:
            assert_refused(outcome, mine, self.today)
        else:
            assert isinstance(outcome, TransferredPoints), outcome
            self.cards["A"].put(moved)

    @precondition(lambda self: self.customers)
    @rule(data=st.data(), frozen=st.booleans())
    def freeze(self, data: st.DataObject, frozen: bool) -> None:
        name = self.draw_name(data)
        order = FreezeOrder(frozen=frozen, reason="tests")
        outcome = set_frozen(self.conn, self.customers[name], order, "system", self.now)
        assert outcome.replayed == (self.cards[name].frozen == frozen)
        self.cards[name].frozen = frozen

    @precondition(lambda self: any(one.swept for one in self.cards.values()))
    @rule(data=st.data(), points=st.sampled_from([None, None, 1, 30]))
    def reinstate(self, data: st.DataObject, points: int | None) -> None:
        """Expired points come again once for each entry, less what late receipts and returns had of them."""
        name = data.draw(st.sampled_from(sorted(name for name, one in self.cards.items() if one.swept)))
        mine = self.cards[name]
        number = data.draw(st.integers(0, len(mine.swept) - 1))
        entry = self.expired_entries(name)[number]
        left = mine.swept[number]
        one = Reinstatement(entry_id=entry.entry_id, points=points, reason="other", store="HQ")
        if number in mine.reinstated:
            return
        most = sum(left.values())
        wanted = most if points is None else points
        part = first_of(left, sorted(left), wanted)
        until = {slot[1]: last_day((month_end(self.today, 1), slot[1])) for slot in part}
        if wanted > most or most == 0 or any(last < self.today for last in until.values()):
            with pytest.raises(InvalidRequest):
                reinstate_points(self.conn, self.context, one, OWNER, self.now)
            return
        done = reinstate_points(self.conn, self.context, one, OWNER, self.now)
        assert reinstate_points(self.conn, self.context, one, OWNER, self.now).replayed
        assert (done.points, done.replayed) == (wanted, False)
        mine.reinstated.add(number)
        for slot, given in part.items():
            left[slot] -= given
            if not left[slot]:
                del left[slot]
        for kind in dict.fromkeys(slot[1] for slot in part):
            mine.put({(until[kind], kind): sum(given for slot, given in part.items() if slot[1] == kind)})
