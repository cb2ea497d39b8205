"""Referrals from the claim to the reward: paid once with the purchase, held when it looks odd, undone with a return."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count
from uuid import UUID

import psycopg
import pytest
from msgspec import structs
from tests.flows.factories import (
    JST,
    LONG_AGO,
    MASTER_KEY,
    NOON,
    NOW,
    assert_proven,
    card,
    customer_of,
    make_context,
    make_purchase,
)

from enishi import customers, flows, ledger, referrals
from enishi.customers import NewCustomer, Profile
from enishi.flows import PurchaseContext, ReferralClaim, record_purchases, record_returns
from enishi.kit.errors import InvalidRequest
from enishi.kit.identifiers import Identifier, IdentifierKind
from enishi.kit.vault import Keyring
from enishi.purchases import Line, Receipt, Return, ReturnedLine
from enishi.referrals import Cap, HintKind, OnReturn, ReferralDecided, ReferralRefused, ReferralSettings, ReferralState

_cards = count(1)
BEFORE = NOON - timedelta(hours=3)


class Shop:
    """A chain with a referral programme and one member who tells others of it."""

    def __init__(self, conn: psycopg.Connection, settings: ReferralSettings | None = None) -> None:
        self.conn = conn
        self.context = make_context(conn)
        with conn.transaction():
            referrals.publish_version(conn, settings or ReferralSettings(), BEFORE, "system", "Opening", BEFORE)
        self.anna = customer_of(conn, "9000000000001")
        self.code = self.code_of(self.anna)

    def code_of(self, customer_id: UUID) -> str:
        with self.conn.transaction():
            return referrals.code_of(self.conn, customer_id, NOW)

    def newcomer(self, *identifiers: Identifier, profile: Profile | None = None) -> tuple[UUID, str]:
        number = f"91{next(_cards):011}"
        person = NewCustomer(joined_at=BEFORE, identifiers=(*card(number), *identifiers), profile=profile or Profile())
        with self.conn.transaction():
            (customer_id,) = customers.create_customers(self.conn, Keyring(MASTER_KEY), [person])
        return customer_id, number

    def claim(self, customer_id: UUID, code: str | None = None, **fields: object) -> object:
        one = ReferralClaim(source="counter", code=code or self.code, customer_id=customer_id, **fields)  # type: ignore[arg-type]
        return flows.claim_referrals(self.conn, self.context, [one], "operator:1", BEFORE)[0]

    def refer(self, **fields: object) -> tuple[UUID, str, UUID]:
        """A newcomer who has claimed Anna's code: customer, card, referral."""
        customer_id, number = self.newcomer()
        claimed = self.claim(customer_id, **fields)
        assert isinstance(claimed, flows.ClaimedReferral), claimed
        return customer_id, number, claimed.referral.referral_id

    def buy(self, number: str, price_yen: int = 1_100, **fields: object) -> object:
        return record_purchases(
            self.conn, self.context, [make_purchase(price_yen, identifiers=card(number), **fields)], NOW
        )[0]

    def balance(self, customer_id: UUID) -> int:
        self.conn.rollback()
        held = ledger.load_balance(self.conn, customer_id, NOW.date()).available
        self.conn.rollback()
        return held

    def state(self, referral_id: UUID) -> ReferralState:
        self.conn.rollback()
        found = referrals.load_referral(self.conn, referral_id)
        self.conn.rollback()
        return found.state


def test_the_first_purchase_that_counts_pays_both_in_its_own_transaction_and_explains_it(conn, database):
    shop = Shop(conn)
    ben, number, referral_id = shop.refer(store="S1", terminal="T1")
    small = shop.buy(number, 550)
    assert (small.notices, shop.balance(shop.anna)) == ((), 0)
    bought = shop.buy(number)
    assert bought.notices == (flows.REFERRAL_REWARDED,)
    assert (bought.points_earned, bought.balance.available) == (10, 5 + 10 + 500)
    assert (shop.balance(shop.anna), shop.balance(ben)) == (500, 515)
    assert shop.state(referral_id) is ReferralState.PAID
    again = shop.buy(number)
    assert (again.notices, shop.balance(shop.anna)) == ((), 500)
    entry = ledger.list_entries(conn, shop.anna, None, 1)[0]
    assert flows.summarise(entry, "ja") == (
        "ご紹介特典：ご紹介いただいた方の最初の対象のお買い物（¥1,000以上）により 500pt を付与しました。"
    )
    assert "first purchase of somebody you referred" in flows.summarise(entry, "en")
    conn.rollback()
    assert_proven(database, shop.context)


