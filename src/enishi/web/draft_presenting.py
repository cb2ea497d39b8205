"""How drafts of the configuration become the JSON that the console receives, and its JSON a document."""

from collections.abc import Iterable, Mapping
from typing import Final, Literal
from zoneinfo import ZoneInfo

from msgspec import Struct

from enishi import flows
from enishi.access import Locale
from enishi.configuration import FORMAT, Change, Configuration, Danger
from enishi.drafts import BacktestBrief, BacktestState, Draft, DraftBrief
from enishi.kit.differences import Difference
from enishi.program import Problem
from enishi.web.campaign_rules import rules_of, rules_shape
from enishi.web.draft_shapes import (
    BacktestStatus,
    ConfigurationShape,
    DraftBriefShape,
    DraftChangeShown,
    DraftDanger,
    DraftDifference,
    DraftLogEntry,
    DraftProblem,
    Part,
)
from enishi.web.ladder_shapes import ladder_of, ladder_shape
from enishi.web.program_shapes import program_of, program_shape

_ROOMS: Final[dict[Part, flows.Room]] = {"program": "program", "ladder": "ladder", "campaigns": "campaign"}


class Review(Struct, frozen=True):
    """A document beside what is in force, for telling what it changes; instants are on the clocks of ``zone``."""

    wanted: Configuration
    in_force: Configuration
    zone: ZoneInfo


def parts_of(document: Configuration) -> list[Part]:
    """The parts that a document speaks of."""
    held: list[tuple[Part, object]] = [
        ("program", document.program),
        ("ladder", document.ladder),
        ("campaigns", document.campaigns),
    ]
    return [name for name, part in held if part is not None]


def document_shape(document: Configuration) -> ConfigurationShape:
    """A document as pages edit it."""
    campaigns = document.campaigns
    return ConfigurationShape(
        program=None if document.program is None else program_shape(document.program),
        ladder=None if document.ladder is None else ladder_shape(document.ladder),
        campaigns=None if campaigns is None else {code: rules_shape(rules) for code, rules in campaigns.items()},
    )


def document_of(shape: ConfigurationShape) -> Configuration:
    """The document that a page sent. Raises ``InvalidRequest`` naming the field."""
    campaigns = shape.campaigns
    return Configuration(
        format=FORMAT,
        program=None if shape.program is None else program_of(shape.program),
        ladder=None if shape.ladder is None else ladder_of(shape.ladder),
        campaigns=None if campaigns is None else {code: rules_of(rules) for code, rules in campaigns.items()},
    )


def present_brief(one: DraftBrief, names: Mapping[str, str]) -> DraftBriefShape:
    """A draft in the list."""
    content = one.current.content
    return DraftBriefShape(
        draft=one.draft_id,
        title=content.title,
        state=one.state,
        parts=parts_of(content.document),
        revision=one.current.revision,
        effective_at=content.effective_at,
        created_by=author_name(one.created_by, names),
        changed_at=one.changed_at,
    )


def author_name(author: str, names: Mapping[str, str]) -> str:
    """Who that was, by name where it is known."""
    return names.get(author.removeprefix("operator:"), author)


def present_problems(problems: Iterable[Problem], language: Locale) -> list[DraftProblem]:
    """Problems in a language, each with what its field is called."""
    return [_problem(one, language) for one in problems]


def _problem(one: Problem, language: Locale) -> DraftProblem:
    is_ja = language is Locale.JA
    section, subject, field = _place_of(one.field)
    return DraftProblem(
        section=section,
        subject=subject,
        field=one.field,
        label="" if section is None or not field else flows.word_field(_ROOMS[section], field, language.value),
        code=one.code,
        detail=(is_ja and one.detail_ja) or one.detail,
        remedy=(is_ja and one.remedy_ja) or one.remedy,
    )


