"""Card numbers of our own, and what an ended card does to a receipt: the pure part."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enishi.customers.model import BlindIdentifier, CardIssue, TooManyCards
from enishi.customers.rules import (
    card_id_of,
    check_card_limits,
    check_digit,
    latest_in_place_of,
    new_card_number,
    resolve,
)
from enishi.kit.identifiers import IdentifierKind
from enishi.kit.payment_cards import holds_card_number

ANNE, BEN, NEW = UUID(int=1), UUID(int=2), UUID(int=3)
NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
prefixes = st.from_regex(r"2[0-9]{1,5}", fullmatch=True)


def blind(kind: IdentifierKind, value: str) -> BlindIdentifier:
    return BlindIdentifier(kind, value, f"{kind.value}:{value}".encode())


LOST, LIVING, PHONE = (
    blind(IdentifierKind.CARD, "1"),
    blind(IdentifierKind.CARD, "2"),
    blind(IdentifierKind.PHONE, "3"),
)


def issue(lookup: str, replaces: str | None, at: datetime = NOW) -> CardIssue:
    return CardIssue(lookup.encode(), ANNE, None if replaces is None else replaces.encode(), None, at)


def test_the_check_digit_is_that_of_published_jan_codes():
    assert [check_digit(digits) for digits in ("490123456789", "456995111617", "200000000000")] == [4, 9, 8]


def test_a_number_is_prefix_drawn_digits_and_check_digit():
    assert new_card_number("28", lambda limit: limit - 1) == "2899999999994"
    assert new_card_number("291234", lambda _: 5) == "2912340000054"


@given(prefixes, st.randoms(use_true_random=False))
def test_every_number_scans_as_ean_13_and_is_no_payment_cards(prefix, chance):
    number = new_card_number(prefix, chance.randrange)
    assert (len(number), number.isascii(), number.isdigit(), number.startswith(prefix)) == (13, True, True, True)
    assert sum(int(digit) * (1, 3)[place % 2] for place, digit in enumerate(number)) % 10 == 0
    assert not holds_card_number(number)
    assert not holds_card_number(f"{number[0]} {number[1:7]} {number[7:]}")


@pytest.mark.parametrize("prefix", ["", "2", "49", "4111", "2a", "2800000", "２８", "28 "])
def test_a_prefix_outside_the_range_for_companies_own_use_is_refused(prefix):
    with pytest.raises(ValueError, match="can not begin with"):
        new_card_number(prefix, secrets.randbelow)


def test_the_name_of_a_card_is_the_beginning_of_its_blind_index():
    assert card_id_of(bytes(range(32))) == "00010203040506070809"


def test_a_dead_card_alone_names_nobody():
    found = resolve([LOST], {LOST.lookup: None}, lambda: NEW)
    assert (found.customer_id, found.is_new, found.to_link, found.conflicts) == (None, False, (), ())
    assert found.has_ended


def test_a_living_identifier_beside_a_dead_card_decides():
    found = resolve([LOST, PHONE], {LOST.lookup: None, PHONE.lookup: BEN}, lambda: NEW)
    assert (found.customer_id, found.is_new, found.to_link, found.conflicts) == (BEN, False, (), ())
    assert found.has_ended


def test_an_unknown_identifier_beside_a_dead_card_is_a_new_customer_who_does_not_get_the_card():
    found = resolve([LOST, PHONE], {LOST.lookup: None}, lambda: NEW)
    assert (found.customer_id, found.is_new, found.to_link, found.conflicts) == (NEW, True, (PHONE,), ())


def test_living_cards_say_nothing_of_ended_ones():
    assert not resolve([LIVING], {LIVING.lookup: ANNE}, lambda: NEW).has_ended
    assert not resolve([LIVING, PHONE], {LIVING.lookup: ANNE}, lambda: NEW).has_ended


@given(
    st.lists(st.sampled_from([LOST, LIVING, PHONE]), max_size=6),
    st.dictionaries(st.sampled_from([LOST.lookup, LIVING.lookup, PHONE.lookup]), st.sampled_from([ANNE, BEN, None])),
)
def test_what_has_ended_is_as_if_it_were_not_on_the_receipt(identifiers, owners):
    living = [one for one in identifiers if owners.get(one.lookup, NEW) is not None]
    found, without = resolve(identifiers, owners, lambda: NEW), resolve(living, owners, lambda: NEW)
    assert (found.customer_id, found.is_new, found.to_link, found.conflicts) == (
        without.customer_id,
        without.is_new,
        without.to_link,
        without.conflicts,
    )
    assert found.has_ended == (len(living) < len(identifiers))


def test_the_chain_of_replacements_is_followed_to_its_end():
    issues = [issue("c", "b"), issue("b", "a"), issue("z", None)]
    assert [latest_in_place_of(one, issues) for one in (b"a", b"b", b"c", b"z")] == [b"c", b"c", b"c", b"z"]


def test_the_eleventh_living_card_and_the_sixth_of_a_day_are_refused():
    check_card_limits(10, [], NOW)
    with pytest.raises(TooManyCards, match="10 cards at a time"):
        check_card_limits(11, [], NOW)
    yesterday = [issue(str(number), None, NOW - timedelta(hours=24)) for number in range(5)]
    check_card_limits(1, [*yesterday, *[issue(f"t{number}", None) for number in range(4)]], NOW)
    with pytest.raises(TooManyCards, match="5 new cards within a day"):
        check_card_limits(1, [issue(f"t{number}", None) for number in range(5)], NOW)