def test_repeats_and_concurrent_purchases_pay_once(conn, database):
    shop = Shop(conn)
    ben, number, referral_id = shop.refer()
    purchases = [make_purchase(identifiers=card(number)) for _ in range(8)]

    def ring_up(purchase: object) -> object:
        with psycopg.connect(database.app_dsn) as till:
            return record_purchases(till, PurchaseContext(Keyring(MASTER_KEY)), [purchase, purchase], NOW)[0]  # type: ignore[list-item]

    with ThreadPoolExecutor(8) as tills:
        outcomes = list(tills.map(ring_up, purchases))
    paid = [one for one in outcomes if flows.REFERRAL_REWARDED in one.notices]
    assert len(paid) == 1
    assert (shop.balance(shop.anna), shop.balance(ben)) == (500, 580)
    assert shop.state(referral_id) is ReferralState.PAID
    assert_proven(database, shop.context)


def test_one_batch_pays_several_and_counts_each_towards_the_limit_of_who_referred(conn, database):
    shop = Shop(conn, ReferralSettings(cap=Cap(2, "month"), referee_points=100))
    people = [shop.refer() for _ in range(3)]
    batch = [make_purchase(identifiers=card(number)) for _, number, _ in people]
    batch.append(make_purchase(identifiers=card("9000000000001")))
    outcomes = record_purchases(conn, shop.context, batch, NOW)
    assert [one.notices for one in outcomes[:3]] == [(flows.REFERRAL_REWARDED,)] * 3
    assert outcomes[3].balance.available == 1_010
    assert [shop.balance(one) for one, _, _ in people] == [110, 110, 110]
    conn.rollback()
    capped = [one for one in referrals.load_referrals_of(conn, shop.anna) if one.capped]
    assert [(one.state, one.referrer_points, one.referee_points) for one in capped] == [(ReferralState.PAID, 0, 100)]
    conn.rollback()
    assert_proven(database, shop.context)


def test_with_a_wait_it_is_paid_when_the_wait_is_over_unless_the_goods_come_back(conn, database):
    shop = Shop(conn, ReferralSettings(wait_days=14))
    ben, number, referral_id = shop.refer()
    chie, other, second = shop.refer()
    shop.buy(number)
    bought = make_purchase(identifiers=card(other))
    record_purchases(conn, shop.context, [bought], NOW)
    assert shop.state(referral_id) is ReferralState.WAITING
    record_returns(conn, shop.context, [return_of(bought)], NOW)
    assert shop.state(second) is ReferralState.OPEN
    due = (NOON + timedelta(days=14)).replace(hour=0)
    conn.rollback()
    assert flows.pay_due_referrals(conn, shop.context, due - timedelta(seconds=1)) == 0
    assert flows.pay_due_referrals(conn, shop.context, due) == 1
    assert flows.pay_due_referrals(conn, shop.context, due) == 0
    assert (shop.state(referral_id), shop.state(second)) == (ReferralState.PAID, ReferralState.OPEN)
    assert (shop.balance(shop.anna), shop.balance(ben), shop.balance(chie)) == (500, 510, 0)
    conn.rollback()
    flows.pay_due_referrals(conn, shop.context, NOW + timedelta(days=91))
    assert shop.state(second) is ReferralState.LAPSED
    assert_proven(database, shop.context)


