"""Lost cards from the till's side: the old one dead at once, the points untouched, one new card however often asked."""

from __future__ import annotations

import threading

import psycopg
import pytest
from tests.flows.factories import NOON, NOW, card, give_points, make_context, make_purchase

from enishi import audit, customers, flows, ledger
from enishi.customers import CardName, EndReason, Identifier, IdentifierKind
from enishi.flows import CardEnded, RecordedPurchase, quote_purchases, record_purchases

OLD = "2900000000015"
PHONE = Identifier(IdentifierKind.PHONE, "070-0000-0001")
ACTOR = "operator:1"


@pytest.fixture
def context(conn):
    return make_context(conn)


@pytest.fixture
def anne(conn, context):
    """A customer with a card, a phone and 300 points."""
    give_points(conn, context, OLD, 300)
    (outcome,) = record_purchases(conn, context, [make_purchase(110, identifiers=(*card(OLD), PHONE))], NOW)
    assert isinstance(outcome, RecordedPurchase)
    assert outcome.customer_id is not None
    assert balance(conn, outcome.customer_id) == 301
    return outcome.customer_id


def balance(conn, customer_id):
    with conn.transaction():
        return ledger.load_balance(conn, customer_id, NOON.date()).available


def reissue(conn, context, customer_id, name=None, **options):
    given = {"actor": ACTOR, "prefix": "28", "now": NOW} | options
    with conn.transaction():
        return flows.reissue_card(
            conn, context.keyring, customer_id, name or CardName(number=OLD), EndReason.LOST, **given
        )


def counts(conn):
    with conn.transaction():
        row = conn.execute(
            "select (select count(*) from customers.customers), (select count(*) from customers.identifiers), "
            "(select count(*) from customers.conflicts), (select count(*) from ledger.journal)"
        ).fetchone()
    assert row is not None
    return row


def test_the_old_card_is_dead_at_once_and_the_new_one_spends_the_same_points(conn, context, anne):
    issued = reissue(conn, context, anne)
    assert balance(conn, anne) == 301
    spend = {"points_to_use": 100}
    refused, paid = record_purchases(
        conn,
        context,
        [make_purchase(identifiers=card(OLD), **spend), make_purchase(identifiers=card(issued.card.number), **spend)],
        NOW,
    )
    assert isinstance(refused, CardEnded)
    assert isinstance(paid, RecordedPurchase)
    assert (paid.customer_id, paid.points_used, paid.points_earned, paid.notices) == (anne, 100, 9, ())
    assert balance(conn, anne) == 210


def test_using_points_with_a_dead_card_names_field_and_remedy_and_changes_nothing(conn, context, anne):
    reissue(conn, context, anne)
    before = counts(conn)
    purchase = make_purchase(identifiers=card(OLD), points_to_use=1)
    (refused,) = record_purchases(conn, context, [purchase], NOW)
    (unquoted,) = quote_purchases(conn, context, [purchase], NOW)
    for one in (refused, unquoted):
        assert isinstance(one, CardEnded)
        problem = one.problem()
        assert (problem["code"], problem["status"], problem["field"]) == ("card-ended", 422, "identifiers[0].value")
        assert "new card or phone number" in problem["remedy"]
    assert counts(conn) == before


def test_a_purchase_with_a_dead_card_alone_is_kept_as_an_anonymous_sale_with_a_notice(conn, context, anne):
    reissue(conn, context, anne)
    before = counts(conn)
    purchase = make_purchase(identifiers=card(OLD))
    (kept,) = record_purchases(conn, context, [purchase], NOW)
    assert isinstance(kept, RecordedPurchase)
    assert (kept.customer_id, kept.points_earned, kept.balance, kept.notices) == (None, 0, None, ("card-ended",))
    assert counts(conn) == before
    (again,) = record_purchases(conn, context, [purchase], NOW)
    assert isinstance(again, RecordedPurchase)
    assert (again.replayed, again.notices) == (True, ("card-ended",))


def test_a_quote_gives_the_same_notice(conn, context, anne):
    reissue(conn, context, anne)
    (quote,) = quote_purchases(conn, context, [make_purchase(identifiers=card(OLD))], NOW)
    assert (quote.customer_id, quote.points_earned, quote.notices) == (None, 0, ("card-ended",))


def test_a_living_identifier_beside_the_dead_card_decides_without_link_or_conflict(conn, context, anne):
    reissue(conn, context, anne)
    before = counts(conn)
    (kept,) = record_purchases(conn, context, [make_purchase(identifiers=(*card(OLD), PHONE))], NOW)
    assert isinstance(kept, RecordedPurchase)
    assert (kept.customer_id, kept.points_earned, kept.notices) == (anne, 10, ("card-ended",))
    assert counts(conn) == (*before[:3], before[3] + 1)


