"""A programme can stop issuing and go on redeeming, and a kind of points can wind down by a day."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest
from tests.flows.factories import (
    NOON,
    NOW,
    assert_proven,
    card,
    customer_of,
    give_points,
    make_context,
    make_purchase,
    refusal_of,
    state_of,
)

from enishi import ledger, program
from enishi.flows import customer_overview, explain_missing_award, quote_purchases, record_purchases
from enishi.flows.holds import ChangedHold, PlaceHold, change_holds
from enishi.flows.transfer_points import Party, Transfer, transfer_points
from enishi.program import describe
from enishi.purchases import load_purchase

LAST = date(2026, 11, 25)
ON_THE_LAST_DAY = NOON.replace(day=25, hour=23, minute=59)
AFTER = NOON.replace(day=26, hour=0, minute=0)


@pytest.fixture
def context(conn):
    return make_context(conn)


def publish(conn, effective_at=NOW, **changes: object) -> None:
    settings = msgspec.structs.replace(program.default_settings(), **changes)
    with conn.transaction():
        program.publish_version(conn, settings, effective_at, "system", "Winding down", NOW)


def stop_earning(conn, effective_at=NOW) -> None:
    publish(conn, effective_at, earning=msgspec.structs.replace(program.default_settings().earning, points_per_unit=0))


def buy(conn, context, occurred_at, points: int = 0, price_yen: int = 11_000):
    one = make_purchase(price_yen, identifiers=card("1"), occurred_at=occurred_at, points_to_use=points)
    (outcome,) = record_purchases(conn, context, [one], occurred_at)
    return outcome


def test_a_programme_that_stopped_issuing_goes_on_redeeming(database, conn, context):
    """Known failure 15: nothing is earned any more, and every point can still be used, held and given back."""
    give_points(conn, context, "1", 100)
    stop_earning(conn)
    later = NOW + timedelta(days=1)
    bought = buy(conn, context, later, points=40)
    assert (bought.points_earned, bought.points_used, bought.balance.available) == (0, 40, 60)
    assert bought.notices == ()
    stored = load_purchase(conn, bought.purchase_id)
    missing = explain_missing_award(conn, context, stored, "ja")
    assert missing is not None
    assert "停止" in missing.sentence
    conn.rollback()
    hold = PlaceHold(source="ec", external_id="H1", identifiers=card("1"), points=60, store="EC")
    (held,) = change_holds(conn, context, [hold], later)
    assert isinstance(held, ChangedHold)
    assert_proven(database, context)


def test_a_receipt_from_before_the_stop_still_earns_when_it_comes_late(database, conn, context):
    """Known failure 5: what was promised at the purchase stays promised."""
    stop_earning(conn)
    assert buy(conn, context, NOW - timedelta(minutes=1)).points_earned == 100
    assert buy(conn, context, NOW).points_earned == 0
    assert_proven(database, context)


def test_points_of_a_kind_can_be_used_through_its_last_day_and_not_after(database, conn, context):
    give_points(conn, context, "1", 100)
    publish(conn, last_use_on={"regular": LAST})
    assert buy(conn, context, ON_THE_LAST_DAY, points=10, price_yen=100).points_used == 10
    state = state_of(conn)
    refused = refusal_of(buy(conn, context, AFTER, points=10, price_yen=100))
    assert (refused["code"], refused["available"]) == ("insufficient-points", 0)
    hold = PlaceHold(source="ec", external_id="H1", identifiers=card("1"), points=1, store="EC")
    (held,) = change_holds(conn, context, [hold], AFTER)
    assert refusal_of(held)["code"] == "insufficient-points"
    gift = Transfer(
        source="app",
        external_id="T1",
        sender=Party(identifiers=card("1")),
        recipient=Party(customer_id=customer_of(conn, "2")),
        points=1,
        store="APP",
    )
    (given,) = transfer_points(conn, context, [gift], "key:app", AFTER)
    assert refusal_of(given)["code"] == "insufficient-points"
    assert state_of(conn) == state
    assert_proven(database, context)


def test_the_balance_shows_what_can_still_be_used_and_until_when(conn, context):
    give_points(conn, context, "1", 100)
    customer_id = customer_of(conn, "1")
    publish(conn, last_use_on={"regular": LAST})
    before = customer_overview(conn, context, customer_id, now=ON_THE_LAST_DAY).balance
    assert (before.available, before.lots) == (100, (ledger.Lot(ledger.Kind.REGULAR, LAST, 100),))
    assert customer_overview(conn, context, customer_id, now=AFTER).balance.available == 0


def test_a_late_receipt_of_the_last_day_may_still_use_points(conn, context):
    give_points(conn, context, "1", 100)
    publish(conn, last_use_on={"regular": LAST})
    one = make_purchase(100, identifiers=card("1"), occurred_at=ON_THE_LAST_DAY, points_to_use=10)
    (late,) = record_purchases(conn, context, [one], AFTER)
    assert (late.points_used, late.balance.available) == (10, 0)


def test_what_is_earned_while_a_kind_winds_down_expires_with_it(database, conn, context):
    publish(conn, last_use_on={"regular": LAST})
    earned = buy(conn, context, NOW + timedelta(minutes=1))
    assert [(one.points, one.expires_on) for one in earned.awards] == [(100, LAST)]
    after = buy(conn, context, AFTER)
    assert (after.points_earned, after.awards) == (0, ())
    missing = explain_missing_award(conn, context, load_purchase(conn, after.purchase_id), "en")
    assert missing is not None
    assert "25 November 2026" in missing.sentence or "2026" in missing.sentence
    conn.rollback()
    assert_proven(database, context)


def test_a_quote_tells_what_recording_would(conn, context):
    give_points(conn, context, "1", 100)
    publish(conn, last_use_on={"regular": LAST})
    one = make_purchase(100, identifiers=card("1"), occurred_at=AFTER, points_to_use=10)
    (quote,) = quote_purchases(conn, context, [one], AFTER)
    assert refusal_of(quote)["available"] == 0


def test_the_settings_say_so_in_plain_words():
    settings = msgspec.structs.replace(
        program.default_settings(),
        last_use_on={"limited": LAST},
        transfers=program.TransferPolicy(fee=5, each=100, a_day=200),
    )
    assert "期間限定ポイントを使えるのは 2026年11月25日までです。その後は有効期限にかかわらず使えません。" in describe(
        settings, "ja"
    )
    assert "Limited points can be used until 25 November 2026, whatever their own last day." in describe(settings, "en")
    assert "ポイントを贈れるのは 1回 100pt、1日 200pt までです。手数料は 5pt です。" in describe(settings, "ja")
    no_gifts = msgspec.structs.replace(settings, transfers=program.TransferPolicy(gifts=False))
    assert "Members can not give points to each other." in describe(no_gifts, "en")