def return_of(purchase: object, **fields: object) -> Return:
    return Return(
        source="pos",
        external_id=f"back-{purchase.external_id}",  # type: ignore[attr-defined]
        store="S1",
        occurred_at=NOW,
        receipt=Receipt("pos", purchase.external_id),  # type: ignore[attr-defined]
        **fields,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("policy", "anna", "ben", "state"),
    [
        (OnReturn.BOTH, 0, 0, ReferralState.REVERSED),
        (OnReturn.REFERRER, 0, 500, ReferralState.REVERSED),
        (OnReturn.KEEP, 500, 500, ReferralState.PAID),
    ],
)
def test_a_return_of_the_qualifying_purchase_takes_the_rewards_back_by_policy(conn, database, policy, anna, ben, state):
    shop = Shop(conn, ReferralSettings(on_return=policy))
    customer_id, number, referral_id = shop.refer()
    bought = make_purchase(identifiers=card(number))
    record_purchases(conn, shop.context, [bought], NOW)
    quoted = flows.quote_return(conn, shop.context, return_of(bought), NOW)
    (back,) = record_returns(conn, shop.context, [return_of(bought)], NOW)
    assert back.balance == quoted.balance
    assert back.balance.available == ben
    assert (shop.balance(shop.anna), shop.balance(customer_id), shop.state(referral_id)) == (anna, ben, state)
    conn.rollback()
    assert_proven(database, shop.context)


def test_goods_that_come_back_in_parts_let_nobody_be_rewarded_again(conn, database):
    """Else a new member who keeps their reward by policy returns the rest, buys again, and is rewarded once more."""
    shop = Shop(conn, ReferralSettings(on_return=OnReturn.REFERRER))
    ben, number, referral_id = shop.refer()
    bought = make_purchase(identifiers=card(number), lines=(Line("A", 2, 550),))
    record_purchases(conn, shop.context, [bought], NOW)
    for part in (1, 2):
        half = structs.replace(return_of(bought), external_id=f"HALF-{part}", lines=(ReturnedLine(1, 1),))
        record_returns(conn, shop.context, [half], NOW)
        assert shop.state(referral_id) is ReferralState.REVERSED
    assert shop.buy(number).notices == ()
    assert (shop.balance(shop.anna), shop.balance(ben)) == (0, 510)
    assert_proven(database, shop.context)


def test_a_rejected_referral_stays_rejected_when_its_purchase_comes_back(conn):
    shop = Shop(conn, ReferralSettings(referrer_claims=1))
    shop.refer()
    ben, number, referral_id = shop.refer()
    bought = make_purchase(identifiers=card(number))
    record_purchases(conn, shop.context, [bought], NOW)
    flows.decide_referral(
        conn, shop.context, referral_id, approve=False, note="One person", stores=None, actor="operator:2", now=NOW
    )
    record_returns(conn, shop.context, [return_of(bought)], NOW)
    assert shop.state(referral_id) is ReferralState.REJECTED
    assert shop.buy(number).notices == ()
    assert (shop.balance(shop.anna), shop.balance(ben)) == (0, 10)


def test_a_code_is_for_new_members_once_and_not_for_oneself(conn):
    shop = Shop(conn)
    ben, _, referral_id = shop.refer()
    again = shop.claim(ben, shop.code.lower())
    assert (again.replayed, again.referral.referral_id) == (True, referral_id)
    chie, _ = shop.newcomer()
    for customer_id, code, reason in (
        (ben, shop.code_of(chie), "already"),
        (shop.anna, shop.code, "self"),
        (shop.anna, shop.code_of(chie), "not_new"),
    ):
        refused = shop.claim(customer_id, code)
        assert isinstance(refused, ReferralRefused)
        assert refused.extra["reason"] == reason
    assert shop.claim(chie, "22222222").code == "unknown-referral-code"
    assert len(shop.code) == 8
    with conn.transaction():
        referrals.publish_version(conn, ReferralSettings(is_open=False), NOON, "system", "Pause", NOON)
    one = ReferralClaim(source="counter", code=shop.code, customer_id=chie)
    (closed,) = flows.claim_referrals(conn, shop.context, [one], "operator:1", NOW)
    assert closed.extra["reason"] == "closed"
    assert conn.execute("select count(*) from referrals.referrals").fetchone() == (1,)


