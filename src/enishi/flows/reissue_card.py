"""Giving a customer a card: a further one, or a new one in the place of one that is lost.

The old card is dead and the new one lives from one and the same commit. Points belong to the customer and not to the
card, so the ledger has no part in it.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from psycopg import Connection

from enishi import audit, customers
from enishi.customers import CardName, EndReason, IssuedCard
from enishi.kit.outbox import insert_events
from enishi.kit.vault import Keyring

CARD_ISSUED_EVENT = "card.issued"


def issue_card(
    conn: Connection,
    keyring: Keyring,
    customer_id: UUID,
    *,
    actor: str,
    prefix: str,
    now: datetime,
    request_key: str | None = None,
) -> IssuedCard:
    """Issue a further card in the caller's transaction and record who did it.

    A repeat of ``request_key`` gives the card of the first time. Refusals: ``NotFound``, ``TooManyCards``,
    ``Conflict``.
    """
    customer_id = customers.survivor_of(conn, customer_id)
    issued = customers.issue_card(conn, keyring, customer_id, prefix=prefix, now=now, request_key=request_key)
    _record(conn, customer_id, issued, "card.issued", {}, actor=actor, now=now)
    return issued


def reissue_card(
    conn: Connection,
    keyring: Keyring,
    customer_id: UUID,
    name: CardName,
    reason: EndReason,
    *,
    actor: str,
    prefix: str,
    now: datetime,
    request_key: str | None = None,
) -> IssuedCard:
    """End a card and issue another in its place, in the caller's transaction, and record who did it.

    Asking again gives the card that took its place. Refusals: ``NotFound``, ``InvalidRequest``, ``TooManyCards``,
    ``Conflict``.
    """
    customer_id = customers.survivor_of(conn, customer_id)
    issued = customers.reissue_card(
        conn, keyring, customer_id, name, reason, prefix=prefix, now=now, request_key=request_key
    )
    _record(conn, customer_id, issued, "card.reissued", {"reason": reason.value}, actor=actor, now=now)
    return issued


def _record(
    conn: Connection,
    customer_id: UUID,
    issued: IssuedCard,
    action: str,
    detail: dict[str, str],
    *,
    actor: str,
    now: datetime,
) -> None:
    """Record the issue, or (a repeat changes nothing, and still shows the number in full) that the card was shown."""
    named = {"card_id": issued.card.card_id}
    if issued.replaces is not None:
        named["replaces"] = issued.replaces.card_id
    if issued.replayed:
        action, detail = "card.shown_again", {}
    else:
        insert_events(conn, CARD_ISSUED_EVENT, [customer_id], now)
    audit.record_event(
        conn, actor=actor, action=action, target=f"customer:{customer_id}", detail=named | detail, at=now
    )
