"""From draft to end: what the log says is live at each second."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from msgspec import structs
from tests.campaigns.factories import END, START, make_version

from enishi.campaigns import Action, AddedPoints, Change, Schedule, State, Trigger, follow, spans_of, state_at

CAMPAIGN = UUID(int=7)
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


def version_of(number: int = 1, **fields):
    return structs.replace(make_version(code="c", version=number, **fields), campaign_id=CAMPAIGN)


def log_of(*steps: tuple[str, datetime] | tuple[str, datetime, int]) -> list[Change]:
    return [
        Change(
            change_id=number,
            campaign_id=CAMPAIGN,
            version=step[2] if len(step) > 2 else 1,
            action=Action(step[0]),
            at=step[1],
            author=f"operator:{step[0]}",
            reason="Trial",
        )
        for number, step in enumerate(steps, 1)
    ]


BEFORE = START - 5 * DAY
APPROVED = (("create", BEFORE), ("submit", BEFORE), ("approve", BEFORE))


def live_times(log, versions=None, *instants: datetime) -> list[int]:
    schedule = Schedule(spans_of(follow(log), versions or {1: version_of()}))
    return [next((one.version for one in schedule.live_at(instant)), 0) for instant in instants]


def test_a_campaign_is_live_from_the_first_second_to_the_last():
    times = (START - SECOND, START, END - SECOND, END)
    assert live_times(log_of(*APPROVED), None, *times) == [0, 1, 1, 0]


def test_nothing_is_live_before_somebody_approved_it():
    for steps in (APPROVED[:1], APPROVED[:2], (*APPROVED[:2], ("reject", BEFORE))):
        assert live_times(log_of(*steps), None, START + DAY) == [0]


def test_an_approval_after_the_start_makes_nothing_of_the_past_live():
    late = START + 3 * DAY
    log = log_of(*APPROVED[:2], ("approve", late))
    assert live_times(log, None, late - SECOND, late) == [0, 1]


def test_a_pause_holds_from_its_second_and_what_was_before_stays():
    log = log_of(*APPROVED, ("pause", START + DAY), ("resume", START + 2 * DAY), ("pause", START + 4 * DAY))
    times = [START, START + DAY - SECOND, START + DAY, START + 2 * DAY - SECOND, START + 2 * DAY, START + 4 * DAY]
    assert live_times(log, None, *times) == [1, 1, 0, 0, 1, 0]


def test_a_pause_after_the_end_changes_nothing():
    log = log_of(*APPROVED, ("pause", END + DAY))
    assert len(spans_of(follow(log), {1: version_of()})) == 1


def test_an_end_is_for_good():
    assert live_times(log_of(*APPROVED, ("end", START + DAY)), None, START, START + DAY) == [1, 0]


def test_a_new_version_replaces_the_old_one_from_its_approval_on():
    changed = START + 2 * DAY
    log = log_of(*APPROVED, ("edit", START + DAY, 2), ("submit", START + DAY, 2), ("approve", changed, 2))
    versions = {1: version_of(), 2: version_of(2)}
    times = [START + DAY, changed - SECOND, changed, END - SECOND]
    assert live_times(log, versions, *times) == [1, 1, 2, 2]


def test_states_follow_the_log_and_the_clock():
    version = version_of()
    states = [
        state_at(follow(log_of(*steps)), version, now)
        for steps, now in (
            (APPROVED[:1], START),
            (APPROVED[:2], START),
            (APPROVED, BEFORE),
            (APPROVED, START),
            ((*APPROVED, ("pause", START)), START),
            (APPROVED, END),
            ((*APPROVED, ("end", START)), START),
        )
    ]
    assert states == [
        State.DRAFT,
        State.IN_REVIEW,
        State.SCHEDULED,
        State.LIVE,
        State.PAUSED,
        State.ENDED,
        State.ENDED,
    ]


def test_who_wrote_or_submitted_since_the_last_approval_is_a_writer():
    log = log_of(*APPROVED, ("edit", START, 2))
    assert follow(log).writers == {"operator:edit"}
    assert follow(log[:2]).writers == {"operator:create", "operator:submit"}


def test_a_welcome_answers_joining_and_no_purchase():
    welcome = version_of(effect=AddedPoints(300), trigger=Trigger.JOINING)
    schedule = Schedule(spans_of(follow(log_of(*APPROVED)), {1: welcome}))
    assert (schedule.live_at(START), schedule.welcoming_at(START)) == ((), (welcome,))
