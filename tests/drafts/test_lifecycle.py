"""Where a draft stands follows from its log: whatever is done in whatever order, nobody decides about own work."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enishi.configuration import Configuration
from enishi.drafts import (
    Basis,
    Change,
    DraftAction,
    DraftStage,
    InvalidDraft,
    Standing,
    follow,
    hash_document,
    may,
    state_at,
)
from enishi.drafts.rules import encode_document
from enishi.program import default_settings

AT = datetime(2026, 11, 20, tzinfo=UTC)
BASIS = Basis(effects=(), campaign_versions={})


def _change(number: int, action: DraftAction, author: str, revision: int) -> Change:
    return Change(
        change_id=number,
        draft_id=1,
        revision=revision,
        action=action,
        at=AT + timedelta(minutes=number),
        author=author,
        reason="Trial",
        basis=BASIS if action in {DraftAction.SUBMIT, DraftAction.APPROVE} else None,
    )


@st.composite
def _logs(draw: st.DrawFn) -> list[Change]:
    """Any life that the rules allow: of the steps that are tried, those that may be done are."""
    log = [_change(1, DraftAction.CREATE, draw(st.sampled_from("abc")), 1)]
    for action in draw(st.lists(st.sampled_from(DraftAction), max_size=12)):
        standing = follow(log)
        author = draw(st.sampled_from("abcd"))
        if not may(standing, action) or (action is DraftAction.APPROVE and author in standing.writers):
            continue
        revision = standing.revision + (action is DraftAction.EDIT)
        log.append(_change(standing.latest_change + 1, action, author, revision))
    return log


@given(_logs())
def test_a_draft_is_applied_by_somebody_who_never_worked_on_it(log: list[Change]) -> None:
    standing = follow(log)
    workers = {one.author for one in log if one.action in {DraftAction.CREATE, DraftAction.EDIT, DraftAction.SUBMIT}}
    assert standing.writers == workers
    approvals = [one for one in log if one.action is DraftAction.APPROVE]
    assert all(one.author not in workers for one in approvals)
    assert len(approvals) <= 1


@given(_logs())
def test_what_has_ended_does_nothing_any_more(log: list[Change]) -> None:
    standing = follow(log)
    if standing.end is not None:
        assert [action for action in DraftAction if may(standing, action)] == []
        assert log[-1] == standing.end
    else:
        assert may(standing, DraftAction.DISCARD)
        assert may(standing, DraftAction.EDIT) != may(standing, DraftAction.APPROVE)


@given(_logs())
def test_what_is_reviewed_is_what_was_submitted_last(log: list[Change]) -> None:
    standing = follow(log)
    if standing.in_review:
        assert standing.submission is not None
        assert standing.submission.revision == standing.revision == max(one.revision for one in log)


@given(_logs(), st.integers(-60, 60))
def test_an_approved_draft_is_scheduled_until_it_takes_effect(log: list[Change], minutes: int) -> None:
    standing = follow(log)
    effective_at = AT + timedelta(minutes=minutes)
    state = state_at(standing, effective_at, AT)
    if standing.end is not None and standing.end.action is DraftAction.APPROVE:
        assert state is (DraftStage.SCHEDULED if minutes > 0 else DraftStage.APPLIED)
        assert state_at(standing, None, AT) is DraftStage.APPLIED
    else:
        assert state in {DraftStage.WRITING, DraftStage.IN_REVIEW, DraftStage.DISCARDED}


def test_before_anything_was_done_a_draft_can_only_be_created() -> None:
    assert [action for action in DraftAction if may(Standing(), action)] == [DraftAction.CREATE]


def test_documents_that_ask_for_the_same_have_one_hash() -> None:
    one = Configuration(format=1, program=default_settings())
    other = Configuration(format=1, program=default_settings("別の名前"))
    assert hash_document(one) == hash_document(Configuration(format=1, program=default_settings()))
    assert hash_document(one) != hash_document(other)


def test_a_document_that_asks_for_nothing_or_holds_a_nul_is_no_draft() -> None:
    with pytest.raises(InvalidDraft, match="neither programme"):
        encode_document(Configuration(format=1))
    with pytest.raises(InvalidDraft, match="NUL"):
        encode_document(Configuration(format=1, program=default_settings("a\x00b")))
