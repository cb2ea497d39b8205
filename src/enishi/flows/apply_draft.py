"""Drafts of the configuration on their way into force: looked at, sent to review, approved and applied at once.

An approval brings the document into force in the transaction that writes it down. What it changes is what whoever
submitted the draft saw: if settings in force have changed since, so that the same document would now undo somebody
else's work, it is refused and shown again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

import msgspec
from msgspec import Struct
from psycopg import Connection

from enishi import campaigns, drafts, program, ranks
from enishi.configuration import (
    Configuration,
    Plan,
    find_problems,
    make_plan,
    refuse_dangers,
    refuse_problems,
)
from enishi.drafts import Basis, Content, Deed, Draft, DraftAction, DraftOutdated, InvalidDraft
from enishi.flows.apply_configuration import (
    AppliedConfiguration,
    ConfigurationOrder,
    apply_configuration,
    read_current,
)
from enishi.program import FixedDate, Problem

_LONGEST_REASON = 500
_JUST_BEFORE = timedelta(microseconds=1)


class DraftReview(Struct, frozen=True, kw_only=True):
    """A draft held against what is in force: what is wrong with it, and what it would change of ``in_force``.

    ``accepted`` are the dangers that were accepted when it was submitted. ``is_outdated``: it waits for review, and
    what it would change is no more what was submitted.
    """

    problems: tuple[Problem, ...]
    plan: Plan
    in_force: Configuration
    basis: Basis
    accepted: tuple[str, ...] = ()
    is_outdated: bool = False


class AppliedDraft(Struct, frozen=True, kw_only=True):
    """A draft that was approved, and what became of its document."""

    draft: Draft
    applied: AppliedConfiguration


def examine_draft(conn: Connection, draft: Draft, now: datetime) -> DraftReview:
    """Hold the newest revision of a draft against what will be in force when it takes effect.

    A draft that was applied or discarded is shown with what it changed, or would have changed when it was submitted.
    """
    content, standing = draft.current.content, draft.standing
    if standing.end is not None and standing.basis is not None:
        before = read_current(conn, standing.end.at - _JUST_BEFORE, now).configuration
        plan = Plan(changes=standing.basis.effects, dangers=())
        return DraftReview(problems=(), plan=plan, in_force=before, basis=standing.basis)
    review = examine_content(conn, content, now)
    if standing.submission is None:
        return review
    return msgspec.structs.replace(
        review, accepted=standing.submission.accepted, is_outdated=review.basis != standing.basis
    )


def examine_content(conn: Connection, content: Content, now: datetime) -> DraftReview:
    """The same for what nobody has saved yet."""
    at = now if content.effective_at is None else max(now, content.effective_at)
    document = content.document
    current = read_current(conn, at, now, document)
    problems = [*find_problems(document, current), *_find_time_problems(content, at, now)]
    plan = make_plan(document, current)
    wanted = document.campaigns or {}
    newest = {one.code: one.versions[-1].version for one in campaigns.list_campaigns(conn, now) if one.code in wanted}
    return DraftReview(
        problems=tuple(problems),
        plan=plan,
        in_force=current.configuration,
        basis=Basis(effects=plan.changes, campaign_versions=dict(sorted(newest.items()))),
    )


def _find_time_problems(content: Content, at: datetime, now: datetime) -> Iterator[Problem]:
    if content.effective_at is not None and content.effective_at < now:
        yield Problem(
            "effective_at",
            "The draft would take effect in the past.",
            "Choose a later instant, or none.",
            "適用日時が過去になっています。",
            "これからの日時を選ぶか、空にしてください。",
        )
    settings = content.document.program
    if settings is None or not isinstance(settings.expiry, FixedDate) or program.validate(settings):
        return
    begins_on = program.day_in_zone(at, settings.zone_info)
    if settings.expiry.on < begins_on:
        yield Problem(
            "program.expiry.on",
            f"Points would be valid until {settings.expiry.on}, before the draft takes effect on {begins_on}.",
            "Choose a date on or after the day it takes effect.",
            f"有効期限の日（{settings.expiry.on}）が、適用日（{begins_on}）より前です。",
            "適用日以降の日を選んでください。",
        )


def submit_draft(conn: Connection, draft_id: int, deed: Deed, accepted: Collection[str]) -> Draft:
    """Send a draft to review, with what it would change written down.

    Refuses ``InvalidConfiguration`` with everything that is wrong with it, ``DangerousChange`` unless each danger is
    accepted by its code, ``InvalidDraft`` where it changes nothing, and what ``drafts.lock_draft`` refuses.
    """
    with conn.transaction():
        held = drafts.lock_draft(conn, draft_id, deed, DraftAction.SUBMIT)
        review = examine_draft(conn, held, deed.at)
        refuse_problems(review.problems)
        if not review.plan.changes:
            raise InvalidDraft(
                "The draft changes nothing of what is in force.", field="document", remedy="Change something first."
            )
        refuse_dangers(review.plan, accepted)
        drafts.log_deed(
            conn,
            draft_id,
            held.current.revision,
            DraftAction.SUBMIT,
            deed,
            accepted=_codes_of(review.plan),
            basis=review.basis,
        )
        return drafts.load_draft(conn, draft_id, deed.at)


def approve_draft(conn: Connection, draft_id: int, deed: Deed, accepted: Collection[str]) -> AppliedDraft:
    """Approve a draft and bring its document into force: all of it, or nothing.

    Refuses ``DraftOutdated`` when it would change something else than was submitted, ``DangerousChange`` unless the
    approver accepts each danger as well, ``InvalidConfiguration``, ``EffectiveTimeInPast``, ``LadderInPast``,
    ``AuthorMayNotApprove`` when they wrote one of its campaigns, and what ``drafts.lock_draft`` refuses, of which
    ``WriterMayNotApprove`` is one.
    """
    with conn.transaction():
        held = drafts.lock_draft(conn, draft_id, deed, DraftAction.APPROVE)
        program.lock_publishing(conn)
        ranks.lock_publishing(conn)
        campaigns.lock_changes(conn)
        review = examine_draft(conn, held, deed.at)
        if review.is_outdated:
            raise DraftOutdated(
                "Settings in force have changed since the draft was submitted, so it would change something else now.",
                remedy="Look at the differences again; send it back, so that its writer submits what is meant.",
                changes=msgspec.to_builtins(review.plan.changes),
            )
        content = held.current.content
        order = ConfigurationOrder(
            author=held.current.author,
            approver=deed.author,
            reason=_reason_of(held),
            effective_at=deed.at if content.effective_at is None else content.effective_at,
            accepted=frozenset(accepted),
        )
        applied = apply_configuration(conn, content.document, order, deed.at)
        drafts.drop_backtest(conn, draft_id, deed.at)
        drafts.log_deed(
            conn,
            draft_id,
            held.current.revision,
            DraftAction.APPROVE,
            deed,
            accepted=_codes_of(applied.plan),
            basis=review.basis,
        )
        return AppliedDraft(draft=drafts.load_draft(conn, draft_id, deed.at), applied=applied)


def _codes_of(plan: Plan) -> list[str]:
    return list(dict.fromkeys(one.code for one in plan.dangers))


def _reason_of(held: Draft) -> str:
    """Why the versions are published that come of it: the draft's title, and what its writer said."""
    said = held.standing.submission
    text = held.current.content.title if said is None else f"{held.current.content.title}: {said.reason}"
    return text[:_LONGEST_REASON]
