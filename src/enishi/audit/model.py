"""What an audit event is. Events name people by identifiers of our own and hold no personal data."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct

Detail = Mapping[str, str | int | bool | Sequence[str] | None]
"""Facts about an event: kinds, counts, reasons. Never a name, an address or a number of a person."""

SYSTEM = "system"
"""The actor of what Enishi does by itself."""


class Event(Struct, frozen=True):
    """One recorded event, as it stands in the chain."""

    seq: int
    event_id: UUID
    at: datetime
    actor: str
    action: str
    target: str
    detail: Detail
    previous_hash: bytes
    hash: bytes


class ChainHead(Struct, frozen=True):
    """The newest link of the chain. Kept outside the database, it proves later that no newer end was cut off."""

    seq: int
    hash: bytes


class ChainReport(Struct, frozen=True):
    """What ``verify_chain`` found: how many events it read, the head, and the first break if there is one."""

    events: int
    head: ChainHead
    broken_at: int | None
    """The number of the first event that does not fit; None when all do."""
    reason: str

    @property
    def intact(self) -> bool:
        """Whether every event that was read fits its neighbours and its own hash."""
        return self.broken_at is None
