"""The queue of messages to send.

Invariant: a message is queued in the transaction of what it tells of, so there is never one without the other;
recipient and text are sealed, and removed once they are of no more use.
"""

from enishi.messaging.model import MessageChannel, QueuedMessage
from enishi.messaging.service import list_recent, queue_message

__all__ = ["MessageChannel", "QueuedMessage", "list_recent", "queue_message"]
