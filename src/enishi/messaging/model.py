"""What a queued message is."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct


class MessageChannel(StrEnum):
    """The way a message goes."""

    SMS = "sms"
    EMAIL = "email"


class Content(Struct, frozen=True):
    """What is sealed of a message: to whom, and what it says."""

    to: str
    body: str


class QueuedMessage(Struct, frozen=True):
    """A message in the queue, opened."""

    message_id: UUID
    channel: MessageChannel
    purpose: str
    to: str
    body: str
    queued_at: datetime
