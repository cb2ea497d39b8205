"""Ending a card: from this instant it names nobody. The customer's points stay where they are."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from psycopg import Connection

from enishi import audit, customers
from enishi.customers import CardName, EndedCard, EndReason
from enishi.kit.outbox import insert_events
from enishi.kit.vault import Keyring

CARD_ENDED_EVENT = "card.ended"


def end_card(
    conn: Connection,
    keyring: Keyring,
    customer_id: UUID,
    name: CardName,
    reason: EndReason,
    *,
    actor: str,
    now: datetime,
) -> EndedCard:
    """End a card in the caller's transaction and record who did it. Again changes nothing.

    Refusals: ``NotFound``, ``InvalidRequest``.
    """
    customer_id = customers.survivor_of(conn, customer_id)
    ended = customers.end_card(conn, keyring, customer_id, name, reason, now=now)
    if not ended.replayed:
        insert_events(conn, CARD_ENDED_EVENT, [customer_id], now)
        audit.record_event(
            conn,
            actor=actor,
            action="card.ended",
            target=f"customer:{customer_id}",
            detail={"card_id": ended.card.card_id, "reason": reason.value},
            at=now,
        )
    return ended
