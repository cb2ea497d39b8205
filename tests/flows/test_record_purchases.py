"""A receipt becomes explained points: once, whole, and the same however often it is sent."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from datetime import date, timedelta

import psycopg
import pytest
import structlog
from tests.flows.factories import JST, NOON, NOW, card, give_points, make_context, make_purchase

from enishi.flows import (
    NoCustomerForPoints,
    PurchaseContext,
    RecordedPurchase,
    UnprocessablePurchase,
    quote_purchases,
    record_purchases,
)
from enishi.kit.identifiers import Identifier, IdentifierKind
from enishi.kit.log import configure_logging
from enishi.ledger import InsufficientPoints
from enishi.purchases import IdempotencyConflict, InvalidPurchase, Line, Purchase

TABLES = (
    "customers.customers",
    "customers.identifiers",
    "customers.conflicts",
    "purchases.purchases",
    "ledger.accounts",
    "ledger.journal",
    "ranks.progress",
    "outbox.events",
    "catalog.stores",
)


@pytest.fixture
def log_stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    configure_logging("info", stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def context(conn: psycopg.Connection) -> PurchaseContext:
    return make_context(conn)


def contents(conn: psycopg.Connection) -> dict[str, list[tuple[object, ...]]]:
    """Everything that recording a purchase can change."""
    found = {table: conn.execute(f"select * from {table} order by 1, 2").fetchall() for table in TABLES}
    conn.rollback()
    return found


def record(conn: psycopg.Connection, context: PurchaseContext, *batch: Purchase) -> list[object]:
    return list(record_purchases(conn, context, batch, NOW))


def recorded(conn: psycopg.Connection, context: PurchaseContext, purchase: Purchase) -> RecordedPurchase:
    (outcome,) = record_purchases(conn, context, [purchase], NOW)
    assert isinstance(outcome, RecordedPurchase), outcome
    return outcome


def test_a_receipt_earns_points_that_last_to_the_end_of_the_twelfth_month(conn, context):
    answer = recorded(conn, context, make_purchase(2_178, identifiers=card("4901-0001")))
    assert (answer.total_yen, answer.points_earned, answer.points_used) == (2_178, 19, 0)
    assert [(one.kind, one.points, one.expires_on) for one in answer.awards] == [("regular", 19, date(2027, 11, 30))]
    assert answer.awards[0].basis.exact == "99/5"
    assert answer.awards[0].entry_id == f"{answer.customer_id}-1"
    assert answer.balance is not None
    assert (answer.balance.available, answer.balance.regular, answer.balance.limited) == (19, 19, 0)
    assert answer.balance.next_expiry is not None
    assert (answer.balance.next_expiry.points, answer.balance.next_expiry.expires_on) == (19, date(2027, 11, 30))


def test_points_are_used_before_new_ones_are_earned(conn, context):
    give_points(conn, context, "1", 10)
    refused = record(conn, context, make_purchase(2_000, identifiers=card("1"), points_to_use=11))[0]
    assert isinstance(refused, InsufficientPoints)
    answer = recorded(conn, context, make_purchase(1_110, identifiers=card("1"), points_to_use=10))
    assert (answer.points_used, answer.points_earned) == (10, 10)
    assert answer.balance is not None
    assert answer.balance.available == 10


def test_an_anonymous_sale_is_kept_and_earns_nothing_yet(conn, context):
    answer = recorded(conn, context, make_purchase(external_id="A1"))
    assert (answer.customer_id, answer.points_earned, answer.balance) == (None, 0, None)
    assert conn.execute("select external_id, customer_id from purchases.purchases").fetchall() == [("A1", None)]


def test_a_repeat_gets_the_first_answer_even_after_the_balance_has_moved(conn, context):
    purchase = make_purchase(3_300, identifiers=card("1"))
    first = recorded(conn, context, purchase)
    recorded(conn, context, make_purchase(5_500, identifiers=card("1")))
    before = contents(conn)
    again = recorded(conn, context, purchase)
    assert again.replayed
    assert (again.purchase_id, again.awards, again.balance, again.recorded_at, again.points_earned) == (
        first.purchase_id,
        first.awards,
        first.balance,
        first.recorded_at,
        30,
    )
    assert contents(conn) == before


def test_a_repeat_inside_one_batch_is_recorded_once(conn, context):
    purchase = make_purchase(1_100, identifiers=card("1"))
    outcomes = record(conn, context, purchase, make_purchase(2_200, identifiers=card("2")), purchase, purchase)
    assert [one.replayed for one in outcomes] == [False, False, True, True]
    assert {one.purchase_id for one in (outcomes[0], outcomes[2], outcomes[3])} == {outcomes[0].purchase_id}
    assert conn.execute("select count(*) from purchases.purchases").fetchone() == (2,)


def test_another_spelling_of_the_same_receipt_is_the_same_receipt(conn, context):
    first = make_purchase(1_100, external_id="X", identifiers=(Identifier(IdentifierKind.PHONE, "090-1234-5678"),))
    same = make_purchase(
        1_100,
        external_id="X",
        identifiers=(Identifier(IdentifierKind.PHONE, "+81 90 1234 5678"),),
        occurred_at=NOON.astimezone(JST) - timedelta(0),
    )
    assert [one.replayed for one in record(conn, context, first)] == [False]
    assert [one.replayed for one in record(conn, context, same)] == [True]


def test_another_body_under_a_used_key_is_refused_and_names_what_differs(conn, context):
    recorded(conn, context, make_purchase(1_100, external_id="X", identifiers=card("1")))
    before = contents(conn)
    refused = record(conn, context, make_purchase(1_200, external_id="X", store="S9", identifiers=card("NEW")))[0]
    assert isinstance(refused, IdempotencyConflict)
    assert refused.extra["fields"] == ["store", "identifiers", "lines"]
    assert contents(conn) == before


def test_another_body_later_in_the_same_batch_is_refused_too(conn, context):
    outcomes = record(
        conn, context, make_purchase(1_100, external_id="X"), make_purchase(1_200, external_id="X", terminal="T2")
    )
    assert isinstance(outcomes[0], RecordedPurchase)
    assert isinstance(outcomes[1], IdempotencyConflict)
    assert outcomes[1].extra["fields"] == ["terminal", "lines"]


def test_a_refused_item_leaves_no_trace_and_its_neighbours_are_recorded(conn, context):
    give_points(conn, context, "1", 5)
    before = contents(conn)
    refused = record(conn, context, make_purchase(identifiers=card("NEW"), store="NEW", points_to_use=100))
    assert isinstance(refused[0], InsufficientPoints)
    assert (refused[0].extra["available"], refused[0].extra["requested"]) == (0, 100)
    assert contents(conn) == before
    outcomes = record(
        conn,
        context,
        make_purchase(identifiers=card("NEW"), points_to_use=100),
        make_purchase(2_200, identifiers=card("NEW")),
        make_purchase(2_200, points_to_use=1),
        make_purchase(lines=(Line("A", 1, 100, discount_yen=101),)),
        make_purchase(identifiers=(Identifier(IdentifierKind.EMAIL, "nobody"),)),
        make_purchase(occurred_at=NOW + timedelta(days=2)),
        make_purchase(1_100, identifiers=card("1"), points_to_use=1_101),
        make_purchase(lines=(Line("A", 2, 500_000_001),)),
    )
    assert isinstance(outcomes[0], InsufficientPoints)
    assert outcomes[1].points_earned == 20
    assert isinstance(outcomes[2], NoCustomerForPoints)
    assert [getattr(one, "field", None) for one in outcomes[3:]] == [
        "lines[0].discount_yen",
        "identifiers[0].value",
        "occurred_at",
        "points_to_use",
        "lines",
    ]
    assert isinstance(outcomes[3], InvalidPurchase)
    assert conn.execute("select count(*) from customers.customers").fetchone() == (2,)


def test_the_strongest_identifier_decides_and_a_shared_phone_merges_nobody(conn, context):
    phone = Identifier(IdentifierKind.PHONE, "03-1234-5678")
    mother = recorded(conn, context, make_purchase(identifiers=(*card("MOTHER"), phone)))
    son = recorded(conn, context, make_purchase(identifiers=card("SON")))
    mixed = recorded(conn, context, make_purchase(identifiers=(phone, *card("SON"))))
    assert mixed.customer_id == son.customer_id
    assert mixed.notices == ("identifier-conflict",)
    by_phone = recorded(conn, context, make_purchase(identifiers=(phone,)))
    assert by_phone.customer_id == mother.customer_id
    assert conn.execute("select customer_id, other_customer_id, kind from customers.conflicts").fetchall() == [
        (son.customer_id, mother.customer_id, "phone")
    ]


def test_two_receipts_of_one_batch_with_a_new_card_belong_to_one_new_customer(conn, context):
    outcomes = record(conn, context, *[make_purchase(1_100, identifiers=card("FRESH")) for _ in range(3)])
    assert len({one.customer_id for one in outcomes}) == 1
    assert [one.balance.available for one in outcomes] == [10, 20, 30]


def test_an_unknown_store_is_registered_under_its_code(conn, context):
    recorded(conn, context, make_purchase(store="NEW-SHOP"))
    assert conn.execute("select code, name from catalog.stores").fetchall() == [("NEW-SHOP", "NEW-SHOP")]


def test_a_quote_says_what_recording_would_and_writes_nothing(conn, context):
    give_points(conn, context, "1", 30)
    before = contents(conn)
    purchase = make_purchase(5_520, identifiers=card("1"), points_to_use=20)
    (quote,) = quote_purchases(conn, context, [purchase], NOW)
    assert contents(conn) == before
    answer = recorded(conn, context, purchase)
    assert (quote.points_earned, quote.points_used, quote.balance) == (
        answer.points_earned,
        answer.points_used,
        answer.balance,
    )
    assert (quote.points_earned, quote.balance.available) == (50, 60)


def test_every_purchase_leaves_its_rank_progress_and_its_outbox_event(conn, context):
    answer = recorded(conn, context, make_purchase(2_200, identifiers=card("1")))
    recorded(conn, context, make_purchase(1_100, identifiers=card("1")))
    assert conn.execute("select month, amount_yen, purchases, points_earned from ranks.progress").fetchall() == [
        (date(2026, 11, 1), 3_300, 2, 30)
    ]
    assert conn.execute("select topic, subject_id from outbox.events order by event_id limit 1").fetchone() == (
        "purchase.recorded",
        answer.purchase_id,
    )


def test_identifiers_and_profiles_are_not_readable_in_the_database(conn, context):
    recorded(conn, context, make_purchase(identifiers=(Identifier(IdentifierKind.EMAIL, "hanako@example.jp"),)))
    row = conn.execute("select lookup, sealed from customers.identifiers").fetchone()
    assert row is not None
    assert b"hanako" not in row[0] + row[1]
    assert b"example" not in row[0] + row[1]


def test_an_item_the_database_itself_refuses_is_found_and_refused_alone(conn, owner_conn, context):
    owner_conn.execute("alter table purchases.purchases add check (external_id not like 'POISON%')")
    owner_conn.commit()
    batch = [make_purchase(1_100, identifiers=card(f"C{number}")) for number in range(20)]
    batch[7] = make_purchase(1_100, external_id="POISON-7", identifiers=card("C7"), store="POISONED")
    batch[13] = make_purchase(1_100, external_id="POISON-13", identifiers=card("C13"))
    outcomes = record(conn, context, *batch)
    assert [number for number, one in enumerate(outcomes) if isinstance(one, UnprocessablePurchase)] == [7, 13]
    assert outcomes[7].extra["external_id"] == "POISON-7"
    assert [one.points_earned for one in outcomes if isinstance(one, RecordedPurchase)] == [10] * 18
    assert conn.execute("select count(*) from customers.customers").fetchone() == (18,)
    assert conn.execute("select count(*) from catalog.stores where code = 'POISONED'").fetchone() == (0,)


def test_the_log_names_the_reason_of_a_refused_item_under_its_error_id_and_nothing_of_the_person(
    conn, owner_conn, context, log_stream
):
    owner_conn.execute("alter table purchases.purchases add check (external_id not like 'POISON%')")
    owner_conn.commit()
    (refused,) = record(conn, context, make_purchase(external_id="POISON", identifiers=card("SECRET1234")))
    (line,) = [json.loads(text) for text in log_stream.getvalue().splitlines()]
    assert (line["error_id"], line["sqlstate"]) == (refused.extra["error_id"], "23514")
    assert "SECRET1234" not in log_stream.getvalue()


def test_a_lost_connection_is_not_taken_for_the_items_fault(conn, owner_conn, context, server):
    with psycopg.connect(server.dsn("postgres", "postgres"), autocommit=True) as admin:
        admin.execute("select pg_terminate_backend(%s)", (conn.info.backend_pid,))
    with pytest.raises(psycopg.OperationalError):
        record(conn, context, make_purchase(external_id="LOST"))
    assert owner_conn.execute("select count(*) from purchases.purchases").fetchone() == (0,)


def test_the_answer_comes_after_the_commit_so_a_transaction_around_it_is_refused(conn, context):
    conn.execute("select 1")
    with pytest.raises(ValueError, match="its own commit"):
        record(conn, context, make_purchase())
    conn.rollback()
