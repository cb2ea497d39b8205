"""Following the journal from close to close gives what following it at once gives; and the sale follows its points."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from tests.accounting.till import (
    FEBRUARY,
    JANUARY,
    MARCH,
    A,
    B,
    Books,
    Till,
    attribute,
    entry,
    followed,
    purchase,
    steps,
    told,
)

from enishi import accounting
from enishi.accounting import MaterialRight, Origins, Sale


@given(steps, st.lists(st.integers(0, 40), max_size=3))
def test_going_on_from_any_close_gives_what_following_at_once_gives(history, cuts):
    """The accounts are written down and read again at each close, as the database keeps them."""
    till, points, sums, stood, uses = Till(), Counter(), Counter(), {}, {}
    for number, (action, who, amount, pick) in enumerate(history):
        till.do(action, who, amount, pick)
        if number in cuts or number == len(history) - 1:
            origins = Origins()
            again = {one: accounting.decode_standing(kept.standing, kept.seq, origins) for one, kept in stood.items()}
            for customer_id, standing in again.items():
                standing.uses = [use for text in uses[customer_id] for use in accounting.decode_uses(text, origins)]
            books = Books(origins=origins)
            ordered = sorted(till.entries, key=lambda one: (one.customer_id, one.seq))
            books.follow(followed(ordered, again))
            books.finish()
            points.update(books.points)
            sums.update(entries=books.entries, balance=books.balance, accounts=books.new_accounts)
            for customer_id, standing in books.stands.items():
                kept = accounting.as_stored(customer_id, standing)
                stood[customer_id] = kept
                uses[customer_id] = [kept.uses or b"[]"]
    at_once = attribute(*sorted(till.entries, key=lambda one: (one.customer_id, one.seq)))
    assert {key: moved for key, moved in points.items() if moved} == at_once.points
    assert {one: kept.standing for one, kept in stood.items()} == {
        one: accounting.as_stored(one, standing).standing for one, standing in at_once.stands.items()
    }
    assert sums["entries"] == at_once.entries
    assert sums["balance"] == at_once.balance == sum(one.balance for one in at_once.stands.values())
    assert sums["accounts"] == at_once.new_accounts


def test_the_sale_follows_its_points_award_by_award():
    """A receipt of ¥1,000 gives 3 points at once, and 2 and 5 that were pending: 300, 200 and 500 yen."""
    sales = {purchase(1): Sale(1_000, 3)}
    at_once = structs.replace(entry(1, "earn", 3, [(*A, 3)], JANUARY, bought=1), promised=7)
    first = structs.replace(entry(2, "earn", 2, [(*A, 2)], FEBRUARY, bought=1), promised=7, awaited=0)
    second = structs.replace(entry(3, "earn", 5, [(*A, 5)], MARCH, bought=1), promised=7, awaited=2)
    assert attribute(at_once, first, second, sales=sales).sales == {JANUARY: 300, FEBRUARY: 200, MARCH: 500}
    assert attribute(at_once, second, sales=sales).sales == {JANUARY: 300, MARCH: 500}
    part = structs.replace(second, points=4, moves=((*A, 4),))
    assert attribute(at_once, first, part, sales=sales).sales[MARCH] == 400
    assert attribute(at_once, rule=MaterialRight.NONE, sales=sales).sales == {}


def test_two_awards_of_a_receipt_bring_all_of_its_sale_and_no_more():
    sales = {purchase(1): Sale(100, 3)}
    one = entry(1, "earn", 1, [(*A, 1)], JANUARY, bought=1)
    other = entry(2, "earn", 2, [(*B, 2)], JANUARY, bought=1)
    assert attribute(one, other, sales=sales).sales == {JANUARY: 100}


def test_points_a_terminal_let_go_beyond_the_balance_are_used_there():
    found = attribute(
        entry(1, "earn", 10, [(*A, 10)], JANUARY, "S1", 1),
        entry(2, "spend", -15, [(*A, -10)], JANUARY, "S2", 2),
        entry(3, "earn", 20, [(*A, 15)], FEBRUARY, "S1", 3),
    )
    assert told(found) == [
        (1, 1, "material", "issued", "S1", "", 10),
        (1, 1, "material", "used", "S1", "S2", 10),
        (1, 1, "other", "used", "S2", "S2", 5),
        (2, 1, "other", "issued", "S2", "", 5),
        (2, 2, "material", "issued", "S1", "", 15),
    ]
