"""The arithmetic of the chain: what is hashed, and how a break is recognised."""

import hashlib
from collections.abc import Iterable
from datetime import UTC

import msgspec

from enishi.audit.model import ChainHead, ChainReport, Event

GENESIS = ChainHead(seq=0, hash=bytes(32))
"""What the first event follows."""


def hash_event(event: Event) -> bytes:
    """SHA-256 over the previous hash and the row as a JSON array with sorted keys and the instant in UTC.

    The hash that the event itself carries plays no part.
    """
    instant = event.at.astimezone(UTC).isoformat(timespec="microseconds")
    row = (event.seq, event.event_id, instant, event.actor, event.action, event.target, event.detail)
    return hashlib.sha256(event.previous_hash + msgspec.json.encode(row, order="sorted")).digest()


def check_chain(events: Iterable[Event], after: ChainHead = GENESIS) -> ChainReport:
    """Follow ``events`` from the link ``after`` and report the first that does not fit."""
    head = after
    count = 0
    for event in events:
        count += 1
        reason = _misfit(event, head)
        if reason:
            return ChainReport(events=count, head=head, broken_at=event.seq, reason=reason)
        head = ChainHead(seq=event.seq, hash=event.hash)
    return ChainReport(events=count, head=head, broken_at=None, reason="")


def _misfit(event: Event, head: ChainHead) -> str:
    if event.seq != head.seq + 1:
        return f"event {head.seq + 1} is missing"
    if event.previous_hash != head.hash:
        return "it does not follow the event before it"
    return "" if hash_event(event) == event.hash else "its content is not what was recorded"
