"""What changed between two settings reads as language: no field and no code is left as the machine calls it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from enishi import campaigns, flows, program, ranks
from enishi.campaigns import (
    AddedPoints,
    AmountStep,
    AmountSteps,
    AwardTerms,
    BenefitClass,
    CampaignRules,
    Ceilings,
    Conditions,
    Goods,
    Hours,
    Multiplier,
    Period,
    PointsPerPiece,
    Premium,
    Stacking,
    StackMode,
    Trigger,
    Visit,
    Weekday,
)
from enishi.kit.differences import Difference, difference
from enishi.program import AfterDays, OnEvent, PurchaseEvent, ReturnPolicy
from enishi.purchases import Channel, PaymentMethod

TOKYO = ZoneInfo("Asia/Tokyo")
CAMPAIGN = CampaignRules(
    name_ja="名",
    name_en="N",
    note="覚",
    starts_at=datetime(2026, 11, 1, tzinfo=UTC),
    ends_at=datetime(2026, 12, 1, tzinfo=UTC),
    trigger=Trigger.JOINING,
    effect=AmountSteps((AmountStep(3_000, 20),)),
    goods=Goods(skus=("1",), sku_prefixes=("2",), categories=("3",)),
    conditions=Conditions(
        weekdays=(Weekday.SAT,),
        days_of_month=(10,),
        hours=(Hours("17:00", "20:00"),),
        stores=("S1",),
        stores_except=("S2",),
        channels=(Channel.EC,),
        payment_methods=(PaymentMethod.CASH,),
        ranks=("1",),
        segments=("2",),
        segments_except=("3",),
        customer="new",
        away_days=30,
        visit=Visit(5, every=True),
        birthday_month=True,
        joined_within_days=60,
        weather=("4",),
        codes=("5",),
        from_yen=1_000,
        measure=campaigns.Measure.TOTAL,
    ),
    award=AwardTerms(kind="limited", valid_days=30, valid_until=date(2027, 1, 31), rounding=program.Rounding.CEIL),
    stacking=Stacking(group="6", mode=StackMode.BEST_OF, priority=3, not_with=("7",)),
    ceilings=Ceilings(
        receipt_points=500,
        member_points=600,
        member_times=3,
        member_period=Period.MONTH,
        budget_points=100_000,
        store_budgets={"S1": 9_000},
    ),
    premium=Premium(
        benefit=BenefitClass.ALL_COMERS,
        restricted_use=True,
        lowest_sale_yen=1,
        expected_sales_yen=2,
        highest_prize_yen=3,
        total_prizes_yen=4,
    ),
    invented=True,
)
PROGRAM = msgspec.structs.replace(
    program.default_settings("縁"),
    excluded_payment_methods=(PaymentMethod.QR_CODE,),
    store_overrides={"S1": program.default_settings().earning},
    returns=ReturnPolicy(reissue_days=30),
    last_use_on={"regular": date(2027, 3, 31)},
    pending={Channel.EC: OnEvent(PurchaseEvent.SHIPPED, 3), Channel.APP: AfterDays(7)},
)


def spell_out(value: Any) -> Any:
    """A setting as plain values, with what is left at its default."""
    if isinstance(value, msgspec.Struct):
        tag = type(value).__struct_config__
        kind = {} if tag.tag is None else {tag.tag_field: tag.tag}
        return kind | {name: spell_out(getattr(value, name)) for name in value.__struct_fields__}
    if isinstance(value, dict):
        return {key: spell_out(one) for key, one in value.items()}
    if isinstance(value, tuple):
        return [spell_out(one) for one in value]
    return value


def effects(effect: Any) -> CampaignRules:
    return msgspec.structs.replace(CAMPAIGN, effect=effect)


DOCUMENTS = [
    ("program", PROGRAM),
    *(("ladder", template()) for template in ranks.TEMPLATES.values()),
    ("campaign", CAMPAIGN),
    ("campaign", effects(Multiplier(200))),
    ("campaign", effects(AddedPoints(50))),
    ("campaign", effects(PointsPerPiece(5, most_pieces=3))),
]


@pytest.mark.parametrize("locale", ["ja", "en"])
@pytest.mark.parametrize(("room", "document"), DOCUMENTS)
def test_every_field_and_every_code_has_a_word(room, document, locale) -> None:
    spelt = spell_out(document)
    changes = flows.word_changes(room, difference(None, spelt), locale, TOKYO)
    assert len(changes) > 15
    for one in changes:
        told = f"{one.label} {one.after}"
        # Codes of tiers, templates and groups of the document are names that people have given.
        own = re.sub(r"[「“][^」”]*[」”]|#[0-9A-F]{6}|Asia/Tokyo", "", told)
        if one.field != "tiers" and not one.field.endswith(("rewards", "coupon", "template", "benefit")):
            assert not re.search(r"[a-z]_[a-z]|\{|\[|true|false|null|T\d\d:", own), (one.field, told)
            if locale == "ja" and not one.field.endswith("name_en"):
                assert not re.search(r"(?<![a-zA-Z])[a-z]{3,}", own), (one.field, told)


def test_values_are_written_as_people_write_them() -> None:
    changes = [
        Difference("starts_at", '"2026-11-01T00:00:00Z"', '"2026-11-02T01:30:00+09:00"'),
        Difference("conditions.weekdays", '["sat","sun"]', None),
        Difference("conditions.from_yen", "0", "3000"),
        Difference("ceilings.store_budgets.S1", None, "9000"),
        Difference("award.valid_until", "null", '"2027-01-31"'),
        Difference("effect.steps", None, '[{"from_yen":3000,"points":20}]'),
        Difference("note", '""', '"new"'),
    ]
    assert [(one.label, one.before, one.after) for one in flows.word_changes("campaign", changes, "ja", TOKYO)] == [
        ("開始", "2026/11/01 09:00", "2026/11/02 01:30"),
        ("曜日", "土、日", None),
        ("最低金額", "¥0", "¥3,000"),
        ("店舗別の予算 › S1", None, "9,000pt"),
        ("有効期限", "なし", "2027/01/31"),
        ("金額の段階", None, "（金額：¥3,000、ポイント：20pt）"),
        ("メモ", "なし", "new"),
    ]
    english = flows.word_changes("campaign", changes[:3], "en", TOKYO)
    assert [(one.label, one.before, one.after) for one in english] == [
        ("Start", "1 November 2026 09:00", "2 November 2026 01:30"),
        ("Days of the week", "Saturday, Sunday", None),
        ("Least amount", "¥0", "¥3,000"),
    ]


def test_a_criterion_is_told_as_the_ladder_tells_it() -> None:
    before = ranks.points_and_count(300, 3)
    after = ranks.points_and_count(500, 3)
    (one,) = flows.word_changes(
        "ladder",
        [
            Difference(f"tiers[gold].criteria.{part.field}", part.before, part.after)
            for part in difference(before, after)
        ],
        "ja",
        TOKYO,
    )
    assert (one.label, one.before) == (
        "ランク「gold」 › 条件",
        "直近6か月で獲得 300ポイント以上、直近6か月でお買い物 3回以上",
    )
    assert one.after == "直近6か月で獲得 500ポイント以上、直近6か月でお買い物 3回以上"


def test_a_place_in_a_list_counts_from_one() -> None:
    assert flows.word_field("campaign", "effect.steps[1]", "ja") == "金額の段階「2」"
    assert flows.word_field("campaign", "conditions.hours[0]", "en") == "Hours “1”"
