"""The JSON of campaigns in the console, and how it is made."""

from collections.abc import Mapping, Sequence
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime

from enishi import campaigns, flows
from enishi.access import Locale
from enishi.campaigns import Action, Campaign, CampaignVersion, Finding, NotApplied, Overlap, PremiumWarning, State
from enishi.flows import AwardLine
from enishi.kit.differences import Difference
from enishi.web.campaign_rules import CampaignRulesShape, rules_shape
from enishi.web.presenting import present_steps
from enishi.web.shapes import ExplanationStep, PointKind, Shape, StoreRef


class CampaignFigures(Shape):
    """What a campaign gave so far, less returns, and what is left of its budget (null: it has none)."""

    points: int
    receipts: int
    budget_points: int | None
    budget_left: int | None


class CampaignBrief(Shape):
    """A campaign in the list. ``has_draft``: something new is being written beside what is approved."""

    code: str
    name: str
    state: State
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    summary: str
    invented: bool
    has_draft: bool
    in_review: bool
    figures: CampaignFigures


class CampaignList(Shape):
    """Every campaign, those that start last first, and what the operator may do with them."""

    campaigns: list[CampaignBrief]
    may_write: bool
    may_review: bool


class CampaignRank(Shape):
    """A rank that a campaign can ask for."""

    code: str
    name: str


class CampaignChoices(Shape):
    """What the form of a campaign chooses from."""

    stores: list[StoreRef]
    ranks: list[CampaignRank]


class CampaignDifference(Shape):
    """One field that differs, its values as JSON; null where there was none. ``label`` and texts say it in words."""

    field: str
    before: str | None
    after: str | None
    label: str
    before_text: str | None
    after_text: str | None


class CampaignChangeShape(Shape):
    """One row of the log."""

    change: int
    version: int
    action: Action
    at: AwareDatetime
    author: str
    reason: str
    differences: list[CampaignDifference]


class CampaignVersionShape(Shape):
    """Rules as they were saved, and in plain words."""

    version: int
    author: str
    reason: str
    created_at: AwareDatetime
    rules: CampaignRulesShape
    description: list[str]


class CampaignProblem(Shape):
    """One thing wrong: the field as a JSON path and by name, the kind, what is wrong, and what would be right."""

    field: str
    label: str
    code: str
    detail: str
    remedy: str


class PremiumShown(Shape):
    """What the check of premiums found, with its arithmetic."""

    code: str
    is_over: bool
    given_yen: int
    limit_yen: int
    text: str


class CampaignCheck(Shape):
    """Rules looked at before anybody saves them: problems, premiums, and what they say in plain words."""

    problems: list[CampaignProblem]
    premiums: list[PremiumShown]
    description: list[str]


class CampaignDetail(Shape):
    """A campaign with its versions, newest first, its log, newest first, and what the operator may do with it now.

    ``current`` is the version approved last, or else the newest; ``draft`` is being written or waits for review, and
    ``differences`` are what it changes of what is approved. ``latest_change`` is sent back with whatever is done.
    """

    code: str
    state: State
    in_review: bool
    latest_change: int
    current: CampaignVersionShape
    draft: CampaignVersionShape | None
    differences: list[CampaignDifference]
    versions: list[CampaignVersionShape]
    log: list[CampaignChangeShape]
    figures: CampaignFigures
    members: int
    """How many members it gave something."""
    check: CampaignCheck
    may_edit: bool
    may_submit: bool
    may_decide: bool
    may_pause: bool
    may_resume: bool
    may_end: bool


class CampaignAwardShown(Shape):
    """Points of a campaign, or of the programme where ``campaign`` is null, with their arithmetic."""

    campaign: str | None
    name: str | None
    kind: PointKind
    points: int
    sentence: str
    steps: list[ExplanationStep]


class CampaignFinding(Shape):
    """A condition: what was found, and what is needed."""

    condition: str
    label: str
    holds: bool
    found: str
    needed: str


class CampaignRefusalShown(Shape):
    """A campaign that is live and gives nothing: why, in a sentence and by conditions."""

    campaign: str
    name: str
    reason: str
    sentence: str
    findings: list[CampaignFinding]


class CampaignQuote(Shape):
    """What a sale earns, and what it does not."""

    points: int
    awards: list[CampaignAwardShown]
    not_applied: list[CampaignRefusalShown]


class CampaignPart(Shape):
    """What one campaign contributes to a sample sale; 0 with the reason when it does not apply beside the others."""

    code: str
    name: str
    points: int
    sentence: str


class CampaignOverlapShape(Shape):
    """A stretch of time in which the same campaigns run, and what a sample sale earns of each."""

    since: AwareDatetime
    until: AwareDatetime
    base_points: int
    points: int
    parts: list[CampaignPart]


class CampaignBar(Shape):
    """A stretch in which a campaign runs."""

    code: str
    name: str
    since: AwareDatetime
    until: AwareDatetime


class CampaignCalendar(Shape):
    """A period: when campaigns run, and where their sets change."""

    bars: list[CampaignBar]
    stretches: list[CampaignOverlapShape]
    sample_yen: int


Deeds = Literal["submit", "withdraw", "approve", "reject", "pause", "resume", "end"]


