"""Publishing versions into a real database."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta, timezone

import psycopg
import pytest
from msgspec import structs

from enishi import audit
from enishi.program import (
    EffectiveTimeInPast,
    ExtendedByActivity,
    FixedDate,
    InvalidProgramSettings,
    default_settings,
    latest_version,
    load_versions,
    publish_version,
    version_at,
)
from enishi.purchases import PaymentMethod

NOW = datetime(2026, 3, 1, 3, 4, 5, 678_901, tzinfo=UTC)
YEAR_AGO = NOW - timedelta(days=365)


def publish(conn, settings=None, *, effective_at=NOW, author="operator:1", reason="Spring"):
    return publish_version(conn, settings or default_settings(), effective_at, author, reason, NOW)


def test_nothing_is_published_to_begin_with(conn):
    assert load_versions(conn) == ()
    assert latest_version(conn) == 0


def test_a_version_comes_back_as_it_was_published(conn):
    settings = structs.replace(
        default_settings("縁ポイント"),
        expiry=ExtendedByActivity(12, to_month_end=True),
        excluded_categories=("たばこ",),
        excluded_payment_methods=(PaymentMethod.GIFT_CARD,),
        store_overrides={"S01": default_settings().earning},
    )
    published = publish(conn, settings)
    assert published.version == 1
    assert load_versions(conn) == (published,)
    assert latest_version(conn) == 1


def test_the_first_version_may_price_the_past(conn):
    assert publish(conn, effective_at=YEAR_AGO).effective_at == YEAR_AGO


def test_a_later_version_may_not_change_the_past(conn):
    publish(conn, effective_at=YEAR_AGO)
    with pytest.raises(EffectiveTimeInPast) as refusal:
        publish(conn, effective_at=NOW - timedelta(microseconds=1))
    assert refusal.value.field == "effective_at"
    assert publish(conn, effective_at=NOW).version == 2


def test_versions_come_in_the_order_in_which_they_take_effect(conn):
    publish(conn, effective_at=YEAR_AGO)
    publish(conn, effective_at=NOW + timedelta(days=30))
    publish(conn, effective_at=NOW + timedelta(days=10))
    publish(conn, effective_at=NOW + timedelta(days=10))
    versions = load_versions(conn)
    assert [version.version for version in versions] == [1, 3, 4, 2]
    assert version_at(versions, NOW + timedelta(days=11)) is versions[2]
    assert version_at(versions, NOW + timedelta(days=31)) is versions[3]


def test_invalid_settings_are_refused_with_every_problem(conn):
    settings = structs.replace(default_settings(), name="", zone="nowhere")
    with pytest.raises(InvalidProgramSettings) as refusal:
        publish(conn, settings)
    problem = refusal.value.problem()
    assert (problem["status"], problem["code"], problem["field"]) == (422, "invalid-program-settings", "name")
    assert [found["field"] for found in problem["problems"]] == ["name", "zone"]
    assert latest_version(conn) == 0


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"author": " "}, "author"),
        ({"reason": ""}, "reason"),
        ({"effective_at": datetime(2026, 4, 1)}, "effective_at"),  # noqa: DTZ001 - the missing offset is the point
        ({"settings": structs.replace(default_settings(), expiry=FixedDate(date(2026, 2, 28)))}, "expiry.on"),
    ],
)
def test_a_publication_must_say_who_why_and_when(conn, arguments, field):
    with pytest.raises(InvalidProgramSettings) as refusal:
        publish(conn, **arguments)
    assert refusal.value.field == field


def test_the_day_a_version_takes_effect_is_a_day_in_its_own_zone(conn):
    settings = structs.replace(default_settings(), expiry=FixedDate(date(2026, 4, 1)))
    midnight_in_tokyo = datetime(2026, 4, 2, tzinfo=timezone(timedelta(hours=9)))
    with pytest.raises(InvalidProgramSettings):
        publish(conn, settings, effective_at=midnight_in_tokyo)
    assert publish(conn, settings, effective_at=midnight_in_tokyo - timedelta(microseconds=1)).version == 1


def test_publishing_is_recorded_in_the_audit(conn):
    publish(conn, author="operator:42", reason="Double points for spring")
    (event,) = audit.list_events(conn, None, 10)
    assert (event.actor, event.action, event.target, event.at) == ("operator:42", "program.publish", "program:1", NOW)
    assert event.detail == {"effective_at": NOW.isoformat(), "reason": "Double points for spring"}


@pytest.mark.parametrize("statement", ["update program.versions set reason = 'x'", "delete from program.versions"])
def test_the_product_may_neither_change_nor_remove_a_version(conn, statement):
    publish(conn)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        conn.execute(statement)


def test_the_database_itself_keeps_the_past(conn):
    publish(conn, effective_at=YEAR_AGO)
    with pytest.raises(psycopg.errors.CheckViolation, match="the_past_keeps_its_version"):
        conn.execute(
            "insert into program.versions (version, effective_at, published_at, author, reason, settings)"
            " select 2, effective_at, published_at, author, reason, settings from program.versions"
        )


def test_two_who_publish_at_once_get_different_numbers(database):
    numbers: list[int] = []
    together = threading.Barrier(2)

    def publish_one() -> None:
        with psycopg.connect(database.app_dsn) as conn:
            together.wait()
            numbers.append(publish(conn).version)

    threads = [threading.Thread(target=publish_one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers) == [1, 2]
