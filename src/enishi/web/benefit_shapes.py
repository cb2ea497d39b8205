"""Benefits as pages send and receive them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal, cast
from uuid import UUID

import msgspec
from pydantic import AwareDatetime, Field

from enishi import benefits, flows
from enishi.access import Locale
from enishi.benefits import BenefitKind, BenefitSettings, BenefitState, BenefitVersion, Entitlement, Per, TierName
from enishi.kit.differences import difference
from enishi.kit.errors import InvalidRequest
from enishi.web.shapes import Body, Shape, StoreRef

Code = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
ShortText = Annotated[str, Field(max_length=100)]
LongText = Annotated[str, Field(max_length=500)]
TierCode = Annotated[str, Field(min_length=1, max_length=64)]
ChannelName = Literal["pos", "ec", "app", "line"]


class BenefitLimitShape(Body):
    """How often a benefit is given in each period."""

    times: Annotated[int, Field(ge=1, le=1_000)]
    per: Per


class BenefitWindowShape(Body):
    """From when on the holders of a tier, and of those above it, may buy."""

    tier: TierCode
    opens_at: AwareDatetime


class BenefitSettingShape(Body):
    """One benefit as head office sets it. ``tier`` null is everybody."""

    code: Code
    kind: BenefitKind
    name_ja: ShortText
    name_en: ShortText
    note_ja: LongText
    note_en: LongText
    tier: TierCode | None
    and_above: bool
    rewards_only: bool
    limit: BenefitLimitShape | None
    stores: Annotated[list[str], Field(max_length=1_000)]
    channels: Annotated[list[ChannelName], Field(max_length=4)]
    from_at: AwareDatetime | None
    until_at: AwareDatetime | None
    min_amount_yen: Annotated[int, Field(ge=0, le=1_000_000_000)]
    skus: Annotated[list[str], Field(max_length=1_000)]
    windows: Annotated[list[BenefitWindowShape], Field(max_length=50)]
    opens_at: AwareDatetime | None


class BenefitSettingsShape(Body):
    """Every benefit, in the order in which they are shown."""

    benefits: Annotated[list[BenefitSettingShape], Field(max_length=200)]
    undo_minutes: Annotated[int, Field(ge=1, le=1_440)]


class SettingChange(Shape):
    """A field that a version changes; null where there was none."""

    field: str
    before: str | None
    after: str | None


class BenefitVersionShape(Shape):
    """A published version, and what it changed against the one before."""

    version: int
    effective_at: AwareDatetime
    published_at: AwareDatetime
    author: str
    reason: str
    state: Literal["live", "scheduled", "past"]
    settings: BenefitSettingsShape
    changes: list[SettingChange]


class BenefitDraftShape(Shape):
    """What head office works on."""

    settings: BenefitSettingsShape
    based_on: int
    saved_by: str
    saved_at: AwareDatetime


class TierShape(Shape):
    """A tier of the ladder in force."""

    code: str
    level: int
    name: str
    colour: str


class BenefitsPage(Shape):
    """Versions newest first, the draft, and the ladder in force."""

    versions: list[BenefitVersionShape]
    draft: BenefitDraftShape | None
    tiers: list[TierShape]
    stores: list[StoreRef]


class SettingProblem(Shape):
    """What keeps settings from being published."""

    field: str
    detail: str
    remedy: str


class BenefitHolder(Shape):
    """Whose a benefit is, and how often, in a sentence each; ``tiers`` are the codes of those who have it."""

    code: str
    who: str
    often: str
    tiers: list[str]


class BenefitMoves(Shape):
    """A benefit that comes to be, or ceases to be, that of a tier: by these settings, against what is live now."""

    code: str
    name: str
    gains: list[str]
    loses: list[str]


class TierMembers(Shape):
    """How many members hold a tier now."""

    code: str
    name: str
    members: int


class BenefitsPreview(Shape):
    """What settings would do: who gets what, whom that concerns, what they change, and what is wrong with them."""

    problems: list[SettingProblem]
    holders: list[BenefitHolder]
    tiers: list[TierMembers]
    moves: list[BenefitMoves]
    changes: list[SettingChange]


class BenefitCondition(Shape):
    """One condition, with what was found and what is needed."""

    label: str
    holds: bool
    found: str
    needed: str


class BenefitShown(Shape):
    """A benefit as a customer stands to it."""

    code: str
    kind: BenefitKind
    name: str
    note: str
    state: BenefitState
    reason: str
    to_give: bool
    left: int | None
    opens_at: AwareDatetime | None
    conditions: list[BenefitCondition]


class GiveShown(Shape):
    """A benefit that was given; ``undo_until`` is until when the mark can be taken back."""

    give_id: UUID
    customer_id: UUID
    benefit: str
    name: str
    store: StoreRef
    given_at: AwareDatetime
    given_by: str
    undo_until: AwareDatetime
    undone_at: AwareDatetime | None
    undo_reason: str | None


def settings_of(shape: BenefitSettingsShape) -> BenefitSettings:
    """The settings that a page has sent. Refuses ``InvalidRequest``."""
    try:
        return msgspec.convert(shape.model_dump(mode="json"), BenefitSettings)
    except msgspec.ValidationError:
        raise InvalidRequest("A benefit is not valid.", field="settings", remedy="Look at each field again.") from None


def settings_shape(settings: BenefitSettings) -> BenefitSettingsShape:
    """Settings as a page receives them."""
    return BenefitSettingsShape.model_validate(whole(settings))


def whole(value: object) -> object:
    """A setting as plain values, with what is left at its default."""
    if isinstance(value, msgspec.Struct):
        return {name: whole(getattr(value, name)) for name in value.__struct_fields__}
    if isinstance(value, tuple):
        return [whole(one) for one in cast("tuple[object, ...]", value)]
    return value


def changes_between(before: object, after: object) -> list[SettingChange]:
    """What differs between two settings, field by field."""
    return [SettingChange(field=one.field, before=one.before, after=one.after) for one in difference(before, after)]


def present_versions(
    versions: tuple[BenefitVersion, ...], names: Mapping[str, str], now: datetime
) -> list[BenefitVersionShape]:
    """Every version, newest first, each with what it changed."""
    current = benefits.version_at(versions, now)
    shown: list[BenefitVersionShape] = []
    before: BenefitSettings | None = None
    for one in versions:
        is_live = current is not None and one.version == current.version
        shown.append(
            BenefitVersionShape(
                version=one.version,
                effective_at=one.effective_at,
                published_at=one.published_at,
                author=names.get(one.author.removeprefix("operator:"), one.author),
                reason=one.reason,
                state="live" if is_live else "scheduled" if one.effective_at > now else "past",
                settings=settings_shape(one.settings),
                changes=changes_between(before, one.settings),
            )
        )
        before = one.settings
    return shown[::-1]


def present_tier(tier: TierName, language: Locale) -> TierShape:
    """A tier by the name that members know."""
    name = tier.name_ja if language is Locale.JA else tier.name_en
    return TierShape(code=tier.code, level=tier.level, name=name, colour=tier.colour)


def present_benefit(one: Entitlement, found: flows.CustomerBenefits, language: Locale) -> BenefitShown:
    """A benefit as a customer stands to it, with its reasons in a language."""
    standing, zone = found.standing, found.zone
    return BenefitShown(
        code=one.benefit.code,
        kind=one.benefit.kind,
        name=benefits.name_of(one.benefit, language.value),
        note=benefits.note_of(one.benefit, language.value),
        state=one.state,
        reason=benefits.explain(one, standing, zone, language.value),
        to_give=one.is_due,
        left=one.left,
        opens_at=one.opens_at,
        conditions=[
            BenefitCondition(label=step.label, holds=step.holds, found=step.found, needed=step.needed)
            for step in benefits.steps_of(one, standing, zone, language.value)
        ],
    )
