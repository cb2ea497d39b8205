"""What else belongs to a customer when two are merged: ceilings, benefits, referrals, bookings."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.benefits.factories import NOON as PUBLISHED
from tests.benefits.factories import make_benefit
from tests.benefits.factories import publish as publish_benefits
from tests.flows.campaigns import launch
from tests.flows.factories import NOW, assert_proven, card, customer_of, give_points, make_context, make_purchase
from tests.flows.test_give_benefits import EVERYBODY, order
from tests.flows.test_merge_customers import balances, give_back, merge, part
from tests.flows.test_referrals import Shop
from tests.reservations import factories as salon

from enishi import flows, reservations
from enishi.benefits import BenefitAlreadyGiven
from enishi.campaigns import AddedPoints, Ceilings, Period
from enishi.customers import MergeRefused
from enishi.flows import GivenBenefit, record_purchases
from enishi.referrals import ReferralState


def given(conn, context, number: str) -> tuple[object, int]:
    """A purchase of ten points, and what the campaign gave for it besides."""
    purchase = make_purchase(1_100, identifiers=card(number))
    (outcome,) = record_purchases(conn, context, [purchase], NOW)
    return purchase, outcome.points_earned - 10


def test_a_member_s_ceiling_counts_both_and_apart_again_after_the_undo(database, conn):
    context = make_context(conn)
    ceilings = Ceilings(member_points=100, member_times=9, member_period=Period.WEEK)
    launch(conn, "weekly", AddedPoints(40), ceilings=ceilings)
    given(conn, context, "1")
    theirs, points = given(conn, context, "2")
    assert points == 40
    one, two = customer_of(conn, "1"), customer_of(conn, "2")
    merge(conn, context, one, two)
    assert given(conn, context, "2")[1] == 20
    assert given(conn, context, "1")[1] == 0
    assert_proven(database, context)
    back = give_back(conn, context, theirs, "B1")
    assert (back.customer_id, back.points_taken_back) == (one, 50)
    assert given(conn, context, "1")[1] == 40
    assert_proven(database, context)
    part(conn, context, two)
    assert balances(conn, one, two) == [10 + 40 + 10 + 10 + 40, 10 + 20]
    # The first has got 80 of 100 by now, the second 20.
    assert (given(conn, context, "1")[1], given(conn, context, "2")[1], given(conn, context, "2")[1]) == (20, 40, 40)
    assert_proven(database, context)


def test_a_benefit_that_either_was_given_is_given_to_both(database, conn):
    context = make_context(conn)
    publish_benefits(conn, [make_benefit(**EVERYBODY)], PUBLISHED)
    give_points(conn, context, "1", 1)
    give_points(conn, context, "2", 1)
    one, two = customer_of(conn, "1"), customer_of(conn, "2")
    (first,) = flows.give_benefits(conn, context, [order(two)], "operator:1", NOW)
    assert isinstance(first, GivenBenefit)
    merge(conn, context, one, two)
    again, by_old_id = flows.give_benefits(conn, context, [order(one), order(two)], "operator:1", NOW)
    assert isinstance(again, BenefitAlreadyGiven)
    assert isinstance(by_old_id, BenefitAlreadyGiven)
    part(conn, context, two)
    (own,) = flows.give_benefits(conn, context, [order(one)], "operator:1", NOW)
    assert isinstance(own, GivenBenefit)
    assert_proven(database, context)


def test_a_referral_in_course_is_paid_to_whoever_goes_on_and_taken_back_from_them(database, conn):
    shop = Shop(conn)
    newcomer, number, referral_id = shop.refer()
    give_points(conn, shop.context, "1", 5)
    keeper = customer_of(conn, "1")
    merge(conn, shop.context, keeper, shop.anna)
    purchase = make_purchase(11_000, identifiers=card(number))
    record_purchases(conn, shop.context, [purchase], NOW)
    assert shop.state(referral_id) is ReferralState.PAID
    assert shop.balance(keeper) > 5
    assert_proven(database, shop.context)
    also, _ = shop.newcomer()
    assert isinstance(shop.claim(also), flows.ClaimedReferral)
    with pytest.raises(MergeRefused) as refused:
        merge(conn, shop.context, also, newcomer)
    assert refused.value.extra["reason"] == "referral-between"
    other, _ = shop.newcomer()
    merge(conn, shop.context, other, newcomer)
    give_back(conn, shop.context, purchase, "B1")
    assert (shop.balance(keeper), shop.balance(other)) == (5, 0)
    assert_proven(database, shop.context)


def test_open_bookings_go_along_and_come_back(conn):
    context = make_context(conn)
    with conn.transaction():
        salon.publish(conn, salon.salon())
        one, two = salon.join(conn, 2)
        booked = salon.book(conn, two, salon.at(11)).booking.booking_id
    later = salon.NOW + timedelta(minutes=5)
    answer = merge(conn, context, one, two, now=later)
    assert answer.bookings == 1

    def whose() -> list[int]:
        with conn.transaction():
            return [len(reservations.list_bookings_of(conn, each)) for each in (one, two)]

    assert whose() == [1, 0]
    part(conn, context, two, now=later)
    assert whose() == [0, 1]
    with conn.transaction():
        assert reservations.list_bookings_of(conn, two)[0].booking_id == booked
