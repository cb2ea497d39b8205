"""Drafts on their way into force: what was submitted is what is applied, by another person, once and whole."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import psycopg
import pytest
from msgspec import structs
from tests.campaigns.factories import END, START, make_rules
from tests.configuration.factories import LADDER
from tests.drafts.factories import REVIEWER, SETTINGS, WRITER, begin, rate, step
from tests.flows.campaigns import BEFORE, deed, launch
from tests.flows.factories import make_context

from enishi import audit, campaigns, drafts, program, ranks
from enishi.campaigns import AddedPoints, Conditions
from enishi.configuration import Configuration, DangerousChange, InvalidConfiguration
from enishi.drafts import Content, Draft, DraftStage
from enishi.flows import approve_draft, examine_draft, submit_draft

NOW = START + timedelta(days=9)
LATER = NOW + timedelta(days=3)
DECEMBER = make_rules(starts_at=END, ends_at=END + timedelta(days=9))


@pytest.fixture
def opened(conn: psycopg.Connection) -> psycopg.Connection:
    """An installation with the default programme, two ranks and a live campaign."""
    make_context(conn)
    ranks.publish_ladder(conn, LADDER, BEFORE, audit.SYSTEM, "Opening", BEFORE)
    conn.commit()
    launch(conn, "november")
    conn.commit()
    return conn


def _submitted(conn: psycopg.Connection, document: Configuration, **fields: Any) -> Draft:
    draft = begin(conn, document, NOW, **fields)
    draft = submit_draft(conn, draft.draft_id, step(draft, WRITER, NOW), ["program.rate-cut"])
    conn.commit()
    return draft


def _counts(conn: psycopg.Connection) -> tuple[Any, ...]:
    row = conn.execute(
        """
        select
            (select count(*) from program.versions), (select count(*) from ranks.ladders),
            (select count(*) from campaigns.changes), (select count(*) from drafts.changes),
            (select count(*) from drafts.revisions), (select count(*) from audit.events)
        """
    ).fetchone()
    conn.rollback()
    assert row is not None
    return row


def test_an_approved_draft_is_in_force_at_its_time_with_its_writer_as_author(opened: psycopg.Connection) -> None:
    document = structs.replace(rate(2), campaigns={"december": DECEMBER})
    draft = _submitted(opened, document, effective_at=LATER)
    assert draft.state is DraftStage.IN_REVIEW
    done = approve_draft(opened, draft.draft_id, step(draft, REVIEWER, NOW), [])
    opened.commit()
    assert (done.draft.state, done.applied.program_version, done.applied.ladder_version) == (
        DraftStage.SCHEDULED,
        2,
        None,
    )
    version = program.load_versions(opened)[-1]
    assert (version.author, version.effective_at, version.settings) == (WRITER, LATER, document.program)
    assert version.reason == "還元率の見直し: Because"
    assert campaigns.load_campaign(opened, "december", NOW).log[-1].author == REVIEWER
    assert drafts.load_draft(opened, draft.draft_id, LATER).state is DraftStage.APPLIED
    actions = [one.action for one in audit.list_events(opened, None, 9)]
    assert actions[0] == "draft.approve"
    assert {"draft.create", "draft.submit", "configuration.apply"} <= set(actions)


def test_nobody_approves_what_they_worked_on(opened: psycopg.Connection) -> None:
    draft = begin(opened, rate(2), NOW)
    content = structs.replace(draft.current.content, document=rate(3))
    with opened.transaction():
        draft = drafts.edit_draft(opened, draft.draft_id, content, step(draft, REVIEWER, NOW))
    draft = submit_draft(opened, draft.draft_id, step(draft, WRITER, NOW), [])
    opened.commit()
    before = _counts(opened)
    for somebody in (WRITER, REVIEWER):
        with pytest.raises(drafts.WriterMayNotApprove):
            approve_draft(opened, draft.draft_id, step(draft, somebody, NOW), [])
    assert _counts(opened) == before
    assert approve_draft(opened, draft.draft_id, step(draft, "operator:third", NOW), []).applied.program_version == 2


def _nothing_differs(conn: psycopg.Connection) -> Draft:
    return begin(conn, Configuration(format=1, program=SETTINGS), NOW)


def _invalid(conn: psycopg.Connection) -> Draft:
    return begin(
        conn, Configuration(format=1, campaigns={"x": make_rules(conditions=Conditions(ranks=("gould",)))}), NOW
    )


def _in_the_past(conn: psycopg.Connection) -> Draft:
    return begin(conn, rate(2), NOW, effective_at=NOW - timedelta(days=1))


def _lapsed_at_once(conn: psycopg.Connection) -> Draft:
    settings = structs.replace(SETTINGS, expiry=program.FixedDate((NOW - timedelta(days=1)).date()))
    return begin(conn, Configuration(format=1, program=settings), NOW)


def _dangerous(conn: psycopg.Connection) -> Draft:
    return begin(conn, rate(0), NOW)


@pytest.mark.parametrize(
    ("make", "refusal"),
    [
        (_nothing_differs, drafts.InvalidDraft),
        (_invalid, InvalidConfiguration),
        (_in_the_past, InvalidConfiguration),
        (_lapsed_at_once, InvalidConfiguration),
        (_dangerous, DangerousChange),
    ],
)
def test_what_is_wrong_with_a_draft_keeps_it_from_review(
    opened: psycopg.Connection, make: Callable[[psycopg.Connection], Draft], refusal: type[Exception]
) -> None:
    draft = make(opened)
    opened.commit()
    before = _counts(opened)
    with pytest.raises(refusal):
        submit_draft(opened, draft.draft_id, step(draft, WRITER, NOW), [])
    opened.rollback()
    assert _counts(opened) == before


def test_a_danger_is_accepted_by_both(opened: psycopg.Connection) -> None:
    draft = _submitted(opened, rate(0))
    assert draft.log[-1].accepted == ("program.rate-cut",)
    before = _counts(opened)
    with pytest.raises(DangerousChange):
        approve_draft(opened, draft.draft_id, step(draft, REVIEWER, NOW), [])
    opened.rollback()
    assert _counts(opened) == before
    done = approve_draft(opened, draft.draft_id, step(draft, REVIEWER, NOW), ["program.rate-cut"])
    assert done.draft.state is DraftStage.APPLIED


def test_who_has_not_seen_the_newest_change_changes_nothing(opened: psycopg.Connection) -> None:
    seen = begin(opened, rate(2), NOW)
    content = structs.replace(seen.current.content, document=rate(3))
    with opened.transaction():
        drafts.edit_draft(opened, seen.draft_id, content, step(seen, "operator:second", NOW))
    before = _counts(opened)
    overwriting = structs.replace(seen.current.content, document=rate(4))
    with pytest.raises(drafts.DraftChanged), opened.transaction():
        drafts.edit_draft(opened, seen.draft_id, overwriting, step(seen, WRITER, NOW))
    assert _counts(opened) == before
    now = drafts.load_draft(opened, seen.draft_id, NOW)
    assert [one.content.document for one in now.revisions] == [rate(2), rate(3)]
    assert [(one.field, one.before, one.after) for one in now.log[-1].diff] == [
        ("document.program.earning.points_per_unit", "2", "3")
    ]


def _publish_beside(conn: psycopg.Connection) -> None:
    settings = structs.replace(SETTINGS, claim_days=60)
    program.publish_version(conn, settings, NOW, "operator:other", "Meanwhile", NOW)


def _edit_the_campaign(conn: psycopg.Connection) -> None:
    rules = make_rules(AddedPoints(3), starts_at=END, ends_at=END + timedelta(days=9))
    campaigns.create_campaign(conn, "december", rules, deed("other", NOW))


@pytest.mark.parametrize("meanwhile", [_publish_beside, _edit_the_campaign])
def test_settings_that_changed_since_the_submission_are_shown_again_and_not_undone(
    opened: psycopg.Connection, meanwhile: Callable[[psycopg.Connection], None]
) -> None:
    draft = _submitted(opened, structs.replace(rate(2), campaigns={"december": DECEMBER}))
    with opened.transaction():
        meanwhile(opened)
    before = _counts(opened)
    assert examine_draft(opened, draft, NOW).is_outdated
    with pytest.raises(drafts.DraftOutdated) as refused:
        approve_draft(opened, draft.draft_id, step(draft, REVIEWER, NOW), [])
    opened.rollback()
    assert "earning.points_per_unit" in {one["field"] for one in refused.value.extra["changes"]}
    assert _counts(opened) == before
    with opened.transaction():
        drafts.send_back_draft(opened, draft.draft_id, step(draft, REVIEWER, NOW))
    draft = drafts.load_draft(opened, draft.draft_id, NOW)
    draft = submit_draft(opened, draft.draft_id, step(draft, WRITER, NOW), [])
    assert approve_draft(opened, draft.draft_id, step(draft, REVIEWER, NOW), []).draft.state is DraftStage.APPLIED


def test_what_changed_beside_the_draft_is_none_of_its_business(opened: psycopg.Connection) -> None:
    draft = _submitted(opened, rate(2))
    with opened.transaction():
        ranks.publish_ladder(opened, structs.replace(LADDER, name="新しい会員ランク"), NOW, WRITER, "Meanwhile", NOW)
    done = approve_draft(opened, draft.draft_id, step(draft, REVIEWER, NOW), [])
    assert (done.applied.program_version, done.applied.ladder_version) == (2, None)


def test_of_two_approvers_at_once_exactly_one_applies(database: Any, opened: psycopg.Connection) -> None:
    draft = _submitted(opened, rate(2))
    both = Barrier(2)
    outcomes: list[str] = []

    def approve(who: str) -> None:
        with psycopg.connect(database.app_dsn) as conn:
            both.wait()
            try:
                approve_draft(conn, draft.draft_id, step(draft, f"operator:{who}", NOW), [])
                outcomes.append("applied")
            except drafts.DraftChanged:
                outcomes.append("changed")

    threads = [Thread(target=approve, args=(who,)) for who in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["applied", "changed"]
    assert program.latest_version(opened) == 2
    log = drafts.load_draft(opened, draft.draft_id, NOW).log
    assert [one.action.value for one in log] == ["create", "submit", "approve"]


def test_what_is_over_is_over(opened: psycopg.Connection) -> None:
    draft = begin(opened, rate(2), NOW)
    with opened.transaction():
        draft = drafts.discard_draft(opened, draft.draft_id, step(draft, WRITER, NOW))
    assert draft.state is DraftStage.DISCARDED
    with pytest.raises(drafts.DraftState), opened.transaction():
        drafts.edit_draft(opened, draft.draft_id, Content(title="x", document=rate(3)), step(draft, WRITER, NOW))
    with pytest.raises(drafts.UnknownDraft):
        drafts.load_draft(opened, 99, NOW)
