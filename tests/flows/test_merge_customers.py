"""Two customers become one and two again: points, receipts, ranks and returns, and that every proof holds."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from msgspec import structs
from tests.flows.factories import (
    JST,
    NOON,
    NOW,
    assert_proven,
    card,
    customer_of,
    give_points,
    make_context,
    make_purchase,
    state_of,
)

from enishi import campaigns, customers, ledger, program
from enishi.customers import MergeRefused
from enishi.flows import (
    Adjustment,
    Author,
    MergeOrder,
    PartOrder,
    PlaceHold,
    Reinstatement,
    ReleaseHold,
    adjust_points,
    change_holds,
    confirm_due_points,
    expire_points,
    explain_entry,
    find_customers,
    merge_customers,
    preview_merge,
    preview_unmerge,
    record_purchases,
    record_returns,
    reinstate_points,
    timeline,
    unmerge_customers,
)
from enishi.ledger import AccountFrozen
from enishi.program import AfterDays
from enishi.purchases import Channel, IdempotencyConflict, Line, Receipt, Return, ReturnedLine

LATER = NOW + timedelta(hours=1)


def merge(conn, context, survivor: UUID, absorbed: UUID, **more: Any):
    order = MergeOrder(survivor_id=survivor, absorbed_id=absorbed, reason="同じ方です")
    return merge_customers(conn, context, order, **({"actor": "operator:1", "now": NOW} | more))


def part(conn, context, absorbed: UUID, **more: Any):
    order = PartOrder(absorbed_id=absorbed, reason="別の方でした")
    return unmerge_customers(conn, context, order, **({"actor": "operator:1", "now": LATER} | more))


def buy(conn, context, number: str, yen: int = 11_000, points: int = 0, at=NOON):
    purchase = make_purchase(lines=(Line("A", 1, yen),), identifiers=card(number), occurred_at=at, points_to_use=points)
    (outcome,) = record_purchases(conn, context, [purchase], max(at, NOW))
    return purchase, outcome


def give_back(conn, context, purchase, key: str, at=NOW):
    receipt = Receipt(purchase.source, purchase.external_id)
    one = Return(
        source="pos", external_id=key, store="S1", occurred_at=at, receipt=receipt, lines=(ReturnedLine(1, 1),)
    )
    (outcome,) = record_returns(conn, context, [one], max(at, NOW))
    return outcome


def balances(conn, *ids: UUID) -> list[int]:
    rows = dict(conn.execute("select customer_id, balance from ledger.accounts").fetchall())
    conn.rollback()
    return [rows[one] for one in ids]


@pytest.fixture
def pair(conn):
    context = make_context(conn)
    give_points(conn, context, "1", 100)
    give_points(conn, context, "2", 50)
    return context, customer_of(conn, "1"), customer_of(conn, "2")


def test_a_merge_brings_points_identifiers_and_receipts(database, conn, pair):
    context, one, two = pair
    answer = merge(conn, context, one, two)
    assert (answer.points, answer.identifiers, answer.receipts) == (50, 1, 1)
    assert balances(conn, one, two) == [150, 0]
    assert customer_of(conn, "2") == one
    _, bought = buy(conn, context, "2", 1_100, points=120)
    assert (bought.customer_id, bought.balance.available) == (one, 38)
    assert_proven(database, context)


def test_an_undo_gives_each_side_what_came_through_its_own_cards(database, conn, pair):
    context, one, two = pair
    merge(conn, context, one, two)
    buy(conn, context, "2", 11_000)
    buy(conn, context, "1", 550, points=30)
    buy(conn, context, "2", 1_100, points=120)
    shown = preview_unmerge(conn, context, PartOrder(absorbed_id=two, reason="試し"), LATER)
    answer = part(conn, context, two)
    assert structs.replace(shown, merge_id=answer.merge_id) == answer
    assert (answer.moved, answer.gained, answer.took, answer.points) == (50, 100 + 8, 120, 38)
    assert balances(conn, one, two) == [100 + 4 - 30, 38]
    assert customer_of(conn, "2") == two
    _, bought = buy(conn, context, "2", 1_100, at=LATER)
    assert bought.customer_id == two
    assert_proven(database, context)


def test_a_side_that_used_more_than_its_own_owes_it(database, conn, pair):
    context, one, two = pair
    merge(conn, context, one, two)
    buy(conn, context, "1", 1_100, points=140)
    part(conn, context, two)
    assert balances(conn, one, two) == [100 + 8 - 140, 50]
    assert_proven(database, context)


def test_returns_after_a_merge_and_after_its_undo_reach_whose_receipt_it_is(database, conn):
    context = make_context(conn)
    mine, _ = buy(conn, context, "1")
    theirs, _ = buy(conn, context, "2")
    one, two = customer_of(conn, "1"), customer_of(conn, "2")
    merge(conn, context, one, two)
    since, _ = buy(conn, context, "2", 22_000)
    used, _ = buy(conn, context, "2", 1_100, points=50)
    back = give_back(conn, context, theirs, "B1")
    assert (back.customer_id, back.points_taken_back) == (one, 100)
    assert_proven(database, context)
    part(conn, context, two)
    assert balances(conn, one, two) == [100, 200 + 9 - 50]
    back = give_back(conn, context, since, "B2", LATER)
    assert (back.customer_id, back.points_taken_back) == (two, 200)
    back = give_back(conn, context, used, "B3", LATER)
    assert (back.customer_id, back.points_given_back, back.points_taken_back) == (two, 50, 9)
    give_back(conn, context, mine, "B4", LATER)
    assert balances(conn, one, two) == [0, 0]
    assert_proven(database, context)


def test_merging_twice_and_undoing_in_the_opposite_order(database, conn, pair):
    context, one, two = pair
    give_points(conn, context, "3", 7)
    three = customer_of(conn, "3")
    merge(conn, context, one, two)
    merge(conn, context, three, one)
    assert balances(conn, one, two, three) == [0, 0, 157]
    with conn.transaction():
        assert customers.survivors_of(conn, [one, two, three]) == {one: three, two: three, three: three}
    buy(conn, context, "2", 1_100)
    with pytest.raises(MergeRefused) as refused:
        part(conn, context, two)
    assert refused.value.extra["reason"] == "survivor-merged"
    with pytest.raises(MergeRefused):
        merge(conn, context, two, three)
    part(conn, context, one)
    assert balances(conn, one, two, three) == [160, 0, 7]
    part(conn, context, two)
    assert balances(conn, one, two, three) == [110, 50, 7]
    assert_proven(database, context)
    merge(conn, context, two, one)
    assert balances(conn, one, two, three) == [0, 160, 7]
    assert_proven(database, context)


def test_refusals_change_nothing(conn, pair):
    context, one, two = pair
    before = state_of(conn)
    with pytest.raises(MergeRefused) as refused:
        part(conn, context, two)
    assert refused.value.extra["reason"] == "not-merged"
    preview_merge(conn, context, MergeOrder(survivor_id=one, absorbed_id=two, reason="試し"), NOW)
    with conn.transaction():
        ledger.set_frozen(conn, two, NOW)
    with pytest.raises(AccountFrozen):
        merge(conn, context, one, two)
    assert state_of(conn) == before


def test_a_repeat_gets_the_first_answer_and_another_body_is_refused(conn, pair):
    context, one, two = pair
    first = merge(conn, context, one, two, request_key="k1")
    again = merge(conn, context, one, two, request_key="k1")
    assert again == structs.replace(first, replayed=True)
    with pytest.raises(IdempotencyConflict):
        merge(conn, context, two, one, request_key="k1")
    undone = part(conn, context, two, request_key="k2")
    assert part(conn, context, two, request_key="k2") == structs.replace(undone, replayed=True)


def test_what_was_owed_goes_along_and_comes_back(database, conn):
    context = make_context(conn)
    bought, _ = buy(conn, context, "2")
    buy(conn, context, "2", 1_100, points=100)
    give_points(conn, context, "1", 500)
    give_back(conn, context, bought, "B1")
    one, two = customer_of(conn, "1"), customer_of(conn, "2")
    assert balances(conn, two) == [-91]
    merge(conn, context, one, two)
    assert balances(conn, one, two) == [409, 0]
    assert_proven(database, context)
    part(conn, context, two)
    assert balances(conn, one, two) == [500, -91]
    with conn.transaction():
        assert ledger.load_balance(conn, one, date(2026, 11, 21)).available == 500
    assert_proven(database, context)


def test_nothing_but_a_person_merges_whom_one_receipt_names(conn, pair):
    context, one, two = pair
    both = make_purchase(identifiers=(*card("1"), *card("2")))
    record_purchases(conn, context, [both], NOW)
    with conn.transaction():
        assert customers.survivors_of(conn, [one, two]) == {one: one, two: two}
        (noted,) = customers.select_conflict_pairs(conn, one, 10)
        assert (noted.other_customer_id, noted.receipts) == (two, 1)
    merge(conn, context, one, two)
    with conn.transaction():
        assert customers.select_conflict_pairs(conn, one, 10) == []


def test_the_survivors_id_stays_and_the_absorbed_ones_leads_on(conn, pair):
    context, one, two = pair
    merge(conn, context, one, two)
    for query in ("2", str(two), str(one)):
        with conn.transaction():
            (found,) = find_customers(conn, context, query, now=NOW)
        assert found.overview.customer.customer_id == one
    adjustment = Adjustment(
        source="desk", external_id="A1", customer_id=two, points=5, reason="apology", store="S1", note=""
    )
    (adjusted,) = adjust_points(conn, context, [adjustment], Author("operator:1", frozenset({"owner"})), NOW)
    assert adjusted.customer_id == one
    with conn.transaction():
        shown = timeline(conn, one, None, 10, show="purchases")
        assert {item.purchase.booked_on for item in shown.items if item.purchase} == {two, None}
    with conn.transaction():
        entry = ledger.list_entries(conn, two, None, 1)[0]
        sentence = explain_entry(conn, context, entry.entry_id, "ja").sentence
        assert sentence.startswith("会員統合により 50pt を統合先の会員へ移しました。")


def test_expired_points_of_the_absorbed_are_given_again_to_the_survivor_and_only_once(database, conn, pair):
    context, one, two = pair
    later = datetime(2027, 12, 1, 12, tzinfo=JST)
    expire_points(conn, context, later)
    with conn.transaction():
        expired = ledger.list_entries(conn, two, None, 1)[0]
    merge(conn, context, one, two, now=later)
    order = Reinstatement(entry_id=expired.entry_id, points=20, reason="apology", store="S1")
    author = Author("operator:1", frozenset({"owner"}))
    again = reinstate_points(conn, context, order, author, later)
    assert (again.customer_id, again.points) == (one, 20)
    assert reinstate_points(conn, context, order, author, later).replayed
    with conn.transaction():
        assert sum(lot.points for lot in ledger.left_of_expired(conn, expired, [one])) == 30
    assert_proven(database, context)
    part(conn, context, two, now=later)
    assert balances(conn, one, two) == [0, 20]
    assert_proven(database, context)


def test_nobody_drops_out_of_a_segment_by_a_merge(conn, pair):
    context, one, two = pair
    with conn.transaction():
        campaigns.add_segment_members(conn, "vip", [two])
    merge(conn, context, one, two)
    segments = "select customer_id from campaigns.segment_members order by customer_id"
    assert conn.execute(segments).fetchall() == sorted([(one,), (two,)])
    conn.rollback()
    part(conn, context, two)
    assert conn.execute(segments).fetchall() == [(two,)]
    conn.rollback()


def test_pending_points_go_along_and_are_confirmed_for_the_survivor(database, conn):
    context = make_context(conn, structs.replace(program.default_settings(), pending={Channel.EC: AfterDays(10)}))
    give_points(conn, context, "1", 10)
    order = make_purchase(11_000, identifiers=card("2"), channel=Channel.EC)
    record_purchases(conn, context, [order], NOW)
    one, two = customer_of(conn, "1"), customer_of(conn, "2")
    answer = merge(conn, context, one, two)
    assert (answer.pending, answer.points) == (100, 0)
    more = make_purchase(2_200, identifiers=card("2"), channel=Channel.EC)
    record_purchases(conn, context, [more], NOW)
    due = NOW + timedelta(days=11)
    confirm_due_points(conn, context, due)
    assert balances(conn, one, two) == [10 + 100 + 20, 0]
    assert_proven(database, context)
    part(conn, context, two, now=due)
    assert balances(conn, one, two) == [10, 120]
    assert_proven(database, context)
    back = give_back(conn, context, order, "B1", due)
    assert (back.customer_id, back.points_taken_back) == (two, 100)
    assert_proven(database, context)


def test_open_holds_refuse_and_a_captured_one_is_of_its_receipts_side(database, conn, pair):
    context, one, two = pair
    hold = PlaceHold(source="ec", external_id="H1", identifiers=card("2"), points=30, store="S1")
    (placed,) = change_holds(conn, context, [hold], NOW)
    with pytest.raises(MergeRefused) as refused:
        merge(conn, context, one, two)
    assert refused.value.extra["reason"] == "open-holds"
    change_holds(conn, context, [ReleaseHold(hold_id=placed.hold.hold_id)], NOW)
    merge(conn, context, one, two)
    hold = structs.replace(hold, external_id="H2", points=40)
    (placed,) = change_holds(conn, context, [hold], NOW)
    paid = make_purchase(1_100, identifiers=card("2"), hold_id=placed.hold.hold_id, points_to_use=40)
    (bought,) = record_purchases(conn, context, [paid], NOW)
    assert bought.customer_id == one
    part(conn, context, two)
    assert balances(conn, one, two) == [100, 50 - 40 + bought.points_earned]
    assert_proven(database, context)


def test_a_programme_that_absorbs_what_was_spent_does_so_after_a_merge(database, conn):
    policy = program.ReturnPolicy(shortfall=program.ReturnShortfall.ABSORB)
    context = make_context(conn, structs.replace(program.default_settings(), returns=policy))
    bought, _ = buy(conn, context, "2")
    give_points(conn, context, "1", 10)
    one, two = customer_of(conn, "1"), customer_of(conn, "2")
    merge(conn, context, one, two)
    buy(conn, context, "1", 1_100, points=105)
    back = give_back(conn, context, bought, "B1")
    assert (back.customer_id, back.points_taken_back + back.points_absorbed) == (one, 100)
    assert_proven(database, context)
    part(conn, context, two)
    assert sum(balances(conn, one, two)) == 0
    assert_proven(database, context)
