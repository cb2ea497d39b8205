"""The queue of messages: sealed, part of the transaction, and emptied of what is of no more use."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from enishi import messaging
from enishi.kit.vault import Keyring, WrongKey
from enishi.messaging import MessageChannel

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def keyring():
    return Keyring(bytes(range(32)))


def queue(conn, keyring, body="こんにちは", now=NOW):
    return messaging.queue_message(
        conn,
        keyring,
        MessageChannel.EMAIL,
        to="hanako@example.jp",
        body=body,
        purpose="login_code",
        now=now,
        useful_until=now + DAY,
    )


def test_a_message_reads_back_newest_first(conn, keyring):
    first = queue(conn, keyring)
    second = queue(conn, keyring, body="second", now=NOW + timedelta(seconds=1))
    newest, oldest = messaging.list_recent(conn, keyring, limit=10)
    assert (newest.message_id, oldest.message_id) == (second, first)
    assert (oldest.channel, oldest.to, oldest.body) == (MessageChannel.EMAIL, "hanako@example.jp", "こんにちは")
    assert len(messaging.list_recent(conn, keyring, limit=1)) == 1


def test_what_is_stored_reads_as_nothing_without_the_key(conn, keyring):
    queue(conn, keyring)
    stored = repr(conn.execute("select * from messaging.messages").fetchall())
    assert "hanako" not in stored
    with pytest.raises(WrongKey):
        messaging.list_recent(conn, Keyring(bytes(32)), limit=1)


def test_a_sealed_text_can_not_be_moved_to_another_message(conn, owner_conn, keyring):
    queue(conn, keyring)
    queue(conn, keyring)
    conn.commit()
    owner_conn.execute("update messaging.messages set sealed = (select min(sealed) from messaging.messages)")
    owner_conn.commit()
    with pytest.raises(WrongKey):
        messaging.list_recent(conn, keyring, limit=10)


def test_a_message_of_no_more_use_is_removed_when_the_next_is_queued(conn, keyring):
    queue(conn, keyring)
    kept = queue(conn, keyring, now=NOW + DAY + timedelta(seconds=1))
    assert [message.message_id for message in messaging.list_recent(conn, keyring, limit=10)] == [kept]


def test_a_message_of_an_undone_transaction_was_never_queued(conn, keyring):
    queue(conn, keyring)
    conn.rollback()
    assert messaging.list_recent(conn, keyring, limit=10) == []
