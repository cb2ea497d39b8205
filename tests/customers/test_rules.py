"""One spelling for every identifier, and one customer for every receipt."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enishi.customers import Identifier, IdentifierKind, InvalidIdentifier, guess_kinds, normalise
from enishi.customers.model import BlindIdentifier
from enishi.customers.rules import resolve

ANNE, BEN, NEW = (UUID(int=number) for number in (1, 2, 99))


@pytest.mark.parametrize(
    ("kind", "written", "kept"),
    [
        ("phone", "090-1234-5678", "+819012345678"),
        ("phone", "０９０－１２３４－５６７８", "+819012345678"),
        ("phone", "(03) 1234-5678", "+81312345678"),
        ("phone", "+81 90 1234 5678", "+819012345678"),
        ("phone", "+1 650-253-0000", "+16502530000"),
        ("email", " Hanako.Yamada@Example.JP ", "hanako.yamada@example.jp"),
        ("email", "ｈａｎａｋｏ@example.jp", "hanako@example.jp"),
        ("card", "4901-0001 2345", "490100012345"),
        ("card", "ｅｎ１２３", "EN123"),
        ("line_user_id", "U4af4980629", "U4af4980629"),
        ("app_id", " 7f3e-99 ", "7f3e-99"),
        ("shop_customer_id", "123", "shopify/123"),
        ("shop_customer_id", "square/123", "square/123"),
    ],
)
def test_an_identifier_is_kept_in_one_spelling(kind, written, kept):
    assert normalise(Identifier(IdentifierKind(kind), written), "shopify").value == kept


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        ("phone", "12"),
        ("phone", "not a number"),
        ("phone", "+999999999999999999"),
        ("email", "hanako"),
        ("email", "hanako@"),
        ("email", "a b@example.jp"),
        ("card", "カード"),
        ("card", "\x00"),
        ("app_id", "   "),
        ("line_user_id", "U\n1"),
    ],
)
def test_what_can_not_be_an_identifier_is_refused_without_repeating_it(kind, written):
    with pytest.raises(InvalidIdentifier) as refusal:
        normalise(Identifier(IdentifierKind(kind), written))
    assert len(written) <= 2 or written not in str(refusal.value.problem())


@given(st.sampled_from(list(IdentifierKind)), st.text(min_size=1, max_size=60))
def test_normalising_twice_changes_nothing(kind, text):
    try:
        once = normalise(Identifier(kind, text), "src")
    except InvalidIdentifier:
        return
    assert normalise(once, "src") == once


def test_a_search_tries_a_number_as_phone_first_and_an_address_only_as_email():
    assert [one.kind.value for one in guess_kinds("090-1234-5678")][:2] == ["phone", "card"]
    assert [one.kind.value for one in guess_kinds("a@example.jp")] == ["email"]
    assert guess_kinds("  ") == []


def blind(kind: IdentifierKind, value: str) -> BlindIdentifier:
    return BlindIdentifier(kind, value, f"{kind.value}:{value}".encode())


CARD, PHONE, EMAIL = (
    blind(IdentifierKind.CARD, "1"),
    blind(IdentifierKind.PHONE, "2"),
    blind(IdentifierKind.EMAIL, "3"),
)


def test_no_identifier_is_an_anonymous_sale():
    assert resolve([], {}, lambda: NEW).customer_id is None


def test_unknown_identifiers_are_one_new_customer():
    found = resolve([PHONE, CARD], {}, lambda: NEW)
    assert (found.customer_id, found.is_new) == (NEW, True)
    assert found.to_link == (CARD, PHONE)


def test_the_strongest_known_identifier_decides_and_unknown_ones_are_linked():
    found = resolve([EMAIL, PHONE, CARD], {PHONE.lookup: ANNE, EMAIL.lookup: BEN}, lambda: NEW)
    assert (found.customer_id, found.is_new, found.to_link) == (ANNE, False, (CARD,))
    assert [(one.customer_id, one.other_customer_id, one.kind) for one in found.conflicts] == [
        (ANNE, BEN, IdentifierKind.EMAIL)
    ]


@given(
    st.lists(st.sampled_from([CARD, PHONE, EMAIL]), max_size=6),
    st.dictionaries(st.sampled_from([CARD.lookup, PHONE.lookup, EMAIL.lookup]), st.sampled_from([ANNE, BEN])),
)
def test_resolving_never_takes_an_identifier_from_its_owner(identifiers, owners):
    found = resolve(identifiers, owners, lambda: NEW)
    assert all(one.lookup not in owners for one in found.to_link)
    assert len({one.lookup for one in found.to_link}) == len(found.to_link)
    assert all(one.other_customer_id != found.customer_id for one in found.conflicts)
    assert found.is_new == (bool(identifiers) and not any(one.lookup in owners for one in identifiers))
