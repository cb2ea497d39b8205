"""What applying a document changes, what of it is dangerous, and what is wrong with it. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import msgspec

from enishi import campaigns, program, ranks
from enishi.campaigns import CampaignRules, State
from enishi.configuration.dangers import campaign_dangers, ladder_dangers, program_dangers
from enishi.configuration.model import (
    Change,
    Configuration,
    Current,
    Danger,
    DangerousChange,
    InvalidConfiguration,
    Plan,
    Section,
)
from enishi.kit.differences import difference
from enishi.program import Problem

_OVER = frozenset({State.ENDED})


def make_plan(wanted: Configuration, current: Current, *, prune: bool = False) -> Plan:
    """Hold a document against what is in force. ``prune`` ends the campaigns that the document does not name."""
    held = current.configuration
    changes = [
        *_changes("program", "", held.program, wanted.program or held.program),
        *_changes("ladder", "", held.ladder, wanted.ladder or held.ladder),
    ]
    dangers = [*program_dangers(wanted, current), *ladder_dangers(wanted, current)]
    left_alone: tuple[str, ...] = ()
    if wanted.campaigns is not None:
        own = held.campaigns or {}
        for code, rules in wanted.campaigns.items():
            changes += _changes("campaigns", code, own.get(code), rules)
            dangers += campaign_dangers(code, own.get(code), rules, current)
        gone = [code for code in own if code not in wanted.campaigns]
        if prune:
            for code in gone:
                changes += _changes("campaigns", code, own[code], None)
                dangers += campaign_dangers(code, own[code], None, current)
        else:
            left_alone = tuple(gone)
    return Plan(changes=tuple(changes), dangers=_worst_first(dangers), left_alone=left_alone)


def find_problems(wanted: Configuration, current: Current) -> list[Problem]:
    """Everything that keeps a document from being applied, each with its field in the document."""
    problems: list[Problem] = []
    if wanted.program is not None:
        problems += [_below("program", one.field, one) for one in program.validate(wanted.program)]
    if wanted.ladder is not None:
        problems += [_below("ladder", one.field, one) for one in ranks.validate(wanted.ladder)]
    for code, rules in (wanted.campaigns or {}).items():
        problems += _campaign_problems(code, rules, wanted, current)
    return problems


def refuse_problems(problems: Sequence[Problem]) -> None:
    """Raise ``InvalidConfiguration`` with all of them, if there are any."""
    if problems:
        first = problems[0]
        raise InvalidConfiguration(
            first.detail, field=first.field, remedy=first.remedy, problems=msgspec.to_builtins(problems)
        )


def refuse_dangers(plan: Plan, accepted: Collection[str]) -> None:
    """Raise ``DangerousChange`` with the dangers that are not accepted by their codes, if there are any."""
    left = [one for one in plan.dangers if one.code not in accepted]
    if left:
        first = left[0]
        raise DangerousChange(first.detail, field=first.field, remedy=first.remedy, dangers=msgspec.to_builtins(left))


def _campaign_problems(code: str, rules: CampaignRules, wanted: Configuration, current: Current) -> Iterator[Problem]:
    field = f"campaigns.{code}"
    held = (current.configuration.campaigns or {}).get(code)
    if held == rules:
        return
    if current.states.get(code) in _OVER:
        yield Problem(
            field,
            "A campaign of this code has ended.",
            "Give the new campaign another code.",
            "このコードのキャンペーンは終了しています。",
            "新しいキャンペーンには別のコードを付けてください。",
        )
        return
    if held is None and rules.ends_at <= current.now:
        yield Problem(
            f"{field}.ends_at",
            "The campaign would be over already.",
            "Choose a later end, or leave it out.",
            "キャンペーンがすでに終わっていることになります。",
            "終了をもっと先にするか、外してください。",
        )
    yield from (_below(field, one.field, one) for one in campaigns.validate(rules, code))
    others = {**(current.configuration.campaigns or {}), **(wanted.campaigns or {})}
    beside = [(other, one) for other, one in others.items() if other != code]
    yield from (_below(field, one.field, one) for one in campaigns.compare(rules, code, beside))
    yield from _unknown_names(field, rules, wanted, current)


def _unknown_names(field: str, rules: CampaignRules, wanted: Configuration, current: Current) -> Iterator[Problem]:
    """What the conditions name and does not exist, so that the campaign could never apply."""
    ladder = wanted.ladder or current.configuration.ladder
    tiers = frozenset[str]() if ladder is None else frozenset(ladder.levels)
    conditions = rules.conditions
    for tier in conditions.ranks:
        if tier not in tiers:
            known = ", ".join(sorted(tiers))
            yield Problem(
                f"{field}.conditions.ranks",
                f"There is no rank {tier!r}.",
                f"Use one of: {known or 'there is no ladder'}.",
                f"「{tier}」というランクはありません。",
                f"次から選んでください：{known or 'ランク表がありません'}",
            )
    for name in (*conditions.segments, *conditions.segments_except):
        if name not in current.segments:
            yield Problem(
                f"{field}.conditions.segments",
                f"There is no segment {name!r}.",
                "Make the segment first.",
                f"「{name}」というセグメントはありません。",
                "先にセグメントを作ってください。",
            )
    for store in (*conditions.stores, *conditions.stores_except, *rules.ceilings.store_budgets):
        if store not in current.stores:
            yield Problem(
                f"{field}.conditions.stores",
                f"There is no store {store!r}.",
                "Check the code, or register the store first.",
                f"「{store}」という店舗はありません。",
                "コードを確かめるか、先に店舗を登録してください。",
            )


def _below(section: str, field: str, problem: Problem | ranks.Problem | campaigns.CampaignProblem) -> Problem:
    path = f"{section}.{field}" if field else section
    if isinstance(problem, Problem):
        return msgspec.structs.replace(problem, field=path)
    if isinstance(problem, ranks.Problem):
        return Problem(path, problem.detail, problem.remedy, code=problem.code)
    detail_ja, remedy_ja = campaigns.tell_problem(problem, "ja")
    return Problem(path, problem.detail, problem.remedy, detail_ja, remedy_ja, problem.code)


def _changes(section: Section, subject: str, before: object, after: object) -> Iterator[Change]:
    for one in difference(before, after):
        yield Change(section=section, subject=subject, field=one.field, before=one.before, after=one.after)


def _worst_first(dangers: list[Danger]) -> tuple[Danger, ...]:
    return tuple(sorted(dangers, key=lambda one: (one.code, one.field)))
