"""The SQL of ``messaging``. Each function is one statement on the schema ``messaging``."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct
from psycopg import Connection
from psycopg.rows import class_row


class MessageRow(Struct, frozen=True):
    """A message as stored."""

    message_id: UUID
    channel: str
    purpose: str
    sealed: bytes
    queued_at: datetime
    useful_until: datetime


def insert_message(conn: Connection, message: MessageRow) -> None:
    """Add a message to the queue."""
    conn.execute(
        "insert into messaging.messages (message_id, channel, purpose, sealed, queued_at, useful_until)"
        " values (%s, %s, %s, %s, %s, %s)",
        (
            message.message_id,
            message.channel,
            message.purpose,
            message.sealed,
            message.queued_at,
            message.useful_until,
        ),
    )


def select_newest_messages(conn: Connection, limit: int) -> list[MessageRow]:
    """The newest messages, newest first."""
    cursor = conn.cursor(row_factory=class_row(MessageRow))
    return cursor.execute(
        "select message_id, channel, purpose, sealed, queued_at, useful_until from messaging.messages"
        " order by queued_at desc, message_id desc limit %s",
        (limit,),
    ).fetchall()


def delete_useless_messages(conn: Connection, now: datetime) -> None:
    """Remove messages that are not worth sending any more."""
    conn.execute("delete from messaging.messages where useful_until < %s", (now,))
