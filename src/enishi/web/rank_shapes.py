"""Ranks as pages send and receive them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from pydantic import AwareDatetime, Field

from enishi import ranks
from enishi.access import Locale
from enishi.kit.differences import difference
from enishi.kit.validity import describe_invalid
from enishi.ranks import Finding, GivenReward, Ladder, LadderInForce, RankAnswer, RankChange, Standing, TierProgress
from enishi.web.shapes import Body, Shape

Code = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
Text = Annotated[str, Field(max_length=100)]


class WindowShape(Body):
    """The time in which is counted; which of the other fields are set depends on ``kind``."""

    kind: Literal["months", "days", "calendar", "join_year", "lifetime"]
    months: int | None = None
    days: int | None = None
    period: Literal["month", "quarter", "half", "year"] | None = None
    start_month: int | None = None


class CriterionShape(Body):
    """A bracket (``all``, ``any``) or a leaf; which of the other fields are set depends on ``kind``."""

    kind: Literal["all", "any", "at_least", "joined_for", "holds"]
    of: Annotated[list["CriterionShape"], Field(max_length=20)] | None = None
    measure: Literal["amount_with_tax", "amount_without_tax", "visits", "purchases", "points_earned"] | None = None
    value: int | None = None
    window: WindowShape | None = None
    channels: list[Literal["pos", "ec", "app", "line"]] | None = None
    stores: str | None = None
    categories: Annotated[list[Text], Field(max_length=200)] | None = None
    days: int | None = None
    fact: Literal["card", "app_id", "line_user_id", "shop_customer_id", "phone", "email"] | None = None


class RewardShape(Body):
    """What rising to a tier gives; which of the other fields are set depends on ``kind``."""

    kind: Literal["points", "coupon", "message", "benefit"]
    code: Code
    points: int | None = None
    limited: bool | None = None
    valid_days: int | None = None
    coupon: Text | None = None
    template: Text | None = None
    benefit: Text | None = None
    each_time: bool | None = None


class TierRuleShape(Body):
    """A tier as head office sets it; the lowest has no criteria."""

    code: Code
    name_ja: Text
    name_en: Text
    colour: Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}$")]
    criteria: CriterionShape | None = None
    permanent: bool = False
    rewards: Annotated[list[RewardShape], Field(max_length=10)]


class ScheduleShape(Body):
    """When all members are evaluated."""

    kind: Literal["monthly", "dates"]
    day: int | None = None
    dates: list[str] | None = None


class KeepShape(Body):
    """Until when a rank is kept."""

    kind: Literal["evaluations", "months", "years"]
    evaluations: int | None = None
    months: int | None = None
    years: int | None = None
    start_month: int | None = None


class PoliciesShape(Body):
    """How members rise and fall."""

    upgrade: Literal["immediate", "evaluation"]
    schedule: ScheduleShape
    keep: KeepShape
    grace_days: int
    downgrade: Literal["to_qualified", "one_step"]
    notice_days: int
    on_return: Literal["next_evaluation", "immediate"]
    priced_by: Literal["rank_before", "rank_after"]


class LadderShape(Body):
    """A ladder as it is published, lowest tier first."""

    name: Text
    tiers: Annotated[list[TierRuleShape], Field(min_length=1, max_length=20)]
    policies: PoliciesShape
    store_groups: dict[str, Annotated[list[str], Field(max_length=2_000)]]


class RankSettingChange(Shape):
    """One field that differs, its values as JSON."""

    field: str
    before: str | None
    after: str | None


class RankProblem(Shape):
    """What keeps a ladder from being published."""

    field: str
    detail: str
    remedy: str


class LadderVersionShape(Shape):
    """A ladder that was published, in sentences, and what it changed."""

    version: int
    effective_at: AwareDatetime
    published_at: AwareDatetime
    author: str
    reason: str
    state: Literal["live", "scheduled", "past"]
    ladder: LadderShape
    sentences: list[str]
    changes: list[RankSettingChange]


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


class RankShape(Shape):
    """The rank that a customer holds and what comes next; ``line`` says it in one line."""

    tier: RankTierShape
    since: AwareDatetime | None
    keep_until: date | None
    line: str
    next: TierProgressShape | None
    keep: TierProgressShape | None
    ladder: list[RankTierShape]


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
    """What a change of rank gave."""

    seq: int
    tier: str
    kind: Literal["points", "coupon", "message", "benefit"]
    name: str
    points: int | None
    given_at: AwareDatetime


class OverrideShape(Shape):
    """A rank that was given by hand."""

    tier: str
    exact: bool
    until: date | None


class CustomerRankShape(Shape):
    """Everything about a customer's rank; ``rank`` is null while no ladder is in force."""

    rank: RankShape | None
    override: OverrideShape | None
    changes: list[RankChangeShape]
    rewards: list[RankRewardShape]


