"""What the demo makes up belongs to nobody, is the same every time, and says that it is made up."""

from __future__ import annotations

import re
from datetime import datetime

from enishi import customers
from enishi.connectors.completejourney.dataset import Household, open_dataset
from enishi.connectors.completejourney.invented import SHOWN_PHONE, card_of, invent_customers, name_stores, phone_of
from enishi.customers import IdentifierKind
from enishi.kit.payment_cards import holds_card_number

FIRST = datetime(2025, 3, 26, 18, 55)  # noqa: DTZ001 - as the data set gives it


def test_phones_and_addresses_are_nobodys_and_profiles_say_so() -> None:
    people = invent_customers([Household(number, FIRST, None) for number in range(1, 2_501)])
    for person in people:
        assert person.profile.invented
        assert "架空" in person.profile.note
        kinds = {identifier.kind: identifier.value for identifier in person.identifiers}
        assert re.fullmatch(r"070-0000-\d{4}", kinds[IdentifierKind.PHONE])
        assert kinds.get(IdentifierKind.EMAIL, "@example.jp").endswith("@example.jp")
        assert not any(holds_card_number(value) for value in kinds.values())


def test_all_identifiers_are_valid_and_belong_to_one_person_each() -> None:
    people = invent_customers([Household(number, FIRST, None) for number in range(1, 2_501)])
    identifiers = [customers.normalise(identifier) for person in people for identifier in person.identifiers]
    assert len(set(identifiers)) == len(identifiers)


def test_the_same_household_is_always_the_same_person() -> None:
    alone = invent_customers([Household(7, FIRST, "35-44")])
    among_others = invent_customers([Household(6, FIRST, None), Household(7, FIRST, "35-44")])
    assert alone[0] == among_others[1]


def test_the_age_band_that_is_known_is_kept() -> None:
    for number in range(1, 200):
        [person] = invent_customers([Household(number, FIRST, "35-44")])
        assert person.profile.birth_date is not None
        assert 35 <= FIRST.year - person.profile.birth_date.year <= 44


def test_cards_carry_a_check_digit_as_on_a_jan_code() -> None:
    assert card_of(1) == "2900000000018"
    for number in (1, 77, 2_500):
        digits = [int(digit) for digit in card_of(number)]
        assert len(digits) == 13
        assert sum(digit * (3 if place % 2 else 1) for place, digit in enumerate(digits)) % 10 == 0


def test_the_member_shown_first_can_be_looked_up_by_phone() -> None:
    assert SHOWN_PHONE == phone_of(1) == "070-0000-0001"


def test_every_store_has_a_name_of_its_own() -> None:
    with open_dataset(0) as dataset:
        stores = name_stores(dataset.read_stores())
    assert len(stores) == 457
    assert len({store.name for store in stores}) == 457
    assert len({store.code for store in stores}) == 457
    assert all(store.invented and store.name.startswith("縁マート ") for store in stores)
