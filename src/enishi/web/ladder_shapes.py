"""Ladders as the console sends and receives them: everything that head office sets, as one document."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import msgspec
from pydantic import AwareDatetime, Field

from enishi import ranks
from enishi.access import Locale
from enishi.kit.validity import describe_invalid
from enishi.ranks import Ladder, LadderInForce
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
    """One field that differs: what it is called and its values, in words."""

    field: str
    label: str
    before: str | None
    after: str | None


class RankProblem(Shape):
    """What keeps a ladder from being published; ``code`` names the kind of problem."""

    field: str
    detail: str
    remedy: str
    code: str


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


def ladder_of(shape: LadderShape) -> Ladder:
    """The ladder that a page sent. Raises ``InvalidRequest`` naming the field."""
    sent = without_nulls(shape.model_dump(mode="json"))
    try:
        return msgspec.convert(sent, type=Ladder)
    except msgspec.ValidationError as error:
        raise describe_invalid(str(error), Ladder, "the page") from error


def without_nulls(value: Any) -> Any:
    """What a page sent without the fields that the kind of a part has no use for."""
    if isinstance(value, dict):
        return {name: without_nulls(one) for name, one in value.items() if one is not None}  # pyright: ignore[reportUnknownVariableType]
    return [without_nulls(one) for one in value] if isinstance(value, list) else value  # pyright: ignore[reportUnknownVariableType]


def ladder_shape(ladder: Ladder) -> LadderShape:
    """A ladder as pages edit it."""
    return LadderShape.model_validate(msgspec.to_builtins(ladder))


def changes_between(before: Ladder | None, after: Ladder, language: Locale, zone: ZoneInfo) -> list[RankSettingChange]:
    """What one ladder changes against another; the first changes nothing."""
    if before is None:
        return []
    return [
        RankSettingChange(field=one.field, label=one.label, before=one.before, after=one.after)
        for one in ranks.tell_changes(before, after, language.value, zone)
    ]


def present_ladders(
    ladders: Sequence[LadderInForce], names: Mapping[str, str], now: datetime, language: Locale, zone: ZoneInfo
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
                changes=changes_between(before, one.ladder, language, zone),
            )
        )
        before = one.ladder
    return shown[::-1]
