"""Adjustments by hand: for a reason, within limits, approved by somebody else where they are large, and done once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import msgspec
import psycopg
import pytest
from tests.flows.factories import (
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

from enishi import audit, ledger, program
from enishi.flows import explain_entry, record_purchases
from enishi.flows.adjust_points import AdjustedPoints, Adjustment, Author, adjust_points
from enishi.flows.decide_adjustment import Decision, decide_adjustment
from enishi.kit.errors import InvalidRequest
from enishi.ledger import AdjustmentBeyondLimit, AdjustmentLimit, AlreadyDecided, ApprovalByAnother

MANAGER = Author("operator:manager", frozenset({"store_manager"}))
COLLEAGUE = Author("operator:colleague", frozenset({"store_manager"}))
OWNER = Author("operator:owner", frozenset({"owner", "staff"}))
STAFF = Author("operator:staff", frozenset({"staff"}))


@pytest.fixture
def context(conn):
    context = make_context(conn)
    customer_of(conn, "1")
    return context


def adjustment(points: int, external_id: str = "A1", **fields: object) -> Adjustment:
    values = {
        "source": "console",
        "external_id": external_id,
        "identifiers": card("1"),
        "points": points,
        "reason": "apology",
        "store": "S1",
    }
    return Adjustment(**(values | fields))  # type: ignore[arg-type]


def adjust(conn, context, one, author=MANAGER, now=NOW):
    (outcome,) = adjust_points(conn, context, [one], author, now)
    return outcome


def balance_of(conn) -> ledger.Balance:
    balance = ledger.load_balance(conn, customer_of(conn, "1"), NOW.date())
    conn.rollback()
    return balance


def actions(conn) -> list[tuple[str, str]]:
    found = [(one.action, one.actor) for one in reversed(audit.list_events(conn, None, 50)) if "points." in one.action]
    conn.rollback()
    return found


def test_points_are_given_with_a_reason_and_expire_like_those_earned_today(database, conn, context):
    given = adjust(conn, context, adjustment(500, note="レジの打ち間違い"))
    assert isinstance(given, AdjustedPoints)
    assert (given.state, given.points, given.expires_on) == ("done", 500, date(2027, 11, 30))
    assert given.balance is not None
    assert given.balance.available == 500
    assert balance_of(conn).regular == 500
    entry = ledger.load_entry(conn, given.entry_id or "")
    assert (entry.type, entry.points, entry.purchase_id) == (ledger.EntryType.ADJUST, 500, None)
    assert b"\xe3\x83\xac" not in bytes(entry.basis or b"")  # the note stays with the operation, not in the journal
    explained = explain_entry(conn, context, given.entry_id or "", "ja", with_notes=True)
    assert explained.steps[-1] == program.Step("メモ（社内のみ）", "レジの打ち間違い")
    assert explained.steps[:-1] == explain_entry(conn, context, given.entry_id or "", "ja").steps
    conn.rollback()
    assert actions(conn) == [("points.adjusted", "operator:manager")]
    assert_proven(database, context)


def test_kind_and_last_day_can_be_chosen(conn, context):
    adjust(conn, context, adjustment(50, kind="limited", expires_on=date(2026, 12, 24)))
    (lot,) = balance_of(conn).lots
    assert (lot.kind.label, lot.expires_on, lot.points) == ("limited", date(2026, 12, 24), 50)


def test_points_are_taken_soonest_to_expire_first(database, conn, context):
    adjust(conn, context, adjustment(100))
    adjust(conn, context, adjustment(50, "A2", kind="limited", expires_on=date(2026, 12, 24)))
    taken = adjust(conn, context, adjustment(-70, "A3", reason="wrong-points"))
    assert (taken.points, taken.expires_on) == (-70, None)
    assert [(lot.kind.label, lot.points) for lot in balance_of(conn).lots] == [("regular", 80)]
    assert_proven(database, context)


def test_more_than_there_is_can_only_be_taken_as_owed(database, conn, context):
    adjust(conn, context, adjustment(100))
    state = state_of(conn)
    refused = refusal_of(adjust(conn, context, adjustment(-130, "A2")))
    assert (refused["code"], refused["field"], refused["available"]) == ("insufficient-points", "points", 100)
    assert state_of(conn) == state
    adjust(conn, context, adjustment(-130, "A3", allow_owing=True))
    assert (balance_of(conn).available, balance_of(conn).owed) == (0, 30)
    give_points(conn, context, "1", 50)
    assert (balance_of(conn).available, balance_of(conn).owed) == (20, 0)
    assert_proven(database, context)


def test_an_adjustment_sent_again_happens_once_and_another_body_is_refused(conn, context):
    first = adjust(conn, context, adjustment(500))
    state = state_of(conn)
    assert adjust(conn, context, adjustment(500)) == msgspec.structs.replace(first, replayed=True)
    assert refusal_of(adjust(conn, context, adjustment(501)))["code"] == "idempotency-conflict"
    assert refusal_of(adjust(conn, context, adjustment(500, note="other")))["code"] == "idempotency-conflict"
    assert state_of(conn) == state
    assert len(actions(conn)) == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"reason": "because"}, "reason"),
        ({"points": 0}, "points"),
        ({"expires_on": date(2026, 11, 19)}, "expires_on"),
        ({"identifiers": ()}, "customer_id"),
    ],
)
def test_what_can_not_be_is_refused_and_names_its_field(conn, context, wrong, field):
    state = state_of(conn)
    assert refusal_of(adjust(conn, context, msgspec.structs.replace(adjustment(5), **wrong)))["field"] == field
    assert state_of(conn) == state


def test_a_reason_that_has_ended_can_not_be_chosen_any_more(conn, context):
    with conn.transaction():
        reason = msgspec.structs.replace(ledger.load_reasons(conn)["apology"], ended_at=NOW)
        ledger.put_reason(conn, reason, actor="operator:owner", now=NOW)
    assert refusal_of(adjust(conn, context, adjustment(5)))["field"] == "reason"


def test_a_role_without_a_limit_may_adjust_nothing(conn, context):
    state = state_of(conn)
    assert refusal_of(adjust(conn, context, adjustment(1), STAFF))["code"] == "adjustment-beyond-limit"
    assert refusal_of(adjust(conn, context, adjustment(10_001)))["limit"] == 10_000
    assert state_of(conn) == state


def test_a_day_has_a_limit_and_the_next_begins_in_the_zone_of_the_programme(conn, context):
    with conn.transaction():
        ledger.put_limit(conn, AdjustmentLimit("store_manager", 60, 100, 60), actor="operator:owner", now=NOW)
    adjust(conn, context, adjustment(60))
    adjust(conn, context, adjustment(-30, "A2"))
    refused = refusal_of(adjust(conn, context, adjustment(11, "A3")))
    assert (refused["code"], refused["left"]) == ("adjustment-beyond-limit", 10)
    assert adjust(conn, context, adjustment(11, "A3"), COLLEAGUE).state == "done"
    midnight = NOW.replace(hour=0, minute=0) + timedelta(days=1)
    assert isinstance(
        adjust(conn, context, adjustment(11, "A4"), now=midnight - timedelta(seconds=1)), AdjustmentBeyondLimit
    )
    assert adjust(conn, context, adjustment(11, "A4"), now=midnight).state == "done"


def test_concurrent_adjustments_together_stay_within_the_limit_of_the_day(database, conn, context):
    with conn.transaction():
        ledger.put_limit(conn, AdjustmentLimit("store_manager", 30, 100, 30), actor="operator:owner", now=NOW)
    start = Barrier(4)

    def run(lane: int) -> list[object]:
        with psycopg.connect(database.app_dsn) as own:
            start.wait(30)
            return [adjust(own, context, adjustment(13, f"L{lane}-{number}")) for number in range(5)]

    with ThreadPoolExecutor(4) as threads:
        outcomes = [one for answers in threads.map(run, range(4)) for one in answers]
    assert sum(isinstance(one, AdjustedPoints) for one in outcomes) == 7
    assert sum(isinstance(one, AdjustmentBeyondLimit) for one in outcomes) == 13
    assert balance_of(conn).available == 91
    assert_proven(database, context)


def test_above_the_threshold_points_move_only_when_somebody_else_approves(database, conn, context):
    asked = adjust(conn, context, adjustment(3_001))
    assert (asked.state, asked.entry_id, asked.operation_id) == ("waiting", None, None)
    assert balance_of(conn).available == 0
    assert adjust(conn, context, adjustment(3_001)) == msgspec.structs.replace(asked, replayed=True)
    decision = Decision(request_id=asked.request_id, approve=True)
    state = state_of(conn)
    with pytest.raises(ApprovalByAnother):
        decide_adjustment(conn, context, decision, MANAGER, NOW)
    assert state_of(conn) == state
    done = decide_adjustment(conn, context, decision, COLLEAGUE, NOW)
    assert (done.state, done.points, done.request_id) == ("done", 3_001, asked.request_id)
    assert balance_of(conn).available == 3_001
    assert decide_adjustment(conn, context, decision, COLLEAGUE, NOW) == msgspec.structs.replace(done, replayed=True)
    assert adjust(conn, context, adjustment(3_001)) == msgspec.structs.replace(done, replayed=True)
    assert actions(conn) == [
        ("points.adjustment_requested", "operator:manager"),
        ("points.adjustment_approved", "operator:colleague"),
    ]
    assert_proven(database, context)


def test_a_refused_request_moves_nothing_and_stays_refused(conn, context):
    asked = adjust(conn, context, adjustment(3_001))
    refused = decide_adjustment(conn, context, Decision(request_id=asked.request_id, approve=False), OWNER, NOW)
    assert refused.state == "refused"
    assert adjust(conn, context, adjustment(3_001)).state == "refused"
    with pytest.raises(AlreadyDecided):
        decide_adjustment(conn, context, Decision(request_id=asked.request_id, approve=True), OWNER, NOW)
    assert balance_of(conn).available == 0


def test_nobody_approves_more_than_they_may_adjust_themselves(conn, context):
    asked = adjust(conn, context, adjustment(20_000), OWNER)
    with pytest.raises(AdjustmentBeyondLimit):
        decide_adjustment(conn, context, Decision(request_id=asked.request_id, approve=True), MANAGER, NOW)
    assert balance_of(conn).available == 0


def test_of_two_who_decide_at_once_one_decides(database, conn, context):
    asked = adjust(conn, context, adjustment(3_001))
    start = Barrier(2)

    def run(approve: bool) -> object:
        with psycopg.connect(database.app_dsn) as own:
            start.wait(30)
            try:
                return decide_adjustment(
                    own, context, Decision(request_id=asked.request_id, approve=approve), OWNER, NOW
                )
            except AlreadyDecided as refusal:
                return refusal

    with ThreadPoolExecutor(2) as threads:
        outcomes = list(threads.map(run, [True, False]))
    assert sum(isinstance(one, AdjustedPoints) for one in outcomes) == 1
    approved = isinstance(outcomes[0], AdjustedPoints)
    assert balance_of(conn).available == (3_001 if approved else 0)
    assert_proven(database, context)


def test_an_approval_that_comes_too_late_for_the_points_is_refused(conn, context):
    asked = adjust(conn, context, adjustment(3_001, expires_on=NOW.date()))
    with pytest.raises(InvalidRequest):
        decide_adjustment(
            conn, context, Decision(request_id=asked.request_id, approve=True), OWNER, NOW + timedelta(days=1)
        )
    assert balance_of(conn).available == 0


def test_given_points_never_outlive_the_wind_down_of_their_kind(conn):
    settings = msgspec.structs.replace(program.default_settings(), last_use_on={"regular": date(2026, 12, 31)})
    context = make_context(conn, settings)
    customer_of(conn, "1")
    assert adjust(conn, context, adjustment(5)).expires_on == date(2026, 12, 31)


def test_what_was_given_by_hand_is_spent_like_any_other_points(database, conn, context):
    adjust(conn, context, adjustment(500))
    (spent,) = record_purchases(conn, context, [make_purchase(1_100, identifiers=card("1"), points_to_use=500)], NOW)
    assert spent.balance.available == 5
    assert_proven(database, context)
