"""Who did what: an append-only record in which every event carries the hash of the one before.

Invariant: events are numbered from 1 without a gap and each hash follows from its row and the previous hash, so an
event that was changed, removed or slipped in between shows in ``verify_chain``. No personal data is ever recorded.
"""

from enishi.audit.model import SYSTEM, ChainHead, ChainReport, Detail, Event
from enishi.audit.service import list_events, list_events_on, record_event, verify_chain

__all__ = [
    "SYSTEM",
    "ChainHead",
    "ChainReport",
    "Detail",
    "Event",
    "list_events",
    "list_events_on",
    "record_event",
    "verify_chain",
]