def name_of(version: CampaignVersion, language: Locale) -> str:
    """The campaign's name in a language."""
    return version.rules.name_ja if language is Locale.JA else version.rules.name_en


def present_brief(one: Campaign, figures: CampaignFigures, language: Locale) -> CampaignBrief:
    """A campaign in the list."""
    rules = one.current.rules
    return CampaignBrief(
        code=one.code,
        name=name_of(one.current, language),
        state=one.state,
        starts_at=rules.starts_at,
        ends_at=rules.ends_at,
        summary=campaigns.describe(rules, language.value)[0],
        invented=rules.invented,
        has_draft=one.draft is not None,
        in_review=one.standing.in_review,
        figures=figures,
    )


def present_version(version: CampaignVersion, names: Mapping[str, str], language: Locale) -> CampaignVersionShape:
    """A version with its author by name."""
    return CampaignVersionShape(
        version=version.version,
        author=author_name(version.author, names),
        reason=version.reason,
        created_at=version.created_at,
        rules=rules_shape(version.rules),
        description=list(campaigns.describe(version.rules, language.value)),
    )


def author_name(author: str, names: Mapping[str, str]) -> str:
    """Who that was, by name where it is known."""
    return names.get(author.removeprefix("operator:"), author)


def present_log(one: Campaign, names: Mapping[str, str], zone: ZoneInfo, language: Locale) -> list[CampaignChangeShape]:
    """The log, newest first."""
    return [
        CampaignChangeShape(
            change=change.change_id,
            version=change.version,
            action=change.action,
            at=change.at,
            author=author_name(change.author, names),
            reason=change.reason,
            differences=present_differences(change.diff, zone, language),
        )
        for change in reversed(one.log)
    ]


def present_differences(
    differences: Sequence[Difference], zone: ZoneInfo, language: Locale
) -> list[CampaignDifference]:
    """Differences with their fields and values in words."""
    worded = flows.word_changes("campaign", differences, language.value, zone)
    return [
        CampaignDifference(
            field=one.field,
            before=one.before,
            after=one.after,
            label=words.label,
            before_text=words.before,
            after_text=words.after,
        )
        for one, words in zip(differences, worded, strict=True)
    ]


def present_problems(problems: list[campaigns.CampaignProblem], language: Locale) -> list[CampaignProblem]:
    """Problems as a form shows them."""
    return [_present_problem(one, language) for one in problems]


def _present_problem(one: campaigns.CampaignProblem, language: Locale) -> CampaignProblem:
    detail, remedy = campaigns.tell_problem(one, language.value)
    label = flows.word_field("campaign", one.field, language.value)
    return CampaignProblem(field=one.field, label=label, code=one.code, detail=detail, remedy=remedy)


def present_premiums(warnings: tuple[PremiumWarning, ...], language: Locale) -> list[PremiumShown]:
    """The check of premiums in a language."""
    return [
        PremiumShown(
            code=one.code,
            is_over=one.is_over,
            given_yen=one.given_yen,
            limit_yen=one.limit_yen,
            text=one.text_ja if language is Locale.JA else one.text_en,
        )
        for one in warnings
    ]


def present_award(line: AwardLine, language: Locale) -> CampaignAwardShown:
    """An award of a quote."""
    why = flows.explain_award(line, language.value)
    campaign = line.campaign
    return CampaignAwardShown(
        campaign=None if campaign is None else campaign.campaign,
        name=None if campaign is None else campaign.name_ja if language is Locale.JA else campaign.name_en,
        kind="regular" if line.kind == "regular" else "limited",
        points=line.points,
        sentence=why.sentence,
        steps=present_steps(why.steps),
    )


def present_refusal(one: NotApplied, language: Locale) -> CampaignRefusalShown:
    """A campaign that gives nothing, with why."""
    return CampaignRefusalShown(
        campaign=one.campaign,
        name=one.name_ja if language is Locale.JA else one.name_en,
        reason=one.reason,
        sentence=campaigns.explain_refusal(one, language.value),
        findings=[_present_finding(finding, language) for finding in one.findings],
    )


def _present_finding(one: Finding, language: Locale) -> CampaignFinding:
    locale = language.value
    return CampaignFinding(
        condition=one.condition,
        label=campaigns.name_condition(one.condition, locale),
        holds=one.holds,
        found=campaigns.write_value(one.condition, one.found, locale),
        needed=campaigns.write_value(one.condition, one.needed, locale),
    )


def present_overlap(one: Overlap, language: Locale) -> CampaignOverlapShape:
    """A stretch of the calendar with the effect of its campaigns together."""
    awards = {award.basis.campaign: award for award in one.priced.awards}
    refusals = {refusal.campaign: refusal for refusal in one.priced.not_applied}
    parts: list[CampaignPart] = []
    for version in one.campaigns:
        award, refusal = awards.get(version.code), refusals.get(version.code)
        sentence = ""
        if award is not None:
            sentence = campaigns.explain_award_in_a_sentence(award.basis, language.value)
        elif refusal is not None:
            sentence = campaigns.explain_refusal(refusal, language.value)
        parts.append(
            CampaignPart(
                code=version.code,
                name=name_of(version, language),
                points=0 if award is None else award.points,
                sentence=sentence,
            )
        )
    return CampaignOverlapShape(
        since=one.since, until=one.until, base_points=one.base_points, points=one.points, parts=parts
    )
