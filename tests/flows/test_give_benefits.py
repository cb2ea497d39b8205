"""Benefits at the counter and in the shop: given once, however many ask, and taken back for a reason."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from tests.benefits.factories import NOON as PUBLISHED
from tests.benefits.factories import make_benefit, publish
from tests.flows.factories import MASTER_KEY, NOW, assert_proven, customer_of, make_context

from enishi import audit, benefits, flows
from enishi.benefits import BenefitAlreadyGiven, BenefitNotDue, BenefitState, Grant, Limit, Occasion, Per, UndoTooLate
from enishi.flows import GivenBenefit, GiveOrder, PurchaseContext
from enishi.kit.database import open_pool
from enishi.kit.errors import InvalidRequest, NotFound
from enishi.kit.ids import new_id
from enishi.kit.vault import Keyring
from enishi.purchases import IdempotencyConflict

EVERYBODY = {"tier": None}


@pytest.fixture
def context(conn) -> PurchaseContext:
    return make_context(conn)


@pytest.fixture
def yuki(conn, context) -> UUID:
    return customer_of(conn, "1234567890123")


def order(customer_id: UUID, benefit: str = "cake", **fields: object) -> GiveOrder:
    values = {"source": "counter", "external_id": str(uuid4()), "store": "S1"}
    return GiveOrder(customer_id=customer_id, benefit=benefit, **(values | fields))  # type: ignore[arg-type]


def count_gives(conn) -> int:
    conn.rollback()
    (count,) = conn.execute("select count(*) from benefits.gives").fetchone()
    return count


def test_a_benefit_is_given_once_a_visit_and_the_second_hears_when_and_where(conn, context, yuki):
    publish(conn, [make_benefit(**EVERYBODY)], PUBLISHED)
    first = order(yuki, terminal="T1")
    outcomes = flows.give_benefits(conn, context, [first, order(yuki), order(yuki, store="S2")], "operator:1", NOW)
    given, twice, elsewhere = outcomes
    assert isinstance(given, GivenBenefit)
    assert (given.give.slot, given.give.number, given.left, given.replayed) == ("2026-11-20@S1", 1, 0, False)
    assert isinstance(twice, BenefitAlreadyGiven)
    assert isinstance(elsewhere, GivenBenefit)
    (again,) = flows.give_benefits(conn, context, [first], "operator:2", NOW + timedelta(minutes=1))
    assert isinstance(again, GivenBenefit)
    assert (again.replayed, again.give) == (True, given.give)
    (late,) = flows.give_benefits(conn, context, [order(yuki)], "operator:1", NOW)
    assert isinstance(late, BenefitAlreadyGiven)
    assert (late.extra["store"], late.extra["give_id"]) == ("S1", str(given.give.give_id))
    other_body = order(yuki, external_id=first.external_id, terminal="T2")
    assert isinstance(flows.give_benefits(conn, context, [other_body], "operator:1", NOW)[0], IdempotencyConflict)
    assert count_gives(conn) == 2
    events = [one.action for one in audit.list_events(conn, None, 10)]
    assert events.count("benefit.given") == 2
    topics = conn.execute("select topic, count(*) from outbox.events group by topic").fetchall()
    assert ("benefit.given", 2) in topics


def test_of_many_tablets_at_the_same_moment_as_many_give_as_the_limit_says(conn, context, yuki, database):
    publish(conn, [make_benefit(limit=Limit(3, Per.DAY), **EVERYBODY)], PUBLISHED)

    def tap(number: int) -> object:
        own = PurchaseContext(Keyring(MASTER_KEY))
        with psycopg.connect(database.app_dsn) as tablet:
            return flows.give_benefits(tablet, own, [order(yuki, terminal=f"T{number}")], "operator:1", NOW)[0]

    with ThreadPoolExecutor(12) as tablets:
        outcomes = list(tablets.map(tap, range(12)))
    given = [one for one in outcomes if isinstance(one, GivenBenefit)]
    assert sorted(one.give.number for one in given) == [1, 2, 3]
    assert sum(isinstance(one, BenefitAlreadyGiven) for one in outcomes) == 9
    assert_proven(database, context)


def test_a_mark_is_taken_back_within_minutes_for_a_reason_and_can_be_given_again(conn, context, yuki):
    publish(conn, [make_benefit(**EVERYBODY)], PUBLISHED)
    (given,) = flows.give_benefits(conn, context, [order(yuki)], "operator:1", NOW)
    assert isinstance(given, GivenBenefit)
    give_id = given.give.give_id

    def undo(reason: str = "Wrong guest", minutes: int = 1, stores: list[str] | None = None) -> object:
        with conn.transaction():
            return benefits.undo_give(
                conn,
                give_id,
                reason,
                customer_id=yuki,
                stores=stores,
                actor="operator:2",
                now=NOW + timedelta(minutes=minutes),
            )

    for refusal, fields in (
        (InvalidRequest, {"reason": " "}),
        (UndoTooLate, {"minutes": 16}),
        (NotFound, {"stores": ["S2"]}),
    ):
        with pytest.raises(refusal):
            undo(**fields)
    undo()
    with pytest.raises(UndoTooLate):
        undo()
    (again,) = flows.give_benefits(conn, context, [order(yuki)], "operator:1", NOW + timedelta(minutes=2))
    assert isinstance(again, GivenBenefit)
    assert again.give.number == 1
    assert benefits.count_gives(conn, NOW, NOW + timedelta(hours=1)) == [("cake", "S1", 2, 1)]
    newest = benefits.list_gives_of(conn, yuki)
    assert [(one.undone_by, one.undo_reason) for one in newest] == [(None, None), ("operator:2", "Wrong guest")]


def test_who_has_no_claim_is_told_why_and_nothing_is_marked(conn, context, yuki):
    publish(conn, [make_benefit(), make_benefit("support", limit=None, kind="priority_support", **EVERYBODY)])
    refused, holds, unknown = flows.give_benefits(
        conn, context, [order(yuki), order(yuki, "support"), order(yuki, "pie")], "operator:1", NOW
    )
    assert isinstance(refused, BenefitNotDue)
    assert refused.extra["state"] == "rank_needed"
    assert isinstance(holds, BenefitNotDue)
    assert unknown.code == "unknown-benefit"
    (nobody,) = flows.give_benefits(conn, context, [order(uuid4())], "operator:1", NOW)
    assert isinstance(nobody, NotFound)
    assert count_gives(conn) == 0


def test_what_a_change_of_rank_grants_is_shown_given_and_gone(conn, context, yuki):
    publish(conn, [make_benefit("mug", tier=None, rewards_only=True, limit=None)], PUBLISHED)
    grant = Grant(new_id(), yuki, "mug", "rank:1", NOW, None)
    with conn.transaction():
        assert benefits.grant_benefits(conn, [grant, Grant(new_id(), yuki, "mug", "rank:1", NOW, None)]) == 1
    found = flows.customer_benefits(conn, context, yuki, now=NOW)
    assert [(one.state, one.left) for one in found.entitlements] == [(BenefitState.AVAILABLE, 1)]
    conn.rollback()
    outcomes = flows.give_benefits(conn, context, [order(yuki, "mug"), order(yuki, "mug")], "key:1", NOW)
    assert isinstance(outcomes[0], GivenBenefit)
    assert isinstance(outcomes[1], BenefitAlreadyGiven)
    conn.rollback()
    found = flows.customer_benefits(conn, context, yuki, Occasion(NOW, ""), now=NOW)
    assert [one.state for one in found.entitlements] == [BenefitState.USED_UP]


def test_what_waits_among_the_rewards_of_ranks_is_granted_once(conn, context, yuki, owner_conn):
    publish(conn, [make_benefit("mug", tier=None, rewards_only=True, limit=None)], PUBLISHED)
    owner_conn.execute("alter table ranks.rewards drop constraint rewards_customer_id_seq_fkey")
    owner_conn.execute(
        "insert into ranks.rewards (customer_id, seq, tier, code, kind, name, given_at)"
        " values (%s, 1, 'gold', 'welcome', 'benefit', 'mug', %s)",
        (yuki, NOW),
    )
    owner_conn.commit()
    assert flows.grant_rank_benefits(conn, NOW) == 1
    assert flows.grant_rank_benefits(conn, NOW) == 0
    (found,) = flows.customer_benefits(conn, context, yuki, now=NOW).entitlements
    assert (found.state, found.left) == (BenefitState.AVAILABLE, 1)


def test_a_version_takes_effect_when_it_says_and_verify_finds_what_no_tablet_could_do(
    conn, context, yuki, owner_conn, database
):
    publish(conn, [make_benefit(**EVERYBODY)], NOW + timedelta(hours=1))
    assert flows.customer_benefits(conn, context, yuki, now=NOW).entitlements == ()
    at = NOW + timedelta(hours=2)
    conn.rollback()
    (given,) = flows.give_benefits(conn, context, [order(yuki)], "operator:1", at)
    assert isinstance(given, GivenBenefit)
    owner_conn.execute(
        """
        insert into benefits.gives
        select gen_random_uuid(), source, 'forged', customer_id, benefit, slot, 2, 2, version, tier, store, channel,
            terminal, given_by, given_at, fingerprint
        from benefits.gives
        """
    )
    owner_conn.execute("update benefits.gives set times = 1 where number = 1")
    owner_conn.execute("alter table benefits.gives drop constraint gives_check")
    owner_conn.execute("update benefits.gives set times = 1")
    owner_conn.commit()
    with open_pool(database.app_dsn, min_size=2, max_size=4) as pool:
        (difference,) = flows.verify_all(pool, context).differences
    assert (difference.field, difference.found, difference.derived) == (
        "benefit given [times] cake 2026-11-20@S1", "2", "1"
    )  # fmt: skip
