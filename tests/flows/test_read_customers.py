"""What people see of a customer: found by any identifier, page by page, with the reason for every point."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.flows.factories import NOON, NOW, card, give_points, make_context, make_purchase

from enishi.flows import (
    customer_overview,
    explain_entry,
    explain_missing_award,
    find_customers,
    purchase_detail,
    record_purchases,
    timeline,
)
from enishi.kit.errors import InvalidRequest, NotFound
from enishi.kit.identifiers import Identifier, IdentifierKind


@pytest.fixture
def context(conn):
    return make_context(conn)


@pytest.fixture
def hanako(conn, context):
    """A customer with a card and a phone who earned 30 points, used 10 of them and earned 10 more."""
    give_points(conn, context, "4901-0001", 30)
    phone = Identifier(IdentifierKind.PHONE, "090-1234-5678")
    purchase = make_purchase(1_110, external_id="LAST", identifiers=(*card("4901-0001"), phone), points_to_use=10)
    return record_purchases(conn, context, [purchase], NOW)[0]


@pytest.mark.parametrize(
    ("query", "matched_by"),
    [
        ("09012345678", "phone"),
        ("+81 90-1234-5678", "phone"),
        ("090-1234-5678", "phone"),
        ("4901-0001", "card"),
        ("49010001", "card"),
        ("LAST", "receipt"),
    ],
)
def test_a_customer_is_found_by_any_identifier_in_any_spelling(conn, context, hanako, query, matched_by):
    (found,) = find_customers(conn, context, query, now=NOW)
    assert (found.overview.customer.customer_id, found.matched_by) == (hanako.customer_id, matched_by)
    assert found.overview.balance.available == 30


@pytest.mark.parametrize("query", ["", "   ", "0", "nobody@example.jp", "x" * 500, "'; drop table x; --", "\x00"])
def test_a_search_that_finds_nobody_says_so(conn, context, hanako, query):
    assert find_customers(conn, context, query, now=NOW) == []


def test_the_customer_id_finds_the_customer(conn, context, hanako):
    (found,) = find_customers(conn, context, f" {hanako.customer_id} ", now=NOW)
    assert found.matched_by == "customer_id"


def test_the_overview_adds_up_purchases_and_points(conn, context, hanako):
    overview = customer_overview(conn, context, hanako.customer_id, now=NOW)
    assert (overview.figures.purchases, overview.figures.total_yen) == (2, 30 * 110 + 1_110)
    assert overview.balance.available == 30
    assert {one.value for one in overview.customer.identifiers} == {"49010001", "+819012345678"}
    elsewhere = customer_overview(conn, context, hanako.customer_id, now=NOW, stores=["S2"])
    assert (elsewhere.figures.purchases, elsewhere.balance.available) == (0, 30)


def test_expired_points_are_not_available_even_before_any_sweep(conn, context, hanako):
    later = NOW + timedelta(days=800)
    assert customer_overview(conn, context, hanako.customer_id, now=later).balance.available == 0


def test_the_timeline_gives_every_purchase_once_with_its_entries(conn, context, hanako):
    first = timeline(conn, hanako.customer_id, None, 1)
    assert [one.purchase.external_id for one in first.items] == ["LAST"]
    assert [entry.points for entry in first.items[0].entries] == [-10, 10]
    second = timeline(conn, hanako.customer_id, first.next_cursor, 1)
    assert [entry.points for one in second.items for entry in one.entries] == [30]
    assert second.next_cursor is None
    points = timeline(conn, hanako.customer_id, None, 2, show="points")
    assert [one.entries[0].points for one in points.items] == [10, -10]
    rest = timeline(conn, hanako.customer_id, points.next_cursor, 2, show="points")
    assert [one.entries[0].points for one in rest.items] == [30]


@pytest.mark.parametrize("cursor", ["?", "AAAA", "bnVsbA", "日本"])
def test_a_cursor_of_someone_elses_making_is_refused(conn, context, hanako, cursor):
    with pytest.raises(InvalidRequest):
        timeline(conn, hanako.customer_id, cursor, 10)


def test_every_entry_explains_itself_in_both_languages(conn, context, hanako):
    why = explain_entry(conn, context, f"{hanako.customer_id}-3", "ja")
    assert why.sentence == "税抜 ¥1,000（ポイント払い ¥10 を除く）÷ 100円 × 1pt = 10pt、端数切捨て"
    assert why.version.version == 1
    assert why.purchase.external_id == "LAST"
    assert ("有効期限", "2027/11/30") in [(step.label, step.value) for step in why.steps]
    spent = explain_entry(conn, context, f"{hanako.customer_id}-2", "en")
    assert spent.sentence == "10pt were used to pay, at ¥1 a point, those that expire soonest first."
    assert [(step.label, step.value) for step in spent.steps] == [
        ("Regular points (valid through 2027/11/30)", "−10pt")
    ]


@pytest.mark.parametrize(
    "entry", ["x", "", "0" * 36 + "-1", "-1", "{id}-0", "{id}-99999999999", "{id}-4294967297", "{id}-4", "{id}-１"]
)
def test_an_entry_that_does_not_exist_is_not_found(conn, context, hanako, entry):
    with pytest.raises(NotFound):
        explain_entry(conn, context, entry.replace("{id}", str(hanako.customer_id)), "ja")


def test_a_receipt_shows_its_taxes_and_why_it_earned_nothing(conn, context, hanako):
    cheap = record_purchases(conn, context, [make_purchase(99, identifiers=card("4901-0001"), occurred_at=NOON)], NOW)[
        0
    ]
    detail = purchase_detail(conn, cheap.purchase_id)
    assert detail.taxes == ((10, 99, 9),)
    assert detail.entries == ()
    assert "90" in explain_missing_award(conn, context, detail.purchase, "ja").sentence
    earning = purchase_detail(conn, hanako.purchase_id)
    assert explain_missing_award(conn, context, earning.purchase, "ja") is None