def test_somebody_else_with_a_found_card_gets_neither_the_card_nor_its_points(conn, context, anne):
    """Known failure 17: a dead card beside another person's phone merges nobody."""
    reissue(conn, context, anne)
    other = Identifier(IdentifierKind.PHONE, "070-0000-0002")
    (kept,) = record_purchases(conn, context, [make_purchase(identifiers=(*card(OLD), other))], NOW)
    assert isinstance(kept, RecordedPurchase)
    assert kept.customer_id not in {None, anne}
    assert kept.notices == ("card-ended",)
    with conn.transaction():
        held = customers.load_customer(conn, context.keyring, kept.customer_id).identifiers
    assert [one.kind for one in held] == [IdentifierKind.PHONE]
    assert balance(conn, anne) == 301


def test_living_cards_get_no_notice_in_one_batch_with_a_dead_one(conn, context, anne):
    issued = reissue(conn, context, anne)
    batch = [make_purchase(identifiers=card(number)) for number in (issued.card.number, OLD, "NEW1", OLD)]
    outcomes = record_purchases(conn, context, batch, NOW)
    assert [one.notices for one in outcomes] == [(), ("card-ended",), (), ("card-ended",)]
    assert [one.customer_id is None for one in outcomes] == [False, True, False, True]


def test_a_card_that_was_ended_earlier_never_counts_for_a_receipt_that_comes_late(conn, context, anne):
    """An offline terminal sends a receipt from before the loss: who holds the card now can not be told from it."""
    reissue(conn, context, anne)
    late = make_purchase(identifiers=card(OLD), occurred_at=NOON.replace(hour=8))
    (kept,) = record_purchases(conn, context, [late], NOW)
    assert kept.customer_id is None


def test_two_counters_that_reissue_one_card_at_the_same_time_give_one_new_card(database, conn, context, anne):
    """Known failure 8: two tablets, or a double tap, and still one card."""
    outcomes = []
    start = threading.Barrier(4)

    def tap():
        with psycopg.connect(database.app_dsn) as own:
            start.wait()
            outcomes.append(reissue(own, context, anne))

    threads = [threading.Thread(target=tap) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({one.card.number for one in outcomes}) == 1
    assert sorted(one.replayed for one in outcomes) == [False, True, True, True]
    with conn.transaction():
        cards = customers.load_cards(conn, context.keyring, anne)
    assert [one.is_living for one in cards] == [True, False]


def test_every_ending_and_issue_is_recorded_without_a_number(conn, context, anne):
    first = reissue(conn, context, anne)
    reissue(conn, context, anne)
    with conn.transaction():
        further = flows.issue_card(conn, context.keyring, anne, actor=ACTOR, prefix="28", now=NOW)
        name = CardName(card_id=further.card.card_id)
        for _ in range(2):
            flows.end_card(conn, context.keyring, anne, name, EndReason.WITHDRAWN, actor=ACTOR, now=NOW)
        events = audit.list_events(conn, None, 4)
        numbers = [one.number for one in customers.load_cards(conn, context.keyring, anne)]
    old_id, new_id, further_id = first.replaces.card_id, first.card.card_id, further.card.card_id
    assert [(one.action, one.actor, one.target, one.detail) for one in reversed(events)] == [
        ("card.reissued", ACTOR, f"customer:{anne}", {"card_id": new_id, "replaces": old_id, "reason": "lost"}),
        ("card.shown_again", ACTOR, f"customer:{anne}", {"card_id": new_id, "replaces": old_id}),
        ("card.issued", ACTOR, f"customer:{anne}", {"card_id": further_id}),
        ("card.ended", ACTOR, f"customer:{anne}", {"card_id": further_id, "reason": "withdrawn"}),
    ]
    assert not any(number in str(events) for number in numbers)


def test_a_refusal_leaves_card_audit_and_outbox_as_they_were(conn, context, anne):
    with conn.transaction():
        before = (len(audit.list_events(conn, None, 100)), counts(conn))
    with pytest.raises(customers.TooManyCards):
        for position in range(6):
            name = CardName(number=OLD)
            if position:
                with conn.transaction():
                    name = CardName(card_id=customers.load_cards(conn, context.keyring, anne)[0].card_id)
            reissue(conn, context, anne, name)
    with conn.transaction():
        assert len(audit.list_events(conn, None, 100)) == before[0] + 5
        living = [one for one in customers.load_cards(conn, context.keyring, anne) if one.is_living]
    assert len(living) == 1


def test_searching_for_a_dead_card_finds_its_customer_and_says_that_it_has_ended(conn, context, anne):
    issued = reissue(conn, context, anne)
    with conn.transaction():
        (dead,) = flows.find_customers(conn, context, OLD, now=NOW)
        (living,) = flows.find_customers(conn, context, issued.card.number, now=NOW)
    assert (dead.overview.customer.customer_id, dead.matched_by) == (anne, "card")
    assert (dead.ended.ended_at, dead.ended.reason, dead.ended.replaced) == (NOW, EndReason.LOST, True)
    assert living.ended is None