def test_what_looks_like_one_person_or_a_ring_is_held_with_its_evidence(conn):
    shop = Shop(conn, ReferralSettings(terminal_claims=2, referrer_claims=50))
    person = Profile(name_kana="ヤマダ タロウ", birth_date=NOW.date().replace(year=1990))
    anna, _ = shop.newcomer(Identifier(IdentifierKind.EMAIL, "taro.yamada@gmail.com"), profile=person)
    code = shop.code_of(anna)
    twin, _ = shop.newcomer(Identifier(IdentifierKind.EMAIL, "taroyamada+2@gmail.com"), profile=person)
    held = shop.claim(twin, code).referral
    assert (held.state, [(one.rule, one.found) for one in held.findings]) == (
        ReferralState.HELD, [("hint", "mailbox"), ("hint", "person")]
    )  # fmt: skip
    back = shop.claim(anna, shop.code_of(twin)).referral
    assert [one.rule for one in back.findings] == ["hint", "hint", "ring"]
    assert back.findings[-1].others == (twin, anna)
    device = flows.GivenHint(HintKind.DEVICE, "d-1")
    states = [
        shop.claim(shop.newcomer()[0], store="S1", terminal="T9", hints=(device,) if number else ()).referral
        for number in range(3)
    ]
    assert [one.state for one in states] == [ReferralState.OPEN, ReferralState.OPEN, ReferralState.HELD]
    assert [one.rule for one in states[2].findings] == ["terminal", "shared"]
    assert states[2].findings[1].others == (states[1].referee_id,)


def test_a_held_referral_is_paid_when_somebody_approves_and_never_when_not(conn, database):
    shop = Shop(conn, ReferralSettings(referrer_claims=1))
    shop.refer()
    ben, number, held = shop.refer()
    chie, other, rejected = shop.refer()
    assert shop.state(held) is ReferralState.HELD
    for one in (number, other):
        assert shop.buy(one).notices == ()
    assert (shop.balance(shop.anna), shop.balance(ben)) == (0, 10)

    def decide(
        referral_id: UUID, *, approve: bool, note: str = "Looked at", stores: list[str] | None = None
    ) -> ReferralState:
        conn.rollback()
        return flows.decide_referral(
            conn, shop.context, referral_id, approve=approve, note=note, stores=stores, actor="operator:2", now=NOW
        ).state

    with pytest.raises(InvalidRequest):
        decide(held, approve=True, note=" ")
    with pytest.raises(Exception, match="no such referral"):
        decide(held, approve=True, stores=["S9"])
    assert decide(held, approve=True) is ReferralState.PAID
    assert decide(rejected, approve=False) is ReferralState.REJECTED
    with pytest.raises(ReferralDecided):
        decide(held, approve=False)
    assert (shop.balance(shop.anna), shop.balance(ben), shop.balance(chie)) == (500, 510, 10)
    assert shop.buy(other).notices == ()
    assert_proven(database, shop.context)


def test_without_a_programme_a_batch_asks_nothing_and_verify_finds_a_forged_payment(conn, owner_conn, database):
    context = make_context(conn)
    for _ in range(2):
        record_purchases(conn, context, [make_purchase(identifiers=card("9000000000001"))], NOW)
    assert context.referrals.ask_open(conn, [customer_of(conn, "9000000000001")])() == []
    conn.rollback()
    shop_conn = owner_conn
    shop_conn.execute(
        """
        insert into referrals.versions values (1, %s, %s, 'system', 'Forged', '{}')
        """,
        (LONG_AGO, LONG_AGO),
    )
    anna = customer_of(conn, "9000000000001")
    ben = customer_of(conn, "9000000000002")
    shop_conn.execute(
        """
        insert into referrals.referrals (
            referral_id, referrer_id, referee_id, code, version, channel, store, terminal, claimed_by, claimed_at,
            purchase_by, state, findings, purchase_id, purchase_store, qualified_at, due_at, settled_at,
            referrer_points, referrer_seq
        ) values (
            gen_random_uuid(), %s, %s, '22222222', 1, 'pos', 'S1', '', 'system', %s, %s, 'paid', '[]',
            gen_random_uuid(), 'S1', %s, %s, %s, 500, 7
        )
        """,
        (anna, ben, NOW, NOW.astimezone(JST), NOW, NOW, NOW),
    )
    shop_conn.commit()
    with pytest.raises(AssertionError, match="points of referrals"):
        assert_proven(database, context)