def ladder_of(shape: LadderShape) -> Ladder:
    """The ladder that a page sent. Raises ``InvalidRequest`` naming the field."""
    sent = _without_nulls(shape.model_dump(mode="json"))
    try:
        return msgspec.convert(sent, type=Ladder)
    except msgspec.ValidationError as error:
        raise describe_invalid(str(error), Ladder, "the page") from error


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nulls(one) for name, one in value.items() if one is not None}  # pyright: ignore[reportUnknownVariableType]
    return [_without_nulls(one) for one in value] if isinstance(value, list) else value  # pyright: ignore[reportUnknownVariableType]


def ladder_shape(ladder: Ladder) -> LadderShape:
    """A ladder as pages edit it."""
    return LadderShape.model_validate(msgspec.to_builtins(ladder))


def changes_between(before: Ladder | None, after: Ladder) -> list[RankSettingChange]:
    """What one ladder changes against another; the first changes nothing."""
    if before is None:
        return []
    return [RankSettingChange(field=one.field, before=one.before, after=one.after) for one in difference(before, after)]


def present_ladders(
    ladders: Sequence[LadderInForce], names: Mapping[str, str], now: datetime, language: Locale
) -> list[LadderVersionShape]:
    """Every ladder, the one published last first, each with what it changed."""
    current = ranks.ladder_at(ladders, now)
    shown: list[LadderVersionShape] = []
    before: Ladder | None = None
    for one in sorted((each.version for each in ladders), key=lambda version: version.version):
        is_live = current is not None and one.version == current.version.version
        shown.append(
            LadderVersionShape(
                version=one.version,
                effective_at=one.effective_at,
                published_at=one.published_at,
                author=names.get(one.author.removeprefix("operator:"), one.author),
                reason=one.reason,
                state="live" if is_live else "scheduled" if one.effective_at > now else "past",
                ladder=ladder_shape(one.ladder),
                sentences=list(ranks.describe_ladder(one.ladder, language.value)),
                changes=changes_between(before, one.ladder),
            )
        )
        before = one.ladder
    return shown[::-1]


def tier_shape(tier: ranks.Tier, language: Locale) -> RankTierShape:
    """A tier in a language."""
    name = tier.name_ja if language is Locale.JA else tier.name_en
    return RankTierShape(code=tier.code, level=tier.level, name=name, colour=tier.colour)


def rank_shape(held: RankAnswer, ladder: LadderInForce, language: Locale) -> RankShape:
    """A rank with its progress in a language."""
    return RankShape(
        tier=tier_shape(ladder.tiers[held.level], language),
        since=held.since,
        keep_until=held.keep_until,
        line=ranks.tell_rank(held, language.value),
        next=None if held.next is None else _progress(held.next, language, keeps=False),
        keep=None if held.keep is None else _progress(held.keep, language, keeps=True),
        ladder=[tier_shape(one, language) for one in ladder.tiers],
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


def reward_shape(one: GivenReward) -> RankRewardShape:
    """What a change of rank gave."""
    return RankRewardShape(
        seq=one.seq, tier=one.tier, kind=one.kind, name=one.name, points=one.points, given_at=one.given_at
    )


def override_shape(standing: Standing | None) -> OverrideShape | None:
    """What was given by hand; None when nothing was."""
    given = None if standing is None else standing.override
    return None if given is None else OverrideShape(tier=given.tier, exact=given.exact, until=given.until)
