"""Who joins without a purchase is welcomed at once: once, whatever comes twice or at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import psycopg
import pytest
from tests.flows.campaigns import launch
from tests.flows.factories import NOW, assert_proven, card, make_context, make_purchase, refusal_of, state_of

from enishi import audit, customers, ledger
from enishi.campaigns import AddedPoints, AwardTerms, Ceilings, Trigger
from enishi.customers import EndReason, Profile
from enishi.flows import (
    RecordedPurchase,
    RegisteredMember,
    Registration,
    end_card,
    explain_entry,
    record_purchases,
    register_members,
)
from enishi.kit.identifiers import Identifier, IdentifierKind

ACTOR = "key:app"


@pytest.fixture
def context(conn):
    return make_context(conn)


def welcome(conn, points=300, **fields):
    """A campaign that gives limited points to whoever joins."""
    award = AwardTerms(kind="limited", valid_days=30)
    return launch(conn, "welcome", AddedPoints(points), trigger=Trigger.JOINING, award=award, **fields)


def join(number: str = "1", **fields: object) -> Registration:
    values = {"source": "app", "identifiers": card(number), "store": "APP"}
    return Registration(**(values | fields))  # type: ignore[arg-type]


def register(conn, context, *batch: Registration) -> list:
    return register_members(conn, context, batch, ACTOR, NOW)


def test_whoever_joins_is_welcomed_with_the_reason_and_known_from_then_on(database, conn, context):
    welcome(conn)
    person = Profile(name="縁 千恵", birth_date=date(1991, 4, 2))
    (member,) = register(conn, context, join(profile=person))
    assert (member.replayed, member.balance.available, member.balance.limited) == (False, 300, 300)
    (award,) = member.awards
    assert (award.campaign.campaign, award.points, award.expires_on) == ("welcome", 300, date(2026, 12, 20))
    with conn.transaction():
        told = explain_entry(conn, context, award.entry_id, "ja")
        record = customers.load_customer(conn, context.keyring, member.customer_id)
        events = [one.action for one in audit.list_events(conn, None, 5)]
    assert told.sentence.startswith("「試験」300pt")
    assert (record.profile, record.joined_at) == (person, NOW)
    assert "member.registered" in events
    (bought,) = record_purchases(conn, context, [make_purchase(1_100, identifiers=card("1"))], NOW)
    assert (bought.customer_id, bought.notices, bought.balance.available) == (member.customer_id, (), 310)
    assert_proven(database, context)


def test_sending_it_again_gives_the_same_member_and_nothing_twice(database, conn, context):
    welcome(conn)
    first, twin = register(conn, context, join(), join())
    before = state_of(conn)
    (again,) = register(conn, context, join())
    assert [one.replayed for one in (first, twin, again)] == [False, True, True]
    assert (twin.customer_id, again.customer_id, again.awards) == (first.customer_id, first.customer_id, ())
    assert (twin.balance, again.balance) == (first.balance, first.balance)
    assert state_of(conn) == before
    assert_proven(database, context)


def test_somebody_whom_a_purchase_made_known_is_not_welcomed_again_but_gets_phone_and_name(conn, context):
    welcome(conn)
    (bought,) = record_purchases(conn, context, [make_purchase(1_100, identifiers=card("1"))], NOW)
    assert bought.notices == ("welcome-points",)
    phone = Identifier(IdentifierKind.PHONE, "090-1234-5678")
    (member,) = register(conn, context, join(identifiers=(*card("1"), phone), profile=Profile(name="縁 千恵")))
    assert (member.customer_id, member.replayed, member.balance.available) == (bought.customer_id, True, 310)
    (other,) = register(conn, context, join(identifiers=(phone,), profile=Profile(name="別の人")))
    with conn.transaction():
        record = customers.load_customer(conn, context.keyring, other.customer_id)
    assert (other.customer_id, record.profile.name) == (bought.customer_id, "縁 千恵")


def test_the_budget_bounds_what_newcomers_get_and_without_a_campaign_they_get_nothing(database, conn, context):
    (early,) = register(conn, context, join("0"))
    assert (early.replayed, early.awards, early.balance.available) == (False, (), 0)
    welcome(conn, ceilings=Ceilings(budget_points=700))
    members = register(conn, context, *(join(str(number)) for number in range(1, 5)))
    assert [one.balance.available for one in members] == [300, 300, 100, 0]
    assert_proven(database, context)


def test_nobody_joins_with_a_card_that_has_ended_or_with_what_is_no_identifier(conn, context):
    welcome(conn)
    (member,) = register(conn, context, join("2900000000017"))
    with conn.transaction():
        (held,) = customers.load_cards(conn, context.keyring, member.customer_id)
        end_card(
            conn,
            context.keyring,
            member.customer_id,
            customers.CardName(held.card_id),
            EndReason.LOST,
            actor=ACTOR,
            now=NOW,
        )
    before = state_of(conn)
    lost, broken = register(conn, context, join("2900000000017"), join(identifiers=(Identifier("phone", "12"),)))
    assert refusal_of(lost)["code"] == "card-ended"
    assert (refusal_of(broken)["code"], refusal_of(broken)["field"]) == ("invalid-identifier", "identifiers[0].value")
    assert state_of(conn) == before


def test_joining_and_buying_at_the_same_moment_welcomes_once(database, conn, context):
    welcome(conn, ceilings=Ceilings(budget_points=100_000))
    rounds = 12
    start = Barrier(2)

    def joins() -> list[object]:
        with psycopg.connect(database.app_dsn) as own:
            newcomers = [join(f"N{turn}") for turn in range(rounds)]
            return [_at_once(start, lambda one=one: register(own, context, one)[0]) for one in newcomers]

    def buys() -> list[object]:
        with psycopg.connect(database.app_dsn) as own:
            sales = [make_purchase(1_100, identifiers=card(f"N{turn}"), occurred_at=NOW) for turn in range(rounds)]
            return [_at_once(start, lambda sale=sale: record_purchases(own, context, [sale], NOW)[0]) for sale in sales]

    with ThreadPoolExecutor(2) as threads:
        joined, bought = (one.result() for one in (threads.submit(joins), threads.submit(buys)))
    for member, sale in zip(joined, bought, strict=True):
        assert isinstance(member, RegisteredMember)
        assert isinstance(sale, RecordedPurchase)
        assert member.customer_id == sale.customer_id
        assert ("welcome-points" in sale.notices) is member.replayed
        with conn.transaction():
            account = ledger.load_accounts(conn, [member.customer_id])[member.customer_id]
        assert account.balance == 310
    claims = conn.execute("select count(*), sum(points) from campaigns.claims where reason = 'welcome'").fetchone()
    assert claims == (rounds, rounds * 300)
    conn.rollback()
    assert_proven(database, context)


def _at_once(start: Barrier, do):
    start.wait(30)
    return do()


def test_a_member_registered_before_the_campaign_starts_is_not_welcomed_later(conn, context):
    welcome(conn)
    (member,) = register_members(conn, context, [join()], ACTOR, NOW - timedelta(days=60))
    assert member.awards == ()
    (again,) = register(conn, context, join())
    assert (again.replayed, again.balance.available) == (True, 0)
