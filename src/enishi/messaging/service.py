"""Queueing messages, and reading the queue."""

from datetime import datetime
from uuid import UUID

import msgspec
from psycopg import Connection

from enishi.kit.ids import new_id
from enishi.kit.vault import Keyring
from enishi.messaging import queries
from enishi.messaging.model import Content, MessageChannel, QueuedMessage
from enishi.messaging.queries import MessageRow

_KEY = "messages"


def queue_message(
    conn: Connection,
    keyring: Keyring,
    channel: MessageChannel,
    *,
    to: str,
    body: str,
    purpose: str,
    now: datetime,
    useful_until: datetime,
) -> UUID:
    """Add a message to the queue, in the caller's transaction. ``purpose`` says what it is for."""
    queries.delete_useless_messages(conn, now)
    message_id = new_id()
    sealed = keyring.system_key(_KEY).encrypt(msgspec.json.encode(Content(to=to, body=body)), str(message_id))
    queries.insert_message(
        conn,
        MessageRow(
            message_id=message_id,
            channel=channel.value,
            purpose=purpose,
            sealed=sealed,
            queued_at=now,
            useful_until=useful_until,
        ),
    )
    return message_id


def list_recent(conn: Connection, keyring: Keyring, *, limit: int) -> list[QueuedMessage]:
    """The newest messages of the queue, opened, newest first."""
    key = keyring.system_key(_KEY)
    messages: list[QueuedMessage] = []
    for row in queries.select_newest_messages(conn, limit):
        content = msgspec.json.decode(key.decrypt(row.sealed, str(row.message_id)), type=Content)
        messages.append(
            QueuedMessage(
                message_id=row.message_id,
                channel=MessageChannel(row.channel),
                purpose=row.purpose,
                to=content.to,
                body=content.body,
                queued_at=row.queued_at,
            )
        )
    return messages
