"""The books when customers are merged and parted again: points change hands, and no cohort changes."""

from __future__ import annotations

from uuid import UUID

import pytest
from tests.accounting.factories import APRIL, MARCH, MAY, day
from tests.flows.factories import assert_proven, customer_of

from enishi.flows import MergeOrder, PartOrder, merge_customers, record_returns, unmerge_customers
from enishi.purchases import Receipt, Return


def merge(shop, survivor: UUID, absorbed: UUID, at):
    order = MergeOrder(survivor_id=survivor, absorbed_id=absorbed, reason="同じ方")
    return merge_customers(shop.conn, shop.context, order, actor="operator:1", now=at)


def part(shop, absorbed: UUID, at):
    order = PartOrder(absorbed_id=absorbed, reason="別の方")
    return unmerge_customers(shop.conn, shop.context, order, actor="operator:1", now=at)


def give_back(shop, number: str, key: str, at):
    one = Return(source="pos", external_id=key, store="S1", occurred_at=at, receipt=Receipt("pos", number))
    (outcome,) = record_returns(shop.conn, shop.context, [one], at)
    return outcome


def outstanding(statement) -> dict:
    return {line.cohort.month: line.total.outstanding for line in statement.lines if line.total.outstanding}


@pytest.fixture
def two(shop):
    shop.publish()
    shop.sell(day(3, 2), 100, member="1", store="S1")
    shop.sell(day(3, 3), 80, member="2", store="S2", external_id="OTHERS")
    shop.use(day(3, 9), 30, member="2", external_id="USED")
    return customer_of(shop.conn, "1"), customer_of(shop.conn, "2")


def test_a_merge_moves_no_liability_and_its_undo_after_a_close_is_booked_in_the_open_month(shop, database, two):
    one, other = two
    merge(shop, one, other, day(3, 20))
    assert outstanding(shop.close(MARCH)) == {3: 150}
    shop.sell(day(4, 5), 40, member="2")
    shop.use(day(4, 6), 60, member="2")
    part(shop, other, day(4, 10))
    april = shop.close(APRIL)
    assert outstanding(april) == {3: 90, 4: 40}
    assert [line.moved.adjusted for line in april.lines] == [0] * len(april.lines)
    assert sum(line.moved.issued for line in april.lines) == 40
    assert_proven(database, shop.context)


def test_what_goods_of_the_absorbed_had_earned_is_taken_back_from_its_own_month_and_store(shop, database, two):
    one, other = two
    assert outstanding(shop.close(MARCH)) == {3: 150}
    shop.sell(day(4, 2), 20, member="1", store="S3")
    merge(shop, one, other, day(4, 4))
    given = give_back(shop, "USED", "B1", day(4, 5))
    assert (given.customer_id, given.points_given_back) == (one, 30)
    returned = give_back(shop, "OTHERS", "B2", day(4, 6))
    assert (returned.customer_id, returned.points_taken_back) == (one, 80)
    april = shop.close(APRIL)
    moved = {(one.key.movement.value, one.key.issue_store, one.key.cohort.month): one.points for one in april.movements}
    assert moved["returned", "S2", 3] == 80
    assert moved["used", "S2", 3] == -30
    assert outstanding(april) == {3: 100, 4: 20}
    part(shop, other, day(5, 2))
    shop.sell(day(5, 4), 7, member="2")
    assert outstanding(shop.close(MAY)) == {3: 100, 4: 20, 5: 7}
    assert_proven(database, shop.context)


def test_debts_and_points_of_both_meet_and_part_and_every_cohort_stays_what_it_was(shop, database, two):
    one, other = two
    shop.use(day(3, 10), 50, member="2")
    give_back(shop, "OTHERS", "B1", day(3, 11))
    before = outstanding(shop.close(MARCH))
    assert before == {3: 20}
    merge(shop, one, other, day(4, 4))
    shop.use(day(4, 6), 15, member="1")
    part(shop, other, day(4, 10))
    assert outstanding(shop.close(APRIL)) == {3: 5}
    rows = dict(shop.conn.execute("select customer_id, balance from ledger.accounts").fetchall())
    shop.conn.rollback()
    assert rows == {one: 85, other: -80}
    assert_proven(database, shop.context)
