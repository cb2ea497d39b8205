"""The record of who did what: whoever changes it, shows."""

from __future__ import annotations

import hashlib
import threading
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from uuid import UUID

import psycopg
import pytest

from enishi import audit
from enishi.audit import ChainHead, Event
from enishi.audit.rules import GENESIS, check_chain, hash_event

AT = datetime(2026, 11, 20, 3, 5, 0, 123456, tzinfo=UTC)


def record(conn, number, **fields):
    return audit.record_event(
        conn, actor="operator:1", action="customer.viewed", target=f"customer:{number}", at=AT, **fields
    )


@pytest.fixture
def five(conn):
    events = [record(conn, number, detail={"number": number}) for number in range(1, 6)]
    conn.commit()
    return events


def test_events_are_numbered_and_each_carries_the_hash_of_the_one_before(conn, five):
    listed = audit.list_events(conn, None, 10)
    assert [event.seq for event in listed] == [5, 4, 3, 2, 1]
    assert listed == five[::-1]
    assert listed[-1].previous_hash == bytes(32)
    assert all(newer.previous_hash == older.hash for newer, older in pairwise(listed))


def test_the_hash_is_that_of_the_documented_canonical_form():
    event_id = UUID("01930000-0000-7000-8000-000000000005")
    event = Event(1, event_id, AT, "system", "a", "", {"b": ["1", "二"], "a": None}, bytes(32), b"")
    row = f'[1,"{event_id}","2026-11-20T03:05:00.123456+00:00","system","a","",{{"a":null,"b":["1","二"]}}]'
    assert hash_event(event) == hashlib.sha256(bytes(32) + row.encode()).digest()


def test_an_untouched_chain_is_intact(conn, five):
    report = audit.verify_chain(conn)
    assert (report.intact, report.events, report.head) == (True, 5, ChainHead(5, five[4].hash))


def test_an_empty_chain_is_intact(conn):
    report = audit.verify_chain(conn)
    assert (report.intact, report.events, report.head) == (True, 0, GENESIS)


CHANGED = "its content is not what was recorded"
TAMPERING = {
    "another actor": (["update audit.events set actor = 'operator:2' where seq = 3"], 3, CHANGED),
    "no detail": (["update audit.events set detail = '{}' where seq = 3"], 3, CHANGED),
    "a later instant": (["update audit.events set at = at + interval '1 us' where seq = 1"], 1, CHANGED),
    "another hash": (["update audit.events set hash = sha256(hash) where seq = 3"], 3, CHANGED),
    "one removed": (["delete from audit.events where seq = 3"], 4, "event 3 is missing"),
    "the first removed": (["delete from audit.events where seq = 1"], 2, "event 1 is missing"),
    "two swapped": (
        [
            "update audit.events set seq = 30 where seq = 2",
            "update audit.events set seq = 2 where seq = 3",
            "update audit.events set seq = 3 where seq = 30",
        ],
        2,
        "it does not follow the event before it",
    ),
}


@pytest.mark.usefixtures("five")
@pytest.mark.parametrize("name", TAMPERING)
def test_whatever_is_touched_shows(conn, owner_conn, name):
    statements, broken_at, reason = TAMPERING[name]
    for statement in statements:
        owner_conn.execute(statement)
    owner_conn.commit()
    conn.rollback()
    report = audit.verify_chain(conn)
    assert (report.intact, report.broken_at, report.reason) == (False, broken_at, reason)


def test_rewriting_everything_after_a_change_still_breaks_at_the_noted_head(conn, owner_conn, five):
    """Who may write the table may also recompute it; a head noted elsewhere is what they can not recompute."""
    anchor = ChainHead(five[4].seq, five[4].hash)
    assert audit.verify_chain(conn, anchor=anchor).intact
    owner_conn.execute("delete from audit.events where seq >= 4")
    owner_conn.commit()
    conn.rollback()
    record(conn, 40)
    record(conn, 50)
    assert audit.verify_chain(conn).intact
    report = audit.verify_chain(conn, anchor=anchor)
    assert (report.intact, report.broken_at) == (False, 5)


@pytest.mark.usefixtures("five")
def test_the_last_events_can_be_checked_without_reading_all(conn, owner_conn):
    owner_conn.execute("update audit.events set actor = 'operator:2' where seq = 1")
    owner_conn.commit()
    conn.rollback()
    assert audit.verify_chain(conn, last=2).events == 2
    assert audit.verify_chain(conn, last=2).intact
    assert not audit.verify_chain(conn, last=5).intact


@pytest.mark.parametrize(
    "statement",
    [
        "update audit.events set actor = 'x'",
        "delete from audit.events",
        "truncate audit.events",
        "alter table audit.events disable trigger all",
    ],
)
def test_the_product_itself_can_only_add(conn, five, statement):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        conn.execute(statement)
    conn.rollback()
    assert len(audit.list_events(conn, None, 10)) == len(five)


def test_an_undone_transaction_leaves_no_event_and_no_hole(conn, five):
    record(conn, 6)
    conn.rollback()
    event = record(conn, 7)
    conn.commit()
    assert (event.seq, event.previous_hash) == (6, five[4].hash)
    assert audit.verify_chain(conn).intact


def test_instants_of_any_offset_are_the_same_instant(conn):
    tokyo = timezone(timedelta(hours=9))
    audit.record_event(conn, actor="system", action="a", at=AT.astimezone(tokyo))
    conn.commit()
    (event,) = audit.list_events(conn, None, 1)
    assert event.at == AT
    assert audit.verify_chain(conn).intact


def test_many_at_once_make_one_chain(conn, database):
    def work(name: str) -> None:
        with psycopg.connect(database.app_dsn) as own:
            for number in range(10):
                record(own, f"{name}-{number}")
                own.commit()

    threads = [threading.Thread(target=work, args=(str(name),)) for name in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    report = audit.verify_chain(conn)
    assert (report.intact, report.events) == (True, 60)


def test_a_chain_can_be_checked_without_a_database(five):
    assert check_chain(five).intact
    assert check_chain(five[1:]).reason == "event 1 is missing"
    assert check_chain(five[1:], ChainHead(1, five[0].hash)).intact
    assert check_chain([five[0], five[1], five[1]]).broken_at == 2
