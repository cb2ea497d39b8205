"""Campaigns on the write path: what a purchase earns, a return takes back, a claim gets; and that all of it proves."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from msgspec import structs
from tests.campaigns.factories import TWICE, line
from tests.flows.campaigns import deed, launch
from tests.flows.factories import (
    NOON,
    NOW,
    assert_proven,
    card,
    customer_of,
    make_context,
    make_purchase,
)
from tests.flows.rank_factories import publish

from enishi import campaigns, customers, program
from enishi.campaigns import (
    AddedPoints,
    AmountStep,
    AmountSteps,
    AwardTerms,
    Ceilings,
    Conditions,
    Period,
    Stacking,
    Trigger,
    Visit,
)
from enishi.flows import (
    Claim,
    EventReport,
    claim_purchases,
    explain_entry,
    quote_purchases,
    record_purchase_events,
    record_purchases,
    record_returns,
    verify_all,
)
from enishi.kit.database import open_pool
from enishi.program import OnEvent, PurchaseEvent
from enishi.purchases import Channel, Receipt, Return, ReturnedLine


@pytest.fixture
def context(conn):
    return make_context(conn)


def record(conn, context, *batch, now=NOW):
    return record_purchases(conn, context, batch, now)


def given(outcome) -> dict[str, int]:
    return {award.campaign.campaign: award.points for award in outcome.awards if award.campaign is not None}


def bring_back(purchase, *lines, number="B1", at=NOON + timedelta(minutes=1)):
    return Return(
        source="pos",
        external_id=number,
        store=purchase.store,
        occurred_at=at,
        receipt=Receipt(purchase.source, purchase.external_id),
        lines=tuple(ReturnedLine(*one) for one in lines),
    )


def balance(conn, number: str) -> tuple[int, int]:
    """Regular and limited points."""
    row = conn.execute(
        "select coalesce(sum((lot ->> 2)::int) filter (where lot ->> 0 = 'r'), 0),"
        " coalesce(sum((lot ->> 2)::int) filter (where lot ->> 0 = 'l'), 0)"
        " from ledger.accounts cross join lateral jsonb_array_elements(lots::jsonb) as lot where customer_id = %s",
        (customer_of(conn, number),),
    ).fetchone()
    conn.rollback()
    return row


def test_each_campaign_is_an_entry_of_its_own_with_its_kind_its_day_and_its_reason(database, conn, context):
    launch(conn, "double", TWICE, stacking=Stacking(priority=1))
    launch(conn, "hundred", award=AwardTerms(kind="limited", valid_days=14))
    (outcome,) = record(conn, context, make_purchase(1_980, identifiers=card("1")))
    assert (outcome.points_earned, outcome.balance.regular, outcome.balance.limited) == (136, 36, 100)
    assert [(one.kind, one.points, one.expires_on) for one in outcome.awards] == [
        ("regular", 18, date(2027, 11, 30)),
        ("regular", 18, date(2027, 11, 30)),
        ("limited", 100, date(2026, 12, 4)),
    ]
    explained = explain_entry(conn, context, outcome.awards[1].entry_id, "ja")
    assert explained.sentence == "「試験」基本ポイント 18pt ×（2倍 − 1）= 18pt"
    assert explained.version.version == 1
    conn.rollback()
    assert_proven(database, context)


def test_a_repeat_is_told_the_campaigns_of_the_first_time(conn, context):
    launch(conn, "double", TWICE)
    purchase = make_purchase(1_980, identifiers=card("1"))
    (first,) = record(conn, context, purchase)
    (again,) = record(conn, context, purchase)
    assert structs.replace(again, replayed=False) == structs.replace(first, recorded_at=again.recorded_at)


def test_a_purchase_is_priced_by_what_was_live_when_it_occurred_however_late_it_arrives(conn, context):
    launch(conn, "double", TWICE)
    paused_at = NOON + timedelta(seconds=1)
    with conn.transaction():
        campaigns.pause_campaign(conn, "double", deed("reviewer", paused_at))
    batch = [
        make_purchase(1_980, identifiers=card("1"), occurred_at=paused_at + timedelta(seconds=shift))
        for shift in (-1, 0)
    ]
    late = record(conn, context, *batch, now=NOW + timedelta(days=3))
    assert [one.points_earned for one in late] == [36, 18]


def test_a_campaign_that_is_approved_now_is_seen_by_the_next_batch(conn, context):
    assert record(conn, context, make_purchase(1_980, identifiers=card("1")))[0].points_earned == 18
    launch(conn, "double", TWICE)
    assert record(conn, context, make_purchase(1_980, identifiers=card("1")))[0].points_earned == 36


def test_an_anonymous_sale_earns_when_it_is_claimed_what_campaigns_gave_at_the_time(database, conn, context):
    launch(conn, "double", TWICE, ends_at=NOON + timedelta(minutes=1))
    launch(conn, "first", AddedPoints(50), conditions=Conditions(customer="new"))
    purchase = make_purchase(1_980)
    (sold,) = record(conn, context, purchase)
    assert (sold.points_earned, sold.awards) == (0, ())
    customer_of(conn, "1")
    claim = Claim(
        source="app", receipt=purchase.external_id, store="S1", on=NOON.date(), total_yen=1_980, identifiers=card("1")
    )
    later = NOW + timedelta(days=2)
    (claimed,) = claim_purchases(conn, context, [claim], "system", later)
    assert (claimed.points_earned, given(claimed)) == (86, {"double": 18, "first": 50})
    (again,) = claim_purchases(conn, context, [claim], "system", later)
    assert again == structs.replace(claimed, replayed=True)
    assert_proven(database, context)


def test_first_purchases_and_visits_count_within_a_batch_too(conn, context):
    launch(conn, "first", AddedPoints(500), conditions=Conditions(customer="new"))
    launch(conn, "second", AddedPoints(50), conditions=Conditions(visit=Visit(2)))
    at = [NOON - timedelta(days=2), NOON - timedelta(days=2), NOON - timedelta(days=1), NOON - timedelta(days=1)]
    batch = [make_purchase(110, identifiers=card("1"), occurred_at=one) for one in at]
    assert [given(one) for one in record(conn, context, *batch)] == [{"first": 500}, {}, {"second": 50}, {}]
    assert given(record(conn, context, make_purchase(110, identifiers=card("1")))[0]) == {}


def test_what_a_campaign_gave_is_counted_by_points_receipts_and_members(conn, context):
    hundred = launch(conn, "hundred")
    buyers = [make_purchase(1_100, identifiers=card(number)) for number in ("1", "1", "2")]
    outcomes = record(conn, context, *buyers)
    record_returns(conn, context, [bring_back(buyers[0], (1, 1))], NOW)
    assert [given(one) for one in outcomes] == [{"hundred": 100}] * 3
    assert campaigns.load_figures(conn, [hundred.campaign_id]) == {hundred.campaign_id: (200, 2)}
    assert campaigns.count_members(conn, hundred.campaign_id) == 2
    later = launch(conn, "later", conditions=Conditions(visit=Visit(9))).campaign_id
    assert (campaigns.load_figures(conn, [later]), campaigns.count_members(conn, later)) == ({}, 0)


def test_what_is_known_of_the_member_is_read_when_a_campaign_asks(conn, context):
    launch(conn, "birthday", AddedPoints(11), conditions=Conditions(birthday_month=True))
    launch(conn, "fans", AddedPoints(12), conditions=Conditions(segments=("fans",)))
    launch(conn, "rain", AddedPoints(13), conditions=Conditions(weather=("rain",)))
    launch(conn, "joined", AddedPoints(14), conditions=Conditions(joined_within_days=30))
    launch(conn, "back", AddedPoints(15), conditions=Conditions(away_days=10))
    with conn.transaction():
        newcomer = customers.NewCustomer(
            joined_at=NOON - timedelta(days=30),
            identifiers=card("1"),
            profile=customers.Profile(birth_date=date(1990, 11, 3)),
        )
        (customer_id,) = customers.create_customers(conn, context.keyring, [newcomer])
        campaigns.add_segment_members(conn, "fans", [customer_id])
        campaigns.add_weather(conn, [("", NOON.date(), 12, "rain"), ("S2", NOON.date(), -1, "heat")])
    early = make_purchase(110, identifiers=card("1"), occurred_at=NOON - timedelta(days=10))
    (first,) = record(conn, context, early)
    assert given(first) == {"birthday": 11, "fans": 12, "joined": 14}
    (second,) = record(conn, context, make_purchase(110, identifiers=card("1")))
    assert given(second) == {"back": 15, "birthday": 11, "fans": 12, "joined": 14, "rain": 13}
    (other,) = record(conn, context, make_purchase(110, identifiers=card("2")))
    assert given(other) == {"joined": 14, "rain": 13}


def test_a_member_s_ceiling_counts_in_its_period_and_returns_give_it_back(database, conn, context):
    launch(
        conn, "weekly", AddedPoints(40), ceilings=Ceilings(member_points=100, member_times=3, member_period=Period.WEEK)
    )
    batch = [make_purchase(1_100, identifiers=card("1")) for _ in range(4)]
    assert [given(one) for one in record(conn, context, *batch)] == [
        {"weekly": 40},
        {"weekly": 40},
        {"weekly": 20},
        {},
    ]
    record_returns(conn, context, [bring_back(batch[0])], NOW)
    assert given(record(conn, context, make_purchase(1_100, identifiers=card("1")))[0]) == {"weekly": 40}
    next_week = make_purchase(1_100, identifiers=card("1"), occurred_at=NOON + timedelta(days=4))
    assert given(record(conn, context, next_week, now=NOW + timedelta(days=4))[0]) == {"weekly": 40}
    assert_proven(database, context)


def test_a_partial_return_takes_back_what_hangs_on_the_goods_from_the_lots_of_each_award(database, conn, context):
    launch(conn, "double", TWICE, stacking=Stacking(priority=1))
    launch(
        conn,
        "steps",
        AmountSteps((AmountStep(1_000, 30), AmountStep(2_500, 90))),
        award=AwardTerms(kind="limited", valid_days=14),
    )
    purchase = make_purchase(lines=(line("A", 2_200), line("B", 1_100)), identifiers=card("1"))
    (outcome,) = record(conn, context, purchase)
    assert [one.points for one in outcome.awards] == [30, 30, 90]
    first, second = (bring_back(purchase, (number, 1), number=f"B{number}") for number in (2, 1))
    (back,) = record_returns(conn, context, [first], NOW)
    assert (back.points_taken_back, balance(conn, "1")) == (80, (40, 30))
    (rest,) = record_returns(conn, context, [second], NOW)
    assert (rest.points_taken_back, balance(conn, "1")) == (70, (0, 0))
    assert_proven(database, context)


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1), (2, 3, 1)])
def test_returning_everything_in_any_order_leaves_no_residue_and_fills_the_budget(database, conn, context, order):
    campaign = launch(
        conn,
        "all",
        TWICE,
        conditions=Conditions(from_yen=1_500),
        ceilings=Ceilings(budget_points=1_000, store_budgets={"S1": 500}),
    )
    purchase = make_purchase(lines=(line("A", 999), line("B", 777), line("C", 1_234)), identifiers=card("1"))
    (outcome,) = record(conn, context, purchase)
    assert given(outcome) == {"all": 27}
    earned = outcome.points_earned
    taken = []
    for number in order:
        (back,) = record_returns(conn, context, [bring_back(purchase, (number, 1), number=f"B{number}")], NOW)
        taken.append(back.points_taken_back)
        assert back.points_taken_back >= 0
    assert (sum(taken), balance(conn, "1")) == (earned, (0, 0))
    keys = [(campaign.campaign_id, store) for store in ("", "S1")]
    assert campaigns.load_budgets(conn, keys) == {keys[0]: 1_000, keys[1]: 500}
    conn.rollback()
    assert_proven(database, context)


def test_a_return_never_brings_a_campaign_that_gave_nothing_at_the_purchase(conn, context):
    # With the goods left, the fixed points would be worth more than the multiplier that won at the purchase.
    group = Stacking(group="g", mode=campaigns.StackMode.BEST_OF)
    launch(conn, "double", TWICE, stacking=group)
    launch(conn, "twenty", AddedPoints(20), stacking=group)
    purchase = make_purchase(lines=(line("A", 3_300), line("B", 1_100)), identifiers=card("1"))
    (outcome,) = record(conn, context, purchase)
    assert given(outcome) == {"double": 40}
    (back,) = record_returns(conn, context, [bring_back(purchase, (1, 1))], NOW)
    assert (back.points_taken_back, balance(conn, "1")) == (60, (20, 0))


def test_points_of_campaigns_wait_like_the_base_where_points_are_pending(database, conn):
    settings = structs.replace(program.default_settings(), pending={Channel.EC: OnEvent(PurchaseEvent.DELIVERED, 7)})
    context = make_context(conn, settings)
    launch(conn, "hundred", award=AwardTerms(kind="limited", valid_days=10))
    purchase = make_purchase(lines=(line("A", 2_200), line("B", 1_100)), identifiers=card("1"), channel=Channel.EC)
    (outcome,) = record(conn, context, purchase)
    assert (outcome.points_earned, [(one.kind, one.points) for one in outcome.pending]) == (
        0,
        [("regular", 30), ("limited", 100)],
    )
    assert outcome.pending[1].campaign.campaign == "hundred"
    record_returns(conn, context, [bring_back(purchase, (2, 1))], NOW)
    delivered = EventReport(purchase_id=outcome.purchase_id, event=PurchaseEvent.DELIVERED, occurred_at=NOON)
    (told,) = record_purchase_events(conn, context, [delivered], NOON + timedelta(days=8))
    assert (told.points_confirmed, balance(conn, "1")) == (120, (20, 100))
    limited = conn.execute("select lots::text from ledger.accounts").fetchone()[0]
    assert "2026-12-07" in limited
    conn.rollback()
    assert_proven(database, context)


def test_somebody_who_joins_is_welcomed_once_and_keeps_it_when_the_goods_come_back(database, conn, context):
    launch(
        conn,
        "welcome",
        AddedPoints(300),
        trigger=Trigger.JOINING,
        award=AwardTerms(kind="limited", valid_days=30),
        ceilings=Ceilings(budget_points=400),
    )
    batch = [make_purchase(1_100, identifiers=card("NEW")) for _ in range(2)]
    first, second = record(conn, context, *batch)
    assert (first.notices, second.notices) == (("welcome-points",), ())
    assert (first.points_earned, first.balance.available, second.balance.available) == (10, 310, 320)
    record_returns(conn, context, [bring_back(batch[0])], NOW)
    assert balance(conn, "NEW") == (10, 300)
    (third,) = record(conn, context, make_purchase(1_100, identifiers=card("NEXT")))
    assert third.balance.limited == 100
    (repeat,) = record(conn, context, batch[0])
    assert repeat.notices == ("welcome-points",)
    assert_proven(database, context)


def test_a_quote_prices_what_recording_gives_draws_on_nothing_and_says_why_not(conn, context):
    launch(conn, "double", TWICE, ceilings=Ceilings(budget_points=10))
    launch(conn, "never", conditions=Conditions(stores=("S9",)))
    purchase = make_purchase(1_980, identifiers=card("1"))
    quotes = quote_purchases(conn, context, [purchase, purchase], NOW)
    assert [one.points_earned for one in quotes] == [28, 28]
    assert [(one.campaign, one.reason) for one in quotes[0].not_applied] == [("never", "conditions")]
    (recorded,) = record(conn, context, purchase)
    assert (recorded.points_earned, recorded.awards[1].campaign) == (28, quotes[0].awards[1].campaign)
    assert conn.execute("select count(*) from campaigns.claims").fetchone() == (1,)


def test_verify_finds_a_claim_without_its_entry_and_a_budget_that_does_not_add_up(database, conn, owner_conn, context):
    launch(conn, "double", TWICE, ceilings=Ceilings(budget_points=100))
    record(conn, context, make_purchase(1_980, identifiers=card("1")))
    owner_conn.execute("update campaigns.claims set points = points + 1")
    owner_conn.commit()
    with open_pool(database.app_dsn, min_size=2, max_size=4) as pool:
        found = {one.field: (one.found, one.derived) for one in verify_all(pool, context).differences}
    assert found == {
        "points of campaigns [given, awards]": ("[19, 1]", "[18, 1]"),
        "points left of the budget": ("82", "81"),
    }


def test_goods_come_back_whose_campaign_was_ended_before_it_came_to_be_live(database, conn, context):
    # The clock of the till is two hours fast, and the campaign is ended before it begins.
    launch(conn, "hundred", starts_at=NOON + timedelta(hours=1), ceilings=Ceilings(budget_points=1_000))
    purchase = make_purchase(1_980, identifiers=card("1"), occurred_at=NOON + timedelta(hours=2))
    (outcome,) = record(conn, context, purchase)
    assert outcome.points_earned == 118
    with conn.transaction():
        campaigns.end_campaign(conn, "hundred", deed("reviewer", NOW + timedelta(minutes=1)))
    late = NOW + timedelta(hours=4)
    (back,) = record_returns(conn, context, [bring_back(purchase, at=late)], late)
    assert back.points_taken_back == 118
    assert_proven(database, context)


def test_a_claim_gets_what_campaigns_gave_to_the_rank_that_was_held_at_the_purchase(database, conn, context):
    publish(conn)
    two_days_ago = NOON - timedelta(days=2)
    launch(conn, "silver-only", conditions=Conditions(ranks=("silver",)))
    before, then = (make_purchase(1_980, occurred_at=two_days_ago + timedelta(hours=hours)) for hours in (-1, 1))
    record(conn, context, before, then, now=two_days_ago + timedelta(hours=1))
    lifting = make_purchase(3_300, identifiers=card("1"), occurred_at=two_days_ago)
    record(conn, context, lifting, now=two_days_ago)
    claims = [
        Claim(
            source="counter",
            receipt=one.external_id,
            store="S1",
            on=two_days_ago.date(),
            total_yen=1_980,
            identifiers=card("1"),
        )
        for one in (before, then)
    ]
    claimed = claim_purchases(conn, context, claims, "operator:1", NOW)
    assert [one.points_earned for one in claimed] == [18, 118]
    assert_proven(database, context)
