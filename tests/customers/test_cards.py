"""Cards in the database: ended for good, replaced once, never anybody's again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from enishi import customers
from enishi.customers import CardName, EndReason, Identifier, IdentifierKind, NewCustomer, TooManyCards
from enishi.kit.errors import Conflict, InvalidRequest, NotFound
from enishi.kit.ids import new_id
from enishi.kit.vault import Keyring

KEYRING = Keyring(bytes(range(32)))
JOINED = datetime(2026, 4, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
OLD = "2900000000015"
OLD_CARD = Identifier(IdentifierKind.CARD, OLD)


@pytest.fixture
def anne(conn):
    phone = Identifier(IdentifierKind.PHONE, "090-1111-2222")
    return customers.create_customers(conn, KEYRING, [NewCustomer((OLD_CARD, phone), JOINED)])[0]


def reissue(conn, customer_id, name, **options):
    given = {"prefix": "28", "now": NOW} | options
    return customers.reissue_card(conn, KEYRING, customer_id, name, EndReason.LOST, **given)


def test_a_card_is_known_by_its_number_in_any_spelling_and_by_its_name(conn, anne):
    (card,) = customers.load_cards(conn, KEYRING, anne)
    assert (card.number, card.is_living, card.replaced_by) == (OLD, True, None)
    ended = customers.end_card(conn, KEYRING, anne, CardName(number="2900-0000-00015"), EndReason.STOLEN, now=NOW)
    assert (ended.card.card_id, ended.card.ended_at, ended.card.ended_reason) == (card.card_id, NOW, EndReason.STOLEN)


def test_an_ended_card_finds_nobody_and_says_so_to_those_who_ask_for_it(conn, anne):
    customers.end_card(conn, KEYRING, anne, CardName(number=OLD), EndReason.LOST, now=NOW)
    assert customers.find_by_identifiers(conn, KEYRING, [OLD_CARD]) == []
    (past,) = customers.find_ended(conn, KEYRING, [OLD_CARD])
    assert (past.customer_id, past.kind, past.ended_at, past.reason, past.replaced) == (
        anne,
        IdentifierKind.CARD,
        NOW,
        EndReason.LOST,
        False,
    )
    assert [one.kind for one in customers.load_customer(conn, KEYRING, anne).identifiers] == [IdentifierKind.PHONE]


def test_ending_again_keeps_the_first_instant_and_reason(conn, anne):
    customers.end_card(conn, KEYRING, anne, CardName(number=OLD), EndReason.LOST, now=NOW)
    again = customers.end_card(
        conn, KEYRING, anne, CardName(number=OLD), EndReason.DAMAGED, now=NOW + timedelta(days=1)
    )
    assert (again.replayed, again.card.ended_at, again.card.ended_reason) == (True, NOW, EndReason.LOST)


def test_not_even_the_owner_of_the_schema_brings_an_ended_card_back(conn, owner_conn, anne):
    customers.end_card(conn, KEYRING, anne, CardName(number=OLD), EndReason.LOST, now=NOW)
    conn.commit()
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="stays as it ended"):
        owner_conn.execute("update customers.identifiers set ended_at = null, ended_reason = null")


def test_reissuing_ends_the_old_card_and_gives_a_new_one_in_its_place(conn, anne):
    issued = reissue(conn, anne, CardName(number=OLD))
    assert (issued.replayed, issued.card.is_living, issued.card.linked_at) == (False, True, NOW)
    assert issued.card.number.startswith("28")
    assert issued.replaces is not None
    assert (issued.replaces.number, issued.replaces.ended_reason) == (OLD, EndReason.LOST)
    assert issued.replaces.replaced_by == issued.card.card_id
    assert customers.load_cards(conn, KEYRING, anne) == [issued.card, issued.replaces]
    (match,) = customers.find_by_identifiers(conn, KEYRING, [Identifier(IdentifierKind.CARD, issued.card.number)])
    assert match.customer_id == anne
    assert customers.find_ended(conn, KEYRING, [OLD_CARD])[0].replaced


def test_asking_again_for_the_old_card_gives_the_card_that_took_its_place(conn, anne):
    first = reissue(conn, anne, CardName(number=OLD))
    again = reissue(conn, anne, CardName(number=OLD))
    assert (again.card, again.replayed) == (first.card, True)
    second = reissue(conn, anne, CardName(card_id=first.card.card_id))
    assert second.card != first.card
    assert reissue(conn, anne, CardName(number=OLD)).card == second.card
    assert len(customers.load_cards(conn, KEYRING, anne)) == 3


def test_a_card_that_was_ended_by_itself_can_be_replaced_later(conn, anne):
    customers.end_card(conn, KEYRING, anne, CardName(number=OLD), EndReason.STOLEN, now=NOW)
    issued = reissue(conn, anne, CardName(number=OLD), now=NOW + timedelta(days=1))
    assert issued.replaces is not None
    assert (issued.replaces.ended_at, issued.replaces.ended_reason) == (NOW, EndReason.STOLEN)
    assert issued.card.is_living


def test_a_request_key_is_answered_with_its_first_card(conn, anne):
    further = customers.issue_card(conn, KEYRING, anne, prefix="28", now=NOW, request_key="K1")
    again = customers.issue_card(conn, KEYRING, anne, prefix="28", now=NOW, request_key="K1")
    assert (again.card, again.replayed) == (further.card, True)
    with pytest.raises(Conflict, match="another request"):
        reissue(conn, anne, CardName(number=OLD), request_key="K1")
    assert [card.is_living for card in customers.load_cards(conn, KEYRING, anne)] == [True, True]
    first = reissue(conn, anne, CardName(number=OLD), request_key="K2")
    assert reissue(conn, anne, CardName(number=OLD), request_key="K2").card == first.card
    with pytest.raises(Conflict, match="another request"):
        customers.issue_card(conn, KEYRING, anne, prefix="28", now=NOW, request_key="K2")
    with pytest.raises(Conflict, match="another request"):
        reissue(conn, anne, CardName(card_id=further.card.card_id), request_key="K2")
    assert len(customers.load_cards(conn, KEYRING, anne)) == 3


@pytest.mark.parametrize("name", [CardName(), CardName(card_id="00", number=OLD)])
def test_exactly_one_name_says_which_card(conn, anne, name):
    with pytest.raises(InvalidRequest, match="Exactly one"):
        reissue(conn, anne, name)


def test_a_card_of_somebody_else_is_not_found_and_stays_alive(conn, anne):
    ben = customers.create_customers(conn, KEYRING, [NewCustomer((), JOINED)])[0]
    for name in (CardName(number=OLD), CardName(card_id=customers.load_cards(conn, KEYRING, anne)[0].card_id)):
        with pytest.raises(NotFound, match="no such card"):
            reissue(conn, ben, name)
        with pytest.raises(NotFound, match="no such card"):
            customers.end_card(conn, KEYRING, ben, name, EndReason.LOST, now=NOW)
    assert customers.load_cards(conn, KEYRING, anne)[0].is_living
    assert customers.load_cards(conn, KEYRING, ben) == []


def test_nobody_and_the_erased_have_no_cards(conn, owner_conn, anne):
    conn.commit()
    owner_conn.execute("update customers.customers set wrapped_key = null")
    owner_conn.commit()
    for customer_id in (anne, new_id()):
        with pytest.raises(NotFound):
            customers.load_cards(conn, KEYRING, customer_id)
        with pytest.raises(NotFound):
            customers.issue_card(conn, KEYRING, customer_id, prefix="28", now=NOW)


def test_a_dead_number_is_never_registered_again(conn, anne):
    customers.end_card(conn, KEYRING, anne, CardName(number=OLD), EndReason.LOST, now=NOW)
    with pytest.raises(Conflict):
        customers.create_customers(conn, KEYRING, [NewCustomer((OLD_CARD,), JOINED)])
    assert conn.execute("select count(*) from customers.customers").fetchone() == (1,)


def test_a_drawn_number_that_is_taken_living_or_dead_is_drawn_again(conn, anne, monkeypatch):
    draws = iter([0, 0, 1, 0, 1, 2])
    monkeypatch.setattr("enishi.customers.cards.secrets.randbelow", lambda _limit: next(draws))
    first = customers.issue_card(conn, KEYRING, anne, prefix="28", now=NOW)
    second = customers.issue_card(conn, KEYRING, anne, prefix="28", now=NOW)
    third = reissue(conn, anne, CardName(card_id=first.card.card_id))
    assert [one.card.number for one in (first, second, third)] == ["2800000000004", "2800000000011", "2800000000028"]


def test_dead_cards_do_not_count_against_the_cards_a_receipt_may_bring(conn, anne):
    """Ten lost cards must not keep the eleventh from being linked."""
    customers.end_card(conn, KEYRING, anne, CardName(number=OLD), EndReason.LOST, now=NOW)
    phone = customers.blind(KEYRING, Identifier(IdentifierKind.PHONE, "09011112222"))
    fresh = [customers.blind(KEYRING, Identifier(IdentifierKind.CARD, f"X{number}")) for number in range(12)]
    presented = [(phone, *fresh)]
    (resolution,) = customers.resolve_batch(conn, presented, customers.ask_owners(conn, presented)())
    assert len(resolution.to_link) == 10


def test_the_sixth_card_of_a_day_is_refused_and_the_last_one_lives_on(conn, anne):
    name = CardName(number=OLD)
    for _ in range(5):
        name = CardName(card_id=reissue(conn, anne, name).card.card_id)
    with pytest.raises(TooManyCards):
        reissue(conn, anne, name)
    newest = next(card for card in customers.load_cards(conn, KEYRING, anne) if card.card_id == name.card_id)
    assert newest.is_living
    assert reissue(conn, anne, name, now=NOW + timedelta(days=1)).card.is_living