def _place_of(path: str) -> tuple[Part | None, str, str]:
    """The part of the document that a path leads into, the campaign, and the rest of the path."""
    head, _, rest = path.partition(".")
    if head == "campaigns":
        code, _, field = rest.partition(".")
        return "campaigns", code, field
    if head in {"program", "ladder"}:
        return ("program" if head == "program" else "ladder"), "", rest
    return None, "", path


def present_dangers(dangers: Iterable[Danger], accepted: Iterable[str], language: Locale) -> list[DraftDanger]:
    """Dangers in a language."""
    known, is_ja = frozenset(accepted), language is Locale.JA
    return [
        DraftDanger(
            code=one.code,
            field=one.field,
            detail=one.detail_ja if is_ja else one.detail,
            remedy=one.remedy_ja if is_ja else one.remedy,
            accepted=one.code in known,
        )
        for one in dangers
    ]


def present_changes(changes: Iterable[Change], review: Review, language: Locale) -> list[DraftChangeShown]:
    """What a plan changes, in words."""
    return [_change(one, review, language) for one in changes]


def _change(one: Change, review: Review, language: Locale) -> DraftChangeShown:
    told = flows.word_changes(
        _ROOMS[one.section], [Difference(one.field, one.before, one.after)], language.value, review.zone
    )[0]
    return DraftChangeShown(
        section=one.section,
        subject=one.subject,
        name=_campaign_name(one.subject, review, language),
        field=one.field,
        label=told.label,
        before=told.before,
        after=told.after,
    )


def _campaign_name(code: str, review: Review, language: Locale) -> str:
    for configuration in (review.wanted, review.in_force):
        rules = (configuration.campaigns or {}).get(code)
        if rules is not None:
            return rules.name_ja if language is Locale.JA else rules.name_en
    return code


def present_log(draft: Draft, names: Mapping[str, str], zone: ZoneInfo, language: Locale) -> list[DraftLogEntry]:
    """The log, newest first."""
    return [
        DraftLogEntry(
            change=one.change_id,
            revision=one.revision,
            action=one.action,
            at=one.at,
            author=author_name(one.author, names),
            reason=one.reason,
            accepted=list(one.accepted),
            effects=None if one.basis is None else len(one.basis.effects),
            differences=[_difference(part, zone, language) for part in one.diff],
        )
        for one in reversed(draft.log)
    ]


_OWN: Final = {"title": ("題名", "Title"), "effective_at": ("適用日時", "Takes effect")}


def _difference(one: Difference, zone: ZoneInfo, language: Locale) -> DraftDifference:
    section, subject, field = _place_of(one.field.removeprefix("document."))
    own = _OWN.get(one.field)
    told = flows.word_changes(
        "program" if section is None else _ROOMS[section],
        [Difference(field, one.before, one.after)],
        language.value,
        zone,
    )[0]
    label = told.label if own is None else own[0 if language is Locale.JA else 1]
    return DraftDifference(label=f"{subject} › {label}" if subject else label, before=told.before, after=told.after)


def present_status(
    one: BacktestBrief, document_hash: bytes, rules_hash: bytes | None, names: Mapping[str, str]
) -> BacktestStatus:
    """A back-test beside what the draft asks and what is in force now; ``rules_hash`` None where that is not asked."""
    stale: list[Literal["document", "rules"]] = []
    if one.document_hash != document_hash:
        stale.append("document")
    if rules_hash is not None and one.rules_hash is not None and one.rules_hash != rules_hash:
        stale.append("rules")
    return BacktestStatus(
        backtest=one.backtest_id,
        revision=one.revision,
        state=BacktestState(one.state),
        requested_by=author_name(one.requested_by, names),
        requested_at=one.requested_at,
        since=one.since,
        started_at=one.started_at,
        finished_at=one.finished_at,
        history_until=one.history_until,
        receipts_done=one.receipts_done,
        receipts_total=one.receipts_total,
        attempts=one.attempts,
        error_code=one.error_code,
        error_detail=one.error_detail,
        stale=stale,
    )
