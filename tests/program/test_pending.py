"""When pending points become available, and how that is said."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest
from msgspec import structs

from enishi.program import (
    AfterDays,
    OnEvent,
    ProgramSettings,
    PurchaseEvent,
    default_settings,
    describe,
    due_after_event,
    due_after_purchase,
    validate,
)
from enishi.purchases import Channel


@pytest.mark.parametrize(
    ("rule", "due"),
    [
        (AfterDays(20), date(2026, 12, 10)),
        (OnEvent(PurchaseEvent.SHIPPED), None),
        (OnEvent(PurchaseEvent.DELIVERED, 7), None),
    ],
)
def test_only_a_number_of_days_is_known_at_the_purchase(rule, due):
    assert due_after_purchase(rule, date(2026, 11, 20)) == due


def test_days_count_from_the_day_of_the_event():
    assert due_after_event(0, date(2026, 11, 25)) == date(2026, 11, 25)
    assert due_after_event(7, date(2026, 11, 25)) == date(2026, 12, 2)
    assert due_after_event(7, date.max) == date.max


def test_settings_without_it_read_as_before_and_settings_with_it_survive_a_round_trip():
    settings = default_settings()
    assert settings.pending == {}
    changed = structs.replace(settings, pending={Channel.EC: OnEvent(PurchaseEvent.DELIVERED, 7)})
    written = msgspec.json.encode(changed)
    assert b'"pending":{"ec":{"type":"on_event","event":"delivered","days":7}}' in written
    assert msgspec.json.decode(written, type=ProgramSettings) == changed


def test_each_channel_is_described():
    settings = structs.replace(
        default_settings(),
        pending={
            Channel.EC: OnEvent(PurchaseEvent.DELIVERED, 7),
            Channel.APP: OnEvent(PurchaseEvent.SHIPPED),
            Channel.LINE: AfterDays(1),
        },
    )
    assert describe(settings, "ja")[-3:] == (
        "オンラインショップのポイントは仮ポイントとして付与し、お届けの7日後に使えるようになります。",
        "アプリのポイントは仮ポイントとして付与し、発送と同時に使えるようになります。",
        "LINEのポイントは仮ポイントとして付与し、購入日の1日後に使えるようになります。",
    )
    assert describe(settings, "en")[-3:] == (
        "Points of the online shop are pending at first and can be used 7 days after the order is delivered.",
        "Points of the app are pending at first and can be used once the order is shipped.",
        "Points of LINE are pending at first and can be used 1 day after the purchase.",
    )


@pytest.mark.parametrize("days", [0, 367])
def test_a_wait_that_is_none_or_longer_than_a_year_is_refused(days):
    (problem,) = validate(structs.replace(default_settings(), pending={Channel.EC: AfterDays(days)}))
    assert (problem.field, problem.remedy) == ("pending.ec.days", "Use 1 to 366 days.")
