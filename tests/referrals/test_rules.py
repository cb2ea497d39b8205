"""Codes, rings, what qualifies and what is paid."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enishi import referrals
from enishi.referrals import (
    Bought,
    Cap,
    Claimed,
    Finding,
    HintKind,
    OnReturn,
    Referral,
    ReferralSettings,
    ReferralState,
    UnknownReferralCode,
)
from enishi.referrals.model import ALPHABET

JST = timezone(timedelta(hours=9))
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=JST)
ANNA, BEN, CHIE = UUID(int=1), UUID(int=2), UUID(int=3)


def make_referral(**fields: object) -> Referral:
    values: dict[str, object] = {
        "referral_id": UUID(int=9),
        "referrer_id": ANNA,
        "referee_id": BEN,
        "code": "K7QM3WXP",
        "version": 1,
        "channel": "pos",
        "store": "S1",
        "terminal": "",
        "claimed_by": "system",
        "claimed_at": NOON,
        "purchase_by": NOON + timedelta(days=60),
        "state": ReferralState.OPEN,
    }
    return Referral(**(values | fields))  # type: ignore[arg-type]


def bought(total_yen: int = 1_000, at: datetime = NOON, store: str = "S1", channel: str = "pos") -> Bought:
    return Bought(UUID(int=5), store, channel, total_yen, at)


def nothing(**fields: object) -> Claimed:
    values: dict[str, object] = {
        "hints": frozenset(),
        "is_family": False,
        "shared_receipts": 0,
        "ring": (),
        "at_terminal": 0,
        "by_referrer": 0,
        "shared": (),
    }
    return Claimed(**(values | fields))  # type: ignore[arg-type]


@given(st.text(ALPHABET, min_size=8, max_size=8))
def test_a_code_is_read_as_people_write_it(code):
    assert not set(code) & set("01IO")
    spelt = referrals.spell_code(code)
    assert len(spelt) == 9
    for text in (code, spelt, spelt.lower(), f" {code[:4]} {code[4:]} ", spelt.translate({45: "ー"})):
        assert referrals.read_code(text) == code


@pytest.mark.parametrize("text", ["", "K7QM-3WX", "K7QM-3WX0", "K7QM-3WXI", "K7QM-3WXPP", "漢字漢字漢字漢字"])
def test_what_can_be_nobodys_code_is_refused(text):
    with pytest.raises(UnknownReferralCode):
        referrals.read_code(text)


def test_addresses_that_lead_to_one_mailbox_are_one():
    assert referrals.mailbox_of("Taro.Yamada+shop@Gmail.com") == "taroyamada@gmail.com"
    assert referrals.mailbox_of("taroyamada@googlemail.com") == "taroyamada@gmail.com"
    assert referrals.mailbox_of("taro.yamada+a@example.jp") == "taro.yamada@example.jp"


def test_a_ring_of_any_length_is_found_and_a_chain_is_none():
    assert referrals.find_ring(BEN, ANNA, {ANNA: BEN}, 8) == (ANNA, BEN)
    assert referrals.find_ring(BEN, ANNA, {ANNA: CHIE, CHIE: BEN}, 8) == (ANNA, CHIE, BEN)
    assert referrals.find_ring(BEN, ANNA, {ANNA: CHIE, CHIE: BEN}, 1) == ()
    assert referrals.find_ring(BEN, ANNA, {ANNA: CHIE}, 8) == ()
    assert referrals.find_ring(BEN, ANNA, {ANNA: CHIE, CHIE: ANNA}, 8) == ()


def test_what_is_remarkable_is_told_and_what_is_usual_is_not():
    settings = ReferralSettings(terminal_claims=3, referrer_claims=2)
    assert referrals.examine(settings, nothing(at_terminal=2, by_referrer=1)) == ()
    findings = referrals.examine(
        settings,
        nothing(
            hints=frozenset({HintKind.DEVICE, HintKind.ADDRESS}),
            is_family=True,
            shared_receipts=1,
            ring=(ANNA, BEN),
            at_terminal=3,
            by_referrer=2,
            shared=(CHIE,),
        ),
    )
    assert findings == (
        Finding("hint", "address"),
        Finding("hint", "device"),
        Finding("family", "family"),
        Finding("receipt", "1", "0"),
        Finding("ring", "2", "", (ANNA, BEN)),
        Finding("terminal", "4", "3"),
        Finding("referrer", "3", "2"),
        Finding("shared", "1", "0", (CHIE,)),
    )
    sentences = [referrals.explain_finding(one, "ja") for one in findings]
    assert sentences[1] == "紹介した方と端末が同じです。"
    assert sentences[5] == "同じ端末から短時間に4件登録されました（目安 3件まで）。"
    assert all(referrals.explain_finding(one, "en").endswith(".") for one in findings)


@pytest.mark.parametrize(
    ("purchase", "counts"),
    [
        (bought(), True),
        (bought(999), False),
        (bought(at=NOON - timedelta(seconds=1)), False),
        (bought(at=NOON + timedelta(days=60)), True),
        (bought(at=NOON + timedelta(days=60, seconds=1)), False),
        (bought(channel="ec"), False),
        (bought(store="S2"), False),
    ],
)
def test_the_first_purchase_that_counts_is_large_enough_in_time_and_in_place(purchase, counts):
    settings = ReferralSettings(channels=("pos", "app"), stores=("S1",))
    assert referrals.qualifies(settings, make_referral(), purchase) == counts
    assert referrals.qualifies(settings, make_referral(state=ReferralState.HELD), purchase) == counts
    for state in (
        ReferralState.WAITING,
        ReferralState.PAID,
        ReferralState.REJECTED,
        ReferralState.LAPSED,
        ReferralState.REVERSED,
    ):
        assert not referrals.qualifies(settings, make_referral(state=state), purchase)
    assert not referrals.qualifies(settings, make_referral(purchase_id=UUID(int=1)), purchase)


def test_the_wait_is_over_with_the_beginning_of_a_day_of_the_zone():
    settings = ReferralSettings(wait_days=14)
    late = datetime(2026, 11, 20, 23, 59, tzinfo=JST)
    assert referrals.due_after(settings, late, "Asia/Tokyo") == datetime(2026, 12, 4, 0, 0, tzinfo=JST)


@pytest.mark.parametrize(
    ("in_period", "in_total", "points"), [(0, 0, 500), (2, 9, 500), (3, 3, 0), (0, 10, 0), (4, 11, 0)]
)
def test_who_has_had_all_rewards_there_are_gets_none_and_the_new_member_theirs(in_period, in_total, points):
    settings = ReferralSettings(cap=Cap(3, "month"), cap_total=10, referee_points=300)
    owed = referrals.rewards(settings, in_period, in_total)
    assert (owed.referrer_points, owed.referee_points, owed.capped) == (points, 300, points == 0)


def test_a_return_takes_back_what_the_policy_says():
    paid = make_referral(state=ReferralState.PAID, referrer_points=500, referee_points=300)
    for policy, points in ((OnReturn.BOTH, (500, 300)), (OnReturn.REFERRER, (500, 0)), (OnReturn.KEEP, (0, 0))):
        back = referrals.taken_back(ReferralSettings(on_return=policy), paid)
        assert (back.referrer_points, back.referee_points) == points
    assert referrals.still_qualifies(ReferralSettings(), 1_000)
    assert not referrals.still_qualifies(ReferralSettings(), 999)
    assert not referrals.still_qualifies(ReferralSettings(min_amount_yen=0), 0)


def test_the_programme_is_told_in_sentences():
    settings = ReferralSettings(wait_days=14, cap=Cap(5, "month"), cap_total=50)
    assert referrals.describe(settings, "ja") == [
        "入会から30日以内に紹介コードを登録します。",
        "登録から60日以内に¥1,000以上お買い物をすると、紹介した方に500pt、紹介された方に500ptが付きます。",
        "ポイントは、お買い物の14日後に付きます。",
        "特典の対象は1か月に5名までです。",
        "特典の対象は通算50名までです。",
        "対象のお買い物が返品されたときは、双方の特典を取り消します。",
    ]
    assert len(referrals.describe(settings, "en")) == 6
    assert referrals.validate(settings) == []
    bad = ReferralSettings(referrer_points=0, referee_points=0, cap=Cap(5, "year"), cap_total=4)
    assert [one.field for one in referrals.validate(bad)] == ["referrer_points", "cap"]


def test_what_nobody_can_qualify_any_more_is_shown_as_lapsed():
    referral = make_referral()
    assert referral.state_at(NOON) is ReferralState.OPEN
    assert referral.state_at(NOON + timedelta(days=61)) is ReferralState.LAPSED
    assert make_referral(state=ReferralState.HELD).state_at(NOON + timedelta(days=61)) is ReferralState.HELD
