"""The ranks that members hold, as pages receive them: where somebody stands, and how it came about."""

from collections.abc import Mapping
from datetime import date
from typing import Literal
from uuid import UUID

import msgspec
from pydantic import AwareDatetime

from enishi import ranks
from enishi.access import Locale
from enishi.ranks import Finding, GivenReward, LadderInForce, RankAnswer, RankChange, Standing, TierProgress
from enishi.web.shapes import Shape


class WantShape(Shape):
    """One thing that a tier needs (``label``), what of it is there (``found_text``), and what is missing."""

    question: str
    unit: Literal["yen", "points", "visits", "purchases", "days", "fact"]
    found: int
    needed: int
    missing: int
    missing_text: str
    label: str
    found_text: str
    by: date | None
    window: str
    channels: list[str]
    stores: list[str]
    categories: list[str]


class TierProgressShape(Shape):
    """How far it is to a tier: any one of ``ways`` will do, the nearest first, and of a way everything."""

    tier: str
    level: int
    name: str
    met: bool
    by: date | None
    sentence: str
    ways: list[list[WantShape]]


class RankTierShape(Shape):
    """A tier by the name that members know."""

    code: str
    level: int
    name: str
    colour: str


class OverrideShape(Shape):
    """A rank that was given by hand: never below it, or exactly it, through ``until`` (null: until it is ended)."""

    tier: str
    name: str
    exact: bool
    until: date | None


class RankShape(Shape):
    """The rank that a customer holds and what comes next; ``line`` says it in one line.

    ``override`` is told to operators only.
    """

    tier: RankTierShape
    since: AwareDatetime | None
    keep_until: date | None
    line: str
    next: TierProgressShape | None
    keep: TierProgressShape | None
    ladder: list[RankTierShape]
    override: OverrideShape | None


class FindingShape(Shape):
    """What was found of what was needed when a rank changed, counted from ``begins`` on."""

    label: str
    found_text: str
    fulfilled: bool
    begins: date | None


class RankChangeShape(Shape):
    """A change of a rank; ``ways`` say what was found and needed, by alternative."""

    seq: int
    from_tier: RankTierShape | None
    to_tier: RankTierShape | None
    from_code: str
    to_code: str
    effective_at: AwareDatetime
    cause: str
    cause_text: str
    subject_id: UUID | None
    keep_until: date | None
    actor: str
    reason: str
    ladder: int
    looks_at: date
    ways: list[list[FindingShape]]


class RankRewardShape(Shape):
    """What a change of rank gave. Points are an entry of the journal; other kinds wait until they are passed on."""

    seq: int
    tier: str
    tier_name: str
    kind: Literal["points", "coupon", "message", "benefit"]
    name: str
    points: int | None
    entry_id: str | None
    given_at: AwareDatetime
    state: Literal["credited", "waiting", "passed_on"]
    passed_on_at: AwareDatetime | None


class CustomerRankShape(Shape):
    """Everything about a customer's rank; ``rank`` is null while no ladder is in force."""

    rank: RankShape | None
    changes: list[RankChangeShape]
    rewards: list[RankRewardShape]


def tier_shape(tier: ranks.Tier, language: Locale) -> RankTierShape:
    """A tier in a language."""
    name = tier.name_ja if language is Locale.JA else tier.name_en
    return RankTierShape(code=tier.code, level=tier.level, name=name, colour=tier.colour)


def rank_shape(
    held: RankAnswer, ladder: LadderInForce, language: Locale, override: OverrideShape | None = None
) -> RankShape:
    """A rank with its progress in a language."""
    return RankShape(
        tier=tier_shape(ladder.tiers[held.level], language),
        since=held.since,
        keep_until=held.keep_until,
        line=ranks.tell_rank(held, language.value),
        next=None if held.next is None else _progress(held.next, language, keeps=False),
        keep=None if held.keep is None else _progress(held.keep, language, keeps=True),
        ladder=[tier_shape(one, language) for one in ladder.tiers],
        override=override,
    )


def _progress(progress: TierProgress, language: Locale, *, keeps: bool) -> TierProgressShape:
    locale = language.value
    return TierProgressShape(
        tier=progress.tier,
        level=progress.level,
        name=progress.name_ja if language is Locale.JA else progress.name_en,
        met=progress.met,
        by=progress.by,
        sentence=ranks.tell_progress(progress, locale, keeps=keeps),
        ways=[
            [
                WantShape.model_validate(
                    msgspec.to_builtins(want, builtin_types=(date,))
                    | {"missing": want.missing, "missing_text": ranks.tell_want(want, locale)}
                    | {"label": ranks.tell_needed(want, locale), "found_text": ranks.tell_found(want, locale)}
                )
                for want in way
            ]
            for way in ranks.nearest_first(progress.ways)
        ],
    )


def change_shape(
    one: RankChange, ladder: LadderInForce | None, names: Mapping[str, str], language: Locale
) -> RankChangeShape:
    """A change of a rank, its tiers in the words of the ladder in force where it knows them."""

    def tier(code: str) -> RankTierShape | None:
        level = None if ladder is None else ladder.ladder.levels.get(code)
        return None if ladder is None or level is None else tier_shape(ladder.tiers[level], language)

    return RankChangeShape(
        seq=one.seq,
        from_tier=tier(one.from_tier),
        to_tier=tier(one.to_tier),
        from_code=one.from_tier,
        to_code=one.to_tier,
        effective_at=one.effective_at,
        cause=one.cause.value,
        cause_text=ranks.tell_cause(one.cause, language.value),
        subject_id=one.subject_id,
        keep_until=one.keep_until,
        actor=names.get(one.actor.removeprefix("operator:"), one.actor),
        reason=one.reason,
        ladder=one.ladder_version,
        looks_at=one.basis.looks_at,
        ways=[[_finding(each, language.value) for each in way] for way in one.basis.ways],
    )


def _finding(one: Finding, locale: Literal["ja", "en"]) -> FindingShape:
    return FindingShape(
        label=ranks.tell_needed(one, locale),
        found_text=ranks.tell_found(one, locale),
        fulfilled=one.found >= one.needed,
        begins=one.begins,
    )


def reward_shape(
    one: GivenReward, ladder: LadderInForce | None, benefit_names: Mapping[str, str], language: Locale
) -> RankRewardShape:
    """What a change of rank gave; tiers and benefits that are no more are called by their codes."""
    state = "credited" if one.kind == "points" else "waiting" if one.consumed_at is None else "passed_on"
    return RankRewardShape(
        seq=one.seq,
        tier=one.tier,
        tier_name=_tier_name(one.tier, ladder, language),
        kind=one.kind,
        name=benefit_names.get(one.name, one.name) if one.kind == "benefit" else one.name,
        points=one.points,
        entry_id=None if one.entry_seq is None else f"{one.customer_id}-{one.entry_seq}",
        given_at=one.given_at,
        state=state,
        passed_on_at=one.consumed_at,
    )


def override_shape(standing: Standing | None, ladder: LadderInForce | None, language: Locale) -> OverrideShape | None:
    """What was given by hand; None when nothing was."""
    given = None if standing is None else standing.override
    if given is None:
        return None
    name = _tier_name(given.tier, ladder, language)
    return OverrideShape(tier=given.tier, name=name, exact=given.exact, until=given.until)


def _tier_name(code: str, ladder: LadderInForce | None, language: Locale) -> str:
    level = None if ladder is None else ladder.ladder.levels.get(code)
    return code if ladder is None or level is None else tier_shape(ladder.tiers[level], language).name
