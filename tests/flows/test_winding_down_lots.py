"""The last day of a kind holds for whatever moves its points: returns, sweeps, terminals, pending points, claims."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import msgspec
import pytest
from tests.flows.factories import (
    JST,
    NOON,
    NOW,
    assert_proven,
    card,
    customer_of,
    give_points,
    make_context,
    make_purchase,
)

from enishi import ledger, program
from enishi.flows import (
    Adjustment,
    Author,
    Claim,
    Reinstatement,
    adjust_points,
    claim_purchases,
    confirm_due_points,
    expire_points,
    expiring_points,
    explain_entry,
    quote_return,
    record_purchases,
    record_returns,
    reinstate_points,
)
from enishi.ledger import Kind, Lot
from enishi.program import AfterDays, ReturnPolicy
from enishi.purchases import Channel, Line, Receipt, Return, ReturnedLine

LAST = date(2026, 11, 25)
AFTER = datetime(2026, 11, 26, 0, 0, tzinfo=JST)
DECEMBER = datetime(2026, 12, 9, 4, 0, tzinfo=JST)
OWNER = Author("operator:owner", frozenset({"owner"}))


@pytest.fixture
def context(conn):
    return make_context(conn, msgspec.structs.replace(program.default_settings(), offline_spend_cap=500))


def end_regular(conn, **changes: object) -> None:
    """From this noon on regular points can be used through the 25th only."""
    values = {"last_use_on": {"regular": LAST}, "offline_spend_cap": 500} | changes
    settings = msgspec.structs.replace(program.default_settings(), **values)
    with conn.transaction():
        program.publish_version(conn, settings, NOW, "system", "Winding down", NOW)


def buy(conn, context, price_yen: int = 11_000, now: datetime = NOW, **fields: object):
    purchase = make_purchase(price_yen, **({"identifiers": card("1")} | fields))
    (outcome,) = record_purchases(conn, context, [purchase], now)
    return purchase, outcome


def back_of(purchase, external_id: str = "B1", at: datetime = AFTER, **fields: object) -> Return:
    receipt = Receipt(purchase.source, purchase.external_id)
    return Return(source="pos", external_id=external_id, store="S1", occurred_at=at, receipt=receipt, **fields)  # type: ignore[arg-type]


def bring_back(conn, context, one: Return, now: datetime = AFTER):
    quote = quote_return(conn, context, one, now)
    (outcome,) = record_returns(conn, context, [one], now)
    assert {name: getattr(outcome, name) for name in quote.__struct_fields__} == msgspec.structs.asdict(quote)
    return outcome


def grant_limited(conn, context, points: int, until: date) -> None:
    one = Adjustment(
        source="t", external_id="L", identifiers=card("1"), points=points, reason="gift", store="S1", kind="limited",
        expires_on=until,
    )  # fmt: skip
    adjust_points(conn, context, [one], OWNER, NOW)


def account_of(conn, number: str = "1") -> ledger.Account:
    customer_id = customer_of(conn, number)
    account = ledger.load_accounts(conn, [customer_id])[customer_id]
    conn.rollback()
    return account


def newest(conn, count: int, number: str = "1") -> list[ledger.Entry]:
    entries = ledger.list_entries(conn, customer_of(conn, number), None, count)
    conn.rollback()
    return entries[::-1]


@pytest.mark.parametrize("reissue_days", [None, 30])
def test_used_points_of_a_kind_that_has_ended_are_lost_when_goods_come_back(database, conn, reissue_days):
    returns = ReturnPolicy(reissue_days=reissue_days)
    context = make_context(conn, msgspec.structs.replace(program.default_settings(), returns=returns))
    give_points(conn, context, "1", 100)
    purchase, _ = buy(conn, context, 100, points_to_use=60)
    end_regular(conn, returns=returns)
    outcome = bring_back(conn, context, back_of(purchase))
    assert (outcome.points_given_back, outcome.points_lost, outcome.balance.available) == (0, 60, 0)
    assert_proven(database, context)


def test_through_the_last_day_of_the_kind_used_points_come_back_to_their_lot(database, conn, context):
    give_points(conn, context, "1", 100)
    purchase, _ = buy(conn, context, 100, points_to_use=60)
    end_regular(conn)
    outcome = bring_back(conn, context, back_of(purchase, at=AFTER - timedelta(seconds=1)), AFTER)
    assert (outcome.points_given_back, outcome.points_lost, outcome.balance.available) == (60, 0, 0)
    assert [lot.points for lot in account_of(conn).lots] == [100]
    assert_proven(database, context)


def test_points_reissued_for_an_expired_lot_never_outlast_their_kind(database, conn):
    """They would be valid for thirty days, but regular points end before that."""
    settings = program.default_settings()
    returns = ReturnPolicy(reissue_days=30)
    short = msgspec.structs.replace(settings, expiry=program.FixedDate(date(2026, 11, 21)), returns=returns)
    context = make_context(conn, short)
    give_points(conn, context, "1", 100)
    purchase, _ = buy(conn, context, 100, points_to_use=60)
    end_regular(conn, returns=returns)
    outcome = bring_back(conn, context, back_of(purchase, at=NOON.replace(day=23)), NOON.replace(day=23))
    assert outcome.points_given_back == 60
    assert Lot(Kind.REGULAR, LAST, 60) in account_of(conn).lots
    assert_proven(database, context)


def test_points_of_a_kind_that_has_ended_pay_for_no_return(database, conn, context):
    """What the goods earned has been used; the dead lot of another receipt does not stand in for it."""
    purchase, _ = buy(conn, context, 11_000)
    grant_limited(conn, context, 30, date(2026, 12, 31))
    end_regular(conn)
    buy(conn, context, 130, points_to_use=130, occurred_at=NOON.replace(day=24), now=NOON.replace(day=24))
    grant_limited_again = Adjustment(
        source="t", external_id="L2", identifiers=card("1"), points=45, reason="gift", store="S1", kind="limited",
        expires_on=date(2026, 12, 31),
    )  # fmt: skip
    adjust_points(conn, context, [grant_limited_again], OWNER, AFTER)
    give_points(conn, context, "1", 70)
    outcome = bring_back(conn, context, back_of(purchase))
    # The 70 regular points lie in the lot of the receipt itself and go first; of the rest, limited ones are taken.
    assert (outcome.points_taken_back, outcome.points_owed) == (100, 0)
    assert account_of(conn).lots == (Lot(Kind.LIMITED, date(2026, 12, 31), 15),)
    assert_proven(database, context)


def test_what_a_return_or_an_adjustment_lacks_is_owed_beside_a_dead_lot(database, conn, context):
    give_points(conn, context, "1", 100)
    end_regular(conn)
    one = Adjustment(
        source="t", external_id="D", identifiers=card("1"), points=-40, reason="misuse", store="S1", allow_owing=True
    )
    (outcome,) = adjust_points(conn, context, [one], OWNER, AFTER)
    assert (outcome.points, account_of(conn).owed) == (-40, 40)
    assert [lot.points for lot in account_of(conn).lots] == [100]
    assert_proven(database, context)


def test_the_sweep_books_a_kind_that_ended_on_the_day_it_ended(database, conn, context):
    """They would have lasted for a year more; they expire in November, whenever the sweep comes, and it says why."""
    give_points(conn, context, "1", 100)
    grant_limited(conn, context, 7, date(2026, 11, 24))
    end_regular(conn)
    assert expire_points(conn, context, AFTER - timedelta(microseconds=1)).points == 7
    swept = expire_points(conn, context, DECEMBER)
    assert (swept.accounts, swept.entries, swept.points) == (1, 1, 100)
    (entry,) = newest(conn, 1)
    assert (entry.type.value, entry.points, entry.occurred_at) == ("expire", -100, AFTER - timedelta(microseconds=1))
    assert entry.moves == (Lot(Kind.REGULAR, date(2027, 11, 30), -100),)
    assert account_of(conn).lots == ()
    sentence = {locale: explain_entry(conn, context, entry.entry_id, locale).sentence for locale in ("ja", "en")}
    conn.rollback()
    assert sentence == {
        "ja": "この種類のポイントを使える最後の日（2026/11/25）が過ぎたため、100pt が失効しました。",
        "en": "100pt expired: the last day on which points of this kind could be used was 2026/11/25.",
    }
    assert expire_points(conn, context, DECEMBER).entries == 0
    assert_proven(database, context)


def test_a_sweep_tells_own_days_from_the_end_of_the_kind_and_leaves_the_other_kind(database, conn, context):
    give_points(conn, context, "1", 100)
    for number, (points, until) in enumerate(((5, LAST), (9, date(2026, 12, 31)), (3, date(2026, 11, 22)))):
        one = Adjustment(
            source="t", external_id=f"R{number}", identifiers=card("1"), points=points, reason="gift", store="S1",
            kind="limited" if points == 9 else "regular", expires_on=until,
        )  # fmt: skip
        adjust_points(conn, context, [one], OWNER, NOW)
    end_regular(conn)
    swept = expire_points(conn, context, AFTER)
    assert (swept.entries, swept.points) == (3, 108)
    found = [(one.points, one.occurred_at.astimezone(JST).date(), one.basis is not None) for one in newest(conn, 3)]
    assert found == [(-3, date(2026, 11, 22), False), (-5, LAST, False), (-100, LAST, True)]
    assert account_of(conn).lots == (Lot(Kind.LIMITED, date(2026, 12, 31), 9),)
    assert_proven(database, context)


def test_what_expires_soon_counts_a_kind_on_its_last_day(conn, context):
    give_points(conn, context, "1", 100)
    give_points(conn, context, "2", 20)
    grant_limited(conn, context, 7, date(2026, 11, 30))
    end_regular(conn)
    found = expiring_points(conn, context, 30, now=NOW + timedelta(minutes=1))
    assert [(one.expires_on, one.kind, one.members, one.points) for one in found.days] == [
        (LAST, "regular", 2, 120),
        (date(2026, 11, 30), "limited", 1, 7),
    ]
    assert sorted((one.points, one.first_on) for one in found.members) == [(20, LAST), (107, LAST)]
    conn.rollback()
    assert expiring_points(conn, context, 3, now=NOW + timedelta(minutes=1)).days == []


def test_an_offline_receipt_of_the_last_day_reaches_what_was_swept_with_its_kind_since(database, conn, context):
    give_points(conn, context, "1", 100)
    end_regular(conn)
    expire_points(conn, context, AFTER)
    fields = {"points_to_use": 60, "offline": True, "terminal": "T1"}
    _, late = buy(conn, context, 60, AFTER, occurred_at=AFTER - timedelta(minutes=1), **fields)
    assert (late.points_used, account_of(conn).owed) == (60, 0)
    assert [one.type.value for one in newest(conn, 2)] == ["reinstate", "spend"]
    _, after = buy(conn, context, 60, AFTER, occurred_at=AFTER, **fields)
    assert (after.points_used, account_of(conn).owed) == (60, 60)
    assert_proven(database, context)


def test_pending_points_whose_kind_ends_before_their_day_never_become_points(database, conn):
    settings = msgspec.structs.replace(program.default_settings(), pending={Channel.EC: AfterDays(6)})
    context = make_context(conn, settings)
    purchase, recorded = buy(conn, context, channel=Channel.EC)
    early, _ = buy(conn, context, 5_500, channel=Channel.EC, occurred_at=NOON - timedelta(days=1))
    end_regular(conn)
    assert confirm_due_points(conn, context, AFTER) == 50
    assert confirm_due_points(conn, context, AFTER + timedelta(days=9)) == 0
    assert [one.points for one in newest(conn, 9)] == [50]
    rows = ledger.pending_of_purchases(conn, [recorded.purchase_id])[recorded.purchase_id]
    conn.rollback()
    assert [(one.state.value, one.cancelled_points) for one in rows] == [("cancelled", 100)]
    assert bring_back(conn, context, back_of(purchase)).points_taken_back == 0
    assert early.external_id != purchase.external_id
    assert_proven(database, context)


def test_a_receipt_claimed_after_its_kind_has_ended_earns_nothing(database, conn, context):
    customer_of(conn, "1")
    purchase, _ = buy(conn, context, identifiers=())
    end_regular(conn)
    one = Claim(
        source="counter", receipt=purchase.external_id, store="S1", on=NOON.date(), total_yen=11_000,
        identifiers=card("1"),
    )  # fmt: skip
    (claimed,) = claim_purchases(conn, context, [one], "operator:counter", AFTER)
    assert (claimed.points_earned, claimed.awards) == (0, ())
    assert_proven(database, context)


def test_points_given_again_show_the_balance_that_can_be_used(conn, context):
    give_points(conn, context, "1", 100)
    grant_limited(conn, context, 30, date(2026, 11, 21))
    end_regular(conn)
    expire_points(conn, context, AFTER)
    (entry,) = [one for one in newest(conn, 2) if one.points == -30]
    one = Reinstatement(entry_id=entry.entry_id, reason="apology", store="S1", expires_on=date(2026, 12, 31))
    done = reinstate_points(conn, context, one, OWNER, AFTER)
    assert done.balance is not None
    assert (done.balance.available, done.balance.limited) == (30, 30)


def test_a_partial_return_after_the_end_takes_from_the_goods_own_lot(database, conn, context):
    purchase, _ = buy(conn, context, lines=(Line("A", 2, 5_500),))
    end_regular(conn)
    outcome = bring_back(conn, context, back_of(purchase, lines=(ReturnedLine(1, 1),)))
    assert (outcome.points_taken_back, outcome.points_owed) == (50, 0)
    assert [lot.points for lot in account_of(conn).lots] == [50]
    assert_proven(database, context)
