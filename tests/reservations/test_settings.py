"""A store's settings are published as versions, and only when they make sense."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest
from tests.reservations.factories import NOW, OPEN_DAILY, STORE, publish, quota, salon, service, stylist

from enishi import reservations
from enishi.reservations import EarlyWindow, InvalidBookingSettings, SettingsChanged, Span, validate


@pytest.mark.parametrize(
    ("settings", "fields"),
    [
        (salon(), []),
        (salon(week=OPEN_DAILY[:6]), ["week"]),
        (salon(week=((Span(610, 1_200),), *OPEN_DAILY[1:])), ["week[0][0]"]),
        (salon(week=((Span(600, 700), Span(660, 720)), *OPEN_DAILY[1:]), slot_minutes=20), ["week[0][1]"]),
        (salon(services=(service("cut", "nobody"),)), ["services[0].resources"]),
        (salon(services=(service(), service())), ["services[1]"]),
        (salon(resources=(stylist("a"), stylist("b"), stylist("a"))), ["resources[2]"]),
        (salon(early=(EarlyWindow("gold", 30),)), ["early[0].days"]),
        (salon(quotas=(quota(days_before=30),)), ["quotas[0].days_before"]),
        (salon(quotas=(quota(resources=("x",)),)), ["quotas[0].resources"]),
        (salon(quotas=(quota(tier="platinum"),)), ["quotas[0].tier"]),
    ],
)
def test_every_problem_is_named_with_its_field(settings, fields):
    assert [one.field for one in validate(settings, ("bronze", "silver", "gold"))] == fields


def test_versions_follow_each_other_and_one_made_from_an_old_one_is_refused(conn):
    publish(conn, salon())
    publish(conn, salon(horizon_days=60), based_on=1)
    conn.commit()
    with pytest.raises(SettingsChanged), conn.transaction():
        publish(conn, salon(horizon_days=90), based_on=1)
    with pytest.raises(InvalidBookingSettings), conn.transaction():
        publish(conn, salon(week=()), based_on=2)
    assert [(one.version, one.settings.horizon_days) for one in reservations.list_versions(conn, STORE)] == [
        (2, 60),
        (1, 30),
    ]
    assert reservations.load_settings(conn, STORE).published_at == NOW - timedelta(days=90)


def test_a_published_version_can_not_be_changed_even_by_the_owner(conn, owner_conn):
    publish(conn, salon())
    conn.commit()
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation):
        owner_conn.execute("update reservations.versions set reason = 'other'")
