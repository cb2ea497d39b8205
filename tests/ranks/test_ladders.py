"""Ladders: what can be published, what that changes, and what is held without any."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from msgspec import structs

from enishi import audit
from enishi.kit.differences import difference
from enishi.ranks import (
    TEMPLATES,
    AllOf,
    AnyOf,
    AtLeast,
    InvalidLadder,
    Ladder,
    LadderInPast,
    Lifetime,
    Measure,
    PointsReward,
    RollingMonths,
    TierRule,
    UnknownTier,
    YearlyOn,
    current_ladder,
    current_tiers,
    describe_ladder,
    find_tier,
    latest_ladder,
    load_held,
    load_ladders,
    publish_ladder,
    rank_at,
    validate,
)

NOW = datetime(2026, 3, 1, 3, 4, 5, tzinfo=UTC)
SOMEBODY = UUID(int=7)
POINTS = TEMPLATES["points"]()


def publish(conn: psycopg.Connection, ladder: Ladder = POINTS, **fields: object):
    values = {"effective_at": NOW, "author": "operator:1", "reason": "Spring", "now": NOW} | fields
    return publish_ladder(conn, ladder, *values.values())  # type: ignore[arg-type]


def test_without_a_ladder_there_are_no_ranks(conn):
    assert load_ladders(conn) == ()
    assert current_ladder(conn, NOW) is None
    assert current_tiers(conn, NOW) == ()
    assert load_held(conn, [SOMEBODY], NOW) == {}
    assert latest_ladder(conn) is None


@pytest.mark.parametrize("name", TEMPLATES)
def test_what_ships_can_be_published_and_comes_back_as_it_was(conn, name):
    ladder = TEMPLATES[name]()
    assert validate(ladder) == []
    published = publish(conn, ladder)
    (loaded,) = load_ladders(conn)
    assert loaded.version == published
    assert [tier.level for tier in current_tiers(conn, NOW)] == list(range(len(ladder.tiers)))
    for locale in ("ja", "en"):
        assert len(describe_ladder(ladder, locale)) >= len(ladder.tiers) + 3


def test_who_never_had_a_rank_holds_the_lowest(conn):
    publish(conn)
    held = load_held(conn, [SOMEBODY], NOW)[SOMEBODY]
    assert (held.tier, held.level, held.name_ja, held.since, held.keep_until) == (
        "regular",
        0,
        "レギュラー",
        None,
        None,
    )
    assert rank_at(conn, [SOMEBODY], NOW) == {SOMEBODY: (None, 0)}


def test_a_ladder_is_in_force_from_its_time_on_and_publishing_is_audited(conn):
    publish(conn)
    publish(conn, TEMPLATES["salon"](), effective_at=NOW + timedelta(days=1))
    assert current_tiers(conn, NOW)[0].code == "regular"
    assert current_tiers(conn, NOW + timedelta(days=1))[0].code == "guest"
    assert latest_ladder(conn) == TEMPLATES["salon"]()
    (newest, *_) = audit.list_events(conn, None, 2)
    assert (newest.action, newest.target) == ("ranks.publish", "ladder:2")
    with pytest.raises(UnknownTier):
        find_tier(load_ladders(conn)[0], "friend")


def test_only_the_first_ladder_may_lie_in_the_past(conn):
    publish(conn, effective_at=NOW - timedelta(days=365))
    with pytest.raises(LadderInPast) as refusal:
        publish(conn, effective_at=NOW - timedelta(microseconds=1))
    assert refusal.value.field == "effective_at"
    assert len(load_ladders(conn)) == 1


def with_criteria(*criteria: object) -> Ladder:
    tiers = tuple(
        TierRule(code=f"t{level}", name_ja="段", name_en="Tier", colour="#000000", criteria=one)  # type: ignore[arg-type]
        for level, one in enumerate((None, *criteria))
    )
    return Ladder(name="段", tiers=tiers)


YEAR = RollingMonths(12)
VISITS = AtLeast(Measure.VISITS, 3, YEAR)


@pytest.mark.parametrize(
    ("ladder", "field"),
    [
        (structs.replace(POINTS, tiers=POINTS.tiers[1:]), "tiers[0].criteria"),
        (structs.replace(POINTS, tiers=(POINTS.tiers[0], POINTS.tiers[0])), "tiers[1].code"),
        (with_criteria(None), "tiers[1].criteria"),
        (with_criteria(VISITS, AtLeast(Measure.VISITS, 2, YEAR)), "tiers[2].criteria"),
        (with_criteria(VISITS, VISITS), "tiers[2].criteria"),
        (with_criteria(AtLeast(Measure.VISITS, 3, YEAR, stores="関東")), "tiers[1].criteria.stores"),
        (with_criteria(AtLeast(Measure.POINTS_EARNED, 3, YEAR, categories=("酒",))), "tiers[1].criteria.categories"),
        (with_criteria(AtLeast(Measure.VISITS, 3, YEAR, categories=("酒", "酒"))), "tiers[1].criteria.categories[1]"),
        (
            with_criteria(AllOf((VISITS, AtLeast(Measure.VISITS, 3, Lifetime(), stores="x")))),
            "tiers[1].criteria.of[1].stores",
        ),
        (with_criteria(AllOf((AnyOf((VISITS,) * 5), AnyOf((VISITS,) * 5)))), "tiers[1].criteria"),
        (structs.replace(POINTS, store_groups={"関東": ("あ",)}), "store_groups['関東'][0]"),
        (
            structs.replace(POINTS, policies=structs.replace(POINTS.policies, schedule=YearlyOn(("04-31",)))),
            "policies.schedule.dates[0]",
        ),
        (
            structs.replace(
                POINTS,
                tiers=(
                    POINTS.tiers[0],
                    structs.replace(POINTS.tiers[1], rewards=(PointsReward("a", 5, limited=True),)),
                ),
            ),
            "tiers[1].rewards[0].valid_days",
        ),
    ],
)
def test_what_can_not_be_published_is_told_with_field_and_remedy(conn, ladder, field):
    with pytest.raises(InvalidLadder) as refusal:
        publish(conn, ladder)
    problem = refusal.value.problem()
    assert problem["field"] == field
    assert problem["remedy"]
    assert load_ladders(conn) == ()


def test_a_difference_names_tiers_by_their_code(conn):
    between = structs.replace(
        POINTS,
        tiers=(
            *POINTS.tiers[:2],
            structs.replace(POINTS.tiers[1], code="bronze", name_ja="ブロンズ"),
            structs.replace(POINTS.tiers[2], colour="#FFD700"),
            *POINTS.tiers[3:],
        ),
        policies=structs.replace(POINTS.policies, grace_days=14),
    )
    changes = {one.field: (one.before, one.after) for one in difference(POINTS, between)}
    assert changes.pop("tiers[bronze].name_ja") == (None, '"ブロンズ"')
    assert changes["policies.grace_days"] == ("0", "14")
    assert changes["tiers[gold].colour"] == ('"#B8860B"', '"#FFD700"')
    assert {field for field in changes if not field.startswith("tiers[bronze]")} == {
        "policies.grace_days",
        "tiers[gold].colour",
        "tiers",
    }
    assert difference(POINTS, POINTS) == ()
