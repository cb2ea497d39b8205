"""Which slots a day has, who may book them when, and what follows from not coming."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.reservations.factories import LEVELS, NOW, OPEN_DAILY, TODAY, at, quota, salon, service, stylist

from enishi.reservations import BookingSettings, DayException, EarlyWindow, NoShowRule, ResourceKind, Rule, Span
from enishi.reservations.calendar import minute_of, quota_cells, touched
from enishi.reservations.model import Hindrance, Lane, Member, StoreDay, Taken
from enishi.reservations.rules import Asking, Slot, banned_until, is_late, see_slot, see_slots, window_days

_ids = count(1)


def day(settings: BookingSettings, *taken: Taken, days: int = 7) -> StoreDay:
    lanes: list[Lane] = []
    for one in settings.resources:
        lanes += [Lane(len(lanes) + seat, one.code, seat) for seat in range(1, one.capacity + 1)]
    return StoreDay(settings, "Asia/Tokyo", TODAY + timedelta(days=days), tuple(lanes), taken)


def taken(lane: int, begins: int, minutes: int = 60, *, level: int | None = None, days: int = 7) -> Taken:
    start = minute_of(at(0, days=days)) + begins
    return Taken(lane, start, start + minutes, UUID(int=next(_ids)), level)


def asking(level: int | None = None, **fields: object) -> Asking:
    return Asking(Member(level=level, **fields), LEVELS, NOW)  # type: ignore[arg-type]


def rules_of(slot: Slot) -> list[Rule]:
    return [one.rule for one in slot.hindrances]


def test_a_service_may_begin_at_every_slot_from_which_it_ends_while_the_store_is_open():
    starts = [slot.start for slot in see_slots(day(salon()), service(), asking())]
    assert starts[:3] == [600, 630, 660]
    assert starts[-1] == 1_140


def test_a_class_begins_at_fixed_times():
    hourly = service("class", "a", minutes=50, every_minutes=90)
    settings = salon(services=(hourly,))
    assert [slot.start for slot in see_slots(day(settings), hourly, asking())] == [
        600,
        690,
        780,
        870,
        960,
        1_050,
        1_140,
    ]


def test_an_exception_of_the_store_stands_before_the_week_and_one_of_a_resource_within_the_store():
    on = TODAY + timedelta(days=7)
    closed = salon(exceptions=(DayException(on=on),))
    assert see_slots(day(closed), service(), asking()) == []
    short = salon(
        exceptions=(DayException(on=on, resource="a"), DayException(on=on, resource="b", spans=(Span(540, 720),)))
    )
    free = [slot.start for slot in see_slots(day(short), service(), asking()) if not slot.hindrances]
    assert free == [600, 630, 660]
    assert rules_of(see_slot(day(short), service(), 690, asking())) == [Rule.CLOSED]


def test_a_slot_needs_one_of_each_kind_of_resource():
    chair = stylist("c", capacity=1)
    both = salon(
        resources=(stylist("a"), stylist("b"), type(chair)(**{**_fields(chair), "kind": ResourceKind.CHAIR})),
        services=(service("cut", "a", "b", "c"),),
    )
    free = see_slot(day(both), both.services[0], 600, asking())
    assert free.plan is not None
    assert [one.resource for one in free.plan.lanes] == ["a", "c"]
    assert rules_of(see_slot(day(both, taken(3, 600)), both.services[0], 600, asking())) == [Rule.TAKEN]


def _fields(one: object) -> dict[str, object]:
    return {name: getattr(one, name) for name in one.__struct_fields__}  # type: ignore[attr-defined]


def test_the_buffer_is_occupied_too_and_work_is_shared_out():
    buffered = service(buffer_minutes=30)
    settings = salon(services=(buffered,))
    today = day(settings, taken(1, 600, 90))
    slot = see_slot(today, buffered, 720, asking())
    assert slot.plan is not None
    assert slot.plan.lanes[0].resource == "b"
    assert slot.plan.until_minute - slot.plan.from_minute == 90
    assert see_slot(day(settings, taken(1, 600, 90), taken(2, 600, 90)), buffered, 660, asking()).places == 0


@pytest.mark.parametrize(
    ("settings", "days", "level", "expected"),
    [
        (salon(), 30, None, None),
        (salon(), 31, None, Hindrance(Rule.HORIZON, 31, 30, until=at(0, days=1))),
        (
            salon(early=(EarlyWindow("silver", 45), EarlyWindow("gold", 60))),
            50,
            1,
            Hindrance(Rule.HORIZON, 50, 45, tier="gold", until=at(0, days=5)),
        ),
        (salon(early=(EarlyWindow("silver", 45), EarlyWindow("gold", 60))), 50, 2, None),
        (salon(early=(EarlyWindow("ended", 90),)), 50, 2, Hindrance(Rule.HORIZON, 50, 30, until=at(0, days=20))),
    ],
)
def test_upper_ranks_book_earlier(settings, days, level, expected):
    slot = see_slot(day(settings, days=days), service(), 600, asking(level))
    assert list(slot.hindrances) == ([] if expected is None else [expected])


def test_what_stands_against_a_member_is_named_with_the_values_found_and_needed():
    until = NOW + timedelta(days=9)
    member = {"open_bookings": 3, "banned_until": until, "missed": 4, "busy": ((minute_of(at(9)), minute_of(at(11))),)}
    slot = see_slot(day(salon()), service(), 600, asking(**member))
    assert slot.hindrances == (
        Hindrance(Rule.BANNED, 4, 3, until=until),
        Hindrance(Rule.MAX_OPEN, 3, 3),
        Hindrance(Rule.OWN_BOOKING),
    )
    by_staff = Asking(Member(**member), LEVELS, NOW, is_staff=True)  # type: ignore[arg-type]
    assert rules_of(see_slot(day(salon()), service(), 600, by_staff)) == [Rule.OWN_BOOKING]


def test_a_slot_closes_before_it_begins_for_members_and_while_it_lasts_for_staff():
    today = day(salon(), days=0)
    assert see_slot(today, service(), 750, asking()).hindrances == (Hindrance(Rule.LEAD_TIME, 30, 60),)
    assert rules_of(see_slot(today, service(), 720, asking())) == [Rule.PAST]
    by_staff = Asking(Member(), LEVELS, NOW, is_staff=True)
    assert rules_of(see_slot(today, service(), 690, by_staff)) == []
    assert rules_of(see_slot(today, service(), 660, by_staff)) == [Rule.PAST]


def test_a_quota_leaves_the_others_what_it_does_not_hold_and_opens_on_its_day():
    # Two stylists for ten hours on a grid of 30 minutes: 40 slots, of which 38 are held and 2 are an hour's cut.
    held = salon(quotas=(quota(38),))
    assert see_slot(day(held), service(), 600, asking()).hindrances == ()
    second = see_slot(day(held, taken(1, 600)), service(), 660, asking(1))
    assert second.hindrances == (
        Hindrance(Rule.QUOTA, 4, 2, tier="gold", until=at(0, days=4), quota="gold", held=38, total=40),
    )
    assert see_slot(day(held, taken(1, 600)), service(), 660, asking(2)).hindrances == ()
    assert see_slot(day(held, taken(1, 600, level=2)), service(), 660, asking()).hindrances == ()
    assert see_slot(day(held, taken(1, 600, days=3), days=3), service(), 660, asking()).hindrances == ()


def test_marked_slots_are_passed_by_while_other_resources_are_free():
    evenings = salon(quotas=(quota(None, resources=("a",), opens=1_080),))
    slot = see_slot(day(evenings), service(), 1_080, asking())
    assert slot.plan is not None
    assert slot.plan.lanes[0].resource == "b"
    assert rules_of(see_slot(day(evenings, taken(2, 1_080)), service(), 1_080, asking())) == [Rule.QUOTA]
    gold = see_slot(day(evenings, taken(2, 1_080)), service(), 1_080, asking(2))
    assert gold.plan is not None
    assert gold.plan.quotas == ()


def test_a_quota_for_a_rank_that_no_ladder_has_holds_nothing():
    assert see_slot(day(salon(quotas=(quota(None, tier="ended"),))), service(), 600, asking()).hindrances == ()


@given(
    slots=st.integers(1, 45),
    wishes=st.lists(
        st.tuples(st.integers(0, 18), st.sampled_from([None, 0, 1, 2]), st.sampled_from([30, 60, 90])), max_size=40
    ),
)
def test_others_never_get_what_a_quota_holds_and_no_place_is_taken_twice(slots, wishes):
    settings = salon(quotas=(quota(slots),), resources=(stylist("a"), stylist("b", capacity=2)))
    so_far: list[Taken] = []
    for place, level, minutes in wishes:
        one = service("x", "a", "b", minutes=minutes)
        slot = see_slot(day(settings, *so_far), one, 600 + place * 30, asking(level))
        if slot.plan is not None:
            (lane,) = slot.plan.lanes
            assert all(
                other.lane != lane.lane
                or other.until_minute <= slot.plan.from_minute
                or slot.plan.until_minute <= other.from_minute
                for other in so_far
            )
            so_far.append(Taken(lane.lane, slot.plan.from_minute, slot.plan.until_minute, UUID(int=next(_ids)), level))
    cells = quota_cells(day(settings), settings.quotas[0])
    lower = [one for one in so_far if one.level is None or one.level < LEVELS["gold"]]
    used = set[tuple[int, int]]().union(
        *(touched(cells, 30, one.lane, one.from_minute, one.until_minute) for one in lower)
    )
    assert len(cells) == 60
    assert len(used) <= 60 - slots


@given(level=st.none() | st.integers(0, 2), higher=st.integers(0, 2), days=st.integers(0, 90), slots=st.integers(1, 40))
def test_a_higher_rank_can_book_whatever_a_lower_one_can(level, higher, days, slots):
    settings = salon(quotas=(quota(slots),), early=(EarlyWindow("silver", 45), EarlyWindow("gold", 60)))
    above = max(higher, -1 if level is None else level)
    for place in (600, 900, 1_140):
        if not see_slot(day(settings, taken(1, 900, days=days), days=days), service(), place, asking(level)).hindrances:
            assert not see_slot(
                day(settings, taken(1, 900, days=days), days=days), service(), place, asking(above)
            ).hindrances
    assert window_days(settings, level, LEVELS) <= window_days(settings, above, LEVELS)


def test_a_cancellation_is_late_after_the_deadline_and_not_at_it():
    settings = salon(cancel_until_minutes=1_440)
    assert not is_late(settings, NOW + timedelta(days=1), NOW)
    assert is_late(settings, NOW + timedelta(days=1) - timedelta(seconds=1), NOW)


def test_three_no_shows_within_the_window_ban_for_thirty_days_from_the_third():
    rule = NoShowRule(count=3, within_days=90, ban_days=30)
    missed = [NOW - timedelta(days=days) for days in (80, 40, 10)]
    assert banned_until(rule, missed, NOW) == (NOW + timedelta(days=20), 3)
    assert banned_until(rule, missed[1:], NOW) == (None, 2)
    assert banned_until(rule, [*missed[:2], NOW - timedelta(days=200)], NOW) == (None, 2)
    assert banned_until(None, missed, NOW) == (None, 0)


@given(st.lists(st.integers(0, 400), max_size=12), st.integers(1, 5), st.integers(1, 120), st.integers(1, 90))
def test_one_more_no_show_never_shortens_a_ban(ages, times, within, ban):
    rule = NoShowRule(count=times, within_days=within, ban_days=ban)
    missed = [NOW - timedelta(days=age) for age in ages]
    before = banned_until(rule, missed, NOW)[0]
    after = banned_until(rule, [*missed, NOW], NOW)[0]
    assert before is None or (after is not None and after >= before)


def test_days_of_a_resource_are_its_own_hours_within_the_stores():
    early_bird = stylist("a", week=tuple((Span(480, 720),) for _ in range(7)))
    settings = salon(resources=(early_bird,), services=(service("cut", "a"),), week=OPEN_DAILY)
    free = [slot.start for slot in see_slots(day(settings), settings.services[0], asking()) if not slot.hindrances]
    assert free == [600, 630, 660]
